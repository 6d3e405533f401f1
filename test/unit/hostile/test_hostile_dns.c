/* SPDX-License-Identifier: BSD-3-Clause */
/* Known faults of DNS parsers that test_names_rfc9267.c has not; and each bound, at it and beyond.
 */
#include <stdio.h>

#include "../names/dns_build.h"

#define OPT	    41
#define TXT	    16
#define CLASS_ANY   255
#define LABEL_MAX   63
#define WORK_MAX    370 /* lib/names/dns_name.h */
#define RECORD_WORK 2

static struct wire w;
static struct nt_dns_message m;

/* CVE-2017-15120: a CNAME of another class than IN is no CNAME. */
static void
test_cname_of_another_class(void **state)
{
	(void)state;
	put_response(&w, "a", NT_DNS_TYPE_A, 2);
	put_pointer(&w, QNAME_AT);
	const size_t fixed = w.len;
	put_named(&w, NT_DNS_TYPE_CNAME, 60, "b");
	w.bytes[fixed + 3] = CLASS_ANY;
	put_name(&w, "b");
	put_a(&w, 60, "192.0.2.1");
	assert_reason(parse(&m, &w), NT_DNS_OK);
	assert_int_equal(m.answer_count, 0);
	assert_int_equal(m.refused_chain, 1);
}

/* EDNS options that claim more than there is; OPT where none belongs: nothing is read of them. */
static void
test_edns_options_that_lie(void **state)
{
	(void)state;
	for (unsigned int section = 0; section < 3; section++) {
		put_header(&w, RESPONSE, 1, 1 + (section == 0), section == 1, section == 2);
		put_question(&w, "a", NT_DNS_TYPE_A);
		put_pointer(&w, QNAME_AT);
		put_a(&w, 60, "192.0.2.1");
		put8(&w, 0);
		put_fixed(&w, OPT, 0, 4);
		put16(&w, 10);
		put16(&w, 0xffff);
		assert_reason(parse(&m, &w), NT_DNS_OK);
		assert_int_equal(m.answer_count, 1);
	}
	w.bytes[w.len - 5] = 0xff; /* but its own length has to be there */
	assert_reason(parse(&m, &w), NT_DNS_SHORT);
}

/* Zeek 8.1.2: a service binding whose parameter claims more than its rdata holds. */
static void
test_binding_parameter_past_rdata(void **state)
{
	(void)state;
	for (unsigned int claimed = 4; claimed <= 5; claimed++) {
		put_response(&w, "a", NT_DNS_TYPE_HTTPS, 1);
		put_pointer(&w, QNAME_AT);
		put_fixed(&w, NT_DNS_TYPE_HTTPS, 60, 3 + 4 + 4);
		put16(&w, 1);
		put8(&w, 0);
		put16(&w, 4);
		put16(&w, claimed);
		put(&w, "\300\0\2\1", 4);
		put(&w, "behind it", 9);
		assert_reason(parse(&m, &w), NT_DNS_OK);
		assert_int_equal(m.answer_count, claimed == 4);
		assert_int_equal(m.refused_svcb, claimed != 4);
	}
}

/* Bound: labels of 63 octets; with 64 it is no label. */
static void
test_label_limit(void **state)
{
	(void)state;
	for (unsigned int len = LABEL_MAX; len <= LABEL_MAX + 1; len++) {
		put_header(&w, QUERY, 1, 0, 0, 0);
		put8(&w, len);
		for (unsigned int i = 0; i < len; i++)
			put8(&w, 'x');
		put8(&w, 0);
		put32(&w, 0x00010001);
		assert_reason(parse(&m, &w), len == LABEL_MAX ? NT_DNS_OK : NT_DNS_LABEL);
	}
}

/* Bound: 64 addresses; one more, and the first 64 count. */
static void
test_addresses_limit(void **state)
{
	(void)state;
	for (unsigned int n = NT_DNS_ANSWERS_MAX; n <= NT_DNS_ANSWERS_MAX + 1; n++) {
		put_response(&w, "a", NT_DNS_TYPE_A, n);
		for (unsigned int i = 0; i < n; i++) {
			put_pointer(&w, QNAME_AT);
			put_a(&w, 60, "192.0.2.1");
		}
		assert_reason(parse(&m, &w), NT_DNS_OK);
		assert_int_equal(m.answer_count, NT_DNS_ANSWERS_MAX);
		assert_int_equal(m.refused_limit, n - NT_DNS_ANSWERS_MAX);
	}
}

/* Bound: work. Reading has half of what the question leaves; what is beyond is not read. */
static void
test_work_limit(void **state)
{
	const unsigned int left = WORK_MAX - 2 - 1; /* a name of one label */
	const unsigned int most = (left - left / 2) / RECORD_WORK;

	(void)state;
	for (unsigned int n = most; n <= most + 1; n++) {
		put_response(&w, "a", NT_DNS_TYPE_A, n);
		for (unsigned int i = 0; i < n - 1; i++) {
			put_pointer(&w, QNAME_AT);
			put_fixed(&w, TXT, 60, 0);
		}
		put_pointer(&w, QNAME_AT);
		put_a(&w, 60, "192.0.2.1");
		assert_reason(parse(&m, &w), NT_DNS_OK);
		assert_int_equal(m.answer_count, n == most);
		assert_int_equal(m.refused_limit, n != most);
	}
}

/* Only what the rules let in: QR, opcode, TC, rcode and class, each by itself. */
static void
test_header_rules(void **state)
{
	static const struct {
		unsigned int flags;
		enum nt_dns_reason reason;
	} rules[] = { { RESPONSE, NT_DNS_OK }, { RESPONSE | 0x0200, NT_DNS_TRUNCATED },
		{ RESPONSE | 3, NT_DNS_RCODE }, { RESPONSE | 0x2800, NT_DNS_NOT_QUERY } };

	(void)state;
	for (unsigned int i = 0; i < NT_ARRAY_SIZE(rules); i++) {
		put_header(&w, rules[i].flags, 1, 1, 0, 0);
		put_question(&w, "a", NT_DNS_TYPE_A);
		put_pointer(&w, QNAME_AT);
		put_a(&w, 60, "192.0.2.1");
		assert_reason(parse(&m, &w), rules[i].reason);
		assert_int_equal(m.answer_count, rules[i].reason == NT_DNS_OK);
	}
	put_header(&w, QUERY, 1, 1, 0, 0); /* an answer in a query */
	put_question(&w, "a", NT_DNS_TYPE_A);
	put_pointer(&w, QNAME_AT);
	put_a(&w, 60, "192.0.2.1");
	assert_reason(parse(&m, &w), NT_DNS_OK);
	assert_int_equal(m.answer_count, 0);
}

/* Addresses of the question in the other sections are nobody's answer. */
static void
test_only_the_answer_section(void **state)
{
	(void)state;
	for (unsigned int additional = 0; additional <= 1; additional++) {
		put_header(&w, RESPONSE, 1, 0, !additional, additional);
		put_question(&w, "a", NT_DNS_TYPE_A);
		put_pointer(&w, QNAME_AT);
		put_a(&w, 60, "192.0.2.1");
		assert_reason(parse(&m, &w), NT_DNS_OK);
		assert_int_equal(m.answer_count, 0);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_cname_of_another_class),
		cmocka_unit_test(test_edns_options_that_lie),
		cmocka_unit_test(test_binding_parameter_past_rdata),
		cmocka_unit_test(test_label_limit),
		cmocka_unit_test(test_addresses_limit),
		cmocka_unit_test(test_work_limit),
		cmocka_unit_test(test_header_rules),
		cmocka_unit_test(test_only_the_answer_section),
	};

	return cmocka_run_group_tests_name("hostile_dns", tests, NULL, NULL);
}
