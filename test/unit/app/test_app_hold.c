/* SPDX-License-Identifier: BSD-3-Clause */
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "hold.h"

#define SIZE 32

static uint8_t
byte_at(uint32_t seq)
{
	return (uint8_t)(seq * 7 + (seq >> 8));
}

static bool
add(struct nt_pool *p, uint32_t *list, uint32_t seq, size_t len)
{
	static uint8_t data[HOLD_BYTES * (HOLD_MAX + 1)];
	for (size_t i = 0; i < len; i++)
		data[i] = byte_at(seq + (uint32_t)i);
	return hold_add(p, list, seq, data, len);
}

/* In the order of sequence numbers, and every byte is the right one. Returns how many chunks. */
static unsigned int
check(const struct nt_pool *p, uint32_t list)
{
	unsigned int n = 0;
	for (; list != HOLD_NONE; list = held_at(p, list)->next, n++) {
		const struct held *h = held_at(p, list);
		for (uint32_t i = 0; i < h->len; i++)
			assert_int_equal(h->data[i], byte_at(h->seq + i));
		if (h->next != HOLD_NONE)
			assert_true((int32_t)(held_at(p, h->next)->seq - h->seq) >= 0);
	}
	return n;
}

static void
test_in_order_of_numbers(void **state)
{
	(void)state;
	struct nt_pool p;
	uint32_t list = HOLD_NONE;
	assert_int_equal(nt_pool_init(&p, sizeof(struct held), SIZE), 0);
	/* around the wrap of sequence numbers */
	const uint32_t seqs[] = { 500, 0xffffff00, 100, 0xfffffff0, 300 };
	for (unsigned int i = 0; i < NT_ARRAY_SIZE(seqs); i++)
		assert_true(add(&p, &list, seqs[i], 50));
	assert_int_equal(check(&p, list), NT_ARRAY_SIZE(seqs));
	assert_int_equal(held_at(&p, list)->seq, 0xffffff00);
	hold_drop(&p, &list);
	assert_int_equal(held_at(&p, list)->seq, 0xfffffff0);
	hold_drop_all(&p, &list);
	assert_int_equal(list, HOLD_NONE);
	nt_pool_fini(&p);
}

/* Which bytes win where segments overlap: what came first is found first. */
static void
test_equal_numbers_keep_their_order(void **state)
{
	(void)state;
	struct nt_pool p;
	uint32_t list = HOLD_NONE;
	assert_int_equal(nt_pool_init(&p, sizeof(struct held), SIZE), 0);
	assert_true(hold_add(&p, &list, 10, (const uint8_t *)"first", 5));
	assert_true(hold_add(&p, &list, 10, (const uint8_t *)"other", 5));
	assert_memory_equal(held_at(&p, list)->data, "first", 5);
	nt_pool_fini(&p);
}

static void
test_long_segments_are_cut(void **state)
{
	(void)state;
	struct nt_pool p;
	uint32_t list = HOLD_NONE;
	assert_int_equal(nt_pool_init(&p, sizeof(struct held), SIZE), 0);
	assert_true(add(&p, &list, 1000, 3 * HOLD_BYTES + 1));
	assert_int_equal(check(&p, list), 4);
	nt_pool_fini(&p);
}

static void
test_bounds(void **state)
{
	(void)state;
	struct nt_pool p;
	uint32_t a = HOLD_NONE, b = HOLD_NONE, c = HOLD_NONE;
	assert_int_equal(nt_pool_init(&p, sizeof(struct held), SIZE), 0);
	assert_false(add(&p, &a, 0, HOLD_BYTES * HOLD_MAX + 1));
	assert_int_equal(a, HOLD_NONE);
	assert_true(add(&p, &a, 0, HOLD_BYTES * HOLD_MAX));
	assert_false(add(&p, &a, 100000, 1));
	for (uint32_t i = 0; i < SIZE - HOLD_MAX; i++)
		assert_true(add(&p, &b, i * 100, 10));
	assert_false(add(&p, &c, 0, 1)); /* the pool has no more */
	hold_drop(&p, &b);
	assert_true(add(&p, &c, 0, 1));
	hold_drop_all(&p, &a);
	hold_drop_all(&p, &b);
	hold_drop_all(&p, &c);
	/* all of it can be had again, and no more */
	for (uint32_t i = 0; i < SIZE; i++)
		assert_true(add(&p, i < HOLD_MAX ? &a : &b, i, 1));
	assert_false(add(&p, &c, 0, 1));
	nt_pool_fini(&p);
}

static void
test_at_random(void **state)
{
	(void)state;
	struct nt_pool p;
	uint32_t lists[3] = { HOLD_NONE, HOLD_NONE, HOLD_NONE };
	srand(3);
	assert_int_equal(nt_pool_init(&p, sizeof(struct held), SIZE), 0);
	for (unsigned int i = 0; i < 20000; i++) {
		uint32_t *list = &lists[rand() % 3];
		const int what = rand() % 8;
		if (what == 0)
			hold_drop_all(&p, list);
		else if (what < 4 && *list != HOLD_NONE)
			hold_drop(&p, list);
		else
			(void)add(&p, list, (uint32_t)rand() % 5000,
				1 + (size_t)rand() % (2 * HOLD_BYTES));
		unsigned int n = 0;
		for (unsigned int l = 0; l < 3; l++)
			n += check(&p, lists[l]);
		assert_in_range(n, 0, SIZE);
	}
	nt_pool_fini(&p);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_in_order_of_numbers),
		cmocka_unit_test(test_equal_numbers_keep_their_order),
		cmocka_unit_test(test_long_segments_are_cut),
		cmocka_unit_test(test_bounds),
		cmocka_unit_test(test_at_random),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
