/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * What the table of hosts is made of: sightings in a ring, in the order they came, each in the list
 * of its MAC and in that of its address, the latest first. A MAC is one record for as long as it is
 * seen without a gap; one that comes later is another.
 */
#ifndef NT_CACHE_HOSTS_H
#define NT_CACHE_HOSTS_H

#include <string.h>

#include "nt_hosts.h"
#include "nt_mapping_keys.h"
#include "list.h"
#include "slots.h"

#define NT_HOST_NEVER UINT64_MAX /* a position */

struct nt_sighting {
	uint64_t position;
	int64_t slot;
	struct nt_addr addr;
	uint32_t mac; /* NT_LIST_NONE: given up */
	struct nt_links in_mac, in_addr;
	uint64_t latest; /* of this address and MAC: 1 or 0 */
};
static_assert(sizeof(struct nt_sighting) == NT_CACHE_LINE, "one line each");

struct nt_host_mac {
	uint64_t mac;
	uint64_t stopped; /* position, or NT_HOST_NEVER */
	int64_t last_slot;
	uint32_t sightings; /* list */
	struct nt_links in_stopped;
};

/*
 * What changes of an address's sightings and of those that a MAC's record has, is counted, those
 * of some addresses and records together.
 */
#define NT_HOST_CHANGES_BITS 12

/*
 * An answer of nt_hosts_others that left nothing out; the address's place is by its bytes, two at
 * each, the one kept last first.
 */
#define NT_HOST_MEMO_BITS  12
#define NT_HOST_MEMO_WAYS  2
#define NT_HOST_MEMO_ADDRS 4
#define NT_HOST_NO_OWNER   UINT16_MAX
struct nt_host_memo {
	uint64_t changes; /* then, of all that it was made of, plus 1; 0: none */
	int64_t slot;
	uint64_t since; /* it holds from this position on */
	struct nt_addr addr;
	uint16_t count;
	uint16_t owner; /* the MAC's place among the counts, or NT_HOST_NO_OWNER */
	struct nt_addr others[NT_HOST_MEMO_ADDRS];
};
static_assert(sizeof(struct nt_host_memo) == 2 * NT_CACHE_LINE, "two lines");

struct nt_hosts {
	struct nt_hosts_config cfg;
	struct nt_hash_key key;
	struct nt_sighting *ring;
	uint32_t oldest, count;
	struct nt_pool macs;
	struct nt_slots by_mac; /* -> its present record */
	struct nt_slots by_addr; /* -> the latest sighting */
	struct nt_list_view in_mac, in_addr, in_stopped;
	uint32_t changes[1 << NT_HOST_CHANGES_BITS]; /* nt_host_addr_place, nt_host_mac_place */
	struct nt_host_memo *memos;
	uint32_t stopped; /* list: MACs that stopped, the one seen longest ago first */
	struct nt_hosts_stats stats;
};

static inline struct nt_host_mac *
nt_host_mac_at(const struct nt_hosts *h, uint32_t id)
{
	return nt_pool_at(&h->macs, id);
}

static inline int64_t
nt_host_slot(const struct nt_hosts *h, int64_t clock_ns)
{
	const int64_t ttl_ns = h->cfg.ttl_ns;
	return clock_ns / ttl_ns - (clock_ns % ttl_ns < 0);
}

/* Not keyed: who aims at a place makes answers be found anew. */
static inline uint64_t
nt_host_addr_hash(const struct nt_addr *addr)
{
	uint64_t words[2];
	memcpy(words, addr->bytes, sizeof(words));
	return (words[0] + words[1]) * UINT64_C(0x9e3779b97f4a7c15);
}

static inline uint32_t
nt_host_addr_place(const struct nt_addr *addr)
{
	return (uint32_t)(nt_host_addr_hash(addr) >> (64 - NT_HOST_CHANGES_BITS));
}

static inline uint32_t
nt_host_mac_place(uint32_t id)
{
	return id % (1u << NT_HOST_CHANGES_BITS);
}

/* A MAC's present record, or NT_LIST_NONE. */
uint32_t nt_host_find_mac(const struct nt_hosts *h, uint64_t mac);
/* The latest sighting of an address, or NT_LIST_NONE. */
uint32_t nt_host_find_addr(const struct nt_hosts *h, const struct nt_addr *addr);

#endif
