/* SPDX-License-Identifier: BSD-3-Clause */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <nt_addr.h>
#include <arpa/inet.h>
#include <stdlib.h>

static void
expect_text(const char *in, const char *out)
{
	struct nt_addr a;
	char text[NT_ADDR_STRLEN];

	assert_int_equal(nt_addr_parse(in, &a), 0);
	assert_int_equal(nt_addr_format(&a, text), strlen(out));
	assert_string_equal(text, out);
}

static void
test_rfc5952(void **state)
{
	(void)state;
	expect_text("2001:db8:0:0:1:0:0:1", "2001:db8::1:0:0:1"); /* 4.2.3: the first run */
	expect_text("2001:0db8::0001", "2001:db8::1"); /* 4.1: leading zeros */
	expect_text("2001:db8:0:1:1:1:1:1", "2001:db8:0:1:1:1:1:1"); /* 4.2.2: not one group */
	expect_text("2001:0:0:1:0:0:0:1", "2001:0:0:1::1"); /* 4.2.3: the longest */
	expect_text("2001:DB8::ABCD", "2001:db8::abcd"); /* 4.3: lower case */
	expect_text("::", "::");
	expect_text("::1", "::1");
	expect_text("1::", "1::");
	expect_text("fe80:0:0:0:0:0:0:0", "fe80::");
	expect_text("1:2:3:4:5:6:7:8", "1:2:3:4:5:6:7:8");
	expect_text("0:0:3:4:5:6:0:0", "::3:4:5:6:0:0");
	expect_text("::192.0.2.1", "::192.0.2.1");
	expect_text("ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff",
		"ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff");
}

static void
test_ipv4(void **state)
{
	(void)state;
	expect_text("0.0.0.0", "0.0.0.0");
	expect_text("9.10.99.100", "9.10.99.100");
	expect_text("255.255.255.255", "255.255.255.255");
}

static void
test_mapped(void **state)
{
	struct nt_addr a;

	(void)state;
	expect_text("::ffff:192.0.2.1", "192.0.2.1");
	assert_int_equal(nt_addr_parse("::ffff:192.0.2.1", &a), 0);
	assert_true(nt_addr_is_mapped(&a));
	assert_int_equal(nt_addr_parse("::fffe:192.0.2.1", &a), 0);
	assert_false(nt_addr_is_mapped(&a));
	assert_int_equal(nt_addr_parse("192.0.2.1", &a), 0);
	assert_false(nt_addr_is_mapped(&a));
}

static void
test_no_family(void **state)
{
	struct nt_addr none = { 0 };
	char text[NT_ADDR_STRLEN];

	(void)state;
	assert_int_equal(nt_addr_format(&none, text), 1);
	assert_string_equal(text, "-");
}

static void
test_parse_rejects(void **state)
{
	static const char *const bad[] = { "", "1.2.3", "1.2.3.4.5", "256.1.1.1", "1.2.3.4 ", "::g",
		"1::2::3", ":::", "fe80::1%eth0", "10.0.0.0/8" };
	struct nt_addr a = { .family = 99 };

	(void)state;
	for (size_t i = 0; i < NT_ARRAY_SIZE(bad); i++)
		assert_int_equal(nt_addr_parse(bad[i], &a), -EINVAL);
	assert_int_equal(a.family, 99);
}

/* The C library's text is what Zeek writes; zeros are made frequent to meet every run. */
static void
test_as_the_c_library(void **state)
{
	unsigned int seed = 1;

	(void)state;
	for (int i = 0; i < 200000; i++) {
		uint8_t bytes[16];
		char text[NT_ADDR_STRLEN], want[INET6_ADDRSTRLEN];
		struct nt_addr a, b;

		for (int j = 0; j < 16; j += 2) {
			int kind = rand_r(&seed) % 6;
			int v = kind < 3 ? 0 : kind == 3 ? 0xffff : rand_r(&seed) >> kind;
			bytes[j] = (uint8_t)(v >> 8);
			bytes[j + 1] = (uint8_t)v;
		}
		a = nt_addr_v6(bytes);
		if (nt_addr_is_mapped(&a))
			continue;
		inet_ntop(AF_INET6, bytes, want, sizeof(want));
		assert_int_equal(nt_addr_format(&a, text), strlen(want));
		assert_string_equal(text, want);
		assert_int_equal(nt_addr_parse(text, &b), 0);
		assert_true(nt_addr_equal(&a, &b));
	}
}

static void
test_twins_differ(void **state)
{
	static const uint8_t bytes[16] = { 192, 0, 2, 1 };
	struct nt_addr a = nt_addr_v4(bytes), b = nt_addr_v6(bytes), c, d;

	(void)state;
	assert_memory_equal(a.bytes, b.bytes, 16);
	assert_false(nt_addr_equal(&a, &b));
	assert_int_equal(nt_addr_parse("192.0.2.1", &c), 0);
	assert_int_equal(nt_addr_parse("::ffff:192.0.2.1", &d), 0);
	assert_true(nt_addr_equal(&a, &c));
	assert_false(nt_addr_equal(&c, &d));
}

static bool
unusable(const char *text)
{
	struct nt_addr a;

	assert_int_equal(nt_addr_parse(text, &a), 0);
	return nt_addr_is_unusable(&a);
}

static void
test_unusable(void **state)
{
	static const char *const bad[] = { "0.0.0.0", "0.0.0.1", "0.255.255.255", "127.0.0.1",
		"127.255.255.255", "224.0.0.1", "239.255.255.255", "240.0.0.1", "255.255.255.255",
		"::", "::1", "ff02::1", "ffff::", "::ffff:127.0.0.1", "::ffff:0.0.0.0",
		"::ffff:192.0.2.1" };
	static const char *const good[] = { "1.0.0.0", "10.0.0.1", "126.255.255.255", "128.0.0.1",
		"223.255.255.255", "::2", "fe80::1", "2001:db8::" };
	struct nt_addr none = { 0 };

	(void)state;
	for (size_t i = 0; i < NT_ARRAY_SIZE(bad); i++)
		assert_true(unusable(bad[i]));
	for (size_t i = 0; i < NT_ARRAY_SIZE(good); i++)
		assert_false(unusable(good[i]));
	assert_true(nt_addr_is_unusable(&none));
}

static void
test_multicast(void **state)
{
	struct nt_addr a;

	(void)state;
	assert_int_equal(nt_addr_parse("224.0.0.251", &a), 0);
	assert_true(nt_addr_is_multicast(&a));
	assert_int_equal(nt_addr_parse("240.0.0.1", &a), 0);
	assert_false(nt_addr_is_multicast(&a));
	assert_int_equal(nt_addr_parse("ff02::fb", &a), 0);
	assert_true(nt_addr_is_multicast(&a));
	/* Its bytes begin as an IPv4 multicast address does. */
	assert_int_equal(nt_addr_parse("e000::1", &a), 0);
	assert_false(nt_addr_is_multicast(&a));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_rfc5952),
		cmocka_unit_test(test_ipv4),
		cmocka_unit_test(test_mapped),
		cmocka_unit_test(test_no_family),
		cmocka_unit_test(test_parse_rejects),
		cmocka_unit_test(test_as_the_c_library),
		cmocka_unit_test(test_twins_differ),
		cmocka_unit_test(test_unusable),
		cmocka_unit_test(test_multicast),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
