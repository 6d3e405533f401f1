/* SPDX-License-Identifier: BSD-3-Clause */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "backlog.h"

static void
test_stalled(void **state NT_UNUSED)
{
	struct backlog b = { 0 };
	assert_int_equal(backlog_saw(&b, NT_SEC(10), 0, 0), BACKLOG_NO_NEWS);
	assert_int_equal(backlog_saw(&b, NT_SEC(11), BACKLOG_AFTER_NS - 1, 0), BACKLOG_NO_NEWS);
	assert_int_equal(backlog_saw(&b, NT_SEC(12), BACKLOG_AFTER_NS, 0), BACKLOG_STALLED);
	assert_int_equal(backlog_saw(&b, NT_SEC(20), NT_SEC(10), 7), BACKLOG_NO_NEWS);
	/* over when it was well for long enough */
	assert_int_equal(backlog_saw(&b, NT_SEC(21), 0, 7), BACKLOG_NO_NEWS);
	assert_int_equal(backlog_saw(&b, NT_SEC(22) - 1, 0, 7), BACKLOG_NO_NEWS);
	assert_int_equal(backlog_saw(&b, NT_SEC(22), 0, 7), BACKLOG_OVER);
	assert_int_equal(b.lost - b.lost_before, 7);
	assert_int_equal(backlog_saw(&b, NT_SEC(30), 0, 7), BACKLOG_NO_NEWS);
}

/* Nothing hangs, but records find no room; each time is told with what it alone has cost. */
static void
test_slow(void **state NT_UNUSED)
{
	struct backlog b = { 0 };
	for (int64_t at = 100, lost = 3; at < 300; at += 100, lost += 40) {
		assert_int_equal(backlog_saw(&b, NT_SEC(at), 1, (uint64_t)lost), BACKLOG_SLOW);
		for (int64_t s = 1; s < 20; s++)
			assert_int_equal(backlog_saw(&b, NT_SEC(at + s), 0, (uint64_t)(lost + s)),
				BACKLOG_NO_NEWS);
		assert_int_equal(
			backlog_saw(&b, NT_SEC(at + 21), 0, (uint64_t)lost + 19), BACKLOG_OVER);
		assert_int_equal(b.lost - b.lost_before, at == 100 ? 22 : 40);
	}
}

/* First what is lost, then why; both are over at once. */
static void
test_slow_then_stalled(void **state NT_UNUSED)
{
	struct backlog b = { 0 };
	for (int64_t at = 0; at < 200; at += 100) {
		const uint64_t lost = (uint64_t)at;
		assert_int_equal(backlog_saw(&b, NT_SEC(at), 1, lost + 5), BACKLOG_SLOW);
		assert_int_equal(
			backlog_saw(&b, NT_SEC(at + 2), NT_SEC(2), lost + 5), BACKLOG_STALLED);
		assert_int_equal(
			backlog_saw(&b, NT_SEC(at + 3), NT_SEC(3), lost + 8), BACKLOG_NO_NEWS);
		assert_int_equal(backlog_saw(&b, NT_SEC(at + 4), 0, lost + 8), BACKLOG_NO_NEWS);
		assert_int_equal(backlog_saw(&b, NT_SEC(at + 5), 0, lost + 8), BACKLOG_OVER);
		assert_int_equal(b.lost - b.lost_before, at == 0 ? 8 : 100);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_stalled),
		cmocka_unit_test(test_slow),
		cmocka_unit_test(test_slow_then_stalled),
	};
	return cmocka_run_group_tests_name("backlog", tests, NULL, NULL);
}
