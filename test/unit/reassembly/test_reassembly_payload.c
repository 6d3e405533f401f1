/* SPDX-License-Identifier: BSD-3-Clause */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <payload.h>
#include <stdlib.h>
#include <string.h>

static struct page_pool pool;
static struct payload p;

static int
setup(void **state)
{
	(void)state;
	p = (struct payload){ 0 };
	return page_pool_init(&pool, PAYLOAD_PAGES + 3);
}

static int
teardown(void **state)
{
	(void)state;
	page_pool_fini(&pool);
	return 0;
}

static void
test_words_and_their_edges(void **state)
{
	static const uint32_t edges[] = { 0, 1, 7, 63, 64, 65, 127, 128, 2047, 2048, 2049, 4096 };
	uint8_t bytes[5000], got[5000];

	(void)state;
	for (size_t i = 0; i < sizeof(bytes); i++)
		bytes[i] = (uint8_t)(i * 31);
	for (size_t i = 1; i < NT_ARRAY_SIZE(edges); i++) {
		uint32_t at = edges[i];

		assert_int_equal(payload_put(&pool, &p, at, bytes + at, 4100 - at), 0);
		assert_int_equal(p.whole, 0);
		assert_int_equal(payload_put(&pool, &p, 0, bytes, at), 0);
		assert_int_equal(p.whole, 4100);
		payload_copy(&pool, &p, got, 4100);
		assert_memory_equal(got, bytes, 4100);
		payload_release(&pool, &p);
		assert_int_equal(pool.free_count, pool.count);
	}
}

static void
test_first_bytes_stay(void **state)
{
	uint8_t got[10];

	(void)state;
	assert_int_equal(payload_put(&pool, &p, 2, (const uint8_t *)"bbbb", 4), 0);
	assert_int_equal(payload_put(&pool, &p, 0, (const uint8_t *)"aabbcc", 6),
		PAYLOAD_REPEATED | PAYLOAD_DIFFERED);
	assert_int_equal(payload_put(&pool, &p, 4, (const uint8_t *)"bbdddd", 6), PAYLOAD_REPEATED);
	assert_int_equal(payload_put(&pool, &p, 9, (const uint8_t *)"x", 1), PAYLOAD_DIFFERED);
	assert_int_equal(p.whole, 10);
	payload_copy(&pool, &p, got, 10);
	assert_memory_equal(got, "aabbbbdddd", 10);
}

static void
test_pages(void **state)
{
	static uint8_t bytes[PAYLOAD_MAX];

	(void)state;
	assert_int_equal(payload_lacks(&p, 0, 0), 0);
	assert_int_equal(payload_lacks(&p, 0, 1), 1);
	assert_int_equal(payload_lacks(&p, PAYLOAD_PAGE - 1, 2), 2);
	assert_int_equal(payload_lacks(&p, PAYLOAD_PAGE - 1, 1), 1);
	assert_int_equal(payload_lacks(&p, PAYLOAD_MAX - 1, 1), 1);
	payload_put(&pool, &p, PAYLOAD_PAGE, bytes, 1);
	assert_int_equal(payload_lacks(&p, 0, PAYLOAD_MAX), PAYLOAD_PAGES - 1);
	payload_put(&pool, &p, 0, bytes, PAYLOAD_MAX);
	assert_int_equal(p.whole, PAYLOAD_MAX);
	assert_int_equal(payload_lacks(&p, 0, PAYLOAD_MAX), 0);
	assert_int_equal(pool.free_count, 3);
	payload_release(&pool, &p);
	assert_int_equal(pool.free_count, PAYLOAD_PAGES + 3);
	payload_release(&pool, &p);
	assert_int_equal(pool.free_count, PAYLOAD_PAGES + 3);
}

/* Pages that were used before do not remember. */
static void
test_pages_again(void **state)
{
	uint8_t bytes[300] = { 1 };

	(void)state;
	for (int i = 0; i < 1000; i++) {
		assert_int_equal(payload_put(&pool, &p, 100, bytes, sizeof(bytes)), 0);
		assert_int_equal(p.whole, 0);
		assert_int_equal(payload_put(&pool, &p, 0, bytes, 100), 0);
		assert_int_equal(p.whole, 400);
		payload_release(&pool, &p);
	}
	assert_int_equal(pool.touched, 1);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_words_and_their_edges, setup, teardown),
		cmocka_unit_test_setup_teardown(test_first_bytes_stay, setup, teardown),
		cmocka_unit_test_setup_teardown(test_pages, setup, teardown),
		cmocka_unit_test_setup_teardown(test_pages_again, setup, teardown),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
