/* SPDX-License-Identifier: BSD-3-Clause */
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <time.h>

#include <cmocka.h>

#include "human.h"

static char out[HUMAN_LEN];

static void
test_counts(void **state)
{
	(void)state;
	assert_string_equal(human_count(0, out), "0");
	assert_string_equal(human_count(999, out), "999");
	assert_string_equal(human_count(1000, out), "1,000");
	assert_string_equal(human_count(12345678, out), "12,345,678");
	assert_string_equal(human_count(UINT64_MAX, out), "18,446,744,073,709,551,615");
}

static void
test_si(void **state)
{
	(void)state;
	assert_string_equal(human_si(0, out), "0");
	assert_string_equal(human_si(0.25, out), "0.2");
	assert_string_equal(human_si(3, out), "3");
	assert_string_equal(human_si(9.94, out), "9.9");
	assert_string_equal(human_si(9.97, out), "10");
	assert_string_equal(human_si(999.4, out), "999");
	assert_string_equal(human_si(999.5, out), "1.00 k");
	assert_string_equal(human_si(1234, out), "1.23 k");
	assert_string_equal(human_si(99949, out), "99.9 k");
	assert_string_equal(human_si(99950, out), "100 k");
	assert_string_equal(human_si(999499, out), "999 k");
	assert_string_equal(human_si(14.88e6, out), "14.9 M");
	assert_string_equal(human_si(123e9, out), "123 G");
	assert_string_equal(human_si(5e15, out), "5000 T");
}

static void
test_bytes(void **state)
{
	(void)state;
	assert_string_equal(human_bytes(0, out), "0 B");
	assert_string_equal(human_bytes(999, out), "999 B");
	assert_string_equal(human_bytes(1023, out), "1.00 KiB");
	assert_string_equal(human_bytes(1536, out), "1.50 KiB");
	assert_string_equal(human_bytes(UINT64_C(3) << 30, out), "3.00 GiB");
	assert_string_equal(human_bytes(UINT64_MAX, out), "16384 PiB");
}

static void
test_spans(void **state)
{
	(void)state;
	assert_string_equal(human_usec(0, out), "0 us");
	assert_string_equal(human_usec(999, out), "999 us");
	assert_string_equal(human_usec(1234, out), "1.23 ms");
	assert_string_equal(human_usec(999499, out), "999 ms");
	assert_string_equal(human_usec(999500, out), "1.00 s");
	assert_string_equal(human_span(0, out), "00:00:00");
	assert_string_equal(human_span(-5, out), "00:00:00");
	assert_string_equal(human_span(NT_SEC(86399), out), "23:59:59");
	assert_string_equal(human_span(NT_SEC(3 * 86400 + 3661), out), "3 d 01:01:01");
}

static void
test_times(void **state)
{
	(void)state;
	setenv("TZ", "UTC-2", 1);
	tzset();
	assert_string_equal(human_time(NT_SEC(0), out), "1970-01-01 02:00:00");
	assert_string_equal(human_time(NT_SEC(1700000000), out), "2023-11-15 00:13:20");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_counts),
		cmocka_unit_test(test_si),
		cmocka_unit_test(test_bytes),
		cmocka_unit_test(test_spans),
		cmocka_unit_test(test_times),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
