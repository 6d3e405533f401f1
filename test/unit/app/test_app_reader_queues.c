/* SPDX-License-Identifier: BSD-3-Clause */
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "reader_queues.h"

#define WORKERS	  3
#define RING_SIZE 64 /* holds one less */
#define MBUFS	  1000

/* Mbufs with their private area, and rings, in ordinary memory: no EAL. */
struct fixture {
	struct queues q;
	struct rte_ring *rings[WORKERS];
	uint8_t *mbufs;
	unsigned int used;
};

#define STRIDE (sizeof(struct rte_mbuf) + sizeof(struct mbuf_meta))

static void *
aligned(size_t size)
{
	void *p = NULL;
	assert_int_equal(posix_memalign(&p, 64, size), 0);
	memset(p, 0, size);
	return p;
}

static struct fixture *
new_fixture(void)
{
	struct fixture *f = aligned(sizeof(*f));
	for (unsigned int i = 0; i < WORKERS; i++) {
		f->rings[i] = aligned((size_t)rte_ring_get_memsize(RING_SIZE));
		assert_int_equal(
			rte_ring_init(f->rings[i], "r", RING_SIZE, RING_F_SP_ENQ | RING_F_SC_DEQ),
			0);
	}
	f->mbufs = aligned(MBUFS * STRIDE);
	queues_init(&f->q, f->rings, WORKERS, NULL);
	return f;
}

static void
free_fixture(struct fixture *f)
{
	for (unsigned int i = 0; i < WORKERS; i++)
		free(f->rings[i]);
	free(f->mbufs);
	free(f);
}

static struct rte_mbuf *
packet(struct fixture *f, uint64_t position)
{
	struct rte_mbuf *m = (struct rte_mbuf *)(void *)(f->mbufs + STRIDE * f->used++);
	assert_true(f->used <= MBUFS);
	*mbuf_meta(m) = (struct mbuf_meta){ .at = { .position = position,
						    .clock_ns = NT_SEC((int64_t)position) } };
	return m;
}

static uint64_t
published(const struct fixture *f)
{
	return nt_mark_acquire(&f->q.R).position;
}

static unsigned int
take(struct fixture *f, unsigned int worker, uint64_t *ret_last)
{
	void *m;
	unsigned int n = 0;
	for (; rte_ring_sc_dequeue(f->rings[worker], &m) == 0; n++) {
		const uint64_t position = mbuf_meta(m)->at.position;
		assert_true(position > *ret_last);
		*ret_last = position;
	}
	return n;
}

/* R never passes what is still in a buffer. */
static void
test_publish_stays_before_the_buffers(void **state)
{
	(void)state;
	struct fixture *f = new_fixture();
	assert_true(queues_push(&f->q, 0, packet(f, 1)));
	assert_true(queues_push(&f->q, 1, packet(f, 2)));
	queues_publish(&f->q, 2, NT_SEC(2));
	assert_int_equal(published(f), 0);
	assert_true(queues_flush(&f->q));
	queues_publish(&f->q, 2, NT_SEC(2));
	assert_int_equal(published(f), 2);
	assert_true(queues_push(&f->q, 2, packet(f, 3)));
	queues_publish(&f->q, 3, NT_SEC(3));
	assert_int_equal(published(f), 2);
	assert_true(queues_flush(&f->q));
	queues_publish(&f->q, NT_POSITION_END, NT_SEC(3));
	assert_int_equal(published(f), NT_POSITION_END);
	free_fixture(f);
}

static void
test_full(void **state)
{
	(void)state;
	struct fixture *f = new_fixture();
	uint64_t position = 1, last = 0;
	while (queues_push(&f->q, 1, packet(f, position)))
		position++;
	/* the ring, and the buffer before it; the last was refused */
	assert_in_range(position - 1, RING_SIZE - 1, RING_SIZE - 1 + QUEUES_BURST);
	assert_false(queues_flush(&f->q));
	queues_publish(&f->q, position - 1, NT_SEC(1));
	assert_true(published(f) >= RING_SIZE - 1 && published(f) < position - 1);
	/* the others are not held up */
	assert_true(queues_push(&f->q, 0, packet(f, position)));
	assert_false(queues_flush(&f->q));
	assert_int_equal(rte_ring_count(f->rings[0]), 1);
	const uint64_t before = published(f);
	unsigned int n = take(f, 1, &last);
	assert_int_equal(last, before);
	assert_true(queues_flush(&f->q));
	n += take(f, 1, &last);
	assert_int_equal(n, position - 1);
	queues_publish(&f->q, position, NT_SEC(1));
	assert_int_equal(published(f), position);
	free_fixture(f);
}

/* A worker on the reader's lcore takes what the buffer has, and R stays before it until then. */
static void
test_without_rings(void **state)
{
	(void)state;
	struct fixture *f = new_fixture();
	struct rte_mbuf *mbufs[QUEUES_BURST];
	queues_init(&f->q, NULL, 1, NULL);
	assert_int_equal(queues_take(&f->q, mbufs), 0);
	for (uint64_t round = 0; round < 3; round++) {
		const uint64_t before = round * QUEUES_BURST;
		for (uint64_t i = 1; i <= QUEUES_BURST; i++)
			assert_true(queues_push(&f->q, 0, packet(f, before + i)));
		struct rte_mbuf *more = packet(f, before + QUEUES_BURST + 1);
		assert_false(queues_push(&f->q, 0, more));
		assert_false(queues_flush(&f->q));
		queues_publish(&f->q, before + QUEUES_BURST, NT_SEC(1));
		assert_int_equal(published(f), before);
		assert_int_equal(queues_take(&f->q, mbufs), QUEUES_BURST);
		for (uint64_t i = 0; i < QUEUES_BURST; i++)
			assert_int_equal(mbuf_meta(mbufs[i])->at.position, before + i + 1);
		assert_true(queues_flush(&f->q));
		queues_publish(&f->q, before + QUEUES_BURST, NT_SEC(1));
		assert_int_equal(published(f), before + QUEUES_BURST);
	}
	free_fixture(f);
}

/* Long sleeps only where no worker runs dry meanwhile, and short again as soon as one nearly has.
 */
static void
test_wait(void **state)
{
	(void)state;
	struct fixture *f = new_fixture();
	const long min = QUEUES_WAIT_MIN_NS, max = QUEUES_WAIT_MAX_NS;
	uint64_t position = 0, last = 0;
	assert_int_equal(queues_wait_ns(&f->q, min), min);
	assert_int_equal(queues_wait_ns(&f->q, 4 * min), 2 * min);
	for (unsigned int w = 0; w < WORKERS; w++) {
		assert_int_not_equal(queues_wait_ns(&f->q, min), 2 * min);
		while (queues_push(&f->q, w, packet(f, ++position)))
			;
	}
	assert_int_equal(queues_wait_ns(&f->q, min), 2 * min);
	assert_int_equal(queues_wait_ns(&f->q, max), max);
	/* One that is dry counts, whatever the others have. */
	take(f, 1, &last);
	assert_int_equal(queues_wait_ns(&f->q, max), max / 2);
	/* Neither full nor dry. */
	queues_flush(&f->q);
	take(f, 1, &last);
	for (unsigned int i = 0; i < RING_SIZE / 3; i++)
		assert_true(queues_push(&f->q, 1, packet(f, ++position)));
	queues_flush(&f->q);
	assert_int_equal(queues_wait_ns(&f->q, 4 * min), 4 * min);
	free_fixture(f);
}

/* Without rings: a buffer's mbufs are all there are, until it was taken. */
static void
test_own_stock(void **state)
{
	(void)state;
	struct fixture *f = new_fixture();
	struct rte_mbuf *mbufs[QUEUES_BURST];
	queues_init(&f->q, NULL, 1, NULL);
	for (unsigned int round = 1; round <= 3; round++) {
		for (unsigned int i = 0; i < QUEUES_BURST; i++) {
			struct rte_mbuf *m = queues_mbuf(&f->q);
			assert_non_null(m);
			assert_int_equal(m->ol_flags, 0);
			mbuf_meta(m)->at.position = QUEUES_BURST * round + i;
			assert_true(queues_push(&f->q, 0, m));
		}
		assert_null(queues_mbuf(&f->q));
		assert_int_equal(queues_take(&f->q, mbufs), QUEUES_BURST);
		for (unsigned int i = 0; i < QUEUES_BURST; i++) /* none of them is another */
			assert_int_equal(
				mbuf_meta(mbufs[i])->at.position, QUEUES_BURST * round + i);
	}
	free_fixture(f);
}

/* Any mixture: nothing is lost or changes its order, and R is what it says. */
static void
test_random(void **state)
{
	(void)state;
	struct fixture *f = new_fixture();
	uint64_t last[WORKERS] = { 0 }, position = 0;
	unsigned int got = 0;
	srandom(1);
	while (position < MBUFS) {
		const unsigned int worker = (unsigned int)random() % WORKERS;
		struct rte_mbuf *m = packet(f, ++position);
		while (!queues_push(&f->q, worker, m))
			got += take(f, worker, &last[worker]);
		if (random() % 20 == 0) {
			const bool empty = queues_flush(&f->q);
			queues_publish(&f->q, position, 0);
			assert_true(published(f) <= position);
			assert_int_equal(empty, published(f) == position);
		}
		if (random() % 50 == 0)
			got += take(f, worker, &last[worker]);
	}
	while (!queues_flush(&f->q))
		for (unsigned int w = 0; w < WORKERS; w++)
			got += take(f, w, &last[w]);
	for (unsigned int w = 0; w < WORKERS; w++)
		got += take(f, w, &last[w]);
	assert_int_equal(got, MBUFS);
	free_fixture(f);
}

static void
test_stock(void **state)
{
	(void)state;
	struct fixture *f = new_fixture();
	struct rte_mbuf *a = packet(f, 1), *b = packet(f, 2);
	f->q.stock[0] = a;
	f->q.stock[1] = b;
	f->q.stock_count = 2;
	assert_ptr_equal(queues_mbuf(&f->q), b);
	assert_ptr_equal(queues_mbuf(&f->q), a);
	free_fixture(f);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_publish_stays_before_the_buffers),
		cmocka_unit_test(test_full),
		cmocka_unit_test(test_without_rings),
		cmocka_unit_test(test_own_stock),
		cmocka_unit_test(test_wait),
		cmocka_unit_test(test_random),
		cmocka_unit_test(test_stock),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
