/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The TCP connections that are looked into, until it is known what they speak, and the server names
 * that were found. Both are pools as large as the flow table can ask for, of which only what is
 * used is resident; a flow's number leads to its stream, and later to its name. Owner: one worker.
 */
#ifndef STREAMS_H
#define STREAMS_H

#include <nt_detect.h>

#include "hold.h"

#define STREAM_NONE UINT32_MAX

/* nt_flow.stream */
enum stream_phase {
	STREAM_NEW, /* no payload yet */
	STREAM_OPEN, /* there is a struct stream */
	STREAM_CLOSED, /* it is known; there may be a name */
};

struct stream {
	uint32_t next; /* free ones */
	uint32_t want[2]; /* the next sequence number of each direction */
	uint32_t held[2]; /* lists of what came before its turn */
	uint8_t flags; /* of the two directions: begun, broken (worker_streams.c) */
	struct nt_detect detect;
};

struct stream_name {
	uint32_t next;
	struct nt_server_name name;
};

struct streams {
	struct stream *streams;
	struct stream_name *names;
	uint32_t *of_flow; /* number in streams or names */
	uint32_t size;
	uint32_t streams_used, streams_free, names_used, names_free;
	struct hold_pool hold;
};

int streams_init(struct streams *s, uint32_t flows); /* 0 or -errno */
void streams_fini(struct streams *s);

/* There are as many as flows. */
struct stream *stream_open(struct streams *s, uint32_t flow);
/* Keeps its name, if there is one. */
void stream_close(struct streams *s, uint32_t flow);

/* Of a flow that never had a stream (UDP): its phase is to become STREAM_CLOSED. */
void stream_name_keep(struct streams *s, uint32_t flow, const struct nt_server_name *name);

/* Of a flow whose phase is STREAM_CLOSED. */
const struct nt_server_name *stream_name(const struct streams *s, uint32_t flow);
void stream_name_drop(struct streams *s, uint32_t flow);

#endif
