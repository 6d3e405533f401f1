/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * DNS messages out of one direction of a TCP connection (RFC 1035 4.2.2, RFC 7766): two octets of
 * length, then the message; any number of them, one behind the other, cut into pieces anywhere. A
 * message that comes in one piece is not copied; others are put together in a buffer of a fixed
 * pool. Where the pool is empty the message is stepped over, and counted. What came in order is
 * for the caller to see to: behind a hole nothing is read any more. Owner: one worker.
 */
#ifndef NT_DNS_STREAM_H
#define NT_DNS_STREAM_H

#include <nt_base.h>
#include <nt_cursor.h>

#define NT_DNS_STREAM_MESSAGE_MAX 65535

struct nt_dns_buffers;

/* count messages being put together at once, 64 KiB each, of which only what is used is resident.
 * NULL and errno. */
struct nt_dns_buffers *nt_dns_buffers_new(uint32_t count);
/* Memory that they take when all are used. */
size_t nt_dns_buffers_bytes(uint32_t count);
void nt_dns_buffers_free(struct nt_dns_buffers *b);
/* Messages stepped over because every buffer was taken, since it was made. */
uint64_t nt_dns_buffers_refused(const struct nt_dns_buffers *b);

/* One direction. All zero is the start of a stream. */
struct nt_dns_stream {
	uint32_t buffer; /* number of the buffer plus one; 0 for none */
	uint16_t size; /* of the message being read */
	uint16_t have; /* of these, there */
	uint8_t state;
};

/*
 * The next whole message, of size 0 to 65,535, from what is in the stream and in *in, which is
 * used up as far as it was looked at; false where there is none, and *in is then empty. *ret_msg is
 * good until the next call for this direction, and as long as in's bytes are.
 */
bool nt_dns_stream_next(struct nt_dns_stream *s, struct nt_dns_buffers *b, struct nt_cursor *in,
	const uint8_t **ret_msg, size_t *ret_len);

/* What there is of a message that is not whole, or NULL; good until the next call. */
const uint8_t *nt_dns_stream_partial(
	const struct nt_dns_stream *s, const struct nt_dns_buffers *b, size_t *ret_len);

/* A hole, or the end: gives the buffer back; nothing is read after it. */
void nt_dns_stream_end(struct nt_dns_stream *s, struct nt_dns_buffers *b);

#endif
