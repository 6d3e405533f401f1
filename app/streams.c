/* SPDX-License-Identifier: BSD-3-Clause */
#include "streams.h"

#include <nt_mem.h>

/* Segments out of order at one time, of connections not known yet: 32 MiB if all are there. */
#define HELD_CHUNKS 16384

int
streams_init(struct streams *s, uint32_t flows)
{
	s->size = flows;
	s->used = 0;
	s->free = STREAM_NONE;
	s->streams = nt_mem_map((size_t)flows * sizeof(*s->streams));
	s->of_flow = nt_mem_map((size_t)flows * sizeof(*s->of_flow));
	if (s->streams == NULL || s->of_flow == NULL)
		return -errno;
	return hold_init(&s->hold, HELD_CHUNKS);
}

void
streams_fini(struct streams *s)
{
	if (s->streams != NULL)
		nt_mem_unmap(s->streams, (size_t)s->size * sizeof(*s->streams));
	if (s->of_flow != NULL)
		nt_mem_unmap(s->of_flow, (size_t)s->size * sizeof(*s->of_flow));
	if (s->hold.chunks != NULL)
		hold_fini(&s->hold);
}

struct stream *
stream_open(struct streams *s, uint32_t flow)
{
	uint32_t i = s->free;
	if (i == STREAM_NONE)
		i = s->used++;
	else
		s->free = s->streams[i].next;
	struct stream *st = &s->streams[i];
	st->held[0] = st->held[1] = HOLD_NONE;
	st->flags = st->services = 0;
	st->named = 0;
	st->host_count = 0;
	s->of_flow[flow] = i;
	return st;
}

void
stream_close(struct streams *s, uint32_t flow)
{
	const uint32_t i = s->of_flow[flow];
	struct stream *st = &s->streams[i];
	hold_drop_all(&s->hold, &st->held[0]);
	hold_drop_all(&s->hold, &st->held[1]);
	st->next = s->free;
	s->free = i;
}
