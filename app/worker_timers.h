/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Where a worker's cycles go, for `nametap bench`: switched on by worker_time_stages(). Without
 * that a stage costs one predictable branch per burst.
 */
#ifndef WORKER_TIMERS_H
#define WORKER_TIMERS_H

#include <stddef.h>

#include <rte_cycles.h>

#include <nt_base.h>

enum worker_stage {
	WORKER_STAGE_RX, /* taking and giving back packets, waiting for their first bytes */
	WORKER_STAGE_DECODE,
	WORKER_STAGE_LOOKUP, /* hashes, buckets and flows asked for */
	WORKER_STAGE_FLOW, /* connections' state, counters */
	WORKER_STAGE_NAMES, /* payload that may tell names; the name cache brought up to W */
	WORKER_STAGE_EXPIRY,
	WORKER_STAGE_RECORDS, /* verdicts, names of connections, rows */
	WORKER_STAGES
};

struct worker_timers {
	uint64_t last_tsc;
	uint64_t cycles[WORKER_STAGES];
	uint64_t laps[WORKER_STAGES]; /* each has the cost of one in it */
};

static inline void
worker_timers_begin(struct worker_timers *t)
{
	if (nt_unlikely(t != NULL))
		t->last_tsc = rte_rdtsc();
}

/* Out of line: what is not timed has the test of the pointer only. */
void worker_timers_add(struct worker_timers *t, enum worker_stage stage);

/* What went by since the last lap was that stage. */
static inline void
worker_timers_lap(struct worker_timers *t, enum worker_stage stage)
{
	if (nt_unlikely(t != NULL))
		worker_timers_add(t, stage);
}

const char *worker_stage_name(enum worker_stage stage);

#endif
