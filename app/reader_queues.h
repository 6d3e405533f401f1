/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The reader's way to the workers: a buffer per worker in front of its ring, a stock of mbufs, and
 * the mark R. Never drops: what does not fit stays in the buffer, and R stays before it.
 */
#ifndef READER_QUEUES_H
#define READER_QUEUES_H

#include <rte_mempool.h>
#include <rte_ring.h>

#include <nt_config.h>
#include <nt_mark.h>

#include "mbuf_meta.h"

#define QUEUES_BURST 32

struct queue_buffer {
	struct rte_mbuf *mbufs[QUEUES_BURST];
	unsigned int first, count; /* those left are mbufs[first .. first + count) */
};

struct queues {
	struct nt_mark R; /* reader: wo, workers: ro */
	struct rte_ring **rings;
	unsigned int workers;
	struct rte_mempool *pool;
	struct rte_mbuf *stock[QUEUES_BURST];
	unsigned int stock_count;
	struct queue_buffer buffers[NT_CONFIG_WORKERS_MAX];
};

void queues_init(
	struct queues *q, struct rte_ring **rings, unsigned int workers, struct rte_mempool *pool);

/* An mbuf from the stock; NULL while the workers have them all. */
struct rte_mbuf *queues_mbuf(struct queues *q);
/* Into the worker's buffer; false when it is full and its ring too. */
bool queues_push(struct queues *q, unsigned int worker, struct rte_mbuf *m);
/* Move what the rings can take. True when no buffer has anything left. */
bool queues_flush(struct queues *q);
/* Release R: last is the position up to which everything has been pushed. */
void queues_publish(struct queues *q, uint64_t last, int64_t clock_ns);

#endif
