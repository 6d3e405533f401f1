/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Addresses, named ones and clients (but for those of IPv4: store.h) alike, each stored once and
 * named by number. One is there as long as it has names, or is held as a client. Owner: one thread.
 */
#ifndef NT_CACHE_ADDRS_H
#define NT_CACHE_ADDRS_H

#include "list.h"
#include "nt_mapping_keys.h"
#include "slots.h"

/* A number with this bit is of nt_addrs.others. */
#define NT_ADDRS_LONG (UINT32_C(1) << 31)

struct nt_interned_addr {
	uint32_t bonds; /* list of its names, the one told of last first */
	uint32_t lives : 29; /* how many lives those have */
	uint32_t trimmed : 1; /* it had more: some were given up */
	uint32_t indexed : 1; /* its pairs are, store.h */
	uint32_t bonds_indexed : 1;
	uint8_t bytes[]; /* an IPv4 address's four, or struct nt_long_addr */
};
struct nt_long_addr {
	struct nt_addr addr;
	uint32_t holds; /* lives told to it */
};
#define NT_ADDRS_LIVES_MAX  ((UINT32_C(1) << 29) - 2)
#define NT_ADDRS_IPV4_BYTES (sizeof(struct nt_interned_addr) + 4)
#define NT_ADDRS_LONG_BYTES (sizeof(struct nt_interned_addr) + sizeof(struct nt_long_addr))
static_assert(NT_ADDRS_IPV4_BYTES == 12, "five IPv4 addresses to a cache line");
static_assert(NT_ADDRS_LONG_BYTES == 32, "two others");

struct nt_addrs {
	struct nt_hash_key key;
	struct nt_pool ipv4, others;
	struct nt_slots slots;
	uint32_t max; /* of both together */
};

/* 0 or -errno; _fini accepts a half-built one. */
int nt_addrs_init(struct nt_addrs *a, const struct nt_hash_key *key, uint32_t max);
size_t nt_addrs_needs(uint32_t max);
void nt_addrs_fini(struct nt_addrs *a);

uint32_t nt_addrs_tag(const struct nt_addrs *a, const struct nt_addr *addr);
/* The address's number, or NT_LIST_NONE (always for family NONE). */
uint32_t nt_addrs_find(const struct nt_addrs *a, uint32_t tag, const struct nt_addr *addr);
/* One that is new; NT_LIST_NONE where there is no room. */
uint32_t nt_addrs_add(struct nt_addrs *a, uint32_t tag, const struct nt_addr *addr);
/* It has lost a name: forgotten where it was the last one and nobody holds it. */
void nt_addrs_unname(struct nt_addrs *a, uint32_t id);
/* Of those that are not IPv4; each hold wants its release. */
void nt_addrs_hold(struct nt_addrs *a, uint32_t id);
void nt_addrs_release(struct nt_addrs *a, uint32_t id);

static inline struct nt_interned_addr *
nt_addrs_at(const struct nt_addrs *a, uint32_t id)
{
	const size_t at = id & ~NT_ADDRS_LONG;

	return (void *)(id & NT_ADDRS_LONG ? a->others.mem + at * NT_ADDRS_LONG_BYTES
					   : a->ipv4.mem + at * NT_ADDRS_IPV4_BYTES);
}

static inline uint32_t
nt_addrs_used(const struct nt_addrs *a)
{
	return a->ipv4.used + a->others.used;
}

/* Is it this one? */
static inline bool
nt_addrs_is(const struct nt_addrs *a, uint32_t id, const struct nt_addr *addr)
{
	const struct nt_interned_addr *e = nt_addrs_at(a, id);

	if (id & NT_ADDRS_LONG)
		return memcmp(e->bytes, addr, sizeof(*addr)) == 0;
	return addr->family == NT_FAMILY_IPV4 && memcmp(e->bytes, addr->bytes, 4) == 0;
}

struct nt_addr nt_addrs_get(const struct nt_addrs *a, uint32_t id);
/* nt_addrs_tag of that. */
uint32_t nt_addrs_tag_of(const struct nt_addrs *a, uint32_t id);

size_t nt_addrs_bytes(const struct nt_addrs *a);

#endif
