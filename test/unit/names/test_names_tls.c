/* SPDX-License-Identifier: BSD-3-Clause */
#include <stdbool.h>
#include <stdlib.h>

#include "hello_build.h"

#include <nt_tls.h>

static struct nt_tls t;
static struct nt_server_name name;

static unsigned int
feed(int dir, const struct bytes *b, size_t piece)
{
	unsigned int ret = 0;

	for (size_t at = 0; at < b->len && (ret & (NT_TLS_BAD | NT_TLS_OVER)) == 0; at += piece) {
		/* a copy of its own, so that a sanitizer sees a read past it */
		const size_t n = NT_MIN(piece, b->len - at);
		uint8_t *copy = malloc(n);
		assert_non_null(copy);
		memcpy(copy, b->at + at, n);
		ret |= nt_tls_feed(&t, dir, copy, n, &name);
		free(copy);
	}
	return ret;
}

static void
begin(void)
{
	nt_tls_begin(&t);
	memset(&name, 0xa5, sizeof(name));
	nt_server_name_clear(&name);
}

static void
assert_name(const char *text)
{
	assert_int_equal(name.len, strlen(text));
	assert_memory_equal(name.text, text, name.len);
}

/* In pieces of every size it is the same. */
static void
test_client_hello(void **state)
{
	struct bytes b = { 0 };

	(void)state;
	put_client_hello(&b, "wWw.Example.COM");
	for (size_t piece = 1; piece <= b.len; piece++) {
		begin();
		assert_int_equal(feed(0, &b, piece), NT_TLS_HELLO | NT_TLS_NAME | NT_TLS_BEGINS);
		assert_name("www.example.com");
		assert_int_equal(name.flags, NT_SERVER_NAME_TLS);
	}
}

static void
test_every_truncation_is_unfinished(void **state)
{
	struct bytes b = { 0 };

	(void)state;
	put_client_hello(&b, "www.example.com");
	for (size_t len = 0; len < b.len; len++) {
		struct bytes cut = b;
		cut.len = len;
		begin();
		assert_int_equal(feed(0, &cut, 7) & ~(unsigned int)NT_TLS_BEGINS, 0);
	}
}

/* A second one does not touch the name, and is judged all the same, whether the first had one. */
static void
test_second_hello(void **state)
{
	struct bytes first = { 0 }, body = { 0 }, message = { 0 }, second = { 0 };

	(void)state;
	put_client_hello(&first, "www.example.com");
	put_hello_body(&body, "other.example.com", NULL);
	put_message(&message, 1, &body);
	put_record(&second, 22, message.at, message.len);
	for (size_t piece = 1; piece <= second.len; piece++) {
		begin();
		feed(0, &first, piece);
		assert_int_equal(feed(0, &second, piece), NT_TLS_HELLO);
		assert_name("www.example.com");
	}
	message.at[4] = 0x7e; /* no version of TLS */
	second.len = 0;
	put_record(&second, 22, message.at, message.len);
	begin();
	feed(0, &first, 7);
	assert_int_equal(feed(0, &second, 7), NT_TLS_BAD);
	assert_name("www.example.com");
}

/* Of whatever is fed, all but the name is the same where nobody wants it. */
static void
test_unwanted_name(void **state)
{
	struct bytes b = { 0 };

	(void)state;
	put_client_hello(&b, "www.example.com");
	for (size_t at = 0; at < b.len; at++) {
		struct bytes broken = b;

		broken.at[at] ^= 0xff;
		begin();
		const unsigned int wanted = nt_tls_feed(&t, 0, broken.at, broken.len, &name);
		begin();
		const unsigned int got = nt_tls_feed(&t, 0, broken.at, broken.len, NULL);

		assert_int_equal(got, wanted & ~(unsigned int)NT_TLS_NAME);
	}
}

static void
test_over_records(void **state)
{
	struct bytes body = { 0 }, message = { 0 };

	(void)state;
	put_hello_body(&body, "www.example.com", NULL);
	put_message(&message, 1, &body);
	for (size_t cut = 1; cut < message.len; cut++) {
		struct bytes b = { 0 };
		put_record(&b, 22, message.at, cut);
		put_record(&b, 22, message.at + cut, message.len - cut);
		begin();
		assert_true(feed(0, &b, 11) & NT_TLS_NAME);
		assert_name("www.example.com");
	}
}

/* encrypted_client_hello (0xfe0d): the name is the outer one. */
static void
test_ech(void **state)
{
	struct bytes body = { 0 }, message = { 0 }, b = { 0 }, more = { 0 };

	(void)state;
	put16(&more, 0xfe0d);
	put16(&more, 3);
	put_zeros(&more, 3);
	put_hello_body(&body, "public.example.com", &more);
	put_message(&message, 1, &body);
	put_record(&b, 22, message.at, message.len);
	begin();
	assert_true(feed(0, &b, 100) & NT_TLS_NAME);
	assert_true(name.flags & NT_SERVER_NAME_ECH);
}

static void
test_no_names(void **state)
{
	static const char *const none[] = { "192.0.2.1", "2001:db8::1", "a b.example", "", ".",
		"a..example", "example.0x7f", "-.\x80", "1" };

	(void)state;
	for (size_t i = 0; i < sizeof(none) / sizeof(none[0]); i++) {
		struct bytes b = { 0 };
		put_client_hello(&b, none[i]);
		begin();
		assert_int_equal(feed(0, &b, b.len), NT_TLS_HELLO | NT_TLS_BEGINS);
		assert_int_equal(name.len, 0);
	}
}

static void
test_without_extensions(void **state)
{
	struct bytes body = { 0 }, message = { 0 }, b = { 0 };

	(void)state;
	put16(&body, 0x0300);
	put_zeros(&body, 33);
	put16(&body, 2);
	put16(&body, 5);
	put16(&body, 0x0100);
	put_message(&message, 1, &body);
	put_record(&b, 22, message.at, message.len);
	begin();
	assert_int_equal(feed(0, &b, 1), NT_TLS_HELLO | NT_TLS_BEGINS);
}

/* Every length field, one too many or far too many: never a hello that reads past its message. */
static void
test_lying_lengths(void **state)
{
	struct bytes b = { 0 };

	(void)state;
	put_client_hello(&b, "www.example.com");
	for (size_t i = 0; i < b.len; i++) {
		for (unsigned int v = 1; v < 256; v += 3) {
			struct bytes lie = b;
			lie.at[i] ^= (uint8_t)v;
			begin();
			feed(0, &lie, 5);
			assert_true(name.len <= NT_SERVER_NAME_MAX + 1);
		}
	}
}

static void
test_violations(void **state)
{
	static const struct {
		int dir;
		size_t len;
		uint8_t bytes[12];
	} bad[] = {
		{ 0, 5, "GET /" }, { 0, 5, { 22, 3, 4, 0, 1 } }, /* version of the record */
		{ 0, 5, { 31, 3, 1, 0, 1 } }, /* type */
		{ 0, 9, { 22, 3, 1, 0, 4, 99, 0, 0, 1 } }, /* message */
		{ 1, 5, { 0x80, 46, 1, 0, 2 } }, /* an SSL 2.0 client's hello from the server */
		{ 0, 5, { 0x80, 4, 1, 3, 1 } }, /* too short */
		{ 1, 5, { 21, 3, 1, 0, 1 } }, /* half an alert */
	};

	(void)state;
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		struct bytes b = { 0 };
		put(&b, bad[i].bytes, bad[i].len);
		begin();
		assert_int_equal(feed(bad[i].dir, &b, 1), NT_TLS_BAD);
	}
}

static void
test_server(void **state)
{
	struct bytes c = { 0 }, s = { 0 }, text = { 0 };

	(void)state;
	put_client_hello(&c, "www.example.com");
	put_server_hello(&s, 0x0303);
	begin();
	feed(0, &c, 3);
	assert_int_equal(feed(1, &s, 3), NT_TLS_BEGINS);
	put(&text, "HTTP/1.1 400 Bad Request", 24);
	assert_int_equal(feed(1, &text, 24), NT_TLS_BAD); /* in the middle of it, as well */
	begin();
	s.len = 0;
	put_server_hello(&s, 0x0204);
	assert_int_equal(feed(1, &s, 3), NT_TLS_BAD);
}

static void
test_over_when_both_are_encrypted(void **state)
{
	struct bytes ccs = { 0 }, data = { 0 };

	(void)state;
	put_record(&ccs, 20, "\1", 1);
	put_record(&data, 23, "abc", 3);
	begin();
	assert_int_equal(feed(0, &ccs, 1), 0);
	assert_int_equal(feed(0, &data, 1), 0);
	assert_int_equal(feed(1, &data, 1), NT_TLS_OVER);
}

/* SSL 2.0 framing, version 3.1: ciphers 3, session 0, challenge 16 (RFC 5246 E.2). */
static void
test_ssl2_hello(void **state)
{
	struct bytes b = { 0 };

	(void)state;
	put16(&b, 0x8000 | (9 + 3 + 16));
	put8(&b, 1);
	put16(&b, 0x0301);
	put16(&b, 3);
	put16(&b, 0);
	put16(&b, 16);
	put_zeros(&b, 3 + 16);
	for (size_t piece = 1; piece < b.len; piece++) {
		begin();
		assert_int_equal(feed(0, &b, piece), NT_TLS_HELLO);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_client_hello),
		cmocka_unit_test(test_every_truncation_is_unfinished),
		cmocka_unit_test(test_second_hello),
		cmocka_unit_test(test_unwanted_name),
		cmocka_unit_test(test_over_records),
		cmocka_unit_test(test_ech),
		cmocka_unit_test(test_no_names),
		cmocka_unit_test(test_without_extensions),
		cmocka_unit_test(test_lying_lengths),
		cmocka_unit_test(test_violations),
		cmocka_unit_test(test_server),
		cmocka_unit_test(test_over_when_both_are_encrypted),
		cmocka_unit_test(test_ssl2_hello),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
