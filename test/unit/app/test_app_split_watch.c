/* SPDX-License-Identifier: BSD-3-Clause */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "split_watch.h"

#define PAIRS 1600

static struct nt_conn_row
row(uint32_t pair, uint16_t port, bool turned)
{
	const uint8_t client[4] = { 10, 0, (uint8_t)(pair >> 8), (uint8_t)pair };
	const uint8_t server[4] = { 192, 0, 2, 1 };
	struct nt_conn_row r;
	memset(&r, 0, sizeof(r));
	r.orig_h = nt_addr_v4(turned ? server : client);
	r.resp_h = nt_addr_v4(turned ? client : server);
	r.orig_p = turned ? 443 : port;
	r.resp_p = turned ? port : 443;
	r.ip_proto = 6;
	return r;
}

/* Each pair on one worker: nothing to tell, whichever end began. */
static void
test_right(void **state NT_UNUSED)
{
	static struct split_watch s;
	assert_int_equal(split_watch_init(&s), 0);
	for (uint32_t i = 0; i < 4 * PAIRS; i++) {
		const struct nt_conn_row r = row(i % PAIRS, 1000, i >= 2 * PAIRS);
		assert_false(split_watch_saw(&s, &r, i % PAIRS % 3));
	}
}

/* Each direction on another worker: one pair in 16 is looked at, and nearly all of these show it.
 */
static void
test_wrong(void **state NT_UNUSED)
{
	static struct split_watch s;
	unsigned int found = 0;
	assert_int_equal(split_watch_init(&s), 0);
	for (uint32_t i = 0; i < PAIRS; i++) {
		const struct nt_conn_row there = row(i, 1000, false), back = row(i, 1000, true);
		assert_false(split_watch_saw(&s, &there, 0));
		found += split_watch_saw(&s, &back, 1);
	}
	assert_in_range(found, PAIRS / 16 / 2, PAIRS / 16 * 2);
}

/* Other ports are another connection, which is on the same worker for sure but may not be here. */
static void
test_other_connections(void **state NT_UNUSED)
{
	static struct split_watch s;
	assert_int_equal(split_watch_init(&s), 0);
	for (uint32_t i = 0; i < PAIRS; i++) {
		const struct nt_conn_row one = row(i, 1000, false), other = row(i, 1001, false);
		assert_false(split_watch_saw(&s, &one, 0));
		assert_false(split_watch_saw(&s, &other, 1));
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_right),
		cmocka_unit_test(test_wrong),
		cmocka_unit_test(test_other_connections),
	};
	return cmocka_run_group_tests_name("split_watch", tests, NULL, NULL);
}
