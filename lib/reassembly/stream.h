/* SPDX-License-Identifier: BSD-3-Clause */
/* Streams, their windows and what is in them. Private to lib/reassembly. */
#ifndef NT_REASSEMBLY_STREAM_H
#define NT_REASSEMBLY_STREAM_H

#include "nt_stream.h"

/*
 * Pieces ahead of a hole. A hole and a piece take two segments at least: windows of 16 segments
 * (22 KiB on Ethernet) can't have more.
 */
#define STREAM_PIECES 8

/* In a list of numbers: of a stream or a window; 0: none. */
struct stream_link {
	uint32_t older, newer;
};

struct stream_list {
	uint32_t oldest, newest;
};

/* Bytes from <= offset < to, modulo 2^32. */
struct stream_piece {
	uint32_t from, to;
};

struct stream {
	uint32_t generation; /* odd: open */
	uint32_t read; /* offset of the first unread byte */
	uint32_t unread; /* bytes in order in the window, from read on */
	uint32_t window; /* 0: none */
	uint32_t at; /* where in the window the first unread byte is; <= window_bytes */
	uint32_t pieces;
	struct stream_piece piece[STREAM_PIECES + 1]; /* ahead, in order; none touches another */
	struct stream_link age; /* of all streams; newer: of the free ones */
	struct stream_link window_age; /* of those with a window */
};

/* Streams and windows are told by number, 1 is the first. */
struct nt_streams {
	struct stream *slots;
	uint8_t *windows; /* of 2 * window_bytes each */
	uint32_t *free_windows; /* [max_windows] a stack */
	uint32_t max_streams, max_windows, window_bytes;
	uint32_t touched, free_first;
	uint32_t windows_touched, windows_free;
	struct stream_list ages, window_ages;
	struct nt_streams_stats stats;
};

static inline uint32_t
stream_number(const struct nt_streams *p, const struct stream *s)
{
	return (uint32_t)(s - p->slots) + 1;
}

/* NULL: it is no more. */
struct stream *stream_get(const struct nt_streams *p, uint64_t id);

/* It was fed: the last to go. */
void stream_touch(struct nt_streams *p, struct stream *s);
void stream_close(struct nt_streams *p, struct stream *s);

/* Have a window, for which another stream may be closed; and give it back. */
void stream_take_window(struct nt_streams *p, struct stream *s);
void stream_leave_window(struct nt_streams *p, struct stream *s);

static inline uint8_t *
stream_bytes(const struct nt_streams *p, const struct stream *s)
{
	return p->windows + (size_t)(s->window - 1) * 2 * p->window_bytes + s->at;
}

/*
 * Keep what is new of these bytes. How many are done with, kept or not: all, or those before what
 * has no room behind the unread bytes in order.
 */
uint32_t stream_keep(
	struct nt_streams *p, struct stream *s, uint32_t offset, const uint8_t *data, uint32_t len);

/* Go on by len unread bytes. */
void stream_read(struct nt_streams *p, struct stream *s, uint32_t len);

/* Go to an offset, over whatever there is. How many bytes before it were missing. */
uint32_t stream_go(struct nt_streams *p, struct stream *s, uint32_t to);

#endif
