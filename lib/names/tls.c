/* SPDX-License-Identifier: BSD-3-Clause */
#include <string.h>

#include "nt_tls.h"

enum {
	RECORD_CHANGE_CIPHER_SPEC = 20,
	RECORD_ALERT = 21,
	RECORD_HANDSHAKE = 22,
	RECORD_APPLICATION_DATA = 23,
	RECORD_HEARTBEAT = 24,
	RECORD_TYPE_LAST = 30, /* the first record of a connection has no greater one in Zeek */
};

enum {
	MESSAGE_CLIENT_HELLO = 1,
	MESSAGE_SERVER_HELLO = 2,
};

/*
 * Handshake messages that Zeek knows where they are not encrypted; others are a violation: 0 to 4
 * (hellos, HelloVerifyRequest, tickets), 11 to 16, 20 to 22.
 */
#define MESSAGES_KNOWN (0x1fu | 0x3fu << 11 | 0x7u << 20)

#define SSL2		  0x80
#define SSL2_HEAD_BYTES	  3 /* of the five that are read, those that its length counts */
#define SSL2_SERVER_HELLO 4
#define SSL2_LEAST	  9 /* those and the three lengths of what follows */

void
nt_tls_begin(struct nt_tls *t)
{
	*t = (struct nt_tls){ 0 };
}

static bool
is_record_version(uint16_t v)
{
	return v >= 0x0300 && v <= 0x0303;
}

/* The ClientHello is whole: the name counts if it is one. */
static unsigned int
hello_done(struct nt_tls *t, struct nt_server_name *name)
{
	if (!nt_hello_version_ok(t->hello.version))
		return NT_TLS_BAD;
	if (!t->hello.named || name == NULL)
		return NT_TLS_HELLO;
	if (t->hello.ech)
		name->flags |= NT_SERVER_NAME_ECH;
	t->named = nt_server_name_finish(name);
	return NT_TLS_HELLO | (t->named ? NT_TLS_NAME : 0);
}

static unsigned int
client_hello(struct nt_tls *t, const struct nt_tls_side *s, const uint8_t *data, size_t len,
	struct nt_server_name *name)
{
	const bool knew = t->hello.version != 0;
	const enum nt_hello_verdict v = nt_client_hello_feed(&t->hello, data, len, name);
	unsigned int ret = 0;

	if (!knew && !s->begun && is_record_version(t->hello.version))
		ret |= NT_TLS_BEGINS;
	if (v == NT_HELLO_DONE)
		ret |= hello_done(t, name);
	return v == NT_HELLO_BAD ? ret | NT_TLS_BAD : ret;
}

/* Only its version matters. */
static unsigned int
server_hello(struct nt_tls_side *s, const uint8_t *data, size_t len)
{
	if (s->version_len == 2)
		return 0;
	for (size_t i = 0; i < len && s->version_len < 2; i++, s->version_len++)
		s->version = (uint16_t)(s->version << 8 | data[i]);
	if (s->version_len < 2)
		return 0;
	if (!nt_hello_version_ok(s->version))
		return NT_TLS_BAD;
	return s->begun ? 0 : NT_TLS_BEGINS;
}

static unsigned int
begin_message(struct nt_tls *t, struct nt_tls_side *s)
{
	const uint8_t *h = s->message_head;

	s->message_left = (uint32_t)(h[1] << 16 | h[2] << 8 | h[3]);
	s->version_len = 0;
	if (h[0] > 31 || (MESSAGES_KNOWN >> h[0] & 1) == 0)
		return NT_TLS_BAD;
	if (h[0] == MESSAGE_CLIENT_HELLO)
		nt_client_hello_begin(&t->hello, s->message_left);
	/* Two versions, 32 random bytes, a session, a cipher, a compression. */
	if (h[0] == MESSAGE_SERVER_HELLO && s->message_left < 2 + 32 + 1 + 2 + 1)
		return NT_TLS_BAD;
	return 0;
}

static size_t
message_head(struct nt_tls_side *s, const uint8_t *data, size_t len)
{
	size_t n = 0;

	while (n < len && s->message_head_len < sizeof(s->message_head))
		s->message_head[s->message_head_len++] = data[n++];
	return n;
}

static unsigned int
message_body(struct nt_tls *t, struct nt_tls_side *s, const uint8_t *data, size_t len,
	struct nt_server_name *name)
{
	unsigned int ret = 0;

	/* A second one (HelloRetryRequest, renegotiation) must not touch the name of the first. */
	if (s->message_head[0] == MESSAGE_CLIENT_HELLO)
		ret = client_hello(t, s, data, len, t->named ? NULL : name);
	else if (s->message_head[0] == MESSAGE_SERVER_HELLO)
		ret = server_hello(s, data, len);
	s->message_left -= (uint32_t)len;
	return ret;
}

/* Messages go on over records, and a record may have several. */
static unsigned int
handshake(struct nt_tls *t, struct nt_tls_side *s, const uint8_t *data, size_t len,
	struct nt_server_name *name)
{
	unsigned int ret = 0;
	size_t at = 0;

	while (at < len && (ret & NT_TLS_BAD) == 0) {
		if (s->message_head_len < sizeof(s->message_head)) {
			at += message_head(s, data + at, len - at);
			if (s->message_head_len < sizeof(s->message_head))
				break;
			ret |= begin_message(t, s);
		}
		const size_t n = NT_MIN(len - at, s->message_left);
		if ((ret & NT_TLS_BAD) == 0)
			ret |= message_body(t, s, data + at, n, name);
		at += n;
		if (s->message_left == 0) {
			s->message_head_len = 0;
			s->begun = true;
		}
	}
	return ret;
}

static unsigned int
encrypt(struct nt_tls *t, struct nt_tls_side *s)
{
	s->encrypted = true;
	return t->side[0].encrypted && t->side[1].encrypted ? NT_TLS_OVER : 0;
}

/* A record's header is there: what can be said of it before its body. */
static unsigned int
plain_record(struct nt_tls *t, struct nt_tls_side *s)
{
	switch (s->head[0]) {
	case RECORD_CHANGE_CIPHER_SPEC:
		return s->left != 0 ? encrypt(t, s) : 0;
	case RECORD_APPLICATION_DATA:
		/*
		 * Before any ChangeCipherSpec: TLS 1.3. (Zeek does not mind it in TLS 1.2 either,
		 * and goes on; nothing but more of it can follow.)
		 */
		return encrypt(t, s);
	case RECORD_ALERT:
		return s->left % 2 == 0 ? 0 : NT_TLS_BAD;
	case RECORD_HANDSHAKE:
	case RECORD_HEARTBEAT:
		return 0;
	default:
		return NT_TLS_BAD;
	}
}

/*
 * A hello of SSL 2.0, of which what follows says whether it stays with that version; a server that
 * does is as far as anybody goes.
 */
static unsigned int
ssl2_record(struct nt_tls_side *s, int dir)
{
	const uint8_t *h = s->head;
	const unsigned int length = (unsigned int)(h[0] & 0x7f) << 8 | h[1];
	const uint16_t version = (uint16_t)(h[3] << 8 | h[4]);

	if (h[2] == MESSAGE_CLIENT_HELLO && dir == 0) {
		if (length < SSL2_LEAST || (version != 0x0002 && !is_record_version(version)))
			return NT_TLS_BAD;
		s->left = (uint16_t)(length - SSL2_HEAD_BYTES);
		s->ssl2 = true;
		return 0;
	}
	return h[2] == SSL2_SERVER_HELLO && h[4] < 2 && dir == 1 ? NT_TLS_OVER : NT_TLS_BAD;
}

static unsigned int
begin_record(struct nt_tls *t, struct nt_tls_side *s, int dir)
{
	const uint8_t *h = s->head;

	if (!t->versioned && (h[0] & SSL2) != 0)
		return ssl2_record(s, dir);
	if (!is_record_version((uint16_t)(h[1] << 8 | h[2])))
		return NT_TLS_BAD;
	if (!t->versioned && (h[0] < RECORD_CHANGE_CIPHER_SPEC || h[0] > RECORD_TYPE_LAST))
		return NT_TLS_BAD;
	t->versioned = true;
	s->left = (uint16_t)(h[3] << 8 | h[4]);
	s->ssl2 = false;
	return s->encrypted ? 0 : plain_record(t, s);
}

bool
nt_tls_may_begin(int dir, const uint8_t head[NT_TLS_HEAD])
{
	/* Most of what is none is told by a byte of the version, or the message of SSL 2.0. */
	if ((head[0] & SSL2) == 0 ? head[1] != 3
				  : head[2] != MESSAGE_CLIENT_HELLO && head[2] != SSL2_SERVER_HELLO)
		return false;
	struct nt_tls t = { 0 };

	memcpy(t.side[dir].head, head, NT_TLS_HEAD);
	return (begin_record(&t, &t.side[dir], dir) & NT_TLS_BAD) == 0;
}

static size_t
record_head(struct nt_tls_side *s, const uint8_t *data, size_t len)
{
	size_t n = 0;

	while (n < len && s->head_len < sizeof(s->head))
		s->head[s->head_len++] = data[n++];
	return n;
}

static unsigned int
record_body(struct nt_tls *t, struct nt_tls_side *s, const uint8_t *data, size_t len,
	struct nt_server_name *name)
{
	unsigned int ret = 0;

	if (!s->ssl2 && !s->encrypted && s->head[0] == RECORD_HANDSHAKE)
		ret = handshake(t, s, data, len, name);
	s->left = (uint16_t)(s->left - len);
	if (s->left != 0)
		return ret;
	s->head_len = 0;
	return ret | (s->ssl2 ? NT_TLS_HELLO : 0);
}

unsigned int
nt_tls_feed(struct nt_tls *t, int dir, const uint8_t *data, size_t len, struct nt_server_name *name)
{
	struct nt_tls_side *s = &t->side[dir];
	unsigned int ret = 0;
	size_t at = 0;

	while (at < len && (ret & (NT_TLS_BAD | NT_TLS_OVER)) == 0) {
		if (s->head_len < sizeof(s->head)) {
			at += record_head(s, data + at, len - at);
			if (s->head_len < sizeof(s->head))
				break;
			ret |= begin_record(t, s, dir);
			if ((ret & NT_TLS_BAD) != 0)
				break;
		}
		const size_t n = NT_MIN(len - at, s->left);
		ret |= record_body(t, s, data + at, n, name);
		at += n;
	}
	return ret;
}
