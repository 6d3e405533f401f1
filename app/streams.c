/* SPDX-License-Identifier: BSD-3-Clause */
#include "streams.h"

#include <nt_mem.h>

/* Segments out of order at one time, of connections not known yet: 32 MiB if all are there. */
#define HELD_CHUNKS 16384

int
streams_init(struct streams *s, uint32_t flows)
{
	s->size = flows;
	s->streams_used = s->names_used = 0;
	s->streams_free = s->names_free = STREAM_NONE;
	s->streams = nt_mem_map((size_t)flows * sizeof(*s->streams));
	s->names = nt_mem_map((size_t)flows * sizeof(*s->names));
	s->of_flow = nt_mem_map((size_t)flows * sizeof(*s->of_flow));
	if (s->streams == NULL || s->names == NULL || s->of_flow == NULL)
		return -errno;
	return hold_init(&s->hold, HELD_CHUNKS);
}

void
streams_fini(struct streams *s)
{
	if (s->streams != NULL)
		nt_mem_unmap(s->streams, (size_t)s->size * sizeof(*s->streams));
	if (s->names != NULL)
		nt_mem_unmap(s->names, (size_t)s->size * sizeof(*s->names));
	if (s->of_flow != NULL)
		nt_mem_unmap(s->of_flow, (size_t)s->size * sizeof(*s->of_flow));
	if (s->hold.chunks != NULL)
		hold_fini(&s->hold);
}

struct stream *
stream_open(struct streams *s, uint32_t flow)
{
	uint32_t i = s->streams_free;
	if (i == STREAM_NONE)
		i = s->streams_used++;
	else
		s->streams_free = s->streams[i].next;
	struct stream *st = &s->streams[i];
	st->held[0] = st->held[1] = HOLD_NONE;
	st->flags = 0;
	s->of_flow[flow] = i;
	return st;
}

static uint32_t
keep_name(struct streams *s, const struct nt_server_name *name)
{
	uint32_t i = s->names_free;
	if (i == STREAM_NONE)
		i = s->names_used++;
	else
		s->names_free = s->names[i].next;
	s->names[i].name = *name;
	return i;
}

void
stream_name_keep(struct streams *s, uint32_t flow, const struct nt_server_name *name)
{
	s->of_flow[flow] = keep_name(s, name);
}

void
stream_close(struct streams *s, uint32_t flow)
{
	const uint32_t i = s->of_flow[flow];
	struct stream *st = &s->streams[i];
	const struct nt_server_name *name = nt_detect_name(&st->detect);
	hold_drop_all(&s->hold, &st->held[0]);
	hold_drop_all(&s->hold, &st->held[1]);
	s->of_flow[flow] = name != NULL ? keep_name(s, name) : STREAM_NONE;
	st->next = s->streams_free;
	s->streams_free = i;
}

const struct nt_server_name *
stream_name(const struct streams *s, uint32_t flow)
{
	const uint32_t i = s->of_flow[flow];
	return i != STREAM_NONE ? &s->names[i].name : NULL;
}

void
stream_name_drop(struct streams *s, uint32_t flow)
{
	const uint32_t i = s->of_flow[flow];
	if (i == STREAM_NONE)
		return;
	s->names[i].next = s->names_free;
	s->names_free = i;
	s->of_flow[flow] = STREAM_NONE;
}
