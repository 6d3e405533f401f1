/* SPDX-License-Identifier: BSD-3-Clause */
/* For tests of streams: a reader that notes what it is given, and a payload to cut segments from.
 */
#ifndef TEST_SEGMENTS_H
#define TEST_SEGMENTS_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <nt_stream.h>
#include <string.h>

#define TEXT_MAX 8192u

/* Offsets wrap soon. */
#define FIRST (UINT32_MAX - 99)

static uint8_t text[TEXT_MAX];

/* Takes messages of so many bytes; says so for each gap. */
struct notes {
	uint32_t message;
	uint8_t bytes[TEXT_MAX];
	size_t len;
	size_t calls, gaps, missing;
	const uint8_t *last; /* where it was given bytes */
	bool stops_at_gap;
	size_t done_at; /* done when it has read so much; 0: never */
};

static inline size_t
note_data(void *arg, const uint8_t *data, size_t len)
{
	struct notes *n = arg;
	size_t take = len / n->message * n->message;

	assert_true(len > 0);
	n->calls++;
	n->last = data;
	assert_true(n->len + take <= TEXT_MAX);
	memcpy(n->bytes + n->len, data, take);
	n->len += take;
	return n->done_at > 0 && n->len >= n->done_at ? NT_STREAM_DONE : take;
}

static inline bool
note_gap(void *arg, uint32_t missing)
{
	struct notes *n = arg;

	n->gaps++;
	n->missing += missing;
	return !n->stops_at_gap;
}

static inline struct nt_stream_reader
reader_of(struct notes *n)
{
	return (struct nt_stream_reader){ .data = note_data, .gap = note_gap, .arg = n };
}

static inline struct nt_streams *
make_streams(uint32_t streams, uint32_t windows, uint32_t bytes)
{
	struct nt_streams_config cfg = { streams, windows, bytes };
	struct nt_streams *p = nt_streams_new(&cfg);

	for (uint32_t i = 0; i < TEXT_MAX; i++)
		text[i] = (uint8_t)(i * 7 + (i >> 8) * 13);
	assert_non_null(p);
	return p;
}

static inline int
feed(struct nt_streams *p, uint64_t id, uint32_t off, uint32_t len, struct notes *n)
{
	struct nt_stream_reader r = reader_of(n);

	return nt_stream_feed(p, id, FIRST + off, text + off, len, &r);
}

static inline int
skip_to(struct nt_streams *p, uint64_t id, uint32_t to, struct notes *n)
{
	struct nt_stream_reader r = reader_of(n);

	return nt_stream_skip(p, id, FIRST + to, &r);
}

static inline struct nt_streams_stats
streams_stats(const struct nt_streams *p)
{
	struct nt_streams_stats s;

	nt_streams_stats(p, &s);
	return s;
}

static inline void
assert_read(const struct notes *n, size_t len)
{
	assert_int_equal(n->len, len);
	assert_memory_equal(n->bytes, text, len);
}

#endif
