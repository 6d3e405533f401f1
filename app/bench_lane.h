/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * A worker of a bench, its source, and what was measured of them: the cycles of every ring of
 * packets during which nobody else had the core. Owner: the worker's thread; the samples may be
 * read by another one while it pauses.
 */
#ifndef BENCH_LANE_H
#define BENCH_LANE_H

#include "bench_source.h"
#include "bench_stats.h"
#include "worker.h"
#include "worker_timers.h"

struct bench_lane {
	struct bench_source source;
	struct worker *worker;
	struct worker_timers timers;
	double lap_cycles; /* what telling a stage apart costs itself */
	struct bench_samples plain; /* cycles a packet */
	struct bench_samples stages[WORKER_STAGES];
	void (*serve)(void *arg); /* after each batch, outside of what is timed; or NULL */
	void *serve_arg;
};

void bench_lane_init(struct bench_lane *l, struct worker *worker);
void bench_lane_fini(struct bench_lane *l); /* the worker is the caller's */

/*
 * One ring of packets: made, then processed, with the stages told apart or as it always runs. keep:
 * it counts, if it was not interrupted.
 */
void bench_lane_batch(struct bench_lane *l, bool staged, bool keep);

#endif
