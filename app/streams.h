/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The TCP connections that are looked into, until it is known what they speak. A pool as large as
 * the flow table can ask for, of which only what is used is resident; a flow's number leads to its
 * stream. Owner: one worker.
 */
#ifndef STREAMS_H
#define STREAMS_H

#include <nt_detect.h>

#include "hold.h"

#define STREAM_HOSTS_MAX 64

/* nt_flow.stream */
enum stream_phase {
	STREAM_NEW, /* no payload yet */
	STREAM_OPEN, /* there is a struct stream */
	STREAM_CLOSED, /* it is known */
	STREAM_HOSTS = 8 | STREAM_CLOSED, /* ... to be HTTP: only Hosts of requests are wanted */
	STREAM_REPLIED = 4, /* the responder has said something; what the originator says decides */
};

struct stream {
	uint32_t want[2]; /* the next sequence number of each direction */
	uint32_t held[2]; /* lists of what came before its turn */
	uint8_t flags; /* of the two directions: begun, broken (worker_streams.c) */
	uint8_t services; /* of nt_detect: those that the connection has already */
	uint8_t named; /* detect.named as far as names were taken */
	uint8_t host_count; /* in hosts */
	struct nt_detect detect;
	uint32_t hosts[STREAM_HOSTS_MAX]; /* digests of the Hosts that followed the name */
};

struct streams {
	struct nt_pool pool; /* of struct stream */
	uint32_t *of_flow; /* number in the pool; STREAM_REPLIED: a sequence number */
	struct nt_pool hold; /* of struct held */
};

int streams_init(struct streams *s, uint32_t flows); /* 0 or -errno */
size_t streams_bytes(uint32_t flows); /* memory that they take when all are used */
void streams_fini(struct streams *s); /* a half-built one too */

/* Of a flow that is STREAM_OPEN. */
static inline struct stream *
stream_of(const struct streams *s, uint32_t flow)
{
	return nt_pool_at(&s->pool, s->of_flow[flow]);
}

/* There are as many as flows. */
struct stream *stream_open(struct streams *s, uint32_t flow);
void stream_close(struct streams *s, uint32_t flow);

#endif
