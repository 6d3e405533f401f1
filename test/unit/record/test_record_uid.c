/* SPDX-License-Identifier: BSD-3-Clause */
#include "rows.h"

static const char digits[] = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";

static uint64_t
decode(const char *text, size_t len)
{
	uint64_t v = 0;

	for (size_t i = 0; i < len; i++)
		v = v * 62 + (uint64_t)(strchr(digits, text[i]) - digits);
	return v;
}

static void
known_values(void **state)
{
	const uint64_t zero[2] = { 0, 0 }, ones[2] = { UINT64_MAX, UINT64_MAX };
	char text[24];

	(void)state;
	assert_int_equal(nt_uid_format(zero, text), 18);
	assert_string_equal(text, "C00000000000000000");
	assert_int_equal(nt_uid_format(ones, text), 18);
	/* 2^32 - 1 and 2^64 - 1 */
	assert_string_equal(text, "C4gfFC3LygHa16AHYF");
}

static void
gives_back_its_bits(void **state)
{
	uint64_t uid[2] = { 0x9e3779b97f4a7c15, 1 };
	char text[24];

	(void)state;
	for (unsigned int i = 0; i < 100000; i++) {
		uid[0] = uid[0] * 6364136223846793005 + 1442695040888963407;
		uid[1] = uid[1] * 6364136223846793005 + uid[0];
		assert_int_equal(nt_uid_format(uid, text), 18);
		assert_int_equal(strlen(text), 18);
		assert_int_equal(text[0], 'C');
		assert_int_equal(decode(text + 1, 6), (uint32_t)uid[1]);
		assert_int_equal(decode(text + 7, 11), uid[0]);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(known_values),
		cmocka_unit_test(gives_back_its_bits),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
