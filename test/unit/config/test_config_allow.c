/* SPDX-License-Identifier: BSD-3-Clause */
#include "complaints.h"

#include <nt_allow.h>
#include <stdlib.h>

static struct nt_allow_list
list_of(const char *text)
{
	struct nt_allow_list l = { .count = 1 };

	if (nt_allow_parse(text, &l.entries[0]) != 0)
		fail_msg("%s", text);
	return l;
}

static bool
has(const char *entry, const char *addr, uint16_t port, uint8_t proto)
{
	const struct nt_allow_list l = list_of(entry);
	struct nt_addr a;

	assert_int_equal(nt_addr_parse(addr, &a), 0);
	struct nt_allow_index *x = nt_allow_index_new(&l);
	assert_non_null(x);
	const bool found = nt_allow_index_has(x, &a, port, proto);
	nt_allow_index_free(x);
	assert_int_equal(nt_allow_list_has(&l, &a, port, proto), found);
	return found;
}

static void
test_forms(void **state)
{
	(void)state;
	assert_true(has("192.0.2.1", "192.0.2.1", 1, 6));
	assert_true(has("192.0.2.1", "192.0.2.1", 0, 1));
	assert_false(has("192.0.2.1", "192.0.2.2", 1, 6));
	assert_true(has("192.0.2.0/25", "192.0.2.127", 9, 17));
	assert_false(has("192.0.2.0/25", "192.0.2.128", 9, 17));
	assert_true(has("192.0.2.0/25", "192.0.2.1", 9, 17));
	assert_true(has("192.0.2.1:443", "192.0.2.1", 443, 17));
	assert_false(has("192.0.2.1:443", "192.0.2.1", 444, 17));
	assert_true(has("192.0.2.0/24:443/tcp", "192.0.2.9", 443, 6));
	assert_false(has("192.0.2.0/24:443/tcp", "192.0.2.9", 443, 17));
	assert_true(has("192.0.2.1/udp", "192.0.2.1", 7, 17));
	assert_false(has("192.0.2.1/udp", "192.0.2.1", 7, 6));
	assert_true(has("192.0.2.0/24/udp", "192.0.2.1", 7, 17));
	assert_true(has("123/udp", "2001:db8::1", 123, 17));
	assert_false(has("123/udp", "2001:db8::1", 123, 6));
	assert_true(has(":123", "192.0.2.1", 123, 6));
	assert_true(has("udp", "192.0.2.1", 99, 17));
	assert_false(has("udp", "192.0.2.1", 99, 6));
	assert_true(has(":123/tcp", "192.0.2.1", 123, 6));
	assert_true(has("0.0.0.0/0", "192.0.2.1", 5, 6));
	assert_false(has("0.0.0.0/0", "2001:db8::1", 5, 6));
}

static void
test_ipv6(void **state)
{
	(void)state;
	assert_true(has("2001:db8::/33", "2001:db8::1", 1, 6));
	assert_false(has("2001:db8::/33", "2001:db8:8000::1", 1, 6));
	assert_true(has("2001:db8::1/udp", "2001:db8::1", 1, 17));
	assert_true(has("[2001:db8::1]", "2001:db8::1", 1, 6));
	assert_true(has("[2001:db8::1]:53", "2001:db8::1", 53, 6));
	assert_true(has("[2001:db8::/32]:53/udp", "2001:db8:1::1", 53, 17));
	assert_false(has("[2001:db8::/32]:53/udp", "2001:db8:1::1", 53, 6));
	assert_true(has("::/0", "2001:db8::1", 53, 6));
	/* A family is part of an address. */
	assert_false(has("::ffff:192.0.2.1", "192.0.2.1", 1, 6));
}

static void
test_refused(void **state)
{
	static const char *const bad[] = { "", "/", "/tcp", ":", ":0", ":65536", ":00053", "53",
		"0/udp", "53/icmp", "53/UDP", "192.0.2.1:", "192.0.2.1:0", "192.0.2.1:x",
		"192.0.2.1:53/", "192.0.2.1/33", "192.0.2.0/24/", "192.0.2.1:53:53", "192.0.2",
		"[192.0.2.1]:53", "[2001:db8::1", "[2001:db8::1]53",
		"[2001:db8::1]:", "[2001:db8::1]]:53", "[]:53", "2001:db8::1:53:x",
		"2001:db8::/129", " 192.0.2.1", "*", "*:53", "udp/53", "/udp/udp",
		"192.0.2.1/udp/tcp",
		"2001:0db8:0000:0000:0000:0000:0000:00010000000000000000000000000000000" };
	struct nt_allow a = { .port = 7 };

	(void)state;
	for (size_t i = 0; i < NT_ARRAY_SIZE(bad); i++) {
		if (nt_allow_parse(bad[i], &a) != -EINVAL)
			fail_msg("%s was accepted", bad[i]);
		assert_int_equal(a.port, 7);
	}
}

static void
test_bits_behind_the_prefix(void **state)
{
	struct nt_allow a = { .port = 7 };

	(void)state;
	assert_int_equal(nt_allow_parse("192.0.2.1/24", &a), -EDOM);
	assert_int_equal(nt_allow_parse("[2001:db8::1/127]:53/udp", &a), -EDOM);
	assert_int_equal(a.port, 7);
	assert_int_equal(nt_allow_parse("192.0.2.1/32:53", &a), 0);
}

/* What is written parses to the same, and is as short as can be. */
static void
test_text(void **state)
{
	static const char *const same[] = { "192.0.2.1", "192.0.2.0/24", "192.0.2.1:443",
		"192.0.2.0/24:443/tcp", "192.0.2.1/udp", "192.0.2.0/24/udp", "123/udp", "tcp",
		":123", "2001:db8::1", "2001:db8::/32", "[2001:db8::/32]:53/udp", "2001:db8::1/udp",
		"::/0", "0.0.0.0/0", "::ffff:192.0.2.1", "[::ffff:192.0.2.0/120]:65535/udp",
		"[1111:2222:3333:4444:5555:6666:7777:8000/127]:65535/udp" };
	char text[NT_ALLOW_STRLEN];
	struct nt_allow a, b;

	(void)state;
	for (size_t i = 0; i < NT_ARRAY_SIZE(same); i++) {
		assert_int_equal(nt_allow_parse(same[i], &a), 0);
		assert_int_equal(nt_allow_format(&a, text), strlen(same[i]));
		assert_string_equal(text, same[i]);
		assert_int_equal(nt_allow_parse(text, &b), 0);
		assert_memory_equal(&a, &b, sizeof(a));
	}
	assert_int_equal(nt_allow_parse(":123/udp", &a), 0);
	nt_allow_format(&a, text);
	assert_string_equal(text, "123/udp");
}

/* What a list and a question are drawn from: little, so that they meet. */
static struct nt_addr
any_address(void)
{
	static const char *const texts[] = { "192.0.2.1", "192.0.2.2", "192.0.3.1", "10.0.0.1",
		"2001:db8::1", "2001:db8::2", "::1", "::ffff:192.0.2.1", "::ffff:10.0.0.1" };
	struct nt_addr a;

	assert_int_equal(nt_addr_parse(texts[(size_t)rand() % NT_ARRAY_SIZE(texts)], &a), 0);
	return a;
}

static uint8_t
any_proto(void)
{
	static const uint8_t protos[] = { 6, 17, 1 };
	return protos[(size_t)rand() % NT_ARRAY_SIZE(protos)];
}

static struct nt_allow
any_entry(void)
{
	struct nt_netset set = { 0 };
	struct nt_allow a = { .net = { .addr = { .family = NT_FAMILY_NONE } } };

	if (rand() % 4 != 0)
		a.net.addr = any_address();
	a.net.prefix_len = (unsigned int)rand() % (a.net.addr.family == NT_FAMILY_IPV6 ? 129 : 33);
	a.port = (uint16_t)(rand() % 3);
	a.proto = rand() % 2 != 0 && any_proto() == 6 ? 6 : rand() % 2 != 0 ? 17 : 0;
	if (a.net.addr.family == NT_FAMILY_NONE && a.port == 0)
		a.port = 1;
	if (a.net.addr.family == NT_FAMILY_NONE)
		return a;
	assert_true(nt_netset_add_net(&set, &a.net.addr, a.net.prefix_len) >= 0);
	a.net = set.nets[0]; /* without host bits */
	return a;
}

static void
test_index(void **state)
{
	unsigned int found = 0;

	(void)state;
	srand(5);
	for (int round = 0; round < 3000; round++) {
		struct nt_allow_list l = { .count = (uint32_t)rand() % 6 };

		for (uint32_t i = 0; i < l.count; i++)
			l.entries[i] = any_entry();
		struct nt_allow_index *x = nt_allow_index_new(&l);
		assert_non_null(x);
		for (int i = 0; i < 20; i++) {
			const struct nt_addr a = any_address();
			const uint16_t port = (uint16_t)(rand() % 4);
			const uint8_t proto = any_proto();
			const bool has = nt_allow_index_has(x, &a, port, proto);

			assert_int_equal(has, nt_allow_list_has(&l, &a, port, proto));
			found += has;
		}
		nt_allow_index_free(x);
	}
	assert_in_range(found, 6000, 54000);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_forms),
		cmocka_unit_test(test_ipv6),
		cmocka_unit_test(test_refused),
		cmocka_unit_test(test_bits_behind_the_prefix),
		cmocka_unit_test(test_text),
		cmocka_unit_test(test_index),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
