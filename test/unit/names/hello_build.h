/* SPDX-License-Identifier: BSD-3-Clause */
/* ClientHellos and records, made by hand: RFC 8446 4.1.2, 5.1; RFC 6066 3. */
#ifndef HELLO_BUILD_H
#define HELLO_BUILD_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

struct bytes {
	size_t len;
	uint8_t at[4096];
};

static inline void
put8(struct bytes *b, unsigned int v)
{
	assert_true(b->len < sizeof(b->at));
	b->at[b->len++] = (uint8_t)v;
}

static inline void
put16(struct bytes *b, unsigned int v)
{
	put8(b, v >> 8);
	put8(b, v & 0xff);
}

static inline void
put(struct bytes *b, const void *data, size_t len)
{
	for (size_t i = 0; i < len; i++)
		put8(b, ((const uint8_t *)data)[i]);
}

static inline void
put_zeros(struct bytes *b, size_t len)
{
	while (len-- != 0)
		put8(b, 0);
}

/* The body of a ClientHello with GREASE (RFC 8701), a server name and room for more extensions. */
static inline void
put_hello_body(struct bytes *b, const char *name, const struct bytes *more)
{
	const size_t n = name != NULL ? strlen(name) : 0;
	const size_t sni = name != NULL ? 4 + 5 + n : 0;

	put16(b, 0x0303);
	for (int i = 0; i < 32; i++)
		put8(b, (unsigned int)i);
	put8(b, 32);
	put_zeros(b, 32);
	put16(b, 6);
	put16(b, 0x0a0a);
	put16(b, 0x1301);
	put16(b, 0xc02b);
	put8(b, 1);
	put8(b, 0);
	put16(b, (unsigned int)(4 + sni + (more != NULL ? more->len : 0)));
	put16(b, 0x1a1a);
	put16(b, 0);
	if (name != NULL) {
		put16(b, 0);
		put16(b, (unsigned int)(n + 5));
		put16(b, (unsigned int)(n + 3));
		put8(b, 0);
		put16(b, (unsigned int)n);
		put(b, name, n);
	}
	if (more != NULL)
		put(b, more->at, more->len);
}

static inline void
put_message(struct bytes *b, unsigned int type, const struct bytes *body)
{
	put8(b, type);
	put8(b, 0);
	put16(b, (unsigned int)body->len);
	put(b, body->at, body->len);
}

static inline void
put_record(struct bytes *b, unsigned int type, const void *data, size_t len)
{
	put8(b, type);
	put16(b, 0x0301);
	put16(b, (unsigned int)len);
	put(b, data, len);
}

static inline void
put_client_hello(struct bytes *b, const char *name)
{
	struct bytes body = { 0 }, message = { 0 };

	put_hello_body(&body, name, NULL);
	put_message(&message, 1, &body);
	put_record(b, 22, message.at, message.len);
}

static inline void
put_server_hello(struct bytes *b, unsigned int version)
{
	struct bytes body = { 0 }, message = { 0 };

	put16(&body, version);
	put_zeros(&body, 33);
	put16(&body, 0xc02b);
	put8(&body, 0);
	put_message(&message, 2, &body);
	put_record(b, 22, message.at, message.len);
}

#endif
