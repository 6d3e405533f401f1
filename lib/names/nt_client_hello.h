/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The body of a TLS ClientHello (RFC 8446 4.1.2, RFC 5246 7.4.1.2), pushed in pieces of any size:
 * records, DTLS fragments and QUIC's CRYPTO frames cut it where they like. Nothing is kept but a
 * few counters and the server name itself. Work is linear in the bytes; any thread.
 */
#ifndef NT_CLIENT_HELLO_H
#define NT_CLIENT_HELLO_H

#include "nt_server_name.h"

enum nt_hello_verdict {
	NT_HELLO_MORE, /* goes on: all bytes were taken */
	NT_HELLO_DONE, /* complete and well-formed */
	NT_HELLO_BAD, /* is none */
};

struct nt_client_hello {
	uint8_t step;
	uint8_t got; /* bytes of the number being read */
	uint16_t number;
	uint16_t version; /* legacy_version, 0 before it was read */
	bool ech; /* encrypted_client_hello was there */
	bool named; /* there was a server_name of type host_name */
	uint32_t left; /* of the body */
	uint16_t item; /* left of what is stepped over, or of the extension */
	uint16_t name; /* left of the server name */
};

/* length: of the body, by the handshake header (4 bytes, the caller's). */
void nt_client_hello_begin(struct nt_client_hello *h, uint32_t length);

/*
 * Take the next len bytes; those past the body's end are not looked at. The name is gathered in
 * *name (cleared when it begins) and not judged: the caller finishes it when DONE and h->named.
 * NULL: it is not wanted.
 */
enum nt_hello_verdict nt_client_hello_feed(
	struct nt_client_hello *h, const uint8_t *data, size_t len, struct nt_server_name *name);

/* A version Zeek knows: SSL 2.0, 3.0, TLS 1.0 to 1.3 and its drafts, DTLS. */
bool nt_hello_version_ok(uint16_t version);

#endif
