/* SPDX-License-Identifier: BSD-3-Clause */
#include "worker_gauges.h"

static const struct worker_gauge_info gauges[] = {
#define WORKER_GAUGES_INFO(id, name, key, help) { #name, key, help },
	WORKER_GAUGES(WORKER_GAUGES_INFO)
#undef WORKER_GAUGES_INFO
};

const struct worker_gauge_info *
worker_gauge_info(unsigned int id)
{
	return id < WORKER_GAUGE_COUNT ? &gauges[id] : NULL;
}

void
worker_gauges_fill(const struct worker_gauges *g, struct nt_namecache_fill *ret)
{
	*ret = (struct nt_namecache_fill){
		.cache_entries = worker_gauge_read(g, WORKER_GAUGE_CACHE_ADDRESSES),
		.flow_longest_bucket = worker_gauge_read(g, WORKER_GAUGE_FLOW_LONGEST_BUCKET),
		.cache_longest_probe = worker_gauge_read(g, WORKER_GAUGE_CACHE_LONGEST_PROBE),
	};
}
