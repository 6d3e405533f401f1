/* SPDX-License-Identifier: BSD-3-Clause */
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>

#include <cmocka.h>

#include "live_clock.h"

#define HZ     UINT64_C(2600000000)
#define WALL_0 (NT_SEC(1700000000) + 123)
#define MONO_0 (NT_SEC(5000) + 7)
#define TICK   (NT_SEC(1) / 10)

/* A machine whose counter goes at some rate, from some value. */
struct machine {
	uint64_t count_0;
	double hz;
	int64_t elapsed_ns;
	int64_t stepped_ns; /* of the wall clock, by whoever set it */
};

static struct live_clock_sample
at(const struct machine *m)
{
	return (struct live_clock_sample){
		.count = m->count_0 + (uint64_t)((double)m->elapsed_ns * m->hz / 1e9),
		.monotonic_ns = MONO_0 + m->elapsed_ns,
		.wall_ns = WALL_0 + m->elapsed_ns + m->stepped_ns,
	};
}

static void
begin(struct live_clock *c, const struct machine *m)
{
	const struct live_clock_sample s = at(m);
	live_clock_begin(c, &s, HZ);
}

/* Go on for that long, updating at every tick; the clock never runs backwards. */
static void
go(struct live_clock *c, struct machine *m, int64_t ns)
{
	int64_t last_ns = live_clock_at(c, at(m).count);
	for (const int64_t end_ns = m->elapsed_ns + ns; m->elapsed_ns < end_ns;) {
		m->elapsed_ns += TICK;
		const struct live_clock_sample s = at(m);
		const int64_t before_ns = live_clock_at(c, s.count);
		live_clock_update_at(c, &s);
		const int64_t after_ns = live_clock_at(c, s.count);
		assert_true(before_ns > last_ns);
		assert_int_equal(after_ns, before_ns);
		last_ns = after_ns;
	}
}

static int64_t
error_ns(const struct live_clock *c, const struct machine *m)
{
	return llabs(live_clock_at(c, at(m).count) - (WALL_0 + m->elapsed_ns));
}

static void
test_begins_at_wall_time(void **state)
{
	struct machine m = { .count_0 = 1000, .hz = (double)HZ };
	struct live_clock c;
	(void)state;
	begin(&c, &m);
	assert_int_equal(live_clock_at(&c, 1000), WALL_0);
	assert_int_equal(live_clock_offset_ns(&c), 0);
	assert_int_equal(live_clock_at(&c, 1000 + HZ) / 1000, (WALL_0 + NT_SEC(1)) / 1000);
	/* a counter read before the update that has been published since */
	assert_true(llabs(live_clock_at(&c, 1000 - 26) - (WALL_0 - 10)) <= 1);
}

static void
test_drift(void **state)
{
	/* the machine's rate is not what it says: 80 ppm fast */
	struct machine m = { .count_0 = 77, .hz = (double)HZ * 1.00008 };
	struct live_clock c;
	(void)state;
	begin(&c, &m);
	go(&c, &m, NT_SEC(2));
	assert_true(error_ns(&c, &m) < 200000);
	go(&c, &m, NT_SEC(60));
	assert_true(error_ns(&c, &m) < 1000);
	/* and then another one: it heats up */
	const double turned = (double)m.elapsed_ns / 1e9 * (double)HZ * 0.00005;
	m.count_0 += (uint64_t)turned;
	m.hz -= (double)HZ * 0.00005;
	go(&c, &m, NT_SEC(30));
	assert_true(error_ns(&c, &m) < 1000);
}

static void
test_steps_of_the_wall_clock(void **state)
{
	struct machine m = { .count_0 = 0, .hz = (double)HZ };
	struct live_clock c;
	(void)state;
	begin(&c, &m);
	go(&c, &m, NT_SEC(3));
	m.stepped_ns = NT_SEC(86400 * 365);
	go(&c, &m, TICK);
	assert_true(error_ns(&c, &m) < 1000);
	assert_int_equal(live_clock_offset_ns(&c), -NT_SEC(86400 * 365));
	m.stepped_ns = -NT_SEC(7200);
	go(&c, &m, NT_SEC(1));
	assert_true(error_ns(&c, &m) < 1000);
	assert_int_equal(live_clock_offset_ns(&c), NT_SEC(7200));
	/* what is no step but noise is not told; many of them are a step in the end */
	for (int i = 0; i < 10; i++) {
		m.stepped_ns -= 15000;
		go(&c, &m, TICK);
		assert_int_equal(live_clock_offset_ns(&c), NT_SEC(7200) + (i < 6 ? 0 : 105000));
	}
}

static void
test_counter_wraps(void **state)
{
	struct machine m = { .count_0 = UINT64_MAX - HZ, .hz = (double)HZ };
	struct live_clock c;
	(void)state;
	begin(&c, &m);
	go(&c, &m, NT_SEC(3));
	assert_true(at(&m).count < 2 * HZ);
	assert_true(error_ns(&c, &m) < 1000);
}

static void
test_counter_set(void **state)
{
	struct machine m = { .count_0 = UINT64_C(1) << 50, .hz = (double)HZ };
	struct live_clock c;
	(void)state;
	begin(&c, &m);
	go(&c, &m, NT_SEC(3));
	const int64_t before_ns = live_clock_at(&c, at(&m).count);
	/* set back to zero while the machine slept, which CLOCK_MONOTONIC does not count */
	m.count_0 = 0 - (uint64_t)(3 * (double)HZ);
	struct live_clock_sample s = at(&m);
	live_clock_update_at(&c, &s);
	assert_true(live_clock_at(&c, s.count) >= before_ns - 1000);
	assert_true(error_ns(&c, &m) < 1000);
	/* far ahead: it waits for time rather than to run back */
	m.count_0 += 3600 * HZ;
	s = at(&m);
	live_clock_update_at(&c, &s);
	assert_true(error_ns(&c, &m) < 1000);
	go(&c, &m, NT_SEC(30));
	assert_true(error_ns(&c, &m) < 1000);
}

static void
test_unknown_rate(void **state)
{
	struct machine m = { .count_0 = 500, .hz = 1e6 };
	struct live_clock c;
	struct live_clock_sample s = at(&m);
	(void)state;
	live_clock_begin(&c, &s, 0);
	assert_int_equal(live_clock_at(&c, 1000000), WALL_0);
	m.elapsed_ns = TICK;
	s = at(&m);
	live_clock_update_at(&c, &s);
	assert_int_equal(live_clock_at(&c, s.count), WALL_0 + TICK);
	go(&c, &m, NT_SEC(20));
	assert_true(error_ns(&c, &m) < 2000);
}

static void
test_this_machine(void **state)
{
	struct live_clock c;
	(void)state;
	live_clock_begin_tsc(&c);
	int64_t last_ns = live_clock_now(&c);
	for (int i = 0; i < 1000; i++) {
		const int64_t now_ns = live_clock_now(&c);
		assert_true(now_ns >= last_ns);
		last_ns = now_ns;
		if (i % 100 == 0)
			live_clock_update(&c);
	}
	assert_true(last_ns > NT_SEC(1600000000));
	assert_int_equal(live_clock_offset_ns(&c), 0);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_begins_at_wall_time),
		cmocka_unit_test(test_drift),
		cmocka_unit_test(test_steps_of_the_wall_clock),
		cmocka_unit_test(test_counter_wraps),
		cmocka_unit_test(test_counter_set),
		cmocka_unit_test(test_unknown_rate),
		cmocka_unit_test(test_this_machine),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
