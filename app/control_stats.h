/* SPDX-License-Identifier: BSD-3-Clause */
/* The rhythm and the lines of namecache.log: every interval of capture time, aligned to its
 * multiples. */
#ifndef CONTROL_STATS_H
#define CONTROL_STATS_H

#include <nt_namecache_row.h>
#include <nt_relay.h>

#include "worker.h"

struct control_stats {
	int64_t interval_ns;
	int64_t next_ns; /* INT64_MIN: not known yet */
	struct nt_counters before;
	struct nt_histogram lag_before, propagation_before;
	struct nt_histogram lag, propagation; /* scratch: of the interval */
};

void control_stats_init(struct control_stats *s, int64_t interval_ns);

/* Has the clock passed a boundary? Long pauses give one line, not one for each interval in them. */
bool control_stats_due(struct control_stats *s, int64_t clock_ns, int64_t *ret_boundary_ns);

/* The line for what came since the last one. */
void control_stats_row(struct control_stats *s, const struct nt_counters *now,
	struct worker *const *workers, unsigned int worker_count,
	const struct nt_relay_stats *relay, int64_t ts_ns, struct nt_namecache_row *ret);

#endif
