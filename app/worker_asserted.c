/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Server names that connections asserted themselves: kept for their own record, and learnt for the
 * server's address. Anybody can assert anything, so what is learnt here is in a cache of its own:
 * it takes no room from what lookups told, and is asked only where they told nothing.
 */
#include <string.h>

#include "worker_priv.h"

/* Too late to be asked for as of the connection's start (nt_name_cache.h). */
static bool
is_in_time(const struct worker *w, const struct nt_flow_cold *cold, int64_t clock_ns)
{
	return clock_ns < cold->first_clock_ns + w->config->names.pin_after_ns;
}

static void
learn(struct worker *w, const struct nt_flow *f, const struct nt_server_name *name,
	const struct nt_packet_meta *at)
{
	struct nt_mapping m = {
		.addr = end_addr(f, NT_FLOW_RESP),
		.client = end_addr(f, NT_FLOW_ORIG),
		.source = (name->flags & NT_SERVER_NAME_TLS) != 0 ? NT_SOURCE_SSL_SNI
								  : NT_SOURCE_HTTP_HOST,
		.name_len = name->len,
		.name = name->text,
	};
	if (nt_addr_is_unusable(&m.addr))
		return;
	count(w, NT_COUNTER_MAPPINGS_LEARNT, 1);
	names_learn_for(w, at, &m, w->config->names.asserted_ttl_ns);
}

/* The first counts, but TLS over what came before it; never too late: see is_in_time. */
static bool
is_better(const struct nt_server_name *old, const struct nt_server_name *name)
{
	return (name->flags & ~old->flags & NT_SERVER_NAME_TLS) != 0;
}

static bool
is_same(const struct nt_server_name *a, const struct nt_server_name *b)
{
	return a->len == b->len && memcmp(a->text, b->text, a->len) == 0;
}

void
server_name_asserted(struct worker *w, uint32_t idx, const struct nt_server_name *name,
	const struct nt_packet_meta *at, bool behind_proxy)
{
	if (!wants_names(w))
		return;
	const struct nt_flow *f = nt_flow_at(w->flows, idx);
	const struct nt_flow_cold *cold = nt_flow_cold_at(w->flows, idx);
	const int64_t clock_ns = at != NULL ? at->clock_ns : INT64_MAX;
	const struct server_name *old = server_name_of(&w->server_names, idx);
	const bool keep =
		old == NULL || (is_better(&old->name, name) && is_in_time(w, cold, clock_ns));
	const bool own = !behind_proxy && (name->flags & NT_SERVER_NAME_ECH) == 0;
	if (!keep && is_same(&old->name, name))
		return;
	if (keep)
		server_name_keep(&w->server_names, idx, name, clock_ns, behind_proxy);
	if (at == NULL || !own)
		return;
	learn(w, f, name, at);
	if (keep)
		mismatches_add(w, idx, name, at);
}

const struct nt_server_name *
server_name_in_time(const struct worker *w, uint32_t idx)
{
	const struct server_name *e = server_name_of(&w->server_names, idx);
	return e != NULL && is_in_time(w, nt_flow_cold_at(w->flows, idx), e->clock_ns) ? &e->name
										       : NULL;
}

bool
server_name_is_own(const struct server_name *e)
{
	return e != NULL && !e->behind_proxy && (e->name.flags & NT_SERVER_NAME_ECH) == 0;
}
