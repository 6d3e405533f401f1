/* SPDX-License-Identifier: BSD-3-Clause */
#include "worker_priv.h"

/* What every connection has in tables beside the flow table's, used or not. */
static uint64_t
beside_flow(const struct worker *w)
{
	return sizeof(*w->streams.of_flow) + sizeof(*w->server_names.of_flow) +
	       sizeof(*w->judging.ring) + sizeof(*w->judging.of_flow);
}

void
worker_sizes(const struct worker *w, struct worker_sizes *ret)
{
	struct nt_flow_table_stats flows;
	struct nt_name_cache_stats names;
	nt_flow_table_stats(w->flows, &flows);
	nt_name_cache_stats(w->names, &names);
	*ret = (struct worker_sizes){
		.flows = flows.live + flows.ended,
		.flow_max = w->config->flow.max,
		.flow_bytes = flows.bytes + w->config->flow.max * beside_flow(w),
		.mappings = names.mappings,
		.mapping_bytes = names.bytes - names.name_bytes,
		.name_bytes = names.name_bytes,
	};
}
