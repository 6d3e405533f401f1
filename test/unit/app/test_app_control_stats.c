/* SPDX-License-Identifier: BSD-3-Clause */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "control_stats.h"

/* What the workers would say. */
static struct nt_histogram lag;

const struct nt_histogram *
worker_watermark_lag(const struct worker *w)
{
	(void)w;
	return &lag;
}

static void
test_rows_are_differences(void **state)
{
	(void)state;
	static struct control_stats s;
	static struct nt_counters now;
	static struct nt_relay_stats relay;
	struct worker *workers[2] = { NULL, (struct worker *)&s };
	const struct nt_namecache_fill fill = { 7, 2, 30 };
	struct nt_namecache_row row;
	for (unsigned int i = 1; i <= 3; i++) {
		nt_counter_add(&now, NT_COUNTER_PACKETS, 10 * i);
		nt_counter_add(&now, NT_COUNTER_CONNS_WRITTEN, i);
		control_stats_row(&s, &now, &fill, workers, 2, &relay, NT_SEC(i), &row);
		assert_int_equal(row.ts_ns, NT_SEC(i));
		assert_int_equal(row.packets, 10 * i);
		assert_int_equal(row.conns, i);
		assert_int_equal(row.cache_entries, 7);
		assert_int_equal(row.flow_longest_bucket, 2);
		assert_int_equal(row.cache_longest_probe, 30);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_rows_are_differences),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
