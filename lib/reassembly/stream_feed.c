/* SPDX-License-Identifier: BSD-3-Clause */
#include "stream.h"

int
nt_stream_put(struct nt_streams *p, uint64_t id, uint32_t offset, const uint8_t *data, uint32_t len)
{
	struct stream *s = stream_get(p, id);

	if (s == NULL)
		return -ESTALE;
	stream_touch(p, s);
	if (stream_keep(p, s, offset, data, len) == len)
		return 0;
	stream_close(p, s);
	p->stats.gave_up++;
	return -ENOBUFS;
}

const uint8_t *
nt_stream_data(const struct nt_streams *p, uint64_t id, uint32_t *ret_len)
{
	const struct stream *s = stream_get(p, id);

	*ret_len = s != NULL ? s->unread : 0;
	return *ret_len > 0 ? stream_bytes(p, s) : NULL;
}

void
nt_stream_take(struct nt_streams *p, uint64_t id, uint32_t len)
{
	struct stream *s = stream_get(p, id);

	if (s != NULL)
		stream_read(p, s, NT_MIN(len, s->unread));
}

uint32_t
nt_stream_drop(struct nt_streams *p, uint64_t id, uint32_t to)
{
	struct stream *s = stream_get(p, id);

	return s != NULL ? stream_go(p, s, to) : 0;
}

uint32_t
nt_stream_next(const struct nt_streams *p, uint64_t id)
{
	const struct stream *s = stream_get(p, id);

	return s != NULL ? s->read + s->unread : 0;
}

/* How many bytes the reader has read: each call reads some, or is the last one. */
static size_t
read_all(const struct nt_stream_reader *reader, const uint8_t *data, size_t len)
{
	size_t sum = 0;

	while (sum < len) {
		size_t n = reader->data(reader->arg, data + sum, len - sum);

		if (n == NT_STREAM_DONE)
			return NT_STREAM_DONE;
		if (n == 0)
			break;
		sum += NT_MIN(n, len - sum);
	}
	return sum;
}

static int
close_as(struct nt_streams *p, struct stream *s, int code)
{
	stream_close(p, s);
	return code;
}

static int
read_window(struct nt_streams *p, struct stream *s, const struct nt_stream_reader *reader)
{
	size_t n;

	if (s->unread == 0)
		return 0;
	n = read_all(reader, stream_bytes(p, s), s->unread);
	if (n == NT_STREAM_DONE)
		return close_as(p, s, -ECANCELED);
	stream_read(p, s, (uint32_t)n);
	return 0;
}

/* Nothing is kept and the segment goes on where the reader is: how far it read, or negative. */
static int64_t
read_direct(struct nt_streams *p, struct stream *s, const uint8_t *data, uint32_t len,
	const struct nt_stream_reader *reader)
{
	size_t n = read_all(reader, data, len);

	if (n == NT_STREAM_DONE)
		return close_as(p, s, -ECANCELED);
	s->read += (uint32_t)n;
	p->stats.direct_bytes += n;
	return (int64_t)n;
}

/* A window may be smaller than a segment: what has no room comes when the reader has read. */
static int
keep_and_read(struct nt_streams *p, struct stream *s, uint32_t offset, const uint8_t *data,
	uint32_t len, const struct nt_stream_reader *reader)
{
	for (;;) {
		uint32_t before = s->read + s->unread;
		uint32_t n = stream_keep(p, s, offset, data, len);
		int ret = 0;

		/* What is not in order, or nothing new: the reader has seen all there is. */
		if (s->read + s->unread != before)
			ret = read_window(p, s, reader);
		if (ret < 0 || n == len)
			return ret;
		if (s->unread == p->window_bytes)
			break;
		offset += n;
		data += n;
		len -= n;
	}
	p->stats.gave_up++;
	return close_as(p, s, -ENOBUFS);
}

int
nt_stream_feed(struct nt_streams *p, uint64_t id, uint32_t offset, const uint8_t *data,
	uint32_t len, const struct nt_stream_reader *reader)
{
	struct stream *s = stream_get(p, id);
	uint32_t old;
	int64_t n;

	if (s == NULL)
		return -ESTALE;
	stream_touch(p, s);
	old = s->read - offset;
	if (s->window != 0 || (int32_t)old < 0 || old >= len)
		return keep_and_read(p, s, offset, data, len, reader);
	p->stats.repeated_bytes += old;
	n = read_direct(p, s, data + old, len - old, reader);
	if (n < 0)
		return (int)n;
	old += (uint32_t)n;
	len -= old;
	if (len > 0 && stream_keep(p, s, s->read, data + old, len) < len) {
		p->stats.gave_up++;
		return close_as(p, s, -ENOBUFS);
	}
	return 0;
}

/* Where the next hole ends that begins before to: at to, or at the bytes behind it. */
static uint32_t
end_of_hole(const struct stream *s, uint32_t to)
{
	if (s->pieces > 0 && (int32_t)(to - s->piece[0].from) > 0)
		return s->piece[0].from;
	return to;
}

int
nt_stream_skip(
	struct nt_streams *p, uint64_t id, uint32_t to, const struct nt_stream_reader *reader)
{
	struct stream *s = stream_get(p, id);

	if (s == NULL)
		return -ESTALE;
	/* Each round passes a hole: one before each piece, and one behind the last. */
	while ((int32_t)(to - (s->read + s->unread)) > 0) {
		uint32_t missing = stream_go(p, s, end_of_hole(s, to));
		int ret;

		if (reader->gap == NULL || !reader->gap(reader->arg, missing))
			return close_as(p, s, -ECANCELED);
		ret = read_window(p, s, reader);
		if (ret < 0)
			return ret;
	}
	return 0;
}
