/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * TCP segments of up to 8 streams over pools of 4 and 2, as records of eight bytes: stream and what
 * to do, offset from what is expected next (2 bytes, signed), length (2 bytes), how much the reader
 * takes, and two bytes more of the offset for what is far off. The first byte is the window's size.
 * Each byte of a stream is a function of its offset, so the reader knows what it has to be given.
 */
#include <stdlib.h>
#include <string.h>

#include <nt_stream.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

#define RECORD	8
#define STREAMS 8
#define FIRST	(UINT32_MAX - 50)

enum {
	DO_FEED,
	DO_PUT,
	DO_TAKE,
	DO_SKIP,
	DO_DROP,
	DO_REOPEN,
	DO_CLOSE,
	DO_FEED_FAR,
};

struct side {
	uint64_t id;
	uint32_t at; /* offset of the first byte that the reader has not read */
	uint8_t takes;
};

/* assert() is gone in a release build. */
static void
require(bool holds)
{
	if (!holds)
		abort();
}

static uint8_t
byte_at(uint32_t offset)
{
	return (uint8_t)(offset * 7 + (offset >> 8) * 13);
}

static void
check_bytes(const struct side *side, const uint8_t *data, size_t len)
{
	/* A reader of single bytes is given all the rest each time: look at its ends only. */
	for (size_t i = 0; i < len; i++) {
		if (i == 64 && len > 128)
			i = len - 64;
		require(data[i] == byte_at(side->at + (uint32_t)i));
	}
}

static size_t
read_data(void *arg, const uint8_t *data, size_t len)
{
	struct side *side = arg;
	size_t n = side->takes == 255 ? len : side->takes;

	require(len > 0);
	check_bytes(side, data, len);
	if (side->takes == 254)
		return NT_STREAM_DONE;
	/* More than there are is all of them. */
	side->at += (uint32_t)NT_MIN(n, len);
	return n;
}

static bool
read_gap(void *arg, uint32_t missing)
{
	struct side *side = arg;

	require(missing > 0);
	return side->takes != 253;
}

static uint8_t *
segment(uint32_t offset, uint32_t len)
{
	uint8_t *p = malloc(len ? len : 1);

	require(p != NULL);
	for (uint32_t i = 0; i < len; i++)
		p[i] = byte_at(offset + i);
	return p;
}

/* Behind a gap the reader is where the stream says; what it says is unread is what it expects. */
static void
check_side(const struct nt_streams *p, struct side *side)
{
	uint32_t len;
	const uint8_t *data = nt_stream_data(p, side->id, &len);

	require((data == NULL) == (len == 0));
	if (!nt_stream_is_open(p, side->id))
		return;
	side->at = nt_stream_next(p, side->id) - len;
	check_bytes(side, data, len);
}

/* A reader behind gaps can't tell where it is: only what it is given last is checked. */
static size_t
read_anywhere(void *arg, const uint8_t *data, size_t len)
{
	struct side *side = arg;

	require(len > 0 && data[0] + data[len - 1] >= 0);
	return side->takes == 255 ? len : NT_MIN(side->takes, len);
}

static void
act(struct nt_streams *p, struct side *side, const uint8_t *r, uint32_t next)
{
	struct nt_stream_reader reader = { read_data, read_gap, side };
	uint32_t len = (uint32_t)r[3] << 8 | r[4], take = r[5];
	uint32_t offset = next + (uint32_t)(int16_t)(r[1] << 8 | r[2]);
	uint8_t *bytes;

	if (r[0] >> 5 == DO_FEED_FAR)
		offset += (uint32_t)(r[6] << 8 | r[7]) << 16;
	bytes = segment(offset, len);
	side->takes = r[5];
	switch (r[0] >> 5) {
	case DO_FEED:
	case DO_FEED_FAR:
		(void)nt_stream_feed(p, side->id, offset, bytes, len, &reader);
		break;
	case DO_PUT:
		(void)nt_stream_put(p, side->id, offset, bytes, len);
		break;
	case DO_TAKE:
		nt_stream_take(p, side->id, take);
		break;
	case DO_SKIP:
		reader.data = read_anywhere;
		(void)nt_stream_skip(p, side->id, offset, &reader);
		break;
	case DO_DROP:
		(void)nt_stream_drop(p, side->id, offset);
		break;
	case DO_CLOSE:
		nt_stream_close(p, side->id);
		break;
	default:
		side->id = nt_stream_open(p, FIRST);
	}
	free(bytes);
}

static void
check_stats(const struct nt_streams *p)
{
	struct nt_streams_stats s;

	nt_streams_stats(p, &s);
	require(s.open <= 4 && s.windows <= 2 && s.windows <= s.open);
	require(s.opened >= s.open + s.evicted + s.windows_evicted + s.gave_up);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct nt_streams_config cfg = { 4, 2, 64 };
	struct side sides[STREAMS] = { { 0 } };
	struct nt_streams *p;

	if (size < 1 || size > 4096)
		return 0;
	cfg.window_bytes = 64 + data[0] * 16u;
	p = nt_streams_new(&cfg);
	require(p != NULL);
	for (size_t at = 1; at + RECORD <= size; at += RECORD) {
		struct side *side = &sides[data[at] % STREAMS];

		if (side->id == 0)
			side->id = nt_stream_open(p, FIRST);
		check_side(p, side);
		act(p, side, data + at, nt_stream_next(p, side->id));
		check_side(p, side);
		check_stats(p);
	}
	nt_streams_free(p);
	return 0;
}
