/* SPDX-License-Identifier: BSD-3-Clause */
/* Streams and windows as pools: ids, who goes when they are out. */
#include "segments.h"

static void
test_configurations(void **state)
{
	static const struct nt_streams_config bad[] = {
		{ 0, 1, 1024 },
		{ 1, 0, 1024 },
		{ 1, 1, 63 },
		{ (1 << 24) + 1, 1, 1024 },
		{ 1, (1 << 24) + 1, 1024 },
		{ 1, 1, (1 << 24) + 1 },
	};

	(void)state;
	for (size_t i = 0; i < NT_ARRAY_SIZE(bad); i++) {
		errno = 0;
		assert_null(nt_streams_new(&bad[i]));
		assert_int_equal(errno, EINVAL);
	}
	nt_streams_free(NULL);
	nt_streams_free(make_streams(1 << 20, 1 << 16, 1 << 14));
}

static void
test_ids(void **state)
{
	struct nt_streams *p = make_streams(2, 2, 64);
	uint64_t a = nt_stream_open(p, 0), b = nt_stream_open(p, 0), c;

	(void)state;
	assert_true(a != 0 && b != 0 && a != b);
	assert_false(nt_stream_is_open(p, 0));
	assert_false(nt_stream_is_open(p, UINT64_MAX));
	assert_false(nt_stream_is_open(p, a + (UINT64_C(1) << 32)));
	nt_stream_close(p, a);
	nt_stream_close(p, a);
	assert_false(nt_stream_is_open(p, a));
	assert_false(nt_stream_is_open(p, a + (UINT64_C(1) << 32)));
	c = nt_stream_open(p, 0);
	assert_true(c != a && c != b);
	nt_stream_close(p, a);
	assert_true(nt_stream_is_open(p, b) && nt_stream_is_open(p, c));
	assert_int_equal(streams_stats(p).opened, 3);
	assert_int_equal(streams_stats(p).open, 2);
	nt_streams_clear(p);
	assert_int_equal(streams_stats(p).open, 0);
	assert_false(nt_stream_is_open(p, b) || nt_stream_is_open(p, c));
	nt_streams_free(p);
}

/* Who was fed longest ago. */
static void
test_oldest_goes(void **state)
{
	struct nt_streams *p = make_streams(3, 3, 64);
	struct notes n = { .message = 1 };
	uint64_t id[3], more;

	(void)state;
	for (int i = 0; i < 3; i++)
		id[i] = nt_stream_open(p, FIRST);
	assert_int_equal(feed(p, id[0], 0, 1, &n), 0);
	more = nt_stream_open(p, FIRST);
	assert_true(nt_stream_is_open(p, id[0]) && nt_stream_is_open(p, more));
	assert_int_equal(feed(p, id[1], 0, 1, &n), -ESTALE);
	assert_int_equal(streams_stats(p).evicted, 1);
	assert_int_equal(streams_stats(p).open, 3);
	(void)nt_stream_open(p, FIRST);
	assert_false(nt_stream_is_open(p, id[2]));
	nt_streams_free(p);
}

/* The same among those with windows; those without stay. */
static void
test_oldest_window_goes(void **state)
{
	struct nt_streams *p = make_streams(10, 2, 64);
	struct notes n = { .message = 1 };
	uint64_t idle = nt_stream_open(p, FIRST), id[3];

	(void)state;
	for (int i = 0; i < 3; i++)
		id[i] = nt_stream_open(p, FIRST);
	assert_int_equal(feed(p, id[0], 10, 5, &n), 0);
	assert_int_equal(feed(p, id[1], 10, 5, &n), 0);
	assert_int_equal(feed(p, id[0], 20, 5, &n), 0);
	assert_int_equal(feed(p, id[2], 10, 5, &n), 0);
	assert_false(nt_stream_is_open(p, id[1]));
	assert_true(nt_stream_is_open(p, idle) && nt_stream_is_open(p, id[0]));
	assert_int_equal(streams_stats(p).windows_evicted, 1);
	assert_int_equal(streams_stats(p).windows, 2);
	assert_int_equal(feed(p, id[0], 0, 20, &n), 0);
	assert_read(&n, 25);
	assert_int_equal(streams_stats(p).windows, 1);
	nt_streams_free(p);
}

/* Holes in each, never filled: all stays bounded and is counted. */
static void
test_flood(void **state)
{
	struct nt_streams *p = make_streams(100, 30, 64);
	struct notes n = { .message = 1 };
	struct nt_streams_stats s;

	(void)state;
	for (int i = 0; i < 10000; i++) {
		uint64_t id = nt_stream_open(p, FIRST);

		assert_int_equal(feed(p, id, i % 3 ? 5 : 0, 10, &n), 0);
		n.len = 0;
	}
	s = streams_stats(p);
	assert_int_equal(s.opened, 10000);
	assert_int_equal(s.opened, s.open + s.evicted + s.windows_evicted);
	assert_true(s.open <= 100 && s.windows == 30);
	nt_streams_free(p);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_configurations),
		cmocka_unit_test(test_ids),
		cmocka_unit_test(test_oldest_goes),
		cmocka_unit_test(test_oldest_window_goes),
		cmocka_unit_test(test_flood),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
