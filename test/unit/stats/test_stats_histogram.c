/* SPDX-License-Identifier: BSD-3-Clause */
#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

#include <nt_histogram.h>

#include <cmocka.h>

static struct nt_histogram h, other;

static int
clear(void **state)
{
	(void)state;
	memset(&h, 0, sizeof(h));
	memset(&other, 0, sizeof(other));
	return 0;
}

static void
buckets_grow_with_values(void **state)
{
	unsigned int last = 0;

	(void)state;
	for (unsigned int v = 0; v < 16; v++)
		assert_int_equal(nt_histogram_bucket(v), v);
	for (unsigned int bit = 4; bit < 64; bit++) {
		for (uint64_t sub = 0; sub < 16; sub++) {
			uint64_t low = (UINT64_C(16) + sub) << (bit - 4);
			uint64_t high = low + ((UINT64_C(1) << (bit - 4)) - 1);
			unsigned int b = nt_histogram_bucket(low);

			assert_int_equal(b, nt_histogram_bucket(high));
			assert_true(b == last + 1 || b == 16);
			last = b;
		}
	}
	assert_int_equal(nt_histogram_bucket(UINT64_MAX), NT_HISTOGRAM_BUCKETS - 1);
}

static void
empty_and_single(void **state)
{
	(void)state;
	assert_int_equal(nt_histogram_quantile(&h, 0.99), 0);
	nt_histogram_add(&h, 1000003);
	assert_int_equal(h.total, 1);
	assert_true(nt_histogram_quantile(&h, 0.5) <= 1000003);
	assert_true(nt_histogram_quantile(&h, 0.5) >= 1000003 - 1000003 / 16);
}

static void
quantiles_are_near(void **state)
{
	const double qs[] = { 0, 0.01, 0.5, 0.9, 0.99, 1 };
	const uint64_t n = 100000, scale = 12345;

	(void)state;
	for (uint64_t v = 0; v < n; v++)
		nt_histogram_add(&h, v * scale);
	for (unsigned int i = 0; i < NT_ARRAY_SIZE(qs); i++) {
		double want = qs[i] * (double)(n - 1) * (double)scale;
		double got = (double)nt_histogram_quantile(&h, qs[i]);

		assert_true(got >= want * (1 - 1.0 / 31) - 1 && got <= want * (1 + 1.0 / 31) + 1);
	}
	assert_int_equal(h.max, (n - 1) * scale);
}

static void
merge_and_since(void **state)
{
	(void)state;
	for (unsigned int v = 0; v < 10; v++)
		nt_histogram_add(&h, v);
	for (unsigned int v = 0; v < 30; v++)
		nt_histogram_add(&other, 5000);
	nt_histogram_merge(&h, &other);
	assert_int_equal(h.total, 40);
	assert_int_equal(h.max, 5000);
	assert_int_equal(nt_histogram_quantile(&h, 0), 0);
	assert_true(nt_histogram_quantile(&h, 0.5) > 4800);
	nt_histogram_since(&h, &other);
	assert_int_equal(h.total, 10);
	assert_int_equal(nt_histogram_quantile(&h, 1), 9);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(buckets_grow_with_values),
		cmocka_unit_test_setup(empty_and_single, clear),
		cmocka_unit_test_setup(quantiles_are_near, clear),
		cmocka_unit_test_setup(merge_and_since, clear),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
