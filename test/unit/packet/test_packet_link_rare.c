/* SPDX-License-Identifier: BSD-3-Clause */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "look_packet.h"

static enum nt_packet_reason
decoded(const struct pkt *b, int dlt)
{
	struct nt_packet p;

	decode_every_cut(b, dlt);
	return decode(&p, b, dlt);
}

static void
test_ppp(void **state)
{
	static const struct {
		uint16_t protocol;
		enum nt_packet_reason reason;
	} cases[] = {
		{ 0x0021, NT_PACKET_OK }, { 0x0057, NT_PACKET_OK }, { 0xc021, NT_PACKET_NOT_IP },
		{ 0x0281, NT_PACKET_EXT_LIMIT }, /* MPLS: a label without end */
	};

	(void)state;
	for (size_t i = 0; i < NT_ARRAY_SIZE(cases); i++) {
		struct pkt b = { 0 }, c = { 0 };

		put16(&b, cases[i].protocol);
		put_small_datagram(&b);
		put_zeros(&b, 60);
		assert_int_equal(decoded(&b, NT_LINK_PPP), cases[i].reason);
		put16(&c, 0xff03);
		put16(&c, cases[i].protocol);
		put_small_datagram(&c);
		put_zeros(&c, 60);
		assert_int_equal(decoded(&c, NT_LINK_PPP), cases[i].reason);
		assert_int_equal(decoded(&c, NT_LINK_PPP_SERIAL), cases[i].reason);
		c.bytes[0] = 0x0f;
		assert_int_equal(decoded(&c, NT_LINK_PPP), NT_PACKET_NOT_IP);
		assert_int_equal(decoded(&c, NT_LINK_PPP_SERIAL), cases[i].reason);
	}
}

static void
test_ppp_mpls(void **state)
{
	struct pkt b = { 0 };

	(void)state;
	put16(&b, 0x0281);
	put32(&b, 0x00010140);
	put_small_datagram(&b);
	assert_int_equal(decoded(&b, NT_LINK_PPP), NT_PACKET_OK);
}

static void
test_fddi(void **state)
{
	struct pkt b = { 0 };
	struct nt_packet p;

	(void)state;
	put_zeros(&b, 21);
	put_small_datagram(&b);
	assert_int_equal(decoded(&b, NT_LINK_FDDI), NT_PACKET_OK);
	assert_int_equal(decode_cut(&p, &b, 21, b.len, NT_LINK_FDDI), NT_PACKET_CUT_LINK);
	assert_int_equal(decode_cut(&p, &b, 22, b.len, NT_LINK_FDDI), NT_PACKET_CUT_IP);
}

static void
put_host16(struct pkt *b, uint16_t v)
{
	memcpy(b->bytes + b->len, &v, sizeof(v));
	b->len += sizeof(v);
}

static void
put_nflog(struct pkt *b, unsigned int family, unsigned int version, uint16_t len)
{
	put8(b, family);
	put8(b, version);
	put_zeros(b, 2);
	put_host16(b, len);
	put_host16(b, 10);
	put_zeros(b, 4); /* a value of one byte, padded */
	put_host16(b, 4 + DATAGRAM_LEN);
	put_host16(b, 9);
	put_small_datagram(b);
}

static void
test_nflog(void **state)
{
	static const struct {
		unsigned int family, version;
		uint16_t len;
		enum nt_packet_reason reason;
	} cases[] = {
		{ 2, 0, 5, NT_PACKET_OK },
		{ 10, 0, 8, NT_PACKET_OK },
		{ 7, 0, 5, NT_PACKET_NOT_IP },
		{ 2, 1, 5, NT_PACKET_NOT_IP },
		{ 2, 0, 0, NT_PACKET_CUT_LINK },
		{ 2, 0, 3, NT_PACKET_CUT_LINK },
		{ 2, 0, 0xffff, NT_PACKET_CUT_LINK },
		{ 2, 0, 44, NT_PACKET_CUT_LINK },
	};

	(void)state;
	for (size_t i = 0; i < NT_ARRAY_SIZE(cases); i++) {
		struct pkt b = { 0 };

		put_nflog(&b, cases[i].family, cases[i].version, cases[i].len);
		assert_int_equal(decoded(&b, NT_LINK_NFLOG), cases[i].reason);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_ppp),
		cmocka_unit_test(test_ppp_mpls),
		cmocka_unit_test(test_fddi),
		cmocka_unit_test(test_nflog),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
