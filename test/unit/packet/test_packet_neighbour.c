/* SPDX-License-Identifier: BSD-3-Clause */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include <nt_neighbour.h>

#include "build_packet.h"

static const uint8_t host[6] = { 2, 0, 0, 0, 0, 1 }; /* sender of put_ethernet */
static const uint8_t other[6] = { 2, 0, 0, 0, 9, 9 };

static void
put_mac(struct pkt *b, const uint8_t mac[6])
{
	for (unsigned int i = 0; i < 6; i++)
		put8(b, mac[i]);
}

static void
put_arp_body(struct pkt *b, unsigned int op, const uint8_t mac[6], uint32_t ip)
{
	put16(b, 1);
	put16(b, 0x0800);
	put16(b, 0x0604);
	put16(b, op);
	put_mac(b, mac);
	put32(b, ip);
	put_zeros(b, 6);
	put32(b, 0x0a000002);
}

static struct pkt
arp(unsigned int op, const uint8_t mac[6], uint32_t ip)
{
	struct pkt b = { .len = 0 };
	put_ethernet(&b, 0x0806);
	put_arp_body(&b, op, mac, ip);
	put_zeros(&b, 18);
	return b;
}

/* What the first len bytes of it say, at the end of a block. */
static bool
parse_cut(struct nt_neighbour *ret, const struct pkt *b, uint32_t len)
{
	struct nt_packet p;
	uint8_t *copy = malloc(len);
	assert_non_null(copy);
	memcpy(copy, b->bytes, len);
	nt_packet_decode(&p, copy, len, b->len, NT_LINK_ETHERNET);
	const bool found = nt_neighbour_parse(ret, &p);
	free(copy);
	return found;
}

static bool
parse(struct nt_neighbour *ret, const struct pkt *b)
{
	return parse_cut(ret, b, b->len);
}

static void
expect_link(const struct pkt *b, const uint8_t mac[6], const struct nt_addr *addr)
{
	struct nt_neighbour n;
	assert_true(parse(&n, b));
	assert_false(n.router);
	assert_memory_equal(n.mac, mac, 6);
	assert_true(nt_addr_equal(&n.addr, addr));
}

static void
expect_router(const struct pkt *b, const uint8_t mac[6])
{
	struct nt_neighbour n;
	assert_true(parse(&n, b));
	assert_true(n.router);
	assert_memory_equal(n.mac, mac, 6);
}

static void
expect_nothing(const struct pkt *b)
{
	struct nt_neighbour n;
	assert_false(parse(&n, b));
}

static void
test_arp(void **state)
{
	(void)state;
	const struct nt_addr a = nt_addr_v4((const uint8_t[]){ 10, 0, 0, 1 });
	struct nt_neighbour n;
	struct pkt b = arp(1, host, 0x0a000001);
	expect_link(&b, host, &a);
	b = arp(2, other, 0x0a000001);
	expect_link(&b, other, &a);
	for (uint32_t len = 1; len < 14 + 18; len++)
		assert_false(parse_cut(&n, &b, len));
	for (uint32_t len = 14 + 18; len <= b.len; len++)
		assert_true(parse_cut(&n, &b, len));
}

static void
test_arp_behind_a_tag(void **state)
{
	(void)state;
	const struct nt_addr a = nt_addr_v4((const uint8_t[]){ 10, 0, 0, 1 });
	struct pkt b = { .len = 0 };
	put_ethernet(&b, 0x8100);
	put16(&b, 7);
	put16(&b, 0x0806);
	put_arp_body(&b, 1, host, 0x0a000001);
	expect_link(&b, host, &a);
}

static void
test_arp_that_says_nothing(void **state)
{
	(void)state;
	static const uint8_t zeros[6] = { 0 }, group[6] = { 1, 0, 0x5e, 0, 0, 1 };
	struct pkt b = arp(1, host, 0); /* a probe: RFC 5227 */
	expect_nothing(&b);
	b = arp(1, zeros, 0x0a000001);
	expect_nothing(&b);
	b = arp(1, group, 0x0a000001);
	expect_nothing(&b);
	b = arp(3, host, 0x0a000001); /* reverse ARP's */
	expect_nothing(&b);
	b = arp(1, host, 0xe0000001);
	expect_nothing(&b);
	b = arp(1, host, 0xffffffff);
	expect_nothing(&b);
	static const unsigned int fields[] = { 15, 16, 18, 19 };
	for (unsigned int i = 0; i < NT_ARRAY_SIZE(fields); i++) {
		b = arp(1, host, 0x0a000001);
		b.bytes[fields[i]] ^= 0x20;
		expect_nothing(&b);
	}
}

/* Any other ethertype. */
static void
test_no_arp(void **state)
{
	(void)state;
	struct pkt b = arp(1, host, 0x0a000001);
	b.bytes[13] = 0x35;
	expect_nothing(&b);
}

/* body: what follows the type, code and checksum. */
static struct pkt
nd(unsigned int type, const struct pkt *body)
{
	struct pkt b = { .len = 0 };
	put_ethernet(&b, 0x86dd);
	put_ipv6(&b, 58, 4 + body->len);
	b.bytes[14 + 7] = 255;
	put8(&b, type);
	put8(&b, 0);
	put16(&b, 0);
	for (uint32_t i = 0; i < body->len; i++)
		put8(&b, body->bytes[i]);
	return b;
}

static void
put_option(struct pkt *b, unsigned int type, const uint8_t mac[6])
{
	put8(b, type);
	put8(b, 1);
	put_mac(b, mac);
}

static void
put_target(struct pkt *b)
{
	put32(b, 0xfe800000);
	put_zeros(b, 11);
	put8(b, 7);
}

static const struct nt_addr target = { { { 0xfe, 0x80, [15] = 7 } }, NT_FAMILY_IPV6 };
static const struct nt_addr source = { { { 0x20, 0x01, 0x0d, 0xb8, [15] = 1 } }, NT_FAMILY_IPV6 };

static struct pkt
solicit(void)
{
	struct pkt body = { .len = 0 };
	put32(&body, 0);
	put_target(&body);
	put_option(&body, 14, other); /* a nonce: RFC 3971 */
	put_option(&body, 1, host);
	return nd(135, &body);
}

static struct pkt
advert(uint32_t flags, bool option)
{
	struct pkt body = { .len = 0 };
	put32(&body, flags);
	put_target(&body);
	if (option)
		put_option(&body, 2, other);
	return nd(136, &body);
}

static struct pkt
router_advert(bool option)
{
	struct pkt body = { .len = 0 };
	put32(&body, 0x40000708);
	put_zeros(&body, 8);
	if (option)
		put_option(&body, 1, other);
	return nd(134, &body);
}

static void
test_solicitations(void **state)
{
	(void)state;
	struct nt_neighbour n;
	struct pkt b = solicit();
	expect_link(&b, host, &source);
	for (uint32_t len = 1; len < b.len; len++)
		assert_false(parse_cut(&n, &b, len));
	struct pkt body = { .len = 0 };
	put32(&body, 0);
	put_option(&body, 1, other);
	b = nd(133, &body);
	expect_link(&b, other, &source);
}

static void
test_advertisements(void **state)
{
	(void)state;
	struct pkt b = advert(0x60000000, true);
	expect_link(&b, other, &target);
	b = advert(0x60000000, false);
	expect_nothing(&b);
	b = advert(0x80000000, true);
	expect_router(&b, other);
	b = advert(0x80000000, false);
	expect_router(&b, host);
	b = router_advert(true);
	expect_router(&b, other);
	b = router_advert(false);
	expect_router(&b, host);
}

static void
test_nd_not_valid(void **state)
{
	(void)state;
	struct pkt b = solicit();
	b.bytes[14 + 7] = 254; /* from beyond a router */
	expect_nothing(&b);
	b = solicit();
	b.bytes[14 + 40 + 1] = 1; /* code */
	expect_nothing(&b);
	b = solicit();
	b.bytes[14 + 40 + 24 + 1] = 0; /* an option without a length */
	expect_nothing(&b);
	b = solicit();
	b.bytes[14 + 40 + 24 + 1] = 3; /* longer than there is */
	expect_nothing(&b);
	b = solicit();
	b.bytes[14 + 40 + 24 + 1] = 2; /* over the one that counts */
	expect_nothing(&b);
	b = solicit();
	b.bytes[14 + 40] = 137;
	expect_nothing(&b);
	b = solicit();
	memset(b.bytes + 14 + 8, 0, 16); /* a host looking for doubles: RFC 4862 5.4.2 */
	expect_nothing(&b);
	struct pkt empty = { .len = 0 };
	put32(&empty, 0);
	b = nd(133, &empty);
	expect_nothing(&b);
	b = advert(0x60000000, true);
	b.bytes[14 + 40 + 8] = 0xff; /* target: a group */
	expect_nothing(&b);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_arp),
		cmocka_unit_test(test_arp_behind_a_tag),
		cmocka_unit_test(test_arp_that_says_nothing),
		cmocka_unit_test(test_no_arp),
		cmocka_unit_test(test_solicitations),
		cmocka_unit_test(test_advertisements),
		cmocka_unit_test(test_nd_not_valid),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
