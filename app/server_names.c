/* SPDX-License-Identifier: BSD-3-Clause */
#include "server_names.h"

#include <nt_mem.h>

size_t
server_names_bytes(uint32_t flows)
{
	return nt_pool_needs(sizeof(struct server_name), flows) +
	       nt_mem_mapped((size_t)flows * sizeof(uint32_t));
}

int
server_names_init(struct server_names *s, uint32_t flows)
{
	const int err = nt_pool_init(&s->pool, sizeof(struct server_name), flows);
	if (err != 0)
		return err;
	s->of_flow = nt_mem_map((size_t)flows * sizeof(*s->of_flow));
	return s->of_flow == NULL ? -errno : 0;
}

void
server_names_fini(struct server_names *s)
{
	nt_mem_unmap(s->of_flow, (size_t)s->pool.capacity * sizeof(*s->of_flow));
	s->of_flow = NULL;
	nt_pool_fini(&s->pool);
}

/* There are as many as flows. */
void
server_name_keep(struct server_names *s, uint32_t flow, const struct nt_server_name *name,
	int64_t clock_ns, bool behind_proxy)
{
	if (s->of_flow[flow] == 0)
		s->of_flow[flow] = nt_pool_take(&s->pool) + 1;
	struct server_name *e = nt_pool_at(&s->pool, s->of_flow[flow] - 1);
	e->clock_ns = clock_ns;
	e->behind_proxy = behind_proxy;
	e->name = *name;
}

void
server_name_drop(struct server_names *s, uint32_t flow)
{
	const uint32_t i = s->of_flow[flow];
	if (i == 0)
		return;
	nt_pool_give(&s->pool, i - 1);
	s->of_flow[flow] = 0;
}
