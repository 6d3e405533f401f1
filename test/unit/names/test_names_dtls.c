/* SPDX-License-Identifier: BSD-3-Clause */
#include <stdlib.h>

#include "hello_build.h"

#include <nt_dtls.h>

/* RFC 6347 4.2.1 and 4.3.2; a cookie of two octets, and server_name "A.example". */
static const uint8_t hello[] = { 22, 0xfe, 0xff, 0, 0, 0, 0, 0, 0, 0, 1, 0, 76, /* record */
	1, 0, 0, 64, 0, 0, 0, 0, 0, 0, 0, 64, /* message */
	0xfe, 0xfd, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20, 21, 22,
	23, 24, 25, 26, 27, 28, 29, 30, 31, 32, /* version, random */
	0, 2, 0xaa, 0xbb, 0, 2, 0xc0, 0x2b, 1, 0, /* session, cookie, ciphers, compression */
	0, 18, 0, 0, 0, 14, 0, 12, 0, 0, 9, 'A', '.', 'e', 'x', 'a', 'm', 'p', 'l', 'e', 0 };
#define HELLO_LEN (sizeof(hello) - 1) /* a byte behind it */
static_assert(HELLO_LEN == 13 + 12 + 64, "the lengths in it");

static struct nt_server_name name;

static bool
parse(const uint8_t *bytes, size_t len)
{
	uint8_t *copy = malloc(len + (len == 0)); /* for the sanitizer */

	assert_non_null(copy);
	memcpy(copy, bytes, len);
	const bool ret = nt_dtls_hello(&name, copy, len);
	free(copy);
	return ret;
}

static void
test_hello(void **state)
{
	(void)state;
	assert_true(parse(hello, HELLO_LEN));
	assert_int_equal(name.len, 9);
	assert_memory_equal(name.text, "a.example", 9);
	assert_int_equal(name.flags, NT_SERVER_NAME_TLS);
	assert_true(parse(hello, sizeof(hello))); /* another record follows */
	for (size_t len = 0; len < HELLO_LEN; len++) {
		assert_false(parse(hello, len));
		assert_int_equal(name.len, 0);
	}
}

/* Each of these octets must be what it is. */
static void
test_signature(void **state)
{
	static const uint8_t fixed[] = { 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 13, 19, 20, 21, 24, 25, 26 };
	uint8_t copy[HELLO_LEN];

	(void)state;
	for (size_t i = 0; i < NT_ARRAY_SIZE(fixed); i++) {
		memcpy(copy, hello, HELLO_LEN);
		copy[fixed[i]] ^= 1;
		assert_false(parse(copy, HELLO_LEN));
	}
	memcpy(copy, hello, HELLO_LEN);
	copy[10] = 200; /* the sequence number's last octet, and message_seq: any */
	copy[18] = 7;
	assert_true(parse(copy, HELLO_LEN));
}

/* Any one octet wrong: never more than is there, and no name that is none. */
static void
test_lies(void **state)
{
	uint8_t copy[HELLO_LEN];

	(void)state;
	for (size_t i = 0; i < HELLO_LEN; i++) {
		for (unsigned int v = 0; v < 256; v += 5) {
			memcpy(copy, hello, HELLO_LEN);
			copy[i] = (uint8_t)v;
			parse(copy, HELLO_LEN);
			assert_true(name.len <= NT_SERVER_NAME_MAX);
		}
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_hello),
		cmocka_unit_test(test_signature),
		cmocka_unit_test(test_lies),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
