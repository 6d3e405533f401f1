/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * TCP payload in order, for whoever wants to read the beginning of connections: one stream per
 * direction (a TLS ClientHello over two segments, the headers of HTTP, DNS over TCP). One owner,
 * one thread; fixed memory, touched on first use; nothing is allocated after nt_streams_new.
 *
 * Most segments come in order and are consumed whole, so a stream is small. Only one that has
 * something to keep (the beginning of a message, or what lies ahead of a hole) has a window, of
 * which there can be fewer than streams.
 *
 * Offsets are TCP sequence numbers, modulo 2^32. Bytes that came first stay, as in Zeek (RFC 9293
 * leaves it open). A stream never stops for what lies too far ahead or in too many pieces, for
 * anybody could send that: it forgets those bytes, which is a hole later on.
 *
 * Ids: 64 bits, never 0, not given again (each place counts 2^31 streams). A stream can be closed
 *without its owner (below): he learns it from -ESTALE at his next call, and has nothing to do but
 *forget the id.
 *
 * A reader of messages needs four calls:
 *
 *	id = nt_stream_open(streams, isn + 1);
 *	ret = nt_stream_feed(streams, id, seq, payload, len, &reader);     each segment with data
 *	ret = nt_stream_skip(streams, id, ack, &reader);     the other side's ack numbers, where
 *							     nt_stream_next is behind them
 *	nt_stream_close(streams, id);                        at the end of the connection
 *
 * and forgets the id where ret < 0.
 */
#ifndef NT_STREAM_H
#define NT_STREAM_H

#include <nt_base.h>

struct nt_streams;

struct nt_streams_config {
	uint32_t max_streams; /* open at once; who was fed longest ago goes first. 1 to 2^24 */
	uint32_t max_windows; /* the same for those who keep something. 1 to 2^24 */
	/*
	 * What a stream keeps at the most, from its first unread byte on: the longest message, or
	 * the farthest ahead. 64 to 2^24. Twice that is mapped per window, so that unread bytes lie
	 * in one piece and are moved once per window_bytes read.
	 */
	uint32_t window_bytes;
};

/* NULL and errno (EINVAL: a number out of its range). */
struct nt_streams *nt_streams_new(const struct nt_streams_config *cfg);
void nt_streams_free(struct nt_streams *p); /* NULL is fine */
void nt_streams_clear(struct nt_streams *p); /* close all of them */

/* Returned by a reader that has seen enough: the stream is closed. */
#define NT_STREAM_DONE SIZE_MAX

/* Neither function may call any nt_stream function. */
struct nt_stream_reader {
	/*
	 * The unread bytes in order, len > 0. Returns how many it has read (the rest comes again,
	 * with more behind it), or NT_STREAM_DONE. Called again as long as it reads some and some
	 * are left: one that reads message by message is given all the rest each time, and must not
	 * look through all of it. data is valid during the call.
	 */
	size_t (*data)(void *arg, const uint8_t *data, size_t len);
	/*
	 * missing bytes are never to come, and what was left unread before them is dropped. True:
	 * go on behind them; false, or NULL in place of the function: the stream is closed.
	 */
	bool (*gap)(void *arg, uint32_t missing);
	void *arg;
};

/* The id of a new stream whose first byte is at first (the SYN's sequence number and 1). */
uint64_t nt_stream_open(struct nt_streams *p, uint32_t first);
void nt_stream_close(struct nt_streams *p, uint64_t id); /* one that is no more is fine */
bool nt_stream_is_open(const struct nt_streams *p, uint64_t id);

/*
 * A segment: its bytes that are new are kept or read. In order and with nothing kept, the reader
 * gets them where they are and only what it leaves is copied.
 *
 * 0, or the stream is closed: -ESTALE: it was before. -ECANCELED: the reader was done. -ENOBUFS:
 * the reader leaves more unread than a window has room for.
 */
int nt_stream_feed(struct nt_streams *p, uint64_t id, uint32_t offset, const uint8_t *data,
	uint32_t len, const struct nt_stream_reader *reader);

/*
 * What is missing before offset to is not to come any more: the other side has acknowledged it.
 * The reader is told of each hole and reads what lies behind. Nothing happens where nothing is
 * missing. The caller has checked that the acknowledgement is plausible (RFC 9293, 3.10.7.4).
 * Returns as nt_stream_feed; -ECANCELED also where the reader does not go on behind a hole.
 */
int nt_stream_skip(
	struct nt_streams *p, uint64_t id, uint32_t to, const struct nt_stream_reader *reader);

/*
 * The same step by step, without a reader. put keeps the bytes; 0, -ESTALE, or -ENOBUFS, with the
 * stream closed, where bytes in order have no room behind the unread ones. data gives the unread
 * bytes in order (NULL and 0: none), valid until the next call on any stream; take says how many of
 * them were read (no more than there are). drop goes to offset to, over read, unread and missing
 * bytes alike, and returns how many of those were missing.
 */
int nt_stream_put(
	struct nt_streams *p, uint64_t id, uint32_t offset, const uint8_t *data, uint32_t len);
const uint8_t *nt_stream_data(const struct nt_streams *p, uint64_t id, uint32_t *ret_len);
void nt_stream_take(struct nt_streams *p, uint64_t id, uint32_t len);
uint32_t nt_stream_drop(struct nt_streams *p, uint64_t id, uint32_t to);

/* The offset that is expected next: behind the bytes in order, read or not. 0 where there is none.
 */
uint32_t nt_stream_next(const struct nt_streams *p, uint64_t id);

struct nt_streams_stats {
	uint64_t opened;
	uint64_t evicted; /* closed for another one to be opened */
	uint64_t windows_evicted; /* closed for another one to have its window */
	uint64_t gave_up; /* -ENOBUFS */
	uint64_t direct_bytes; /* given to readers where they were */
	uint64_t kept_bytes; /* copied into windows */
	uint64_t repeated_bytes; /* that had come before, the same or not */
	uint64_t beyond_bytes; /* forgotten: farther ahead than the window */
	uint64_t crowded_bytes; /* forgotten: in more pieces ahead than a stream remembers (8) */
	uint64_t gaps, gap_bytes; /* skipped */
	uint32_t open, windows; /* now */
};
void nt_streams_stats(const struct nt_streams *p, struct nt_streams_stats *ret);

#endif
