/* SPDX-License-Identifier: BSD-3-Clause */
/* The pool of what few connections need: holes, repeated letters, long histories. */
#include <nt_mem.h>

#include "conn_priv.h"

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
	c->extras_count = max_flows / 2 + 16;
	c->extras_bytes = (size_t)c->extras_count * sizeof(*c->extras);
	c->extras = nt_mem_map(c->extras_bytes);
	if (!c->extras || conn_links_init(c, max_flows) < 0) {
		nt_mem_unmap(c->extras, c->extras_bytes);
		nt_mem_unmap(c, sizeof(*c));
		errno = ENOMEM;
		return NULL;
	}
	c->free_extra = NT_FLOW_NONE;
	return c;
}

void
nt_conn_free(struct nt_conn *c)
{
	if (!c)
		return;
	nt_mem_unmap(c->extras, c->extras_bytes);
	conn_links_fini(c);
	nt_mem_unmap(c, sizeof(*c));
}

void
nt_conn_stats(const struct nt_conn *c, struct nt_conn_stats *ret)
{
	*ret = c->stats;
}

struct extra *
conn_extra(struct nt_conn *c, struct nt_flow_cold *cold)
{
	uint32_t idx = cold->extra;

	if (idx != NT_FLOW_NONE)
		return &c->extras[idx];
	if (c->free_extra != NT_FLOW_NONE) {
		idx = c->free_extra;
		c->free_extra = c->extras[idx].next_free;
	} else if (c->extras_used < c->extras_count) {
		idx = c->extras_used++;
	} else {
		c->stats.extra_exhausted++;
		return NULL;
	}
	c->stats.extra_in_use++;
	cold->extra = idx;
	memset(&c->extras[idx], 0, sizeof(c->extras[idx]));
	return &c->extras[idx];
}

void
conn_extra_release(struct nt_conn *c, struct nt_flow_cold *cold)
{
	if (cold->extra == NT_FLOW_NONE)
		return;
	c->extras[cold->extra].next_free = c->free_extra;
	c->free_extra = cold->extra;
	cold->extra = NT_FLOW_NONE;
	c->stats.extra_in_use--;
}
