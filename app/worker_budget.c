/* SPDX-License-Identifier: BSD-3-Clause */
/* What worker_new makes, table by table. */
#include <nt_mem.h>

#include "budget.h"
#include "cache_options.h"
#include "sizes.h"
#include "worker_priv.h"

static void
budget_connections(struct budget *b, const struct nt_config *c)
{
	const uint32_t flows = c->flow.max;
	budget_add(b, "connections", flows, nt_flow_table_bytes(flows) + nt_conn_bytes(flows),
		c->workers);
	budget_add(b, "names of long connections", flows,
		nt_pool_needs(sizeof(struct found_names), flows), c->workers);
	budget_add(b, "streams of connections", flows, streams_bytes(flows), c->workers);
	budget_add(b, "DNS over TCP: streams", flows,
		nt_mem_mapped(2 * (size_t)flows * sizeof(struct nt_dns_stream)), c->workers);
	budget_add(b, "DNS over TCP: messages", c->names.max_dns_streams,
		nt_dns_buffers_bytes(c->names.max_dns_streams), c->workers);
	budget_add(b, "server names asserted", flows,
		server_names_bytes(flows) + mismatches_bytes(c), c->workers);
	budget_add(b, "QUIC handshakes", c->names.quic_max,
		nt_quic_bytes(&(struct nt_quic_config){ .connections = c->names.quic_max }),
		c->workers);
}

static void
budget_names(struct budget *b, const struct nt_config *c)
{
	const struct nt_name_cache_config names = cache_options(c);
	const struct nt_name_cache_config asserted = cache_options_asserted(c);
	budget_add(b, "name cache", names.max_mappings, nt_name_cache_bytes(&names), c->workers);
	budget_add(b, "cache of asserted names", asserted.max_mappings,
		nt_name_cache_bytes(&asserted), c->workers);
	budget_add(b, "DNS queries in flight", c->names.max_queries,
		nt_dns_match_bytes(c->names.max_queries), c->workers);
	budget_add(b, "lookups and verdicts", c->notice.max_told, verdicts_bytes(c), c->workers);
	if (c->hosts.enabled)
		budget_add(b, "hosts", c->hosts.max_links, hosts_bytes(c), c->workers);
}

void
worker_budget(struct budget *b, const struct nt_config *c)
{
	budget_connections(b, c);
	budget_names(b, c);
	budget_add(b, "ring of records", 0, nt_msg_ring_bytes(RECORD_RING_UNITS), c->workers);
	budget_add(b, "a worker itself", 0, sizeof(struct worker) + departures_bytes(), c->workers);
}
