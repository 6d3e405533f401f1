/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Names, each stored once and named by number, with a count of references. What there is of one
 * lies in front of its text: who wants to know whether it is the one meant waits for one place of
 * memory. Its number is that of its place. Owner: one thread.
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
	uint32_t tag;
	uint32_t bonds; /* list of the addresses that it is bound to, the one told of last first */
	uint16_t len;
	char text[];
};
#define NT_NAMES_HEAD_BYTES offsetof(struct nt_interned_name, text)
static_assert(NT_NAMES_HEAD_BYTES == 14, "with 34 bytes of text three units of a slab");

struct nt_names {
	struct nt_hash_key key;
	uint32_t used, max;
	uint64_t text_bytes, max_bytes;
	struct nt_slots slots;
	struct nt_slab slab;
};

/* max_bytes: of text. 0 or -errno; _fini accepts a half-built one. */
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
	return (struct nt_interned_name *)(void *)nt_slab_at(&n->slab, id);
}

/* Is it this one? */
static inline bool
nt_names_is(const struct nt_names *n, uint32_t id, const char *name, uint16_t len)
{
	const struct nt_interned_name *e = nt_names_at(n, id);

	return e->len == len && memcmp(e->text, name, len) == 0;
}

/* For one name more. */
static inline bool
nt_names_has_room(const struct nt_names *n, uint16_t len)
{
	return n->used < n->max && n->text_bytes + len <= n->max_bytes &&
	       nt_slab_has_room(&n->slab, NT_NAMES_HEAD_BYTES + len);
}

/* Most are no longer than two lines. */
static inline void
nt_names_prefetch(const struct nt_names *n, uint32_t id)
{
	const uint8_t *at = nt_slab_at(&n->slab, id);

	nt_prefetch_write(at);
	nt_prefetch(at + 3 * NT_SLAB_UNIT - 1);
}

size_t nt_names_bytes(const struct nt_names *n);

#endif
