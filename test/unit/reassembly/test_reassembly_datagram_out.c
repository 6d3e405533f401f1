/* SPDX-License-Identifier: BSD-3-Clause */
/* What comes out is an ordinary packet. */
#include "fragments.h"

#include <nt_packet.h>

static struct nt_datagrams *d;

static int
setup(void **state)
{
	(void)state;
	d = make_table(16, 1 << 20, 0);
	return 0;
}

static int
teardown(void **state)
{
	(void)state;
	nt_datagrams_free(d);
	return 0;
}

static struct nt_packet
decode(uint32_t len)
{
	struct nt_packet p;

	assert_int_equal(nt_packet_decode(&p, out, len, len, NT_LINK_ETHERNET), NT_PACKET_OK);
	assert_int_equal(p.flags & (NT_PKT_FRAG_FIRST | NT_PKT_CUT), 0);
	return p;
}

static void
test_ipv4(void **state)
{
	struct nt_packet p;
	uint32_t len, sum = 0;

	(void)state;
	memcpy(pattern, (const uint8_t[8]){ 0x30, 0x39, 0, 53, 0x06, 0x04, 0, 0 }, 8);
	add(d, fragment(1480, 60, false));
	len = add(d, fragment(0, 1480, true));
	assert_memory_equal(out, link_header, LINK_LEN);
	p = decode(len);
	assert_int_equal(p.ip_len, 1560);
	assert_int_equal(p.sport, 12345);
	assert_int_equal(p.payload_len, 1532);
	assert_ptr_equal(p.payload, out + LINK_LEN + 28);
	assert_memory_equal(p.payload, pattern + 8, 1532);
	for (unsigned int i = 0; i < 20; i += 2)
		sum += (uint32_t)out[LINK_LEN + i] << 8 | out[LINK_LEN + i + 1];
	assert_int_equal((sum & 0xffff) + (sum >> 16), 0xffff);
}

/* The link header is the last one's, the IP header the first one's to come, DF stays. */
static void
test_whose_headers(void **state)
{
	static const uint8_t options[28] = { 0x47, 1, 0, 0, 0x12, 0x34, 0x60, 5, 7, TCP, 0, 0, 192,
		0, 2, 1, 192, 0, 2, 2, 1, 1, 1, 1, 1, 1, 1, 1 };
	struct nt_fragment last = fragment(40, 8, false), first = fragment(0, 40, true);
	static const uint8_t tagged[18] = { [12] = 0x81, [15] = 9, [16] = 8 };
	uint8_t *h = out + 18;

	(void)state;
	last.l3 = options;
	last.l3_len = sizeof(options);
	first.link = tagged;
	first.link_len = sizeof(tagged);
	add(d, last);
	assert_int_equal(add(d, first), 18 + 28 + 48);
	assert_memory_equal(out, tagged, sizeof(tagged));
	assert_memory_equal(h, "\x47\x01\x00\x4c\x12\x34\x40\x00\x07\x06", 10);
	assert_memory_equal(h + 12, options + 12, 16);
	assert_memory_equal(h + 28, pattern, 48);
}

/* A TCP header over two fragments. */
static void
test_tiny_first(void **state)
{
	static const uint8_t tcp[20] = { 4, 0, 0, 80, 0, 0, 0, 7, 0, 0, 0, 0, 0x50, 2, 1, 0 };
	uint8_t header[20];
	struct nt_fragment a = fragment_of(tcp, 0, 8, true), b = fragment_of(tcp + 8, 8, 12, false);
	struct nt_packet p;

	(void)state;
	memcpy(header, ipv4_header, sizeof(header));
	header[9] = TCP;
	a.l3 = b.l3 = header;
	add(d, a);
	p = decode(add(d, b));
	assert_int_equal(p.proto, TCP);
	assert_int_equal(p.tcp_flags, 2);
	assert_int_equal(p.seq, 7);
	assert_int_equal(p.ip_len, 40);
}

/* Destination options before the fragment header, another one's length and next header. */
static const uint8_t ipv6_header[48] = { 0x60, 0, 0, 0, 0xff, 0xff, 60, 64, 0x20, 1, 0x0d,
	0xb8, [23] = 1, [24] = 0x20, 1, 0x0d, 0xb8, [39] = 2, [40] = 44, 0, 1, 4 };

static struct nt_fragment
fragment_v6(uint32_t off, uint32_t len, bool more)
{
	struct nt_fragment f = fragment(off, len, more);
	static uint8_t link[LINK_LEN];

	memcpy(link, link_header, LINK_LEN);
	link[12] = 0x86;
	link[13] = 0xdd;
	f.link = link;
	f.src = nt_addr_v6(ipv6_header + 8);
	f.dst = nt_addr_v6(ipv6_header + 24);
	f.id = 0xdeadbeef;
	f.l3 = ipv6_header;
	f.l3_len = sizeof(ipv6_header);
	f.next_at = 40;
	return f;
}

static void
test_ipv6(void **state)
{
	struct nt_fragment last = fragment_v6(1448, 100, false);
	struct nt_packet p;

	(void)state;
	memcpy(pattern, (const uint8_t[8]){ 0, 53, 0x30, 0x39, 0x06, 0x0c, 0, 0 }, 8);
	last.proto = TCP; /* the first one's counts, though it comes later */
	add(d, last);
	p = decode(add(d, fragment_v6(0, 1448, true)));
	assert_int_equal(p.proto, UDP);
	assert_int_equal(p.ip_len, 48 + 1548);
	assert_int_equal(p.sport, 53);
	assert_int_equal(p.payload_len, 1540);
	assert_memory_equal(p.payload, pattern + 8, 1540);
	assert_int_equal(out[LINK_LEN + 6], 60);
	assert_int_equal(out[LINK_LEN + 40], UDP);
}

static void
test_ipv6_atomic(void **state)
{
	struct nt_fragment f = fragment_v6(0, 20, false);

	(void)state;
	f.l3_len = 40;
	f.next_at = 6;
	assert_int_equal(add(d, f), LINK_LEN + 60);
	assert_int_equal(out[LINK_LEN + 6], UDP);
	assert_int_equal(out[LINK_LEN + 5], 20);
	assert_int_equal(stats_of(d).under_way, 0);
	/* ... or joins what is under way. */
	add(d, fragment_v6(8, 16, true));
	assert_int_equal(add(d, f), LINK_LEN + 48 + 24);
}

/* A fragment header within is the last header of the datagram, not another fragment of it. */
static void
test_ipv6_nested(void **state)
{
	struct nt_fragment f = fragment_v6(0, 208, true);
	struct nt_packet p;

	(void)state;
	memcpy(pattern, "\x3a\0\0\x09\0\0\0\7\x80\0", 10);
	f.proto = 44;
	add(d, f);
	p = decode(add(d, fragment_v6(208, 200, false)));
	assert_int_equal(p.proto, 58);
	assert_int_equal(p.ip_len, 48 + 408);
	assert_int_equal(p.icmp_type, 128);
	assert_memory_equal(out + LINK_LEN + 48, "\x2c\0\0\0\xde\xad\xbe\xef\x3a", 9);
	/* The protocol is a third one, which says nothing at all. */
	pattern[0] = 44;
	add(d, f);
	p = decode(add(d, fragment_v6(208, 200, false)));
	assert_int_equal(p.proto, 44);
	assert_int_equal(p.ip_len, 48 + 408);
	/* No room for it. */
	f = fragment_v6(0, 65000, true);
	f.proto = 60;
	add(d, f);
	assert_int_equal(add(d, fragment_v6(65000, 527, false)), LINK_LEN + 48 + 65527);
	assert_int_equal(out[LINK_LEN + 40], 60);
}

/* Families are told apart, also where all bytes of the addresses are the same. */
static void
test_families(void **state)
{
	struct nt_fragment a = fragment_v6(0, 8, true), b = fragment(8, 8, false);

	(void)state;
	memset(a.src.bytes, 0, 16);
	memcpy(a.src.bytes, b.src.bytes, 4);
	memset(a.dst.bytes, 0, 16);
	memcpy(a.dst.bytes, b.dst.bytes, 4);
	a.id = b.id;
	add(d, a);
	assert_int_equal(add(d, b), 0);
	assert_int_equal(stats_of(d).under_way, 2);
}

static uint32_t
whole_of(uint32_t len)
{
	uint32_t half = len / 16 * 8;

	add(d, fragment(0, half, true));
	return add(d, fragment(half, len - half, false));
}

/* 16 bits tell the length: RFC 791's maximum, and the ping of death beyond it. */
static void
test_longest(void **state)
{
	struct nt_fragment f = fragment_v6(65000, 535, false);
	static uint8_t long_link[NT_DATAGRAM_LINK_MAX];

	(void)state;
	assert_payload(whole_of(65515), pattern, 65515);
	assert_int_equal(out[LINK_LEN + 2] << 8 | out[LINK_LEN + 3], 65535);
	f.l3_len = 40;
	f.next_at = 6;
	f.link = long_link;
	f.link_len = sizeof(long_link);
	add(d, fragment_v6(0, 65000, true));
	nt_datagrams_clear(d);
	f.offset = 0;
	f.payload = pattern;
	f.payload_len = 65000;
	f.more = true;
	add(d, f);
	f.offset = 65000;
	f.payload = pattern + 65000;
	f.payload_len = 535;
	f.more = false;
	assert_int_equal(add(d, f), NT_DATAGRAM_MAX);
	assert_memory_equal(out + NT_DATAGRAM_MAX - 65535, pattern, 65535);
}

static void
test_ping_of_death(void **state)
{
	(void)state;
	assert_int_equal(whole_of(65516), 0);
	assert_int_equal(whole_of(65535), 0);
	assert_int_equal(stats_of(d).refused, 2);
	assert_int_equal(stats_of(d).under_way, 0);
	assert_payload(whole_of(65536 + 100), pattern, 100);
	assert_int_equal(out[LINK_LEN + 3], 120);
	assert_payload(whole_of(65528 + 65515), pattern, 65507);
}

static void
test_refused(void **state)
{
	struct nt_fragment f = fragment(0, 8, true);
	static const uint8_t zeros[NT_DATAGRAM_HEAD_MAX + 1];

	(void)state;
	f.link = zeros;
	f.link_len = NT_DATAGRAM_LINK_MAX + 1;
	add(d, f);
	f = fragment(0, 8, true);
	f.l3 = zeros;
	f.l3_len = 61;
	add(d, f);
	f.l3_len = 19;
	add(d, f);
	f = fragment_v6(0, 8, true);
	f.l3 = zeros;
	f.l3_len = NT_DATAGRAM_HEAD_MAX + 1;
	add(d, f);
	f.l3_len = 39;
	add(d, f);
	f.l3_len = f.next_at = 40;
	add(d, f);
	add(d, fragment_of(zeros, 131072 - 7, 8, true));
	add(d, fragment_of(zeros, UINT32_MAX - 3, 8, true));
	add(d, fragment_of(zeros, 8, UINT32_MAX - 3, true));
	assert_int_equal(stats_of(d).refused, 9);
	assert_int_equal(stats_of(d).under_way, 0);
	add(d, fragment_of(zeros, 131072 - 8, 8, true));
	assert_int_equal(stats_of(d).under_way, 1);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(test_ipv4),
		TEST(test_whose_headers),
		TEST(test_tiny_first),
		TEST(test_ipv6),
		TEST(test_ipv6_atomic),
		TEST(test_ipv6_nested),
		TEST(test_families),
		TEST(test_longest),
		TEST(test_ping_of_death),
		TEST(test_refused),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
