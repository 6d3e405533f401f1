/* SPDX-License-Identifier: BSD-3-Clause */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "control_stats.h"

#define INTERVAL NT_SEC(300)

/* What the workers would say. */
static struct nt_histogram lag;

const struct nt_histogram *
worker_watermark_lag(const struct worker *w)
{
	(void)w;
	return &lag;
}

uint32_t
worker_cache_entries(const struct worker *w)
{
	return w == NULL ? 0 : 7;
}

static void
test_rhythm(void **state)
{
	(void)state;
	struct control_stats s;
	int64_t at = -1;
	control_stats_init(&s, INTERVAL);
	assert_false(control_stats_due(&s, INT64_MIN, &at));
	/* the first time only says where the multiples lie */
	assert_false(control_stats_due(&s, NT_SEC(1000), &at));
	assert_false(control_stats_due(&s, NT_SEC(1199), &at));
	assert_true(control_stats_due(&s, NT_SEC(1200), &at));
	assert_int_equal(at, NT_SEC(1200));
	assert_false(control_stats_due(&s, NT_SEC(1200), &at));
	assert_false(control_stats_due(&s, NT_SEC(1499), &at));
	assert_true(control_stats_due(&s, NT_SEC(1501), &at));
	assert_int_equal(at, NT_SEC(1500));
	/* a long pause: one line, then the rhythm goes on */
	assert_true(control_stats_due(&s, NT_SEC(100000), &at));
	assert_int_equal(at, NT_SEC(1800));
	assert_false(control_stats_due(&s, NT_SEC(100001), &at));
	assert_true(control_stats_due(&s, NT_SEC(100200), &at));
	assert_int_equal(at, NT_SEC(100200));
}

static void
test_begins_on_a_boundary(void **state)
{
	(void)state;
	struct control_stats s;
	int64_t at;
	control_stats_init(&s, INTERVAL);
	assert_false(control_stats_due(&s, NT_SEC(1200), &at));
	assert_false(control_stats_due(&s, NT_SEC(1499), &at));
	assert_true(control_stats_due(&s, NT_SEC(1500), &at));
	assert_int_equal(at, NT_SEC(1500));
}

static void
test_rows_are_differences(void **state)
{
	(void)state;
	static struct control_stats s;
	static struct nt_counters now;
	static struct nt_relay_stats relay;
	struct worker *workers[2] = { NULL, (struct worker *)&s };
	struct nt_namecache_row row;
	control_stats_init(&s, INTERVAL);
	for (unsigned int i = 1; i <= 3; i++) {
		nt_counter_add(&now, NT_COUNTER_PACKETS, 10 * i);
		nt_counter_add(&now, NT_COUNTER_CONNS_WRITTEN, i);
		control_stats_row(&s, &now, workers, 2, &relay, NT_SEC(i), &row);
		assert_int_equal(row.ts_ns, NT_SEC(i));
		assert_int_equal(row.packets, 10 * i);
		assert_int_equal(row.conns, i);
		assert_int_equal(row.cache_entries, 7);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_rhythm),
		cmocka_unit_test(test_begins_on_a_boundary),
		cmocka_unit_test(test_rows_are_differences),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
