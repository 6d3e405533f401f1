/* SPDX-License-Identifier: BSD-3-Clause */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "look_packet.h"

/* GRE's header with zeros for what the flags ask for. */
static void
put_gre(struct pkt *b, unsigned int flags, unsigned int protocol)
{
	put16(b, flags);
	put16(b, protocol);
	for (unsigned int bit = 0x80; bit <= 0x8000; bit <<= 1) {
		if (flags & bit & 0xb080)
			put_zeros(b, 4);
	}
}

static void
test_ip(void **state)
{
	static const uint16_t flags[] = { 0, 0x2000, 0x1000, 0x8000, 0xb080, 0x3000 };

	(void)state;
	for (size_t i = 0; i < NT_ARRAY_SIZE(flags); i++) {
		struct pkt h = { 0 }, b = { 0 };

		put_gre(&h, flags[i], 0x0800);
		put_ipv4(&b, 47, h.len + DATAGRAM_LEN);
		put_gre(&b, flags[i], 0x0800);
		put_small_datagram(&b);
		expect_inside(&b, NT_LINK_RAW, NT_TUNNEL_GRE, 20 + h.len, NT_LINK_RAW);
	}
}

/* The version of IP is its own business; padding is inside, and the wire had no more. */
static void
test_any_length(void **state)
{
	struct pkt b = { 0 };
	struct nt_encap e;

	(void)state;
	put_ipv4(&b, 47, 4 + DATAGRAM6_LEN);
	put_gre(&b, 0, 0x0800);
	put_small_datagram6(&b);
	put_zeros(&b, 3);
	expect_inside(&b, NT_LINK_RAW, NT_TUNNEL_GRE, 24, NT_LINK_RAW);
	assert_int_equal(look_cut(&e, &b, b.len - 10, b.len, NT_LINK_RAW), NT_ENCAP_TUNNEL);
	assert_int_equal(e.inner_wire_len, e.inner_cap_len);
	assert_int_equal(look_cut(&e, &b, 24, b.len, NT_LINK_RAW), NT_ENCAP_NONE);
}

static void
test_refused(void **state)
{
	static const uint16_t flags[] = { 0x4000, 0x0002, 0x0007, 0x0008, 0x0040 };

	(void)state;
	for (size_t i = 0; i < NT_ARRAY_SIZE(flags); i++) {
		struct pkt b = { 0 };

		put_ipv4(&b, 47, 4 + DATAGRAM_LEN);
		put_gre(&b, flags[i], 0x0800);
		put_small_datagram(&b);
		expect_nothing(&b, NT_LINK_RAW, NT_TUNNEL_GRE);
	}
}

static void
test_frames(void **state)
{
	static const struct {
		uint16_t flags, protocol, header;
		int link;
	} cases[] = {
		{ 0, 0x6558, 0, NT_LINK_ETHERNET },
		{ 0x2000, 0x6558, 0, NT_LINK_ETHERNET },
		{ 0, 0x88be, 0, NT_LINK_ETHERNET },
		{ 0x1000, 0x88be, 8, NT_LINK_ETHERNET },
		{ 0x1000, 0x22eb, 12, NT_LINK_ETHERNET },
		{ 0, 0x9000, 0, NT_LINK_IEEE802_11 },
		{ 0, 0x8200, 0, NT_LINK_IEEE802_11 },
		{ 0, 0x8370, 0, NT_LINK_IEEE802_11 },
		{ 0, 0x8210, 0, NT_LINK_IEEE802_11 },
		{ 0, 0x8211, 0, NT_LINK_RAW },
		{ 0, 0x8847, 0, NT_LINK_RAW },
	};

	(void)state;
	for (size_t i = 0; i < NT_ARRAY_SIZE(cases); i++) {
		struct pkt h = { 0 }, b = { 0 };

		put_gre(&h, cases[i].flags, cases[i].protocol);
		put_zeros(&h, cases[i].header);
		put_ipv4(&b, 47, h.len + FRAME_LEN);
		memcpy(b.bytes + b.len, h.bytes, h.len);
		b.len += h.len;
		put_small_frame(&b);
		expect_inside(&b, NT_LINK_RAW, NT_TUNNEL_GRE, 20 + h.len, cases[i].link);
	}
}

/* The last bit of ERSPAN III's header says that eight more bytes come. */
static void
test_erspan_iii_platform(void **state)
{
	struct pkt b = { 0 };
	struct nt_encap e;

	(void)state;
	put_ipv4(&b, 47, 4 + 20 + FRAME_LEN);
	put_gre(&b, 0, 0x22eb);
	put_zeros(&b, 11);
	put8(&b, 1);
	put_zeros(&b, 8);
	put_small_frame(&b);
	expect_inside(&b, NT_LINK_RAW, NT_TUNNEL_GRE, 44, NT_LINK_ETHERNET);
	assert_int_equal(look_cut(&e, &b, 58, b.len, NT_LINK_RAW), NT_ENCAP_NONE);
	assert_int_equal(look_cut(&e, &b, 59, b.len, NT_LINK_RAW), NT_ENCAP_TUNNEL);
	assert_int_equal(e.inner_cap_len, 15);
}

static void
test_pptp(void **state)
{
	static const struct {
		unsigned int flags, gre, ppp;
		bool v6, opens;
	} cases[] = {
		{ 0x3001, 0x880b, 0x0021, false, true },
		{ 0x3081, 0x880b, 0x0057, true, true },
		{ 0x3001, 0x880b, 0x0057, false, false },
		{ 0x3001, 0x880b, 0xc021, false, false },
		{ 0x3001, 0x0800, 0x0021, false, false },
	};

	(void)state;
	for (size_t i = 0; i < NT_ARRAY_SIZE(cases); i++) {
		uint32_t inner = cases[i].v6 ? DATAGRAM6_LEN : DATAGRAM_LEN;
		struct pkt h = { 0 }, b = { 0 };

		put_gre(&h, cases[i].flags, cases[i].gre);
		put32(&h, 0xff030000 | cases[i].ppp);
		put_ipv4(&b, 47, h.len + inner);
		memcpy(b.bytes + b.len, h.bytes, h.len);
		b.len += h.len;
		(cases[i].v6 ? put_small_datagram6 : put_small_datagram)(&b);
		if (!cases[i].opens) {
			expect_nothing(&b, NT_LINK_RAW, NT_TUNNEL_GRE);
			continue;
		}
		expect_inside(&b, NT_LINK_RAW, NT_TUNNEL_GRE, 20 + h.len, NT_LINK_RAW);
		put8(&b, 0); /* padding is too much */
		expect_nothing(&b, NT_LINK_RAW, NT_TUNNEL_GRE);
	}
}

static void
test_over_udp(void **state)
{
	struct pkt b = { 0 };
	struct nt_encap e;

	(void)state;
	put_udp_frame(&b, 50000, 4754, 4 + DATAGRAM_LEN);
	put_gre(&b, 0, 0x0800);
	put_small_datagram(&b);
	expect_inside(&b, NT_LINK_ETHERNET, NT_TUNNEL_GRE, 46, NT_LINK_RAW);
	(void)look(&e, &b, NT_LINK_ETHERNET);
	assert_true(e.udp);
	assert_int_equal(e.dport, 4754);
	assert_int_equal(e.verdict, NT_ENCAP_SILENT);
	assert_true(nt_encap_parent_is_pair(&e));
	assert_false(nt_encap_gives_up(NT_TUNNEL_GRE));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_ip),
		cmocka_unit_test(test_any_length),
		cmocka_unit_test(test_refused),
		cmocka_unit_test(test_frames),
		cmocka_unit_test(test_erspan_iii_platform),
		cmocka_unit_test(test_pptp),
		cmocka_unit_test(test_over_udp),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
