/* SPDX-License-Identifier: BSD-3-Clause */
/* Multicast DNS (RFC 6762): owners name their addresses. */
#include "dns_build.h"

#define MDNS_RESPONSE 0x8400 /* flags: QR, AA */
#define FLUSH	      0x8001 /* class: IN with the cache-flush bit */

static struct wire w;
static struct nt_dns_message m;

static void
put_class(struct wire *wire, size_t record_at, size_t owner_len, unsigned int class)
{
	wire->bytes[record_at + owner_len + 2] = (uint8_t)(class >> 8);
	wire->bytes[record_at + owner_len + 3] = (uint8_t) class;
}

static void
put_host(const char *owner, uint32_t ttl, const char *addr)
{
	size_t at = w.len;

	put_name(&w, owner);
	put_a(&w, ttl, addr);
	put_class(&w, at, strlen(owner) + 2, FLUSH);
}

static void
test_host(void **state)
{
	(void)state;
	put_header(&w, MDNS_RESPONSE, 0, 1, 0, 2);
	put_host("Box.local", 120, "192.168.1.9");
	put_pointer(&w, QNAME_AT);
	put_a(&w, 110, "fe80::1");
	put_host("9.1.168.192.in-addr.arpa", 100, "192.168.1.77"); /* owner is a name like others */
	assert_reason(parse_mdns(&m, &w), NT_DNS_OK);
	assert_int_equal(m.qname_len, 0);
	assert_int_equal(m.answer_count, 3);
	assert_answer(&m, 0, NT_DNS_TYPE_A, "box.local", "192.168.1.9", 120);
	assert_answer(&m, 1, NT_DNS_TYPE_AAAA, "box.local", "fe80::1", 110);
	assert_answer(&m, 2, NT_DNS_TYPE_A, "9.1.168.192.in-addr.arpa", "192.168.1.77", 100);
	assert_ptr_equal(m.answers[0].name, m.answers[1].name);
	assert_reason(parse(&m, &w), NT_DNS_QDCOUNT);
}

static void
test_reverse(void **state)
{
	(void)state;
	put_header(&w, MDNS_RESPONSE, 0, 2, 0, 0);
	put_name(&w, "9.1.168.192.in-addr.arpa");
	put_named(&w, NT_DNS_TYPE_PTR, 120, "Box.local");
	put_name(&w, "_ipp._tcp.local");
	put_named(&w, NT_DNS_TYPE_PTR, 4500, "Printer._ipp._tcp.local");
	assert_reason(parse_mdns(&m, &w), NT_DNS_OK);
	assert_int_equal(m.answer_count, 1);
	assert_answer(&m, 0, NT_DNS_TYPE_PTR, "box.local", "192.168.1.9", 120);
}

/* RFC 6762 10.1 */
static void
test_goodbye(void **state)
{
	(void)state;
	put_header(&w, MDNS_RESPONSE, 0, 2, 0, 0);
	put_host("box.local", 0, "192.168.1.9");
	put_host("box.local", 1, "192.168.1.10");
	assert_reason(parse_mdns(&m, &w), NT_DNS_OK);
	assert_int_equal(m.answer_count, 1);
	assert_answer(&m, 0, NT_DNS_TYPE_A, "box.local", "192.168.1.10", 1);
}

/* Known answers and proposed records of a query are no answers. */
static void
test_query(void **state)
{
	(void)state;
	put_header(&w, 0x0200, 2, 1, 1, 0);
	put_name(&w, "Box.local");
	put16(&w, 255);
	put16(&w, 0x8001);
	put_question(&w, "other.local", NT_DNS_TYPE_A);
	put_host("box.local", 120, "192.168.1.9");
	put_host("box.local", 120, "192.168.1.9");
	assert_reason(parse_mdns(&m, &w), NT_DNS_OK);
	assert_false(m.response);
	assert_int_equal(m.qname_len, 9);
	assert_int_equal(m.qtype, 255);
	assert_int_equal(m.qclass, IN);
	assert_int_equal(m.answer_count, 0);
}

/* RFC 6762 18: TC of a response is nothing to mind, opcode and rcode drop the message. */
static void
test_header(void **state)
{
	static const struct {
		unsigned int flags;
		enum nt_dns_reason reason;
	} cases[] = { { MDNS_RESPONSE | 0x0200, NT_DNS_OK }, { MDNS_RESPONSE | 1, NT_DNS_RCODE },
		{ MDNS_RESPONSE | 1 << 11, NT_DNS_NOT_QUERY } };

	(void)state;
	for (unsigned int i = 0; i < NT_ARRAY_SIZE(cases); i++) {
		put_header(&w, cases[i].flags, 1, 1, 1, 0);
		put_question(&w, "x.local", NT_DNS_TYPE_A);
		put_host("box.local", 120, "192.168.1.9");
		put_host("not.local", 120, "192.168.1.8"); /* authority: a probe's */
		assert_reason(parse_mdns(&m, &w), cases[i].reason);
		assert_int_equal(m.answer_count, cases[i].reason == NT_DNS_OK);
	}
}

static void
test_limits(void **state)
{
	(void)state;
	put_header(&w, MDNS_RESPONSE, 0, NT_DNS_ANSWERS_MAX + 3, 0, 0);
	put_host("box.local", 120, "192.168.1.9");
	for (unsigned int i = 1; i <= NT_DNS_ANSWERS_MAX; i++) {
		put_pointer(&w, QNAME_AT);
		put_a(&w, 120, "192.168.1.9");
	}
	put_pointer(&w, QNAME_AT);
	put_a(&w, 120, "127.0.0.1");
	put_name(&w, "");
	put_a(&w, 120, "192.168.1.9");
	assert_reason(parse_mdns(&m, &w), NT_DNS_OK);
	assert_int_equal(m.answer_count, NT_DNS_ANSWERS_MAX);
	assert_int_equal(m.refused_limit, 1);
	assert_int_equal(m.refused_unusable, 2);
	assert_int_equal(m.names_len, 9);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_host),
		cmocka_unit_test(test_reverse),
		cmocka_unit_test(test_goodbye),
		cmocka_unit_test(test_query),
		cmocka_unit_test(test_header),
		cmocka_unit_test(test_limits),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
