/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * A token bucket over any clock in nanoseconds: `rate` tokens a second, at most `burst` saved up,
 * rate 0 = unlimited. One owner. Integer arithmetic, exact over months; a clock that runs backwards
 * adds nothing.
 */
#ifndef NT_BUCKET_H
#define NT_BUCKET_H

#include "nt_base.h"

struct nt_bucket_span {
	int64_t ns;
	uint64_t part; /* and this many 1/rate of a nanosecond */
};

struct nt_bucket {
	uint64_t rate; /* tokens per second, 0 = unlimited */
	uint64_t burst; /* tokens */
	int64_t free_ns; /* when the bucket was (or, in debt, will be) empty: GCRA, ITU-T I.371 */
	uint64_t free_part; /* and this many 1/rate of a nanosecond: no rate drifts */
	bool started;
	struct nt_bucket_span token, saved; /* until one has come in; until burst has */
};

void nt_bucket_init(struct nt_bucket *b, uint64_t rate, uint64_t burst);
/* Live: take up to want tokens that are there now; returns how many. */
uint64_t nt_bucket_take(struct nt_bucket *b, int64_t now_ns, uint64_t want);
/*
 * Virtual: take one token for something that arrives now (never runs backwards between calls) and
 * is served in order; returns the time at which the bucket would have let it go, >= now_ns.
 */
int64_t nt_bucket_depart(struct nt_bucket *b, int64_t now_ns);

#endif
