/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The ranges of a stream that lie above a hole: in order, apart, at most RANGES_MAX. Numbers are
 * modulo 2^32 and less than 2^31 apart.
 */
#include "conn_priv.h"

void
ranges_drop(struct stream *st, unsigned int first, unsigned int n)
{
	memmove(&st->range[first], &st->range[first + n],
		(st->ranges - first - n) * sizeof(st->range[0]));
	st->ranges = (uint8_t)(st->ranges - n);
}

/* Room for one more: the two ranges with the smallest hole between them become one. */
static void
join_nearest(struct stream *st)
{
	unsigned int best = 0;
	uint32_t least = UINT32_MAX;

	for (unsigned int i = 0; i + 1 < st->ranges; i++) {
		uint32_t hole = st->range[i + 1].from - st->range[i].to;

		if (hole < least) {
			least = hole;
			best = i;
		}
	}
	st->range[best].to = st->range[best + 1].to;
	ranges_drop(st, best + 1, 1);
}

/* Where the range goes that begins at from: behind all that end before it. */
static unsigned int
place_of(const struct stream *st, uint32_t from)
{
	unsigned int at = 0;

	while (at < st->ranges && (int32_t)(st->range[at].to - from) < 0)
		at++;
	return at;
}

unsigned int
ranges_add(struct stream *st, uint32_t from, uint32_t to)
{
	unsigned int at = place_of(st, from), end;

	for (end = at; end < st->ranges && (int32_t)(st->range[end].from - to) <= 0; end++) {
		if ((int32_t)(st->range[end].from - from) < 0)
			from = st->range[end].from;
		if ((int32_t)(st->range[end].to - to) > 0)
			to = st->range[end].to;
	}
	if (end > at) {
		ranges_drop(st, at + 1, end - at - 1);
	} else {
		memmove(&st->range[at + 1], &st->range[at],
			(st->ranges - at) * sizeof(st->range[0]));
		st->ranges++;
	}
	st->range[at] = (struct range){ from, to };
	if (st->ranges < RANGES_MAX)
		return 0;
	join_nearest(st);
	return 1;
}
