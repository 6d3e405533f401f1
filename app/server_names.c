/* SPDX-License-Identifier: BSD-3-Clause */
#include "server_names.h"

#include <nt_mem.h>

#define NO_NAME UINT32_MAX

int
server_names_init(struct server_names *s, uint32_t flows)
{
	s->size = flows;
	s->used = 0;
	s->free = NO_NAME;
	s->names = nt_mem_map((size_t)flows * sizeof(*s->names));
	s->of_flow = nt_mem_map((size_t)flows * sizeof(*s->of_flow));
	return s->names == NULL || s->of_flow == NULL ? -errno : 0;
}

void
server_names_fini(struct server_names *s)
{
	if (s->names != NULL)
		nt_mem_unmap(s->names, (size_t)s->size * sizeof(*s->names));
	if (s->of_flow != NULL)
		nt_mem_unmap(s->of_flow, (size_t)s->size * sizeof(*s->of_flow));
	s->names = NULL;
	s->of_flow = NULL;
}

/* There are as many as flows. */
static uint32_t
take(struct server_names *s)
{
	const uint32_t i = s->free;
	if (i == NO_NAME)
		return s->used++;
	s->free = s->names[i].next;
	return i;
}

void
server_name_keep(struct server_names *s, uint32_t flow, const struct nt_server_name *name,
	int64_t clock_ns, bool behind_proxy)
{
	if (s->of_flow[flow] == 0)
		s->of_flow[flow] = take(s) + 1;
	struct server_name *e = &s->names[s->of_flow[flow] - 1];
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
	s->names[i - 1].next = s->free;
	s->free = i - 1;
	s->of_flow[flow] = 0;
}
