/* SPDX-License-Identifier: BSD-3-Clause */
#ifndef TG_TLS_MSG_H
#define TG_TLS_MSG_H

/* Builds the first flights of TLS 1.2 and 1.3 (RFC 5246, RFC 8446), as browsers send them. */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* A ClientHello with a hybrid key share (1216 bytes) and all other extensions has under 1900. */
#define TG_HELLO_MAX 2048

struct tg_hello {
	uint64_t seed; /* decides the random parts: the same seed makes the same bytes */
	const char *server_name; /* NULL: no such extension */
	bool tls13;
	bool grease; /* RFC 8701 */
	bool hybrid; /* an X25519MLKEM768 key share; TLS 1.3 only */
	bool ech; /* server_name is the outer one (RFC 9849) */
	bool quic; /* transport parameters, no session id (RFC 9001, section 8) */
};

/* Handshake messages, without records. Each writes at most TG_HELLO_MAX and returns the length. */
size_t tg_tls_client_hello(const struct tg_hello *h, uint8_t *out);
size_t tg_tls_server_hello(const struct tg_hello *h, uint8_t *out);

/* The message in one TLS record, or cut into two. Returns the length: 5 or 10 bytes more. */
size_t tg_tls_records(const uint8_t *message, size_t len, bool two, uint8_t *out);

#endif
