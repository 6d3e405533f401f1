/* SPDX-License-Identifier: BSD-3-Clause */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "build_packet.h"

static void
test_tcp(void **state)
{
	struct nt_packet p;

	(void)state;
	for (unsigned int header = 20; header <= 60; header += 4) {
		struct pkt b = { 0 };

		put_ipv4(&b, 6, header + 5);
		put_tcp(&b, 0x12, header);
		put_zeros(&b, 5);
		assert_int_equal(decode(&p, &b, NT_LINK_RAW), NT_PACKET_OK);
		assert_int_equal(p.sport, 1025);
		assert_int_equal(p.dport, 443);
		assert_int_equal(p.seq, 0x01020304);
		assert_int_equal(p.ack, 0x05060708);
		assert_int_equal(p.window, 0x1000);
		assert_int_equal(p.tcp_flags, 0x12);
		assert_int_equal(p.tcp_header_len, header);
		assert_int_equal(p.payload_len, 5);
		assert_ptr_equal(p.payload, b.bytes + 20 + header);
		decode_every_cut(&b, NT_LINK_RAW);
	}
}

static void
test_tcp_cut(void **state)
{
	struct pkt b = { 0 };
	struct nt_packet p;

	(void)state;
	put_ipv4(&b, 6, 24 + 100);
	put_tcp(&b, 0x10, 24);
	put_zeros(&b, 100);
	for (uint32_t len = 20; len <= b.len; len++) {
		enum nt_packet_reason reason = decode_cut(&p, &b, len, b.len, NT_LINK_RAW);

		assert_int_equal(reason, len < 40 ? NT_PACKET_CUT_L4 : NT_PACKET_OK);
		if (len < 40)
			continue;
		assert_int_equal(!!(p.flags & NT_PKT_CUT), len < b.len);
		assert_int_equal(!!(p.flags & NT_PKT_NO_COUNT), len < 44);
		assert_int_equal(p.payload_len, len < 44 ? 0 : 100);
		assert_int_equal(p.payload_captured, len < 44 ? 0 : len - 44);
		assert_int_equal(p.payload != NULL, len > 44);
	}
}

static void
test_tcp_bad_header(void **state)
{
	struct nt_packet p;

	(void)state;
	for (unsigned int header = 0; header < 60; header += 4) {
		struct pkt b = { 0 };

		put_ipv4(&b, 6, 30);
		put_tcp(&b, 2, header);
		while (b.len < 50)
			put8(&b, 0);
		b.len = 50;
		assert_int_equal(decode(&p, &b, NT_LINK_RAW), NT_PACKET_OK);
		assert_int_equal(p.flags, header < 20 || header > 30 ? NT_PKT_NO_COUNT : 0);
	}
}

/* The datagram's own length is too short for the header, whatever padding follows. */
static void
test_too_short(void **state)
{
	static const struct {
		unsigned int proto, header;
	} cases[] = { { 6, 20 }, { 17, 8 }, { 1, 8 }, { 58, 8 } };
	struct nt_packet p;

	(void)state;
	for (size_t i = 0; i < NT_ARRAY_SIZE(cases); i++) {
		for (unsigned int len = 1; len <= cases[i].header; len++) {
			struct pkt b = { 0 };

			put_ipv4(&b, cases[i].proto, len);
			put_tcp(&b, 2, 20);
			assert_int_equal(decode(&p, &b, NT_LINK_RAW),
				len < cases[i].header ? NT_PACKET_BAD_L4 : NT_PACKET_OK);
			decode_every_cut(&b, NT_LINK_RAW);
		}
	}
}

static void
test_udp_lengths(void **state)
{
	static const struct {
		unsigned int udp;
		uint32_t payload_len, captured;
	} cases[] = {
		{ 18, 10, 10 },
		{ 12, 4, 4 }, /* says less than IP */
		{ 1008, 1000, 10 }, /* and more */
		{ 8, 0, 0 },
		{ 7, 0, 0 },
		{ 0, 0, 0 },
	};
	struct nt_packet p;

	(void)state;
	for (size_t i = 0; i < NT_ARRAY_SIZE(cases); i++) {
		struct pkt b = { 0 };

		put_ipv4(&b, 17, 18);
		put_udp(&b, cases[i].udp);
		put_zeros(&b, 20);
		assert_int_equal(decode(&p, &b, NT_LINK_RAW), NT_PACKET_OK);
		assert_int_equal(p.payload_len, cases[i].payload_len);
		assert_int_equal(p.payload_captured, cases[i].captured);
		assert_int_equal(p.payload != NULL, cases[i].captured > 0);
		decode_every_cut(&b, NT_LINK_RAW);
	}
}

static void
test_icmp(void **state)
{
	struct pkt b = { 0 };
	struct nt_packet p;

	(void)state;
	put_ipv4(&b, 1, 8 + 56);
	put32(&b, 0x08000000);
	put_zeros(&b, 60);
	assert_int_equal(decode(&p, &b, NT_LINK_RAW), NT_PACKET_OK);
	assert_int_equal(p.sport, 8);
	assert_int_equal(p.dport, 0);
	assert_int_equal(p.payload_len, 56);
	assert_int_equal(decode_cut(&p, &b, 40, b.len, NT_LINK_RAW), NT_PACKET_OK);
	assert_int_equal(p.payload_len, 56);
	assert_int_equal(p.payload_captured, 12);
	decode_every_cut(&b, NT_LINK_RAW);
}

/* The protocol decides which ICMP it is, not the IP version. */
static void
test_icmpv6(void **state)
{
	struct pkt b = { 0 };
	struct nt_packet p;

	(void)state;
	put_ipv6(&b, 58, 8);
	put32(&b, 0x87000000);
	put32(&b, 0);
	assert_int_equal(decode(&p, &b, NT_LINK_RAW), NT_PACKET_OK);
	assert_int_equal(p.sport, 135);
	assert_int_equal(p.dport, 136);
	b.bytes[6] = 1;
	b.bytes[40] = 8;
	assert_int_equal(decode(&p, &b, NT_LINK_RAW), NT_PACKET_OK);
	assert_int_equal(p.dport, 0);
}

static void
test_other_protocols(void **state)
{
	struct nt_packet p;

	(void)state;
	for (unsigned int proto = 0; proto < 256; proto++) {
		struct pkt b = { 0 };
		enum nt_packet_reason want = NT_PACKET_OK;

		if (proto == 1 || proto == 6 || proto == 17 || proto == 58)
			continue;
		put_ipv4(&b, proto, 12);
		put_zeros(&b, 12);
		if (proto == 4 || proto == 41 || proto == 47)
			want = NT_PACKET_TUNNEL;
		else if (proto == 59)
			want = NT_PACKET_NO_TRANSPORT;
		assert_int_equal(decode(&p, &b, NT_LINK_RAW), want);
		assert_int_equal(p.proto, proto);
		assert_int_equal(p.sport | p.dport, 0);
		assert_int_equal(p.payload_len, 0);
		assert_int_equal(p.ip_len, 32);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_tcp),
		cmocka_unit_test(test_tcp_cut),
		cmocka_unit_test(test_tcp_bad_header),
		cmocka_unit_test(test_too_short),
		cmocka_unit_test(test_udp_lengths),
		cmocka_unit_test(test_icmp),
		cmocka_unit_test(test_icmpv6),
		cmocka_unit_test(test_other_protocols),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
