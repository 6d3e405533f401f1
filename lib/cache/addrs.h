/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Addresses, named ones and clients alike, each stored once and named by number, with a count of
 * references. Owner: one thread.
 */
#ifndef NT_CACHE_ADDRS_H
#define NT_CACHE_ADDRS_H

#include "list.h"
#include "nt_mapping_keys.h"
#include "slots.h"

struct nt_interned_addr {
	uint32_t refs; /* bonds of it, and lives told to it */
	struct nt_addr addr;
	uint32_t bonds; /* list of its names, the one told of last first */
	uint32_t lives : 31; /* how many lives those have */
	uint32_t trimmed : 1; /* it had more: some were given up */
};
static_assert(sizeof(struct nt_interned_addr) == 32, "two addresses to a cache line");

struct nt_addrs {
	struct nt_hash_key key;
	struct nt_pool pool;
	struct nt_slots slots;
};

/* 0 or -errno; _fini accepts a half-built one. */
int nt_addrs_init(struct nt_addrs *a, const struct nt_hash_key *key, uint32_t max);
size_t nt_addrs_needs(uint32_t max);
void nt_addrs_fini(struct nt_addrs *a);

uint32_t nt_addrs_tag(const struct nt_addrs *a, const struct nt_addr *addr);
/* The address's number, or NT_LIST_NONE (always for family NONE). */
uint32_t nt_addrs_find(const struct nt_addrs *a, uint32_t tag, const struct nt_addr *addr);
/* The same with one reference more, made where it is new; NT_LIST_NONE where there is no room. */
uint32_t nt_addrs_take(struct nt_addrs *a, uint32_t tag, const struct nt_addr *addr);
void nt_addrs_give(struct nt_addrs *a, uint32_t id);

static inline struct nt_interned_addr *
nt_addrs_at(const struct nt_addrs *a, uint32_t id)
{
	return nt_pool_at(&a->pool, id);
}

size_t nt_addrs_bytes(const struct nt_addrs *a);

#endif
