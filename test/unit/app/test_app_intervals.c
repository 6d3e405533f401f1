/* SPDX-License-Identifier: BSD-3-Clause */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "intervals.h"

static void
test_rhythm(void **state)
{
	(void)state;
	struct intervals v;
	int64_t end = -1;
	intervals_init(&v, NT_SEC(300));
	intervals_begin(&v, NT_SEC(1000), 0);
	assert_false(intervals_pass(&v, NT_SEC(1000), 0, &end));
	assert_false(intervals_pass(&v, NT_SEC(1200) - 1, 0, &end));
	assert_true(intervals_pass(&v, NT_SEC(1200), 0, &end));
	assert_int_equal(end, NT_SEC(1200));
	assert_false(intervals_pass(&v, NT_SEC(1499), 0, &end));
	assert_true(intervals_pass(&v, NT_SEC(1501), 0, &end));
	assert_int_equal(end, NT_SEC(1500));
	/* a long pause ends one interval, then the rhythm goes on */
	assert_true(intervals_pass(&v, NT_SEC(100000), 0, &end));
	assert_int_equal(end, NT_SEC(1800));
	assert_false(intervals_pass(&v, NT_SEC(100199), 0, &end));
	assert_true(intervals_pass(&v, NT_SEC(100200), 0, &end));
	assert_int_equal(end, NT_SEC(100200));
}

static void
test_begins_on_a_multiple(void **state)
{
	(void)state;
	struct intervals v;
	int64_t end;
	intervals_init(&v, NT_SEC(300));
	intervals_begin(&v, NT_SEC(1200), 0);
	assert_false(intervals_pass(&v, NT_SEC(1499), 0, &end));
	assert_true(intervals_pass(&v, NT_SEC(1500), 0, &end));
	assert_int_equal(end, NT_SEC(1500));
}

/* Multiples are of capture time; what is told is on the clock. */
static void
test_epochs(void **state)
{
	(void)state;
	struct intervals v;
	int64_t end;
	const int64_t offset = NT_SEC(1007);
	intervals_init(&v, NT_SEC(10));
	intervals_begin(&v, NT_SEC(2000), offset); /* capture time 993 */
	assert_false(intervals_pass(&v, NT_SEC(2006), offset, &end));
	assert_true(intervals_pass(&v, NT_SEC(2007), offset, &end));
	assert_int_equal(end - offset, NT_SEC(1000));
}

static void
test_whole_seconds(void **state)
{
	(void)state;
	struct intervals v;
	intervals_init(&v, NT_SEC(1) + 1);
	assert_int_equal(v.length_ns, NT_SEC(2));
	intervals_init(&v, 1);
	assert_int_equal(v.length_ns, NT_SEC(1));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_rhythm),
		cmocka_unit_test(test_begins_on_a_multiple),
		cmocka_unit_test(test_epochs),
		cmocka_unit_test(test_whole_seconds),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
