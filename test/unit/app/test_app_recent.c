/* SPDX-License-Identifier: BSD-3-Clause */
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>

#include <cmocka.h>

#include "recent.h"

static void
test_what_is_old_goes(void **state)
{
	(void)state;
	static struct recent r;
	static struct nt_histogram all, ret;
	nt_histogram_add(&all, 5);
	recent_read(&r, &all, NT_SEC(1000), &ret);
	assert_int_equal(ret.total, 1);
	nt_histogram_add(&all, 7);
	recent_read(&r, &all, NT_SEC(1009), &ret);
	assert_int_equal(ret.total, 2);
	/* After ten seconds the first read is what is taken off. */
	recent_read(&r, &all, NT_SEC(1010), &ret);
	assert_int_equal(ret.total, 1);
	assert_int_equal(nt_histogram_quantile(&ret, 0.5), 7);
	nt_histogram_add(&all, 9);
	recent_read(&r, &all, NT_SEC(1019), &ret);
	assert_int_equal(ret.total, 2);
	recent_read(&r, &all, NT_SEC(1020), &ret);
	assert_int_equal(ret.total, 1);
	assert_int_equal(nt_histogram_quantile(&ret, 0.5), 9);
	recent_read(&r, &all, NT_SEC(1030), &ret);
	assert_int_equal(ret.total, 0);
	recent_read(&r, &all, NT_SEC(5000), &ret);
	assert_int_equal(ret.total, 0);
}

int
main(void)
{
	const struct CMUnitTest tests[] = { cmocka_unit_test(test_what_is_old_goes) };
	return cmocka_run_group_tests(tests, NULL, NULL);
}
