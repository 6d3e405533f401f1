/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The reader lcore: captures in, packets steered to the workers' queues, each with its position and
 * the clock. Publishes R: nothing at or before R is left in its buffers.
 */
#ifndef READER_H
#define READER_H

#include <rte_mempool.h>
#include <rte_ring.h>

#include <nt_config.h>
#include <nt_hash.h>
#include <nt_relay.h>

#include "slabs.h"

struct rte_mbuf;

struct reader_config {
	const struct nt_config *config; /* borrowed */
	char *const *paths; /* borrowed */
	unsigned int path_count;
	const char *filter; /* or NULL */
	/* One per worker, the net_ring port's. NULL: there is one worker, on the reader's own
	 * lcore; turn is called whenever it has something to do, and reader_take is its way to
	 * packets. */
	struct rte_ring **queues;
	/* Without queues NULL. Mbufs without data room, struct mbuf_meta as private area. */
	struct rte_mempool *pool;
	void (*turn)(void *arg); /* one round of that worker */
	void *turn_arg;
	unsigned int workers;
	struct nt_hash_key uid_key; /* the workers' */
	const struct nt_relay *relay; /* T of the workers: when slabs can be used again */
	const atomic_bool *stop; /* the signal handler's: wo; here ro */
};

/* What others may look at while it runs. reader: wo. */
struct reader_progress {
	_Atomic uint64_t packets; /* captured packets taken in */
	_Atomic int64_t first_ns; /* capture time of the first packet; set before it is sent */
	_Atomic uint64_t taken, size; /* of the files so far; of all files (0: not known) */
};

struct reader;

struct reader *reader_new(const struct reader_config *cfg); /* NULL and errno */
void reader_free(struct reader *r); /* NULL is fine */

/* For rte_eal_remote_launch; arg is the struct reader. Returns 0. */
int reader_main(void *arg);

/* Within turn: up to RX_BURST packets, until its end. */
unsigned int reader_take(struct reader *r, struct rte_mbuf **mbufs);

const struct nt_mark *reader_mark(const struct reader *r); /* R; any thread */
const struct reader_progress *reader_progress(const struct reader *r);

/* After reader_main: what went wrong with which capture, one line each; NULL past the last. */
const char *reader_failure(const struct reader *r, unsigned int i);

#endif
