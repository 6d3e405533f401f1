/* SPDX-License-Identifier: BSD-3-Clause */
/* Whole messages: what they give, and which rule drops them. */
#include "dns_build.h"

static struct wire w;
static struct nt_dns_message m;

static void
test_query(void **state)
{
	(void)state;
	put_header(&w, QUERY, 1, 0, 0, 0);
	put_question(&w, "wWw.Example.COM", NT_DNS_TYPE_AAAA);
	assert_reason(parse(&m, &w), NT_DNS_OK);
	assert_int_equal(m.id, 0x1234);
	assert_false(m.response);
	assert_int_equal(m.qtype, NT_DNS_TYPE_AAAA);
	assert_int_equal(m.qclass, IN);
	assert_int_equal(m.qname_len, 15);
	assert_memory_equal(m.qname, "www.example.com", 15);
	assert_int_equal(m.answer_count, 0);
}

static void
test_addresses(void **state)
{
	(void)state;
	put_response(&w, "example.com", NT_DNS_TYPE_A, 3);
	put_pointer(&w, QNAME_AT);
	put_a(&w, 300, "192.0.2.1");
	put_name(&w, "EXAMPLE.com");
	put_a(&w, 200, "192.0.2.2");
	put_pointer(&w, QNAME_AT);
	put_a(&w, 100, "2001:db8::1");
	assert_reason(parse(&m, &w), NT_DNS_OK);
	assert_true(m.response);
	assert_int_equal(m.answer_count, 3);
	assert_answer(&m, 0, NT_DNS_TYPE_A, "example.com", "192.0.2.1", 300);
	assert_answer(&m, 1, NT_DNS_TYPE_A, "example.com", "192.0.2.2", 200);
	assert_answer(&m, 2, NT_DNS_TYPE_AAAA, "example.com", "2001:db8::1", 100);
}

/* RFC 1035 4.1.4: F.ISI.ARPA at 20, FOO.F.ISI.ARPA with a pointer at 40, ARPA, and the root. */
static void
test_rfc1035_compression(void **state)
{
	(void)state;
	put_response(&w, "F.ISI.ARPA", NT_DNS_TYPE_A, 3);
	put_labels(&w, "FOO");
	put_pointer(&w, QNAME_AT);
	put_a(&w, 1, "192.0.2.1"); /* foo.f.isi.arpa: not asked for */
	put_pointer(&w, QNAME_AT + 6);
	put_a(&w, 1, "192.0.2.2"); /* arpa */
	put_labels(&w, "f.isi");
	put_pointer(&w, QNAME_AT + 6);
	put_a(&w, 1, "192.0.2.3"); /* f.isi.arpa, compressed differently */
	assert_reason(parse(&m, &w), NT_DNS_OK);
	assert_int_equal(m.answer_count, 1);
	assert_int_equal(m.refused_chain, 2);
	assert_answer(&m, 0, NT_DNS_TYPE_A, "f.isi.arpa", "192.0.2.3", 1);
}

/* A name never meets one that only looks like it: a dot inside a label is no separator. */
static void
test_escapes(void **state)
{
	(void)state;
	put_header(&w, RESPONSE, 1, 2, 0, 0);
	put(&w, "\4a.\\B\3com", 10);
	put16(&w, NT_DNS_TYPE_A);
	put16(&w, IN);
	put_pointer(&w, QNAME_AT);
	put_a(&w, 9, "192.0.2.1");
	put_name(&w, "a.\\b.com");
	put_a(&w, 9, "192.0.2.2");
	assert_reason(parse(&m, &w), NT_DNS_OK);
	assert_int_equal(m.answer_count, 1);
	assert_answer(&m, 0, NT_DNS_TYPE_A, "a\\x2e\\x5cb.com", "192.0.2.1", 9);
	assert_int_equal(m.refused_chain, 1);
}

static void
test_unusable(void **state)
{
	static const char *const addrs[] = { "0.0.0.0", "0.1.2.3", "127.0.0.1", "224.0.0.251",
		"240.1.2.3", "255.255.255.255", "::", "::1", "ff02::fb" };

	(void)state;
	put_response(&w, "rebind.example", NT_DNS_TYPE_A, NT_ARRAY_SIZE(addrs) + 1);
	for (unsigned int i = 0; i < NT_ARRAY_SIZE(addrs); i++) {
		put_pointer(&w, QNAME_AT);
		put_a(&w, 60, addrs[i]);
	}
	put_pointer(&w, QNAME_AT);
	put_a(&w, 60, "198.51.100.1");
	assert_reason(parse(&m, &w), NT_DNS_OK);
	assert_int_equal(m.answer_count, 1);
	assert_int_equal(m.refused_unusable, NT_ARRAY_SIZE(addrs));
}

static void
test_root_names_nothing(void **state)
{
	(void)state;
	put_response(&w, "", NT_DNS_TYPE_A, 1);
	put_pointer(&w, QNAME_AT);
	put_a(&w, 60, "198.51.100.1");
	assert_reason(parse(&m, &w), NT_DNS_OK);
	assert_int_equal(m.qname_len, 0);
	assert_int_equal(m.answer_count, 0);
	assert_int_equal(m.refused_unusable, 1);
}

/* Only the answer section, class IN; OPT and others are stepped over. */
static void
test_other_records(void **state)
{
	(void)state;
	put_header(&w, RESPONSE, 1, 3, 1, 2);
	put_question(&w, "example.com", NT_DNS_TYPE_A);
	put_pointer(&w, QNAME_AT);
	put_fixed(&w, 16, 60, 3); /* TXT */
	put(&w, "\2hi", 3);
	put_pointer(&w, QNAME_AT);
	put16(&w, NT_DNS_TYPE_A);
	put16(&w, 3); /* CHAOS: its addresses have another form */
	put32(&w, 60);
	put16(&w, 1);
	put8(&w, 0);
	put_pointer(&w, QNAME_AT);
	put_a(&w, 60, "192.0.2.1");
	put_pointer(&w, QNAME_AT);
	put_a(&w, 60, "192.0.2.2"); /* authority */
	put_pointer(&w, QNAME_AT);
	put_a(&w, 60, "192.0.2.3"); /* additional */
	put8(&w, 0);
	put_fixed(&w, 41, 0, 0); /* OPT */
	assert_reason(parse(&m, &w), NT_DNS_OK);
	assert_int_equal(m.answer_count, 1);
	assert_answer(&m, 0, NT_DNS_TYPE_A, "example.com", "192.0.2.1", 60);
	assert_int_equal(m.refused_chain, 0);
}

static void
test_header_reasons(void **state)
{
	static const struct {
		unsigned int flags, questions;
		enum nt_dns_reason reason;
	} cases[] = {
		{ RESPONSE, 1, NT_DNS_OK },
		{ RESPONSE | 0x0200, 1, NT_DNS_TRUNCATED },
		{ RESPONSE | 3, 1, NT_DNS_RCODE },
		{ RESPONSE | 4 << 11, 1, NT_DNS_NOT_QUERY },
		{ RESPONSE, 0, NT_DNS_QDCOUNT },
		{ RESPONSE, 2, NT_DNS_QDCOUNT },
		{ QUERY, 0, NT_DNS_QDCOUNT },
		{ QUERY, 2, NT_DNS_QDCOUNT },
		{ QUERY | 5 << 11, 1, NT_DNS_NOT_QUERY },
	};

	(void)state;
	for (unsigned int i = 0; i < NT_ARRAY_SIZE(cases); i++) {
		put_header(&w, cases[i].flags, cases[i].questions, 1, 0, 0);
		for (unsigned int q = 0; q < cases[i].questions; q++)
			put_question(&w, "a", NT_DNS_TYPE_A);
		put_pointer(&w, QNAME_AT);
		put_a(&w, 60, "192.0.2.1");
		assert_reason(parse(&m, &w), cases[i].reason);
		assert_int_equal(m.id, 0x1234);
		assert_int_equal(m.answer_count, cases[i].reason == NT_DNS_OK);
		assert_int_equal(m.rcode, cases[i].flags & 0xf);
	}
}

/* What a refused response was about is known all the same: it has to be matched too. */
static void
test_question_of_refused(void **state)
{
	(void)state;
	put_header(&w, RESPONSE | 3, 1, 0, 0, 0);
	put_question(&w, "No.Such", NT_DNS_TYPE_A);
	assert_reason(parse(&m, &w), NT_DNS_RCODE);
	assert_int_equal(m.qname_len, 7);
	assert_memory_equal(m.qname, "no.such", 7);
	assert_int_equal(m.qtype, NT_DNS_TYPE_A);
}

static void
test_class(void **state)
{
	(void)state;
	put_header(&w, RESPONSE, 1, 0, 0, 0);
	put_name(&w, "version.bind");
	put16(&w, 16);
	put16(&w, 3);
	assert_reason(parse(&m, &w), NT_DNS_CLASS);
	w.bytes[2] = 1; /* a query */
	assert_reason(parse(&m, &w), NT_DNS_OK);
	assert_int_equal(m.qclass, 3);
}

/* The first 64 are taken, the rest is counted: the message is not dropped. */
static void
test_answers_limit(void **state)
{
	(void)state;
	for (unsigned int n = NT_DNS_ANSWERS_MAX; n <= NT_DNS_ANSWERS_MAX + 9; n++) {
		put_response(&w, "many.example", NT_DNS_TYPE_A, n);
		for (unsigned int i = 0; i < n; i++) {
			put_pointer(&w, QNAME_AT);
			put_a(&w, 60 + i, "192.0.2.1");
		}
		assert_reason(parse(&m, &w), NT_DNS_OK);
		assert_int_equal(m.answer_count, NT_DNS_ANSWERS_MAX);
		for (unsigned int i = 0; i < NT_DNS_ANSWERS_MAX; i++)
			assert_int_equal(m.answers[i].ttl_sec, 60 + i);
		assert_int_equal(m.refused_limit, n - NT_DNS_ANSWERS_MAX);
	}
}

/* A hundred answers with owners[0], owners[1], owners[0], ... spelled out. */
static void
parse_spelled_out(const char *const owners[2])
{
	char addr[] = "198.51.100.1xx";

	put_response(&w, "www.example.com", NT_DNS_TYPE_A, 100);
	for (unsigned int i = 0; i < 100; i++) {
		addr[12] = (char)('0' + i / 10);
		addr[13] = (char)('0' + i % 10);
		put_name(&w, owners[i % 2]);
		put_a(&w, 60, addr);
	}
	assert_reason(parse(&m, &w), NT_DNS_OK);
	assert_true(m.refused_limit > 0);
	assert_int_equal(m.answers[0].name_len, 15);
}

/*
 * Owners spelled out cost work, where they are not what the last one was byte by byte: the first
 * answers count, the others are told to be too many.
 */
static void
test_owners_spelled_out(void **state)
{
	(void)state;
	parse_spelled_out((const char *const[]){ "www.example.com", "www.example.com" });
	assert_int_equal(m.answer_count, NT_DNS_ANSWERS_MAX);
	parse_spelled_out((const char *const[]){ "www.example.com", "WWW.example.com" });
	assert_in_range(m.answer_count, 16, NT_DNS_ANSWERS_MAX - 1);
}

/* The end of a chain, too; another name of the same length between them is nobody's. */
static void
test_chain_spelled_out(void **state)
{
	(void)state;
	put_response(&w, "www.example.com", NT_DNS_TYPE_A, 62);
	put_name(&w, "www.example.com");
	put_named(&w, NT_DNS_TYPE_CNAME, 60, "one.example.net");
	for (unsigned int i = 0; i < 60; i++) {
		put_name(&w, "one.example.net");
		put_a(&w, 60, "198.51.100.1");
	}
	put_name(&w, "two.example.net");
	put_a(&w, 60, "198.51.100.2");
	assert_reason(parse(&m, &w), NT_DNS_OK);
	assert_int_equal(m.answer_count, 60);
	assert_int_equal(m.refused_chain, 1);
	assert_int_equal(m.refused_limit, 0);
}

/* More records than are kept. */
static void
test_hundreds_of_answers(void **state)
{
	(void)state;
	for (unsigned int n = 255; n <= 300; n += 45) {
		put_response(&w, "many.example", NT_DNS_TYPE_A, n);
		for (unsigned int i = 0; i < n; i++) {
			put_pointer(&w, QNAME_AT);
			put_a(&w, 60, "198.51.100.1");
		}
		assert_reason(parse(&m, &w), NT_DNS_OK);
		assert_int_equal(m.answer_count, NT_DNS_ANSWERS_MAX);
		assert_in_range(m.refused_limit, 1, n - NT_DNS_ANSWERS_MAX);
	}
}

/* RFC 2181 8: the top bit set means zero. */
static void
test_ttl(void **state)
{
	(void)state;
	put_response(&w, "a.example", NT_DNS_TYPE_A, 2);
	put_pointer(&w, QNAME_AT);
	put_a(&w, 0x7fffffff, "192.0.2.1");
	put_pointer(&w, QNAME_AT);
	put_a(&w, 0x80000000, "192.0.2.2");
	assert_reason(parse(&m, &w), NT_DNS_OK);
	assert_answer(&m, 0, NT_DNS_TYPE_A, "a.example", "192.0.2.1", 0x7fffffff);
	assert_answer(&m, 1, NT_DNS_TYPE_A, "a.example", "192.0.2.2", 0);
}

/* Cut at every byte: the rules say why, and nothing of it counts. */
static void
test_every_prefix(void **state)
{
	(void)state;
	put_header(&w, RESPONSE, 1, 3, 0, 1);
	put_question(&w, "www.example.com", NT_DNS_TYPE_A);
	put_pointer(&w, QNAME_AT);
	put_named(&w, NT_DNS_TYPE_CNAME, 60, "cdn.example.net");
	put_name(&w, "cdn.example.net");
	put_a(&w, 60, "192.0.2.1");
	put_name(&w, "cdn.example.net");
	put_a(&w, 60, "2001:db8::1");
	put8(&w, 0);
	put_fixed(&w, 41, 0, 0);
	for (size_t len = 0; len < w.len; len++) {
		for (enum nt_dns_mode mode = NT_DNS_UNICAST; mode <= NT_DNS_MULTICAST; mode++) {
			enum nt_dns_reason reason = parse_cut(&m, &w, len, mode);

			assert_true(reason == NT_DNS_SHORT || reason == NT_DNS_COUNTS);
			assert_int_equal(m.answer_count, 0);
		}
	}
	assert_reason(parse(&m, &w), NT_DNS_OK);
	assert_int_equal(m.answer_count, 2);
}

static void
test_reason_names(void **state)
{
	(void)state;
	for (unsigned int i = 0; i < NT_DNS_REASONS; i++)
		assert_true(strlen(nt_dns_reason_name((enum nt_dns_reason)i)) > 1);
	assert_string_equal(nt_dns_reason_name(NT_DNS_REASONS), "unknown");
}

static void
test_digests(void **state)
{
	uint64_t question[3], answer[3];

	(void)state;
	for (unsigned int i = 0; i < 3; i++) {
		put_response(&w, i == 1 ? "A.example" : "a.example", i == 2 ? 28 : 1, 2);
		put_pointer(&w, QNAME_AT);
		put_a(&w, 60 + i, i == 1 ? "192.0.2.2" : "192.0.2.1");
		put_pointer(&w, QNAME_AT);
		put_a(&w, 60 + i, i == 1 ? "192.0.2.1" : i == 2 ? "192.0.2.3" : "192.0.2.2");
		assert_reason(parse(&m, &w), NT_DNS_OK);
		question[i] = nt_dns_question_digest(&m);
		answer[i] = nt_dns_answers_digest(&m);
	}
	/* Neither the case of the name, TTLs nor the order of records make another one. */
	assert_true(question[0] == question[1] && answer[0] == answer[1]);
	assert_true(question[0] != question[2] && answer[0] != answer[2]);
}

static uint64_t
question(const char *name, unsigned int type)
{
	put_response(&w, name, type, 0);
	assert_reason(parse(&m, &w), NT_DNS_OK);
	return nt_dns_question_digest(&m);
}

static void
test_question_digest(void **state)
{
	const uint64_t a = question("a-name.of.some.length.example", 1);

	(void)state;
	assert_true(a == question("A-nAme.of.SOME.length.examplE", 1));
	assert_true(a != question("a-name.of.some.length.exampla", 1));
	assert_true(a != question("a-name.of-some.length.example", 1));
	assert_true(a != question("a-name.of.some.length.example", 28));
	assert_true(a != question("@-name.of.some.length.example", 1));
	/* 'A' and 'a', but no letters */
	assert_true(question("a", 'A') != question("a", 'a'));
	/* Of all lengths, each octet counts. */
	for (size_t len = 1; len < 40; len++) {
		char name[40] = { 0 };

		memset(name, 'x', len);
		const uint64_t same = question(name, 1);
		for (size_t i = 0; i < len; i++) {
			name[i] = 'y';
			assert_true(same != question(name, 1));
			name[i] = 'x';
		}
	}
}

/* What stands in a query's header and question is known before its records are read. */
static void
test_in_two_steps(void **state)
{
	(void)state;
	put_response(&w, "www.example.com", NT_DNS_TYPE_A, 1);
	put_pointer(&w, QNAME_AT);
	put_a(&w, 60, "192.0.2.1");
	assert_reason(nt_dns_parse_question(&m, w.bytes, w.len, NT_DNS_UNICAST), NT_DNS_OK);
	assert_int_equal(m.qname_len, 15);
	assert_memory_equal(m.qname, "www.example.com", 15);
	assert_true(m.response && m.answer_count == 0);
	assert_reason(nt_dns_parse_records(&m, w.bytes, w.len, NT_DNS_UNICAST), NT_DNS_OK);
	assert_int_equal(m.answer_count, 1);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_query),
		cmocka_unit_test(test_addresses),
		cmocka_unit_test(test_rfc1035_compression),
		cmocka_unit_test(test_escapes),
		cmocka_unit_test(test_owners_spelled_out),
		cmocka_unit_test(test_chain_spelled_out),
		cmocka_unit_test(test_hundreds_of_answers),
		cmocka_unit_test(test_unusable),
		cmocka_unit_test(test_root_names_nothing),
		cmocka_unit_test(test_other_records),
		cmocka_unit_test(test_header_reasons),
		cmocka_unit_test(test_question_of_refused),
		cmocka_unit_test(test_class),
		cmocka_unit_test(test_answers_limit),
		cmocka_unit_test(test_ttl),
		cmocka_unit_test(test_every_prefix),
		cmocka_unit_test(test_reason_names),
		cmocka_unit_test(test_digests),
		cmocka_unit_test(test_question_digest),
		cmocka_unit_test(test_in_two_steps),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
