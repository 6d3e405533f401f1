/* SPDX-License-Identifier: BSD-3-Clause */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <string.h>

#include <nt_fault.h>

static void
table_has_names(void **state NT_UNUSED)
{
	assert_string_equal(nt_fault_name(0), "heap");
	assert_string_equal(nt_fault_name(NT_FAULT_SITES - 1), "control_stuck");
	assert_null(nt_fault_name(NT_FAULT_SITES));
}

#ifndef NT_FAULTS

static void
none_in_this_build(void **state NT_UNUSED)
{
	struct nt_error err;
	assert_int_equal(nt_fault_set("map=1", &err), -EINVAL);
	assert_non_null(strstr(err.msg, "-Dfaults=true"));
	assert_false(nt_fault(NT_FAULT_MAP));
	nt_fault_sleep(NT_FAULT_MAP, INT64_MAX);
	assert_int_equal(nt_fault_count(NT_FAULT_MAP), 0);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(table_has_names),
		cmocka_unit_test(none_in_this_build),
	};
	return cmocka_run_group_tests_name("fault", tests, NULL, NULL);
}

#else

#define TIMES 100000

static unsigned int
happens(enum nt_fault_site site, unsigned int times)
{
	unsigned int n = 0;
	for (unsigned int i = 0; i < times; i++)
		n += nt_fault(site);
	return n;
}

static void
by_rate(void **state NT_UNUSED)
{
	assert_int_equal(happens(NT_FAULT_MAP, TIMES), 0);
	assert_int_equal(nt_fault_set("map=1", NULL), 0);
	assert_int_equal(happens(NT_FAULT_MAP, TIMES), TIMES);
	assert_int_equal(nt_fault_count(NT_FAULT_MAP), TIMES);
	assert_int_equal(nt_fault_set("map=0.25", NULL), 0);
	assert_in_range(happens(NT_FAULT_MAP, TIMES), TIMES / 4 - 600, TIMES / 4 + 600);
	assert_int_equal(nt_fault_set("map=0", NULL), 0);
	assert_int_equal(happens(NT_FAULT_MAP, TIMES), 0);
	assert_int_equal(happens(NT_FAULT_HEAP, TIMES), 0);
}

static void
only_once(void **state NT_UNUSED)
{
	assert_int_equal(nt_fault_set("open=@3", NULL), 0);
	assert_int_equal(happens(NT_FAULT_OPEN, 2), 0);
	assert_int_equal(happens(NT_FAULT_OPEN, 1), 1);
	assert_int_equal(happens(NT_FAULT_OPEN, TIMES), 0);
}

static void
nonsense(void **state NT_UNUSED)
{
	static const char *const bad[] = { "", "=", "map", "map=", "map=x", "map=1x", "map=-1",
		"map=1.5", "map=nan", "map=@", "map=@0", "map=@1x", "ma=1", "mapp=1", "=1" };
	struct nt_error err;
	for (size_t i = 0; i < NT_ARRAY_SIZE(bad); i++)
		assert_int_equal(nt_fault_set(bad[i], &err), -EINVAL);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(table_has_names),
		cmocka_unit_test(by_rate),
		cmocka_unit_test(only_once),
		cmocka_unit_test(nonsense),
	};
	return cmocka_run_group_tests_name("fault", tests, NULL, NULL);
}

#endif
