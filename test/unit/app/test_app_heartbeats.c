/* SPDX-License-Identifier: BSD-3-Clause */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "heartbeats.h"

static void
test_still(void **state NT_UNUSED)
{
	struct heartbeats h = { .after_ns = NT_SEC(5) };
	heartbeats_add(&h, "control", NT_SEC(1));
	heartbeats_add(&h, "worker 0", NT_SEC(1));
	assert_string_equal(h.of[1].name, "worker 0");
	assert_true(heartbeats_all_well(&h));
	for (int64_t s = 2; s <= 20; s++) {
		assert_false(heartbeats_saw(&h, 0, (uint64_t)s, NT_SEC(s)));
		/* It beats until 10, is told at 15, once, and at 19, when it goes on. */
		const uint64_t beats = s <= 10 || s >= 19 ? (uint64_t)s : 10;
		assert_int_equal(heartbeats_saw(&h, 1, beats, NT_SEC(s)), s == 15 || s == 19);
		assert_int_equal(heartbeats_all_well(&h), s < 15 || s >= 19);
	}
}

/* Who has never begun stands still as well. */
static void
test_never_begun(void **state NT_UNUSED)
{
	struct heartbeats h = { .after_ns = NT_SEC(5) };
	heartbeats_add(&h, "worker 0", NT_SEC(1));
	assert_false(heartbeats_saw(&h, 0, 0, NT_SEC(6) - 1));
	assert_true(heartbeats_saw(&h, 0, 0, NT_SEC(6)));
	assert_false(heartbeats_all_well(&h));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_still),
		cmocka_unit_test(test_never_begun),
	};
	return cmocka_run_group_tests_name("heartbeats", tests, NULL, NULL);
}
