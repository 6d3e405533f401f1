/* SPDX-License-Identifier: BSD-3-Clause */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "look_packet.h"

static void
put_gtp(struct pkt *b, unsigned int flags, unsigned int type, const struct pkt *more, bool v6)
{
	uint32_t inner = v6 ? DATAGRAM6_LEN : DATAGRAM_LEN;

	put_udp_frame(b, 50000, 2152, 8 + more->len + inner);
	put8(b, flags);
	put8(b, type);
	put16(b, 0xffff); /* not asked */
	put32(b, 0x11223344);
	memcpy(b->bytes + b->len, more->bytes, more->len);
	b->len += more->len;
	(v6 ? put_small_datagram6 : put_small_datagram)(b);
}

static void
expect_gtp(unsigned int flags, unsigned int type, const struct pkt *more, bool opens)
{
	for (unsigned int v6 = 0; v6 < 2; v6++) {
		struct pkt b = { 0 };

		put_gtp(&b, flags, type, more, v6);
		if (opens)
			expect_inside(
				&b, NT_LINK_ETHERNET, NT_TUNNEL_GTPV1, 50 + more->len, NT_LINK_RAW);
		else
			expect_nothing(&b, NT_LINK_ETHERNET, NT_TUNNEL_GTPV1);
	}
}

static void
test_user_plane(void **state)
{
	struct pkt none = { 0 }, option = { 0 };

	(void)state;
	expect_gtp(0x30, 255, &none, true);
	expect_gtp(0x38, 255, &none, true);
	put32(&option, 0x12340000);
	expect_gtp(0x32, 255, &option, true);
	expect_gtp(0x31, 255, &option, true);
	expect_gtp(0x30, 255, &option, false);
	expect_gtp(0x32, 255, &none, false);
}

/* Two extensions, of one unit and of two. */
static void
test_extensions(void **state)
{
	struct pkt more = { 0 };

	(void)state;
	put32(&more, 0x123400c0);
	put32(&more, 0x010000c0);
	put32(&more, 0x02000000);
	put32(&more, 0x00000000);
	expect_gtp(0x34, 255, &more, true);
	expect_gtp(0x36, 255, &more, true);
	more.bytes[4] = 0; /* of no length */
	expect_gtp(0x34, 255, &more, false);
	more.bytes[4] = 0xff; /* beyond the packet */
	expect_gtp(0x34, 255, &more, false);
}

static enum nt_encap_verdict
verdict_of(const struct pkt *b)
{
	struct nt_encap e;

	(void)look(&e, b, NT_LINK_ETHERNET);
	return (enum nt_encap_verdict)e.verdict;
}

static void
test_verdicts(void **state)
{
	struct pkt none = { 0 }, good = { 0 }, echo = { 0 }, prime = { 0 }, v2 = { 0 };

	(void)state;
	put_gtp(&good, 0x30, 255, &none, false);
	assert_int_equal(verdict_of(&good), NT_ENCAP_CONFIRMS);
	put_gtp(&echo, 0x30, 1, &none, false);
	assert_int_equal(verdict_of(&echo), NT_ENCAP_SILENT);
	put_gtp(&prime, 0x20, 255, &none, false);
	assert_int_equal(verdict_of(&prime), NT_ENCAP_SILENT);
	expect_nothing(&prime, NT_LINK_ETHERNET, NT_TUNNEL_GTPV1);
	put_gtp(&v2, 0x50, 255, &none, false);
	assert_int_equal(verdict_of(&v2), NT_ENCAP_VIOLATES);
	good.bytes[50] = 0x55; /* neither IPv4 nor IPv6 */
	assert_int_equal(verdict_of(&good), NT_ENCAP_VIOLATES);
	good.bytes[50] = 0x45;
	good.bytes[53]++;
	assert_int_equal(verdict_of(&good), NT_ENCAP_VIOLATES);
	assert_false(nt_encap_gives_up(NT_TUNNEL_GTPV1));
}

static void
test_short(void **state)
{
	(void)state;
	for (unsigned int len = 0; len < 8 + DATAGRAM_LEN; len++) {
		struct pkt b = { 0 }, none = { 0 };

		put_gtp(&b, 0x30, 255, &none, false);
		b.bytes[17] = (uint8_t)(28 + len);
		b.len = 42 + len;
		expect_nothing(&b, NT_LINK_ETHERNET, NT_TUNNEL_GTPV1);
		assert_int_equal(verdict_of(&b), NT_ENCAP_VIOLATES);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_user_plane),
		cmocka_unit_test(test_extensions),
		cmocka_unit_test(test_verdicts),
		cmocka_unit_test(test_short),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
