/* SPDX-License-Identifier: BSD-3-Clause */
#include <math.h>
#include <sched.h>
#include <setjmp.h>
#include <stdarg.h>
#include <time.h>

#include <cmocka.h>

#include <nt_base.h>

#include "bench_probe.h"
#include "bench_relay.h"
#include "bench_stats.h"

static void
test_median_and_mean(void **state)
{
	(void)state;
	double odd[] = { 9, 1, 5 }, even[] = { 4, 1, 100, 2 };
	assert_true(bench_median(odd, 3) == 5);
	assert_true(bench_median(even, 4) == 3);
	assert_true(bench_mean(even, 4) == 26.75);
	assert_true(isnan(bench_median(NULL, 0)));
	assert_true(isnan(bench_mean(NULL, 0)));
}

static void
test_samples(void **state)
{
	(void)state;
	struct bench_samples s = { 0 };
	for (unsigned int i = 0; i < 5000; i++)
		bench_samples_add(&s, i);
	assert_int_equal(s.count, 5000);
	assert_true(s.values[4999] == 4999);
	bench_samples_free(&s);
	assert_int_equal(s.count, 0);
	assert_null(s.values);
}

static void
test_sleep_is_a_switch(void **state)
{
	(void)state;
	const struct timespec ms = { .tv_nsec = 1000000 };
	const long before = bench_interruptions();
	nanosleep(&ms, NULL);
	assert_true(bench_interruptions() > before);
}

/* It finds every flow, or it would never return; what it costs is the machine's business. */
static void
test_probe(void **state)
{
	const uint32_t sizes[] = { 2, 3, 61, 1000, 50000 };
	(void)state;
	for (unsigned int i = 0; i < NT_ARRAY_SIZE(sizes); i++) {
		struct bench_probe *p = bench_probe_new(sizes[i]);
		assert_non_null(p);
		assert_false(isnan(bench_probe_run(p, 64)));
		bench_probe_free(p);
	}
	bench_probe_free(NULL);
}

static void
test_relay(void **state)
{
	struct bench_relay_config cfg = { .names = 50, .clients = 4, .rounds = 4 };
	struct bench_relay_result r;
	(void)state;
	for (cfg.workers = 1; cfg.workers <= 32; cfg.workers *= 4) {
		assert_int_equal(bench_relay_run(&cfg, &r), 0);
		assert_true(isnan(r.hop) == (cfg.workers == 1));
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_median_and_mean),
		cmocka_unit_test(test_samples),
		cmocka_unit_test(test_sleep_is_a_switch),
		cmocka_unit_test(test_probe),
		cmocka_unit_test(test_relay),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
