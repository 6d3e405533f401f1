/* SPDX-License-Identifier: BSD-3-Clause */
#include "quic_crypto.h"
#include "quic_packet.h"

#define HANDSHAKE_HEADER_BYTES 4 /* RFC 8446 4: type and 24 bits of length */
#define CLIENT_HELLO	       1

/* RFC 9000 19; the others have no place in an Initial (12.4, table 3). */
enum {
	FRAME_PADDING = 0x00,
	FRAME_PING = 0x01,
	FRAME_ACK = 0x02,
	FRAME_ACK_ECN = 0x03,
	FRAME_CRYPTO = 0x06,
	FRAME_CONNECTION_CLOSE = 0x1c,
};

void
quic_crypto_reset(struct quic_crypto *s)
{
	memset(s->there, 0, s->top);
	s->have = s->top = 0;
	s->too_long = false;
}

static void
store(struct quic_crypto *s, uint32_t at, const uint8_t *bytes, uint32_t len)
{
	if (at >= s->top) { /* nothing is there yet: nearly always */
		memcpy(s->bytes + at, bytes, len);
	} else {
		for (uint32_t i = 0; i < len; i++) {
			if (!s->there[at + i])
				s->bytes[at + i] = bytes[i];
		}
	}
	memset(s->there + at, 1, len);
	s->top = NT_MAX(s->top, at + len);
	if (at <= s->have) {
		const uint8_t *gap = memchr(s->there + s->have, 0, s->top - s->have);
		s->have = gap != NULL ? (uint32_t)(gap - s->there) : s->top;
	}
}

static void
take_crypto(struct quic_crypto *s, struct nt_cursor *c)
{
	uint64_t at = quic_varint(c);
	uint64_t len = quic_varint(c);
	const uint8_t *bytes = nt_cursor_bytes(c, len);

	if (bytes == NULL)
		return;
	if (at > NT_QUIC_HELLO_MAX || len > NT_QUIC_HELLO_MAX - at)
		s->too_long = true;
	else if (len > 0)
		store(s, (uint32_t)at, bytes, (uint32_t)len);
}

/* RFC 9000 19.3. Ends: a range takes two bytes at least. */
static void
skip_ack(struct nt_cursor *c, bool ecn)
{
	quic_varint(c); /* largest */
	quic_varint(c); /* delay */
	uint64_t ranges = quic_varint(c);
	quic_varint(c); /* the first range */
	while (ranges-- > 0 && !c->bad) {
		quic_varint(c);
		quic_varint(c);
	}
	for (unsigned int i = 0; ecn && i < 3; i++)
		quic_varint(c);
}

/* A client fills 1,200 bytes with it (RFC 9000 14.1). */
static void
skip_padding(struct nt_cursor *c)
{
	uint64_t word;

	while (nt_cursor_left(c) >= sizeof(word)) {
		memcpy(&word, c->pos, sizeof(word));
		if (word != 0)
			break;
		c->pos += sizeof(word);
	}
	while (nt_cursor_left(c) > 0 && *c->pos == FRAME_PADDING)
		c->pos++;
}

/* Ends: every frame takes a byte at least. */
bool
quic_crypto_frames(struct quic_crypto *s, const uint8_t *plain, size_t len)
{
	struct nt_cursor c = nt_cursor_init(plain, len);

	while (nt_cursor_left(&c) > 0) {
		switch (nt_cursor_u8(&c)) {
		case FRAME_PADDING:
			skip_padding(&c);
			break;
		case FRAME_PING:
			break;
		case FRAME_ACK:
			skip_ack(&c, false);
			break;
		case FRAME_ACK_ECN:
			skip_ack(&c, true);
			break;
		case FRAME_CRYPTO:
			take_crypto(s, &c);
			break;
		case FRAME_CONNECTION_CLOSE:
			return true; /* the last that the client says */
		default:
			return false;
		}
	}
	return !c.bad;
}

enum quic_crypto_state
quic_crypto_state(const struct quic_crypto *s, size_t *ret_len)
{
	if (s->too_long)
		return QUIC_CRYPTO_TOO_LONG;
	if (s->have < HANDSHAKE_HEADER_BYTES)
		return QUIC_CRYPTO_MORE;
	const size_t len = HANDSHAKE_HEADER_BYTES +
			   ((size_t)s->bytes[1] << 16 | (size_t)s->bytes[2] << 8 | s->bytes[3]);
	if (s->bytes[0] != CLIENT_HELLO)
		return QUIC_CRYPTO_OTHER;
	if (len > NT_QUIC_HELLO_MAX)
		return QUIC_CRYPTO_TOO_LONG;
	if (s->have < len)
		return QUIC_CRYPTO_MORE;
	*ret_len = len;
	return QUIC_CRYPTO_HELLO;
}
