/* SPDX-License-Identifier: BSD-3-Clause */
#include "segments.h"

static struct nt_streams *p;
static uint64_t id;

static int
setup(void **state)
{
	(void)state;
	p = make_streams(16, 4, 1024);
	id = nt_stream_open(p, FIRST);
	return 0;
}

static int
teardown(void **state)
{
	(void)state;
	nt_streams_free(p);
	return 0;
}

/* Where they are, without a window. */
static void
test_in_order_is_direct(void **state)
{
	struct notes n = { .message = 1 };

	(void)state;
	assert_int_equal(feed(p, id, 0, 700, &n), 0);
	assert_ptr_equal(n.last, text);
	assert_int_equal(feed(p, id, 700, 3000, &n), 0);
	assert_ptr_equal(n.last, text + 700);
	assert_read(&n, 3700);
	assert_int_equal(nt_stream_next(p, id), FIRST + 3700);
	assert_int_equal(streams_stats(p).direct_bytes, 3700);
	assert_int_equal(streams_stats(p).kept_bytes, 0);
	assert_int_equal(streams_stats(p).windows, 0);
}

static void
test_rest_is_kept(void **state)
{
	struct notes n = { .message = 100 };

	(void)state;
	assert_int_equal(feed(p, id, 0, 250, &n), 0);
	assert_read(&n, 200);
	assert_int_equal(streams_stats(p).kept_bytes, 50);
	assert_int_equal(streams_stats(p).windows, 1);
	assert_int_equal(nt_stream_next(p, id), FIRST + 250);
	assert_int_equal(feed(p, id, 250, 20, &n), 0);
	assert_read(&n, 200);
	assert_int_equal(feed(p, id, 270, 30, &n), 0);
	assert_read(&n, 300);
	assert_int_equal(streams_stats(p).windows, 0);
	assert_int_equal(feed(p, id, 300, 100, &n), 0);
	assert_ptr_equal(n.last, text + 300);
	assert_read(&n, 400);
}

static void
test_out_of_order(void **state)
{
	struct notes n = { .message = 1 };

	(void)state;
	assert_int_equal(feed(p, id, 200, 100, &n), 0);
	assert_int_equal(feed(p, id, 400, 100, &n), 0);
	assert_int_equal(n.calls, 0);
	assert_int_equal(nt_stream_next(p, id), FIRST);
	assert_int_equal(feed(p, id, 0, 200, &n), 0);
	assert_read(&n, 300);
	assert_int_equal(feed(p, id, 300, 100, &n), 0);
	assert_read(&n, 500);
	assert_int_equal(streams_stats(p).windows, 0);
}

static void
test_repeated(void **state)
{
	struct notes n = { .message = 1 };

	(void)state;
	feed(p, id, 0, 100, &n);
	assert_int_equal(feed(p, id, 0, 100, &n), 0);
	assert_int_equal(feed(p, id, 20, 30, &n), 0);
	assert_read(&n, 100);
	assert_int_equal(feed(p, id, 50, 100, &n), 0);
	assert_read(&n, 150);
	assert_int_equal(streams_stats(p).repeated_bytes, 180);
	assert_int_equal(feed(p, id, 150, 0, &n), 0);
	assert_int_equal(n.calls, 2);
}

/* The first ones stay: ahead, and among those read in part. */
static void
test_first_bytes_stay(void **state)
{
	struct notes n = { .message = 50 };
	struct nt_stream_reader r = reader_of(&n);
	uint8_t other[400];

	(void)state;
	memset(other, 'x', sizeof(other));
	feed(p, id, 100, 100, &n);
	feed(p, id, 0, 30, &n);
	assert_int_equal(nt_stream_feed(p, id, FIRST + 0, other, 30, &r), 0);
	assert_int_equal(nt_stream_feed(p, id, FIRST + 120, other, 50, &r), 0);
	feed(p, id, 30, 370, &n);
	assert_read(&n, 400);
}

/* More than a window at once: the reader is given it by windows. */
static void
test_long_segment_behind_kept(void **state)
{
	struct notes n = { .message = 10 };

	(void)state;
	feed(p, id, 0, 5, &n);
	assert_int_equal(feed(p, id, 5, 5000, &n), 0);
	assert_read(&n, 5000);
	assert_int_equal(nt_stream_next(p, id), FIRST + 5005);
	assert_int_equal(feed(p, id, 5005, 5, &n), 0);
	assert_read(&n, 5010);
}

static void
test_gives_up(void **state)
{
	struct notes n = { .message = 2000 };

	(void)state;
	assert_int_equal(feed(p, id, 0, 1000, &n), 0);
	assert_int_equal(feed(p, id, 1000, 24, &n), 0);
	assert_int_equal(feed(p, id, 1024, 1, &n), -ENOBUFS);
	assert_int_equal(feed(p, id, 1024, 1, &n), -ESTALE);
	assert_false(nt_stream_is_open(p, id));
	id = nt_stream_open(p, FIRST);
	assert_int_equal(feed(p, id, 0, 1025, &n), -ENOBUFS);
	assert_int_equal(streams_stats(p).gave_up, 2);
	assert_int_equal(streams_stats(p).open, 0);
	assert_int_equal(streams_stats(p).windows, 0);
}

static void
test_done(void **state)
{
	struct notes n = { .message = 1, .done_at = 100 };

	(void)state;
	assert_int_equal(feed(p, id, 0, 100, &n), -ECANCELED);
	assert_int_equal(feed(p, id, 100, 100, &n), -ESTALE);
	id = nt_stream_open(p, FIRST);
	n = (struct notes){ .message = 20, .done_at = 200 };
	feed(p, id, 100, 100, &n);
	assert_int_equal(feed(p, id, 0, 100, &n), -ECANCELED);
	assert_int_equal(streams_stats(p).open, 0);
	assert_int_equal(streams_stats(p).windows, 0);
}

/* What lies too far ahead is a hole later on; nothing else comes of it. */
static void
test_too_far_ahead(void **state)
{
	struct notes n = { .message = 1 };

	(void)state;
	assert_int_equal(feed(p, id, 1024, 100, &n), 0);
	assert_int_equal(feed(p, id, 1000, 100, &n), 0);
	assert_int_equal(feed(p, id + 0, 0x7ff, 1, &n), 0);
	assert_int_equal(streams_stats(p).beyond_bytes, 177);
	assert_int_equal(feed(p, id, 0, 1000, &n), 0);
	assert_read(&n, 1024);
	assert_int_equal(feed(p, id, 1024, 100, &n), 0);
	assert_read(&n, 1124);
}

static void
test_pieces(void **state)
{
	struct notes n = { .message = 1 };

	(void)state;
	for (uint32_t i = 1; i <= 9; i++)
		assert_int_equal(feed(p, id, i * 20, 10, &n), 0);
	assert_int_equal(streams_stats(p).crowded_bytes, 10);
	/* What joins one is no piece more; what comes in order never is. */
	assert_int_equal(feed(p, id, 170, 5, &n), 0);
	assert_int_equal(feed(p, id, 0, 5, &n), 0);
	assert_int_equal(streams_stats(p).crowded_bytes, 10);
	assert_read(&n, 5);
	assert_int_equal(feed(p, id, 5, 165, &n), 0);
	assert_read(&n, 175);
	assert_int_equal(streams_stats(p).windows, 0);
}

static void
test_skip(void **state)
{
	struct notes n = { .message = 1 };

	(void)state;
	feed(p, id, 0, 100, &n);
	assert_int_equal(skip_to(p, id, 100, &n), 0);
	assert_int_equal(skip_to(p, id, 50, &n), 0);
	assert_int_equal(n.gaps, 0);
	feed(p, id, 150, 50, &n);
	feed(p, id, 250, 50, &n);
	assert_int_equal(skip_to(p, id, 260, &n), 0);
	assert_int_equal(n.gaps, 2);
	assert_int_equal(n.missing, 100);
	assert_int_equal(n.len, 200);
	assert_memory_equal(n.bytes + 100, text + 150, 50);
	assert_memory_equal(n.bytes + 150, text + 250, 50);
	assert_int_equal(nt_stream_next(p, id), FIRST + 300);
	assert_int_equal(skip_to(p, id, 100000, &n), 0);
	assert_int_equal(n.missing, 100 + 99700);
	assert_int_equal(nt_stream_next(p, id), FIRST + 100000);
	assert_int_equal(streams_stats(p).gaps, 3);
	assert_int_equal(streams_stats(p).gap_bytes, n.missing);
	assert_int_equal(streams_stats(p).windows, 0);
}

/* What the reader had left before the hole goes. */
static void
test_skip_drops_unread(void **state)
{
	struct notes n = { .message = 100 };

	(void)state;
	feed(p, id, 0, 150, &n);
	feed(p, id, 200, 100, &n);
	assert_int_equal(skip_to(p, id, 300, &n), 0);
	assert_int_equal(n.missing, 50);
	assert_int_equal(n.len, 200);
	assert_memory_equal(n.bytes + 100, text + 200, 100);
}

static void
test_reader_stops_at_gap(void **state)
{
	struct notes n = { .message = 1, .stops_at_gap = true };
	struct nt_stream_reader r = reader_of(&n);

	(void)state;
	feed(p, id, 100, 100, &n);
	assert_int_equal(skip_to(p, id, 100, &n), -ECANCELED);
	assert_int_equal(skip_to(p, id, 100, &n), -ESTALE);
	assert_int_equal(n.calls, 0);
	id = nt_stream_open(p, FIRST);
	r.gap = NULL;
	assert_int_equal(nt_stream_skip(p, id, FIRST + 1, &r), -ECANCELED);
}

static void
test_without_reader(void **state)
{
	uint32_t len = 1;

	(void)state;
	assert_null(nt_stream_data(p, id, &len));
	assert_int_equal(len, 0);
	assert_int_equal(nt_stream_put(p, id, FIRST + 100, text + 100, 100), 0);
	assert_null(nt_stream_data(p, id, &len));
	assert_int_equal(nt_stream_put(p, id, FIRST, text, 100), 0);
	assert_memory_equal(nt_stream_data(p, id, &len), text, 200);
	assert_int_equal(len, 200);
	nt_stream_take(p, id, 30);
	assert_memory_equal(nt_stream_data(p, id, &len), text + 30, 170);
	assert_int_equal(len, 170);
	assert_int_equal(nt_stream_drop(p, id, FIRST + 60), 0);
	assert_int_equal(nt_stream_drop(p, id, FIRST), 0);
	assert_memory_equal(nt_stream_data(p, id, &len), text + 60, 140);
	assert_int_equal(nt_stream_drop(p, id, FIRST + 250), 50);
	assert_null(nt_stream_data(p, id, &len));
	nt_stream_take(p, id, 1000);
	assert_int_equal(nt_stream_next(p, id), FIRST + 250);
	assert_int_equal(nt_stream_put(p, id, FIRST + 250, text, 1025), -ENOBUFS);
	assert_int_equal(nt_stream_put(p, id, FIRST + 250, text, 1), -ESTALE);
	assert_null(nt_stream_data(p, id, &len));
	nt_stream_take(p, id, 1);
	assert_int_equal(nt_stream_drop(p, id, 1), 0);
	assert_int_equal(nt_stream_next(p, id), 0);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(test_in_order_is_direct),
		TEST(test_rest_is_kept),
		TEST(test_out_of_order),
		TEST(test_repeated),
		TEST(test_first_bytes_stay),
		TEST(test_long_segment_behind_kept),
		TEST(test_gives_up),
		TEST(test_done),
		TEST(test_too_far_ahead),
		TEST(test_pieces),
		TEST(test_skip),
		TEST(test_skip_drops_unread),
		TEST(test_reader_stops_at_gap),
		TEST(test_without_reader),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
