/* SPDX-License-Identifier: BSD-3-Clause */
#include "test_flow_table.h"

enum {
	FLOWS = 64
};

/* A table of FLOWS flows whose wheel has its clock at EPOCH_NS: a quarter past a whole second. */
static struct nt_flow_table *
wheel_new(void)
{
	struct nt_flow_table *t = table_new(FLOWS);
	uint32_t idx;

	for (uint32_t i = 0; i < FLOWS; i++)
		assert_int_equal(insert_number(t, i), i);
	assert_int_equal(nt_flow_due_through(t), INT64_MIN);
	assert_int_equal(nt_flow_due(t, EPOCH_NS, &idx, 1), 0);
	assert_int_equal(nt_flow_due_through(t), EPOCH_NS);
	return t;
}

static unsigned int
due_at(struct nt_flow_table *t, int64_t clock_ns, uint32_t idx[FLOWS])
{
	return nt_flow_due(t, clock_ns, idx, FLOWS);
}

static void
deadlines_come_in_order_and_never_early(void **state)
{
	struct nt_flow_table *t = wheel_new();
	uint32_t idx[FLOWS];

	(void)state;
	for (uint32_t i = 0; i < FLOWS; i++)
		nt_flow_schedule(t, i, EPOCH_NS + (i * 37 % FLOWS + 1) * (NT_NS_PER_SEC / 10));
	int64_t last_ns = 0;
	unsigned int seen = 0;
	for (int64_t now = EPOCH_NS; now < EPOCH_NS + NT_SEC(9); now += NT_NS_PER_SEC / 8) {
		const unsigned int n = due_at(t, now, idx);

		for (unsigned int i = 0; i < n; i++) {
			const int64_t at =
				EPOCH_NS + (idx[i] * 37 % FLOWS + 1) * (NT_NS_PER_SEC / 10);

			assert_true(at <= now);
			assert_true(now - at < NT_NS_PER_SEC + NT_NS_PER_SEC / 8);
			assert_true(at > last_ns - NT_NS_PER_SEC);
			assert_int_equal(nt_flow_scheduled_ns(t, idx[i]), INT64_MAX);
			last_ns = at;
		}
		seen += n;
		assert_true(nt_flow_due_through(t) <= now);
		assert_true(nt_flow_due_through(t) > now - NT_NS_PER_SEC);
	}
	assert_int_equal(seen, FLOWS);
	nt_flow_table_free(t);
}

static void
whole_seconds_are_exact(void **state)
{
	struct nt_flow_table *t = wheel_new();
	const int64_t sec_ns = (EPOCH_NS / NT_NS_PER_SEC + 3) * NT_NS_PER_SEC;
	uint32_t idx[FLOWS];

	(void)state;
	nt_flow_schedule(t, 0, sec_ns);
	nt_flow_schedule(t, 1, sec_ns + 1);
	assert_true(nt_flow_scheduled_ns(t, 0) <= sec_ns);
	assert_true(nt_flow_scheduled_ns(t, 0) > sec_ns - NT_NS_PER_SEC);
	assert_int_equal(nt_flow_scheduled_ns(t, 1), sec_ns + 1);
	assert_int_equal(due_at(t, sec_ns - 1, idx), 0);
	assert_int_equal(due_at(t, sec_ns, idx), 1);
	assert_int_equal(idx[0], 0);
	assert_int_equal(nt_flow_due_through(t), sec_ns);
	assert_int_equal(due_at(t, sec_ns + NT_NS_PER_SEC - 1, idx), 0);
	assert_int_equal(nt_flow_due_through(t), sec_ns);
	assert_int_equal(due_at(t, sec_ns + NT_NS_PER_SEC, idx), 1);
	assert_int_equal(idx[0], 1);
	nt_flow_table_free(t);
}

static void
moved_earlier_and_later(void **state)
{
	struct nt_flow_table *t = wheel_new();
	uint32_t idx[FLOWS];

	(void)state;
	nt_flow_schedule(t, 0, EPOCH_NS + NT_SEC(60));
	nt_flow_schedule(t, 1, EPOCH_NS + NT_SEC(5));
	nt_flow_schedule(t, 0, EPOCH_NS + NT_SEC(2));
	nt_flow_schedule(t, 1, EPOCH_NS + NT_SEC(90));
	assert_int_equal(nt_flow_victim(t), 0);
	assert_int_equal(due_at(t, EPOCH_NS + NT_SEC(70), idx), 1);
	assert_int_equal(idx[0], 0);
	assert_int_equal(nt_flow_victim(t), 1);
	assert_int_equal(due_at(t, EPOCH_NS + NT_SEC(91), idx), 1);
	assert_int_equal(idx[0], 1);
	assert_int_equal(nt_flow_victim(t), NT_FLOW_NONE);
	nt_flow_table_free(t);
}

static void
ended_flows_are_off_the_wheel(void **state)
{
	struct nt_flow_table *t = wheel_new();
	uint32_t idx[FLOWS];

	(void)state;
	nt_flow_schedule(t, 0, EPOCH_NS + NT_SEC(5));
	nt_flow_schedule(t, 1, EPOCH_NS + NT_SEC(5));
	nt_flow_schedule(t, 2, EPOCH_NS + NT_SEC(5));
	nt_flow_unlink(t, 1);
	assert_int_equal(nt_flow_scheduled_ns(t, 1), INT64_MAX);
	assert_int_equal(due_at(t, EPOCH_NS + NT_SEC(6), idx), 2);
	assert_int_equal(idx[0], 0);
	assert_int_equal(idx[1], 2);
	nt_flow_table_free(t);
}

static void
far_deadlines_come_back(void **state)
{
	struct nt_flow_table *t = wheel_new();
	const int64_t deadline_ns = EPOCH_NS + 3 * NT_SEC(NT_FLOW_WHEEL_SEC) + 1;
	uint32_t idx[FLOWS];
	unsigned int looks = 0;
	int64_t now = EPOCH_NS;

	(void)state;
	nt_flow_schedule(t, 0, deadline_ns);
	assert_true(nt_flow_scheduled_ns(t, 0) < deadline_ns);
	for (; now < deadline_ns + NT_NS_PER_SEC; now += NT_NS_PER_SEC / 2) {
		if (due_at(t, now, idx) == 0)
			continue;
		looks++;
		if (now >= deadline_ns)
			break;
		nt_flow_schedule(t, 0, deadline_ns);
	}
	assert_true(now >= deadline_ns && now < deadline_ns + NT_NS_PER_SEC);
	assert_int_equal(looks, 4);

	nt_flow_schedule(t, 0, INT64_MAX);
	assert_int_equal(due_at(t, INT64_MAX, idx), 1);
	assert_int_equal(nt_flow_due_through(t), INT64_MAX);
	nt_flow_schedule(t, 0, INT64_MAX);
	assert_int_equal(due_at(t, INT64_MAX, idx), 1);
	nt_flow_table_free(t);
}

/* Pauses of minutes to decades, with a full wheel: all come, in order, and the wheel goes on. */
static void
long_pauses(void **state)
{
	const int64_t pauses_sec[] = { 100, 4095, 4096, 4097, 8191, 8192, 100000, 1000000000 };
	struct nt_flow_table *t = wheel_new();
	int64_t now = EPOCH_NS;
	uint32_t idx[FLOWS];

	(void)state;
	for (unsigned int p = 0; p < NT_ARRAY_SIZE(pauses_sec); p++) {
		for (uint32_t i = 0; i < FLOWS; i++)
			nt_flow_schedule(t, i, now + NT_SEC(1 + i * i % 97));
		now += NT_SEC(pauses_sec[p]);
		assert_int_equal(due_at(t, now, idx), FLOWS);
		for (unsigned int i = 1; i < FLOWS; i++)
			assert_true(idx[i - 1] * idx[i - 1] % 97 <= idx[i] * idx[i] % 97);
		assert_int_equal(nt_flow_due_through(t), now);
	}
	nt_flow_table_free(t);
}

static void
max_bounds_a_call(void **state)
{
	struct nt_flow_table *t = wheel_new();
	const int64_t now = EPOCH_NS + NT_SEC(100000);
	uint32_t idx[8];
	unsigned int looks[FLOWS] = { 0 };

	(void)state;
	for (uint32_t i = 0; i < FLOWS; i++)
		nt_flow_schedule(t, i, EPOCH_NS + NT_SEC(1) + i * NT_NS_PER_SEC / 3);
	unsigned int n, calls = 0;
	while ((n = nt_flow_due(t, now, idx, 8)) > 0) {
		for (unsigned int i = 0; i < n; i++) {
			looks[idx[i]]++;
			nt_flow_schedule(t, idx[i], now + NT_SEC(10));
		}
		for (uint32_t i = 0; i < FLOWS; i++)
			assert_true(looks[i] > 0 || EPOCH_NS + NT_SEC(1) + i * NT_NS_PER_SEC / 3 >
							    nt_flow_due_through(t));
		assert_true(++calls < 3 * FLOWS / 8 + 3);
	}
	for (uint32_t i = 0; i < FLOWS; i++)
		assert_in_range(looks[i], 1, 3);
	assert_int_equal(nt_flow_due_through(t), now);
	assert_int_equal(nt_flow_due(t, now + NT_SEC(9), idx, 8), 0);
	assert_int_equal(nt_flow_due(t, now + NT_SEC(11), idx, 0), 0);
	assert_true(nt_flow_due_through(t) < now + NT_SEC(10));
	assert_int_equal(nt_flow_due(t, now + NT_SEC(11), idx, 8), 8);
	nt_flow_table_free(t);
}

static void
overdue_goes_first(void **state)
{
	struct nt_flow_table *t = wheel_new();
	uint32_t idx[FLOWS];

	(void)state;
	nt_flow_schedule(t, 0, EPOCH_NS + NT_SEC(1));
	nt_flow_schedule(t, 1, EPOCH_NS - NT_SEC(30));
	assert_int_equal(nt_flow_scheduled_ns(t, 1), INT64_MIN);
	assert_int_equal(nt_flow_due_through(t), EPOCH_NS - NT_SEC(30) - 1);
	assert_int_equal(nt_flow_victim(t), 1);
	assert_int_equal(due_at(t, EPOCH_NS, idx), 1);
	assert_int_equal(idx[0], 1);
	assert_int_equal(nt_flow_due_through(t), EPOCH_NS);

	/* Overdue, then saved by being moved on. */
	nt_flow_schedule(t, 1, INT64_MIN);
	assert_int_equal(nt_flow_due_through(t), INT64_MIN);
	nt_flow_schedule(t, 1, EPOCH_NS + NT_SEC(20));
	assert_int_equal(due_at(t, EPOCH_NS + 1, idx), 0);
	assert_int_equal(nt_flow_due_through(t), EPOCH_NS + 1);
	/* A clock that runs back counts as the last one. */
	assert_int_equal(due_at(t, EPOCH_NS - NT_SEC(1), idx), 0);
	assert_int_equal(nt_flow_due_through(t), EPOCH_NS + 1);
	nt_flow_table_free(t);
}

/* How a full table is made to keep what has traffic: see nt_flow_victim. */
static void
victims_with_traffic_are_moved_on(void **state)
{
	struct nt_flow_table *t = wheel_new();
	unsigned int tries = 0;
	uint32_t victim;

	(void)state;
	for (uint32_t i = 0; i < FLOWS; i++) {
		nt_flow_at(t, i)->deadline_ns = EPOCH_NS + NT_SEC(i < FLOWS - 1 ? 300 : 5);
		nt_flow_schedule(t, i, EPOCH_NS + NT_SEC(i < FLOWS - 1 ? 1 : 5));
	}
	while (victim = nt_flow_victim(t),
		nt_flow_at(t, victim)->deadline_ns >=
			nt_flow_scheduled_ns(t, victim) + NT_NS_PER_SEC) {
		nt_flow_schedule(t, victim, nt_flow_at(t, victim)->deadline_ns);
		assert_true(++tries < FLOWS);
	}
	assert_int_equal(victim, FLOWS - 1);
	nt_flow_table_free(t);
}

static void
scheduled_before_the_first_clock(void **state)
{
	struct nt_flow_table *t = table_new(FLOWS);
	uint32_t idx[FLOWS];

	(void)state;
	insert_number(t, 0);
	nt_flow_schedule(t, 0, EPOCH_NS + NT_SEC(5));
	assert_int_equal(nt_flow_victim(t), 0);
	assert_int_equal(nt_flow_due_through(t), INT64_MIN);
	assert_int_equal(due_at(t, EPOCH_NS, idx), 1);
	nt_flow_schedule(t, 0, EPOCH_NS + NT_SEC(5));
	assert_int_equal(due_at(t, EPOCH_NS + NT_SEC(4), idx), 0);
	assert_int_equal(due_at(t, EPOCH_NS + NT_SEC(6), idx), 1);
	nt_flow_table_free(t);
}

static void
clocks_before_the_epoch(void **state)
{
	const int64_t starts[] = { -NT_SEC(5) - 1, -NT_SEC(5), -1, 0, 1, NT_SEC(1) };
	uint32_t idx[FLOWS];

	(void)state;
	for (unsigned int s = 0; s < NT_ARRAY_SIZE(starts); s++) {
		struct nt_flow_table *t = table_new(FLOWS);

		insert_number(t, 0);
		assert_int_equal(due_at(t, starts[s], idx), 0);
		nt_flow_schedule(t, 0, starts[s] + NT_SEC(2));
		assert_int_equal(due_at(t, starts[s] + NT_SEC(2) - 1, idx), 0);
		assert_int_equal(due_at(t, starts[s] + NT_SEC(3), idx), 1);
		nt_flow_table_free(t);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(deadlines_come_in_order_and_never_early),
		cmocka_unit_test(whole_seconds_are_exact),
		cmocka_unit_test(moved_earlier_and_later),
		cmocka_unit_test(ended_flows_are_off_the_wheel),
		cmocka_unit_test(far_deadlines_come_back),
		cmocka_unit_test(long_pauses),
		cmocka_unit_test(max_bounds_a_call),
		cmocka_unit_test(overdue_goes_first),
		cmocka_unit_test(victims_with_traffic_are_moved_on),
		cmocka_unit_test(scheduled_before_the_first_clock),
		cmocka_unit_test(clocks_before_the_epoch),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
