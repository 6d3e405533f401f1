/* SPDX-License-Identifier: BSD-3-Clause */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "look_packet.h"

/* 2001:0:... > 2001:db8::2, or 2001:db8::1 > 2001:db8::2. */
static void
put_inner(struct pkt *b, bool prefix, unsigned int next, unsigned int len)
{
	uint32_t at = b->len;

	put_ipv6(b, next, len);
	if (prefix)
		memset(b->bytes + at + 10, 0, 2);
	put_zeros(b, len);
}

static void
put_origin(struct pkt *b)
{
	put32(b, 0x00001234);
	put32(b, 0x3fffffff);
}

static void
put_authentication(struct pkt *b, unsigned int id, unsigned int value)
{
	put16(b, 1);
	put8(b, id);
	put8(b, value);
	put_zeros(b, id + value + 9);
}

enum {
	ORIGIN = 1,
	AUTHENTICATION = 2,
	PREFIX = 4
};

static uint32_t
put_teredo(struct pkt *b, unsigned int port, unsigned int what)
{
	uint32_t header = (what & ORIGIN ? 8 : 0) + (what & AUTHENTICATION ? 4 + 9 + 5 : 0);

	put_udp_frame(b, 50000, port, header + 48);
	if (what & AUTHENTICATION)
		put_authentication(b, 2, 3);
	if (what & ORIGIN)
		put_origin(b);
	put_inner(b, what & PREFIX, 17, 8);
	return 42 + header;
}

static void
test_headers(void **state)
{
	struct nt_encap e;

	(void)state;
	for (unsigned int what = 0; what < 8; what++) {
		struct pkt b = { 0 };
		uint32_t at = put_teredo(&b, 3544, what);

		expect_inside(&b, NT_LINK_ETHERNET, NT_TUNNEL_TEREDO, at, NT_LINK_RAW);
		(void)look(&e, &b, NT_LINK_ETHERNET);
		assert_int_equal(e.verdict, NT_ENCAP_CONFIRMS_HALF);
		assert_true(e.udp);
	}
}

/* On any port: by Teredo's prefix, or by an origin indication. */
static void
test_anywhere(void **state)
{
	static const bool found[8] = {
		[ORIGIN] = true,
		[AUTHENTICATION | ORIGIN] = true,
		[PREFIX] = true,
		[PREFIX | ORIGIN] = true,
		[PREFIX | AUTHENTICATION | ORIGIN] = true,
	};

	(void)state;
	for (unsigned int what = 0; what < 8; what++) {
		struct pkt b = { 0 };
		uint32_t at = put_teredo(&b, 50001, what);

		if (found[what])
			expect_inside(&b, NT_LINK_ETHERNET, NT_TUNNEL_TEREDO, at, NT_LINK_RAW);
		else
			expect_nothing(&b, NT_LINK_ETHERNET, NT_TUNNEL_NONE);
	}
}

static void
expect_violation(const struct pkt *b)
{
	struct nt_encap e;

	expect_nothing(b, NT_LINK_ETHERNET, NT_TUNNEL_TEREDO);
	(void)look(&e, b, NT_LINK_ETHERNET);
	assert_int_equal(e.verdict, NT_ENCAP_VIOLATES);
	assert_true(nt_encap_gives_up(NT_TUNNEL_TEREDO));
}

/* Twice, in the wrong order, or not all there. */
static void
test_bad_headers(void **state)
{
	struct pkt b = { 0 }, c = { 0 }, d = { 0 };

	(void)state;
	put_udp_frame(&b, 50000, 3544, 16 + 48);
	put_origin(&b);
	put_origin(&b);
	put_inner(&b, true, 17, 8);
	expect_violation(&b);
	put_udp_frame(&c, 50000, 3544, 8 + 13 + 48);
	put_origin(&c);
	put_authentication(&c, 0, 0);
	put_inner(&c, true, 17, 8);
	expect_violation(&c);
	put_udp_frame(&d, 50000, 3544, 20);
	put16(&d, 1);
	put16(&d, 0xffff);
	put_zeros(&d, 16);
	expect_violation(&d);
}

/* The packet ends with the payload, a bubble excepted. */
static void
test_lengths(void **state)
{
	for (unsigned int next = 17; next <= 59; next += 42) {
		for (unsigned int len = 0; len <= 8; len += 8) {
			struct pkt b = { 0 };

			(void)state;
			put_udp_frame(&b, 50000, 3544, 40 + len + 4);
			put_inner(&b, true, next, len);
			put_zeros(&b, 4);
			if (next == 59 && len == 0)
				expect_inside(
					&b, NT_LINK_ETHERNET, NT_TUNNEL_TEREDO, 42, NT_LINK_RAW);
			else
				expect_violation(&b);
			b.bytes[47] = 60; /* more than there is */
			expect_violation(&b);
		}
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_headers),
		cmocka_unit_test(test_anywhere),
		cmocka_unit_test(test_bad_headers),
		cmocka_unit_test(test_lengths),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
