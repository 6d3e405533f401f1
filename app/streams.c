/* SPDX-License-Identifier: BSD-3-Clause */
#include "streams.h"

#include <nt_mem.h>

/* Segments out of order at one time, of connections not known yet: 32 MiB if all are there. */
#define HELD_CHUNKS 16384

size_t
streams_bytes(uint32_t flows)
{
	return nt_pool_needs(sizeof(struct stream), flows) +
	       nt_mem_mapped((size_t)flows * sizeof(uint32_t)) +
	       nt_pool_needs(sizeof(struct held), HELD_CHUNKS);
}

int
streams_init(struct streams *s, uint32_t flows)
{
	const int err = nt_pool_init(&s->pool, sizeof(struct stream), flows);
	if (err != 0)
		return err;
	s->of_flow = nt_mem_map((size_t)flows * sizeof(*s->of_flow));
	if (s->of_flow == NULL)
		return -errno;
	return nt_pool_init(&s->hold, sizeof(struct held), HELD_CHUNKS);
}

void
streams_fini(struct streams *s)
{
	nt_mem_unmap(s->of_flow, (size_t)s->pool.capacity * sizeof(*s->of_flow));
	nt_pool_fini(&s->pool);
	nt_pool_fini(&s->hold);
}

struct stream *
stream_open(struct streams *s, uint32_t flow)
{
	s->of_flow[flow] = nt_pool_take(&s->pool);
	struct stream *st = stream_of(s, flow);
	st->held[0] = st->held[1] = HOLD_NONE;
	st->flags = st->services = 0;
	st->named = 0;
	st->host_count = 0;
	return st;
}

void
stream_close(struct streams *s, uint32_t flow)
{
	struct stream *st = stream_of(s, flow);
	hold_drop_all(&s->hold, &st->held[0]);
	hold_drop_all(&s->hold, &st->held[1]);
	nt_pool_give(&s->pool, s->of_flow[flow]);
}
