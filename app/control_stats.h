/* SPDX-License-Identifier: BSD-3-Clause */
/* The lines of namecache.log: what came between one sum of the counters and the next. */
#ifndef CONTROL_STATS_H
#define CONTROL_STATS_H

#include <nt_namecache_row.h>
#include <nt_relay.h>

#include "worker.h"

struct control_stats {
	struct nt_counters before;
	struct nt_histogram lag_before, propagation_before;
	struct nt_histogram lag, propagation; /* scratch: of the interval */
};

/* What a line has of a worker's gauges. */
void control_stats_fill(const struct worker_gauges *g, struct nt_namecache_fill *ret);

/* The line for what came since the last one. */
void control_stats_row(struct control_stats *s, const struct nt_counters *now,
	const struct nt_namecache_fill *fill, struct worker *const *workers,
	unsigned int worker_count, const struct nt_relay_stats *relay, int64_t ts_ns,
	struct nt_namecache_row *ret);

#endif
