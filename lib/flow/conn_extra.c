/* SPDX-License-Identifier: BSD-3-Clause */
/* The pool of what few connections need: holes, repeated letters, long histories. */
#include <nt_fault.h>
#include <nt_mem.h>

#include "conn_priv.h"

static uint32_t
extras_for(uint32_t max_flows)
{
	return max_flows / 2 + 16;
}

size_t
nt_conn_bytes(uint32_t max_flows)
{
	return nt_mem_mapped(sizeof(struct nt_conn)) +
	       nt_pool_needs(sizeof(struct extra), extras_for(max_flows)) +
	       nt_pool_needs(sizeof(struct nt_flow_link), max_flows);
}

struct nt_conn *
nt_conn_new(const struct nt_conn_config *cfg, uint32_t max_flows)
{
	struct nt_conn *c;

	/* Timers that come again need a step. */
	if (cfg->tcp_session_timer_ns <= 0 || cfg->dns_session_timeout_ns < NT_NS_PER_SEC) {
		errno = EINVAL;
		return NULL;
	}
	c = nt_mem_map(sizeof(*c));
	if (!c)
		return NULL;
	c->cfg = *cfg;
	if (nt_pool_init(&c->extras, sizeof(struct extra), extras_for(max_flows)) < 0 ||
		nt_pool_init(&c->links, sizeof(struct nt_flow_link), max_flows) < 0) {
		nt_conn_free(c);
		errno = ENOMEM;
		return NULL;
	}
	return c;
}

void
nt_conn_free(struct nt_conn *c)
{
	if (!c)
		return;
	nt_pool_fini(&c->extras);
	nt_pool_fini(&c->links);
	nt_mem_unmap(c, sizeof(*c));
}

void
nt_conn_stats(const struct nt_conn *c, struct nt_conn_stats *ret)
{
	*ret = c->stats;
	ret->extra_in_use = c->extras.used;
	ret->link_in_use = c->links.used;
}

struct extra *
conn_extra(struct nt_conn *c, struct nt_flow_cold *cold)
{
	struct extra *x = conn_extra_get(c, cold);

	if (x)
		return x;
	cold->extra = nt_fault(NT_FAULT_EXTRA_SLOT) ? NT_POOL_NONE : nt_pool_take(&c->extras);
	x = conn_extra_get(c, cold);
	if (!x) {
		c->stats.extra_exhausted++;
		return NULL;
	}
	memset(x, 0, sizeof(*x));
	return x;
}

void
conn_extra_release(struct nt_conn *c, struct nt_flow_cold *cold)
{
	if (cold->extra == NT_FLOW_NONE)
		return;
	nt_pool_give(&c->extras, cold->extra);
	cold->extra = NT_FLOW_NONE;
}
