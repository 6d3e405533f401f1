/* SPDX-License-Identifier: BSD-3-Clause */
/* SVCB and HTTPS records: the bytes of RFC 9460 appendix D, what is malformed, what is reached. */
#include <stdio.h>

#include "dns_build.h"

#define HTTPS NT_DNS_TYPE_HTTPS
#define SVCB  NT_DNS_TYPE_SVCB

static struct wire w;
static struct nt_dns_message m;

/* A record of the question's name. */
static void
put_rdata(unsigned int type, uint32_t ttl, const char *hex)
{
	uint8_t bytes[300];
	size_t n = 0;
	unsigned int value;
	int used;

	for (; sscanf(hex, " %2x%n", &value, &used) == 1; hex += used)
		bytes[n++] = (uint8_t)value;
	put_pointer(&w, QNAME_AT);
	put_fixed(&w, type, ttl, (unsigned int)n);
	put(&w, bytes, n);
}

static void
put_binding(const char *owner, uint32_t ttl, unsigned int priority, const char *target)
{
	size_t root = *target == '\0' ? 1 : strlen(target) + 2;

	put_name(&w, owner);
	put_fixed(&w, HTTPS, ttl, (unsigned int)(2 + root));
	put16(&w, priority);
	put_name(&w, target);
}

static void
put_addr(const char *owner, uint32_t ttl, const char *addr)
{
	put_name(&w, owner);
	put_a(&w, ttl, addr);
}

#define FOO_COM "03 666f6f 07 6578616d706c65 03 636f6d 00 "
#define FOO_ORG "03 666f6f 07 6578616d706c65 03 6f7267 00 "
#define COM	"07 6578616d706c65 03 636f6d 00 "
#define V6_1	"20010db8 00000000 00000000 00000001 "
#define V6_53	"20010db8 00000000 00000000 00530001 "
#define HINT4	"0004 0004 c0000201 "

/* RFC 9460 D.1, D.2: none is malformed; those with hints tell them. */
static void
test_rfc(void **state)
{
	static const struct {
		const char *rdata, *addr[2];
	} cases[] = {
		{ "0000 " FOO_COM, { NULL } },
		{ "0001 00", { NULL } },
		{ "0010 " FOO_COM "0003 0002 0035", { NULL } },
		{ "0001 " FOO_COM "029b 0005 68656c6c6f", { NULL } },
		{ "0001 " FOO_COM "029b 0009 68656c6c6fd2716f6f", { NULL } },
		{ "0001 " FOO_COM "0006 0020 " V6_1 V6_53, { "2001:db8::1", "2001:db8::53:1" } },
		{ "0001 " COM "0006 0010 20010db8ffffffffffffffffc6336464",
			{ "2001:db8:ffff:ffff:ffff:ffff:c633:6464" } },
		{ "0010 " FOO_ORG "0000 0004 0001 0004 0001 0009 02 6832 05 68332d3139 " HINT4,
			{ "192.0.2.1" } },
		{ "0010 " FOO_ORG "0001 000c 08 665c6f6f2c626172 02 6832", { NULL } },
	};

	(void)state;
	for (unsigned int i = 0; i < NT_ARRAY_SIZE(cases); i++) {
		unsigned int type = i % 2 == 0 ? HTTPS : SVCB, n = 0;

		put_response(&w, "Example.com", type, 1);
		put_rdata(type, 7200, cases[i].rdata);
		assert_reason(parse(&m, &w), NT_DNS_OK);
		assert_int_equal(m.refused_svcb, 0);
		for (; n < 2 && cases[i].addr[n] != NULL; n++)
			assert_answer(&m, n, type, "example.com", cases[i].addr[n], 7200);
		assert_int_equal(m.answer_count, n);
	}
}

/* Each is refused alone: the record after it still counts. */
static void
test_malformed(void **state)
{
	static const char *const cases[] = {
		"", "00", "0001", "0001 03 666f", /* no target, one cut */
		"0001 c00c", "0001 03 666f6f c00c", "0001 40 00", /* compressed; a label type */
		"0001 00 0004", "0001 00 0004 0004 c00002", /* parameters cut */
		"0001 00 0004 0005 c0000201ff", "0001 00 0004 0000", "0001 00 0004 0003 c00002",
		"0001 00 0006 0000", "0001 00 0006 0004 c0000201",
		"0001 00 " HINT4 HINT4, /* the same key twice */
		"0001 00 0006 0010 " V6_1 HINT4, /* keys that descend */
		"0001 00 0003 0001 35 " HINT4, "0001 00 0002 0001 00 " HINT4,
		"0001 00 0001 0000 " HINT4, "0001 00 0001 0003 02 6832 00 " HINT4,
		"0001 00 0001 0003 03 6832 " HINT4, "0001 00 0001 0001 00 " HINT4,
		"0001 00 0000 0000 " HINT4, "0001 00 0000 0001 04 " HINT4,
		"0001 00 0000 0002 0000 " HINT4, /* mandatory is not among its own */
		"0001 00 0000 0004 0004 0004 " HINT4, "0001 00 0000 0004 0004 0001 " HINT4,
		"0001 00 0000 0002 0001 " HINT4, "0001 00 0000 0004 0004 0005 " HINT4,
		"0001 00 0000 0002 0004", /* mandatory, and not there */
	};

	(void)state;
	for (unsigned int i = 0; i < NT_ARRAY_SIZE(cases); i++) {
		put_response(&w, "a", HTTPS, 2);
		put_rdata(HTTPS, 60, cases[i]);
		put_rdata(HTTPS, 60, "0001 00 0004 0004 c0000209");
		assert_reason(parse(&m, &w), NT_DNS_OK);
		assert_int_equal(m.refused_svcb, 1);
		assert_int_equal(m.answer_count, 1);
		assert_answer(&m, 0, HTTPS, "a", "192.0.2.9", 60);
	}
}

static void
test_alias_params_ignored(void **state)
{
	(void)state;
	put_response(&w, "a", HTTPS, 1);
	put_rdata(HTTPS, 60, "0000 " FOO_COM HINT4);
	assert_reason(parse(&m, &w), NT_DNS_OK);
	assert_int_equal(m.answer_count + m.refused_svcb, 0);
}

static void
test_unusable_hint(void **state)
{
	(void)state;
	put_response(&w, "a", HTTPS, 1);
	put_rdata(HTTPS, 60, "0001 00 0004 000c 7f000001 c0000201 e0000001");
	assert_reason(parse(&m, &w), NT_DNS_OK);
	assert_int_equal(m.answer_count, 1);
	assert_int_equal(m.refused_unusable, 2);
	assert_answer(&m, 0, HTTPS, "a", "192.0.2.1", 60);
}

/* q CNAME c; c alias p; p binds to s1 and s2; s2 CNAME s3: addresses of each, in any order. */
static void
put_tree(bool backwards)
{
	put_header(&w, RESPONSE, 1, 5, 0, 5);
	put_question(&w, "q", HTTPS);
	for (unsigned int k = 0; k < 5; k++) {
		switch (backwards ? 4 - k : k) {
		case 0:
			put_name(&w, "q");
			put_named(&w, NT_DNS_TYPE_CNAME, 900, "c");
			break;
		case 1:
			put_binding("C", 800, 0, "p");
			break;
		case 2:
			put_binding("p", 700, 1, "s1");
			break;
		case 3:
			put_binding("p", 600, 2, "S2");
			break;
		case 4:
			put_name(&w, "s2");
			put_named(&w, NT_DNS_TYPE_CNAME, 500, "s3");
			break;
		}
	}
	put_addr("s1", 1000, "192.0.2.1");
	put_addr("s3", 1000, "2001:db8::3");
	put_addr("q", 1000, "192.0.2.2");
	put_addr("other", 1000, "192.0.2.66");
	put_addr("s3", 10, "192.0.2.3");
}

static void
test_tree(void **state)
{
	(void)state;
	for (int backwards = 0; backwards <= 1; backwards++) {
		put_tree(backwards);
		assert_reason(parse(&m, &w), NT_DNS_OK);
		assert_int_equal(m.answer_count, 4);
		assert_answer(&m, 0, NT_DNS_TYPE_A, "q", "192.0.2.1", 700);
		assert_answer(&m, 1, NT_DNS_TYPE_AAAA, "q", "2001:db8::3", 500);
		assert_answer(&m, 2, NT_DNS_TYPE_A, "q", "192.0.2.2", 1000);
		assert_answer(&m, 3, NT_DNS_TYPE_A, "q", "192.0.2.3", 10);
		assert_int_equal(m.refused_chain + m.refused_limit, 0);
	}
}

/* Of another question, nothing additional counts; unreached bindings are told. */
static void
test_unreached(void **state)
{
	(void)state;
	put_header(&w, RESPONSE, 1, 1, 0, 1);
	put_question(&w, "q", NT_DNS_TYPE_A);
	put_addr("q", 60, "192.0.2.1");
	put_addr("q", 60, "192.0.2.2");
	assert_reason(parse(&m, &w), NT_DNS_OK);
	assert_int_equal(m.answer_count, 1);

	put_response(&w, "q", HTTPS, 2);
	put_binding("other", 60, 1, "t");
	put_addr("t", 60, "192.0.2.1");
	assert_reason(parse(&m, &w), NT_DNS_OK);
	assert_int_equal(m.answer_count, 0);
	assert_int_equal(m.refused_chain, 2);
}

static void
test_loops(void **state)
{
	(void)state;
	put_response(&w, "a", HTTPS, 4);
	put_binding("a", 60, 0, "b");
	put_binding("b", 60, 0, "a");
	put_binding("b", 60, 0, "b");
	put_addr("b", 60, "192.0.2.1");
	assert_reason(parse(&m, &w), NT_DNS_OK);
	assert_int_equal(m.answer_count, 1);

	put_response(&w, "a", HTTPS, 2); /* a CNAME that goes back up is one all the same */
	put_binding("a", 60, 0, "b");
	put_name(&w, "b");
	put_named(&w, NT_DNS_TYPE_CNAME, 60, "a");
	assert_reason(parse(&m, &w), NT_DNS_CHAIN);
}

/* Aliases n0 -> n1 ...: ten are followed; so is a wide tree up to its bound. */
static void
test_limits(void **state)
{
	char from[8], to[8];

	(void)state;
	put_response(&w, "n0", HTTPS, 13);
	for (unsigned int i = 0; i < 11; i++) {
		snprintf(from, sizeof(from), "n%u", i);
		snprintf(to, sizeof(to), "n%u", i + 1);
		put_binding(from, 60, 0, to);
	}
	put_addr("n10", 60, "192.0.2.10");
	put_addr("n11", 60, "192.0.2.11");
	assert_reason(parse(&m, &w), NT_DNS_OK);
	assert_int_equal(m.answer_count, 1);
	assert_answer(&m, 0, NT_DNS_TYPE_A, "n0", "192.0.2.10", 60);
	assert_int_equal(m.refused_chain, 1);
	assert_int_equal(m.refused_limit, 1);

	put_response(&w, "a", HTTPS, 40);
	for (unsigned int i = 0; i < 20; i++) {
		snprintf(to, sizeof(to), "t%u", i);
		put_binding("a", 60, 1, to);
		put_addr(to, 60, "192.0.2.1");
	}
	assert_reason(parse(&m, &w), NT_DNS_OK);
	assert_in_range(m.answer_count, 12, 16);
	assert_true(m.refused_chain + m.refused_limit > 0);
}

static void
test_hints_limit(void **state)
{
	(void)state;
	put_response(&w, "a", HTTPS, 1);
	put_pointer(&w, QNAME_AT);
	put_fixed(&w, HTTPS, 60, 2 + 1 + 4 + 4 * 70);
	put16(&w, 1);
	put8(&w, 0);
	put16(&w, 4);
	put16(&w, 4 * 70);
	for (unsigned int i = 0; i < 70; i++)
		put32(&w, 0xc0000200 + i);
	assert_reason(parse(&m, &w), NT_DNS_OK);
	assert_int_equal(m.answer_count, NT_DNS_ANSWERS_MAX);
	assert_int_equal(m.refused_limit, 6);
}

static void
test_cut(void **state)
{
	(void)state;
	put_tree(false);
	for (size_t len = 0; len < w.len; len++)
		assert_true(parse_cut(&m, &w, len, NT_DNS_UNICAST) != NT_DNS_OK);
}

static void
test_multicast(void **state)
{
	(void)state;
	put_header(&w, RESPONSE, 0, 1, 0, 0);
	put_binding("a.local", 60, 1, "");
	assert_reason(parse_mdns(&m, &w), NT_DNS_OK);
	assert_int_equal(m.answer_count + m.refused_svcb, 0);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_rfc),
		cmocka_unit_test(test_malformed),
		cmocka_unit_test(test_alias_params_ignored),
		cmocka_unit_test(test_unusable_hint),
		cmocka_unit_test(test_tree),
		cmocka_unit_test(test_unreached),
		cmocka_unit_test(test_loops),
		cmocka_unit_test(test_limits),
		cmocka_unit_test(test_hints_limit),
		cmocka_unit_test(test_cut),
		cmocka_unit_test(test_multicast),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
