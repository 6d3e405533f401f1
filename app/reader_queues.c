/* SPDX-License-Identifier: BSD-3-Clause */
#include "reader_queues.h"

void
queues_init(
	struct queues *q, struct rte_ring **rings, unsigned int workers, struct rte_mempool *pool)
{
	nt_mark_init(&q->R);
	q->rings = rings;
	q->workers = workers;
	q->pool = pool;
	q->stock_count = 0;
	for (unsigned int i = 0; i < workers; i++)
		q->buffers[i].first = q->buffers[i].count = 0;
}

struct rte_mbuf *
queues_mbuf(struct queues *q)
{
	if (nt_unlikely(q->stock_count == 0)) {
		if (rte_mempool_get_bulk(q->pool, (void **)q->stock, QUEUES_BURST) != 0)
			return NULL;
		q->stock_count = QUEUES_BURST;
		/* A worker has read them last. */
		for (unsigned int i = 0; i < QUEUES_BURST; i++)
			nt_prefetch_write(mbuf_meta(q->stock[i]));
	}
	return q->stock[--q->stock_count];
}

static void
flush(struct queues *q, unsigned int worker)
{
	struct queue_buffer *b = &q->buffers[worker];
	const unsigned int sent = rte_ring_sp_enqueue_burst(
		q->rings[worker], (void **)(b->mbufs + b->first), b->count, NULL);
	b->first += sent;
	b->count -= sent;
	if (b->count == 0)
		b->first = 0;
}

bool
queues_push(struct queues *q, unsigned int worker, struct rte_mbuf *m)
{
	struct queue_buffer *b = &q->buffers[worker];
	if (b->first + b->count == QUEUES_BURST) {
		flush(q, worker);
		if (b->first + b->count == QUEUES_BURST)
			return false;
	}
	b->mbufs[b->first + b->count++] = m;
	return true;
}

bool
queues_flush(struct queues *q)
{
	bool empty = true;
	for (unsigned int i = 0; i < q->workers; i++) {
		if (q->buffers[i].count != 0)
			flush(q, i);
		empty = empty && q->buffers[i].count == 0;
	}
	return empty;
}

void
queues_publish(struct queues *q, uint64_t last, int64_t clock_ns)
{
	for (unsigned int i = 0; i < q->workers; i++) {
		const struct queue_buffer *b = &q->buffers[i];
		if (b->count == 0)
			continue;
		const struct nt_packet_meta *at = &mbuf_meta(b->mbufs[b->first])->at;
		if (at->position - 1 < last) {
			last = at->position - 1;
			clock_ns = at->clock_ns; /* of the next one: as late as it may be */
		}
	}
	nt_mark_release(&q->R, last, clock_ns);
}
