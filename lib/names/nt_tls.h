/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * TLS over TCP, both directions of a connection, pushed in order in pieces of any size: records and
 * handshake messages (RFC 5246, RFC 8446; hellos of SSL 2.0), as far as it takes to know what Zeek
 * knows: that this is TLS, that it is none after all, and the server's name. Nothing is buffered;
 * work is linear in the bytes, bodies are stepped over. Owner: whoever holds the connection.
 */
#ifndef NT_TLS_H
#define NT_TLS_H

#include "nt_client_hello.h"

/* What a piece has brought. */
enum {
	NT_TLS_HELLO = 1 << 0, /* a whole ClientHello: Zeek's confirmation */
	NT_TLS_NAME = 1 << 1, /* ... that had a server name which is a host name: it is in *name */
	NT_TLS_BAD = 1 << 2, /* no TLS (any more): Zeek's violation */
	NT_TLS_BEGINS = 1 << 3, /* begins like Zeek's signatures: TLS on any port */
	NT_TLS_OVER = 1 << 4, /* all that follows is encrypted: nothing more to see */
};

#define NT_TLS_HEAD 5 /* bytes of a record's header */

struct nt_tls_side {
	uint8_t head[NT_TLS_HEAD]; /* of the record */
	uint8_t head_len;
	uint8_t message_head[4]; /* of the handshake message */
	uint8_t message_head_len;
	uint16_t left; /* of the record */
	bool encrypted;
	bool begun; /* a handshake message was whole */
	bool ssl2; /* the record is a hello of SSL 2.0 */
	uint8_t version_len; /* bytes of a ServerHello's version that were read */
	uint16_t version;
	uint32_t message_left;
};

struct nt_tls {
	bool versioned; /* a record of SSL 3.0 or later was seen: from now on all are */
	bool named; /* NT_TLS_NAME was told */
	struct nt_tls_side side[2];
	struct nt_client_hello hello;
};

void nt_tls_begin(struct nt_tls *t);

/* False where a direction whose first bytes are these would be BAD at once. */
bool nt_tls_may_begin(int dir, const uint8_t head[NT_TLS_HEAD]);

/*
 * dir: 0 the originator, 1 the responder. name: where the server's name is gathered, the same
 * until NT_TLS_NAME, not touched any more after it; or NULL: it is not wanted. Returns NT_TLS_*
 * bits. After BAD and OVER nothing more is to be fed.
 */
unsigned int nt_tls_feed(
	struct nt_tls *t, int dir, const uint8_t *data, size_t len, struct nt_server_name *name);

#endif
