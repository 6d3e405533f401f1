/* SPDX-License-Identifier: BSD-3-Clause */
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "nt_moments.h"

#define SPAN 100

static struct nt_addr
addr(uint8_t n)
{
	const uint8_t bytes[4] = { 10, 0, 0, n };
	return nt_addr_v4(bytes);
}

static struct nt_moments *
make(uint32_t max)
{
	const struct nt_hash_key key = nt_hash_key_fixed();
	struct nt_moments *m = nt_moments_new(max, SPAN, &key);
	assert_non_null(m);
	return m;
}

static void
test_who_and_what(void **state)
{
	(void)state;
	struct nt_moments *m = make(64);
	const struct nt_addr a = addr(1), b = addr(2), nobody = { .family = NT_FAMILY_NONE };
	assert_false(nt_moments_within(m, 0, &a, 0, 100));
	nt_moments_add(m, 1, &a, 50);
	nt_moments_add(m, 1, &nobody, 50);
	assert_true(nt_moments_within(m, 1, &a, 50, 150));
	assert_true(nt_moments_within(m, 1, &a, -50, 50));
	assert_false(nt_moments_within(m, 1, &a, 51, 151));
	assert_false(nt_moments_within(m, 1, &a, -51, 49));
	assert_false(nt_moments_within(m, 2, &a, 0, 100));
	assert_false(nt_moments_within(m, 1, &b, 0, 100));
	assert_true(nt_moments_within(m, 1, &nobody, 0, 100));
	nt_moments_clear(m);
	assert_false(nt_moments_within(m, 1, &a, 0, 100));
	nt_moments_free(m);
}

/* Whatever came before and after, and before 1970 too: every question about every time. */
static void
test_exact(void **state)
{
	(void)state;
	const struct nt_addr a = addr(1);
	srandom(1);
	for (int round = 0; round < 50; round++) {
		struct nt_moments *m = make(4096);
		bool at[2000] = { false };
		for (int t = 0; t < 2000; t++) {
			at[t] = random() % 150 == 0;
			if (at[t])
				nt_moments_add(m, 3, &a, t - 1000);
		}
		for (int from = 0; from + SPAN < 2000; from++) {
			bool any = false;
			for (int t = from; t <= from + SPAN; t++)
				any |= at[t];
			assert_int_equal(
				any, nt_moments_within(m, 3, &a, from - 1000, from - 1000 + SPAN));
		}
		nt_moments_free(m);
	}
}

static void
test_bounds(void **state)
{
	(void)state;
	const struct nt_hash_key key = nt_hash_key_fixed();
	struct nt_moments *m = make(16);
	assert_int_equal(nt_moments_lost_ns(m), INT64_MIN);
	for (uint8_t i = 0; i < 17; i++) {
		const struct nt_addr a = addr(i);
		nt_moments_add(m, 0, &a, i);
	}
	assert_int_equal(nt_moments_lost_ns(m), 0);
	nt_moments_free(m);
	assert_null(nt_moments_new(16, 0, &key));
	assert_null(nt_moments_new(15, SPAN, &key));
	nt_moments_free(NULL);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_who_and_what),
		cmocka_unit_test(test_exact),
		cmocka_unit_test(test_bounds),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
