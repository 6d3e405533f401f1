/* SPDX-License-Identifier: BSD-3-Clause */
#include <string.h>

#include <nt_fault.h>

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
	memset(q->own, 0, sizeof(q->own));
	for (unsigned int i = 0; i < workers; i++)
		q->buffers[i].first = q->buffers[i].count = 0;
}

static bool
restock_own(struct queues *q)
{
	if (q->buffers[0].count != 0)
		return false;
	for (unsigned int i = 0; i < QUEUES_BURST; i++)
		q->stock[i] = &q->own[i].mbuf;
	q->stock_count = QUEUES_BURST;
	return true;
}

bool
queues_restock(struct queues *q)
{
	if (q->rings == NULL)
		return restock_own(q);
	if (nt_fault(NT_FAULT_MBUF) ||
		rte_mempool_get_bulk(q->pool, (void **)q->stock, QUEUES_BURST) != 0)
		return false;
	q->stock_count = QUEUES_BURST;
	/* A worker has read them last. */
	for (unsigned int i = 0; i < QUEUES_BURST; i++)
		nt_prefetch_write(mbuf_meta(q->stock[i]));
	return true;
}

static void
flush(struct queues *q, unsigned int worker)
{
	struct queue_buffer *b = &q->buffers[worker];
	if (nt_fault(NT_FAULT_QUEUE_FULL) || q->rings == NULL)
		return;
	const unsigned int sent = rte_ring_sp_enqueue_burst(
		q->rings[worker], (void **)(b->mbufs + b->first), b->count, NULL);
	b->first += sent;
	b->count -= sent;
	if (b->count == 0)
		b->first = 0;
}

bool
queues_make_room(struct queues *q, unsigned int worker)
{
	const struct queue_buffer *b = &q->buffers[worker];
	flush(q, worker);
	return b->first + b->count != QUEUES_BURST;
}

unsigned int
queues_take(struct queues *q, struct rte_mbuf **mbufs)
{
	struct queue_buffer *b = &q->buffers[0];
	const unsigned int n = b->count;
	memcpy(mbufs, b->mbufs + b->first, n * sizeof(*mbufs));
	b->first = b->count = 0;
	return n;
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

long
queues_wait_ns(const struct queues *q, long last_ns)
{
	bool over_half = true, under_quarter = false;
	for (unsigned int i = 0; i < q->workers; i++) {
		const unsigned int used = rte_ring_count(q->rings[i]);
		const unsigned int size = rte_ring_get_capacity(q->rings[i]);
		over_half &= used > size / 2;
		under_quarter |= used < size / 4;
	}
	if (over_half)
		return NT_MIN(2 * last_ns, (long)QUEUES_WAIT_MAX_NS);
	return under_quarter ? NT_MAX(last_ns / 2, (long)QUEUES_WAIT_MIN_NS) : last_ns;
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
