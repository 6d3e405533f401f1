/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The best few names of one group, each once, best first: the client's own before the others', then
 * by place in the stream. Order never depends on numbers or on the order of offers, as long as no
 * two have the same place.
 */
#ifndef NT_CACHE_PICKS_H
#define NT_CACHE_PICKS_H

#include "nt_name_cache.h"

struct nt_pick {
	uint64_t position;
	int64_t seen_ns;
	uint64_t first_position; /* where the life began that it is of */
	uint32_t name;
	uint16_t index, first_index;
	uint8_t source;
	bool own; /* told to the client of the query, where the group cares */
};

struct nt_picks {
	unsigned int count, max;
	bool earliest_first;
	struct nt_pick pick[NT_NAME_VALS_MAX + 1]; /* one more, to know that there were more */
};

/* Does a come before b? */
bool nt_picks_before(const struct nt_picks *p, const struct nt_pick *a, const struct nt_pick *b);
void nt_picks_offer(struct nt_picks *p, const struct nt_pick *pick);

static inline bool
nt_picks_full(const struct nt_picks *p)
{
	return p->count == p->max;
}

#endif
