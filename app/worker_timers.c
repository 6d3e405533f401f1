/* SPDX-License-Identifier: BSD-3-Clause */
#include "worker_timers.h"

void
worker_timers_add(struct worker_timers *t, enum worker_stage stage)
{
	const uint64_t now = rte_rdtsc();
	t->cycles[stage] += now - t->last_tsc;
	t->laps[stage]++;
	t->last_tsc = now;
}

const char *
worker_stage_name(enum worker_stage stage)
{
	static const char *const names[WORKER_STAGES] = {
		[WORKER_STAGE_RX] = "rx",
		[WORKER_STAGE_DECODE] = "decode",
		[WORKER_STAGE_LOOKUP] = "lookup",
		[WORKER_STAGE_FLOW] = "flow",
		[WORKER_STAGE_NAMES] = "names",
		[WORKER_STAGE_EXPIRY] = "expiry",
		[WORKER_STAGE_RECORDS] = "records",
	};
	return names[stage];
}
