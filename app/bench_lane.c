/* SPDX-License-Identifier: BSD-3-Clause */
#include <rte_cycles.h>

#include "bench_lane.h"

/* The least: only interruptions make it more. */
static double
lap_cycles(void)
{
	enum {
		LAPS = 64,
		ROUNDS = 512
	};
	uint64_t best = UINT64_MAX;
	for (unsigned int r = 0; r < ROUNDS; r++) {
		struct worker_timers t = { 0 };
		worker_timers_begin(&t);
		for (unsigned int i = 0; i < LAPS; i++)
			worker_timers_lap(&t, WORKER_STAGE_RX);
		best = NT_MIN(best, t.cycles[WORKER_STAGE_RX]);
	}
	return (double)best / LAPS;
}

void
bench_lane_init(struct bench_lane *l, struct worker *worker)
{
	l->worker = worker;
	l->lap_cycles = lap_cycles();
}

void
bench_lane_fini(struct bench_lane *l)
{
	bench_samples_free(&l->plain);
	for (unsigned int i = 0; i < WORKER_STAGES; i++)
		bench_samples_free(&l->stages[i]);
}

static void
keep_stages(struct bench_lane *l, double packets)
{
	const struct worker_timers *t = &l->timers;
	for (unsigned int i = 0; i < WORKER_STAGES; i++) {
		const double own = (double)t->cycles[i] - (double)t->laps[i] * l->lap_cycles;
		bench_samples_add(&l->stages[i], own / packets);
	}
}

void
bench_lane_batch(struct bench_lane *l, bool staged, bool keep)
{
	bench_source_fill(&l->source);
	l->timers = (struct worker_timers){ 0 };
	worker_time_stages(l->worker, staged ? &l->timers : NULL);
	const long before = bench_interruptions();
	const uint64_t begun = rte_rdtsc();
	while (!bench_source_is_empty(&l->source))
		worker_poll(l->worker);
	const uint64_t took = rte_rdtsc() - begun;
	const bool whole = bench_interruptions() == before;
	worker_time_stages(l->worker, NULL);
	if (keep && whole && staged)
		keep_stages(l, BENCH_RING);
	else if (keep && whole)
		bench_samples_add(&l->plain, (double)took / BENCH_RING);
	if (l->serve != NULL)
		l->serve(l->serve_arg);
}
