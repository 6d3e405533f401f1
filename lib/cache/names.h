/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Names, each stored once and named by number, with a count of references. Owner: one thread.
 */
#ifndef NT_CACHE_NAMES_H
#define NT_CACHE_NAMES_H

#include <string.h>

#include <nt_hash.h>

#include "list.h"
#include "slab.h"
#include "slots.h"

struct nt_interned_name {
	uint32_t refs;
	uint32_t text; /* slab reference */
	uint32_t tag;
	uint32_t bonds; /* list of the addresses that it is bound to, the one told of last first */
	uint16_t len;
};
static_assert(sizeof(struct nt_interned_name) == 20, "three names to a cache line");

struct nt_names {
	struct nt_hash_key key;
	struct nt_pool pool;
	struct nt_slots slots;
	struct nt_slab slab;
};

/* 0 or -errno; _fini accepts a half-built one. */
int nt_names_init(
	struct nt_names *n, const struct nt_hash_key *key, uint32_t max, uint64_t max_bytes);
size_t nt_names_needs(uint32_t max, uint64_t max_bytes);
void nt_names_fini(struct nt_names *n);

uint32_t nt_names_tag(const struct nt_names *n, const char *name, uint16_t len);
/* The name's number, or NT_LIST_NONE. */
uint32_t nt_names_find(const struct nt_names *n, uint32_t tag, const char *name, uint16_t len);
/* One that is new, with one reference; NT_LIST_NONE where there is no room. */
uint32_t nt_names_add(struct nt_names *n, uint32_t tag, const char *name, uint16_t len);
/* Either with one reference more. */
uint32_t nt_names_take(struct nt_names *n, uint32_t tag, const char *name, uint16_t len);
void nt_names_give(struct nt_names *n, uint32_t id);

static inline struct nt_interned_name *
nt_names_at(const struct nt_names *n, uint32_t id)
{
	return nt_pool_at(&n->pool, id);
}

/* Is it this one? */
static inline bool
nt_names_is(const struct nt_names *n, uint32_t id, const char *name, uint16_t len)
{
	const struct nt_interned_name *e = nt_names_at(n, id);

	return e->len == len && memcmp(nt_slab_at(&n->slab, e->text), name, len) == 0;
}

size_t nt_names_bytes(const struct nt_names *n);

#endif
