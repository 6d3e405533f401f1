/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Initial secrets and packet protection (RFC 9001 5): private to lib/names. One context per worker,
 * made once: deriving and decrypting allocate nothing.
 */
#ifndef QUIC_KEYS_H
#define QUIC_KEYS_H

#include "quic_packet.h"

#define QUIC_KEY_BYTES 16
#define QUIC_IV_BYTES  12
/* Of a packet; Initials are for the first round trip, whose datagrams fit any path (1,200). */
#define QUIC_PLAIN_MAX 16384

struct quic_keys {
	uint8_t key[QUIC_KEY_BYTES];
	uint8_t iv[QUIC_IV_BYTES];
	uint8_t hp[QUIC_KEY_BYTES];
};

struct quic_cipher;

struct quic_cipher *quic_cipher_new(void); /* NULL and errno */
void quic_cipher_free(struct quic_cipher *c); /* NULL is fine */

/* The client's keys for a connection ID of its choice. */
void quic_keys_derive(struct quic_cipher *c, const struct quic_version *v,
	const struct quic_cid *dcid, struct quic_keys *ret);

/*
 * Remove both protections of an Initial packet. The plain payload goes to ret (QUIC_PLAIN_MAX
 * bytes), its length to *ret_len; false, and undefined bytes there, where it isn't authentic.
 */
bool quic_decrypt(struct quic_cipher *c, const struct quic_keys *keys, const struct quic_packet *p,
	uint8_t *ret, size_t *ret_len);

#endif
