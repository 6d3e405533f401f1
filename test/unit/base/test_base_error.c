/* SPDX-License-Identifier: BSD-3-Clause */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <nt_base.h>
#include <string.h>

static void
test_returns_code_and_fills(void **state)
{
	struct nt_error err;

	(void)state;
	assert_int_equal(nt_error_set(&err, -EINVAL, "line %d: %s", 7, "no"), -EINVAL);
	assert_string_equal(err.msg, "line 7: no");
	assert_int_equal(nt_error_set(NULL, -ENOMEM, "nobody asks"), -ENOMEM);
}

static void
test_cuts_long_messages(void **state)
{
	struct nt_error err;
	char text[1000];

	(void)state;
	memset(text, 'x', sizeof(text) - 1);
	text[sizeof(text) - 1] = '\0';
	assert_int_equal(nt_error_set(&err, -1, "%s", text), -1);
	assert_int_equal(strlen(err.msg), sizeof(err.msg) - 1);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_returns_code_and_fills),
		cmocka_unit_test(test_cuts_long_messages),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
