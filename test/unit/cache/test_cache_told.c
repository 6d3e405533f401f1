/* SPDX-License-Identifier: BSD-3-Clause */
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "nt_told.h"

#define MAX 64

static const struct nt_addr nobody = { .family = NT_FAMILY_NONE };

static struct nt_addr
addr(uint32_t n)
{
	const uint32_t be = __builtin_bswap32(0x0a000000 + n);
	uint8_t bytes[4];
	memcpy(bytes, &be, sizeof(bytes));
	return nt_addr_v4(bytes);
}

static struct nt_told_table *
make(uint32_t max)
{
	const struct nt_hash_key key = nt_hash_key_fixed();
	struct nt_told_table *t = nt_told_new(max, &key);
	assert_non_null(t);
	return t;
}

static void
test_to_whom_and_when(void **state)
{
	(void)state;
	struct nt_told_table *t = make(MAX);
	const struct nt_addr a = addr(1), c = addr(2), d = addr(3);
	assert_false(nt_told_before(t, &a, &nobody, INT64_MAX));
	nt_told_add(t, &a, &c, 100);
	nt_told_add(t, &a, &c, 200);
	assert_true(nt_told_before(t, &a, &c, 100));
	assert_true(nt_told_before(t, &a, &nobody, 100));
	assert_false(nt_told_before(t, &a, &c, 99));
	assert_false(nt_told_before(t, &a, &nobody, 99));
	assert_false(nt_told_before(t, &a, &d, INT64_MAX));
	assert_false(nt_told_before(t, &c, &a, INT64_MAX));
	nt_told_add(t, &d, &nobody, 300);
	assert_true(nt_told_before(t, &d, &nobody, 300));
	assert_false(nt_told_before(t, &d, &c, 300));
	nt_told_free(t);
}

/* Equal bytes, other family. */
static void
test_families(void **state)
{
	(void)state;
	struct nt_told_table *t = make(MAX);
	const struct nt_addr v4 = addr(1);
	struct nt_addr v6 = v4;
	v6.family = NT_FAMILY_IPV6;
	nt_told_add(t, &v4, &v4, 1);
	assert_false(nt_told_before(t, &v6, &nobody, 1));
	assert_false(nt_told_before(t, &v4, &v6, 1));
	nt_told_free(t);
}

static void
test_the_oldest_goes(void **state)
{
	(void)state;
	struct nt_told_table *t = make(MAX);
	struct nt_told_stats s;
	for (uint32_t i = 0; i < MAX; i++) {
		const struct nt_addr a = addr(i);
		nt_told_add(t, &a, &nobody, i);
	}
	assert_int_equal(nt_told_lost_ns(t), INT64_MIN);
	const struct nt_addr first = addr(0), second = addr(1), more = addr(MAX);
	nt_told_add(t, &first, &nobody, MAX); /* told again: has another round */
	nt_told_add(t, &more, &nobody, MAX + 1);
	assert_true(nt_told_before(t, &first, &nobody, 0));
	assert_false(nt_told_before(t, &second, &nobody, INT64_MAX));
	assert_int_equal(nt_told_lost_ns(t), 1);
	nt_told_stats(t, &s);
	assert_int_equal(s.entries, MAX);
	assert_int_equal(s.evicted, 1);
	nt_told_free(t);
}

/* All told again and again: the work for one more stays bounded, and one goes. */
static void
test_all_are_busy(void **state)
{
	(void)state;
	struct nt_told_table *t = make(MAX);
	struct nt_told_stats s;
	for (uint32_t i = 0; i < 2 * MAX; i++) {
		const struct nt_addr a = addr(i % MAX);
		nt_told_add(t, &a, &nobody, i);
	}
	const struct nt_addr more = addr(MAX);
	nt_told_add(t, &more, &nobody, 1000);
	assert_true(nt_told_before(t, &more, &nobody, 1000));
	nt_told_stats(t, &s);
	assert_int_equal(s.evicted, 1);
	assert_in_range(nt_told_lost_ns(t), MAX, 2 * MAX);
	nt_told_free(t);
}

static void
test_clear(void **state)
{
	(void)state;
	struct nt_told_table *t = make(16);
	for (uint32_t i = 0; i < 40; i++) {
		const struct nt_addr a = addr(i);
		nt_told_add(t, &a, &nobody, i);
	}
	nt_told_clear(t);
	assert_int_equal(nt_told_lost_ns(t), INT64_MIN);
	for (uint32_t i = 0; i < 40; i++) {
		const struct nt_addr a = addr(i);
		assert_false(nt_told_before(t, &a, &nobody, INT64_MAX));
	}
	nt_told_free(t);
}

/* Against a plain list, with room for all. */
static void
test_like_a_list(void **state)
{
	(void)state;
	enum {
		ADDRS = 50,
		CLIENTS = 20,
		ROUNDS = 4000
	};
	static int64_t first[ADDRS][CLIENTS + 1];
	struct nt_told_table *t = make(ADDRS * (CLIENTS + 1));
	srand(1);
	memset(first, 0x7f, sizeof(first));
	for (int64_t now = 1; now <= ROUNDS; now++) {
		const uint32_t a = (uint32_t)rand() % ADDRS, c = (uint32_t)rand() % CLIENTS;
		const struct nt_addr address = addr(a), client = addr(1000 + c);
		nt_told_add(t, &address, &client, now);
		first[a][c] = NT_MIN(first[a][c], now);
		first[a][CLIENTS] = NT_MIN(first[a][CLIENTS], now);
		const uint32_t b = (uint32_t)rand() % ADDRS, d = (uint32_t)rand() % CLIENTS;
		const struct nt_addr asked = addr(b), by = addr(1000 + d);
		const int64_t until = rand() % ROUNDS;
		assert_int_equal(nt_told_before(t, &asked, &by, until), first[b][d] <= until);
		assert_int_equal(
			nt_told_before(t, &asked, &nobody, until), first[b][CLIENTS] <= until);
	}
	nt_told_free(t);
}

/* Through many evictions nothing is lost that lost_ns does not cover. */
static void
test_what_is_lost_is_told(void **state)
{
	(void)state;
	struct nt_told_table *t = make(MAX);
	static int64_t last[1000];
	srand(2);
	for (int64_t now = 1; now <= 20000; now++) {
		const uint32_t n = (uint32_t)rand() % (now % 3 == 0 ? 10 : 1000);
		const struct nt_addr a = addr(n);
		nt_told_add(t, &a, &nobody, now);
		last[n] = now;
		const uint32_t asked = (uint32_t)rand() % 1000;
		const struct nt_addr b = addr(asked);
		if (last[asked] != 0 && !nt_told_before(t, &b, &nobody, INT64_MAX))
			assert_true(nt_told_lost_ns(t) >= last[asked]);
	}
	nt_told_free(t);
}

/* In steps: the same pair, told apart by its order. */
static void
test_in_steps(void **state)
{
	(void)state;
	const struct nt_hash_key key = nt_hash_key_fixed();
	struct nt_told_table *t = nt_told_new(16, &key);
	struct nt_addr a = { .family = 4, .bytes = { 1 } }, b = { .family = 4, .bytes = { 2 } };
	int64_t first = 0, last = 0;
	assert_non_null(t);
	const uint64_t tag = nt_told_pair(t, &a, &b);
	nt_told_pair_ahead(t, tag);
	assert_false(nt_told_when(t, &a, &b, &first, &last));
	nt_told_note_pair(t, tag, 5);
	nt_told_pair_ahead(t, tag);
	nt_told_note(t, &a, &b, 7);
	assert_true(nt_told_when(t, &a, &b, &first, &last));
	assert_int_equal(first, 5);
	assert_int_equal(last, 7);
	assert_false(nt_told_when(t, &b, &a, &first, &last));
	nt_told_free(t);
}

static unsigned int
walked(const struct nt_told_table *t, uint32_t room)
{
	struct nt_told_entry e[MAX];
	uint32_t cursor = 0, n = 0;
	while (cursor != UINT32_MAX) {
		const uint32_t got = nt_told_walk(t, &cursor, e, room);
		assert_true(got <= room);
		for (uint32_t i = 0; i < got; i++)
			assert_int_not_equal(e[i].tag, 0);
		n += got;
	}
	return n;
}

static uint64_t
entries(const struct nt_told_table *t)
{
	struct nt_told_stats s;
	nt_told_stats(t, &s);
	return s.entries;
}

/* Wherever the ring begins: little by little down to the cap, the oldest first, all told of. */
static void
test_other_caps(void **state)
{
	(void)state;
	for (uint32_t turn = 0; turn < 2 * MAX; turn += 7) {
		struct nt_told_table *t = make(MAX);
		for (uint32_t i = 0; i < MAX + turn; i++)
			nt_told_note(t, &(struct nt_addr){ .family = 1000 + i }, &nobody, i);
		assert_int_equal(entries(t), MAX);
		nt_told_set_cap(t, 20);
		assert_int_equal(entries(t), MAX); /* nothing sweeps */
		nt_told_note(t, &(struct nt_addr){ .family = 9999 }, &nobody, 1000);
		assert_int_equal(entries(t), MAX);
		assert_true(nt_told_shrink(t, 30));
		assert_int_equal(entries(t), MAX - 30);
		assert_int_equal(walked(t, 5), MAX - 30);
		assert_false(nt_told_shrink(t, 30));
		assert_int_equal(entries(t), 20);
		assert_int_equal(walked(t, MAX), 20);
		assert_int_equal(nt_told_lost_ns(t), MAX + turn - 20);
		assert_true(
			nt_told_before(t, &(struct nt_addr){ .family = 9999 }, &nobody, INT64_MAX));
		nt_told_note(t, &(struct nt_addr){ .family = 10000 }, &nobody, 1001);
		assert_int_equal(entries(t), 20);
		/* And up again, to what there is room for. */
		nt_told_set_cap(t, UINT32_MAX);
		for (uint32_t i = 0; i < 2 * MAX; i++)
			nt_told_note(
				t, &(struct nt_addr){ .family = 20000 + i }, &nobody, 2000 + i);
		assert_int_equal(entries(t), MAX);
		assert_int_equal(walked(t, 3), MAX);
		nt_told_free(t);
	}
}

static void
test_walk_of_none(void **state)
{
	(void)state;
	struct nt_told_table *t = make(MAX);
	assert_int_equal(walked(t, 4), 0);
	for (uint32_t i = 0; i < 20; i++)
		nt_told_note(t, &(struct nt_addr){ .family = 1000 + i }, &nobody, i);
	nt_told_set_cap(t, 1);
	assert_false(nt_told_shrink(t, 100));
	assert_int_equal(walked(t, 4), 1);
	nt_told_free(t);
}

static void
test_bounds_of_new(void **state)
{
	(void)state;
	const struct nt_hash_key key = nt_hash_key_fixed();
	assert_null(nt_told_new(15, &key));
	assert_int_equal(errno, EINVAL);
	assert_null(nt_told_new((1u << 28) + 1, &key));
	nt_told_free(NULL);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_to_whom_and_when),
		cmocka_unit_test(test_families),
		cmocka_unit_test(test_the_oldest_goes),
		cmocka_unit_test(test_all_are_busy),
		cmocka_unit_test(test_clear),
		cmocka_unit_test(test_like_a_list),
		cmocka_unit_test(test_what_is_lost_is_told),
		cmocka_unit_test(test_in_steps),
		cmocka_unit_test(test_other_caps),
		cmocka_unit_test(test_walk_of_none),
		cmocka_unit_test(test_bounds_of_new),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
