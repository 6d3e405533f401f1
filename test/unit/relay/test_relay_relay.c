/* SPDX-License-Identifier: BSD-3-Clause */
/* Workers and control stepped by hand: order, watermark, rooms. Pacing is in test_relay_pace.c. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "fake_cache.h"

#define RING_UNITS 64
#define STEP_MAX   4096 /* of lib/relay/relay_control.c */

static struct nt_relay *
relay(unsigned int workers, unsigned int ring_units, unsigned int own_units)
{
	const struct nt_relay_config cfg = { .workers = workers,
		.pacing = NT_RELAY_VIRTUAL,
		.ring_units = ring_units,
		.own_units = own_units };
	struct nt_relay *r = nt_relay_new(&cfg);
	assert_non_null(r);
	return r;
}

static bool
learn(struct nt_relay *r, unsigned int w, uint64_t position, uint16_t index)
{
	char name[NT_MAPPING_NAME_MAX];
	const struct nt_mapping m = test_mapping(position, index, name);
	return nt_relay_learn(nt_relay_worker(r, w), &m);
}

static void
release(struct nt_relay *r, unsigned int w, uint64_t position)
{
	const int64_t clock_ns = (int64_t)NT_MIN(position, UINT64_C(1) << 32) * 1000;
	nt_relay_release(nt_relay_worker(r, w), position, clock_ns);
}

static uint64_t
apply(struct nt_relay *r, unsigned int w, struct fake_cache *f, struct nt_relay_applied *n)
{
	struct nt_relay_applied unused = { 0 };
	const struct nt_relay_taker taker = fake_taker(f);
	return nt_relay_apply(nt_relay_worker(r, w), &taker, n != NULL ? n : &unused).position;
}

static void
assert_saw(const struct fake_cache *f, unsigned int count, const uint64_t *positions)
{
	assert_int_equal(f->count, count);
	assert_int_equal(f->damaged, 0);
	assert_int_equal(f->out_of_order, 0);
	assert_int_equal(f->ahead_amiss, 0);
	for (unsigned int i = 0; i < count; i++)
		assert_true(f->kept[i] == positions[i]);
}

static void
test_refused(void **state NT_UNUSED)
{
	static const struct nt_relay_config bad[] = {
		{ .workers = 0, .ring_units = 64, .own_units = 64 },
		{ .workers = NT_RELAY_WORKERS_MAX + 1, .ring_units = 64, .own_units = 64 },
		{ .workers = 2, .ring_units = 100, .own_units = 64 },
		{ .workers = 2, .ring_units = 64, .own_units = 100 },
		{ .workers = 2, .ring_units = 4, .own_units = 64 },
		{ .workers = 2, .ring_units = 64, .own_units = 8 },
		{ .workers = 1, .ring_units = 64, .own_units = 0 },
	};
	for (unsigned int i = 0; i < NT_ARRAY_SIZE(bad); i++) {
		errno = 0;
		assert_null(nt_relay_new(&bad[i]));
		assert_int_equal(errno, EINVAL);
	}
	nt_relay_free(NULL);
}

/* Nobody to relay to: W is the worker's own T. */
static void
test_one_worker(void **state NT_UNUSED)
{
	struct nt_relay *r = relay(1, RING_UNITS, RING_UNITS);
	struct fake_cache f = { .answer = NT_NAME_NEW };
	struct nt_relay_applied n = { 0 };
	assert_true(learn(r, 0, 5, 0));
	assert_true(learn(r, 0, 5, 1));
	assert_true(learn(r, 0, 9, 0));
	assert_true(apply(r, 0, &f, &n) == 0);
	assert_int_equal(f.count, 0);
	release(r, 0, 5);
	assert_true(apply(r, 0, &f, &n) == 5);
	assert_saw(&f, 2, (const uint64_t[]){ 5, 5 });
	release(r, 0, NT_POSITION_END);
	assert_true(apply(r, 0, &f, &n) == NT_POSITION_END);
	assert_int_equal(f.count, 3);
	assert_int_equal(n.own_new, 3);
	assert_int_equal(n.received, 0);
	assert_int_equal(nt_relay_step(r, 0), 0);
	assert_true(nt_relay_watermark(r).position == NT_POSITION_END);
	nt_relay_free(r);
}

/*
 * A packet tells no more than half of what a queue holds, with any number of workers, but for the
 * news of it; so whatever waits behind it has room some time, and the next packet has it all again.
 */
static void
test_most_of_one_packet(void **state NT_UNUSED)
{
	for (unsigned int workers = 1; workers <= 3; workers++) {
		struct nt_relay *r = relay(workers, RING_UNITS, RING_UNITS);
		struct fake_cache f = { .answer = NT_NAME_NEW };
		char name[NT_MAPPING_NAME_MAX];
		for (uint64_t position = 5; position <= 6; position++) {
			const struct nt_mapping news = test_mapping(position, 99, name);
			unsigned int told = 0;
			assert_false(nt_relay_is_full_of(nt_relay_worker(r, 0), position));
			while (learn(r, 0, position, (uint16_t)told))
				told++;
			assert_true(nt_relay_is_full_of(nt_relay_worker(r, 0), position));
			assert_false(nt_relay_is_full_of(nt_relay_worker(r, 0), position + 1));
			assert_in_range(told, RING_UNITS / 2 / 6, RING_UNITS / 2);
			assert_true(
				nt_relay_tell_more(nt_relay_worker(r, 0), NT_FACT_MAPPING, &news));
			f.count = 0;
			for (unsigned int w = 0; w < workers; w++)
				release(r, w, position);
			(void)nt_relay_step(r, 0);
			(void)apply(r, 0, &f, NULL);
			for (unsigned int w = 1; w < workers; w++)
				(void)apply(
					r, w, &(struct fake_cache){ .answer = NT_NAME_NEW }, NULL);
			assert_int_equal(f.count, told + 1);
		}
		nt_relay_free(r);
	}
}

static void
test_merging_order(void **state NT_UNUSED)
{
	struct nt_relay *r = relay(2, RING_UNITS, RING_UNITS);
	struct fake_cache f[2] = { { .answer = NT_NAME_NEW }, { .answer = NT_NAME_REFRESHED } };
	struct nt_relay_applied n[2] = { { 0 }, { 0 } };
	assert_true(learn(r, 0, 2, 0));
	assert_true(learn(r, 1, 1, 0));
	assert_true(learn(r, 1, 3, 0));
	assert_true(learn(r, 1, 3, 1));
	assert_true(learn(r, 0, 6, 0));
	release(r, 0, 6);
	release(r, 1, 4);
	/* What stands at 6 is past min T and stays. */
	assert_int_equal(nt_relay_step(r, 0), 4);
	assert_true(nt_relay_watermark(r).position == 4);
	assert_true(nt_relay_watermark(r).clock_ns == 4000);
	assert_true(nt_relay_processed(r) == 4);
	for (unsigned int w = 0; w < 2; w++) {
		assert_true(apply(r, w, &f[w], &n[w]) == 4);
		assert_saw(&f[w], 4, (const uint64_t[]){ 1, 2, 3, 3 });
	}
	release(r, 1, 7);
	assert_int_equal(nt_relay_step(r, 0), 1);
	for (unsigned int w = 0; w < 2; w++) {
		assert_true(apply(r, w, &f[w], &n[w]) == 6);
		assert_saw(&f[w], 5, (const uint64_t[]){ 1, 2, 3, 3, 6 });
	}
	assert_true(f[0].sum == f[1].sum);
	assert_int_equal(n[0].own_new, 2);
	assert_int_equal(n[0].received, 3);
	assert_int_equal(n[0].received_new, 3);
	assert_int_equal(n[1].own_refreshed, 3);
	assert_int_equal(n[1].received_refreshed, 2);
	assert_int_equal(nt_relay_stats(r)->relayed, 5);
	assert_int_equal(nt_relay_stats(r)->delivered, 5);
	nt_relay_free(r);
}

/* Delivered, but W has not been released over it (its worker's T was): it stays invisible. */
static void
test_not_past_W(void **state NT_UNUSED)
{
	struct nt_relay *r = relay(3, RING_UNITS, RING_UNITS);
	struct fake_cache f = { .answer = NT_NAME_REFUSED };
	struct nt_relay_applied n = { 0 };
	assert_true(learn(r, 1, 10, 0));
	release(r, 0, 20);
	release(r, 1, 20);
	assert_int_equal(nt_relay_step(r, 0), 0); /* worker 2 is at 0 */
	assert_true(nt_relay_watermark(r).position == 0);
	assert_true(apply(r, 0, &f, &n) == 0);
	release(r, 2, 9);
	assert_int_equal(nt_relay_step(r, 0), 0);
	assert_true(apply(r, 0, &f, &n) == 9);
	assert_int_equal(f.count, 0);
	release(r, 2, 10);
	assert_int_equal(nt_relay_step(r, 0), 1);
	assert_true(apply(r, 0, &f, &n) == 10);
	assert_saw(&f, 1, (const uint64_t[]){ 10 });
	assert_int_equal(n.received_refused, 1);
	assert_int_equal(nt_relay_stats(r)->delivered, 2);
	nt_relay_free(r);
}

/*
 * A full inbox stops W before what did not fit. With three workers one that does not read stops the
 * deliveries to all, and nothing is delivered to some only.
 */
static void
test_inbox_full(void **state NT_UNUSED)
{
	struct nt_relay *r = relay(3, 32, 1024);
	struct fake_cache f[3] = { { .count = 0 }, { .count = 0 }, { .count = 0 } };
	const uint64_t last = 200;
	uint64_t next = 1, relayed = 0;
	while (next <= last && relayed < 10 * last) {
		while (next <= last && learn(r, 0, next, 0))
			next++;
		for (unsigned int w = 0; w < 3; w++)
			release(r, w, next - 1);
		const unsigned int n = nt_relay_step(r, 0);
		relayed += n;
		apply(r, 0, &f[0], NULL);
		apply(r, 1, &f[1], NULL);
		assert_true(f[0].position == nt_relay_watermark(r).position);
		if (n == 0) /* worker 2 reads only when nothing else goes on */
			apply(r, 2, &f[2], NULL);
		assert_true(nt_relay_watermark(r).position == relayed);
		assert_true(nt_relay_watermark(r).clock_ns <= (int64_t)(relayed + 1) * 1000);
	}
	for (unsigned int i = 0; i < last; i++) {
		nt_relay_step(r, 0);
		for (unsigned int w = 0; w < 3; w++)
			apply(r, w, &f[w], NULL);
	}
	for (unsigned int w = 0; w < 3; w++) {
		assert_int_equal(f[w].count, last);
		assert_int_equal(f[w].out_of_order, 0);
		assert_int_equal(f[w].ahead_amiss, 0);
		assert_int_equal(f[w].damaged, 0);
		assert_true(f[w].sum == f[0].sum);
	}
	assert_int_equal(nt_relay_stats(r)->delivered, 2 * last);
	nt_relay_free(r);
}

/* The own queue fills up and goes on, many times around its end, with names of every length. */
static void
test_own_queue_full(void **state NT_UNUSED)
{
	struct nt_relay *r = relay(1, RING_UNITS, 16);
	struct fake_cache f = { .count = 0 };
	unsigned int full = 0;
	uint64_t sum = 0;
	for (uint64_t p = 1; p <= 5000; p++) {
		while (!learn(r, 0, p, 0)) {
			const uint64_t before = f.count;
			full++;
			release(r, 0, p - 1);
			assert_true(apply(r, 0, &f, NULL) == p - 1);
			assert_true(f.count > before);
		}
		sum += test_mapping_digest(p, 0);
	}
	release(r, 0, NT_POSITION_END);
	apply(r, 0, &f, NULL);
	assert_true(full > 1000);
	assert_int_equal(f.count, 5000);
	assert_int_equal(f.damaged, 0);
	assert_int_equal(f.out_of_order, 0);
	assert_int_equal(f.ahead_amiss, 0);
	assert_true(f.sum == sum);
	nt_relay_free(r);
}

/* A full out ring: learning fails without a trace (neither queue has it), and can be tried again.
 */
static void
test_out_ring_full(void **state NT_UNUSED)
{
	struct nt_relay *r = relay(2, 16, 1024);
	struct fake_cache f[2] = { { .count = 0 }, { .count = 0 } };
	uint64_t p = 1;
	while (learn(r, 0, p, 0))
		p++;
	assert_false(learn(r, 0, p, 0));
	release(r, 0, p - 1);
	release(r, 1, NT_POSITION_END);
	for (unsigned int i = 0; i < 20; i++) {
		nt_relay_step(r, 0);
		apply(r, 0, &f[0], NULL);
		apply(r, 1, &f[1], NULL);
	}
	assert_int_equal(f[0].count, p - 1);
	assert_int_equal(f[1].count, p - 1);
	assert_true(learn(r, 0, p, 0));
	release(r, 0, p);
	nt_relay_step(r, 0);
	apply(r, 0, &f[0], NULL);
	apply(r, 1, &f[1], NULL);
	assert_int_equal(f[0].count, p);
	assert_int_equal(f[1].count, p);
	nt_relay_free(r);
}

/* One round relays so many at most; W stands before the next one, even within a packet. */
static void
test_step_max(void **state NT_UNUSED)
{
	struct nt_relay *r = relay(2, 65536, 65536);
	struct fake_cache f = { .count = 0 };
	const uint64_t of_a_packet = 3; /* 4096 = 3 * 1365 + 1 */
	for (uint64_t i = 0; i < STEP_MAX + 10; i++)
		assert_true(learn(r, 0, 1 + i / of_a_packet, (uint16_t)(i % of_a_packet)));
	release(r, 0, NT_POSITION_END);
	release(r, 1, NT_POSITION_END);
	assert_int_equal(nt_relay_step(r, 0), STEP_MAX);
	assert_true(nt_relay_watermark(r).position == STEP_MAX / of_a_packet);
	assert_true(nt_relay_watermark(r).clock_ns == (int64_t)(STEP_MAX / of_a_packet + 1) * 1000);
	apply(r, 1, &f, NULL);
	assert_int_equal(f.count, STEP_MAX - 1); /* the last one's packet is not complete */
	assert_int_equal(nt_relay_step(r, 0), 10);
	assert_true(nt_relay_watermark(r).position == NT_POSITION_END);
	apply(r, 1, &f, NULL);
	assert_int_equal(f.count, STEP_MAX + 10);
	assert_int_equal(f.out_of_order, 0);
	assert_int_equal(f.ahead_amiss, 0);
	nt_relay_free(r);
}

/* T goes on without a clock of its own going back; W's clock never runs backwards. */
static void
test_clock_never_back(void **state NT_UNUSED)
{
	struct nt_relay *r = relay(2, RING_UNITS, RING_UNITS);
	nt_relay_release(nt_relay_worker(r, 0), 10, 500);
	nt_relay_release(nt_relay_worker(r, 1), 12, 700);
	nt_relay_step(r, 0);
	assert_true(nt_relay_watermark(r).position == 10);
	assert_true(nt_relay_watermark(r).clock_ns == 500);
	nt_relay_release(nt_relay_worker(r, 0), 11, 400);
	nt_relay_step(r, 0);
	assert_true(nt_relay_watermark(r).position == 11);
	assert_true(nt_relay_watermark(r).clock_ns == 500);
	nt_relay_free(r);
}

/* Any number of workers, each learning every so-manyth position: all see all, in one order. */
static void
many_workers(unsigned int workers)
{
	struct nt_relay *r = relay(workers, 256, 256);
	struct fake_cache f[NT_RELAY_WORKERS_MAX] = { { .count = 0 } };
	const uint64_t last = 3000;
	uint64_t next[NT_RELAY_WORKERS_MAX], seed = workers, sum = 0;
	for (unsigned int w = 0; w < workers; w++)
		next[w] = w + 1;
	for (uint64_t p = 1; p <= last; p++)
		sum += test_mapping_digest(p, 0);
	for (bool done = false; !done;) {
		done = true;
		for (unsigned int w = 0; w < workers; w++) {
			seed = seed * UINT64_C(6364136223846793005) + 1442695040888963407;
			for (uint64_t n = (seed >> 33) % 40; n != 0 && next[w] <= last; n--) {
				if (!learn(r, w, next[w], 0))
					break;
				next[w] += workers;
			}
			release(r, w, next[w] > last ? NT_POSITION_END : next[w] - 1);
			apply(r, w, &f[w], NULL);
			done = done && f[w].count == last;
		}
		nt_relay_step(r, 0);
	}
	for (unsigned int w = 0; w < workers; w++) {
		assert_true(f[w].sum == sum);
		assert_int_equal(f[w].count, last);
		assert_int_equal(f[w].out_of_order, 0);
		assert_int_equal(f[w].ahead_amiss, 0);
		assert_int_equal(f[w].damaged, 0);
	}
	assert_int_equal(nt_relay_stats(r)->delivered, workers > 1 ? last * (workers - 1) : 0);
	assert_true(nt_relay_watermark(r).position == NT_POSITION_END);
	nt_relay_free(r);
}

static void
test_many_workers(void **state NT_UNUSED)
{
	static const unsigned int counts[] = { 1, 2, 3, 8, 32 };
	for (unsigned int i = 0; i < NT_ARRAY_SIZE(counts); i++)
		many_workers(counts[i]);
}

/* Other facts keep their place among the mappings, and count as none. */
static void
test_facts(void **state NT_UNUSED)
{
	struct nt_relay *r = relay(2, 1024, 1024);
	struct fake_cache f[2] = { { .count = 0 }, { .count = 0 } };
	struct nt_relay_applied n = { 0 };
	char name[NT_MAPPING_NAME_MAX];
	for (unsigned int kind = NT_FACT_MAPPING; kind <= NT_FACT_LOST; kind++) {
		const struct nt_mapping m = test_mapping(10 + kind, 0, name);
		assert_true(nt_relay_tell(nt_relay_worker(r, 0), (enum nt_fact)kind, &m));
	}
	release(r, 0, NT_POSITION_END);
	release(r, 1, NT_POSITION_END);
	assert_int_equal(nt_relay_step(r, 0), 4);
	for (unsigned int w = 0; w < 2; w++) {
		apply(r, w, &f[w], w == 1 ? &n : NULL);
		assert_saw(&f[w], 1, (const uint64_t[]){ 10 });
		for (unsigned int kind = NT_FACT_HOST; kind <= NT_FACT_LOST; kind++)
			assert_int_equal(f[w].facts[kind], 1);
	}
	assert_int_equal(n.received, 1);
	assert_int_equal(n.messages, 4);
	nt_relay_free(r);
}

/* A packet that came in a tunnel is two workers', and both may have something to tell of it. */
static void
test_one_position(void **state NT_UNUSED)
{
	struct nt_relay *r = relay(3, RING_UNITS, RING_UNITS);
	struct fake_cache f = { .answer = NT_NAME_NEW };
	assert_true(learn(r, 0, 4, 0));
	for (unsigned int w = 0; w < 2; w++) {
		assert_true(learn(r, w, 5, 0));
		assert_true(learn(r, w, 5, 1));
		assert_true(learn(r, w, 6 + w, 0));
	}
	for (unsigned int w = 0; w < 3; w++)
		release(r, w, 6);
	assert_int_equal(nt_relay_step(r, 0), 6);
	assert_true(nt_relay_watermark(r).position == 6);
	assert_true(apply(r, 2, &f, NULL) == 6);
	assert_int_equal(f.count, 6);
	assert_int_equal(f.damaged, 0);
	for (unsigned int i = 1; i < f.count; i++)
		assert_true(f.kept[i - 1] <= f.kept[i]);
	nt_relay_free(r);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_facts),
		cmocka_unit_test(test_refused),
		cmocka_unit_test(test_one_worker),
		cmocka_unit_test(test_most_of_one_packet),
		cmocka_unit_test(test_merging_order),
		cmocka_unit_test(test_not_past_W),
		cmocka_unit_test(test_inbox_full),
		cmocka_unit_test(test_own_queue_full),
		cmocka_unit_test(test_out_ring_full),
		cmocka_unit_test(test_step_max),
		cmocka_unit_test(test_clock_never_back),
		cmocka_unit_test(test_many_workers),
		cmocka_unit_test(test_one_position),
	};
	return cmocka_run_group_tests_name("relay", tests, NULL, NULL);
}
