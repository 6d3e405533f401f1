/* SPDX-License-Identifier: BSD-3-Clause */
/* The faults of RFC 9267, a group for each of its sections 2 to 6; and compression bombs. */
#include "dns_build.h"

static struct wire w;
static struct nt_dns_message m;

/* Dropped in both modes, with nothing kept. */
static void
assert_dropped(enum nt_dns_reason reason)
{
	assert_reason(parse(&m, &w), reason);
	assert_int_equal(m.answer_count, 0);
	assert_reason(parse_mdns(&m, &w), reason);
	assert_int_equal(m.answer_count, 0);
}

/* One answer whose owner is what the caller put at `owner`, in place of the pointer. */
static void
put_owner(const void *owner, size_t len)
{
	put_response(&w, "a.example", NT_DNS_TYPE_A, 1);
	put(&w, owner, len);
	put_a(&w, 60, "192.0.2.1");
}

/* Section 2: compression pointers. */
static void
test_2_pointer_to_itself(void **state)
{
	(void)state;
	put_header(&w, RESPONSE, 1, 0, 0, 0);
	put_pointer(&w, QNAME_AT);
	put32(&w, 0x00010001);
	assert_dropped(NT_DNS_POINTER);
	put_owner("\xc0\x1b", 2); /* 27 is where the owner itself starts */
	assert_dropped(NT_DNS_POINTER);
}

static void
test_2_pointer_loop(void **state)
{
	(void)state;
	put_owner("\1b\xc0\x1b", 4);
	assert_dropped(NT_DNS_POINTER);
}

static void
test_2_pointer_forward(void **state)
{
	(void)state;
	put_owner("\xc0\x1d", 2);
	assert_dropped(NT_DNS_POINTER);
	put_owner("\xc0\xff", 2);
	assert_dropped(NT_DNS_POINTER);
	put_owner("\xff\xff", 2);
	assert_dropped(NT_DNS_POINTER);
}

/* Two pointers back, but the second not before the labels that the first led to. */
static void
test_2_pointer_not_backward_enough(void **state)
{
	(void)state;
	put_response(&w, "a.example", NT_DNS_TYPE_A, 2);
	size_t at = w.len;
	put8(&w, 0);
	put_fixed(&w, 16, 60, 4);
	put(&w, "\1x", 2);
	put_pointer(&w, at + 11); /* x.x.x... */
	put_pointer(&w, at + 11);
	put_a(&w, 60, "192.0.2.1");
	assert_dropped(NT_DNS_POINTER);
}

/* Back, to an octet that says 2: the pointer itself would be the label, its record's type the end.
 */
static void
test_2_pointer_into_own_labels(void **state)
{
	(void)state;
	put_response(&w, "a.example", NT_DNS_TYPE_A, 2);
	put8(&w, 0);
	put_fixed(&w, 16, 60, 1);
	put8(&w, 2);
	put_pointer(&w, w.len - 1);
	put_a(&w, 60, "192.0.2.1");
	assert_dropped(NT_DNS_POINTER);
}

static void
test_2_pointer_into_header(void **state)
{
	(void)state;
	put_owner("\xc0\x0b", 2);
	assert_dropped(NT_DNS_POINTER);
}

static void
test_2_pointer_cut(void **state)
{
	(void)state;
	put_header(&w, QUERY, 1, 0, 0, 0);
	put(&w, "\1aaaa\xc0", 6);
	w.bytes[12] = 4;
	assert_dropped(NT_DNS_SHORT);
}

/* A name behind n pointers, each a record's rdata, the last of them an owner. */
static void
put_pointers(unsigned int n)
{
	size_t target = QNAME_AT;

	put_response(&w, "a", NT_DNS_TYPE_A, n);
	for (unsigned int i = 0; i < n - 1; i++) {
		put8(&w, 0);
		put_fixed(&w, 16, 60, 2);
		size_t at = w.len;
		put_pointer(&w, target);
		target = at;
	}
	put_pointer(&w, target);
	put_a(&w, 60, "192.0.2.1");
}

static void
test_2_pointers_limit(void **state)
{
	(void)state;
	put_pointers(NT_DNS_POINTERS_MAX);
	assert_reason(parse(&m, &w), NT_DNS_OK);
	assert_int_equal(m.answer_count, 1);
	put_pointers(NT_DNS_POINTERS_MAX + 1);
	assert_dropped(NT_DNS_POINTER);
}

/* Section 3: label and name lengths. */
static void
test_3_label_types(void **state)
{
	(void)state;
	for (unsigned int type = 0x40; type <= 0x80; type += 0x40) {
		char owner[] = { (char)(type | 1), 'x', 0 };

		put_owner(owner, 3);
		assert_dropped(NT_DNS_LABEL);
	}
}

static void
put_long_name(unsigned int last_label)
{
	put_header(&w, QUERY, 1, 0, 0, 0);
	for (int i = 0; i < 4; i++) {
		unsigned int n = i < 3 ? 63 : last_label;

		put8(&w, n);
		for (unsigned int k = 0; k < n; k++)
			put8(&w, 'X');
	}
	put8(&w, 0);
	put32(&w, 0x00010001);
}

static void
test_3_name_limit(void **state)
{
	(void)state;
	put_long_name(61); /* 3 * 64 + 62 + 1 = 255 */
	assert_reason(parse(&m, &w), NT_DNS_OK);
	assert_int_equal(m.qname_len, 253);
	put_long_name(62);
	assert_dropped(NT_DNS_NAME_LONG);
}

/* 255 is the limit of the whole name, wherever its parts stand. */
static void
test_3_name_limit_through_pointer(void **state)
{
	(void)state;
	for (unsigned int n = 0; n <= 1; n++) {
		put_long_name(59 - 2 + n);
		w.bytes[2] = 0x81;
		w.bytes[7] = 1;
		put(&w, "\3abc", 4);
		put_pointer(&w, QNAME_AT);
		put_a(&w, 60, "192.0.2.1");
		assert_reason(parse(&m, &w), n == 0 ? NT_DNS_OK : NT_DNS_NAME_LONG);
	}
}

static void
test_3_text_limit_with_escapes(void **state)
{
	(void)state;
	for (unsigned int dots = 63; dots <= 64; dots++) {
		put_header(&w, QUERY, 1, 0, 0, 0);
		put8(&w, 63);
		for (unsigned int i = 0; i < 63; i++)
			put8(&w, '.');
		if (dots == 63)
			put(&w, "\2ab", 3); /* 252 + 3 = 255 */
		else
			put(&w, "\3abc", 4);
		put8(&w, 0);
		put32(&w, 0x00010001);
		assert_reason(parse(&m, &w), dots == 63 ? NT_DNS_OK : NT_DNS_NAME_LONG);
		if (dots == 63)
			assert_int_equal(m.qname_len, NT_DNS_NAME_MAX);
	}
}

/* Section 4: names without an end. */
static void
test_4_no_terminator(void **state)
{
	(void)state;
	put_header(&w, QUERY, 1, 0, 0, 0);
	put(&w, "\3abc\3def", 8);
	assert_dropped(NT_DNS_SHORT);
	put_header(&w, QUERY, 1, 0, 0, 0);
	put(&w, "\77abcdefg", 8); /* a label longer than what is there */
	assert_dropped(NT_DNS_SHORT);
}

static void
test_4_no_terminator_in_rdata(void **state)
{
	(void)state;
	put_response(&w, "a", NT_DNS_TYPE_A, 1);
	put_pointer(&w, QNAME_AT);
	put_fixed(&w, NT_DNS_TYPE_CNAME, 60, 4);
	put(&w, "\3abc", 4);
	assert_dropped(NT_DNS_SHORT);
}

/* Section 5: RDLENGTH. */
static void
test_5_rdlength_past_end(void **state)
{
	static const unsigned int lengths[] = { 5, 500, 65535 };

	(void)state;
	for (unsigned int i = 0; i < NT_ARRAY_SIZE(lengths); i++) {
		put_response(&w, "a", NT_DNS_TYPE_A, 1);
		put_pointer(&w, QNAME_AT);
		put_fixed(&w, NT_DNS_TYPE_A, 60, lengths[i]);
		put32(&w, 0xc0000201);
		assert_dropped(NT_DNS_SHORT);
	}
}

static void
test_5_rdlength_of_type(void **state)
{
	static const struct {
		unsigned int type, length;
	} cases[] = { { 1, 3 }, { 1, 5 }, { 1, 16 }, { 1, 0 }, { 28, 15 }, { 28, 17 }, { 28, 4 },
		{ 5, 2 }, { 5, 4 }, { 12, 2 }, { 12, 4 } };

	(void)state;
	for (unsigned int i = 0; i < NT_ARRAY_SIZE(cases); i++) {
		put_response(&w, "a", NT_DNS_TYPE_A, 1);
		put_pointer(&w, QNAME_AT);
		put_fixed(&w, cases[i].type, 60, cases[i].length);
		put(&w, "\1b\0\0\0\0\0\0\0\0\0\0\0\0\0\0", cases[i].length);
		if (cases[i].length < 4)
			put(&w, "\0\0\0\0", 4);
		assert_dropped(NT_DNS_RDLENGTH);
	}
}

/* Section 6: record counts. */
static void
test_6_counts_that_lie(void **state)
{
	(void)state;
	for (unsigned int section = 0; section < 3; section++) {
		put_response(&w, "a", NT_DNS_TYPE_A, 1);
		put_pointer(&w, QNAME_AT);
		put_a(&w, 60, "192.0.2.1");
		w.bytes[6 + 2 * section] = 0xff;
		assert_dropped(NT_DNS_COUNTS);
	}
}

/* As many as could stand there by their least size, but one does not. */
static void
test_6_count_of_one_more(void **state)
{
	(void)state;
	put_response(&w, "a", NT_DNS_TYPE_A, 2);
	put_pointer(&w, QNAME_AT);
	put_a(&w, 60, "192.0.2.1");
	put(&w, "\0\0\0\0\0\0", 6);
	assert_dropped(NT_DNS_SHORT);
}

static void
test_6_questions_that_lie(void **state)
{
	(void)state;
	put_header(&w, RESPONSE, 0xffff, 0, 0, 0);
	put_question(&w, "a", NT_DNS_TYPE_A);
	assert_reason(parse(&m, &w), NT_DNS_QDCOUNT);
	assert_reason(parse_mdns(&m, &w), NT_DNS_COUNTS);
}

/* CVE-2024-8508, CVE-2025-24294, CVE-2024-55628: much work for few bytes. */
static void
test_bomb_of_pointers(void **state)
{
	(void)state;
	put_response(&w, "a", NT_DNS_TYPE_A, 200);
	size_t at = w.len;
	for (unsigned int i = 0; i < 120; i++)
		put(&w, "\1b", 2);
	put8(&w, 0);
	put_a(&w, 60, "192.0.2.1");
	for (unsigned int i = 1; i < 200; i++) {
		put(&w, "\1c", 2);
		put_pointer(&w, at);
		put_a(&w, 60, "192.0.2.1");
	}
	assert_reason(parse(&m, &w), NT_DNS_OK);
	assert_int_equal(m.answer_count, 0);
	assert_in_range(m.refused_limit, 1, 200);
}

static void
test_bomb_of_records(void **state)
{
	(void)state;
	put_response(&w, "a", NT_DNS_TYPE_A, 4000);
	for (unsigned int i = 0; i < 4000; i++) {
		put_pointer(&w, QNAME_AT);
		put_a(&w, 60, "192.0.2.1");
	}
	assert_true(w.len < 65536);
	assert_reason(parse(&m, &w), NT_DNS_OK);
	assert_int_equal(m.answer_count, NT_DNS_ANSWERS_MAX);
	assert_in_range(m.refused_limit, 1, 4000);
}

static void
test_longer_than_any_transport(void **state)
{
	(void)state;
	for (size_t len = 65535; len <= 65536; len++) {
		put_header(&w, QUERY, 1, 0, 0, 0);
		put_question(&w, "a", NT_DNS_TYPE_A);
		memset(w.bytes + w.len, 0, len - w.len);
		assert_reason(parse_cut(&m, &w, len, NT_DNS_UNICAST),
			len == 65535 ? NT_DNS_OK : NT_DNS_WORK);
		assert_int_equal(m.id, 0x1234);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_2_pointer_to_itself),
		cmocka_unit_test(test_2_pointer_loop),
		cmocka_unit_test(test_2_pointer_forward),
		cmocka_unit_test(test_2_pointer_not_backward_enough),
		cmocka_unit_test(test_2_pointer_into_own_labels),
		cmocka_unit_test(test_2_pointer_into_header),
		cmocka_unit_test(test_2_pointer_cut),
		cmocka_unit_test(test_2_pointers_limit),
		cmocka_unit_test(test_3_label_types),
		cmocka_unit_test(test_3_name_limit),
		cmocka_unit_test(test_3_name_limit_through_pointer),
		cmocka_unit_test(test_3_text_limit_with_escapes),
		cmocka_unit_test(test_4_no_terminator),
		cmocka_unit_test(test_4_no_terminator_in_rdata),
		cmocka_unit_test(test_5_rdlength_past_end),
		cmocka_unit_test(test_5_rdlength_of_type),
		cmocka_unit_test(test_6_counts_that_lie),
		cmocka_unit_test(test_6_count_of_one_more),
		cmocka_unit_test(test_6_questions_that_lie),
		cmocka_unit_test(test_bomb_of_pointers),
		cmocka_unit_test(test_bomb_of_records),
		cmocka_unit_test(test_longer_than_any_transport),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
