/* SPDX-License-Identifier: BSD-3-Clause */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "look_packet.h"

static void
expect_verdict(const struct pkt *b, enum nt_tunnel t, enum nt_encap_verdict v)
{
	struct nt_encap e;

	(void)look(&e, b, NT_LINK_ETHERNET);
	assert_int_equal(e.tunnel, t);
	assert_int_equal(e.verdict, v);
	assert_true(e.udp);
	assert_false(nt_encap_parent_is_pair(&e));
	look_every_cut(b, NT_LINK_ETHERNET);
}

static void
put_vxlan(struct pkt *b, unsigned int sport, unsigned int dport)
{
	put_udp_frame(b, sport, dport, 8 + FRAME_LEN);
	put32(b, 0x08000000);
	put32(b, 0x00000100);
	put_small_frame(b);
}

static void
test_vxlan(void **state)
{
	struct pkt b = { 0 }, c = { 0 };
	struct nt_encap e;

	(void)state;
	put_vxlan(&b, 50000, 4789);
	expect_inside(&b, NT_LINK_ETHERNET, NT_TUNNEL_VXLAN, 50, NT_LINK_ETHERNET);
	expect_verdict(&b, NT_TUNNEL_VXLAN, NT_ENCAP_CONFIRMS);
	/* Cut: the wire had the rest of it. */
	assert_int_equal(look_cut(&e, &b, 70, b.len, NT_LINK_ETHERNET), NT_ENCAP_TUNNEL);
	assert_int_equal(e.inner_cap_len, 20);
	assert_int_equal(e.inner_wire_len, FRAME_LEN);
	put_zeros(&b, 4); /* padding is not the packet's */
	assert_int_equal(look(&e, &b, NT_LINK_ETHERNET), NT_ENCAP_TUNNEL);
	assert_int_equal(e.inner_cap_len, FRAME_LEN);
	b.bytes[42] = 0;
	expect_verdict(&b, NT_TUNNEL_VXLAN, NT_ENCAP_VIOLATES);
	expect_nothing(&b, NT_LINK_ETHERNET, NT_TUNNEL_VXLAN);
	put_udp_frame(&c, 50000, 4789, 8);
	put32(&c, 0x08000000);
	put32(&c, 0);
	expect_nothing(&c, NT_LINK_ETHERNET, NT_TUNNEL_VXLAN);
	expect_verdict(&c, NT_TUNNEL_VXLAN, NT_ENCAP_CONFIRMS);
}

/* Whose port it is. */
static void
test_ports(void **state)
{
	static const struct {
		uint16_t sport, dport;
		bool opens;
	} cases[] = {
		{ 50000, 4789, true },
		{ 4789, 50000, true },
		{ 4789, 4789, true },
		{ 53, 4789, false },
		{ 4789, 53, false },
		{ 6081, 4789, true },
		{ 50000, 4790, false },
	};
	struct nt_encap e;

	(void)state;
	for (size_t i = 0; i < NT_ARRAY_SIZE(cases); i++) {
		struct pkt b = { 0 };

		put_vxlan(&b, cases[i].sport, cases[i].dport);
		assert_int_equal(look(&e, &b, NT_LINK_ETHERNET),
			cases[i].opens ? NT_ENCAP_TUNNEL : NT_ENCAP_NONE);
		assert_int_equal(e.udp, cases[i].opens);
		assert_int_equal(e.sport, cases[i].sport);
		assert_int_equal(e.dport, cases[i].dport);
	}
}

static void
test_udp_lengths(void **state)
{
	struct pkt b = { 0 };
	struct nt_encap e;

	(void)state;
	put_vxlan(&b, 50000, 4789);
	b.bytes[39] = 9; /* UDP's own length is not asked */
	assert_int_equal(look(&e, &b, NT_LINK_ETHERNET), NT_ENCAP_TUNNEL);
	for (unsigned int len = 21; len < 28; len++) {
		b.bytes[17] = (uint8_t)len;
		expect_nothing(&b, NT_LINK_ETHERNET, NT_TUNNEL_NONE);
	}
	/* Nothing behind the IP header: it is as long as it was captured. */
	b.bytes[17] = 20;
	assert_int_equal(look(&e, &b, NT_LINK_ETHERNET), NT_ENCAP_TUNNEL);
}

static void
put_geneve(struct pkt *b, unsigned int first, unsigned int protocol, unsigned int options)
{
	put8(b, first);
	put8(b, 0);
	put16(b, protocol);
	put32(b, 0x00000100);
	put_zeros(b, options);
}

static void
test_geneve(void **state)
{
	static const struct {
		unsigned int first, protocol, options;
		int link; /* 0: nothing */
		enum nt_encap_verdict verdict;
	} cases[] = {
		{ 0, 0x6558, 0, NT_LINK_ETHERNET, NT_ENCAP_CONFIRMS },
		{ 2, 0x6558, 8, NT_LINK_ETHERNET, NT_ENCAP_CONFIRMS },
		{ 0x3f, 0x0800, 252, NT_LINK_RAW, NT_ENCAP_CONFIRMS },
		{ 0, 0x86dd, 0, NT_LINK_RAW, NT_ENCAP_CONFIRMS },
		{ 0, 0x0806, 0, 0, NT_ENCAP_CONFIRMS },
		{ 0x40, 0x6558, 0, 0, NT_ENCAP_SILENT },
		{ 0x3f, 0x6558, 0, 0, NT_ENCAP_VIOLATES },
	};

	(void)state;
	for (size_t i = 0; i < NT_ARRAY_SIZE(cases); i++) {
		struct pkt b = { 0 };

		put_udp_frame(&b, 50000, 6081, 8 + cases[i].options + FRAME_LEN);
		put_geneve(&b, cases[i].first, cases[i].protocol, cases[i].options);
		put_small_frame(&b);
		expect_verdict(&b, NT_TUNNEL_GENEVE, cases[i].verdict);
		if (cases[i].link != 0)
			expect_inside(&b, NT_LINK_ETHERNET, NT_TUNNEL_GENEVE, 50 + cases[i].options,
				cases[i].link);
		else
			expect_nothing(&b, NT_LINK_ETHERNET, NT_TUNNEL_GENEVE);
	}
}

static void
test_geneve_short(void **state)
{
	struct pkt b = { 0 };

	(void)state;
	put_udp_frame(&b, 50000, 6081, 7);
	put_zeros(&b, 7);
	expect_verdict(&b, NT_TUNNEL_GENEVE, NT_ENCAP_VIOLATES);
}

static void
test_ayiya(void **state)
{
	static const struct {
		unsigned int first, second, opcode, next;
		uint32_t header;
		bool opens;
		enum nt_encap_verdict verdict;
	} cases[] = {
		{ 0x41, 0x52, 0x11, 41, 8 + 16 + 20, true, NT_ENCAP_CONFIRMS },
		{ 0x01, 0x02, 0x11, 4, 8 + 1, true, NT_ENCAP_CONFIRMS },
		{ 0x81, 0x02, 0x11, 4, 8 + 256, true, NT_ENCAP_CONFIRMS },
		{ 0xf1, 0x02, 0x11, 4, 8, false, NT_ENCAP_VIOLATES },
		{ 0x41, 0x52, 0x10, 41, 8 + 16 + 20, false, NT_ENCAP_SILENT },
		{ 0x41, 0x52, 0x11, 59, 8 + 16 + 20, false, NT_ENCAP_CONFIRMS },
		{ 0x71, 0xf2, 0x11, 41, 8, false, NT_ENCAP_VIOLATES },
	};

	(void)state;
	for (size_t i = 0; i < NT_ARRAY_SIZE(cases); i++) {
		struct pkt b = { 0 };

		put_udp_frame(&b, 50000, 5072, cases[i].header + DATAGRAM_LEN);
		put8(&b, cases[i].first);
		put8(&b, cases[i].second);
		put8(&b, cases[i].opcode);
		put8(&b, cases[i].next);
		put_zeros(&b, cases[i].header - 4);
		put_small_datagram(&b);
		expect_verdict(&b, NT_TUNNEL_AYIYA, cases[i].verdict);
		if (cases[i].opens)
			expect_inside(&b, NT_LINK_ETHERNET, NT_TUNNEL_AYIYA, 42 + cases[i].header,
				NT_LINK_RAW);
		else
			expect_nothing(&b, NT_LINK_ETHERNET, NT_TUNNEL_AYIYA);
	}
}

static void
test_ayiya_anywhere(void **state)
{
	struct pkt b = { 0 };

	(void)state;
	put_udp_frame(&b, 50000, 50001, 44 + DATAGRAM_LEN);
	put32(&b, 0x41521104);
	put_zeros(&b, 40);
	put_small_datagram(&b);
	expect_inside(&b, NT_LINK_ETHERNET, NT_TUNNEL_AYIYA, 86, NT_LINK_RAW);
	b.bytes[44] = 0x12;
	expect_nothing(&b, NT_LINK_ETHERNET, NT_TUNNEL_NONE);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_vxlan),
		cmocka_unit_test(test_ports),
		cmocka_unit_test(test_udp_lengths),
		cmocka_unit_test(test_geneve),
		cmocka_unit_test(test_geneve_short),
		cmocka_unit_test(test_ayiya),
		cmocka_unit_test(test_ayiya_anywhere),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
