/* SPDX-License-Identifier: BSD-3-Clause */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "build_packet.h"

static void
expect_addr(const struct nt_addr *a, const char *text)
{
	char got[NT_ADDR_STRLEN];

	nt_addr_format(a, got);
	assert_string_equal(got, text);
}

static void
test_ipv4(void **state)
{
	struct pkt b = { 0 };
	struct nt_packet p;

	(void)state;
	put_ipv4(&b, 17, 8);
	put_udp(&b, 8);
	assert_int_equal(decode(&p, &b, NT_LINK_RAW), NT_PACKET_OK);
	expect_addr(&p.src, "192.0.2.1");
	expect_addr(&p.dst, "198.51.100.2");
	assert_int_equal(p.ip_len, 28);
	assert_int_equal(p.ttl, 64);
	assert_int_equal(p.proto, 17);
	assert_ptr_equal(p.l4, b.bytes + 20);
	assert_int_equal(p.flags, 0);
	decode_every_cut(&b, NT_LINK_RAW);
	for (uint32_t len = 0; len < 20; len++)
		assert_int_equal(decode_cut(&p, &b, len, 28, NT_LINK_RAW), NT_PACKET_CUT_IP);
}

static void
test_ipv4_options(void **state)
{
	struct nt_packet p;

	(void)state;
	for (unsigned int words = 0; words < 16; words++) {
		struct pkt b = { 0 };

		put_ipv4(&b, 17, 8 + 40);
		b.bytes[0] = (uint8_t)(0x40 | words);
		put_zeros(&b, 40);
		put_udp(&b, 8);
		if (words < 5) {
			assert_int_equal(decode(&p, &b, NT_LINK_RAW), NT_PACKET_BAD_IP);
			continue;
		}
		assert_int_equal(decode(&p, &b, NT_LINK_RAW), NT_PACKET_OK);
		assert_ptr_equal(p.l4, b.bytes + 4 * words);
		/* Captured up to the options only. */
		if (words > 5)
			assert_int_equal(decode_cut(&p, &b, 4 * words - 1, b.len, NT_LINK_RAW),
				NT_PACKET_CUT_IP);
		decode_every_cut(&b, NT_LINK_RAW);
	}
}

static void
test_ipv4_lengths(void **state)
{
	struct pkt b = { 0 };
	struct nt_packet p;

	(void)state;
	put_ipv4(&b, 17, 8);
	put_udp(&b, 8);
	b.bytes[3] = 29; /* more than the wire had */
	assert_int_equal(decode(&p, &b, NT_LINK_RAW), NT_PACKET_BAD_IP);
	assert_int_equal(decode_cut(&p, &b, 28, 29, NT_LINK_RAW), NT_PACKET_OK);
	assert_int_equal(p.flags, NT_PKT_CUT);
	b.bytes[3] = 19; /* less than the header */
	assert_int_equal(decode(&p, &b, NT_LINK_RAW), NT_PACKET_BAD_IP);
}

static void
test_ipv4_version(void **state)
{
	struct nt_packet p;

	(void)state;
	for (unsigned int version = 0; version < 16; version++) {
		struct pkt b = { 0 };

		put_ipv4(&b, 17, 8 + 40);
		put_udp(&b, 8);
		put_zeros(&b, 40);
		b.bytes[0] = (uint8_t)(version << 4 | 5);
		if (version != 4 && version != 6)
			assert_int_equal(decode(&p, &b, NT_LINK_RAW), NT_PACKET_BAD_IP);
		decode_every_cut(&b, NT_LINK_RAW);
	}
}

/* Segmentation offload leaves the length 0: what was captured counts, and ip_bytes stays 0. */
static void
test_ipv4_length_zero(void **state)
{
	struct pkt b = { 0 };
	struct nt_packet p;

	(void)state;
	put_ipv4(&b, 6, 20);
	put_tcp(&b, 0x18, 20);
	put_zeros(&b, 100);
	b.bytes[3] = 0;
	assert_int_equal(decode(&p, &b, NT_LINK_RAW), NT_PACKET_OK);
	assert_int_equal(p.ip_len, 0);
	assert_int_equal(p.payload_len, 100);
	assert_int_equal(p.payload_captured, 100);
	decode_every_cut(&b, NT_LINK_RAW);
}

static void
test_padding_is_ignored(void **state)
{
	struct pkt b = { 0 };
	struct nt_packet p;

	(void)state;
	put_ethernet(&b, 0x0800);
	put_ipv4(&b, 6, 21);
	put_tcp(&b, 0x18, 20);
	put_zeros(&b, 6);
	assert_int_equal(decode(&p, &b, NT_LINK_ETHERNET), NT_PACKET_OK);
	assert_int_equal(p.payload_len, 1);
	assert_int_equal(p.payload_captured, 1);
	assert_int_equal(p.ip_len, 41);
}

static void
test_ipv4_fragments(void **state)
{
	struct pkt b = { 0 };
	struct nt_packet p;

	(void)state;
	put_ipv4(&b, 17, 16);
	put_udp(&b, 3000);
	put_zeros(&b, 8);
	b.bytes[6] = 0x20; /* more */
	assert_int_equal(decode(&p, &b, NT_LINK_RAW), NT_PACKET_OK);
	assert_int_equal(p.flags, NT_PKT_FRAG_FIRST);
	assert_int_equal(p.sport, 5353);
	assert_int_equal(p.payload_len, 2992);
	assert_int_equal(p.payload_captured, 8);
	b.bytes[7] = 1;
	assert_int_equal(decode(&p, &b, NT_LINK_RAW), NT_PACKET_FRAGMENT);
	expect_addr(&p.src, "192.0.2.1");
	b.bytes[6] = 0;
	assert_int_equal(decode(&p, &b, NT_LINK_RAW), NT_PACKET_FRAGMENT);
	b.bytes[6] = 0xc0; /* reserved bit and DF: no fragment */
	b.bytes[7] = 0;
	assert_int_equal(decode(&p, &b, NT_LINK_RAW), NT_PACKET_OK);
	assert_int_equal(p.flags, 0);
}

static void
test_ipv6(void **state)
{
	struct pkt b = { 0 };
	struct nt_packet p;

	(void)state;
	put_ipv6(&b, 17, 8);
	put_udp(&b, 8);
	assert_int_equal(decode(&p, &b, NT_LINK_RAW), NT_PACKET_OK);
	expect_addr(&p.src, "2001:db8::1");
	expect_addr(&p.dst, "2001:db8::2");
	assert_int_equal(p.ip_len, 48);
	assert_int_equal(p.ttl, 63);
	decode_every_cut(&b, NT_LINK_RAW);
	for (uint32_t len = 0; len < 40; len++)
		assert_int_equal(decode_cut(&p, &b, len, 48, NT_LINK_RAW), NT_PACKET_CUT_IP);
	b.bytes[5] = 9;
	assert_int_equal(decode(&p, &b, NT_LINK_RAW), NT_PACKET_BAD_IP);
	b.bytes[5] = 0; /* offload, or a jumbogram */
	assert_int_equal(decode(&p, &b, NT_LINK_RAW), NT_PACKET_OK);
	assert_int_equal(p.ip_len, 40);
	assert_int_equal(p.sport, 5353);
}

/* An extension header: next, length in its own units, and that many bytes in all. */
static void
put_ext(struct pkt *b, unsigned int next, unsigned int units, uint32_t len)
{
	put8(b, next);
	put8(b, units);
	put_zeros(b, len - 2);
}

static void
test_ipv6_extension_headers(void **state)
{
	struct pkt b = { 0 };
	struct nt_packet p;
	uint32_t all = 8 + 24 + 16 + 24 + 8;

	(void)state;
	put_ipv6(&b, 0, all);
	put_ext(&b, 43, 0, 8); /* hop-by-hop */
	put_ext(&b, 60, 2, 24); /* routing */
	put_ext(&b, 51, 1, 16); /* destination */
	put_ext(&b, 17, 4, 24); /* authentication: units of four */
	put_udp(&b, 8);
	assert_int_equal(decode(&p, &b, NT_LINK_RAW), NT_PACKET_OK);
	assert_int_equal(p.proto, 17);
	assert_ptr_equal(p.l4, b.bytes + 40 + all - 8);
	assert_int_equal(p.ip_len, 40 + all);
	expect_addr(&p.dst, "2001:db8::2");
	decode_every_cut(&b, NT_LINK_RAW);
}

/* Zeek logs the number of the header that is not all there. */
static void
test_ipv6_cut_extension(void **state)
{
	struct pkt b = { 0 };
	struct nt_packet p;

	(void)state;
	put_ipv6(&b, 60, 16);
	put_ext(&b, 17, 1, 16);
	assert_int_equal(decode_cut(&p, &b, 55, 56, NT_LINK_RAW), NT_PACKET_OK);
	assert_int_equal(p.proto, 60);
	assert_int_equal(p.sport, 0);
	b.bytes[41] = 255;
	assert_int_equal(decode(&p, &b, NT_LINK_RAW), NT_PACKET_OK);
	assert_int_equal(p.proto, 60);
	/* There, but behind the end that the IPv6 header gives. */
	b.bytes[41] = 1;
	b.bytes[5] = 8;
	assert_int_equal(decode(&p, &b, NT_LINK_RAW), NT_PACKET_BAD_IP);
}

static void
test_ipv6_extension_limit(void **state)
{
	struct nt_packet p;

	(void)state;
	for (unsigned int n = 15; n <= 17; n++) {
		struct pkt b = { 0 };

		put_ipv6(&b, 60, 8 * n + 8);
		for (unsigned int i = 1; i <= n; i++)
			put_ext(&b, i < n ? 60 : 17, 0, 8);
		put_udp(&b, 8);
		assert_int_equal(
			decode(&p, &b, NT_LINK_RAW), n <= 16 ? NT_PACKET_OK : NT_PACKET_EXT_LIMIT);
		decode_every_cut(&b, NT_LINK_RAW);
	}
}

static void
put_routing(struct pkt *b, unsigned int type, unsigned int units, unsigned int segments_left)
{
	put8(b, 17);
	put8(b, units);
	put8(b, type);
	put8(b, segments_left);
	put32(b, 0);
	for (unsigned int i = 0; i < units / 2; i++) {
		put32(b, 0x20010db8);
		put_zeros(b, 11);
		put8(b, 0x10 + i);
	}
	if (units % 2)
		put_zeros(b, 8);
}

static void
test_ipv6_routing(void **state)
{
	static const struct {
		unsigned int type, units, segments_left;
		const char *dst;
	} cases[] = {
		{ 0, 2, 1, "2001:db8::10" }, { 0, 4, 1, "2001:db8::11" },
		{ 0, 4, 0, "2001:db8::2" }, { 0, 3, 1, "2001:db8::2" }, { 0, 0, 1, "2001:db8::2" },
		{ 2, 2, 1, "2001:db8::10" }, { 2, 4, 1, "2001:db8::2" },
		{ 4, 4, 1, "2001:db8::2" }, /* segment routing: Zeek doesn't know it */
	};
	struct nt_packet p;

	(void)state;
	for (size_t i = 0; i < NT_ARRAY_SIZE(cases); i++) {
		struct pkt b = { 0 };

		put_ipv6(&b, 43, 8 + 8 * cases[i].units + 8);
		put_routing(&b, cases[i].type, cases[i].units, cases[i].segments_left);
		put_udp(&b, 8);
		assert_int_equal(decode(&p, &b, NT_LINK_RAW), NT_PACKET_OK);
		expect_addr(&p.dst, cases[i].dst);
		decode_every_cut(&b, NT_LINK_RAW);
	}
}

static void
test_ipv6_home_address(void **state)
{
	struct pkt b = { 0 };
	struct nt_packet p;

	(void)state;
	put_ipv6(&b, 60, 24 + 8);
	put16(&b, 0x1102); /* UDP, 24 bytes */
	put16(&b, 0x0001); /* Pad1, PadN ... */
	put16(&b, 0x0000); /* ... of 0, Pad1 */
	put16(&b, 201 << 8 | 16);
	put32(&b, 0x20010db8);
	put_zeros(&b, 11);
	put8(&b, 0x99);
	put_udp(&b, 8);
	assert_int_equal(decode(&p, &b, NT_LINK_RAW), NT_PACKET_OK);
	expect_addr(&p.src, "2001:db8::99");
	decode_every_cut(&b, NT_LINK_RAW);
	b.bytes[47] = 17; /* longer than the header */
	assert_int_equal(decode(&p, &b, NT_LINK_RAW), NT_PACKET_OK);
	expect_addr(&p.src, "2001:db8::1");
}

static void
test_ipv6_fragments(void **state)
{
	struct pkt b = { 0 };
	struct nt_packet p;

	(void)state;
	put_ipv6(&b, 44, 8 + 8);
	put_ext(&b, 17, 0, 8);
	put_udp(&b, 8);
	assert_int_equal(decode(&p, &b, NT_LINK_RAW), NT_PACKET_OK); /* atomic */
	assert_int_equal(p.flags, 0);
	assert_int_equal(p.ip_len, 48);
	b.bytes[43] = 1;
	assert_int_equal(decode(&p, &b, NT_LINK_RAW), NT_PACKET_OK);
	assert_int_equal(p.flags, NT_PKT_FRAG_FIRST);
	assert_int_equal(p.ip_len, 56);
	b.bytes[43] = 9;
	assert_int_equal(decode(&p, &b, NT_LINK_RAW), NT_PACKET_FRAGMENT);
	expect_addr(&p.src, "2001:db8::1");
	b.bytes[43] = 8;
	assert_int_equal(decode(&p, &b, NT_LINK_RAW), NT_PACKET_FRAGMENT);
	decode_every_cut(&b, NT_LINK_RAW);
}

/* Behind an atomic one, a fragment header is the last header, be it of a fragment or not. */
static void
test_ipv6_nested_fragments(void **state)
{
	static const uint16_t offsets[] = { 0, 1, 8, 9, 0xfff8 };
	struct nt_packet p;

	(void)state;
	for (size_t i = 0; i < NT_ARRAY_SIZE(offsets); i++) {
		struct pkt b = { 0 };

		put_ipv6(&b, 44, 8 + 8 + 8);
		put_ext(&b, 44, 0, 8);
		put_ext(&b, 17, 0, 8);
		b.bytes[50] = (uint8_t)(offsets[i] >> 8);
		b.bytes[51] = (uint8_t)offsets[i];
		put_udp(&b, 8);
		assert_int_equal(decode(&p, &b, NT_LINK_RAW), NT_PACKET_OK);
		assert_int_equal(p.proto, 17);
		assert_int_equal(p.dport, 53);
		assert_int_equal(p.ip_len, 40 + 16);
		assert_int_equal(p.flags, 0);
		decode_every_cut(&b, NT_LINK_RAW);
		b.bytes[48] = 44;
		assert_int_equal(decode(&p, &b, NT_LINK_RAW), NT_PACKET_OK);
		assert_int_equal(p.proto, 44);
		assert_int_equal(p.ip_len, 40 + 16);
	}
}

static void
test_ipv6_without_transport(void **state)
{
	static const uint8_t next[] = { 50, 59, 135 };
	struct nt_packet p;

	(void)state;
	for (size_t i = 0; i < sizeof(next); i++) {
		struct pkt b = { 0 };

		put_ipv6(&b, next[i], 16);
		put_ext(&b, 59, 0, 8);
		put_zeros(&b, 8);
		assert_int_equal(decode(&p, &b, NT_LINK_RAW), NT_PACKET_NO_TRANSPORT);
		decode_every_cut(&b, NT_LINK_RAW);
	}
}

/* Zeek reassembles the first, which is whole, and goes on to the second only. */
static void
test_ipv6_atomic_fragments(void **state)
{
	struct nt_packet p;

	(void)state;
	for (unsigned int n = 1; n <= 20; n++) {
		struct pkt b = { 0 };

		put_ipv6(&b, 44, 8 * n + 8);
		for (unsigned int i = 1; i <= n; i++) {
			put16(&b, i < n ? 44 << 8 : 17 << 8);
			put16(&b, i == 2 ? 0x0008 : 0);
			put32(&b, i);
		}
		put_udp(&b, 8);
		assert_int_equal(decode(&p, &b, NT_LINK_RAW), NT_PACKET_OK);
		assert_int_equal(p.proto, n <= 2 ? 17 : 44);
		assert_int_equal(p.ip_len, 40 + 8 * n);
		decode_every_cut(&b, NT_LINK_RAW);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_ipv4),
		cmocka_unit_test(test_ipv4_options),
		cmocka_unit_test(test_ipv4_lengths),
		cmocka_unit_test(test_ipv4_version),
		cmocka_unit_test(test_ipv4_length_zero),
		cmocka_unit_test(test_padding_is_ignored),
		cmocka_unit_test(test_ipv4_fragments),
		cmocka_unit_test(test_ipv6),
		cmocka_unit_test(test_ipv6_extension_headers),
		cmocka_unit_test(test_ipv6_cut_extension),
		cmocka_unit_test(test_ipv6_extension_limit),
		cmocka_unit_test(test_ipv6_atomic_fragments),
		cmocka_unit_test(test_ipv6_routing),
		cmocka_unit_test(test_ipv6_home_address),
		cmocka_unit_test(test_ipv6_fragments),
		cmocka_unit_test(test_ipv6_nested_fragments),
		cmocka_unit_test(test_ipv6_without_transport),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
