/* SPDX-License-Identifier: BSD-3-Clause */
/* Bounds on time, datagrams and bytes, and what a flood does to them. */
#include "fragments.h"

static uint32_t
add_id(struct nt_datagrams *d, uint32_t id, uint32_t off, uint32_t len, bool more, int64_t clock_ns)
{
	struct nt_fragment f = fragment(off, len, more);

	f.id = id;
	return nt_datagrams_add(d, &f, clock_ns, out);
}

static void
test_configurations(void **state)
{
	static const struct nt_datagrams_config bad[] = {
		{ 0, 1 << 20, 0 },
		{ (1 << 20) + 1, 1 << 20, 0 },
		{ 1, 1 << 20, -1 },
	};
	struct nt_hash_key key = nt_hash_key_fixed();
	struct nt_datagrams *d;

	(void)state;
	for (size_t i = 0; i < NT_ARRAY_SIZE(bad); i++) {
		errno = 0;
		assert_null(nt_datagrams_new(&bad[i], &key));
		assert_int_equal(errno, EINVAL);
	}
	d = make_table(1, 0, 0);
	add_id(d, 1, 0, 65000, true, 0);
	assert_int_equal(add_id(d, 1, 65000, 515, false, 0), LINK_LEN + 65535);
	nt_datagrams_free(d);
	nt_datagrams_free(make_table(1 << 20, UINT32_MAX, INT64_MAX));
}

static void
test_timeout(void **state)
{
	struct nt_datagrams *d = make_table(16, 1 << 20, NT_SEC(30));
	int64_t t = NT_SEC(1000);

	(void)state;
	add_id(d, 1, 0, 8, true, t);
	assert_true(add_id(d, 1, 8, 8, false, t + NT_SEC(30) - 1) > 0);
	add_id(d, 1, 0, 8, true, t);
	/* Counted from the first fragment, not from the latest. */
	add_id(d, 1, 16, 8, true, t + NT_SEC(20));
	assert_int_equal(add_id(d, 1, 8, 8, false, t + NT_SEC(30)), 0);
	assert_int_equal(stats_of(d).timed_out, 1);
	assert_int_equal(stats_of(d).under_way, 1);
	nt_datagrams_free(d);
}

static void
test_never(void **state)
{
	struct nt_datagrams *d = make_table(16, 1 << 20, 0);

	(void)state;
	add_id(d, 1, 0, 8, true, 0);
	assert_true(add_id(d, 1, 8, 8, false, INT64_MAX) > 0);
	nt_datagrams_free(d);
}

/* More at once than an add gives up: one of them is never joined all the same. */
static void
test_many_time_out(void **state)
{
	struct nt_datagrams *d = make_table(1000, 1 << 20, NT_SEC(1));

	(void)state;
	for (uint32_t id = 0; id < 500; id++)
		add_id(d, id, 0, 8, true, id);
	assert_int_equal(add_id(d, 499, 8, 8, false, NT_SEC(2)), 0);
	for (uint32_t i = 0; i < 100; i++)
		add_id(d, 1000 + i, 0, 8, true, NT_SEC(2));
	assert_int_equal(stats_of(d).timed_out, 500);
	assert_int_equal(stats_of(d).under_way, 101);
	nt_datagrams_free(d);
}

static void
test_oldest_goes(void **state)
{
	struct nt_datagrams *d = make_table(4, 1 << 20, 0);

	(void)state;
	for (uint32_t id = 1; id <= 4; id++)
		add_id(d, id, 0, 8, true, 0);
	assert_true(add_id(d, 2, 8, 8, false, 0) > 0);
	add_id(d, 5, 0, 8, true, 0);
	assert_int_equal(stats_of(d).evicted, 0);
	add_id(d, 6, 0, 8, true, 0);
	assert_int_equal(stats_of(d).evicted, 1);
	assert_true(add_id(d, 3, 8, 8, false, 0) > 0);
	assert_int_equal(add_id(d, 1, 8, 8, false, 0), 0);
	assert_int_equal(stats_of(d).evicted, 1);
	assert_int_equal(stats_of(d).under_way, 4);
	nt_datagrams_free(d);
}

/* 64 pages. Who needs pages is not given up for them, be he the oldest. */
static void
test_oldest_bytes_go(void **state)
{
	struct nt_datagrams *d = make_table(100, 1 << 17, 0);

	(void)state;
	add_id(d, 1, 0, 8, true, 0);
	for (uint32_t id = 2; id <= 64; id++)
		add_id(d, id, 0, 8, true, 0);
	assert_int_equal(stats_of(d).evicted, 0);
	add_id(d, 1, 8, 65000, true, 0);
	assert_int_equal(stats_of(d).evicted, 31);
	assert_int_equal(stats_of(d).under_way, 33);
	assert_true(add_id(d, 64, 8, 8, false, 0) > 0);
	assert_int_equal(add_id(d, 32, 8, 8, false, 0), 0);
	assert_true(add_id(d, 1, 65008, 8, false, 0) > 0);
	nt_datagrams_free(d);
}

/* Never completed, at most one page each: what is under way stays bounded, and all is counted. */
static void
test_flood(void **state)
{
	struct nt_datagrams *d = make_table(256, 1 << 18, NT_SEC(30));
	struct nt_datagrams_stats s;

	(void)state;
	for (uint32_t id = 0; id < 100000; id++) {
		add_id(d, id, id % 7 * 4096, id % 100, true, id * 1000);
		assert_true(stats_of(d).under_way <= 256);
	}
	s = stats_of(d);
	assert_int_equal(s.fragments, 100000);
	assert_int_equal(s.fragments, s.evicted + s.timed_out + s.under_way);
	assert_int_equal(s.completed, 0);
	/* Still of use. */
	add_id(d, 100000, 0, 8, true, NT_SEC(100));
	assert_true(add_id(d, 100000, 8, 8, false, NT_SEC(100)) > 0);
	nt_datagrams_free(d);
}

/* Nothing in it: slots, but no pages. */
static void
test_flood_of_nothing(void **state)
{
	struct nt_datagrams *d = make_table(256, 1 << 17, 0);

	(void)state;
	for (uint32_t id = 0; id < 1000; id++)
		add_id(d, id, 0, 0, true, 0);
	assert_int_equal(stats_of(d).under_way, 256);
	assert_int_equal(add_id(d, 2000, 0, 65000, true, 0), 0);
	assert_true(add_id(d, 2000, 65000, 8, false, 0) > 0);
	nt_datagrams_free(d);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_configurations),
		cmocka_unit_test(test_timeout),
		cmocka_unit_test(test_never),
		cmocka_unit_test(test_many_time_out),
		cmocka_unit_test(test_oldest_goes),
		cmocka_unit_test(test_oldest_bytes_go),
		cmocka_unit_test(test_flood),
		cmocka_unit_test(test_flood_of_nothing),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
