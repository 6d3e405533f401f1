/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The network card of a bench: packets of a capture, written into a small ring of mbufs before the
 * worker's turn, so that what making them costs is never in what is measured.
 *
 * Copies of the capture play at once, as many as have the connections asked for open; each packet
 * is the next one of a copy that is drawn at random, so packets of the connections come in random
 * turns, each connection's own in order. A copy has addresses of its own: an exclusive or by its
 * number on the IP and link addresses and on those in DNS answers (network parts and what is
 * special stay), so that both directions and names still fit. One that comes to its end begins
 * again with other ephemeral ports: the same hosts ask for the same names and connect anew. Of each
 * copy a worker has the packets of the address pairs that are its own, as if RSS had spread them.
 * Checksums are not made right again: a card has checked them. Time moves on by the same step with
 * each packet, so that a copy lasts as long as the capture did, unless that were faster than 10
 * Gbit/s. Fragments and tunnels are not opened.
 *
 * Owner: the thread of its worker.
 */
#ifndef BENCH_SOURCE_H
#define BENCH_SOURCE_H

#include "bench_capture.h"
#include "rx.h"

/* With the headers of as many packets a core's second cache holds them, as DDIO leaves them. */
#define BENCH_RING 512

struct bench_copy {
	uint32_t number;
	uint32_t again; /* how often it has begun again */
	uint32_t next; /* place in the source's packets */
};

struct bench_source {
	struct rx rx; /* first */
	const struct bench_capture *capture;
	struct rte_mempool *pool;
	struct rte_mbuf *ring[BENCH_RING];
	unsigned int at, filled;
	bool ended;

	unsigned int worker, workers;
	uint32_t *own[NT_CONFIG_WORKERS_MAX]; /* packets, by copy's number modulo workers */
	uint32_t own_count[NT_CONFIG_WORKERS_MAX];
	struct bench_copy *copies;
	uint32_t copy_count;
	uint32_t active; /* of them, have begun */
	uint32_t new_addrs; /* see bench_source_config */
	bool has_packets;
	uint64_t packets, warm_up; /* made so far; until all copies are well in the middle */
	double begin_every; /* packets from one copy's begin to the next one's */
	uint64_t random;
	uint64_t position;
	int64_t clock_ns;
	double step_ns, time_ns;
};

struct bench_source_config {
	const struct bench_capture *capture;
	unsigned int worker, workers;
	uint32_t flows; /* to be open at once, of all workers; 0: one copy */
	/*
	 * 0, or: a copy that begins again has other addresses instead, as far as so many (a power
	 * of two) go.
	 */
	uint32_t new_addrs;
};

/* Connections open at once where so many are asked for: of whole copies, hence more. */
uint64_t bench_source_flows(const struct bench_capture *c, uint32_t flows);

/* 0, or -errno; -ENODATA: no packet of the capture is this worker's. */
int bench_source_init(struct bench_source *s, const struct bench_source_config *cfg);
void bench_source_fini(struct bench_source *s);

/* Fill the ring, which is empty. */
void bench_source_fill(struct bench_source *s);
static inline bool
bench_source_is_empty(const struct bench_source *s)
{
	return s->at == s->filled;
}
static inline bool
bench_source_is_warm(const struct bench_source *s)
{
	return s->packets >= s->warm_up;
}

#endif
