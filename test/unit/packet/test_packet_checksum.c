/* SPDX-License-Identifier: BSD-3-Clause */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <cmocka.h>

#include <nt_checksum.h>

#include "build_packet.h"

#define ETHERNET 14

/* RFC 1071 4.1, word by word. */
static uint16_t
naive_sum(const uint8_t *data, size_t len, uint32_t sum)
{
	for (size_t i = 0; i < len; i++)
		sum += i % 2 ? data[i] : (uint32_t)data[i] << 8;
	while (sum >> 16)
		sum = (sum & 0xffff) + (sum >> 16);
	return (uint16_t)sum;
}

static uint32_t
naive_pseudo(const uint8_t *ends, size_t ends_len, uint8_t proto, uint32_t len)
{
	return naive_sum(ends, ends_len, proto + (len >> 16) + (len & 0xffff));
}

static void
store(struct pkt *b, uint32_t at, uint16_t sum)
{
	b->bytes[at] = (uint8_t)(sum >> 8);
	b->bytes[at + 1] = (uint8_t)sum;
}

static void
verify(struct nt_packet *p, const struct pkt *b)
{
	assert_int_equal(decode(p, b, NT_LINK_ETHERNET), NT_PACKET_OK);
	nt_packet_verify(p);
}

/* IPv4 or IPv6 and a transport with n bytes of payload, all checksums right. */
struct made {
	struct pkt b;
	uint32_t l4, len, sum_at;
	uint8_t proto;
	bool v6;
};

static void
put_transport(struct pkt *b, uint8_t proto, uint32_t n)
{
	if (proto == 6)
		put_tcp(b, 0x10, 24);
	else if (proto == 17)
		put_udp(b, 8 + n);
	else
		put32(b, proto == 1 ? 0x08000000 : 0x80000000);
	if (proto == 1 || proto == 58)
		put32(b, 0x00010002);
}

static uint32_t
header_len(uint8_t proto)
{
	return proto == 6 ? 24 : 8;
}

static void
sign(struct made *m)
{
	static const uint32_t at[] = { [1] = 2, [6] = 16, [17] = 6, [58] = 2 };
	const uint8_t *ends = m->b.bytes + ETHERNET + (m->v6 ? 8 : 12);
	uint32_t sum = m->proto == 1 ? 0 : naive_pseudo(ends, m->v6 ? 32 : 8, m->proto, m->len);

	m->sum_at = m->l4 + at[m->proto];
	store(&m->b, m->sum_at, 0);
	store(&m->b, m->sum_at, (uint16_t)~naive_sum(m->b.bytes + m->l4, m->len, sum));
	if (!m->v6) {
		store(&m->b, ETHERNET + 10, 0);
		store(&m->b, ETHERNET + 10, (uint16_t)~naive_sum(m->b.bytes + ETHERNET, 20, 0));
	}
}

static void
make(struct made *m, bool v6, uint8_t proto, uint32_t n, unsigned int seed)
{
	memset(m, 0, sizeof(*m));
	m->v6 = v6;
	m->proto = proto;
	m->len = header_len(proto) + n;
	put_ethernet(&m->b, v6 ? 0x86dd : 0x0800);
	if (v6)
		put_ipv6(&m->b, proto, m->len);
	else
		put_ipv4(&m->b, proto, m->len);
	m->l4 = m->b.len;
	put_transport(&m->b, proto, n);
	for (uint32_t i = 0; i < n; i++) {
		seed = seed * 1103515245 + 12345;
		put8(&m->b, seed >> 16 & 0xff);
	}
	sign(m);
}

static const struct {
	bool v6;
	uint8_t proto;
} kinds[] = {
	{ false, 6 },
	{ false, 17 },
	{ false, 1 },
	{ true, 6 },
	{ true, 17 },
	{ true, 58 },
};

/* Each length from none on is good; with any bit of the transport turned it is not. */
static void
every_kind(void **state)
{
	struct nt_packet p;
	struct made m;

	(void)state;
	for (size_t k = 0; k < NT_ARRAY_SIZE(kinds); k++) {
		for (uint32_t n = 0; n < 40; n++) {
			make(&m, kinds[k].v6, kinds[k].proto, n, (unsigned int)(n + k));
			verify(&p, &m.b);
			assert_false(p.flags & NT_PKT_BAD_CHECKSUM);
			put_zeros(&m.b, 7); /* padding of the frame */
			m.b.bytes[m.b.len - 1] = 0x55;
			verify(&p, &m.b);
			assert_false(p.flags & NT_PKT_BAD_CHECKSUM);
			m.b.bytes[m.l4 + m.len - 1] ^= 0x10;
			verify(&p, &m.b);
			assert_true(p.flags & NT_PKT_BAD_CHECKSUM);
			assert_int_equal(p.reason, NT_PACKET_OK);
		}
	}
}

static void
ipv4_header(void **state)
{
	struct nt_packet p;
	struct made m;

	(void)state;
	for (uint32_t bit = 0; bit < 160; bit++) {
		enum nt_packet_reason before;

		make(&m, false, 17, 5, bit);
		m.b.bytes[ETHERNET + bit / 8] ^= (uint8_t)(1 << bit % 8);
		before = decode(&p, &m.b, NT_LINK_ETHERNET);
		if (before == NT_PACKET_BAD_IP || before == NT_PACKET_CUT_IP ||
			p.src.family != NT_FAMILY_IPV4)
			continue;
		nt_packet_verify(&p);
		assert_int_equal(p.reason, NT_PACKET_BAD_CHECKSUM);
	}
}

/* What comes after the header's check in Zeek is not asked where that fails; what before is. */
static void
order_of_reasons(void **state)
{
	struct nt_packet p;
	struct made m;

	(void)state;
	make(&m, false, 17, 5, 1);
	m.b.bytes[ETHERNET + 7] = 8; /* a later fragment */
	assert_int_equal(decode(&p, &m.b, NT_LINK_ETHERNET), NT_PACKET_FRAGMENT);
	nt_packet_verify(&p);
	assert_int_equal(p.reason, NT_PACKET_BAD_CHECKSUM);
	nt_checksum_ipv4_set(m.b.bytes + ETHERNET);
	assert_int_equal(decode(&p, &m.b, NT_LINK_ETHERNET), NT_PACKET_FRAGMENT);
	nt_packet_verify(&p);
	assert_int_equal(p.reason, NT_PACKET_FRAGMENT);

	make(&m, false, 17, 5, 1);
	m.b.bytes[ETHERNET + 9] = 4; /* IP in IP */
	assert_int_equal(decode(&p, &m.b, NT_LINK_ETHERNET), NT_PACKET_TUNNEL);
	nt_packet_verify(&p);
	assert_int_equal(p.reason, NT_PACKET_BAD_CHECKSUM);

	make(&m, false, 17, 5, 1);
	m.b.bytes[ETHERNET + 2] = 0xff; /* longer than the frame */
	assert_int_equal(decode(&p, &m.b, NT_LINK_ETHERNET), NT_PACKET_BAD_IP);
	nt_packet_verify(&p);
	assert_int_equal(p.reason, NT_PACKET_BAD_IP);

	make(&m, false, 6, 5, 1); /* segmentation offload: nothing to verify, so Zeek drops it */
	store(&m.b, ETHERNET + 2, 0);
	verify(&p, &m.b);
	assert_int_equal(p.reason, NT_PACKET_BAD_IP);
}

static void
cannot_be_verified(void **state)
{
	struct nt_packet p;
	struct made m;

	(void)state;
	for (size_t k = 0; k < NT_ARRAY_SIZE(kinds); k++) {
		make(&m, kinds[k].v6, kinds[k].proto, 20, 1);
		m.b.bytes[m.sum_at] ^= 1;
		decode_cut(&p, &m.b, m.b.len - 1, m.b.len, NT_LINK_ETHERNET);
		nt_packet_verify(&p);
		assert_int_equal(p.reason, NT_PACKET_OK);
		assert_false(p.flags & NT_PKT_BAD_CHECKSUM);
	}
	make(&m, false, 17, 20, 1); /* a first fragment */
	m.b.bytes[ETHERNET + 6] = 0x20;
	m.b.bytes[m.sum_at] ^= 1;
	nt_checksum_ipv4_set(m.b.bytes + ETHERNET);
	verify(&p, &m.b);
	assert_false(p.flags & NT_PKT_BAD_CHECKSUM);
	make(&m, false, 6, 0, 1); /* a header longer than the segment counts for nothing anyway */
	m.b.bytes[m.l4 + 12] = 0xf0;
	verify(&p, &m.b);
	assert_int_equal(p.flags, NT_PKT_NO_COUNT);
	make(&m, false, 17, 20, 1); /* a protocol without a checksum that we know */
	m.b.bytes[ETHERNET + 9] = 99;
	nt_checksum_ipv4_set(m.b.bytes + ETHERNET);
	verify(&p, &m.b);
	assert_int_equal(p.flags, 0);
}

/* 0 is none: over IPv4 always, over IPv6 for VXLAN only. */
static void
udp_without(void **state)
{
	struct nt_packet p;
	struct made m;

	(void)state;
	make(&m, false, 17, 20, 1);
	store(&m.b, m.sum_at, 0);
	verify(&p, &m.b);
	assert_false(p.flags & NT_PKT_BAD_CHECKSUM);
	make(&m, true, 17, 40, 1);
	store(&m.b, m.sum_at, 0);
	m.b.bytes[m.l4 + 8] |= 8;
	verify(&p, &m.b);
	assert_true(p.flags & NT_PKT_BAD_CHECKSUM);
	store(&m.b, m.l4 + 2, 4789);
	verify(&p, &m.b);
	assert_false(p.flags & NT_PKT_BAD_CHECKSUM);
	m.b.bytes[m.l4 + 8] &= (uint8_t)~8;
	verify(&p, &m.b);
	assert_true(p.flags & NT_PKT_BAD_CHECKSUM);
}

/* Zeek sums up all that IP carries, whatever the UDP header says. */
static void
udp_shorter_than_ip(void **state)
{
	struct nt_packet p;
	struct made m;

	(void)state;
	make(&m, false, 17, 20, 1);
	store(&m.b, m.l4 + 4, 8 + 11);
	sign(&m);
	verify(&p, &m.b);
	assert_int_equal(p.payload_len, 11);
	assert_false(p.flags & NT_PKT_BAD_CHECKSUM);
}

/* The pseudo header has the last destination, not the next hop (RFC 8200 8.1). */
static void
routing_header(void **state)
{
	static const uint8_t routing[24] = { 17, 2, 0, 1, [8] = 0x20, 0x01, 0x0d, 0xb8, [23] = 9 };
	uint8_t ends[32];
	struct nt_packet p;
	struct pkt b = { 0 };

	(void)state;
	put_ethernet(&b, 0x86dd);
	put_ipv6(&b, 43, sizeof(routing) + 12);
	for (size_t i = 0; i < sizeof(routing); i++)
		put8(&b, routing[i]);
	put_udp(&b, 12);
	put32(&b, 0xdeadbeef);
	memcpy(ends, b.bytes + ETHERNET + 8, 16);
	memcpy(ends + 16, routing + 8, 16);
	store(&b, b.len - 6,
		(uint16_t)~naive_sum(b.bytes + b.len - 12, 12, naive_pseudo(ends, 32, 17, 12)));
	verify(&p, &b);
	assert_false(p.flags & NT_PKT_BAD_CHECKSUM);
	b.bytes[ETHERNET + 39] ^= 1; /* the next hop is not summed up */
	verify(&p, &b);
	assert_false(p.flags & NT_PKT_BAD_CHECKSUM);
	b.bytes[ETHERNET + 40 + 23] ^= 1;
	verify(&p, &b);
	assert_true(p.flags & NT_PKT_BAD_CHECKSUM);
}

/* Random bytes of random lengths, cut in two at an even place, against the plain sum. */
static void
random_sums(void **state)
{
	uint8_t *data = malloc(65536);

	(void)state;
	srand(7);
	for (int round = 0; round < 3000; round++) {
		size_t len = (size_t)rand() % (round % 100 ? 300 : 65536),
		       at = len ? (size_t)rand() % len : 0;
		uint64_t sum;

		for (size_t i = 0; i < len; i++)
			data[i] = (uint8_t)(round % 3 ? rand() : 0xff);
		at &= ~(size_t)1;
		sum = nt_checksum_add(nt_checksum_add(0, data, at), data + at, len - at);
		assert_int_equal(__builtin_bswap16(nt_checksum_fold(sum)), naive_sum(data, len, 0));
	}
	free(data);
}

static void
told_by_a_card(void **state)
{
	struct nt_packet p;
	struct made m;

	(void)state;
	make(&m, false, 6, 4, 1);
	decode(&p, &m.b, NT_LINK_ETHERNET);
	nt_packet_verified(&p, true, true);
	assert_int_equal(p.flags, 0);
	nt_packet_verified(&p, true, false);
	assert_int_equal(p.flags, NT_PKT_BAD_CHECKSUM);
	nt_packet_verified(&p, false, true);
	assert_int_equal(p.reason, NT_PACKET_BAD_CHECKSUM);
	decode_cut(&p, &m.b, 20, m.b.len, NT_LINK_ETHERNET);
	nt_packet_verified(&p, false, false);
	assert_int_equal(p.reason, NT_PACKET_CUT_IP);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_kind),
		cmocka_unit_test(ipv4_header),
		cmocka_unit_test(order_of_reasons),
		cmocka_unit_test(cannot_be_verified),
		cmocka_unit_test(udp_without),
		cmocka_unit_test(udp_shorter_than_ip),
		cmocka_unit_test(routing_header),
		cmocka_unit_test(random_sums),
		cmocka_unit_test(told_by_a_card),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
