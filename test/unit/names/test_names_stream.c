/* SPDX-License-Identifier: BSD-3-Clause */
/* DNS over TCP: messages cut and joined in every way. */
#include <errno.h>

#include "dns_build.h"
#include <nt_dns_stream.h>

#define MESSAGES 4

static const size_t sizes[MESSAGES] = { 12, 0, 300, 31 };

static struct wire w;

static uint8_t
byte_of(size_t message, size_t at)
{
	return (uint8_t)(message * 71 + at * 13 + 5);
}

static void
put_messages(void)
{
	w.len = 0;
	for (size_t i = 0; i < MESSAGES; i++) {
		put16(&w, (unsigned int)sizes[i]);
		for (size_t at = 0; at < sizes[i]; at++)
			put8(&w, byte_of(i, at));
	}
}

/* Feeds a piece, whose bytes are gone afterwards; returns the count of messages seen by now. */
static size_t
feed(struct nt_dns_stream *s, struct nt_dns_buffers *b, size_t from, size_t len, size_t seen)
{
	uint8_t *copy = malloc(len > 0 ? len : 1);
	const uint8_t *msg;
	size_t size;

	memcpy(copy, w.bytes + from, len);
	struct nt_cursor in = nt_cursor_init(copy, len);
	while (nt_dns_stream_next(s, b, &in, &msg, &size)) {
		assert_true(seen < MESSAGES);
		assert_int_equal(size, sizes[seen]);
		for (size_t at = 0; at < size; at++)
			assert_int_equal(msg[at], byte_of(seen, at));
		seen++;
	}
	assert_int_equal(nt_cursor_left(&in), 0);
	free(copy);
	return seen;
}

/* Any two cuts. */
static void
test_cuts(void **state)
{
	struct nt_dns_buffers *b = nt_dns_buffers_new(1);

	(void)state;
	put_messages();
	for (size_t i = 0; i <= w.len; i++) {
		for (size_t k = i; k <= w.len; k += 7) {
			struct nt_dns_stream s = { 0 };
			size_t seen = feed(&s, b, 0, i, 0);

			seen = feed(&s, b, i, k - i, seen);
			seen = feed(&s, b, k, w.len - k, seen);
			assert_int_equal(seen, MESSAGES);
			assert_int_equal(s.buffer, 0);
		}
	}
	assert_int_equal(nt_dns_buffers_refused(b), 0);
	nt_dns_buffers_free(b);
}

static void
test_byte_by_byte(void **state)
{
	struct nt_dns_buffers *b = nt_dns_buffers_new(1);
	struct nt_dns_stream s = { 0 };
	size_t seen = 0;

	(void)state;
	put_messages();
	for (size_t i = 0; i < w.len; i++)
		seen = feed(&s, b, i, 1, seen);
	assert_int_equal(seen, MESSAGES);
	nt_dns_buffers_free(b);
}

/* The largest message, in the largest buffer, in two halves. */
static void
test_largest(void **state)
{
	struct nt_dns_buffers *b = nt_dns_buffers_new(2);
	struct nt_dns_stream s = { 0 };
	const uint8_t *msg;
	size_t size = 0;

	(void)state;
	w.len = 0;
	put16(&w, 0xffff);
	for (size_t i = 0; i < 0xffff; i++)
		put8(&w, (unsigned int)(i % 251));
	struct nt_cursor in = nt_cursor_init(w.bytes, 40000);
	assert_false(nt_dns_stream_next(&s, b, &in, &msg, &size));
	assert_ptr_not_equal(nt_dns_stream_partial(&s, b, &size), NULL);
	assert_int_equal(size, 40000 - 2);
	in = nt_cursor_init(w.bytes + 40000, w.len - 40000);
	assert_true(nt_dns_stream_next(&s, b, &in, &msg, &size));
	assert_int_equal(size, 0xffff);
	assert_memory_equal(msg, w.bytes + 2, size);
	assert_false(nt_dns_stream_next(&s, b, &in, &msg, &size));
	nt_dns_buffers_free(b);
}

/* No buffer: the message is stepped over, the next one read. */
static void
test_no_buffer(void **state)
{
	struct nt_dns_buffers *b = nt_dns_buffers_new(1);
	struct nt_dns_stream first = { 0 }, second = { 0 };

	(void)state;
	put_messages();
	assert_int_equal(feed(&first, b, 0, 5, 0), 0);
	assert_int_equal(feed(&second, b, 0, 5, 0), 0);
	assert_int_equal(nt_dns_buffers_refused(b), 1);
	assert_int_equal(feed(&second, b, 5, w.len - 5, 1), MESSAGES); /* the first is lost */
	assert_int_equal(feed(&first, b, 5, w.len - 5, 0), MESSAGES);
	nt_dns_buffers_free(b);
}

static void
test_end(void **state)
{
	struct nt_dns_buffers *b = nt_dns_buffers_new(1);
	struct nt_dns_stream first = { 0 }, second = { 0 };
	size_t len;

	(void)state;
	put_messages();
	assert_int_equal(feed(&first, b, 0, 5, 0), 0);
	nt_dns_stream_end(&first, b);
	nt_dns_stream_end(&first, b);
	assert_null(nt_dns_stream_partial(&first, b, &len));
	assert_int_equal(feed(&first, b, 5, w.len - 5, 0), 0); /* nothing is read behind a hole */
	assert_int_equal(feed(&second, b, 0, 5, 0), 0);
	assert_int_equal(nt_dns_buffers_refused(b), 0);
	nt_dns_buffers_free(b);
}

static void
test_bounds(void **state)
{
	(void)state;
	assert_null(nt_dns_buffers_new(0));
	assert_int_equal(errno, EINVAL);
	assert_null(nt_dns_buffers_new(UINT32_MAX));
	nt_dns_buffers_free(NULL);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_cuts),
		cmocka_unit_test(test_byte_by_byte),
		cmocka_unit_test(test_largest),
		cmocka_unit_test(test_no_buffer),
		cmocka_unit_test(test_end),
		cmocka_unit_test(test_bounds),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
