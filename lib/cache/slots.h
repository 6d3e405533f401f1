/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * A hash index: 32 bits of a keyed hash -> a record's number. Open addressing with linear probing;
 * eight slots share a cache line and carry the hash, so records are only touched where it agrees,
 * and removal (by shifting back, no tombstones) touches none. Filled to four fifths at most: 10
 * bytes per record; 3 slots are probed for a hit, 13 (two lines) for a miss when full (Knuth 6.4).
 */
#ifndef NT_CACHE_SLOTS_H
#define NT_CACHE_SLOTS_H

#include "list.h"

struct nt_slot {
	uint32_t tag;
	uint32_t id1; /* record's number + 1; 0: empty (as fresh memory is) */
};

struct nt_slots {
	struct nt_slot *slot;
	uint32_t size;
	uint32_t longest; /* the longest probe that an insert ever needed */
};

/* Room for `records`. 0 or -errno. */
int nt_slots_init(struct nt_slots *t, uint32_t records);
size_t nt_slots_needs(uint32_t records);
void nt_slots_fini(struct nt_slots *t);

static inline size_t
nt_slots_bytes(const struct nt_slots *t)
{
	return sizeof(*t->slot) * t->size;
}

static inline uint32_t
nt_slots_home(const struct nt_slots *t, uint32_t tag)
{
	return (uint32_t)(((uint64_t)tag * t->size) >> 32);
}

static inline void
nt_slots_prefetch(const struct nt_slots *t, uint32_t tag)
{
	nt_prefetch(&t->slot[nt_slots_home(t, tag)]);
}

/*
 * The next record with this tag, from *at (nt_slots_home to begin with), which moves behind it.
 * NT_LIST_NONE: no more.
 */
static inline uint32_t
nt_slots_match(const struct nt_slots *t, uint32_t tag, uint32_t *at)
{
	for (;;) {
		const struct nt_slot *s = &t->slot[*at];

		if (s->id1 == 0)
			return NT_LIST_NONE;
		*at = *at + 1 == t->size ? 0 : *at + 1;
		if (s->tag == tag)
			return s->id1 - 1;
	}
}

/* From `at` on: where the first record with this tag is, or the empty slot where it would be. */
static inline uint32_t
nt_slots_seek(const struct nt_slots *t, uint32_t tag, uint32_t at)
{
	while (t->slot[at].id1 != 0 && t->slot[at].tag != tag)
		at = at + 1 == t->size ? 0 : at + 1;
	return at;
}

/* The record there, NT_LIST_NONE: the slot is empty. */
static inline uint32_t
nt_slots_id(const struct nt_slots *t, uint32_t at)
{
	return t->slot[at].id1 - 1;
}

/* nt_slots_seek from home, but for a look where such a record was before: any slot will do. */
static inline uint32_t
nt_slots_seek_again(const struct nt_slots *t, uint32_t tag, uint32_t at)
{
	if (nt_likely(t->slot[at].tag == tag && t->slot[at].id1 != 0))
		return at;
	return nt_slots_seek(t, tag, nt_slots_home(t, tag));
}

/* Where the tag is, or would be (nt_slots_seek): this record from now on. */
static inline void
nt_slots_put(struct nt_slots *t, uint32_t at, uint32_t tag, uint32_t id)
{
	const uint32_t home = nt_slots_home(t, tag), probes = at - home + (at < home ? t->size : 0);

	t->slot[at] = (struct nt_slot){ tag, id + 1 };
	t->longest = NT_MAX(t->longest, probes + 1);
}

void nt_slots_insert(struct nt_slots *t, uint32_t tag, uint32_t id);
/* Nothing where it is not there. */
void nt_slots_remove(struct nt_slots *t, uint32_t tag, uint32_t id);
void nt_slots_replace(struct nt_slots *t, uint32_t tag, uint32_t old_id, uint32_t new_id);

#endif
