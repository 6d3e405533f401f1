/* SPDX-License-Identifier: BSD-3-Clause */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <time.h>

#include <cmocka.h>

#include <nt_clock.h>

static void
sleep_ns(long ns)
{
	nanosleep(&(struct timespec){ .tv_nsec = ns }, NULL);
}

/* Seconds as time(2) has them; its clock may be a tick behind. */
static void
test_wall_is_since_the_epoch(void **state)
{
	(void)state;
	const int64_t before = NT_SEC(time(NULL));
	const int64_t now = nt_clock_wall_ns();
	const int64_t after = NT_SEC(time(NULL) + 2);
	assert_true(before <= now && now < after);
}

static void
test_monotonic_counts_nanoseconds(void **state)
{
	(void)state;
	const int64_t before = nt_clock_monotonic_ns();
	sleep_ns(2000000);
	const int64_t passed = nt_clock_monotonic_ns() - before;
	assert_true(passed >= 2000000 && passed < NT_SEC(60));
}

static void
test_monotonic_never_runs_backwards(void **state)
{
	(void)state;
	int64_t last = nt_clock_monotonic_ns();
	for (unsigned int i = 0; i < 10000; i++) {
		const int64_t now = nt_clock_monotonic_ns();
		assert_true(now >= last);
		last = now;
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_wall_is_since_the_epoch),
		cmocka_unit_test(test_monotonic_counts_nanoseconds),
		cmocka_unit_test(test_monotonic_never_runs_backwards),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
