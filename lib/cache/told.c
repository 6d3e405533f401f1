/* SPDX-License-Identifier: BSD-3-Clause */
#include <stdlib.h>
#include <string.h>

#include <nt_mem.h>

#include "nt_told.h"

/*
 * Entries lie in a ring in the order they came; slots, open addressing with linear probing, point
 * to them and carry a part of the tag that does not place them, so that what isn't there is found
 * out in one line of memory. The oldest goes first, but one that was told again since it was last
 * looked at has another round: so many chances for one eviction, then it goes anyway.
 */
#define CHANCES 8
#define EMPTY	0 /* slot.at1 */

struct slot {
	uint32_t tag; /* the upper half */
	uint32_t at1 : 31; /* the ring's index plus 1 */
	uint32_t again : 1; /* told later than when it came to its place in the ring */
};
static_assert(sizeof(struct slot) == 8, "eight to a line");

struct entry {
	uint64_t tag;
	int64_t last_ns, first_ns;
};

struct nt_told_table {
	struct nt_hash_key key;
	struct entry *ring;
	struct slot *slots;
	uint32_t max, count, oldest, slot_mask;
	uint32_t limit; /* of count, on its way down to `cap`; both at most max */
	uint32_t cap;
	uint64_t evicted;
	int64_t lost_ns;
};

/* Half full at most, a power of two. */
static uint32_t
slots_for(uint32_t max)
{
	uint32_t n = 1;
	while (n < 2 * max)
		n *= 2;
	return n;
}

static size_t
ring_bytes(uint32_t max)
{
	return (size_t)max * sizeof(struct entry);
}

static size_t
slot_bytes(uint32_t max)
{
	return (size_t)slots_for(max) * sizeof(struct slot);
}

size_t
nt_told_bytes(uint32_t max_entries)
{
	return sizeof(struct nt_told_table) + nt_mem_mapped(ring_bytes(max_entries)) +
	       nt_mem_mapped(slot_bytes(max_entries));
}

struct nt_told_table *
nt_told_new(uint32_t max_entries, const struct nt_hash_key *key)
{
	struct nt_told_table *t;
	if (max_entries < 16 || max_entries > 1u << 28) {
		errno = EINVAL;
		return NULL;
	}
	t = calloc(1, sizeof(*t));
	if (t == NULL)
		return NULL;
	t->key = *key;
	t->max = t->limit = t->cap = max_entries;
	t->slot_mask = slots_for(max_entries) - 1;
	t->lost_ns = INT64_MIN;
	t->ring = nt_mem_map(ring_bytes(t->max));
	t->slots = nt_mem_map(slot_bytes(t->max));
	if (t->ring == NULL || t->slots == NULL) {
		nt_told_free(t);
		errno = ENOMEM;
		return NULL;
	}
	return t;
}

void
nt_told_free(struct nt_told_table *t)
{
	if (t == NULL)
		return;
	if (t->ring != NULL)
		nt_mem_unmap(t->ring, ring_bytes(t->max));
	if (t->slots != NULL)
		nt_mem_unmap(t->slots, slot_bytes(t->max));
	free(t);
}

/*
 * Keys are keyed hashes, so no two pairs can be made to have the same; the factor (2^64 divided by
 * the golden ratio, odd) tells (a, b) from (b, a).
 */
static uint64_t
tag_of_keys(uint64_t a, uint64_t b)
{
	return a + b * UINT64_C(0x9e3779b97f4a7c15);
}

static uint64_t
tag_of(const struct nt_told_table *t, const struct nt_addr *a, const struct nt_addr *b)
{
	return tag_of_keys(nt_addr_key(&t->key, a), nt_addr_key(&t->key, b));
}

static uint32_t
ring_at(const struct nt_told_table *t, uint32_t from_oldest)
{
	const uint64_t i = (uint64_t)t->oldest + from_oldest;
	return (uint32_t)(i < t->max ? i : i - t->max);
}

static struct entry *
entry_of(const struct nt_told_table *t, uint32_t slot)
{
	return &t->ring[t->slots[slot].at1 - 1];
}

static bool
is_slot_of(const struct nt_told_table *t, uint32_t slot, uint64_t tag)
{
	return t->slots[slot].tag == tag >> 32 && entry_of(t, slot)->tag == tag;
}

/* The tag's slot, or the empty one where it would be. At most half of them are taken. */
static uint32_t
find_slot(const struct nt_told_table *t, uint64_t tag)
{
	uint32_t s = (uint32_t)tag & t->slot_mask;
	while (t->slots[s].at1 != EMPTY && !is_slot_of(t, s, tag))
		s = (s + 1) & t->slot_mask;
	return s;
}

/* No tombstones: what was probed past the hole moves into it. */
static void
clear_slot(struct nt_told_table *t, uint32_t hole)
{
	uint32_t s = hole;
	for (;;) {
		s = (s + 1) & t->slot_mask;
		if (t->slots[s].at1 == EMPTY)
			break;
		const uint32_t home = (uint32_t)entry_of(t, s)->tag & t->slot_mask;
		if (((s - home) & t->slot_mask) >= ((s - hole) & t->slot_mask)) {
			t->slots[hole] = t->slots[s];
			hole = s;
		}
	}
	t->slots[hole].at1 = EMPTY;
}

/* The oldest leaves its place in the ring; what it was, and whether it was told again there. */
static struct entry
take_oldest(struct nt_told_table *t, bool *ret_again)
{
	const struct entry e = t->ring[t->oldest];
	const uint32_t slot = find_slot(t, e.tag);
	*ret_again = t->slots[slot].again;
	clear_slot(t, slot);
	t->oldest = ring_at(t, 1);
	t->count--;
	return e;
}

/* slot: its empty one. */
static void
append(struct nt_told_table *t, const struct entry *e, uint32_t slot)
{
	const uint32_t at = ring_at(t, t->count);
	t->ring[at] = *e;
	t->slots[slot] = (struct slot){ .tag = (uint32_t)(e->tag >> 32), .at1 = at + 1 };
	t->count++;
}

static void
make_room(struct nt_told_table *t)
{
	bool again;
	for (unsigned int i = 1; t->count >= t->limit; i++) {
		const struct entry e = take_oldest(t, &again);
		if (again && i < CHANCES) {
			append(t, &e, find_slot(t, e.tag));
			continue;
		}
		t->lost_ns = NT_MAX(t->lost_ns, e.last_ns);
		t->evicted++;
	}
}

/* Down as room is given up, up at once. */
static void
lower_limit(struct nt_told_table *t)
{
	t->limit = NT_MAX(t->cap, NT_MIN(t->limit, t->count));
}

void
nt_told_set_cap(struct nt_told_table *t, uint32_t max_entries)
{
	t->cap = NT_MIN(NT_MAX(max_entries, 1u), t->max);
	lower_limit(t);
}

bool
nt_told_shrink(struct nt_told_table *t, unsigned int max)
{
	bool again;
	for (; max > 0 && t->count > t->cap; max--) {
		const struct entry e = take_oldest(t, &again);
		t->lost_ns = NT_MAX(t->lost_ns, e.last_ns);
		t->evicted++;
	}
	lower_limit(t);
	return t->count > t->cap;
}

/* slot: where it would be. */
static void
add_new(struct nt_told_table *t, uint64_t tag, int64_t seen_ns, uint32_t slot)
{
	const struct entry e = { .tag = tag, .first_ns = seen_ns, .last_ns = seen_ns };
	if (nt_unlikely(t->count >= t->limit)) {
		make_room(t);
		slot = find_slot(t, tag);
	}
	append(t, &e, slot);
}

static void
add(struct nt_told_table *t, uint64_t tag, int64_t seen_ns)
{
	const uint32_t s = find_slot(t, tag);
	struct entry *e;
	if (t->slots[s].at1 == EMPTY) {
		add_new(t, tag, seen_ns, s);
		return;
	}
	e = entry_of(t, s);
	if (e->last_ns != seen_ns)
		t->slots[s].again = 1;
	e->last_ns = seen_ns;
}

/* A client of no family has the key 0, and its pair is the address alone. */
void
nt_told_add_keyed(struct nt_told_table *t, uint64_t addr, uint64_t client, int64_t seen_ns)
{
	add(t, tag_of_keys(addr, 0), seen_ns);
	if (client != 0)
		add(t, tag_of_keys(addr, client), seen_ns);
}

void
nt_told_add(struct nt_told_table *t, const struct nt_addr *addr, const struct nt_addr *client,
	int64_t seen_ns)
{
	nt_told_add_keyed(t, nt_addr_key(&t->key, addr), nt_addr_key(&t->key, client), seen_ns);
}

static void
slot_ahead(const struct nt_told_table *t, uint64_t tag, unsigned int step)
{
	const struct slot *s = &t->slots[tag & t->slot_mask];
	if (step == 0)
		nt_prefetch(s);
	else if (s->at1 != EMPTY)
		nt_prefetch_write(&t->ring[s->at1 - 1]);
}

void
nt_told_ahead(const struct nt_told_table *t, struct nt_mapping_keys *const k[], unsigned int n,
	unsigned int step)
{
	for (unsigned int i = 0; i < n; i++) {
		slot_ahead(t, tag_of_keys(k[i]->addr, 0), step);
		if (k[i]->client != 0)
			slot_ahead(t, tag_of_keys(k[i]->addr, k[i]->client), step);
	}
}

bool
nt_told_before(const struct nt_told_table *t, const struct nt_addr *addr,
	const struct nt_addr *client, int64_t until_ns)
{
	const uint32_t s = find_slot(t, tag_of(t, addr, client));
	return t->slots[s].at1 != EMPTY && entry_of(t, s)->first_ns <= until_ns;
}

void
nt_told_note(
	struct nt_told_table *t, const struct nt_addr *a, const struct nt_addr *b, int64_t seen_ns)
{
	add(t, tag_of(t, a, b), seen_ns);
}

uint64_t
nt_told_pair(const struct nt_told_table *t, const struct nt_addr *a, const struct nt_addr *b)
{
	const uint64_t tag = tag_of(t, a, b);
	slot_ahead(t, tag, 0);
	return tag;
}

void
nt_told_pair_ahead(const struct nt_told_table *t, uint64_t tag)
{
	slot_ahead(t, tag, 1);
}

void
nt_told_note_pair(struct nt_told_table *t, uint64_t tag, int64_t seen_ns)
{
	add(t, tag, seen_ns);
}

bool
nt_told_when(const struct nt_told_table *t, const struct nt_addr *a, const struct nt_addr *b,
	int64_t *ret_first_ns, int64_t *ret_last_ns)
{
	const uint32_t s = find_slot(t, tag_of(t, a, b));
	if (t->slots[s].at1 == EMPTY)
		return false;
	*ret_first_ns = entry_of(t, s)->first_ns;
	*ret_last_ns = entry_of(t, s)->last_ns;
	return true;
}

uint64_t
nt_told_mark(const struct nt_told_table *t)
{
	const struct nt_addr mark = { .family = UINT32_MAX }; /* nobody's */
	return tag_of(t, &mark, &mark);
}

/* The first place of the ring at or after this one that is in use; max: none is. */
static uint32_t
next_used(const struct nt_told_table *t, uint32_t at)
{
	const uint32_t end = ring_at(t, t->count); /* what is not in use begins here */
	if (t->count == t->max || at >= t->max)
		return at;
	if (end >= t->oldest && at < t->oldest)
		return t->count != 0 ? t->oldest : t->max;
	if (end >= t->oldest)
		return at < end ? at : t->max;
	return at >= end && at < t->oldest ? t->oldest : at;
}

uint32_t
nt_told_walk(
	const struct nt_told_table *t, uint32_t *cursor, struct nt_told_entry *ret, uint32_t room)
{
	uint32_t n = 0, at = next_used(t, *cursor);
	for (; at < t->max && n < room; n++, at = next_used(t, at + 1)) {
		const struct entry *e = &t->ring[at];
		ret[n] = (struct nt_told_entry){ e->tag, e->first_ns, e->last_ns };
	}
	*cursor = at >= t->max ? UINT32_MAX : at;
	return n;
}

void
nt_told_restore(struct nt_told_table *t, const struct nt_told_entry *e)
{
	const struct entry entry = {
		.tag = e->tag, .first_ns = e->first_ns, .last_ns = e->last_ns
	};
	if (t->slots[find_slot(t, e->tag)].at1 != EMPTY)
		return;
	make_room(t);
	append(t, &entry, find_slot(t, e->tag));
}

void
nt_told_clear(struct nt_told_table *t)
{
	memset(t->slots, 0, slot_bytes(t->max));
	t->count = t->oldest = 0;
	t->lost_ns = INT64_MIN;
}

int64_t
nt_told_lost_ns(const struct nt_told_table *t)
{
	return t->lost_ns;
}

void
nt_told_stats(const struct nt_told_table *t, struct nt_told_stats *ret)
{
	*ret = (struct nt_told_stats){ .entries = t->count,
		.evicted = t->evicted,
		.bytes = ring_bytes(t->max) + slot_bytes(t->max) };
}
