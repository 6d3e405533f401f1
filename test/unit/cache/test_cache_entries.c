/* SPDX-License-Identifier: BSD-3-Clause */
#include "cache_fixture.h"

#include <stdlib.h>

#include <nt_name_entries.h>

#define ROOM 1024

static struct nt_name_entry room[ROOM];

static struct nt_name_entries
room_for(uint32_t n)
{
	return (struct nt_name_entries){ .entry = room, .room = n };
}

static void
expect_name(const struct nt_name_entry *e, const char *name)
{
	assert_int_equal(e->name_len, strlen(name));
	assert_string_equal(e->name, name);
}

static void
test_an_address(void **state)
{
	(void)state;
	const struct nt_name_cache_config cfg = small_config();
	struct nt_name_cache *c = cache_with(&cfg);
	struct nt_name_entries r = room_for(ROOM);
	const struct nt_addr a = address(1), other = address(2);
	tell(c, 1, 1, 1, 7, "a.example", 60);
	tell(c, 2, 2, 1, 8, "a.example", 60);
	tell(c, 3, 3, 1, 7, "b.example", 60);
	tell_as(c, NT_SOURCE_MDNS, 4, 4, 1, 0, "c.local", 60);
	tell(c, 5, 5, 1, 7, "a.example", 90);
	tell(c, 6, 6, 2, 7, "a.example", 90);
	nt_name_entries_of_addr(c, &a, 0, &r);
	assert_int_equal(r.count, 4);
	assert_false(r.more || r.cut);
	expect_name(&room[0], "a.example");
	assert_true(nt_addr_equal(&room[0].addr, &a));
	const struct nt_addr seven = client(7);
	assert_true(nt_addr_equal(&room[0].client, &seven));
	assert_int_equal(room[0].first_position, 1);
	assert_int_equal(room[0].position, 5);
	assert_int_equal(room[0].first_seen_ns, NT_SEC(T0 + 1));
	assert_int_equal(room[0].seen_ns, NT_SEC(T0 + 5));
	assert_int_equal(room[0].expires_ns, NT_SEC(T0 + 95));
	assert_int_equal(room[0].superseded, 1);
	assert_int_equal(room[0].source, NT_SOURCE_DNS_A);
	expect_name(&room[1], "a.example");
	assert_int_equal(room[1].position, 2);
	assert_int_equal(room[1].superseded, 0);
	expect_name(&room[2], "c.local");
	assert_int_equal(room[2].client.family, NT_FAMILY_NONE);
	assert_int_equal(room[2].source, NT_SOURCE_MDNS);
	expect_name(&room[3], "b.example");
	nt_name_entries_of_addr(c, &other, 0, &r);
	assert_int_equal(r.count, 1);
	const struct nt_addr unknown = address(3), none = { 0 };
	nt_name_entries_of_addr(c, &unknown, 0, &r);
	assert_int_equal(r.count, 0);
	nt_name_entries_of_addr(c, &none, 0, &r);
	assert_int_equal(r.count, 0);
	/* A client is known as an address, and has no names. */
	nt_name_entries_of_addr(c, &seven, 0, &r);
	assert_int_equal(r.count, 0);
	nt_name_cache_free(c);
}

static void
test_a_name(void **state)
{
	(void)state;
	const struct nt_name_cache_config cfg = small_config();
	struct nt_name_cache *c = cache_with(&cfg);
	struct nt_name_entries r = room_for(ROOM);
	tell(c, 1, 1, 1, 7, "a.example", 60);
	tell(c, 2, 2, 2, 7, "a.example", 60);
	tell(c, 3, 3, 3, 7, "b.example", 60);
	nt_name_entries_of_name(c, "a.example", 9, 0, &r);
	assert_int_equal(r.count, 2);
	assert_int_equal(room[0].addr.bytes[3], 2);
	assert_int_equal(room[1].addr.bytes[3], 1);
	nt_name_entries_of_name(c, "a.exampl", 8, 0, &r);
	assert_int_equal(r.count, 0);
	nt_name_entries_of_name(c, "", 0, 0, &r);
	assert_int_equal(r.count, 0);
	nt_name_entries_of_name(c, "a.example", NT_MAPPING_NAME_MAX + 1, 0, &r);
	assert_int_equal(r.count, 0);
	nt_name_cache_free(c);
}

/* What one call has no room for, the next one tells. */
static void
test_pages(void **state)
{
	(void)state;
	const struct nt_name_cache_config cfg = small_config();
	struct nt_name_cache *c = cache_with(&cfg);
	struct nt_name_entries r = room_for(4);
	const struct nt_addr a = address(1);
	for (uint32_t i = 1; i <= 10; i++)
		tell(c, i, i, 1, i, "a.example", 600);
	uint32_t seen = 0, position = 11;
	do {
		nt_name_entries_of_addr(c, &a, seen, &r);
		assert_int_equal(r.more, seen + r.count < 10);
		for (uint32_t i = 0; i < r.count; i++)
			assert_int_equal(room[i].position, --position);
		seen += r.count;
	} while (r.more);
	assert_int_equal(seen, 10);
	nt_name_cache_free(c);
}

static void
test_steps_are_bounded(void **state)
{
	(void)state;
	const struct nt_name_cache_config cfg = small_config();
	struct nt_name_cache *c = cache_with(&cfg);
	struct nt_name_entries r = room_for(ROOM);
	const struct nt_addr a = address(1);
	for (uint32_t i = 1; i <= NT_NAME_ENTRIES_STEPS + 1; i++)
		tell(c, i, 1, 1, i, "a.example", 600);
	nt_name_entries_of_addr(c, &a, 0, &r);
	assert_int_equal(r.count, NT_NAME_ENTRIES_STEPS);
	assert_true(r.cut);
	assert_false(r.more);
	nt_name_entries_of_name(c, "a.example", 9, NT_NAME_ENTRIES_STEPS - 1, &r);
	assert_int_equal(r.count, 1);
	assert_true(r.cut);
	nt_name_cache_free(c);
}

/* Superseded versions count as steps too. */
static void
test_versions_are_counted_within_the_bound(void **state)
{
	(void)state;
	const struct nt_name_cache_config cfg = small_config();
	struct nt_name_cache *c = cache_with(&cfg);
	struct nt_name_entries r = room_for(ROOM);
	const struct nt_addr a = address(1);
	for (uint32_t i = 1; i <= 900; i++)
		tell(c, i, 1, 1, 1, "a.example", 600);
	nt_name_entries_of_addr(c, &a, 0, &r);
	assert_int_equal(r.count, 1);
	assert_int_equal(room[0].superseded, NT_NAME_ENTRIES_STEPS - 1);
	nt_name_cache_free(c);
}

static unsigned int
walk(const struct nt_name_cache *c, uint32_t slice, uint8_t *ret_seen, unsigned int size)
{
	struct nt_name_entries r = room_for(slice);
	unsigned int n = 0;
	for (uint32_t cursor = 0; cursor != NT_NAME_NONE;) {
		nt_name_entries_walk(c, &cursor, &r);
		for (uint32_t i = 0; i < r.count; i++) {
			assert_true(room[i].position < size);
			ret_seen[room[i].position]++;
		}
		n += r.count;
	}
	return n;
}

static void
test_walk(void **state)
{
	(void)state;
	const struct nt_name_cache_config cfg = small_config();
	struct nt_name_cache *c = cache_with(&cfg);
	uint8_t seen[901] = { 0 };
	assert_int_equal(walk(c, 7, seen, 901), 0);
	for (uint32_t i = 1; i <= 900; i++)
		tell(c, i, 1, i, i % 5, "a.example", i <= 450 ? 60 : 100000);
	assert_int_equal(walk(c, 7, seen, 901), 900);
	for (uint32_t i = 1; i <= 900; i++)
		assert_int_equal(seen[i], 1);
	/* The first half goes; what is free is not told. */
	nt_name_cache_purge(c, NT_SEC(T0 + 5000), 10000);
	assert_int_equal(stats_of(c).mappings, 450);
	memset(seen, 0, sizeof(seen));
	assert_int_equal(walk(c, 7, seen, 901), 450);
	for (uint32_t i = 1; i <= 900; i++)
		assert_int_equal(seen[i], i > 450);
	nt_name_cache_clear(c);
	assert_int_equal(walk(c, 7, seen, 901), 0);
	nt_name_cache_free(c);
}

/* What is there all the time is told once, whatever comes and goes between the slices. */
static void
test_walk_while_it_changes(void **state)
{
	(void)state;
	struct nt_name_cache_config cfg = small_config();
	cfg.max_mappings = 400;
	cfg.stale_for_ns = 0;
	cfg.hold_ns = 0;
	cfg.pin_after_ns = 0;
	struct nt_name_cache *c = cache_with(&cfg);
	struct nt_name_entries r = room_for(5);
	uint8_t seen[4001] = { 0 };
	uint64_t position = 0;
	for (uint32_t i = 1; i <= 100; i++)
		tell(c, ++position, 1, i, 1, "stays.example", 100000);
	for (uint32_t i = 1; i <= 200; i++)
		tell(c, ++position, 1, i, 2, "goes.example", 20);
	srand(1);
	int64_t sec = 1;
	for (uint32_t cursor = 0; cursor != NT_NAME_NONE;) {
		nt_name_entries_walk(c, &cursor, &r);
		for (uint32_t i = 0; i < r.count; i++)
			seen[room[i].position]++;
		sec += 5;
		nt_name_cache_purge(c, NT_SEC(T0 + sec), 20);
		for (int i = 0; i < 4 && position < 4000; i++)
			tell(c, ++position, sec, (uint32_t)rand() % 500, 3, "new.example", 20);
	}
	for (uint32_t i = 1; i <= 100; i++)
		assert_int_equal(seen[i], 1);
	for (uint32_t i = 101; i <= 4000; i++)
		assert_true(seen[i] <= 1);
	nt_name_cache_free(c);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_an_address),
		cmocka_unit_test(test_a_name),
		cmocka_unit_test(test_pages),
		cmocka_unit_test(test_steps_are_bounded),
		cmocka_unit_test(test_versions_are_counted_within_the_bound),
		cmocka_unit_test(test_walk),
		cmocka_unit_test(test_walk_while_it_changes),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
