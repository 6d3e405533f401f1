/* SPDX-License-Identifier: BSD-3-Clause */
/* A worker that makes no turns: W goes on without it, what it tells comes late, and nothing is lost
 * in silence. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "fake_cache.h"

#define WORKERS	   3
#define RING_UNITS 256
#define STUCK	   1

static struct nt_relay *r;
static struct fake_cache f[WORKERS];
static struct nt_relay_applied n[WORKERS];

static int
setup(void **state NT_UNUSED)
{
	const struct nt_relay_config cfg = { .workers = WORKERS,
		.pacing = NT_RELAY_PACED,
		.ring_units = RING_UNITS,
		.own_units = 4096 };
	r = nt_relay_new(&cfg);
	for (unsigned int w = 0; w < WORKERS; w++) {
		f[w] = (struct fake_cache){ .answer = NT_NAME_NEW };
		n[w] = (struct nt_relay_applied){ 0 };
	}
	return r == NULL;
}

static int
teardown(void **state NT_UNUSED)
{
	nt_relay_free(r);
	return 0;
}

static bool
learn(unsigned int w, uint64_t position)
{
	char name[NT_MAPPING_NAME_MAX];
	struct nt_mapping m = test_mapping(position, 0, name);
	m.name_len = 5;
	return nt_relay_learn(nt_relay_worker(r, w), &m);
}

static void
release(unsigned int w, uint64_t position)
{
	nt_relay_release(nt_relay_worker(r, w), position, (int64_t)NT_MIN(position, 1000u) * 1000);
}

static void
apply(unsigned int w)
{
	const struct nt_relay_taker taker = fake_taker(&f[w]);
	(void)nt_relay_apply(nt_relay_worker(r, w), &taker, &n[w]);
}

static void
step_all(bool with_stuck)
{
	(void)nt_relay_step(r, NT_SEC(1));
	for (unsigned int w = 0; w < WORKERS; w++)
		if (with_stuck || w != STUCK)
			apply(w);
}

static uint64_t
W(void)
{
	return nt_relay_watermark(r).position;
}

static void
assert_in_order(unsigned int w)
{
	for (uint64_t i = 1; i < NT_MIN(f[w].count, (uint64_t)FAKE_CACHE_KEPT); i++)
		assert_true(f[w].kept[i - 1] <= f[w].kept[i]);
}

/* All go to position p, the stuck one stays at `behind`. */
static void
others_come_to(uint64_t p)
{
	for (unsigned int w = 0; w < WORKERS; w++)
		if (w != STUCK)
			release(w, p);
}

static void
goes_on_and_comes_back(void **state NT_UNUSED)
{
	struct nt_relay_worker *one = nt_relay_worker(r, 0);
	for (unsigned int w = 0; w < WORKERS; w++)
		release(w, 10);
	/* told before it stood: nothing late about it */
	assert_true(learn(STUCK, 15));
	step_all(true);
	assert_true(learn(0, 30));
	others_come_to(40);
	step_all(false);
	assert_true(W() == 10);
	assert_true(nt_relay_is_whole(one, 1000));
	nt_relay_leave_behind(r, STUCK);
	step_all(false);
	assert_true(W() == 40);
	assert_true(nt_relay_is_whole(one, 10));
	assert_false(nt_relay_is_whole(one, 11));
	assert_int_equal(f[0].count, 2);
	assert_int_equal(f[2].count, 2);
	assert_int_equal(nt_relay_processed(r), 10);
	/* it goes on with packets of then, which the others have passed */
	nt_relay_comes_back(r, STUCK);
	assert_true(learn(STUCK, 16));
	assert_true(learn(STUCK, 16));
	apply(STUCK);
	assert_true(learn(STUCK, 20));
	release(STUCK, 20);
	others_come_to(50);
	step_all(true);
	assert_true(W() == 50);
	assert_false(nt_relay_is_whole(one, 45));
	release(STUCK, 60);
	others_come_to(70);
	step_all(true);
	assert_true(W() == 60);
	assert_true(nt_relay_is_whole(one, 45));
	for (unsigned int w = 0; w < WORKERS; w++) {
		assert_int_equal(f[w].count, 5);
		assert_in_order(w);
	}
	assert_int_equal(nt_relay_stats(r)->shed, 0);
}

/* Its inbox is full some time; that holds nobody up, and each copy is received or counted. */
static void
full_inbox(void **state NT_UNUSED)
{
	uint64_t sent = 0, p = 10;
	for (unsigned int w = 0; w < WORKERS; w++)
		release(w, p);
	step_all(true);
	nt_relay_leave_behind(r, STUCK);
	for (; p < 10 + 4 * RING_UNITS; p++, sent++) {
		assert_true(learn((unsigned int)(p % 2) * 2, p + 1));
		others_come_to(p + 1);
		step_all(false);
		assert_true(W() == p + 1);
	}
	assert_int_equal(f[0].count, sent);
	assert_int_equal(f[2].count, sent);
	assert_true(nt_relay_stats(r)->shed > 0);
	nt_relay_comes_back(r, STUCK);
	for (unsigned int i = 0; i < 10; i++) {
		release(STUCK, p);
		step_all(true);
	}
	assert_in_order(STUCK);
	assert_int_equal(f[STUCK].count + nt_relay_stats(r)->shed, sent);
	assert_int_equal(
		n[0].received + n[2].received + n[STUCK].received + nt_relay_stats(r)->shed,
		sent * (WORKERS - 1));
}

/* More of it comes late than any ring holds: it moves on with the others. */
static void
much_comes_late(void **state NT_UNUSED)
{
	uint64_t told = 0, p = 5000;
	for (unsigned int w = 0; w < WORKERS; w++)
		release(w, 10);
	step_all(true);
	nt_relay_leave_behind(r, STUCK);
	others_come_to(p);
	step_all(false);
	nt_relay_comes_back(r, STUCK);
	for (uint64_t q = 11; q < 11 + 4 * RING_UNITS; q++) {
		for (unsigned int tries = 0; !learn(STUCK, q); tries++) {
			assert_true(tries < 100);
			others_come_to(p += 20);
			step_all(true);
		}
		told++;
		release(STUCK, q);
	}
	for (unsigned int i = 0; i < 200; i++) {
		release(STUCK, p);
		others_come_to(p += 20);
		step_all(true);
	}
	for (unsigned int w = 0; w < WORKERS; w++) {
		assert_int_equal(f[w].count, told);
		assert_in_order(w);
	}
	assert_true(W() >= p - 20);
}

/* The end is that of all. */
static void
end_waits(void **state NT_UNUSED)
{
	for (unsigned int w = 0; w < WORKERS; w++)
		release(w, 10);
	step_all(true);
	nt_relay_leave_behind(r, STUCK);
	others_come_to(NT_POSITION_END);
	step_all(false);
	assert_true(W() == 10);
	nt_relay_comes_back(r, STUCK);
	assert_true(learn(STUCK, 11));
	release(STUCK, NT_POSITION_END);
	step_all(true);
	step_all(true);
	assert_true(W() == NT_POSITION_END);
	for (unsigned int w = 0; w < WORKERS; w++)
		assert_int_equal(f[w].count, 1);
}

/* All of them: W stays. One after the other, again and again. */
static void
all_and_again(void **state NT_UNUSED)
{
	for (unsigned int w = 0; w < WORKERS; w++)
		release(w, 10);
	step_all(true);
	for (unsigned int w = 0; w < WORKERS; w++)
		nt_relay_leave_behind(r, w);
	step_all(false);
	assert_true(W() == 10);
	for (unsigned int w = 0; w < WORKERS; w++) {
		nt_relay_comes_back(r, w);
		nt_relay_comes_back(r, w);
		release(w, 20 + w);
	}
	step_all(true);
	assert_true(W() == 20);
	nt_relay_comes_back(r, 0); /* it is not away */
	nt_relay_leave_behind(r, 0);
	nt_relay_comes_back(r, 0);
	nt_relay_leave_behind(r, 0);
	release(1, 30);
	release(2, 30);
	step_all(true);
	assert_true(W() == 30);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(goes_on_and_comes_back, setup, teardown),
		cmocka_unit_test_setup_teardown(full_inbox, setup, teardown),
		cmocka_unit_test_setup_teardown(much_comes_late, setup, teardown),
		cmocka_unit_test_setup_teardown(end_waits, setup, teardown),
		cmocka_unit_test_setup_teardown(all_and_again, setup, teardown),
	};
	return cmocka_run_group_tests_name("left", tests, NULL, NULL);
}
