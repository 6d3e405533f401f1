/* SPDX-License-Identifier: BSD-3-Clause */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <cmocka.h>

#include <nt_cpu_list.h>

static struct nt_cpu_list list;

static void
check(const char *text, unsigned int count, const uint16_t *cpus)
{
	assert_int_equal(nt_cpu_list_parse(text, &list), 0);
	assert_int_equal(list.count, count);
	if (count > 0)
		assert_memory_equal(list.cpus, cpus, count * sizeof(*cpus));
}

/* The order is the caller's: it says which lcore runs where. */
static void
test_order(void **state)
{
	static const uint16_t one[] = { 0 }, mixed[] = { 2, 3, 4, 5, 8 }, back[] = { 8, 2, 3 };

	(void)state;
	check("", 0, NULL);
	check("0", 1, one);
	check("0-0", 1, one);
	check("000", 1, one);
	check("2-5,8", 5, mixed);
	check("8,2-3", 3, back);
	assert_true(nt_cpu_list_has(&list, 3));
	assert_false(nt_cpu_list_has(&list, 4));
	assert_false(nt_cpu_list_has(&list, 65538));
}

static void
test_all(void **state)
{
	(void)state;
	assert_int_equal(nt_cpu_list_parse("0-1023", &list), 0);
	assert_int_equal(list.count, NT_CPU_LIST_MAX);
	assert_int_equal(list.cpus[1023], 1023);
}

static void
refused(const char *text, int err)
{
	const struct nt_cpu_list before = list;
	const int rc = nt_cpu_list_parse(text, &list);

	if (rc != err)
		fail_msg("'%s': %d, not %d", text, rc, err);
	assert_memory_equal(&list, &before, sizeof(before));
}

static void
test_refused(void **state)
{
	static const char *const bad[] = { ",", "1,", ",1", "1,,2", "-", "1-", "-1", "1-2-3", "a",
		"1a", " 1", "1 ", "1\n", "1;2", "0x1", "+1", "1,-2", "1--2" };

	(void)state;
	for (size_t i = 0; i < NT_ARRAY_SIZE(bad); i++)
		refused(bad[i], -EINVAL);
	refused("1024", -ERANGE);
	refused("0-1024", -ERANGE);
	refused("5-2", -ERANGE);
	refused("4294967296", -ERANGE);
	refused("99999999999999999999999", -ERANGE);
	refused("0-18446744073709551616", -ERANGE);
	refused("1,1", -EEXIST);
	refused("1-4,2", -EEXIST);
	refused("0-1023,0-1023", -EEXIST);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_order),
		cmocka_unit_test(test_all),
		cmocka_unit_test(test_refused),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
