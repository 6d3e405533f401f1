/* SPDX-License-Identifier: BSD-3-Clause */
#include "control_stats.h"

static void
histogram_of_interval(
	struct nt_histogram *ret, const struct nt_histogram *now, struct nt_histogram *before)
{
	*ret = *now;
	nt_histogram_since(ret, before);
	*before = *now;
}

void
control_stats_fill(const struct worker_gauges *g, struct nt_namecache_fill *ret)
{
	*ret = (struct nt_namecache_fill){
		.cache_entries = worker_gauge_read(g, WORKER_GAUGE_CACHE_ADDRESSES),
		.flow_longest_bucket = worker_gauge_read(g, WORKER_GAUGE_FLOW_LONGEST_BUCKET),
		.cache_longest_probe = worker_gauge_read(g, WORKER_GAUGE_CACHE_LONGEST_PROBE),
	};
}

void
control_stats_row(struct control_stats *s, const struct nt_counters *now,
	const struct nt_namecache_fill *fill, struct worker *const *workers,
	unsigned int worker_count, const struct nt_relay_stats *relay, int64_t ts_ns,
	struct nt_namecache_row *ret)
{
	struct nt_histogram lag = { 0 };
	for (unsigned int i = 0; i < worker_count; i++)
		nt_histogram_merge(&lag, worker_watermark_lag(workers[i]));
	histogram_of_interval(&s->lag, &lag, &s->lag_before);
	histogram_of_interval(&s->propagation, &relay->propagation, &s->propagation_before);
	const struct nt_namecache_extra extra = {
		.ts_ns = ts_ns,
		.fill = *fill,
		.watermark_lag_ns = &s->lag,
		.propagation_ns = &s->propagation,
	};
	nt_namecache_row_make(ret, now, &s->before, &extra);
	s->before = *now;
}
