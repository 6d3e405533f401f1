/* SPDX-License-Identifier: BSD-3-Clause */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "build_packet.h"

static void
test_reason_names(void **state)
{
	(void)state;
	for (unsigned int r = 0; r < NT_PACKET_REASONS; r++) {
		const char *name = nt_packet_reason_name((enum nt_packet_reason)r);

		assert_non_null(name);
		for (unsigned int s = 0; s < r; s++)
			assert_string_not_equal(
				name, nt_packet_reason_name((enum nt_packet_reason)s));
	}
	assert_string_equal(nt_packet_reason_name(NT_PACKET_OK), "ok");
	assert_string_equal(nt_packet_reason_name(NT_PACKET_REASONS), "unknown");
}

/* Nothing of the packet before shows through. */
static void
test_fills_whole(void **state)
{
	struct pkt b = { 0 };
	struct nt_packet p, zero;

	(void)state;
	memset(&zero, 0, sizeof(zero));
	zero.reason = NT_PACKET_CUT_LINK;
	assert_int_equal(decode(&p, &b, NT_LINK_ETHERNET), NT_PACKET_CUT_LINK);
	assert_memory_equal(&p, &zero, sizeof(p));
}

/* The wire can't have had less than was captured. */
static void
test_wire_len_too_small(void **state)
{
	struct pkt b = { 0 };
	struct nt_packet p;

	(void)state;
	put_ipv4(&b, 17, 8);
	put_udp(&b, 8);
	assert_int_equal(decode_cut(&p, &b, b.len, 3, NT_LINK_RAW), NT_PACKET_OK);
}

static void
test_find_ends_of_fragments(void **state)
{
	struct pkt b = { 0 };
	struct nt_packet_ends whole, part;

	(void)state;
	put_ipv4(&b, 17, 8);
	put_udp(&b, 8);
	assert_true(nt_packet_find_ends(&whole, b.bytes, b.len, NT_LINK_RAW));
	b.bytes[7] = 100;
	assert_true(nt_packet_find_ends(&part, b.bytes, b.len, NT_LINK_RAW));
	assert_memory_equal(&whole, &part, sizeof(whole));
	b.bytes[0] = 0;
	assert_false(nt_packet_find_ends(&part, b.bytes, b.len, NT_LINK_RAW));
	memset(&whole, 0, sizeof(whole));
	assert_memory_equal(&whole, &part, sizeof(whole));
}

/* Every byte of a packet, changed to a few values: decode stays within it. */
static void
test_changed_bytes(void **state)
{
	static const uint8_t values[] = { 0, 1, 6, 44, 60, 0x7f, 0x80, 0xff };
	struct pkt b = { 0 };
	struct nt_packet p;

	(void)state;
	put_ethernet(&b, 0x8100);
	put32(&b, 0x000186dd);
	put_ipv6(&b, 60, 8 + 8 + 24);
	put32(&b, 0x2c000000);
	put32(&b, 0);
	put32(&b, 0x06000000);
	put32(&b, 0);
	put_tcp(&b, 2, 24);
	for (uint32_t at = 0; at < b.len; at++) {
		uint8_t was = b.bytes[at];

		for (size_t i = 0; i < sizeof(values); i++) {
			b.bytes[at] = values[i];
			(void)decode(&p, &b, NT_LINK_ETHERNET);
		}
		b.bytes[at] = was;
	}
	assert_int_equal(decode(&p, &b, NT_LINK_ETHERNET), NT_PACKET_OK);
	assert_int_equal(p.dport, 443);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_reason_names),
		cmocka_unit_test(test_fills_whole),
		cmocka_unit_test(test_wire_len_too_small),
		cmocka_unit_test(test_find_ends_of_fragments),
		cmocka_unit_test(test_changed_bytes),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
