/* SPDX-License-Identifier: BSD-3-Clause */
/* Positions are told from the first unread byte on; offsets modulo 2^32 stay out of it. */
#include <string.h>

#include "stream.h"

static uint32_t
piece_from(const struct stream *s, unsigned int i)
{
	return s->piece[i].from - s->read;
}

static uint32_t
piece_to(const struct stream *s, unsigned int i)
{
	return s->piece[i].to - s->read;
}

/* Bytes [from, to) where there are none: what lies in pieces came first. */
static void
copy_between(struct nt_streams *p, const struct stream *s, uint32_t from, uint32_t to,
	const uint8_t *data)
{
	uint8_t *bytes = stream_bytes(p, s);
	uint32_t pos = from;

	for (unsigned int i = 0; i <= s->pieces && pos < to; i++) {
		uint32_t stop = i < s->pieces ? NT_MIN(piece_from(s, i), to) : to;

		if (pos < stop) {
			memcpy(bytes + pos, data + (pos - from), stop - pos);
			p->stats.kept_bytes += stop - pos;
			pos = stop;
		}
		if (i < s->pieces && piece_to(s, i) > pos) {
			p->stats.repeated_bytes += NT_MIN(piece_to(s, i), to) - pos;
			pos = piece_to(s, i);
		}
	}
}

static void
remove_pieces(struct stream *s, unsigned int at, unsigned int n)
{
	memmove(&s->piece[at], &s->piece[at + n], (s->pieces - at - n) * sizeof(s->piece[0]));
	s->pieces -= n;
}

/*
 * Make [from, to) part of the pieces; it joins those that it touches. False: one too many. What
 * comes in order is never too many: it is no piece for long.
 */
static bool
add_piece(struct stream *s, uint32_t from, uint32_t to)
{
	unsigned int first = 0, n = 0;

	while (first < s->pieces && piece_to(s, first) < from)
		first++;
	while (first + n < s->pieces && piece_from(s, first + n) <= to)
		n++;
	if (n == 0) {
		if (s->pieces == STREAM_PIECES && from > s->unread)
			return false;
		memmove(&s->piece[first + 1], &s->piece[first],
			(s->pieces - first) * sizeof(s->piece[0]));
		s->pieces++;
	} else {
		from = NT_MIN(from, piece_from(s, first));
		to = NT_MAX(to, piece_to(s, first + n - 1));
		remove_pieces(s, first + 1, n - 1);
	}
	s->piece[first] = (struct stream_piece){ s->read + from, s->read + to };
	return true;
}

/* The first piece may follow the unread bytes in order now. */
static void
join_first_piece(struct stream *s)
{
	if (s->pieces > 0 && piece_from(s, 0) <= s->unread) {
		s->unread = NT_MAX(s->unread, piece_to(s, 0));
		remove_pieces(s, 0, 1);
	}
}

static void
leave_if_empty(struct nt_streams *p, struct stream *s)
{
	if (s->window != 0 && s->unread == 0 && s->pieces == 0)
		stream_leave_window(p, s);
}

/* Bytes [from, to) in the window, from >= unread. */
static void
keep_new(struct nt_streams *p, struct stream *s, uint32_t from, uint32_t to, const uint8_t *data)
{
	struct stream before;

	if (s->window == 0)
		stream_take_window(p, s);
	before = *s;
	if (!add_piece(s, from, to)) {
		p->stats.crowded_bytes += to - from;
		return;
	}
	copy_between(p, &before, from, to, data);
	join_first_piece(s);
}

uint32_t
stream_keep(
	struct nt_streams *p, struct stream *s, uint32_t offset, const uint8_t *data, uint32_t len)
{
	int64_t ahead = (int64_t)(int32_t)(offset - s->read) - s->unread;
	uint32_t old = 0, from, n;

	if (ahead < 0)
		old = NT_MIN((uint32_t) - (int64_t)ahead, len);
	p->stats.repeated_bytes += old;
	if (old == len)
		return len;
	from = s->unread + (ahead > 0 ? (uint32_t)ahead : 0);
	n = from < p->window_bytes ? NT_MIN(len - old, p->window_bytes - from) : 0;
	if (n > 0)
		keep_new(p, s, from, from + n, data + old);
	if (ahead <= 0)
		return old + n;
	p->stats.beyond_bytes += len - n;
	return len;
}

/* Room for a window behind the first unread byte: moved once per window_bytes that were read. */
static void
move_down(struct nt_streams *p, struct stream *s)
{
	uint32_t kept = s->pieces > 0 ? piece_to(s, s->pieces - 1) : s->unread;
	uint8_t *bytes = stream_bytes(p, s);

	memmove(bytes - s->at, bytes, kept);
	s->at = 0;
}

static void
move_on(struct nt_streams *p, struct stream *s, uint32_t len)
{
	s->read += len;
	if (s->window == 0)
		return;
	s->at += len;
	leave_if_empty(p, s);
	if (s->window != 0 && s->at > p->window_bytes)
		move_down(p, s);
}

void
stream_read(struct nt_streams *p, struct stream *s, uint32_t len)
{
	s->unread -= len;
	move_on(p, s, len);
}

/* Pieces up to position to are passed; one that reaches over it begins there. */
static uint32_t
pass_pieces(struct stream *s, uint32_t to)
{
	uint32_t there = 0;

	while (s->pieces > 0 && piece_to(s, 0) <= to) {
		there += piece_to(s, 0) - piece_from(s, 0);
		remove_pieces(s, 0, 1);
	}
	if (s->pieces > 0 && piece_from(s, 0) < to) {
		there += to - piece_from(s, 0);
		s->piece[0].from = s->read + to;
	}
	return there;
}

uint32_t
stream_go(struct nt_streams *p, struct stream *s, uint32_t to)
{
	uint32_t len = to - s->read, there;

	if ((int32_t)len <= 0)
		return 0;
	if (len <= s->unread) {
		stream_read(p, s, len);
		return 0;
	}
	there = s->unread + pass_pieces(s, len);
	s->unread = 0;
	/* Far beyond the window nothing is left, and at must not run away. */
	move_on(p, s, len);
	join_first_piece(s);
	p->stats.gaps += len > there;
	p->stats.gap_bytes += len - there;
	return len - there;
}
