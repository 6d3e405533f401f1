/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Superseded versions of mappings. Each is needed for the same time after it was superseded, so a
 * ring in the order of superseding is also the order of forgetting. A life's newest one is
 * life.past, the others follow by `older`. Nothing is unlinked when one is forgotten: a link holds
 * while what it leads to belongs to the same life and is older, which is never so once it has been
 * forgotten (it belongs to none) or overwritten (what overwrote it is newer).
 */
#ifndef NT_CACHE_PAST_H
#define NT_CACHE_PAST_H

#include "list.h"

struct nt_past {
	uint64_t position;
	int64_t seen_ns;
	int64_t superseded_ns; /* seen of the version that came after */
	uint32_t ttl_ms;
	uint32_t life;
	uint32_t older;
	uint16_t index;
};
static_assert(sizeof(struct nt_past) == 40, "a superseded version");

struct nt_past_ring {
	struct nt_past *ring;
	uint32_t capacity;
	uint32_t tail; /* the oldest */
	uint32_t count; /* from the tail on */
	uint32_t touched;
};

/* 0 or -errno. */
int nt_past_init(struct nt_past_ring *r, uint32_t capacity);
size_t nt_past_needs(uint32_t capacity);
void nt_past_fini(struct nt_past_ring *r);

/* Its number. The caller has made room. */
static inline uint32_t
nt_past_push(struct nt_past_ring *r, const struct nt_past *p)
{
	uint64_t at = (uint64_t)r->tail + r->count;

	if (at >= r->capacity)
		at -= r->capacity;
	r->ring[at] = *p;
	r->count++;
	r->touched = NT_MAX(r->touched, (uint32_t)at + 1);
	return (uint32_t)at;
}

void nt_past_pop(struct nt_past_ring *r);

static inline const struct nt_past *
nt_past_oldest(const struct nt_past_ring *r)
{
	return r->count ? &r->ring[r->tail] : NULL;
}

/* What a link of this life leads to from a version at `position`; NULL where that is forgotten. */
static inline const struct nt_past *
nt_past_follow(const struct nt_past_ring *r, uint32_t link, uint32_t life, uint64_t position)
{
	const struct nt_past *p;

	if (link == NT_LIST_NONE)
		return NULL;
	p = &r->ring[link];
	return p->life == life && p->position < position ? p : NULL;
}

#endif
