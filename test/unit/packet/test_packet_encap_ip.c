/* SPDX-License-Identifier: BSD-3-Clause */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "look_packet.h"

static void
test_ip_in_ip(void **state)
{
	static const struct {
		unsigned int outer, inner, proto;
		bool opens;
	} cases[] = {
		{ 4, 4, 4, true },
		{ 4, 6, 41, true },
		{ 6, 4, 4, true },
		{ 6, 6, 41, true },
		{ 4, 6, 4, false },
		{ 6, 4, 41, false },
	};

	(void)state;
	for (size_t i = 0; i < NT_ARRAY_SIZE(cases); i++) {
		unsigned int len = cases[i].inner == 4 ? DATAGRAM_LEN : DATAGRAM6_LEN;
		struct pkt b = { 0 };

		(cases[i].outer == 4 ? put_ipv4 : put_ipv6)(&b, cases[i].proto, len);
		(cases[i].inner == 4 ? put_small_datagram : put_small_datagram6)(&b);
		if (cases[i].opens)
			expect_inside(&b, NT_LINK_RAW, NT_TUNNEL_IP, b.len - len, NT_LINK_RAW);
		else
			expect_nothing(&b, NT_LINK_RAW, NT_TUNNEL_IP);
	}
}

/* The packet inside must end where the capture does: not cut, no padding, no other length. */
static void
test_ip_in_ip_length(void **state)
{
	struct pkt b = { 0 };
	struct nt_encap e;

	(void)state;
	put_ipv4(&b, 4, DATAGRAM_LEN);
	put_small_datagram(&b);
	for (uint32_t len = 20; len < b.len; len++)
		assert_int_equal(look_cut(&e, &b, len, b.len, NT_LINK_RAW), NT_ENCAP_NONE);
	assert_int_equal(look_cut(&e, &b, b.len, b.len + 4, NT_LINK_RAW), NT_ENCAP_TUNNEL);
	assert_int_equal(e.inner_wire_len, DATAGRAM_LEN);
	assert_false(e.udp);
	assert_true(nt_encap_parent_is_pair(&e));
	b.bytes[23]--;
	expect_nothing(&b, NT_LINK_RAW, NT_TUNNEL_IP);
	b.bytes[23] += 2;
	expect_nothing(&b, NT_LINK_RAW, NT_TUNNEL_IP);
	b.bytes[23]--;
	put8(&b, 0);
	expect_nothing(&b, NT_LINK_RAW, NT_TUNNEL_IP);
}

static void
put_ipv4_fragment(struct pkt *b, unsigned int field)
{
	put_ethernet(b, 0x0800);
	put_ipv4(b, 17, 16);
	b->bytes[20] = (uint8_t)(field >> 8);
	b->bytes[21] = (uint8_t)field;
	put_udp(b, 3000);
	put_zeros(b, 8);
}

static void
test_fragment_v4(void **state)
{
	static const uint16_t fields[] = { 0x2000, 0x2001, 0x0001, 0x3fff, 0x1fff, 0x6002 };
	struct nt_encap e;

	(void)state;
	for (size_t i = 0; i < NT_ARRAY_SIZE(fields); i++) {
		struct pkt b = { 0 };
		const struct nt_fragment *f = &e.fragment;

		put_ipv4_fragment(&b, fields[i]);
		put_zeros(&b, 6); /* padding */
		look_every_cut(&b, NT_LINK_ETHERNET);
		assert_int_equal(look(&e, &b, NT_LINK_ETHERNET), NT_ENCAP_FRAGMENT);
		assert_true(nt_addr_equal(&f->src, &e.src) && nt_addr_equal(&f->dst, &e.dst));
		assert_int_equal(f->id, 0x1234);
		assert_int_equal(f->proto, 17);
		assert_int_equal(f->more, (fields[i] & 0x2000) != 0);
		assert_int_equal(f->offset, (fields[i] & 0x1fff) * 8);
		assert_ptr_equal(f->payload, b.bytes + 34);
		assert_int_equal(f->payload_len, 16);
		assert_int_equal(f->link_len, 14);
		assert_int_equal(f->l3_len, 20);
		assert_int_equal(f->next_at, 0);
		/* Not captured whole: decode says what it is. */
		for (uint32_t len = 0; len < 50; len++)
			assert_int_equal(
				look_cut(&e, &b, len, b.len, NT_LINK_ETHERNET), NT_ENCAP_NONE);
	}
}

/* A length of 0 (offload) carries nothing; more than there is, is broken. */
static void
test_fragment_v4_lengths(void **state)
{
	struct pkt b = { 0 };
	struct nt_encap e;

	(void)state;
	put_ipv4_fragment(&b, 0x2000);
	b.bytes[17] = 0;
	assert_int_equal(look(&e, &b, NT_LINK_ETHERNET), NT_ENCAP_FRAGMENT);
	assert_int_equal(e.fragment.payload_len, 0);
	b.bytes[17] = 20;
	assert_int_equal(look(&e, &b, NT_LINK_ETHERNET), NT_ENCAP_FRAGMENT);
	assert_int_equal(e.fragment.payload_len, 0);
	b.bytes[17] = 37;
	assert_int_equal(look(&e, &b, NT_LINK_ETHERNET), NT_ENCAP_NONE);
}

/* IPv6 with destination options and a routing header before the fragment header. */
static void
put_ipv6_fragment(struct pkt *b, unsigned int field, bool options)
{
	put_ipv6(b, options ? 60 : 44, (options ? 8 + 24 : 0) + 8 + 16);
	if (options) {
		put16(b, 43 << 8);
		put_zeros(b, 6);
		put32(b, 0x2c020001); /* routing, two units, one segment left */
		put_zeros(b, 4);
		put32(b, 0x20010db8);
		put_zeros(b, 11);
		put8(b, 9);
	}
	put16(b, 17 << 8);
	put16(b, field);
	put32(b, 0xdeadbeef);
	put_udp(b, 3000);
	put_zeros(b, 8);
}

static void
test_fragment_v6(void **state)
{
	static const uint16_t fields[] = { 0x0001, 0x0009, 0x0008, 0xfff9, 0xfff8 };
	struct nt_encap e;

	(void)state;
	for (size_t i = 0; i < NT_ARRAY_SIZE(fields) * 2; i++) {
		uint16_t field = fields[i / 2];
		uint32_t before = i & 1 ? 72 : 40;
		const struct nt_fragment *f = &e.fragment;
		struct pkt b = { 0 };

		put_ipv6_fragment(&b, field, i & 1);
		look_every_cut(&b, NT_LINK_RAW);
		assert_int_equal(look(&e, &b, NT_LINK_RAW), NT_ENCAP_FRAGMENT);
		assert_int_equal(f->id, 0xdeadbeef);
		assert_int_equal(f->proto, 17);
		assert_int_equal(f->more, field & 1);
		assert_int_equal(f->offset, field & 0xfff8);
		assert_int_equal(f->l3_len, before);
		assert_int_equal(f->next_at, i & 1 ? 48 : 6);
		assert_int_equal(f->l3[f->next_at], 44);
		assert_ptr_equal(f->payload, b.bytes + before + 8);
		assert_int_equal(f->payload_len, 16);
		assert_int_equal(f->dst.bytes[15], i & 1 ? 9 : 2);
		assert_int_equal(look_cut(&e, &b, b.len - 1, b.len, NT_LINK_RAW), NT_ENCAP_NONE);
	}
}

/* "Atomic" ones, and a fragment header behind the end that IPv6 gives. */
static void
test_no_fragment_v6(void **state)
{
	struct pkt b = { 0 }, c = { 0 };
	struct nt_encap e;

	(void)state;
	put_ipv6_fragment(&b, 0x0006, false);
	assert_int_equal(look(&e, &b, NT_LINK_RAW), NT_ENCAP_NONE);
	put_ipv6_fragment(&c, 0x0001, false);
	for (unsigned int len = 0; len < 24; len++) {
		c.bytes[5] = (uint8_t)len;
		assert_int_equal(
			look(&e, &c, NT_LINK_RAW), len < 8 ? NT_ENCAP_NONE : NT_ENCAP_FRAGMENT);
	}
}

/* A first fragment of which not all was captured is looked into like any packet. */
static void
test_cut_fragment_with_tunnel(void **state)
{
	struct pkt b = { 0 };
	struct nt_encap e;

	(void)state;
	put_udp_frame(&b, 50000, 4789, 8 + FRAME_LEN + 10);
	b.bytes[20] = 0x20;
	put32(&b, 0x08000000);
	put32(&b, 0);
	put_small_frame(&b);
	assert_int_equal(look_cut(&e, &b, b.len, b.len + 10, NT_LINK_ETHERNET), NT_ENCAP_TUNNEL);
	b.bytes[21] = 1;
	assert_int_equal(look_cut(&e, &b, b.len, b.len + 10, NT_LINK_ETHERNET), NT_ENCAP_NONE);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_ip_in_ip),
		cmocka_unit_test(test_ip_in_ip_length),
		cmocka_unit_test(test_fragment_v4),
		cmocka_unit_test(test_fragment_v4_lengths),
		cmocka_unit_test(test_fragment_v6),
		cmocka_unit_test(test_no_fragment_v6),
		cmocka_unit_test(test_cut_fragment_with_tunnel),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
