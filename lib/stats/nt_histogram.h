/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * A histogram of fixed size over all of uint64_t: log-linear, sixteen buckets for each power of
 * two, so that what a quantile tells is within 1/32 of the value. Values below 16 are exact. One
 * writer (relaxed load and store); any thread may read, copy or merge from it.
 */
#ifndef NT_HISTOGRAM_H
#define NT_HISTOGRAM_H

#include <nt_base.h>

#define NT_HISTOGRAM_SUB_BITS 4
/* 16 exact ones, then 16 for each power of two from 2^4 to 2^63. */
#define NT_HISTOGRAM_BUCKETS ((64 - NT_HISTOGRAM_SUB_BITS + 1) << NT_HISTOGRAM_SUB_BITS)

struct nt_histogram {
	uint64_t total; /* values added */
	uint64_t max; /* the largest one */
	uint64_t n[NT_HISTOGRAM_BUCKETS];
};

static inline unsigned int
nt_histogram_bucket(uint64_t v)
{
	unsigned int shift;

	if (v < 1 << NT_HISTOGRAM_SUB_BITS)
		return (unsigned int)v;
	shift = 63u - (unsigned int)__builtin_clzll(v) - NT_HISTOGRAM_SUB_BITS;
	return (shift << NT_HISTOGRAM_SUB_BITS) + (unsigned int)(v >> shift);
}

static inline void
nt_histogram_bump(uint64_t *p, uint64_t n)
{
	__atomic_store_n(p, __atomic_load_n(p, __ATOMIC_RELAXED) + n, __ATOMIC_RELAXED);
}

/* Owner only. */
static inline void
nt_histogram_add(struct nt_histogram *h, uint64_t v)
{
	nt_histogram_bump(&h->n[nt_histogram_bucket(v)], 1);
	nt_histogram_bump(&h->total, 1);
	if (v > h->max)
		__atomic_store_n(&h->max, v, __ATOMIC_RELAXED);
}

/* dst (the caller's) += src. */
void nt_histogram_merge(struct nt_histogram *dst, const struct nt_histogram *src);
/* What came between two copies, before into now; max stays that of now. */
void nt_histogram_since(struct nt_histogram *now, const struct nt_histogram *before);
/*
 * The middle of the bucket of the value at share q (0 .. 1) of the sorted values, at most max; 0
 * where there are none.
 */
uint64_t nt_histogram_quantile(const struct nt_histogram *h, double q);

#endif
