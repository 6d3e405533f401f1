/* SPDX-License-Identifier: BSD-3-Clause */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <cmocka.h>

#include "worker_gauges.h"

/* Each has a name of its own; what fills it is a key, or nothing. */
static void
test_table(void **state NT_UNUSED)
{
	for (unsigned int i = 0; i < WORKER_GAUGE_COUNT; i++) {
		const struct worker_gauge_info *g = worker_gauge_info(i);
		assert_non_null(g);
		assert_true(strlen(g->name) > 0 && strlen(g->help) > 0);
		assert_true(g->key[0] == '\0' || strchr(g->key, '.') != NULL);
		for (unsigned int k = 0; k < i; k++)
			assert_string_not_equal(worker_gauge_info(k)->name, g->name);
	}
	assert_null(worker_gauge_info(WORKER_GAUGE_COUNT));
}

static void
test_values(void **state NT_UNUSED)
{
	struct worker_gauges g = { { 0 } };
	worker_gauge_set(&g, WORKER_GAUGE_CACHE_NAMES, 7);
	assert_int_equal(worker_gauge_read(&g, WORKER_GAUGE_CACHE_NAMES), 7);
	assert_int_equal(worker_gauge_read(&g, WORKER_GAUGE_CACHE_MAPPINGS), 0);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_table),
		cmocka_unit_test(test_values),
	};
	return cmocka_run_group_tests_name("worker_gauges", tests, NULL, NULL);
}
