/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Positions of a live stream (docs/architecture.md). Those below LIVE_POSITION_FIRST are kept for
 * what a snapshot brings along.
 *
 * Straight from a port: the TSC before the burst in units of 64 counts, 5 bits of worker, 5 of
 * index in the burst. 54 bits of such units are 14 years at 2.6 GHz. From the distributor:
 * ordinals.
 */
#ifndef LIVE_POSITION_H
#define LIVE_POSITION_H

#include <nt_base.h>

#define LIVE_POSITION_FIRST (UINT64_C(1) << 32)

#define LIVE_POSITION_TSC_SHIFT	   6
#define LIVE_POSITION_WORKER_SHIFT 5
#define LIVE_POSITION_UNIT_SHIFT   10

/* The units of a burst: later than that of the worker's burst before, even within 64 counts. */
static inline uint64_t
live_position_unit(uint64_t tsc, uint64_t tsc_begin, uint64_t last_unit)
{
	const uint64_t first = LIVE_POSITION_FIRST >> LIVE_POSITION_UNIT_SHIFT;
	const uint64_t unit = ((tsc - tsc_begin) >> LIVE_POSITION_TSC_SHIFT) + first;
	return NT_MAX(unit, last_unit + 1);
}

static inline uint64_t
live_position(uint64_t unit, unsigned int worker, unsigned int index)
{
	return unit << LIVE_POSITION_UNIT_SHIFT | (uint64_t)worker << LIVE_POSITION_WORKER_SHIFT |
	       index;
}

/* Everything that was there to be polled before this unit: R. */
static inline uint64_t
live_position_before(uint64_t unit)
{
	return (unit << LIVE_POSITION_UNIT_SHIFT) - 1;
}

#endif
