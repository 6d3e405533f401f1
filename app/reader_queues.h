/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The reader's way to the workers: a buffer per worker in front of its ring, a stock of mbufs, and
 * the mark R. Never drops: what does not fit stays in the buffer, and R stays before it. A worker
 * on the reader's own lcore needs no ring and no pool: it takes what the buffer has, and a buffer's
 * mbufs are all there are.
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

struct queue_handle {
	struct rte_mbuf mbuf;
	struct mbuf_meta meta; /* mbuf_meta(&mbuf) */
};

struct queues {
	struct nt_mark R; /* reader: wo, workers: ro */
	struct rte_ring **rings; /* NULL: one worker, on this lcore */
	unsigned int workers;
	struct rte_mempool *pool; /* NULL without rings */
	struct queue_handle own[QUEUES_BURST]; /* in its place */
	struct rte_mbuf *stock[QUEUES_BURST];
	unsigned int stock_count;
	struct queue_buffer buffers[NT_CONFIG_WORKERS_MAX];
};

void queues_init(
	struct queues *q, struct rte_ring **rings, unsigned int workers, struct rte_mempool *pool);

/* Fill the empty stock; false while the workers, or without rings the buffer, have all mbufs. */
bool queues_restock(struct queues *q);
/* Empty the worker's full buffer into its ring; false where that is full too. */
bool queues_make_room(struct queues *q, unsigned int worker);

/* An mbuf from the stock; NULL while the workers have them all. */
static inline struct rte_mbuf *
queues_mbuf(struct queues *q)
{
	if (nt_unlikely(q->stock_count == 0) && !queues_restock(q))
		return NULL;
	return q->stock[--q->stock_count];
}

/* Into the worker's buffer; false when it is full and its ring too. */
static inline bool
queues_push(struct queues *q, unsigned int worker, struct rte_mbuf *m)
{
	struct queue_buffer *b = &q->buffers[worker];
	if (nt_unlikely(b->first + b->count == QUEUES_BURST) && !queues_make_room(q, worker))
		return false;
	b->mbufs[b->first + b->count++] = m;
	return true;
}

/*
 * Without rings: empty the buffer into mbufs, of QUEUES_BURST at least. How many there are. They
 * are done with when the stock is next asked for one.
 */
unsigned int queues_take(struct queues *q, struct rte_mbuf **mbufs);

/* Move what the rings can take. True when no buffer has anything left. */
bool queues_flush(struct queues *q);
/*
 * How long to sleep while the workers have all there is room for, after a sleep of last_ns. Twice
 * as long where every ring was still more than half full after that, for each turn in vain costs as
 * much as some hundred packets; half as long where one had less than a quarter left.
 */
#define QUEUES_WAIT_MIN_NS 400000 /* LCORE_IDLE_NS */
#define QUEUES_WAIT_MAX_NS (8 * QUEUES_WAIT_MIN_NS)
long queues_wait_ns(const struct queues *q, long last_ns);
/* Release R: last is the position up to which everything has been pushed. */
void queues_publish(struct queues *q, uint64_t last, int64_t clock_ns);

#endif
