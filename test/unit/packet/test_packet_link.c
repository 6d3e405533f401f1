/* SPDX-License-Identifier: BSD-3-Clause */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "build_packet.h"

static void
put_datagram(struct pkt *b)
{
	put_ipv4(b, 17, 8 + 4);
	put_udp(b, 12);
	put32(b, 0xdeadbeef);
}

/* Decodes whole as the datagram above, behind a header of that many bytes. */
static void
expect_datagram(const struct pkt *b, uint32_t header, int dlt, struct nt_packet *p)
{
	assert_int_equal(decode(p, b, dlt), NT_PACKET_OK);
	assert_ptr_equal(p->l3, b->bytes + header);
	assert_int_equal(p->sport, 5353);
	assert_int_equal(p->payload_len, 4);
	decode_every_cut(b, dlt);
	for (uint32_t len = 0; len <= header; len++)
		assert_int_not_equal(decode_cut(p, b, len, b->len, dlt), NT_PACKET_OK);
	assert_int_equal(decode(p, b, dlt), NT_PACKET_OK);
}

static void
test_ethernet(void **state)
{
	struct pkt b = { 0 };
	struct nt_packet p;

	(void)state;
	put_ethernet(&b, 0x0800);
	put_datagram(&b);
	expect_datagram(&b, 14, NT_LINK_ETHERNET, &p);
	assert_ptr_equal(p.mac, b.bytes);
	assert_int_equal(p.vlan, 0);
	assert_int_equal(p.flags, 0);
	for (uint32_t len = 0; len <= 16; len++)
		assert_int_equal(
			decode_cut(&p, &b, len, len, NT_LINK_ETHERNET), NT_PACKET_CUT_LINK);
	memset(b.bytes, 0xff, 6);
	assert_int_equal(decode(&p, &b, NT_LINK_ETHERNET), NT_PACKET_OK);
	assert_int_equal(p.flags, NT_PKT_BROADCAST_L2);
}

static void
test_ethertype_does_not_decide(void **state)
{
	struct pkt b = { 0 };
	struct nt_packet p;

	(void)state;
	put_ethernet(&b, 0x86dd);
	put_datagram(&b);
	expect_datagram(&b, 14, NT_LINK_ETHERNET, &p);
	assert_int_equal(p.src.family, NT_FAMILY_IPV4);
}

static void
test_not_ip(void **state)
{
	static const uint16_t types[] = { 0x0806, 0x88cc, 0x8863, 1501, 1535, 0x0600 };
	struct nt_packet p;

	(void)state;
	for (size_t i = 0; i < NT_ARRAY_SIZE(types); i++) {
		struct pkt b = { 0 };

		put_ethernet(&b, types[i]);
		put_datagram(&b);
		assert_int_equal(decode(&p, &b, NT_LINK_ETHERNET), NT_PACKET_NOT_IP);
		assert_int_equal(p.src.family, NT_FAMILY_NONE);
		decode_every_cut(&b, NT_LINK_ETHERNET);
	}
}

static void
test_vlan_tags(void **state)
{
	static const uint16_t types[] = { 0x8100, 0x88a8, 0x9100 };
	struct nt_packet p;

	(void)state;
	for (uint32_t tags = 1; tags <= 8; tags++) {
		struct pkt b = { 0 };

		put_ethernet(&b, types[0]);
		for (uint32_t i = 1; i <= tags; i++) {
			put16(&b, 0xe000 | (100 + i));
			put16(&b, i < tags ? types[i % 3] : 0x0800);
		}
		put_datagram(&b);
		expect_datagram(&b, 14 + 4 * tags, NT_LINK_ETHERNET, &p);
		assert_int_equal(p.vlan, 101);
		assert_int_equal(p.inner_vlan, tags > 1 ? 100 + tags : 0);
	}
}

static void
test_too_many_tags(void **state)
{
	struct pkt b = { 0 };
	struct nt_packet p;

	(void)state;
	put_ethernet(&b, 0x8100);
	for (int i = 0; i < 60; i++)
		put32(&b, 0x00018100);
	put_datagram(&b);
	assert_int_equal(decode(&p, &b, NT_LINK_ETHERNET), NT_PACKET_EXT_LIMIT);
	decode_every_cut(&b, NT_LINK_ETHERNET);
}

static void
test_snap(void **state)
{
	struct pkt b = { 0 };
	struct nt_packet p;

	(void)state;
	put_ethernet(&b, 8 + 32);
	put32(&b, 0xaaaa0300);
	put32(&b, 0x00000800);
	put_datagram(&b);
	expect_datagram(&b, 22, NT_LINK_ETHERNET, &p);
	b.bytes[22 - 3] = 1; /* someone's OUI */
	assert_int_equal(decode(&p, &b, NT_LINK_ETHERNET), NT_PACKET_NOT_IP);
	b.bytes[22 - 3] = 0;
	b.bytes[22 - 1] = 6; /* ARP */
	assert_int_equal(decode(&p, &b, NT_LINK_ETHERNET), NT_PACKET_NOT_IP);
	b.bytes[14] = 0x42; /* spanning tree */
	assert_int_equal(decode(&p, &b, NT_LINK_ETHERNET), NT_PACKET_NOT_IP);
	b.bytes[13] = 255; /* longer than the frame */
	assert_int_equal(decode(&p, &b, NT_LINK_ETHERNET), NT_PACKET_CUT_LINK);
}

static void
test_snap_with_long_control(void **state)
{
	struct pkt b = { 0 };
	struct nt_packet p;

	(void)state;
	put_ethernet(&b, 0x8100);
	put32(&b, 0x00070029);
	put32(&b, 0xaaaa0000);
	put32(&b, 0x00000008);
	put8(&b, 0);
	put_datagram(&b);
	expect_datagram(&b, 27, NT_LINK_ETHERNET, &p);
	assert_int_equal(p.vlan, 7);
}

static void
test_fabric_path(void **state)
{
	struct pkt b = { 0 };
	struct nt_packet p;

	(void)state;
	put_zeros(&b, 12);
	put16(&b, 0x8903);
	put16(&b, 0);
	put_ethernet(&b, 0x0800);
	put_datagram(&b);
	expect_datagram(&b, 30, NT_LINK_ETHERNET, &p);
	assert_ptr_equal(p.mac, b.bytes + 16);
}

static void
test_mpls(void **state)
{
	struct nt_packet p;

	(void)state;
	for (uint32_t labels = 1; labels <= 17; labels++) {
		struct pkt b = { 0 };

		put_ethernet(&b, 0x8847);
		for (uint32_t i = 1; i <= labels; i++)
			put32(&b, i << 12 | (i == labels) << 8 | 64);
		put_datagram(&b);
		if (labels <= 16)
			expect_datagram(&b, 14 + 4 * labels, NT_LINK_ETHERNET, &p);
		else
			assert_int_equal(decode(&p, &b, NT_LINK_ETHERNET), NT_PACKET_EXT_LIMIT);
	}
}

static void
test_pppoe(void **state)
{
	struct pkt b = { 0 };
	struct nt_packet p;

	(void)state;
	put_ethernet(&b, 0x8100);
	put32(&b, 0x00078864);
	put32(&b, 0x11000001);
	put32(&b, 0x00220021);
	put_datagram(&b);
	expect_datagram(&b, 26, NT_LINK_ETHERNET, &p);
	assert_int_equal(p.vlan, 7);
	b.bytes[25] = 0x57; /* the version decides again */
	assert_int_equal(decode(&p, &b, NT_LINK_ETHERNET), NT_PACKET_OK);
	b.bytes[25] = 0x21;
	b.bytes[23]--; /* one byte fewer than the packet says, which counts by its own length */
	assert_int_equal(decode(&p, &b, NT_LINK_ETHERNET), NT_PACKET_OK);
	assert_int_equal(p.payload_captured, p.payload_len - 1);
	assert_true((p.flags & NT_PKT_CUT) != 0);
	b.bytes[23] = 1;
	assert_int_not_equal(decode(&p, &b, NT_LINK_ETHERNET), NT_PACKET_OK);
	b.bytes[24] = 0xc0; /* LCP */
	assert_int_equal(decode(&p, &b, NT_LINK_ETHERNET), NT_PACKET_NOT_IP);
}

static void
test_vntag(void **state)
{
	struct pkt b = { 0 };
	struct nt_packet p;

	(void)state;
	put_ethernet(&b, 0x8926);
	put32(&b, 0);
	put16(&b, 0x8100);
	put32(&b, 0x00090800);
	put_datagram(&b);
	expect_datagram(&b, 24, NT_LINK_ETHERNET, &p);
	assert_int_equal(p.vlan, 9);
}

static void
test_pbb(void **state)
{
	struct pkt b = { 0 };
	struct nt_packet p;

	(void)state;
	put_ethernet(&b, 0x88a8);
	put32(&b, 0x000588e7);
	put32(&b, 0x00001234);
	put_ethernet(&b, 0x8100);
	put32(&b, 0x00060800);
	put_datagram(&b);
	expect_datagram(&b, 40, NT_LINK_ETHERNET, &p);
	assert_ptr_equal(p.mac, b.bytes + 22);
	assert_int_equal(p.vlan, 5);
	assert_int_equal(p.inner_vlan, 6);
}

static void
test_cooked(void **state)
{
	struct pkt b = { 0 }, c = { 0 };
	struct nt_packet p;

	(void)state;
	put_zeros(&b, 14);
	b.bytes[6] = 0x02; /* the sender's address */
	put16(&b, 0x0800);
	put_datagram(&b);
	expect_datagram(&b, 16, NT_LINK_LINUX_SLL, &p);
	assert_int_equal(p.mac[6], 0x02);
	assert_int_equal(p.flags, NT_PKT_L2_SENDER);
	put16(&c, 0x0800);
	put_zeros(&c, 18);
	put_datagram(&c);
	c.bytes[12] = 0x04;
	expect_datagram(&c, 20, NT_LINK_LINUX_SLL2, &p);
	assert_int_equal(p.mac[6], 0x04);
	assert_int_equal(p.flags, NT_PKT_L2_SENDER);
	c.bytes[0] = 0;
	c.bytes[1] = 4; /* an 802.2 frame */
	assert_int_equal(decode(&p, &c, NT_LINK_LINUX_SLL2), NT_PACKET_NOT_IP);
}

static void
test_cooked_vlan(void **state)
{
	struct pkt b = { 0 };
	struct nt_packet p;

	(void)state;
	put_zeros(&b, 14);
	put16(&b, 0x8100);
	put32(&b, 0x00050800);
	put_datagram(&b);
	expect_datagram(&b, 20, NT_LINK_LINUX_SLL, &p);
	assert_int_equal(p.vlan, 5);
}

static void
test_loopback(void **state)
{
	static const uint8_t families[] = { 2, 24, 28, 30, 10 };
	static const int links[] = { NT_LINK_NULL, NT_LINK_LOOP };
	struct nt_packet p;

	(void)state;
	for (size_t i = 0; i < NT_ARRAY_SIZE(families) * 4; i++) {
		struct pkt b = { 0 };
		uint32_t family = families[i / 4];

		put32(&b, i & 1 ? family : family << 24);
		put_datagram(&b);
		expect_datagram(&b, 4, links[i / 2 % 2], &p);
	}
	for (uint32_t family = 0; family < 40; family++) {
		struct pkt b = { 0 };
		bool known = memchr(families, (int)family, sizeof(families)) != NULL;

		put32(&b, family);
		put_datagram(&b);
		assert_int_equal(
			decode(&p, &b, NT_LINK_NULL), known ? NT_PACKET_OK : NT_PACKET_NOT_IP);
	}
}

static void
test_raw(void **state)
{
	static const int links[] = { NT_LINK_RAW, NT_LINK_IPV4, NT_LINK_IPV6 };
	struct nt_packet p;

	(void)state;
	for (size_t i = 0; i < NT_ARRAY_SIZE(links); i++) {
		struct pkt b = { 0 };

		put_datagram(&b);
		expect_datagram(&b, 0, links[i], &p);
		assert_null(p.mac);
	}
}

static void
test_supported(void **state)
{
	struct pkt b = { 0 };
	struct nt_packet p;
	unsigned int supported = 0;

	(void)state;
	put_datagram(&b);
	for (int dlt = -1; dlt < 300; dlt++) {
		supported += nt_link_supported(dlt);
		if (!nt_link_supported(dlt))
			assert_int_equal(decode(&p, &b, dlt), NT_PACKET_NOT_IP);
	}
	assert_int_equal(supported, 14);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_ethernet),
		cmocka_unit_test(test_ethertype_does_not_decide),
		cmocka_unit_test(test_not_ip),
		cmocka_unit_test(test_vlan_tags),
		cmocka_unit_test(test_too_many_tags),
		cmocka_unit_test(test_snap),
		cmocka_unit_test(test_snap_with_long_control),
		cmocka_unit_test(test_fabric_path),
		cmocka_unit_test(test_mpls),
		cmocka_unit_test(test_pppoe),
		cmocka_unit_test(test_vntag),
		cmocka_unit_test(test_pbb),
		cmocka_unit_test(test_cooked),
		cmocka_unit_test(test_cooked_vlan),
		cmocka_unit_test(test_loopback),
		cmocka_unit_test(test_raw),
		cmocka_unit_test(test_supported),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
