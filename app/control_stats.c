/* SPDX-License-Identifier: BSD-3-Clause */
#include <string.h>

#include "control_stats.h"

void
control_stats_init(struct control_stats *s, int64_t interval_ns)
{
	memset(s, 0, sizeof(*s));
	s->interval_ns = interval_ns;
	s->next_ns = INT64_MIN;
}

static int64_t
boundary_after(const struct control_stats *s, int64_t clock_ns)
{
	return (clock_ns / s->interval_ns + 1) * s->interval_ns;
}

bool
control_stats_due(struct control_stats *s, int64_t clock_ns, int64_t *ret_boundary_ns)
{
	if (clock_ns == INT64_MIN || clock_ns < s->next_ns)
		return false;
	const bool first = s->next_ns == INT64_MIN;
	*ret_boundary_ns = s->next_ns;
	s->next_ns = boundary_after(s, clock_ns);
	return !first;
}

static void
histogram_of_interval(
	struct nt_histogram *ret, const struct nt_histogram *now, struct nt_histogram *before)
{
	*ret = *now;
	nt_histogram_since(ret, before);
	*before = *now;
}

void
control_stats_row(struct control_stats *s, const struct nt_counters *now,
	struct worker *const *workers, unsigned int worker_count,
	const struct nt_relay_stats *relay, int64_t ts_ns, struct nt_namecache_row *ret)
{
	struct nt_histogram lag = { 0 };
	uint32_t entries = 0;
	for (unsigned int i = 0; i < worker_count; i++) {
		nt_histogram_merge(&lag, worker_watermark_lag(workers[i]));
		entries = NT_MAX(entries, worker_cache_entries(workers[i]));
	}
	histogram_of_interval(&s->lag, &lag, &s->lag_before);
	histogram_of_interval(&s->propagation, &relay->propagation, &s->propagation_before);
	const struct nt_namecache_extra extra = {
		.ts_ns = ts_ns,
		.cache_entries = entries,
		.watermark_lag_ns = &s->lag,
		.propagation_ns = &s->propagation,
	};
	nt_namecache_row_make(ret, now, &s->before, &extra);
	s->before = *now;
}
