/* SPDX-License-Identifier: BSD-3-Clause */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "departures.h"

static int
set_up(void **state)
{
	static struct departures d;
	*state = &d;
	return departures_init(&d);
}

static int
tear_down(void **state)
{
	departures_fini(*state);
	departures_fini(*state); /* twice is fine */
	return 0;
}

static int64_t
departure_of(uint64_t position)
{
	return NT_SEC(1700000000) + (int64_t)position * 7;
}

static void
test_nothing_was_delayed(void **state)
{
	assert_int_equal(departures_find(*state, 0), INT64_MIN);
	assert_int_equal(departures_find(*state, 1), INT64_MIN);
	assert_int_equal(departures_find(*state, UINT64_MAX), INT64_MIN);
}

static void
test_only_what_was_added_is_found(void **state)
{
	struct departures *d = *state;
	/* positions with gaps: most packets teach nothing, most mappings are not delayed */
	for (uint64_t p = 10; p <= 1000; p += 10) {
		departures_add(d, p, departure_of(p));
		assert_int_equal(departures_find(d, p), departure_of(p));
		assert_int_equal(departures_find(d, p + 10), INT64_MIN);
	}
	for (uint64_t p = 0; p <= 1010; p++)
		assert_int_equal(departures_find(d, p),
			p % 10 == 0 && p >= 10 && p <= 1000 ? departure_of(p) : INT64_MIN);
}

/* One answer teaches several mappings, and the bucket may let them go one by one. */
static void
test_last_of_a_position_counts(void **state)
{
	struct departures *d = *state;
	for (int64_t i = 1; i <= 5; i++)
		departures_add(d, 3, i);
	departures_add(d, 4, 10);
	departures_add(d, 4, 9);
	assert_int_equal(departures_find(d, 3), 5);
	assert_int_equal(departures_find(d, 4), 9);
	assert_int_equal(d->end - d->begin, 2);
}

/* What the ring has lost counts as not delayed; the newest DEPARTURES_MAX are all there. */
static void
test_oldest_are_forgotten(void **state)
{
	struct departures *d = *state;
	const uint64_t last = 3 * (uint64_t)DEPARTURES_MAX + 17;
	for (uint64_t p = 1; p <= last; p++) {
		departures_add(d, p, departure_of(p));
		if (p == DEPARTURES_MAX)
			assert_int_equal(departures_find(d, 1), departure_of(1));
		if (p == DEPARTURES_MAX + 1)
			assert_int_equal(departures_find(d, 1), INT64_MIN);
	}
	for (uint64_t p = 1; p <= last; p++)
		if (departures_find(d, p) !=
			(p > last - DEPARTURES_MAX ? departure_of(p) : INT64_MIN))
			fail_msg("position %llu", (unsigned long long)p);
}

/* The last of a position is replaced in a full ring, too, and nothing is lost for it. */
static void
test_same_position_in_a_full_ring(void **state)
{
	struct departures *d = *state;
	for (uint64_t p = 1; p <= DEPARTURES_MAX; p++)
		departures_add(d, p, departure_of(p));
	departures_add(d, DEPARTURES_MAX, 1);
	assert_int_equal(departures_find(d, 1), departure_of(1));
	assert_int_equal(departures_find(d, DEPARTURES_MAX), 1);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_nothing_was_delayed, set_up, tear_down),
		cmocka_unit_test_setup_teardown(
			test_only_what_was_added_is_found, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_last_of_a_position_counts, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_oldest_are_forgotten, set_up, tear_down),
		cmocka_unit_test_setup_teardown(
			test_same_position_in_a_full_ring, set_up, tear_down),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
