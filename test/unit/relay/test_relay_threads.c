/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Workers and control in threads of their own, through rings that are nearly always full: every
 * worker's cache is told all mappings, each once, in the order of positions; and whenever a worker
 * holds W, it has all those at or before it.
 */
#include <pthread.h>
#include <sched.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <cmocka.h>

#include "fake_cache.h"

#define POSITIONS 40000

struct stage {
	struct nt_relay *relay;
	unsigned int workers;
	uint64_t seed;
	_Atomic unsigned int running;
	uint32_t known[POSITIONS + 1]; /* mappings at or before a position */
	uint64_t sum;
};

struct actor {
	struct stage *stage;
	unsigned int index;
	struct fake_cache cache;
	struct nt_relay_applied applied;
	uint64_t incomplete; /* times that W was ahead of what the cache had been told */
	pthread_t thread;
};

static uint64_t
draw(const struct stage *s, uint64_t position)
{
	return test_mapping_digest(position ^ s->seed, 0);
}

/* Half of the positions teach one or two mappings; whose they are is as random. */
static unsigned int
owner_of(const struct stage *s, uint64_t position)
{
	return (unsigned int)((draw(s, position) >> 8) % s->workers);
}

static unsigned int
mappings_at(const struct stage *s, uint64_t position)
{
	static const unsigned int of[] = { 0, 0, 1, 2 };
	return of[draw(s, position) >> 40 & 3];
}

static void
advance(struct actor *a, uint64_t position)
{
	struct nt_relay_worker *w = nt_relay_worker(a->stage->relay, a->index);
	nt_relay_release(w, position, (int64_t)NT_MIN(position, (uint64_t)POSITIONS) * 1000);
	const struct nt_relay_taker taker = fake_taker(&a->cache);
	const struct nt_mark_value W = nt_relay_apply(w, &taker, &a->applied);
	const uint64_t at = NT_MIN(W.position, (uint64_t)POSITIONS);
	a->incomplete += a->cache.count != a->stage->known[at];
	a->incomplete += W.clock_ns > ((int64_t)at + 1) * 1000; /* as seen_ns is made */
}

static void
process(struct actor *a, uint64_t position)
{
	char name[NT_MAPPING_NAME_MAX];
	for (unsigned int i = 0; i < mappings_at(a->stage, position); i++) {
		const struct nt_mapping m = test_mapping(position, (uint16_t)i, name);
		while (!nt_relay_learn(nt_relay_worker(a->stage->relay, a->index), &m)) {
			advance(a, position - 1);
			sched_yield();
		}
	}
}

static void *
work(void *arg)
{
	struct actor *a = arg;
	for (uint64_t p = 1; p <= POSITIONS; p++) {
		if (owner_of(a->stage, p) == a->index)
			process(a, p);
		if (draw(a->stage, p * 64 + a->index) % 16 == 0)
			advance(a, p);
	}
	while (a->cache.count != a->stage->known[POSITIONS]) {
		advance(a, NT_POSITION_END);
		sched_yield();
	}
	a->stage->running--;
	return NULL;
}

static void
set_stage(struct stage *s, unsigned int workers, enum nt_relay_pacing pacing)
{
	const struct nt_relay_config cfg = { .workers = workers,
		.pacing = pacing,
		.rate = 100000,
		.burst = 10,
		.ring_units = 64,
		.own_units = 64 };
	memset(s, 0, sizeof(*s));
	s->relay = nt_relay_new(&cfg);
	assert_non_null(s->relay);
	s->workers = workers;
	s->running = workers;
	s->seed = workers * UINT64_C(0x1000001);
	for (uint64_t p = 1; p <= POSITIONS; p++) {
		s->known[p] = s->known[p - 1] + mappings_at(s, p);
		for (unsigned int i = 0; i < mappings_at(s, p); i++)
			s->sum += test_mapping_digest(p, (uint16_t)i);
	}
}

static void
check(const struct stage *s, const struct actor *actors)
{
	const uint64_t all = s->known[POSITIONS];
	uint64_t received = 0;
	for (unsigned int i = 0; i < s->workers; i++) {
		const struct actor *a = &actors[i];
		assert_true(a->cache.count == all);
		assert_true(a->cache.sum == s->sum);
		assert_true(a->cache.out_of_order == 0);
		assert_true(a->cache.ahead_amiss == 0);
		assert_true(a->cache.damaged == 0);
		assert_true(a->incomplete == 0);
		assert_true(a->applied.received + a->applied.own_new == all);
		received += a->applied.received;
	}
	/* sent x (N - 1) = received */
	assert_true(nt_relay_stats(s->relay)->relayed == all);
	assert_true(nt_relay_stats(s->relay)->delivered == received);
	assert_true(received == all * (s->workers - 1));
}

static void
play(unsigned int workers, enum nt_relay_pacing pacing)
{
	static struct stage s;
	static struct actor actors[NT_RELAY_WORKERS_MAX];
	int64_t now_ns = 0;
	set_stage(&s, workers, pacing);
	for (unsigned int i = 0; i < workers; i++) {
		actors[i] = (struct actor){ .stage = &s, .index = i, .cache.answer = NT_NAME_NEW };
		assert_int_equal(pthread_create(&actors[i].thread, NULL, work, &actors[i]), 0);
	}
	while (s.running != 0) {
		now_ns += NT_SEC(1) / 1000;
		if (nt_relay_step(s.relay, now_ns) == 0)
			sched_yield();
	}
	for (unsigned int i = 0; i < workers; i++)
		pthread_join(actors[i].thread, NULL);
	check(&s, actors);
	nt_relay_free(s.relay);
}

static void
test_two(void **state NT_UNUSED)
{
	play(2, NT_RELAY_VIRTUAL);
}

static void
test_three_paced(void **state NT_UNUSED)
{
	play(3, NT_RELAY_PACED);
}

static void
test_eight(void **state NT_UNUSED)
{
	play(8, NT_RELAY_VIRTUAL);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_two),
		cmocka_unit_test(test_three_paced),
		cmocka_unit_test(test_eight),
	};
	return cmocka_run_group_tests_name("relay_threads", tests, NULL, NULL);
}
