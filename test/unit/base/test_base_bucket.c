/* SPDX-License-Identifier: BSD-3-Clause */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <nt_bucket.h>
#include <stdlib.h>

static void
test_unlimited(void **state)
{
	struct nt_bucket b;

	(void)state;
	nt_bucket_init(&b, 0, 0);
	assert_true(nt_bucket_take(&b, 0, 1000000) == 1000000);
	assert_true(nt_bucket_depart(&b, 42) == 42);
}

static void
test_burst_then_rate(void **state)
{
	struct nt_bucket b;
	int64_t now = NT_SEC(1700000000);

	(void)state;
	nt_bucket_init(&b, 10, 5);
	assert_true(nt_bucket_take(&b, now, 100) == 5);
	assert_true(nt_bucket_take(&b, now, 1) == 0);
	assert_true(nt_bucket_take(&b, now + NT_SEC(1) / 10 - 1, 1) == 0);
	assert_true(nt_bucket_take(&b, now + NT_SEC(1) / 10, 9) == 1);
	assert_true(nt_bucket_take(&b, now + NT_SEC(100), 9) == 5);
}

static void
test_clock_backwards_adds_nothing(void **state)
{
	struct nt_bucket b;

	(void)state;
	nt_bucket_init(&b, 1, 1);
	assert_true(nt_bucket_take(&b, NT_SEC(10), 1) == 1);
	assert_true(nt_bucket_take(&b, NT_SEC(5), 1) == 0);
	assert_true(nt_bucket_take(&b, NT_SEC(10), 1) == 0);
	assert_true(nt_bucket_take(&b, NT_SEC(11), 1) == 1);
}

/* The model: tokens as exact fractions, counted in units of 1e-9 tokens times nanoseconds. */
struct model {
	__int128 units, cap;
	int64_t last_ns;
	uint64_t rate;
};

static void
model_refill(struct model *m, int64_t now_ns)
{
	if (now_ns > m->last_ns) {
		m->units += (__int128)(now_ns - m->last_ns) * (__int128)m->rate;
		m->last_ns = now_ns;
	}
	m->units = NT_MIN(m->units, m->cap);
}

static const struct {
	uint64_t rate, burst;
} shapes[] = { { 1, 1 }, { 3, 7 }, { 10000, 100 }, { 999983, 5 }, { 7000000001, 1000000 } };

static void
test_take_as_model(void **state)
{
	unsigned int seed = 3;

	(void)state;
	for (size_t s = 0; s < NT_ARRAY_SIZE(shapes); s++) {
		int64_t now = NT_SEC(1700000000), step = NT_SEC(4) / (int64_t)shapes[s].rate + 3;
		__int128 cap = (__int128)shapes[s].burst * NT_NS_PER_SEC;
		struct model m = { cap, cap, now, shapes[s].rate };
		struct nt_bucket b;

		nt_bucket_init(&b, shapes[s].rate, shapes[s].burst);
		for (int i = 0; i < 20000; i++) {
			uint64_t want = (uint64_t)rand_r(&seed) % 5,
				 got = nt_bucket_take(&b, now, want);

			model_refill(&m, now);
			assert_true(got == NT_MIN(want, (uint64_t)(m.units / NT_NS_PER_SEC)));
			m.units -= (__int128)got * NT_NS_PER_SEC;
			now += rand_r(&seed) % step;
		}
	}
}

/* A token of the model is there, in order, at the first nanosecond that has gathered it. */
static int64_t
model_depart(struct model *m, int64_t now_ns)
{
	__int128 missing;

	model_refill(m, now_ns);
	m->units -= NT_NS_PER_SEC;
	missing = -m->units;
	if (missing <= 0)
		return m->last_ns;
	return m->last_ns + (int64_t)((missing + m->rate - 1) / m->rate);
}

static void
test_depart_as_model(void **state)
{
	unsigned int seed = 5;

	(void)state;
	for (size_t s = 0; s < NT_ARRAY_SIZE(shapes); s++) {
		int64_t now = NT_SEC(1700000000), step = NT_SEC(2) / (int64_t)shapes[s].rate + 3;
		__int128 cap = (__int128)shapes[s].burst * NT_NS_PER_SEC;
		struct model m = { cap, cap, now, shapes[s].rate };
		struct nt_bucket b;
		int64_t last = 0;

		nt_bucket_init(&b, shapes[s].rate, shapes[s].burst);
		for (int i = 0; i < 20000; i++) {
			int64_t at = nt_bucket_depart(&b, now);

			assert_true(at == model_depart(&m, now));
			assert_true(at >= now && at >= last);
			last = at;
			now += rand_r(&seed) % step;
		}
	}
}

static void
test_exact_over_months(void **state)
{
	struct nt_bucket b;
	int64_t start = NT_SEC(1700000000), day = NT_SEC(86400);
	uint64_t sum = 0;

	(void)state;
	nt_bucket_init(&b, 3, 1000000);
	assert_true(nt_bucket_take(&b, start, UINT64_MAX) == 1000000);
	for (int i = 1; i <= 180; i++)
		sum += nt_bucket_take(&b, start + i * day, UINT64_MAX);
	assert_true(sum == UINT64_C(180) * 86400 * 3);
}

static void
test_extremes(void **state)
{
	struct nt_bucket b;
	int64_t at = 0;

	(void)state;
	nt_bucket_init(&b, 1, UINT64_MAX);
	assert_true(nt_bucket_take(&b, 0, UINT64_MAX) > UINT64_C(1) << 30);
	nt_bucket_init(&b, UINT64_MAX, UINT64_MAX);
	assert_true(nt_bucket_take(&b, INT64_MAX, 9) == 9);
	nt_bucket_init(&b, 1, 0);
	for (int i = 0; i < 1000; i++)
		at = nt_bucket_depart(&b, INT64_MAX - NT_SEC(2000));
	assert_true(at > 0);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_unlimited),
		cmocka_unit_test(test_burst_then_rate),
		cmocka_unit_test(test_clock_backwards_adds_nothing),
		cmocka_unit_test(test_take_as_model),
		cmocka_unit_test(test_depart_as_model),
		cmocka_unit_test(test_exact_over_months),
		cmocka_unit_test(test_extremes),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
