/* SPDX-License-Identifier: BSD-3-Clause */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "look_packet.h"

/* A data frame's header; subtype and flags as in the first two bytes. */
static void
put_wlan(struct pkt *b, unsigned int type, unsigned int flags, unsigned int qos)
{
	put8(b, type);
	put8(b, flags);
	put_zeros(b, 22);
	if ((flags & 3) == 3)
		put_zeros(b, 6);
	if (type & 0x80) {
		put8(b, qos);
		put8(b, 0);
	}
}

static void
put_snap(struct pkt *b, unsigned int type)
{
	put32(b, 0xaaaa0300);
	put16(b, 0);
	put16(b, type);
}

static void
test_data_frames(void **state)
{
	static const struct {
		unsigned int type, flags;
		enum nt_packet_reason reason;
	} cases[] = {
		{ 0x08, 0x00, NT_PACKET_OK }, { 0x08, 0x01, NT_PACKET_OK },
		{ 0x08, 0x03, NT_PACKET_OK }, { 0x88, 0x02, NT_PACKET_OK },
		{ 0x88, 0x03, NT_PACKET_OK }, { 0x88, 0x41, NT_PACKET_NOT_IP }, /* protected */
		{ 0x08, 0x41, NT_PACKET_OK }, { 0x48, 0x00, NT_PACKET_NOT_IP }, /* no data */
		{ 0x80, 0x00, NT_PACKET_NOT_IP },
		{ 0xb4, 0x00, NT_PACKET_NOT_IP }, /* beacon, RTS */
	};
	struct nt_packet p;

	(void)state;
	for (size_t i = 0; i < NT_ARRAY_SIZE(cases); i++) {
		struct pkt b = { 0 };

		put_wlan(&b, cases[i].type, cases[i].flags, 0);
		put_snap(&b, 0x0800);
		put_small_datagram(&b);
		decode_every_cut(&b, NT_LINK_IEEE802_11);
		assert_int_equal(decode(&p, &b, NT_LINK_IEEE802_11), cases[i].reason);
		if (cases[i].reason == NT_PACKET_OK)
			assert_int_equal(p.sport, 5353);
		look_every_cut(&b, NT_LINK_IEEE802_11);
	}
}

static void
test_other_payloads(void **state)
{
	struct pkt b = { 0 };
	struct nt_packet p;

	(void)state;
	put_wlan(&b, 0x08, 1, 0);
	put_snap(&b, 0x0806);
	put_small_datagram(&b);
	assert_int_equal(decode(&p, &b, NT_LINK_IEEE802_11), NT_PACKET_NOT_IP);
	b.bytes[30] = 0x86;
	b.bytes[31] = 0xdd;
	assert_int_equal(decode(&p, &b, NT_LINK_IEEE802_11), NT_PACKET_OK);
	for (uint32_t i = 24; i < 30; i++) {
		b.bytes[i] ^= 1;
		assert_int_equal(decode(&p, &b, NT_LINK_IEEE802_11), NT_PACKET_NOT_IP);
		b.bytes[i] ^= 1;
	}
	for (uint32_t len = 0; len < 32; len++)
		assert_int_equal(
			decode_cut(&p, &b, len, b.len, NT_LINK_IEEE802_11), NT_PACKET_CUT_LINK);
}

static void
test_radiotap(void **state)
{
	struct pkt b = { 0 };
	struct nt_packet p;

	(void)state;
	put32(&b, 0x00000d00); /* 13 bytes */
	put_zeros(&b, 9);
	put_wlan(&b, 0x08, 2, 0);
	put_snap(&b, 0x0800);
	put_small_datagram(&b);
	decode_every_cut(&b, NT_LINK_IEEE802_11_RADIO);
	assert_int_equal(decode(&p, &b, NT_LINK_IEEE802_11_RADIO), NT_PACKET_OK);
	assert_ptr_equal(p.l3, b.bytes + 45);
	b.bytes[3] = 1;
	assert_int_equal(decode(&p, &b, NT_LINK_IEEE802_11_RADIO), NT_PACKET_CUT_LINK);
}

/* One part with that ethertype and len bytes behind the SNAP header. */
static void
put_part(struct pkt *b, unsigned int type, uint32_t len)
{
	put_zeros(b, 12);
	put16(b, 8 + len);
	put_snap(b, type);
	if (len >= DATAGRAM_LEN) {
		put_small_datagram(b);
		len -= DATAGRAM_LEN;
	}
	put_zeros(b, len);
}

/* Parts by number, and whether each has a packet in it. */
static unsigned int
count_parts(const struct pkt *b, unsigned int *packets)
{
	struct nt_encap_config cfg;
	const uint8_t *at = b->bytes;
	uint32_t left = b->len;
	int link = NT_LINK_IEEE802_11;
	unsigned int parts = 0;
	struct nt_encap e;

	*packets = 0;
	nt_encap_config_default(&cfg);
	while (left > 0 && nt_encap_look(&e, &cfg, at, left, left, link) == NT_ENCAP_AGGREGATE) {
		assert_true(e.rest + e.rest_cap_len == b->bytes + b->len || e.rest_cap_len == 0);
		assert_int_equal(e.src.family != NT_FAMILY_NONE, e.inner_cap_len > 0);
		parts++;
		*packets += e.inner_cap_len > 0;
		at = e.rest;
		left = e.rest_cap_len;
		link = NT_LINK_AMSDU;
	}
	return parts;
}

static void
test_aggregate(void **state)
{
	struct pkt b = { 0 };
	struct nt_packet p;
	unsigned int packets;

	(void)state;
	put_wlan(&b, 0x88, 2, 0x80);
	put_part(&b, 0x0800, DATAGRAM_LEN);
	put_part(&b, 0x0806, 29);
	put_zeros(&b, 1); /* Zeek's padding */
	put_part(&b, 0x86dd, DATAGRAM_LEN + 2);
	put_zeros(&b, 2);
	put_part(&b, 0x0800, DATAGRAM_LEN);
	look_every_cut(&b, NT_LINK_IEEE802_11);
	decode_every_cut(&b, NT_LINK_IEEE802_11);
	assert_int_equal(count_parts(&b, &packets), 4);
	assert_int_equal(packets, 3);
	assert_int_equal(decode(&p, &b, NT_LINK_IEEE802_11), NT_PACKET_OK);
	assert_ptr_equal(p.l3, b.bytes + 48);
	b.len--; /* the last is not all there */
	assert_int_equal(count_parts(&b, &packets), 3);
	assert_int_equal(packets, 2);
}

/* What Zeek has no analyzer for ends the row. */
static void
test_aggregate_ends(void **state)
{
	struct pkt b = { 0 };
	unsigned int packets;

	(void)state;
	put_wlan(&b, 0x88, 2, 0x80);
	put_part(&b, 0x0800, DATAGRAM_LEN);
	put_part(&b, 0x88cc, DATAGRAM_LEN);
	put_part(&b, 0x0800, DATAGRAM_LEN);
	assert_int_equal(count_parts(&b, &packets), 2);
	assert_int_equal(packets, 1);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_data_frames),
		cmocka_unit_test(test_other_payloads),
		cmocka_unit_test(test_radiotap),
		cmocka_unit_test(test_aggregate),
		cmocka_unit_test(test_aggregate_ends),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
