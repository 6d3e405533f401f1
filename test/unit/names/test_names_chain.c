/* SPDX-License-Identifier: BSD-3-Clause */
/* What the question reaches: CNAME chains in any order, reverse zones. */
#include <stdio.h>

#include "dns_build.h"

static struct wire w;
static struct nt_dns_message m;

static void
put_cname(const char *owner, uint32_t ttl, const char *target)
{
	put_name(&w, owner);
	put_named(&w, NT_DNS_TYPE_CNAME, ttl, target);
}

/* n0 -> n1 -> ... -> n<links>, forwards or backwards, and an address at its end. */
static void
put_chain(unsigned int links, bool backwards)
{
	char from[8], to[8];

	put_response(&w, "n0", NT_DNS_TYPE_A, links + 1);
	for (unsigned int k = 0; k < links; k++) {
		unsigned int i = backwards ? links - 1 - k : k;

		snprintf(from, sizeof(from), "n%u", i);
		snprintf(to, sizeof(to), "N%u", i + 1);
		put_cname(from, 100 + i, to);
	}
	snprintf(to, sizeof(to), "n%u", links);
	put_name(&w, to);
	put_a(&w, 1000, "192.0.2.1");
}

static void
test_limit(void **state)
{
	(void)state;
	for (int backwards = 0; backwards <= 1; backwards++) {
		put_chain(NT_DNS_CHAIN_MAX, backwards);
		assert_reason(parse(&m, &w), NT_DNS_OK);
		assert_int_equal(m.answer_count, 1);
		assert_answer(&m, 0, NT_DNS_TYPE_A, "n0", "192.0.2.1", 100);
		put_chain(NT_DNS_CHAIN_MAX + 1, backwards);
		assert_reason(parse(&m, &w), NT_DNS_CHAIN);
		assert_int_equal(m.answer_count, 0);
	}
}

static void
test_least_ttl(void **state)
{
	static const uint32_t ttls[][3] = { { 5, 60, 300 }, { 60, 5, 300 }, { 300, 60, 5 } };

	(void)state;
	for (unsigned int i = 0; i < NT_ARRAY_SIZE(ttls); i++) {
		put_response(&w, "a", NT_DNS_TYPE_A, 3);
		put_cname("a", ttls[i][0], "b");
		put_cname("b", ttls[i][1], "c");
		put_name(&w, "c");
		put_a(&w, ttls[i][2], "192.0.2.1");
		assert_reason(parse(&m, &w), NT_DNS_OK);
		assert_answer(&m, 0, NT_DNS_TYPE_A, "a", "192.0.2.1", 5);
	}
}

static void
test_compressed(void **state)
{
	(void)state;
	put_response(&w, "www.a.example", NT_DNS_TYPE_A, 4);
	put_pointer(&w, QNAME_AT);
	put_fixed(&w, NT_DNS_TYPE_CNAME, 60, 6);
	size_t cdn = w.len;
	put_labels(&w, "cdn");
	put_pointer(&w, QNAME_AT + 4);
	put_pointer(&w, cdn);
	put_fixed(&w, NT_DNS_TYPE_CNAME, 50, 2);
	size_t zone = w.len;
	put_pointer(&w, QNAME_AT + 4); /* a.example, by a pointer only */
	put_pointer(&w, zone);
	put_a(&w, 40, "192.0.2.1");
	put_name(&w, "A.eXample");
	put_a(&w, 70, "192.0.2.2");
	assert_reason(parse(&m, &w), NT_DNS_OK);
	assert_int_equal(m.answer_count, 2);
	assert_answer(&m, 0, NT_DNS_TYPE_A, "www.a.example", "192.0.2.1", 40);
	assert_answer(&m, 1, NT_DNS_TYPE_A, "www.a.example", "192.0.2.2", 50);
}

/* CVE-2020-25684 and its kin slip records in that nobody asked for. */
static void
test_beside_the_chain(void **state)
{
	(void)state;
	put_response(&w, "a", NT_DNS_TYPE_A, 6);
	put_name(&w, "bank");
	put_a(&w, 60, "203.0.113.66");
	put_cname("bank", 60, "evil");
	put_name(&w, "evil");
	put_a(&w, 60, "203.0.113.66");
	put_cname("a", 60, "b");
	put_name(&w, "b");
	put_a(&w, 60, "192.0.2.1");
	put_name(&w, "b.bank");
	put_a(&w, 60, "203.0.113.66");
	assert_reason(parse(&m, &w), NT_DNS_OK);
	assert_int_equal(m.answer_count, 1);
	assert_int_equal(m.refused_chain, 3);
	assert_answer(&m, 0, NT_DNS_TYPE_A, "a", "192.0.2.1", 60);
}

static void
test_loops(void **state)
{
	static const char *const links[][2] = { { "a", "a" }, { "b", "a" }, { "b", "b" } };

	(void)state;
	for (unsigned int i = 0; i < NT_ARRAY_SIZE(links); i++) {
		put_response(&w, "a", NT_DNS_TYPE_A, 3);
		put_cname(links[i][0], 60, links[i][1]);
		put_cname("a", 60, i == 0 ? "a" : "b");
		put_name(&w, "b");
		put_a(&w, 60, "192.0.2.1");
		assert_reason(parse(&m, &w), NT_DNS_CHAIN);
	}
}

/* In order, each owner a pointer, as nearly all chains are; the last target is one before it. */
static void
test_loops_compressed(void **state)
{
	static const char *const names[] = { "www.a.example", "cdn.b.example", "Edge.C.example" };
	static const char *const last[] = { "WWW.A.example", "CDN.b.Example", "edge.c.example",
		"edge.c.example.d", "wxw.a.example" };
	size_t owner;

	(void)state;
	for (unsigned int i = 0; i <= NT_ARRAY_SIZE(last); i++) {
		put_response(&w, names[0], NT_DNS_TYPE_A, 4);
		owner = QNAME_AT;
		for (unsigned int k = 1; k <= NT_ARRAY_SIZE(names); k++) {
			put_pointer(&w, owner);
			owner = w.len + 10;
			if (k < NT_ARRAY_SIZE(names)) {
				put_named(&w, NT_DNS_TYPE_CNAME, 60, names[k]);
			} else if (i < NT_ARRAY_SIZE(last)) {
				put_named(&w, NT_DNS_TYPE_CNAME, 60, last[i]);
			} else {
				put_fixed(&w, NT_DNS_TYPE_CNAME, 60, 2);
				put_pointer(&w, QNAME_AT);
			}
		}
		put_pointer(&w, owner);
		put_a(&w, 60, "192.0.2.1");
		/* Two names of which just the letters within differ: all owners have to be looked
		 * at. */
		const bool right = i == 3 || i == 4;
		assert_reason(parse(&m, &w), right ? NT_DNS_OK : NT_DNS_CHAIN);
		assert_int_equal(m.answer_count, right);
	}
}

static void
test_branches(void **state)
{
	(void)state;
	for (int same = 0; same <= 1; same++) {
		put_response(&w, "a", NT_DNS_TYPE_A, 3);
		put_cname("a", 60, "b");
		put_cname("A", 60, same ? "B" : "c");
		put_name(&w, "b");
		put_a(&w, 60, "192.0.2.1");
		assert_reason(parse(&m, &w), same ? NT_DNS_OK : NT_DNS_CHAIN);
		assert_int_equal(m.answer_count, same);
	}
}

static void
test_too_many_cnames(void **state)
{
	(void)state;
	for (unsigned int n = 16; n <= 17; n++) {
		put_response(&w, "a", NT_DNS_TYPE_A, n + 1);
		for (unsigned int i = 0; i < n; i++)
			put_cname("b", 60, "c");
		put_pointer(&w, QNAME_AT);
		put_a(&w, 60, "192.0.2.1");
		assert_reason(parse(&m, &w), n == 16 ? NT_DNS_OK : NT_DNS_WORK);
	}
}

#define NIBBLES31 "0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.8.b.d.0.1.0.0.2"

static void
test_reverse(void **state)
{
	static const struct {
		const char *name, *addr; /* NULL: names no address */
	} cases[] = {
		{ "4.3.2.198.in-addr.arpa", "198.2.3.4" },
		{ "255.0.10.1.IN-ADDR.Arpa", "1.10.0.255" },
		{ "1." NIBBLES31 ".ip6.arpa", "2001:db8::1" },
		{ "F." NIBBLES31 ".ip6.ARPA", "2001:db8::f" },
		{ "3.2.198.in-addr.arpa", NULL },
		{ "5.4.3.2.198.in-addr.arpa", NULL },
		{ "256.3.2.198.in-addr.arpa", NULL },
		{ "04.3.2.198.in-addr.arpa", NULL },
		{ "0004.3.2.198.in-addr.arpa", NULL },
		{ "1/25.3.2.198.in-addr.arpa", NULL },
		{ "4.3.2.-1.in-addr.arpa", NULL },
		{ "4.3.2.198.in-addr.arpa.example", NULL },
		{ "4.3.2.198in-addr.arpa", NULL },
		{ "in-addr.arpa", NULL },
		{ "ip6.arpa", NULL },
		{ NIBBLES31 ".ip6.arpa", NULL },
		{ "0.1." NIBBLES31 ".ip6.arpa", NULL },
		{ "g." NIBBLES31 ".ip6.arpa", NULL },
		{ "1." NIBBLES31 ".ip6.int", NULL },
		{ "_ipp._tcp.example", NULL },
	};

	(void)state;
	for (unsigned int i = 0; i < NT_ARRAY_SIZE(cases); i++) {
		put_response(&w, cases[i].name, NT_DNS_TYPE_PTR, 1);
		put_pointer(&w, QNAME_AT);
		put_named(&w, NT_DNS_TYPE_PTR, 77, "Host.Example");
		assert_reason(parse(&m, &w), NT_DNS_OK);
		assert_int_equal(m.answer_count, cases[i].addr != NULL);
		if (cases[i].addr != NULL)
			assert_answer(&m, 0, NT_DNS_TYPE_PTR, "host.example", cases[i].addr, 77);
	}
}

/* RFC 2317: the zone of a part of a network stands behind a CNAME. */
static void
test_reverse_delegated(void **state)
{
	(void)state;
	put_response(&w, "4.3.2.198.in-addr.arpa", NT_DNS_TYPE_PTR, 3);
	put_cname("4.3.2.198.in-addr.arpa", 50, "4.0/25.3.2.198.in-addr.arpa");
	put_name(&w, "4.0/25.3.2.198.in-addr.arpa");
	put_named(&w, NT_DNS_TYPE_PTR, 60, "host.example");
	put_name(&w, "5.3.2.198.in-addr.arpa");
	put_named(&w, NT_DNS_TYPE_PTR, 60, "other.example");
	assert_reason(parse(&m, &w), NT_DNS_OK);
	assert_int_equal(m.answer_count, 1);
	assert_int_equal(m.refused_chain, 1);
	assert_answer(&m, 0, NT_DNS_TYPE_PTR, "host.example", "198.2.3.4", 50);
}

static void
test_reverse_unusable(void **state)
{
	(void)state;
	put_response(&w, "1.0.0.127.in-addr.arpa", NT_DNS_TYPE_PTR, 1);
	put_pointer(&w, QNAME_AT);
	put_named(&w, NT_DNS_TYPE_PTR, 60, "localhost");
	assert_reason(parse(&m, &w), NT_DNS_OK);
	assert_int_equal(m.answer_count, 0);
	assert_int_equal(m.refused_unusable, 1);

	put_response(&w, "1.2.0.192.in-addr.arpa", NT_DNS_TYPE_PTR, 1);
	put_pointer(&w, QNAME_AT);
	put_fixed(&w, NT_DNS_TYPE_PTR, 60, 1);
	put8(&w, 0); /* the root */
	assert_reason(parse(&m, &w), NT_DNS_OK);
	assert_int_equal(m.answer_count, 0);
	assert_int_equal(m.refused_unusable, 1);
}

/* Long names cost the more work, so the room of their text is never what runs out. */
static void
test_reverse_long_names(void **state)
{
	(void)state;
	for (unsigned int n = 1; n <= NT_DNS_ANSWERS_MAX; n++) {
		put_response(&w, "1.2.0.192.in-addr.arpa", NT_DNS_TYPE_PTR, n);
		for (unsigned int i = 0; i < n; i++) {
			put_pointer(&w, QNAME_AT);
			put_fixed(&w, NT_DNS_TYPE_PTR, 60, 3 * 64 + 62 + 1);
			for (unsigned int label = 0; label < 4; label++) {
				unsigned int len = label < 3 ? 63 : 61;

				put8(&w, len);
				while (len-- > 0)
					put8(&w, 'x');
			}
			put8(&w, 0);
		}
		enum nt_dns_reason reason = parse(&m, &w);
		assert_reason(reason, NT_DNS_OK);
		assert_true(m.answer_count == n || (n > 4 && m.answer_count >= 4));
		assert_int_equal(m.answer_count == n, m.refused_limit == 0);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_limit),
		cmocka_unit_test(test_least_ttl),
		cmocka_unit_test(test_compressed),
		cmocka_unit_test(test_beside_the_chain),
		cmocka_unit_test(test_loops),
		cmocka_unit_test(test_loops_compressed),
		cmocka_unit_test(test_branches),
		cmocka_unit_test(test_too_many_cnames),
		cmocka_unit_test(test_reverse),
		cmocka_unit_test(test_reverse_delegated),
		cmocka_unit_test(test_reverse_unusable),
		cmocka_unit_test(test_reverse_long_names),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
