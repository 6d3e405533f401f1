/* SPDX-License-Identifier: BSD-3-Clause */
#include "test_flow_table.h"

static void
refuses_impossible_sizes(void **state)
{
	const struct nt_hash_key key = nt_hash_key_fixed();

	(void)state;
	assert_null(nt_flow_table_new(1, &key));
	assert_int_equal(errno, EINVAL);
	assert_null(nt_flow_table_new((UINT32_C(1) << 31) + 1, &key));
	assert_int_equal(errno, EINVAL);
	nt_flow_table_free(NULL);
}

static void
a_flow_lives_and_ends(void **state)
{
	struct nt_flow_table *t = table_new(16);
	const struct nt_flow_key key = key_number(7);

	(void)state;
	assert_int_equal(find_key(t, &key), NT_FLOW_NONE);
	const uint32_t idx = insert_key(t, &key);
	assert_int_equal(find_key(t, &key), idx);
	assert_true(nt_flow_key_equal(&nt_flow_at(t, idx)->key, &key));
	assert_int_equal(nt_flow_scheduled_ns(t, idx), INT64_MAX);
	assert_int_equal(stats_of(t).live, 1);

	nt_flow_unlink(t, idx);
	assert_int_equal(find_key(t, &key), NT_FLOW_NONE);
	assert_int_equal(nt_flow_ended(t), idx);
	assert_true(nt_flow_key_equal(&nt_flow_at(t, idx)->key, &key));
	assert_int_equal(stats_of(t).live, 0);
	assert_int_equal(stats_of(t).ended, 1);

	nt_flow_release(t, idx);
	assert_int_equal(nt_flow_ended(t), NT_FLOW_NONE);
	assert_int_equal(nt_flow_young(t), NT_FLOW_NONE);
	assert_int_equal(stats_of(t).ended, 0);
	nt_flow_table_free(t);
}

/* As few as wanted, those that have ended included; what is beyond stays until it goes. */
static void
a_limit_is_kept(void **state)
{
	struct nt_flow_table *t = table_new(16);
	struct nt_flow_key key = key_number(100);

	(void)state;
	for (uint32_t i = 0; i < 8; i++) {
		key = key_number(i);
		insert_key(t, &key);
	}
	key = key_number(100);
	const uint64_t hash = nt_flow_hash(t, &key);
	nt_flow_table_set_limit(t, 4);
	assert_int_equal(nt_flow_insert(t, &key, hash), NT_FLOW_NONE);
	assert_int_equal(stats_of(t).live, 8);
	for (uint32_t i = 0; i < 5; i++)
		nt_flow_unlink(t, nt_flow_any(t));
	assert_int_equal(nt_flow_insert(t, &key, hash), NT_FLOW_NONE);
	for (uint32_t i = 0; i < 5; i++) {
		assert_int_equal(nt_flow_insert(t, &key, hash), NT_FLOW_NONE);
		nt_flow_release(t, nt_flow_ended(t));
		i += stats_of(t).live + stats_of(t).ended < 4 ? 5 : 0;
	}
	assert_int_not_equal(nt_flow_insert(t, &key, hash), NT_FLOW_NONE);
	assert_int_equal(stats_of(t).live + stats_of(t).ended, 4);
	/* Never more than it was made for. */
	nt_flow_table_set_limit(t, UINT32_MAX);
	for (uint32_t i = 200; i < 212; i++) {
		key = key_number(i);
		assert_int_not_equal(nt_flow_insert(t, &key, nt_flow_hash(t, &key)), NT_FLOW_NONE);
	}
	key = key_number(300);
	assert_int_equal(nt_flow_insert(t, &key, nt_flow_hash(t, &key)), NT_FLOW_NONE);
	nt_flow_table_free(t);
}

/* As the packet path does: hash all, look at all, then rely on it until something ends. */
static void
a_burst_finds_what_is_there(void **state)
{
	enum {
		BURST = 32
	};
	struct nt_flow_table *t = table_new(64);
	struct nt_flow_lookup l[BURST];
	uint32_t idx[BURST];

	(void)state;
	for (uint32_t i = 0; i < BURST; i++) {
		l[i].key = key_number(i);
		idx[i] = insert_key(t, &l[i].key);
	}
	nt_flow_hash_burst(t, l, BURST);
	const uint32_t unlinks = nt_flow_unlinks(t);
	for (uint32_t i = 0; i < BURST; i++) {
		assert_true(l[i].hash == nt_flow_hash(t, &l[i].key));
		assert_int_equal(nt_flow_prefetch_entry(t, l[i].hash), idx[i]);
	}
	insert_number(t, BURST);
	assert_int_equal(nt_flow_unlinks(t), unlinks);
	nt_flow_unlink(t, idx[3]);
	assert_int_not_equal(nt_flow_unlinks(t), unlinks);
	assert_true(nt_flow_key_equal(&nt_flow_at(t, idx[3])->key, &l[3].key));
	assert_int_equal(nt_flow_prefetch_entry(t, l[3].hash), NT_FLOW_NONE);
	nt_flow_table_free(t);
}

static void
a_reused_entry_is_clean(void **state)
{
	struct nt_flow_table *t = table_new(2);
	const uint32_t idx = insert_number(t, 1);

	(void)state;
	memset(&nt_flow_at(t, idx)->last_position, 0xff, 88);
	memset(nt_flow_cold_at(t, idx), 0xff, offsetof(struct nt_flow_cold, wheel_prev));
	end_flow(t, idx);

	assert_int_equal(insert_number(t, 2), idx);
	const struct nt_flow want = { .key = key_number(2) };
	assert_memory_equal(nt_flow_at(t, idx), &want, sizeof(want));
	const struct nt_flow_cold *cold = nt_flow_cold_at(t, idx);
	assert_int_equal(cold->pins, NT_FLOW_NONE);
	assert_int_equal(cold->extra, NT_FLOW_NONE);
	assert_int_equal(cold->first_position, 0);
	assert_int_equal(cold->service, 0);
	assert_int_equal(cold->history_len, 0);
	nt_flow_table_free(t);
}

static void
twins_of_two_families_never_meet(void **state)
{
	struct nt_flow_table *t = table_new(16);
	const struct nt_flow_key v4 = key_number(1);
	struct nt_flow_key v6 = v4;

	(void)state;
	v6.family = NT_FAMILY_IPV6;
	const uint32_t first = insert_key(t, &v4);
	assert_int_equal(find_key(t, &v6), NT_FLOW_NONE);
	const uint32_t second = insert_key(t, &v6);
	assert_int_not_equal(first, second);
	assert_int_equal(find_key(t, &v4), first);
	assert_int_equal(find_key(t, &v6), second);
	nt_flow_table_free(t);
}

static void
equal_signatures_are_told_apart_by_the_key(void **state)
{
	struct nt_flow_table *t = table_new(4); /* one bucket */
	const struct nt_flow_key key = key_number(0);
	const uint64_t hash = nt_flow_hash(t, &key);
	uint32_t found[4] = { 0 }, idx[4];
	unsigned int n = 1;

	(void)state;
	for (uint32_t i = 1; n < 4 && i < 10000000; i++) {
		const struct nt_flow_key k = key_number(i);

		if (nt_flow_signature(nt_flow_hash(t, &k)) == nt_flow_signature(hash))
			found[n++] = i;
	}
	assert_int_equal(n, 4);
	for (unsigned int i = 0; i < 3; i++)
		idx[i] = insert_number(t, found[i]);
	assert_int_equal(find_number(t, found[3]), NT_FLOW_NONE);
	for (unsigned int i = 0; i < 3; i++)
		assert_int_equal(find_number(t, found[i]), idx[i]);

	nt_flow_unlink(t, idx[1]);
	assert_int_equal(find_number(t, found[0]), idx[0]);
	assert_int_equal(find_number(t, found[1]), NT_FLOW_NONE);
	assert_int_equal(find_number(t, found[2]), idx[2]);
	nt_flow_table_free(t);
}

/* The worst that can be: every flow of a full table in one bucket. */
enum {
	CHAINED = 65
};

static void
find_chained(const struct nt_flow_table *t, uint32_t numbers[CHAINED])
{
	const struct nt_flow_key first = key_number(0);
	const uint32_t bucket = nt_flow_bucket_of(t, nt_flow_hash(t, &first));
	unsigned int n = 0;

	for (uint32_t i = 0; n < CHAINED; i++) {
		const struct nt_flow_key k = key_number(i);

		if (nt_flow_bucket_of(t, nt_flow_hash(t, &k)) == bucket)
			numbers[n++] = i;
	}
}

static void
all_flows_in_one_chain(void **state)
{
	struct nt_flow_table *t = table_new(CHAINED);
	uint32_t numbers[CHAINED], idx[CHAINED];

	(void)state;
	find_chained(t, numbers);
	for (unsigned int round = 0; round < 3; round++) {
		for (unsigned int i = 0; i < CHAINED; i++) {
			idx[i] = insert_number(t, numbers[i]);
			assert_int_not_equal(idx[i], NT_FLOW_NONE);
		}
		assert_int_equal(stats_of(t).longest, (CHAINED + 7) / 8);
		/* A different order of removal in each round: from the head, the tail, the middle.
		 */
		for (unsigned int i = 0; i < CHAINED; i++) {
			const unsigned int step[] = { 1, CHAINED - 1, 27 };
			const unsigned int which = i * step[round] % CHAINED;

			assert_int_equal(find_number(t, numbers[which]), idx[which]);
			end_flow(t, idx[which]);
			assert_int_equal(find_number(t, numbers[which]), NT_FLOW_NONE);
		}
		assert_int_equal(stats_of(t).live, 0);
	}
	nt_flow_table_free(t);
}

/* More in one chain than there are overflow buckets for: who is in the way goes first. */
static void
a_crowded_chain_has_a_victim(void **state)
{
	enum {
		MAX = 5000,
		ROOM = NT_FLOW_BUCKET_SLOTS * (1 + MAX / 64 + 256)
	};
	struct nt_flow_table *t = table_new(MAX);
	const struct nt_flow_key first = key_number(0);
	const uint32_t bucket = nt_flow_bucket_of(t, nt_flow_hash(t, &first));
	uint32_t last = 0, in = 0, elsewhere = 0;

	(void)state;
	for (; in <= ROOM; last++) {
		const struct nt_flow_key k = key_number(last);

		if (nt_flow_bucket_of(t, nt_flow_hash(t, &k)) != bucket)
			elsewhere = last;
		else if (in++ < ROOM)
			assert_int_not_equal(insert_number(t, last), NT_FLOW_NONE);
	}
	last--;
	for (unsigned int i = 0; i < 3; i++)
		assert_int_equal(insert_number(t, last), NT_FLOW_NONE);
	assert_int_equal(stats_of(t).crowded, 3);
	assert_int_equal(stats_of(t).live, ROOM);
	assert_int_not_equal(insert_number(t, elsewhere), NT_FLOW_NONE);

	const uint32_t victim = nt_flow_victim(t);
	assert_int_not_equal(victim, NT_FLOW_NONE);
	nt_flow_unlink(t, victim); /* not released: its slot is free all the same */
	assert_int_equal(nt_flow_victim(t), NT_FLOW_NONE); /* none is scheduled */
	assert_int_not_equal(insert_number(t, last), NT_FLOW_NONE);
	assert_int_not_equal(find_number(t, last), NT_FLOW_NONE);
	while (nt_flow_any(t) != NT_FLOW_NONE)
		nt_flow_unlink(t, nt_flow_any(t));
	nt_flow_table_free(t);
}

/* What was looked for under a known key is like any other traffic under one drawn at random. */
static void
chosen_collisions_need_the_key(void **state)
{
	enum {
		MAX = 2000, /* 500 buckets */
		CHOSEN = 400
	};
	const struct nt_flow_key first = key_number(0);
	struct nt_flow_table *known = table_new(MAX), *other;
	struct nt_hash_key key;

	(void)state;
	assert_int_equal(nt_hash_key_random(&key), 0);
	other = nt_flow_table_new(MAX, &key);
	assert_non_null(other);
	const uint32_t bucket = nt_flow_bucket_of(known, nt_flow_hash(known, &first));
	for (uint32_t i = 0, n = 0; n < CHOSEN; i++) {
		const struct nt_flow_key k = key_number(i);

		if (nt_flow_bucket_of(known, nt_flow_hash(known, &k)) != bucket)
			continue;
		assert_int_not_equal(insert_key(known, &k), NT_FLOW_NONE);
		assert_int_not_equal(insert_key(other, &k), NT_FLOW_NONE);
		n++;
	}
	assert_int_equal(stats_of(known).longest, CHOSEN / NT_FLOW_BUCKET_SLOTS);
	/* 400 in 500 buckets: 17 in one of them has a chance of 10^-14. */
	assert_in_range(stats_of(other).longest, 1, 2);
	nt_flow_table_free(known);
	nt_flow_table_free(other);
}

static void
a_full_table_says_so(void **state)
{
	const uint32_t sizes[] = { 2, 3, 7, 8, 9, 100, 5000 };

	(void)state;
	for (unsigned int s = 0; s < NT_ARRAY_SIZE(sizes); s++) {
		struct nt_flow_table *t = table_new(sizes[s]);

		for (uint32_t i = 0; i < sizes[s]; i++)
			assert_int_not_equal(insert_number(t, i), NT_FLOW_NONE);
		assert_int_equal(insert_number(t, sizes[s]), NT_FLOW_NONE);
		assert_int_equal(find_number(t, sizes[s]), NT_FLOW_NONE);
		/* An ended flow still takes its place, a released one doesn't. */
		const uint32_t idx = find_number(t, sizes[s] / 2);
		nt_flow_unlink(t, idx);
		assert_int_equal(insert_number(t, sizes[s]), NT_FLOW_NONE);
		nt_flow_release(t, idx);
		assert_int_equal(insert_number(t, sizes[s]), idx);
		assert_int_equal(stats_of(t).live, sizes[s]);
		nt_flow_table_free(t);
	}
}

static void
young_and_ended_keep_their_order(void **state)
{
	struct nt_flow_table *t = table_new(8);
	uint32_t idx[5];

	(void)state;
	for (uint32_t i = 0; i < 5; i++)
		idx[i] = insert_number(t, i);
	assert_int_equal(nt_flow_young(t), idx[0]);
	nt_flow_young_remove(t, idx[0]);
	nt_flow_young_remove(t, idx[0]);
	assert_int_equal(nt_flow_young(t), idx[1]);
	assert_int_equal(nt_flow_young_next(t, idx[1]), idx[2]);
	nt_flow_young_remove(t, idx[2]);
	assert_int_equal(nt_flow_young_next(t, idx[1]), idx[3]);
	assert_int_equal(nt_flow_young_next(t, idx[4]), NT_FLOW_NONE);

	nt_flow_unlink(t, idx[3]);
	nt_flow_unlink(t, idx[1]);
	nt_flow_unlink(t, idx[0]);
	assert_int_equal(nt_flow_young(t), idx[1]);
	assert_int_equal(nt_flow_ended(t), idx[3]);
	nt_flow_release(t, idx[1]);
	assert_int_equal(nt_flow_young(t), idx[3]);
	nt_flow_release(t, idx[3]);
	assert_int_equal(nt_flow_ended(t), idx[0]);
	assert_int_equal(nt_flow_young(t), idx[4]);
	nt_flow_young_remove(t, idx[4]);
	assert_int_equal(nt_flow_young(t), NT_FLOW_NONE);
	nt_flow_table_free(t);
}

/* The oldest first, and not the youngest eighth. */
static void
sifting_tells_of_each_once(void **state)
{
	struct nt_flow_table *t = table_new(16);

	(void)state;
	assert_int_equal(nt_flow_sift(t), NT_FLOW_NONE);
	for (uint32_t i = 0; i < 16; i++)
		insert_number(t, i);
	for (uint32_t i = 0; i < 14; i++)
		assert_int_equal(nt_flow_sift(t), find_number(t, i));
	assert_int_equal(nt_flow_sift(t), NT_FLOW_NONE);
	end_flow(t, find_number(t, 3));
	assert_int_equal(nt_flow_sift(t), NT_FLOW_NONE);
	insert_number(t, 16);
	assert_int_equal(nt_flow_sift(t), find_number(t, 14));
	assert_int_equal(nt_flow_sift(t), NT_FLOW_NONE);
	nt_flow_table_free(t);
}

/* Whatever leaves the list meanwhile. */
static void
sifting_goes_on_where_it_was(void **state)
{
	struct nt_flow_table *t = table_new(16);

	(void)state;
	for (uint32_t i = 0; i < 16; i++)
		insert_number(t, i);
	for (uint32_t i = 0; i < 4; i++)
		nt_flow_sift(t);
	end_flow(t, find_number(t, 3)); /* the last that was told of */
	end_flow(t, find_number(t, 2));
	end_flow(t, find_number(t, 0));
	nt_flow_young_remove(t, find_number(t, 5));
	assert_int_equal(nt_flow_sift(t), find_number(t, 4));
	nt_flow_young_remove(t, find_number(t, 1));
	nt_flow_young_remove(t, find_number(t, 4)); /* nothing before it is left */
	const uint32_t next = nt_flow_sift(t);
	assert_int_equal(next, find_number(t, 6));
	assert_true(nt_flow_is_live(t, next));
	nt_flow_unlink(t, next);
	assert_false(nt_flow_is_live(t, next));
	for (uint32_t i = 7; i < 14; i++)
		assert_int_equal(nt_flow_sift(t), find_number(t, i));
	assert_int_equal(nt_flow_sift(t), NT_FLOW_NONE);
	nt_flow_table_free(t);
}

static void
any_finds_every_live_flow(void **state)
{
	struct nt_flow_table *t = table_new(8);
	unsigned int n = 0;

	(void)state;
	assert_int_equal(nt_flow_any(t), NT_FLOW_NONE);
	for (uint32_t i = 0; i < 6; i++)
		insert_number(t, i);
	nt_flow_schedule(t, 1, EPOCH_NS); /* before the clock is known */
	uint32_t due;
	assert_int_equal(nt_flow_due(t, EPOCH_NS, &due, 1), 1);
	nt_flow_schedule(t, 2, EPOCH_NS + NT_SEC(5));
	nt_flow_schedule(t, 3, EPOCH_NS - 1);
	nt_flow_unlink(t, 5);

	for (uint32_t idx; (idx = nt_flow_any(t)) != NT_FLOW_NONE; n++)
		end_flow(t, idx);
	assert_int_equal(n, 5);
	assert_int_equal(nt_flow_ended(t), 5);
	nt_flow_table_free(t);
}

/* What docs and the memory budget promise. */
static void
memory_per_flow(void **state)
{
	struct nt_flow_table *t = table_new(1000000);
	const double bytes = (double)stats_of(t).bytes / 1e6;

	(void)state;
	print_message("bytes per flow of a full table: %.2f\n", bytes);
	assert_true(bytes <= 256.0);
	nt_flow_table_free(t);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(refuses_impossible_sizes),
		cmocka_unit_test(a_flow_lives_and_ends),
		cmocka_unit_test(a_limit_is_kept),
		cmocka_unit_test(a_burst_finds_what_is_there),
		cmocka_unit_test(a_reused_entry_is_clean),
		cmocka_unit_test(twins_of_two_families_never_meet),
		cmocka_unit_test(equal_signatures_are_told_apart_by_the_key),
		cmocka_unit_test(all_flows_in_one_chain),
		cmocka_unit_test(a_crowded_chain_has_a_victim),
		cmocka_unit_test(chosen_collisions_need_the_key),
		cmocka_unit_test(a_full_table_says_so),
		cmocka_unit_test(sifting_tells_of_each_once),
		cmocka_unit_test(sifting_goes_on_where_it_was),
		cmocka_unit_test(young_and_ended_keep_their_order),
		cmocka_unit_test(any_finds_every_live_flow),
		cmocka_unit_test(memory_per_flow),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
