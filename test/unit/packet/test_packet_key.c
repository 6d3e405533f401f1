/* SPDX-License-Identifier: BSD-3-Clause */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <nt_flow_key.h>
#include <stdlib.h>

static struct nt_packet
packet(const char *src, unsigned int sport, const char *dst, unsigned int dport)
{
	struct nt_packet p = { .proto = 6, .sport = (uint16_t)sport, .dport = (uint16_t)dport };

	assert_int_equal(nt_addr_parse(src, &p.src), 0);
	assert_int_equal(nt_addr_parse(dst, &p.dst), 0);
	return p;
}

static struct nt_packet
reverse(const struct nt_packet *p)
{
	struct nt_packet r = *p;

	r.src = p->dst;
	r.dst = p->src;
	r.sport = p->dport;
	r.dport = p->sport;
	return r;
}

static void
expect_symmetric(const struct nt_packet *p)
{
	struct nt_packet r = reverse(p);
	struct nt_flow_key a, b;
	bool a_lo = nt_flow_key_of(&a, p), b_lo = nt_flow_key_of(&b, &r);
	const struct nt_packet *lo = a_lo ? p : &r;

	assert_memory_equal(&a, &b, sizeof(a));
	assert_int_not_equal(a_lo, b_lo);
	assert_memory_equal(a.lo_addr, lo->src.bytes, 16);
	assert_memory_equal(a.hi_addr, lo->dst.bytes, 16);
	assert_int_equal(a.lo_port, lo->sport);
	assert_int_equal(a.hi_port, lo->dport);
	assert_int_equal(a.family, p->src.family);
	assert_int_equal(a.proto, p->proto);
}

static void
test_both_directions_meet(void **state)
{
	struct nt_packet p;
	unsigned int seed = 9;

	(void)state;
	p = packet("192.0.2.1", 1025, "198.51.100.2", 80);
	expect_symmetric(&p);
	p = packet("2001:db8::1", 1025, "2001:db8::2", 80);
	expect_symmetric(&p);
	p = packet("2001:db8::1", 1025, "2001:db8:1::1", 1025);
	expect_symmetric(&p);
	p = packet("192.0.2.1", 1025, "192.0.2.1", 80);
	expect_symmetric(&p);
	for (int i = 0; i < 20000; i++) {
		for (int j = 0; j < 16; j++) {
			p.src.bytes[j] = (uint8_t)(rand_r(&seed) % 3);
			p.dst.bytes[j] = (uint8_t)(rand_r(&seed) % 3);
		}
		p.sport = (uint16_t)(rand_r(&seed) % 2);
		p.dport = (uint16_t)(2 + rand_r(&seed) % 2);
		expect_symmetric(&p);
	}
}

static void
test_same_ends(void **state)
{
	struct nt_packet p = packet("192.0.2.1", 7, "192.0.2.1", 7);
	struct nt_flow_key k;

	(void)state;
	assert_true(nt_flow_key_of(&k, &p));
}

static void
test_what_differs(void **state)
{
	struct nt_packet p = packet("192.0.2.1", 1, "198.51.100.2", 2), q;
	struct nt_flow_key a, b;

	(void)state;
	nt_flow_key_of(&a, &p);
	q = p;
	q.sport = 3;
	nt_flow_key_of(&b, &q);
	assert_false(nt_flow_key_equal(&a, &b));
	q = p;
	q.proto = 17;
	nt_flow_key_of(&b, &q);
	assert_false(nt_flow_key_equal(&a, &b));
	/* The same ports at the other ends. */
	q = p;
	q.sport = 2;
	q.dport = 1;
	nt_flow_key_of(&b, &q);
	assert_false(nt_flow_key_equal(&a, &b));
	/* IPv6 addresses of the same bytes. */
	q = p;
	q.src.family = q.dst.family = NT_FAMILY_IPV6;
	nt_flow_key_of(&b, &q);
	assert_false(nt_flow_key_equal(&a, &b));
}

static void
test_one_way(void **state)
{
	struct nt_packet p = packet("192.0.2.1", 3, "198.51.100.2", 1), r;
	struct nt_flow_key a, b;

	(void)state;
	p.flags = NT_PKT_ONE_WAY;
	r = reverse(&p);
	assert_true(nt_flow_key_of(&a, &p));
	assert_true(nt_flow_key_of(&b, &r));
	assert_memory_equal(a.lo_addr, p.src.bytes, 16);
	assert_memory_equal(b.lo_addr, r.src.bytes, 16);
	assert_false(nt_flow_key_equal(&a, &b));
	p.flags = 0;
	nt_flow_key_of(&b, &p);
	assert_false(nt_flow_key_equal(&a, &b));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_both_directions_meet),
		cmocka_unit_test(test_same_ends),
		cmocka_unit_test(test_what_differs),
		cmocka_unit_test(test_one_way),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
