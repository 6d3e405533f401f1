/* SPDX-License-Identifier: BSD-3-Clause */
#ifndef TG_QUIC_MSG_H
#define TG_QUIC_MSG_H

/* Builds QUIC Initial packets (RFC 9000, RFC 9001; version 2: RFC 9369) with their protection. */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define TG_QUIC_DATAGRAM 1200 /* what a datagram with an Initial has at least, and here exactly */
#define TG_QUIC_CID	 8

/* CRYPTO data that one datagram takes, whatever its frames. */
#define TG_QUIC_CRYPTO 1100

struct tg_quic {
	bool v2;
	uint8_t dcid[TG_QUIC_CID]; /* that the client's first packet has: the keys come from it */
	uint8_t scid[TG_QUIC_CID]; /* the server's */
};

/* One Initial packet. */
struct tg_quic_initial {
	bool server; /* from the server, to a client whose id is empty */
	uint32_t number;
	const uint8_t *crypto;
	size_t at, len; /* of the stream: where this packet's part begins, and its length */
	bool shuffled; /* several CRYPTO frames in another order, PING between them */
};

/* Writes TG_QUIC_DATAGRAM bytes. 0, or -1: no cryptography. */
int tg_quic_initial(const struct tg_quic *q, const struct tg_quic_initial *i, uint8_t *out);

/* Makes len bytes of a later datagram, whose rest is as good as random, look like one. */
void tg_quic_short(const struct tg_quic *q, bool server, uint8_t *datagram, size_t len);

#endif
