/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * When the token bucket would have let mappings go: what one worker remembers of those it received
 * that pacing delays, to tell which records would have missed a name live. The last
 * DEPARTURES_MAX are kept; what is older counts as having left in time. One worker's.
 */
#ifndef DEPARTURES_H
#define DEPARTURES_H

#include <nt_base.h>

#define DEPARTURES_MAX 65536 /* a power of two; 1 MiB, touched when there are delays */

struct departure {
	uint64_t position;
	int64_t departs_ns;
};

struct departures {
	struct departure *ring;
	uint64_t begin, end; /* running numbers */
};

int departures_init(struct departures *d); /* 0 or -errno */
size_t departures_bytes(void);
void departures_fini(struct departures *d);

/* In the order of positions; of several at one position the last counts. */
void departures_add(struct departures *d, uint64_t position, int64_t departs_ns);

/* When the mapping of that position left; INT64_MIN where it was not delayed. */
int64_t departures_find(const struct departures *d, uint64_t position);

#endif
