/* SPDX-License-Identifier: BSD-3-Clause */
/* The parts below the cache, each against something simpler. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>
#include <cmocka.h>

#include "names.h"
#include "past.h"
#include "picks.h"
#include "wheel.h"

static uint64_t
next_random(uint64_t *state)
{
	uint64_t z = *state += 0x9e3779b97f4a7c15;

	z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9;
	z = (z ^ (z >> 27)) * 0x94d049bb133111eb;
	return z ^ (z >> 31);
}

#define RECORDS 64

static void
check_slots(const struct nt_slots *t, const uint32_t tags[RECORDS], const bool present[RECORDS])
{
	for (uint32_t i = 0; i < RECORDS; i++) {
		uint32_t at = nt_slots_home(t, tags[i]), id;

		do {
			id = nt_slots_match(t, tags[i], &at);
		} while (id != i && id != NT_LIST_NONE);
		assert_int_equal(id, present[i] ? i : NT_LIST_NONE);
	}
}

/* Few different tags at the end of the table: long clusters that wrap around. */
static void
test_slots(void **state NT_UNUSED)
{
	struct nt_slots t;
	uint32_t tags[RECORDS];
	bool present[RECORDS] = { false };
	uint64_t rng = 1;

	assert_int_equal(nt_slots_init(&t, RECORDS), 0);
	for (unsigned int i = 0; i < RECORDS; i++)
		tags[i] = UINT32_MAX - (uint32_t)(next_random(&rng) % 12) * (UINT32_MAX / 40);
	for (unsigned int round = 0; round < 20000; round++) {
		uint32_t i = (uint32_t)(next_random(&rng) % RECORDS);

		if (present[i])
			nt_slots_remove(&t, tags[i], i);
		else
			nt_slots_insert(&t, tags[i], i);
		present[i] = !present[i];
		if (round % 16 == 0)
			check_slots(&t, tags, present);
	}
	assert_true(t.longest > 1);
	nt_slots_fini(&t);
}

#define BLOCKS 400

static void
test_slab(void **state NT_UNUSED)
{
	static uint32_t refs[BLOCKS];
	static uint8_t lens[BLOCKS];
	struct nt_slab s;
	uint64_t rng = 2;

	assert_int_equal(nt_slab_init(&s, 1), 0);
	for (unsigned int round = 0; round < 50000; round++) {
		unsigned int i = (unsigned int)(next_random(&rng) % BLOCKS);
		bool had_room;

		if (lens[i] != 0) {
			for (unsigned int j = 0; j < lens[i]; j++)
				assert_int_equal(nt_slab_at(&s, refs[i])[j], (uint8_t)i);
			nt_slab_give(&s, refs[i]);
			lens[i] = 0;
			continue;
		}
		lens[i] = (uint8_t)(1 + next_random(&rng) % 255);
		had_room = nt_slab_has_room(&s, lens[i]);
		refs[i] = nt_slab_take(&s, lens[i]);
		assert_int_equal(had_room, refs[i] != NT_LIST_NONE);
		if (refs[i] == NT_LIST_NONE)
			lens[i] = 0;
		else
			memset(nt_slab_at(&s, refs[i]), (int)i, lens[i]);
	}
	for (unsigned int i = 0; i < BLOCKS; i++) {
		if (lens[i] != 0)
			nt_slab_give(&s, refs[i]);
	}
	/* Every page is free for any class again: 15 blocks of 272 bytes in each. */
	for (unsigned int i = 0; i < s.page_count * 15; i++)
		assert_int_not_equal(nt_slab_take(&s, 255), NT_LIST_NONE);
	assert_false(nt_slab_has_room(&s, 1));
	assert_int_equal(nt_slab_take(&s, 1), NT_LIST_NONE);
	nt_slab_fini(&s);
}

static void
test_names(void **state NT_UNUSED)
{
	struct nt_hash_key key = nt_hash_key_fixed();
	struct nt_names n;
	uint32_t a, b;

	assert_int_equal(nt_names_init(&n, &key, 2, 4096), 0);
	a = nt_names_take(&n, nt_names_tag(&n, "abc", 3), "abc", 3);
	b = nt_names_take(&n, nt_names_tag(&n, "ab", 2), "abc", 2);
	assert_int_not_equal(a, b);
	assert_int_equal(nt_names_take(&n, nt_names_tag(&n, "abc", 3), "abc", 3), a);
	assert_int_equal(nt_names_take(&n, nt_names_tag(&n, "x", 1), "x", 1), NT_LIST_NONE);
	nt_names_give(&n, a);
	nt_names_give(&n, b);
	assert_int_equal(n.used, 1);
	nt_names_give(&n, a);
	assert_int_equal(n.used, 0);
	nt_names_fini(&n);
}

static int64_t
in_ticks(int64_t ticks)
{
	return ticks * (INT64_C(1) << NT_WHEEL_TICK_SHIFT);
}

static void
test_wheel(void **state NT_UNUSED)
{
	static struct nt_wheel w;
	struct nt_links links[4];
	struct nt_list_view v = { (uint8_t *)links, sizeof(links[0]) };
	const int64_t now = 8190; /* the turn's end is near */
	uint16_t slots[4];
	int64_t tick;

	nt_wheel_init(&w);
	assert_int_equal(nt_wheel_earliest(&w, &tick), NT_LIST_NONE);
	nt_wheel_start(&w, in_ticks(now));
	slots[0] = nt_wheel_put(&w, v, 0, in_ticks(now + 5));
	slots[1] = nt_wheel_put(&w, v, 1, in_ticks(now + 100000));
	slots[2] = nt_wheel_put(&w, v, 2, in_ticks(now - 3));
	slots[3] = nt_wheel_put(&w, v, 3, in_ticks(now + 5));
	assert_int_equal(nt_wheel_earliest(&w, &tick), 2);
	assert_int_equal(tick, now);
	nt_wheel_remove(&w, v, 2, slots[2]);
	assert_int_equal(nt_wheel_earliest(&w, &tick), 0);
	assert_int_equal(tick, now + 5);
	nt_wheel_remove(&w, v, 0, slots[0]);
	assert_int_equal(nt_wheel_earliest(&w, &tick), 3);
	nt_wheel_remove(&w, v, 3, slots[3]);
	assert_int_equal(nt_wheel_earliest(&w, &tick), 1);
	assert_int_equal(tick, now + NT_WHEEL_SLOTS - 1);
	nt_wheel_remove(&w, v, 1, slots[1]);
	assert_int_equal(nt_wheel_earliest(&w, &tick), NT_LIST_NONE);
}

static uint32_t
push(struct nt_past_ring *r, uint32_t life, uint64_t position, uint32_t older)
{
	return nt_past_push(
		r, &(struct nt_past){ .position = position, .life = life, .older = older });
}

static void
test_past(void **state NT_UNUSED)
{
	struct nt_past_ring r;
	uint32_t a, b;

	assert_int_equal(nt_past_init(&r, 3), 0);
	assert_null(nt_past_oldest(&r));
	a = push(&r, 7, 1, NT_LIST_NONE);
	b = push(&r, 7, 2, a);
	assert_int_equal(nt_past_follow(&r, b, 7, 3)->position, 2);
	assert_int_equal(nt_past_follow(&r, a, 7, 2)->position, 1);
	assert_null(nt_past_follow(&r, NT_LIST_NONE, 7, 2));
	push(&r, 8, 3, NT_LIST_NONE);
	assert_int_equal(nt_past_oldest(&r)->position, 1);
	/* Overwritten, by another life and then by its own. */
	nt_past_pop(&r);
	push(&r, 9, 4, NT_LIST_NONE);
	assert_null(nt_past_follow(&r, a, 7, 2));
	nt_past_pop(&r);
	assert_int_equal(push(&r, 7, 5, b), b);
	assert_null(nt_past_follow(&r, b, 7, 2));
	nt_past_fini(&r);
}

static void
test_picks(void **state NT_UNUSED)
{
	struct nt_picks p = { .max = 3 };
	const struct nt_pick offers[] = {
		{ .name = 1, .position = 10 },
		{ .name = 2, .position = 20 },
		{ .name = 1, .position = 30 },
		{ .name = 3, .position = 5 },
		{ .name = 4, .position = 1, .own = true },
		{ .name = 5, .position = 2 },
	};

	for (unsigned int i = 0; i < NT_ARRAY_SIZE(offers); i++)
		nt_picks_offer(&p, &offers[i]);
	assert_int_equal(p.count, 3);
	assert_int_equal(p.pick[0].name, 4);
	assert_int_equal(p.pick[1].name, 1);
	assert_int_equal(p.pick[1].position, 30);
	assert_int_equal(p.pick[2].name, 2);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_slots),
		cmocka_unit_test(test_slab),
		cmocka_unit_test(test_names),
		cmocka_unit_test(test_wheel),
		cmocka_unit_test(test_past),
		cmocka_unit_test(test_picks),
	};

	return cmocka_run_group_tests_name("cache_parts", tests, NULL, NULL);
}
