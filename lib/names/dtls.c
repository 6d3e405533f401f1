/* SPDX-License-Identifier: BSD-3-Clause */
#include <nt_cursor.h>

#include "nt_client_hello.h"
#include "nt_dtls.h"

#define CLIENT_HELLO  1
#define VERSION_1_0   0xfeff
#define VERSION_1_2   0xfefd
#define SESSION_AT    34 /* in the body: behind version and random */
#define SEQUENCE_LAST 5 /* octets of the sequence number before its last one */

static uint32_t
read_u24(struct nt_cursor *c)
{
	const uint32_t high = nt_cursor_u8(c);

	return high << 16 | nt_cursor_u16(c);
}

static bool
is_version(uint16_t v)
{
	return v == VERSION_1_0 || v == VERSION_1_2;
}

/* Record header (RFC 6347 4.1): epoch 0, and a sequence number below 256. */
static bool
read_record(struct nt_cursor *c, struct nt_cursor *ret)
{
	const bool handshake = nt_cursor_u8(c) == NT_DTLS_HANDSHAKE;
	const bool version = is_version(nt_cursor_u16(c));
	uint32_t zero = nt_cursor_u16(c);

	for (unsigned int i = 0; i < SEQUENCE_LAST; i++)
		zero |= nt_cursor_u8(c);
	nt_cursor_u8(c);
	const uint16_t len = nt_cursor_u16(c);
	const uint8_t *bytes = nt_cursor_bytes(c, len);
	if (bytes == NULL || !handshake || !version || zero != 0)
		return false;
	*ret = nt_cursor_init(bytes, len);
	return true;
}

/* Handshake header (4.2.2); false where the message is no ClientHello, or a part of one. */
static bool
read_message(struct nt_cursor *c, const uint8_t **ret_body, uint32_t *ret_len)
{
	const bool hello = nt_cursor_u8(c) == CLIENT_HELLO;
	const uint32_t len = read_u24(c);

	nt_cursor_u16(c); /* message_seq */
	const bool whole = read_u24(c) == 0 && read_u24(c) == len;
	*ret_body = nt_cursor_bytes(c, len);
	*ret_len = len;
	return *ret_body != NULL && hello && whole;
}

/* 4.2.1: that of TLS, but for a cookie behind the session id, which is left out here. */
static bool
read_hello(
	struct nt_client_hello *h, const uint8_t *body, uint32_t len, struct nt_server_name *name)
{
	struct nt_cursor c = nt_cursor_init(body, len);

	const bool version = is_version(nt_cursor_u16(&c));
	nt_cursor_seek(&c, SESSION_AT);
	nt_cursor_bytes(&c, nt_cursor_u8(&c));
	const size_t before = len - nt_cursor_left(&c);
	nt_cursor_bytes(&c, nt_cursor_u8(&c));
	const size_t behind = nt_cursor_left(&c);
	if (c.bad || !version)
		return false;
	nt_client_hello_begin(h, (uint32_t)(before + behind));
	return nt_client_hello_feed(h, body, before, name) == NT_HELLO_MORE &&
	       nt_client_hello_feed(h, body + len - behind, behind, name) == NT_HELLO_DONE;
}

bool
nt_dtls_hello(struct nt_server_name *ret_name, const uint8_t *datagram, size_t len)
{
	struct nt_cursor c = nt_cursor_init(datagram, len), record;
	struct nt_client_hello h;
	const uint8_t *body;
	uint32_t body_len;

	nt_server_name_clear(ret_name);
	if (!read_record(&c, &record) || !read_message(&record, &body, &body_len) ||
		!read_hello(&h, body, body_len, ret_name)) {
		nt_server_name_clear(ret_name);
		return false;
	}
	ret_name->flags |= NT_SERVER_NAME_TLS | (h.ech ? NT_SERVER_NAME_ECH : 0);
	if (!h.named || !nt_server_name_finish(ret_name))
		ret_name->len = 0;
	return true;
}
