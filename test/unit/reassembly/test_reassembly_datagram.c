/* SPDX-License-Identifier: BSD-3-Clause */
#include "fragments.h"

static struct nt_datagrams *d;

static int
setup(void **state)
{
	(void)state;
	d = make_table(16, 1 << 20, 0);
	return 0;
}

static int
teardown(void **state)
{
	(void)state;
	nt_datagrams_free(d);
	return 0;
}

static void
test_in_order(void **state)
{
	(void)state;
	assert_int_equal(add(d, fragment(0, 1480, true)), 0);
	assert_int_equal(add(d, fragment(1480, 1480, true)), 0);
	assert_int_equal(stats_of(d).under_way, 1);
	assert_payload(add(d, fragment(2960, 60, false)), pattern, 3020);
	assert_int_equal(stats_of(d).under_way, 0);
	assert_int_equal(stats_of(d).completed, 1);
	assert_int_equal(stats_of(d).fragments, 3);
}

static void
test_reversed(void **state)
{
	(void)state;
	assert_int_equal(add(d, fragment(2960, 60, false)), 0);
	assert_int_equal(add(d, fragment(1480, 1480, true)), 0);
	assert_payload(add(d, fragment(0, 1480, true)), pattern, 3020);
}

/* The n-th of the 24 orders of four. */
static void
order_of_four(unsigned int n, unsigned int ret[4])
{
	unsigned int left[4] = { 0, 1, 2, 3 };

	for (unsigned int i = 4; i > 0; i--) {
		unsigned int pick = n % i;

		n /= i;
		ret[4 - i] = left[pick];
		memmove(&left[pick], &left[pick + 1], (3 - pick) * sizeof(left[0]));
	}
}

static void
test_all_orders_of_four(void **state)
{
	(void)state;
	for (unsigned int n = 0; n < 24; n++) {
		unsigned int order[4];
		uint32_t len = 0;

		order_of_four(n, order);
		for (unsigned int i = 0; i < 4; i++) {
			assert_int_equal(len, 0);
			len = add(
				d, fragment(order[i] * 800, order[i] == 3 ? 8 : 800, order[i] < 3));
		}
		assert_payload(len, pattern, 2408);
	}
	assert_int_equal(stats_of(d).completed, 24);
	assert_int_equal(stats_of(d).repeats + stats_of(d).overlaps, 0);
}

static void
test_repeats(void **state)
{
	(void)state;
	assert_int_equal(add(d, fragment(0, 800, true)), 0);
	assert_int_equal(add(d, fragment(0, 800, true)), 0);
	assert_int_equal(add(d, fragment(8, 8, true)), 0);
	assert_payload(add(d, fragment(800, 10, false)), pattern, 810);
	assert_int_equal(stats_of(d).repeats, 2);
	assert_int_equal(stats_of(d).overlaps, 0);
}

/* What comes after the end is the beginning of another one. */
static void
test_surplus(void **state)
{
	(void)state;
	add(d, fragment(0, 800, true));
	assert_payload(add(d, fragment(800, 10, false)), pattern, 810);
	assert_int_equal(add(d, fragment(800, 10, false)), 0);
	assert_int_equal(stats_of(d).under_way, 1);
	assert_payload(add(d, fragment(0, 800, true)), pattern, 810);
	assert_int_equal(stats_of(d).completed, 2);
}

/* Over the head, the tail, the middle and all of the first: what came first stays. */
static void
test_overlaps(void **state)
{
	static const struct {
		uint32_t off, len;
	} late[] = { { 0, 480 }, { 720, 200 }, { 408, 16 }, { 0, 1000 } };
	uint8_t other[1000], want[1208];

	(void)state;
	memset(other, 'x', sizeof(other));
	for (size_t i = 0; i < NT_ARRAY_SIZE(late); i++) {
		uint32_t len;

		memcpy(want, pattern, sizeof(want));
		memset(want + late[i].off, 'x', late[i].len);
		memcpy(want + 400, pattern + 400, 400);
		assert_int_equal(add(d, fragment(400, 400, true)), 0);
		assert_int_equal(add(d, fragment_of(other, late[i].off, late[i].len, true)), 0);
		assert_int_equal(stats_of(d).overlaps, 1);
		len = add(d, fragment(800, 408, false));
		assert_payload(len ? len : add(d, fragment(0, 400, true)), want, 1208);
		nt_datagrams_free(d);
		d = make_table(16, 1 << 20, 0);
	}
}

/* CVE-1997-0015: the second lies within the first. */
static void
test_teardrop(void **state)
{
	(void)state;
	assert_int_equal(add(d, fragment(0, 36, true)), 0);
	assert_payload(add(d, fragment(24, 4, false)), pattern, 36);
	assert_int_equal(stats_of(d).repeats, 1);
}

/* The larger end counts, wherever it comes from. */
static void
test_two_ends(void **state)
{
	(void)state;
	add(d, fragment(800, 8, false));
	add(d, fragment(800, 80, false));
	assert_payload(add(d, fragment(0, 800, true)), pattern, 880);
	add(d, fragment(800, 80, false));
	add(d, fragment(800, 8, false));
	assert_payload(add(d, fragment(0, 800, true)), pattern, 880);
	add(d, fragment(800, 8, false));
	add(d, fragment(880, 8, true));
	assert_int_equal(add(d, fragment(0, 800, true)), 0);
	assert_payload(add(d, fragment(808, 72, true)), pattern, 888);
}

/* More came before the end was known, behind a hole or not. */
static void
test_beyond_the_end(void **state)
{
	(void)state;
	add(d, fragment(1600, 8, true));
	add(d, fragment(0, 800, true));
	assert_payload(add(d, fragment(800, 8, false)), pattern, 808);
	add(d, fragment(808, 8, true));
	add(d, fragment(0, 800, true));
	assert_payload(add(d, fragment(800, 8, false)), pattern, 816);
}

/* The lengths are what they are. */
static void
test_not_multiples_of_eight(void **state)
{
	(void)state;
	add(d, fragment(0, 13, true));
	assert_int_equal(add(d, fragment(16, 5, false)), 0);
	assert_payload(add(d, fragment(8, 8, true)), pattern, 21);
}

/* No payload: tells the end, never completes. */
static void
test_empty_last(void **state)
{
	(void)state;
	add(d, fragment(800, 0, false));
	assert_payload(add(d, fragment(0, 800, true)), pattern, 800);
	add(d, fragment(0, 800, true));
	assert_int_equal(add(d, fragment(800, 0, false)), 0);
	assert_payload(add(d, fragment(0, 8, true)), pattern, 800);
	assert_int_equal(add(d, fragment(0, 0, false)), 0);
	assert_int_equal(add(d, fragment(0, 8, true)), 0);
}

static void
test_keys(void **state)
{
	struct nt_fragment a = fragment(0, 8, true), b = fragment(8, 8, false), c = b;

	(void)state;
	add(d, a);
	b.id++;
	assert_int_equal(add(d, b), 0);
	b = c;
	b.src.bytes[3]++;
	assert_int_equal(add(d, b), 0);
	b = c;
	b.dst.bytes[3]++;
	assert_int_equal(add(d, b), 0);
	b = c;
	b.src = c.dst;
	b.dst = c.src;
	assert_int_equal(add(d, b), 0);
	assert_int_equal(stats_of(d).under_way, 5);
	/* The protocol is no part of it. */
	c.proto = TCP;
	assert_payload(add(d, c), pattern, 16);
}

/* An old fragment of another one with the same id: mixed, as by whoever keeps them. */
static void
test_same_id_again(void **state)
{
	uint8_t other[2000];

	(void)state;
	memset(other, 'o', sizeof(other));
	add(d, fragment_of(other, 1600, 400, true));
	add(d, fragment(0, 1600, true));
	assert_int_equal(add(d, fragment(1600, 100, false)) > 0, true);
	assert_memory_equal(out + LINK_LEN + 20, pattern, 1600);
	assert_memory_equal(out + LINK_LEN + 20 + 1600, other, 400);
	assert_int_equal(stats_of(d).overlaps, 1);
}

static void
test_clear(void **state)
{
	(void)state;
	add(d, fragment(0, 8, true));
	nt_datagrams_clear(d);
	assert_int_equal(stats_of(d).under_way, 0);
	assert_int_equal(add(d, fragment(8, 8, false)), 0);
	nt_datagrams_free(NULL);
}

/* The most holes that there can be: every second one first. */
static void
test_many_small(void **state)
{
	(void)state;
	for (uint32_t off = 8; off < 65000; off += 16)
		assert_int_equal(add(d, fragment(off, 8, true)), 0);
	for (uint32_t off = 0; off < 65000; off += 16)
		assert_int_equal(add(d, fragment(off, 8, true)), 0);
	assert_payload(add(d, fragment(65000, 8, false)), pattern, 65008);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(test_in_order),
		TEST(test_reversed),
		TEST(test_all_orders_of_four),
		TEST(test_repeats),
		TEST(test_surplus),
		TEST(test_overlaps),
		TEST(test_teardrop),
		TEST(test_two_ends),
		TEST(test_beyond_the_end),
		TEST(test_not_multiples_of_eight),
		TEST(test_empty_last),
		TEST(test_keys),
		TEST(test_same_id_again),
		TEST(test_clear),
		TEST(test_many_small),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
