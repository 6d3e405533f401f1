/* SPDX-License-Identifier: BSD-3-Clause */
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include <nt_telemetry_args.h>

static struct nt_telemetry_args args;
static struct nt_error err;

static int
parse(enum nt_telemetry_form form, const char *params)
{
	memset(&args, 0xa5, sizeof(args));
	return nt_telemetry_args_parse(form, params, &args, &err);
}

static void
refused(enum nt_telemetry_form form, const char *params, const char *message)
{
	assert_int_equal(parse(form, params), -EINVAL);
	assert_string_equal(err.msg, message);
}

static void
test_nothing(void **state)
{
	(void)state;
	assert_int_equal(parse(NT_TELEMETRY_NOTHING, NULL), 0);
	assert_false(args.given);
	assert_int_equal(parse(NT_TELEMETRY_NOTHING, ""), 0);
	refused(NT_TELEMETRY_NOTHING, "x", "this command takes no parameter: 'x'");
	refused(NT_TELEMETRY_NOTHING, " ", "this command takes no parameter: ' '");
}

static void
test_number(void **state)
{
	(void)state;
	assert_int_equal(parse(NT_TELEMETRY_NUMBER, NULL), 0);
	assert_false(args.given);
	assert_int_equal(parse(NT_TELEMETRY_NUMBER, "0"), 0);
	assert_true(args.given);
	assert_int_equal(parse(NT_TELEMETRY_NUMBER, "4294967295"), 0);
	assert_int_equal(args.number, UINT32_MAX);
	refused(NT_TELEMETRY_NUMBER, "4294967296", "not a number: '4294967296'");
	refused(NT_TELEMETRY_NUMBER, "18446744073709551617",
		"not a number: '18446744073709551617'");
	refused(NT_TELEMETRY_NUMBER, "-1", "not a number: '-1'");
	refused(NT_TELEMETRY_NUMBER, "+1", "not a number: '+1'");
	refused(NT_TELEMETRY_NUMBER, " 1", "not a number: ' 1'");
	refused(NT_TELEMETRY_NUMBER, "1,", "not a number: '1,'");
	refused(NT_TELEMETRY_NUMBER, "1\n2", "not a number: '1?2'");
}

static void
test_word(void **state)
{
	(void)state;
	assert_int_equal(parse(NT_TELEMETRY_WORD, "names_2"), 0);
	assert_string_equal(args.word, "names_2");
	refused(NT_TELEMETRY_WORD, "a.b", "not a word: 'a.b'");
	refused(NT_TELEMETRY_WORD, "0123456789012345678901234567890x",
		"not a word: '0123456789012345678901234567890x'");
	refused(NT_TELEMETRY_WORD, "\xff", "not a word: '?'");
}

static void
test_addr(void **state)
{
	(void)state;
	struct nt_addr want;
	assert_int_equal(parse(NT_TELEMETRY_ADDR, "192.0.2.1"), 0);
	nt_addr_parse("192.0.2.1", &want);
	assert_true(nt_addr_equal(&args.addr, &want));
	assert_int_equal(args.number, 0);
	assert_int_equal(parse(NT_TELEMETRY_ADDR, "2001:DB8::1,64"), 0);
	nt_addr_parse("2001:db8::1", &want);
	assert_true(nt_addr_equal(&args.addr, &want));
	assert_int_equal(args.number, 64);
	refused(NT_TELEMETRY_ADDR, NULL, "an address is missing: COMMAND,ADDRESS");
	refused(NT_TELEMETRY_ADDR, "", "an address is missing: COMMAND,ADDRESS");
	refused(NT_TELEMETRY_ADDR, "192.0.2", "not an IPv4 or IPv6 address: '192.0.2'");
	refused(NT_TELEMETRY_ADDR, "192.0.2.1,", "not an IPv4 or IPv6 address: '192.0.2.1,'");
	refused(NT_TELEMETRY_ADDR, "192.0.2.1,x", "not an IPv4 or IPv6 address: '192.0.2.1,x'");
	refused(NT_TELEMETRY_ADDR, "192.0.2.1,1,2", "not an IPv4 or IPv6 address: '192.0.2.1,1,2'");
	refused(NT_TELEMETRY_ADDR, ",1", "not an IPv4 or IPv6 address: ',1'");
}

static void
test_name(void **state)
{
	(void)state;
	assert_int_equal(parse(NT_TELEMETRY_NAME, "WWW.Example.COM."), 0);
	assert_string_equal(args.name, "www.example.com");
	assert_int_equal(args.name_len, 15);
	assert_int_equal(parse(NT_TELEMETRY_NAME, "a,b"), 0);
	assert_string_equal(args.name, "a,b");
	assert_int_equal(parse(NT_TELEMETRY_NAME, "a,b,7"), 0);
	assert_string_equal(args.name, "a,b");
	assert_int_equal(args.number, 7);
	assert_int_equal(parse(NT_TELEMETRY_NAME, "a\\xFFb\\x00c"), 0);
	assert_int_equal(args.name_len, 5);
	assert_memory_equal(args.name,
		"a\xff"
		"b\0c",
		6);
	assert_int_equal(parse(NT_TELEMETRY_NAME, "a\\x4FB"), 0);
	assert_string_equal(args.name, "aob");
	assert_int_equal(parse(NT_TELEMETRY_NAME, "."), 0);
	assert_string_equal(args.name, ".");
	refused(NT_TELEMETRY_NAME, NULL, "a name is missing: COMMAND,NAME");
	refused(NT_TELEMETRY_NAME, ",1", "not a name of 1 to 255 bytes: ',1'");
	refused(NT_TELEMETRY_NAME, "a\\b", "not a name of 1 to 255 bytes: 'a\\b'");
	refused(NT_TELEMETRY_NAME, "a\\x1", "not a name of 1 to 255 bytes: 'a\\x1'");
	refused(NT_TELEMETRY_NAME, "a\tb", "not a name of 1 to 255 bytes: 'a?b'");
	refused(NT_TELEMETRY_NAME, "\xc3\xa4", "not a name of 1 to 255 bytes: '\?\?'");
}

static void
test_lengths(void **state)
{
	(void)state;
	char text[NT_TELEMETRY_TEXT_MAX + 8] = "";
	memset(text, 'a', 256);
	assert_int_equal(parse(NT_TELEMETRY_NAME, text), -EINVAL);
	assert_int_equal(strlen(err.msg), strlen("not a name of 1 to 255 bytes: ''...") + 64);
	text[255] = '.';
	assert_int_equal(parse(NT_TELEMETRY_NAME, text), 0);
	assert_int_equal(args.name_len, 255);
	text[255] = '\0';
	assert_int_equal(parse(NT_TELEMETRY_NAME, text), 0);
	text[0] = '\0';
	for (int i = 0; i < NT_TELEMETRY_NAME_MAX; i++)
		memcpy(text + 4 * i, "\\x07", 5);
	assert_int_equal(parse(NT_TELEMETRY_NAME, text), 0);
	assert_int_equal(args.name_len, 255);
	memcpy(text + 4 * NT_TELEMETRY_NAME_MAX, "b", 2);
	assert_int_equal(parse(NT_TELEMETRY_NAME, text), -EINVAL);
}

/* What a name is told as is what it is asked by. */
static void
test_text_and_back(void **state)
{
	(void)state;
	char name[NT_TELEMETRY_NAME_MAX], text[NT_TELEMETRY_TEXT_MAX];
	for (int i = 0; i < NT_TELEMETRY_NAME_MAX; i++)
		name[i] = (char)(i >= 'A' && i <= 'Z' ? 'a' : i);
	const size_t len = nt_telemetry_name_text(name, sizeof(name), text);
	assert_int_equal(len, strlen(text));
	for (size_t i = 0; i < len; i++)
		assert_true(text[i] >= ' ' && text[i] <= '~');
	assert_int_equal(parse(NT_TELEMETRY_NAME, text), 0);
	assert_int_equal(args.name_len, sizeof(name));
	assert_memory_equal(args.name, name, sizeof(name));
	memset(name, 0xff, sizeof(name));
	assert_int_equal(nt_telemetry_name_text(name, sizeof(name), text), 4 * sizeof(name));
	assert_int_equal(nt_telemetry_name_text("", 0, text), 0);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_nothing),
		cmocka_unit_test(test_number),
		cmocka_unit_test(test_word),
		cmocka_unit_test(test_addr),
		cmocka_unit_test(test_name),
		cmocka_unit_test(test_lengths),
		cmocka_unit_test(test_text_and_back),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
