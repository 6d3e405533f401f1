/* SPDX-License-Identifier: BSD-3-Clause */
/* Long headers of QUIC packets (RFC 9000 17.2): private to lib/names. */
#ifndef QUIC_PACKET_H
#define QUIC_PACKET_H

#include <nt_cursor.h>

#define QUIC_CID_MAX   20 /* RFC 9000 17.2 */
#define QUIC_TAG_BYTES 16 /* AEAD_AES_128_GCM */

enum quic_packet_type {
	QUIC_INITIAL,
	QUIC_ZERO_RTT,
	QUIC_HANDSHAKE,
	QUIC_RETRY,
	QUIC_NEGOTIATION, /* version 0 */
	QUIC_UNKNOWN, /* a version whose packets are not known here */
};

struct quic_cid {
	uint8_t len;
	uint8_t bytes[QUIC_CID_MAX];
};

/* What differs between versions (quic_version.c). */
struct quic_version {
	uint8_t initial; /* type bits of an Initial packet: 0, in version 2 it is 1 */
	uint8_t salt[20]; /* RFC 9001 5.2 */
	bool v2_labels; /* RFC 9369 3.3.2 */
};

/* NULL: one that can't be decrypted. */
const struct quic_version *quic_version_find(uint32_t number);

struct quic_packet {
	uint32_t number; /* version */
	const struct quic_version *version; /* NULL with NEGOTIATION and UNKNOWN */
	enum quic_packet_type type;
	struct quic_cid dcid;
	const uint8_t *start; /* of the header */
	size_t header_bytes; /* up to the packet number */
	size_t protected_bytes; /* packet number, payload and tag, of which there are all */
};

/*
 * The packet with a long header at the cursor, which goes behind it. False where there is none, or
 * less of it than it says. RETRY, NEGOTIATION and UNKNOWN take the whole datagram.
 */
bool quic_packet_read(struct nt_cursor *c, struct quic_packet *ret);

/* RFC 9000 16. */
uint64_t quic_varint(struct nt_cursor *c);

#endif
