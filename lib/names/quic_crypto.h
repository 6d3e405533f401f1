/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The client's CRYPTO stream (RFC 9000 19.6), put together to one ClientHello: private to
 * lib/names. Frames come in any order, twice and overlapping; what came first stands.
 */
#ifndef QUIC_CRYPTO_H
#define QUIC_CRYPTO_H

#include <nt_cursor.h>
#include <nt_quic.h>

struct quic_crypto {
	uint32_t have; /* bytes from the start without a gap */
	uint32_t top; /* one past the last byte there is */
	bool too_long; /* a frame went beyond NT_QUIC_HELLO_MAX */
	uint8_t bytes[NT_QUIC_HELLO_MAX];
	uint8_t there[NT_QUIC_HELLO_MAX]; /* 1 where a byte is; zero from top on */
};

/* Forget everything; the struct was zero or in use before. */
void quic_crypto_reset(struct quic_crypto *s);

/*
 * The frames of an Initial's plain payload (RFC 9000 12.4): CRYPTO ones are taken. False where they
 * are malformed or are none an Initial may have; those before count.
 */
bool quic_crypto_frames(struct quic_crypto *s, const uint8_t *plain, size_t len);

enum quic_crypto_state {
	QUIC_CRYPTO_MORE,
	QUIC_CRYPTO_HELLO, /* a whole ClientHello; *ret_len with its header */
	QUIC_CRYPTO_TOO_LONG,
	QUIC_CRYPTO_OTHER, /* something else */
};
enum quic_crypto_state quic_crypto_state(const struct quic_crypto *s, size_t *ret_len);

#endif
