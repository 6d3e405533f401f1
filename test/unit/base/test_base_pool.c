/* SPDX-License-Identifier: BSD-3-Clause */
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <unistd.h>

#include <cmocka.h>
#include <sys/mman.h>

#include <nt_pool.h>

#define SIZE 37

struct record {
	uint32_t first; /* overwritten by giving back */
	uint32_t owner;
	uint64_t pad[2];
};

static struct record *
at(const struct nt_pool *p, uint32_t id)
{
	return nt_pool_at(p, id);
}

static void
test_fresh_ones_in_order(void **state)
{
	(void)state;
	struct nt_pool p;
	assert_int_equal(nt_pool_init(&p, sizeof(struct record), 3), 0);
	for (uint32_t i = 0; i < 3; i++) {
		assert_int_equal(nt_pool_next(&p), i);
		assert_int_equal(nt_pool_take(&p), i);
		assert_int_equal(nt_pool_id(&p, at(&p, i)), i);
		assert_int_equal(at(&p, i)->owner, 0);
	}
	assert_int_equal(nt_pool_take(&p), NT_POOL_NONE);
	assert_int_equal(p.used, 3);
	nt_pool_fini(&p);
}

static void
test_returned_ones_first_the_last_of_them(void **state)
{
	(void)state;
	struct nt_pool p;
	assert_int_equal(nt_pool_init(&p, sizeof(struct record), 4), 0);
	for (uint32_t i = 0; i < 3; i++)
		nt_pool_take(&p);
	nt_pool_give(&p, 0);
	nt_pool_give(&p, 2);
	assert_int_equal(p.used, 1);
	assert_int_equal(nt_pool_next(&p), 2);
	assert_int_equal(nt_pool_take(&p), 2);
	assert_int_equal(nt_pool_take(&p), 0);
	assert_int_equal(nt_pool_take(&p), 3);
	assert_int_equal(nt_pool_take(&p), NT_POOL_NONE);
	nt_pool_fini(&p);
}

static void
test_only_the_first_word_is_overwritten(void **state)
{
	(void)state;
	struct nt_pool p;
	assert_int_equal(nt_pool_init(&p, sizeof(struct record), 2), 0);
	const uint32_t a = nt_pool_take(&p), b = nt_pool_take(&p);
	*at(&p, a) = (struct record){ 1, 11, { 111, 1111 } };
	*at(&p, b) = (struct record){ 2, 22, { 222, 2222 } };
	nt_pool_give(&p, a);
	assert_int_equal(at(&p, a)->owner, 11);
	assert_int_equal(at(&p, a)->pad[1], 1111);
	assert_int_equal(at(&p, b)->first, 2);
	assert_int_equal(at(&p, b)->owner, 22);
	nt_pool_fini(&p);
}

/* Records of 4 bytes have room for nothing else. */
static void
test_smallest_records(void **state)
{
	(void)state;
	struct nt_pool p;
	assert_int_equal(nt_pool_init(&p, sizeof(uint32_t), SIZE), 0);
	for (uint32_t i = 0; i < SIZE; i++)
		assert_int_equal(nt_pool_take(&p), i);
	for (uint32_t i = 0; i < SIZE; i++)
		nt_pool_give(&p, i);
	for (uint32_t i = SIZE; i-- > 0;)
		assert_int_equal(nt_pool_take(&p), i);
	assert_int_equal(nt_pool_take(&p), NT_POOL_NONE);
	nt_pool_fini(&p);
}

static void
test_clear(void **state)
{
	(void)state;
	struct nt_pool p;
	assert_int_equal(nt_pool_init(&p, sizeof(struct record), 2), 0);
	nt_pool_take(&p);
	nt_pool_give(&p, nt_pool_take(&p));
	nt_pool_clear(&p);
	assert_int_equal(p.used, 0);
	assert_int_equal(nt_pool_bytes(&p), 0);
	assert_int_equal(nt_pool_take(&p), 0);
	assert_int_equal(nt_pool_take(&p), 1);
	assert_int_equal(nt_pool_take(&p), NT_POOL_NONE);
	assert_int_equal(nt_pool_bytes(&p), 2 * sizeof(struct record));
	nt_pool_fini(&p);
}

/* Nobody gets what somebody else has. */
static void
test_each_has_its_own(void **state)
{
	(void)state;
	struct nt_pool p;
	uint32_t mine[SIZE], count = 0;
	assert_int_equal(nt_pool_init(&p, sizeof(struct record), SIZE), 0);
	srand(7);
	for (uint32_t step = 1; step < 20000; step++) {
		if (rand() % 2 == 0) {
			const uint32_t id = nt_pool_take(&p);
			assert_int_equal(id == NT_POOL_NONE, count == SIZE);
			if (id == NT_POOL_NONE)
				continue;
			assert_true(id < SIZE);
			at(&p, id)->first = at(&p, id)->owner = step;
			mine[count++] = id;
		} else if (count != 0) {
			const uint32_t i = (uint32_t)rand() % count;
			nt_pool_give(&p, mine[i]);
			mine[i] = mine[--count];
		}
		assert_int_equal(p.used, count);
		for (uint32_t i = 0; i < count; i++)
			assert_int_equal(at(&p, mine[i])->first, at(&p, mine[i])->owner);
	}
	nt_pool_fini(&p);
}

/* How many of its pages are there. */
static size_t
resident(const struct nt_pool *p)
{
	const size_t page = (size_t)sysconf(_SC_PAGESIZE);
	const size_t pages = p->stride_bytes * p->capacity / page;
	unsigned char *there = malloc(pages);
	size_t n = 0;
	assert_non_null(there);
	assert_int_equal(mincore(p->mem, pages * page, there), 0);
	for (size_t i = 0; i < pages; i++)
		n += there[i] & 1;
	free(there);
	return n;
}

static void
test_a_pool_is_not_touched_before_it_is_used(void **state)
{
	(void)state;
	struct nt_pool p;
	assert_int_equal(nt_pool_init(&p, 16384, 4096), 0);
	assert_int_equal(resident(&p), 0);
	memset(nt_pool_at(&p, nt_pool_take(&p)), 1, 16384);
	assert_in_range(resident(&p), 1, 512); /* a huge page, where there are any */
	nt_pool_fini(&p);
}

static void
test_none_made(void **state)
{
	(void)state;
	struct nt_pool p;
	assert_int_equal(nt_pool_init(&p, sizeof(struct record), 0), -EINVAL);
	nt_pool_fini(&p);
	memset(&p, 0, sizeof(p));
	nt_pool_fini(&p);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_fresh_ones_in_order),
		cmocka_unit_test(test_returned_ones_first_the_last_of_them),
		cmocka_unit_test(test_only_the_first_word_is_overwritten),
		cmocka_unit_test(test_smallest_records),
		cmocka_unit_test(test_clear),
		cmocka_unit_test(test_each_has_its_own),
		cmocka_unit_test(test_a_pool_is_not_touched_before_it_is_used),
		cmocka_unit_test(test_none_made),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
