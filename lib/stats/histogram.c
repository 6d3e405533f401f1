/* SPDX-License-Identifier: BSD-3-Clause */
#include "nt_histogram.h"

static_assert(NT_HISTOGRAM_BUCKETS == 976, "61 groups of 16");

static uint64_t
read_relaxed(const uint64_t *p)
{
	return __atomic_load_n(p, __ATOMIC_RELAXED);
}

/*
 * The total is what the buckets say: total of src may be one ahead or behind while its owner adds.
 */
void
nt_histogram_merge(struct nt_histogram *dst, const struct nt_histogram *src)
{
	for (unsigned int i = 0; i < NT_HISTOGRAM_BUCKETS; i++) {
		uint64_t n = read_relaxed(&src->n[i]);

		dst->n[i] += n;
		dst->total += n;
	}
	dst->max = NT_MAX(dst->max, read_relaxed(&src->max));
}

void
nt_histogram_since(struct nt_histogram *now, const struct nt_histogram *before)
{
	for (unsigned int i = 0; i < NT_HISTOGRAM_BUCKETS; i++) {
		uint64_t n = NT_MIN(before->n[i], now->n[i]);

		now->n[i] -= n;
		now->total -= n;
	}
}

static uint64_t
middle_of(unsigned int bucket)
{
	unsigned int shift;
	uint64_t low;

	if (bucket < 2u << NT_HISTOGRAM_SUB_BITS)
		return bucket;
	shift = (bucket >> NT_HISTOGRAM_SUB_BITS) - 1;
	low = (uint64_t)(bucket - (shift << NT_HISTOGRAM_SUB_BITS)) << shift;
	return low + (UINT64_C(1) << shift) / 2;
}

uint64_t
nt_histogram_quantile(const struct nt_histogram *h, double q)
{
	uint64_t rank, seen = 0;

	if (h->total == 0)
		return 0;
	rank = (uint64_t)(q * (double)(h->total - 1));
	for (unsigned int i = 0; i < NT_HISTOGRAM_BUCKETS; i++) {
		seen += h->n[i];
		if (seen > rank)
			return NT_MIN(middle_of(i), h->max);
	}
	return h->max;
}
