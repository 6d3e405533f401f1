/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The table against a model that keeps the same facts in plain arrays and searches them. Random
 * steps; after each one what the table says is compared with the model.
 */
#include "test_flow_table.h"

enum {
	MAX_FLOWS = 90,
	KEYS = 150,
	STEPS = 20000,
	BURST = 7
};

enum entry_state {
	FREE,
	IDLE,
	SCHEDULED,
	ENDED
};

struct model {
	struct nt_flow_table *t;
	uint64_t random;
	uint64_t order; /* grows: what came before what */
	int64_t clock_ns;
	bool started, backlog;
	uint32_t of_key[KEYS];
	uint32_t live, ended;
	struct {
		enum entry_state state;
		uint32_t key;
		int64_t deadline_ns;
		bool early; /* may be handed out before its deadline */
		uint64_t young, ended;
	} e[MAX_FLOWS];
};

static uint64_t
draw(struct model *m, uint64_t below)
{
	m->random ^= m->random << 13;
	m->random ^= m->random >> 7;
	m->random ^= m->random << 17;
	return (m->random >> 11) % below;
}

static uint32_t
draw_entry(struct model *m)
{
	return (uint32_t)draw(m, MAX_FLOWS);
}

static bool
model_live(const struct model *m, uint32_t idx)
{
	return m->e[idx].state == IDLE || m->e[idx].state == SCHEDULED;
}

static void
step_insert(struct model *m)
{
	const uint32_t n = (uint32_t)draw(m, KEYS);

	assert_int_equal(find_number(m->t, n), m->of_key[n]);
	if (m->of_key[n] != NT_FLOW_NONE)
		return;
	const uint32_t idx = insert_number(m->t, n);
	if (m->live + m->ended == MAX_FLOWS) {
		assert_int_equal(idx, NT_FLOW_NONE);
		return;
	}
	assert_in_range(idx, 0, MAX_FLOWS - 1);
	assert_int_equal(m->e[idx].state, FREE);
	m->e[idx].state = IDLE;
	m->e[idx].key = n;
	m->e[idx].young = ++m->order;
	m->of_key[n] = idx;
	m->live++;
}

static void
model_unlink(struct model *m, uint32_t idx)
{
	nt_flow_unlink(m->t, idx);
	m->of_key[m->e[idx].key] = NT_FLOW_NONE;
	m->e[idx].state = ENDED;
	m->e[idx].ended = ++m->order;
	m->live--;
	m->ended++;
}

static void
step_unlink(struct model *m)
{
	const uint32_t idx = draw_entry(m);

	if (model_live(m, idx))
		model_unlink(m, idx);
}

static void
step_release(struct model *m)
{
	const uint32_t idx = draw(m, 4) > 0 ? nt_flow_ended(m->t) : draw_entry(m);

	if (idx == NT_FLOW_NONE || m->e[idx].state != ENDED)
		return;
	nt_flow_release(m->t, idx);
	m->e[idx].state = FREE;
	m->e[idx].young = 0;
	m->e[idx].ended = 0;
	m->ended--;
}

static void
step_young(struct model *m)
{
	const uint32_t idx = draw(m, 3) > 0 ? nt_flow_young(m->t) : draw_entry(m);

	if (idx == NT_FLOW_NONE || m->e[idx].state == FREE)
		return;
	nt_flow_young_remove(m->t, idx);
	m->e[idx].young = 0;
}

static int64_t
draw_deadline(struct model *m)
{
	switch (draw(m, 8)) {
	case 0:
		return m->clock_ns - (int64_t)draw(m, NT_SEC(3));
	case 1:
		return m->clock_ns + (int64_t)draw(m, NT_SEC(3 * NT_FLOW_WHEEL_SEC));
	case 2:
		return (m->clock_ns / NT_NS_PER_SEC + (int64_t)draw(m, 4)) * NT_NS_PER_SEC;
	default:
		return m->clock_ns + (int64_t)draw(m, NT_SEC(60));
	}
}

static void
model_schedule(struct model *m, uint32_t idx, int64_t deadline_ns)
{
	const int64_t near_ns = m->clock_ns + NT_SEC(NT_FLOW_WHEEL_SEC - 1);

	nt_flow_schedule(m->t, idx, deadline_ns);
	m->e[idx].state = SCHEDULED;
	m->e[idx].deadline_ns = deadline_ns;
	m->e[idx].early = !m->started || m->backlog || deadline_ns > near_ns;
}

static void
step_schedule(struct model *m)
{
	const uint32_t idx = draw_entry(m);

	if (model_live(m, idx))
		model_schedule(m, idx, draw_deadline(m));
}

static void
advance(struct model *m)
{
	switch (draw(m, 100)) {
	case 0:
		m->clock_ns += (int64_t)draw(m, NT_SEC(1000000));
		break;
	case 1:
		m->clock_ns += (int64_t)draw(m, NT_SEC(2 * NT_FLOW_WHEEL_SEC));
		break;
	default:
		m->clock_ns += (int64_t)draw(m, NT_SEC(2));
	}
}

static void
handed_out(struct model *m, uint32_t idx)
{
	assert_in_range(idx, 0, MAX_FLOWS - 1);
	assert_int_equal(m->e[idx].state, SCHEDULED);
	assert_true(m->e[idx].early || m->e[idx].deadline_ns <= m->clock_ns);
	m->e[idx].state = IDLE;
	switch (draw(m, 3)) {
	case 0:
		model_unlink(m, idx);
		break;
	case 1:
		model_schedule(m, idx, m->clock_ns + 1 + (int64_t)draw(m, NT_SEC(100)));
		break;
	default:
		break;
	}
}

static void
step_due(struct model *m)
{
	const unsigned int max = (unsigned int)draw(m, BURST + 1);
	uint32_t idx[BURST];

	if (!m->backlog || draw(m, 2) == 0)
		advance(m);
	const unsigned int n = nt_flow_due(m->t, m->clock_ns, idx, max);
	assert_true(n <= max);
	m->started = true;
	m->backlog = n == max;
	const int64_t begun_ns = m->clock_ns / NT_NS_PER_SEC * NT_NS_PER_SEC;
	if (!m->backlog)
		assert_true(nt_flow_due_through(m->t) >= begun_ns);
	for (unsigned int i = 0; i < n; i++)
		handed_out(m, idx[i]);
	for (uint32_t i = 0; i < MAX_FLOWS && !m->backlog; i++)
		if (m->e[i].state == SCHEDULED)
			assert_true(m->e[i].deadline_ns > begun_ns);
}

static void
check_entry(const struct model *m, uint32_t idx, int64_t through_ns)
{
	const int64_t at_ns = nt_flow_scheduled_ns(m->t, idx);

	if (m->e[idx].state != SCHEDULED) {
		assert_int_equal(at_ns, INT64_MAX);
		return;
	}
	assert_true(at_ns <= m->e[idx].deadline_ns);
	assert_true(m->e[idx].deadline_ns > through_ns);
	if (!m->e[idx].early && at_ns != INT64_MIN)
		assert_true(m->e[idx].deadline_ns - at_ns < NT_NS_PER_SEC);
}

/* The head of a list, from the model's order. */
static uint32_t
oldest(const struct model *m, bool ended)
{
	uint64_t best = UINT64_MAX;
	uint32_t ret = NT_FLOW_NONE;

	for (uint32_t i = 0; i < MAX_FLOWS; i++) {
		const uint64_t order = ended ? m->e[i].ended : m->e[i].young;

		if (order > 0 && order < best) {
			best = order;
			ret = i;
		}
	}
	return ret;
}

static void
check_victim(struct model *m)
{
	const uint32_t victim = nt_flow_victim(m->t), any = nt_flow_any(m->t);
	int64_t nearest_ns = INT64_MAX;

	for (uint32_t i = 0; i < MAX_FLOWS; i++)
		if (m->e[i].state == SCHEDULED)
			nearest_ns = NT_MIN(nearest_ns, nt_flow_scheduled_ns(m->t, i));
	if (nearest_ns == INT64_MAX)
		assert_int_equal(victim, NT_FLOW_NONE);
	else
		assert_int_equal(nt_flow_scheduled_ns(m->t, victim), nearest_ns);
	assert_int_equal(any != NT_FLOW_NONE, m->live > 0);
	if (any != NT_FLOW_NONE)
		assert_true(model_live(m, any));
}

static void
check_all(struct model *m)
{
	const struct nt_flow_table_stats stats = stats_of(m->t);
	const int64_t through_ns = nt_flow_due_through(m->t);

	assert_int_equal(stats.live, m->live);
	assert_int_equal(stats.ended, m->ended);
	assert_int_equal(nt_flow_young(m->t), oldest(m, false));
	assert_int_equal(nt_flow_ended(m->t), oldest(m, true));
	assert_true(!m->started || through_ns <= m->clock_ns);
	for (uint32_t i = 0; i < MAX_FLOWS; i++)
		if (m->e[i].state != FREE)
			check_entry(m, i, through_ns);
	check_victim(m);
}

static void
check_keys(const struct model *m)
{
	for (uint32_t n = 0; n < KEYS; n++)
		assert_int_equal(find_number(m->t, n), m->of_key[n]);
}

/* More inserts than ends for a while, then the other way round: full and empty are both reached. */
static void
step(struct model *m, unsigned int number)
{
	static void (*const filling[])(struct model *) = { step_insert, step_insert, step_insert,
		step_schedule, step_schedule, step_due, step_unlink, step_release, step_young };
	static void (*const draining[])(struct model *) = { step_insert, step_schedule, step_due,
		step_unlink, step_unlink, step_unlink, step_release, step_release, step_young };
	static_assert(NT_ARRAY_SIZE(filling) == NT_ARRAY_SIZE(draining), "one draw for both");
	const uint64_t which = draw(m, NT_ARRAY_SIZE(filling));

	(number / 1500 % 2 == 0 ? filling : draining)[which](m);
}

static void
run_model(uint64_t seed)
{
	static struct model m;
	uint32_t most = 0, least = MAX_FLOWS;

	m = (struct model){ .t = table_new(MAX_FLOWS), .random = seed, .clock_ns = EPOCH_NS };
	for (uint32_t n = 0; n < KEYS; n++)
		m.of_key[n] = NT_FLOW_NONE;
	for (unsigned int i = 0; i < STEPS; i++) {
		step(&m, i);
		check_all(&m);
		if (i % 8 == 0)
			check_keys(&m);
		most = NT_MAX(most, m.live + m.ended);
		least = i > 1500 ? NT_MIN(least, m.live + m.ended) : least;
	}
	assert_int_equal(most, MAX_FLOWS);
	assert_true(least < MAX_FLOWS / 4);
	nt_flow_table_free(m.t);
}

static void
same_as_the_model(void **state)
{
	(void)state;
	for (uint64_t seed = 1; seed <= 6; seed++)
		run_model(seed * UINT64_C(0x9e3779b97f4a7c15));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(same_as_the_model),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
