/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * A histogram that only grows, seen lately: what came in the last RECENT_NS, up to twice as much,
 * or since anybody asked last, where that is longer ago. One thread at a time.
 */
#ifndef RECENT_H
#define RECENT_H

#include <nt_histogram.h>

#define RECENT_NS NT_SEC(10)

/* All zero at first. */
struct recent {
	struct nt_histogram before, between; /* as it was at those times; between is the later */
	int64_t between_ns;
};

void recent_read(
	struct recent *r, const struct nt_histogram *all, int64_t now_ns, struct nt_histogram *ret);

#endif
