/* SPDX-License-Identifier: BSD-3-Clause */
#include <pthread.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "busiest.h"

#define ADDRESSES 5000

static struct nt_addr
address(uint32_t n)
{
	const uint8_t b[4] = { 203, (uint8_t)(n >> 16), (uint8_t)(n >> 8), (uint8_t)n };
	return nt_addr_v4(b);
}

static struct busiest *
make(void)
{
	const struct nt_hash_key key = nt_hash_key_fixed();
	struct busiest *b = busiest_new(&key);
	assert_non_null(b);
	return b;
}

static void
add(struct busiest *b, uint32_t n, uint64_t bytes, int64_t ts_ns)
{
	const struct nt_addr a = address(n);
	busiest_add(b, &a, n % 2 == 0, bytes, ts_ns);
}

static void
test_few_are_exact(void **state)
{
	(void)state;
	static struct busiest_view v;
	struct busiest *b = make();
	busiest_read(b, &v);
	assert_int_equal(v.count, 0);
	for (uint32_t round = 0; round < 10; round++)
		for (uint32_t i = 0; i < BUSIEST_ENTRIES; i++)
			if (i % 10 >= round)
				add(b, i, i + 1, (int64_t)round);
	busiest_publish(b, NT_SEC(5));
	busiest_read(b, &v);
	assert_int_equal(v.count, BUSIEST_ENTRIES);
	assert_int_equal(v.since_ns, NT_SEC(5));
	uint64_t sum = 0;
	for (uint32_t i = 0; i < v.count; i++) {
		const struct busiest_entry *e = &v.entry[i];
		const uint32_t n = (uint32_t)e->addr.bytes[2] << 8 | e->addr.bytes[3];
		assert_int_equal(e->conns, n % 10 + 1);
		assert_int_equal(e->error, 0);
		assert_int_equal(e->bytes, (n % 10 + 1) * (n + 1));
		assert_int_equal(e->last_ns, n % 10);
		assert_int_equal(e->local, n % 2 == 0);
		assert_true(i == 0 || e->conns <= v.entry[i - 1].conns);
		sum += e->conns;
	}
	assert_int_equal(sum, v.conns);
	busiest_free(b);
}

/* What the algorithm promises, for a stream like Zipf's in a random order. */
static void
test_bounds(void **state)
{
	(void)state;
	static uint64_t truth[ADDRESSES];
	static struct busiest_view v;
	struct busiest *b = make();
	uint64_t n = 0;
	srand(7);
	memset(truth, 0, sizeof(truth));
	for (; n < 400000; n++) {
		const uint32_t a = (uint32_t)(ADDRESSES / (1 + (unsigned int)rand() % ADDRESSES)) +
				   (rand() % 4 == 0 ? (uint32_t)rand() % ADDRESSES : 0);
		truth[a % ADDRESSES]++;
		add(b, a % ADDRESSES, 1, 0);
	}
	busiest_publish(b, 0);
	busiest_read(b, &v);
	assert_int_equal(v.conns, n);
	assert_int_equal(v.count, BUSIEST_ENTRIES);
	uint64_t sum = 0;
	bool there[ADDRESSES] = { false };
	for (uint32_t i = 0; i < v.count; i++) {
		const struct busiest_entry *e = &v.entry[i];
		const uint32_t a = (uint32_t)e->addr.bytes[2] << 8 | e->addr.bytes[3];
		assert_false(there[a]);
		there[a] = true;
		assert_true(e->conns >= truth[a]);
		assert_true(e->conns - e->error <= truth[a]);
		assert_true(e->error <= n / BUSIEST_ENTRIES);
		assert_true(e->bytes <= truth[a]);
		sum += e->conns;
	}
	assert_int_equal(sum, n); /* no count is lost in this algorithm */
	for (uint32_t a = 0; a < ADDRESSES; a++)
		assert_true(truth[a] <= n / BUSIEST_ENTRIES || there[a]);
	busiest_free(b);
}

/* Every connection to another address: each takes over a counter. */
static void
test_flood(void **state)
{
	(void)state;
	static struct busiest_view v;
	struct busiest *b = make();
	for (uint32_t i = 0; i < 200000; i++) {
		add(b, 1, 10, 0);
		add(b, 2 + i, 1, 0);
	}
	busiest_publish(b, 0);
	busiest_read(b, &v);
	const struct nt_addr first = address(1);
	assert_true(nt_addr_equal(&v.entry[0].addr, &first));
	assert_int_equal(v.entry[0].conns, 200000);
	assert_int_equal(v.entry[0].error, 0);
	assert_int_equal(v.entry[0].bytes, 2000000);
	assert_true(v.entry[1].conns <= 400000 / BUSIEST_ENTRIES + 1);
	busiest_free(b);
}

static void
test_families_are_told_apart(void **state)
{
	(void)state;
	static struct busiest_view v;
	struct busiest *b = make();
	const uint8_t bytes[16] = { 1, 2, 3, 4 };
	const struct nt_addr four = nt_addr_v4(bytes), six = nt_addr_v6(bytes);
	busiest_add(b, &four, false, 1, 0);
	busiest_add(b, &six, false, 1, 0);
	busiest_publish(b, 0);
	busiest_read(b, &v);
	assert_int_equal(v.count, 2);
	busiest_free(b);
}

static void
test_when_it_is_published(void **state)
{
	(void)state;
	static struct busiest_view v;
	struct busiest *b = make();
	busiest_publish(b, NT_SEC(100));
	add(b, 1, 1, 0);
	busiest_publish(b, NT_SEC(101) - 1);
	busiest_read(b, &v);
	assert_int_equal(v.count, 0);
	busiest_publish(b, NT_SEC(101));
	busiest_read(b, &v);
	assert_int_equal(v.count, 1);
	assert_int_equal(v.since_ns, NT_SEC(100));
	/* A day later it begins anew: what was there is told a last time. */
	busiest_publish(b, NT_SEC(100) + BUSIEST_WINDOW_NS);
	busiest_read(b, &v);
	assert_int_equal(v.count, 1);
	busiest_publish(b, NT_SEC(101) + BUSIEST_WINDOW_NS);
	busiest_read(b, &v);
	assert_int_equal(v.count, 0);
	assert_int_equal(v.since_ns, NT_SEC(100) + BUSIEST_WINDOW_NS);
	add(b, 1, 1, 0);
	busiest_publish(b, NT_SEC(102) + BUSIEST_WINDOW_NS);
	busiest_read(b, &v);
	assert_int_equal(v.entry[0].conns, 1);
	busiest_free(b);
}

static atomic_bool over;

/* All that is published counts as many connections for each address as bytes. */
static void *
read_on(void *arg)
{
	static struct busiest_view v;
	while (!atomic_load_explicit(&over, memory_order_relaxed)) {
		busiest_read(arg, &v);
		uint64_t sum = 0;
		for (uint32_t i = 0; i < v.count; i++) {
			if (v.entry[i].conns != v.entry[i].bytes)
				return arg;
			sum += v.entry[i].conns;
		}
		if (sum != v.conns)
			return arg;
	}
	return NULL;
}

static void
test_readers_see_it_whole(void **state)
{
	(void)state;
	struct busiest *b = make();
	pthread_t reader;
	void *failed;
	assert_int_equal(pthread_create(&reader, NULL, read_on, b), 0);
	for (uint32_t i = 0; i < 3000; i++) {
		for (uint32_t j = 0; j < 50; j++)
			add(b, (i * j) % 400, 1, 0);
		busiest_publish(b, NT_SEC(i % 86000));
	}
	atomic_store_explicit(&over, true, memory_order_relaxed);
	pthread_join(reader, &failed);
	assert_null(failed);
	busiest_free(b);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_few_are_exact),
		cmocka_unit_test(test_bounds),
		cmocka_unit_test(test_flood),
		cmocka_unit_test(test_families_are_told_apart),
		cmocka_unit_test(test_when_it_is_published),
		cmocka_unit_test(test_readers_see_it_whole),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
