/* SPDX-License-Identifier: BSD-3-Clause */
/* What Zeek's DNS analyzer takes for DNS: its own oddities, one by one. */
#include "dns_build.h"
#include <nt_dns_confirm.h>

static struct wire w;

/* The message ends where its allocation ends. */
static enum nt_dns_confirm
confirm_cut(size_t len, bool netbios)
{
	uint8_t *copy = malloc(len > 0 ? len : 1);

	memcpy(copy, w.bytes, len);
	const enum nt_dns_confirm ret = nt_dns_confirm(copy, len, netbios);
	free(copy);
	return ret;
}

static enum nt_dns_confirm
confirm(void)
{
	return confirm_cut(w.len, false);
}

/* One answer of a type, with data of len octets, rdlength claimed. */
static void
put_answer(unsigned int type, const void *data, size_t len, unsigned int rdlength)
{
	put_response(&w, "example.com", type, 1);
	put_pointer(&w, QNAME_AT);
	put_fixed(&w, type, 60, rdlength);
	put(&w, data, len);
}

static void
test_query(void **state)
{
	(void)state;
	put_header(&w, QUERY, 1, 0, 0, 0);
	put_question(&w, "example.com", NT_DNS_TYPE_A);
	assert_int_equal(confirm(), NT_DNS_CONFIRM_YES);
	for (size_t len = 0; len < w.len; len++)
		assert_int_equal(confirm_cut(len, false), NT_DNS_CONFIRM_NO);
	put_header(&w, QUERY, 0, 0, 0, 0);
	assert_int_equal(confirm(), NT_DNS_CONFIRM_YES);
}

static void
test_questions(void **state)
{
	(void)state;
	for (unsigned int n = 24; n <= 27; n++) {
		put_header(&w, QUERY, n, 0, 0, 0);
		for (unsigned int i = 0; i < n; i++)
			put_question(&w, "a", NT_DNS_TYPE_A);
		assert_int_equal(
			confirm(), n <= 25 ? NT_DNS_CONFIRM_YES : NT_DNS_CONFIRM_VIOLATION);
	}
}

static void
test_opcode(void **state)
{
	(void)state;
	put_header(&w, 5 << 11, 1, 0, 0, 0);
	put_question(&w, "example.com", NT_DNS_TYPE_A);
	assert_int_equal(confirm(), NT_DNS_CONFIRM_OPCODE);
	assert_int_equal(confirm_cut(w.len, true), NT_DNS_CONFIRM_YES);
}

/* Longer labels than 63 end a name, but not on NetBIOS's port. */
static void
test_label(void **state)
{
	char label[100];

	(void)state;
	memset(label, 0, sizeof(label));
	put_header(&w, QUERY, 2, 0, 0, 0);
	put8(&w, 100);
	put(&w, label, sizeof(label));
	put8(&w, 0);
	put32(&w, 0x10001);
	assert_int_equal(confirm_cut(w.len, true), NT_DNS_CONFIRM_NO);
	assert_int_equal(confirm_cut(w.len, false), NT_DNS_CONFIRM_YES);
	put_question(&w, "a", 1);
	assert_int_equal(confirm_cut(w.len, true), NT_DNS_CONFIRM_YES);
}

static void
test_lengths(void **state)
{
	static const uint8_t zeros[64];

	(void)state;
	put_answer(NT_DNS_TYPE_A, zeros, 4, 4);
	assert_int_equal(confirm(), NT_DNS_CONFIRM_YES);
	put_answer(NT_DNS_TYPE_A, zeros, 5, 5);
	assert_int_equal(confirm(), NT_DNS_CONFIRM_NO);
	put_answer(NT_DNS_TYPE_A, zeros, 4, 5);
	assert_int_equal(confirm(), NT_DNS_CONFIRM_NO);
	put_answer(NT_DNS_TYPE_AAAA, zeros, 4, 4);
	assert_int_equal(confirm(), NT_DNS_CONFIRM_YES);
	put_answer(999, zeros, 1, 0); /* no data, and more to come */
	assert_int_equal(confirm(), NT_DNS_CONFIRM_NO);
	put_answer(999, zeros, 0, 0);
	assert_int_equal(confirm(), NT_DNS_CONFIRM_YES);
	put_answer(6, zeros, 21, 21); /* SOA: two names and 20 octets */
	assert_int_equal(confirm(), NT_DNS_CONFIRM_NO);
	put_answer(6, zeros, 22, 22);
	assert_int_equal(confirm(), NT_DNS_CONFIRM_YES);
	put_answer(46, zeros, 17, 17); /* RRSIG */
	assert_int_equal(confirm(), NT_DNS_CONFIRM_NO);
}

static void
test_strings(void **state)
{
	(void)state;
	put_answer(16, "\003abc\001d", 6, 6);
	assert_int_equal(confirm(), NT_DNS_CONFIRM_YES);
	put_answer(16, "\003abc\002d", 6, 6);
	assert_int_equal(confirm(), NT_DNS_CONFIRM_NO);
	put_answer(13, "\001a\001b", 4, 4);
	assert_int_equal(confirm(), NT_DNS_CONFIRM_YES);
	put_answer(13, "\001a\001b\001c", 6, 6); /* HINFO has two */
	assert_int_equal(confirm(), NT_DNS_CONFIRM_NO);
}

/* Zeek goes on where the names ended, not where the length said; SRV on 137 is NBSTAT. */
static void
test_next_record(void **state)
{
	(void)state;
	put_response(&w, "example.com", NT_DNS_TYPE_CNAME, 2);
	put_pointer(&w, QNAME_AT);
	put_fixed(&w, NT_DNS_TYPE_CNAME, 60, 9);
	put_name(&w, "a");
	put_pointer(&w, QNAME_AT);
	put_a(&w, 60, "192.0.2.1");
	assert_int_equal(confirm(), NT_DNS_CONFIRM_YES);

	put_answer(33, "\0\1\0\1\0\1\1a\0", 9, 9);
	assert_int_equal(confirm(), NT_DNS_CONFIRM_YES);
	assert_int_equal(confirm_cut(w.len, true), NT_DNS_CONFIRM_YES);
}

/* Counts that lie end with the message. */
static void
test_counts(void **state)
{
	(void)state;
	put_header(&w, RESPONSE, 1, 0xffff, 0, 0);
	put_question(&w, "example.com", NT_DNS_TYPE_A);
	while (w.len < 65500)
		put32(&w, 0);
	assert_int_equal(confirm(), NT_DNS_CONFIRM_NO);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_query),
		cmocka_unit_test(test_questions),
		cmocka_unit_test(test_opcode),
		cmocka_unit_test(test_label),
		cmocka_unit_test(test_lengths),
		cmocka_unit_test(test_strings),
		cmocka_unit_test(test_next_record),
		cmocka_unit_test(test_counts),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
