/* SPDX-License-Identifier: BSD-3-Clause */
#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

#include <cmocka.h>

#include "bench_addr.h"

struct sample {
	uint8_t bytes[4];
	uint8_t stays; /* leading bits that no copy changes */
};

static const struct sample samples[] = {
	{ { 10, 1, 2, 3 }, 8 },
	{ { 172, 16, 0, 1 }, 12 },
	{ { 172, 31, 255, 254 }, 12 },
	{ { 192, 168, 7, 7 }, 16 },
	{ { 93, 184, 216, 34 }, 8 },
	{ { 0, 0, 0, 0 }, 32 },
	{ { 127, 0, 0, 1 }, 32 },
	{ { 169, 254, 1, 1 }, 32 },
	{ { 224, 0, 0, 251 }, 32 },
	{ { 255, 255, 255, 255 }, 32 },
};

static uint32_t
number(const uint8_t a[4])
{
	return (uint32_t)a[0] << 24 | (uint32_t)a[1] << 16 | (uint32_t)a[2] << 8 | a[3];
}

/* Twice is nothing; network parts and special addresses stay; copy 0 is the capture. */
static void
test_v4(void **state)
{
	(void)state;
	for (unsigned int i = 0; i < NT_ARRAY_SIZE(samples); i++) {
		const uint32_t before = number(samples[i].bytes);
		for (uint32_t copy = 0; copy < 5000; copy++) {
			uint8_t a[4];
			memcpy(a, samples[i].bytes, sizeof(a));
			bench_addr_v4(a, copy);
			const uint64_t differ = number(a) ^ before;
			assert_int_equal(differ >> (32 - samples[i].stays), 0);
			assert_true(copy == 0 || samples[i].stays == 32 || differ != 0);
			assert_true(copy != 0 || differ == 0);
			bench_addr_v4(a, copy);
			assert_memory_equal(a, samples[i].bytes, sizeof(a));
		}
	}
}

/* No two copies share an address of a network with room for them. */
static void
test_copies_differ(void **state)
{
	enum {
		COPIES = 60000
	};
	static bool seen[1 << 24];
	(void)state;
	memset(seen, 0, sizeof(seen));
	for (uint32_t copy = 0; copy < COPIES; copy++) {
		uint8_t a[4] = { 10, 0, 0, 1 };
		bench_addr_v4(a, copy);
		const uint32_t host = number(a) & 0xffffff;
		assert_false(seen[host]);
		seen[host] = true;
	}
}

/* Two ends of one network keep what tells them apart. */
static void
test_ends_stay_apart(void **state)
{
	(void)state;
	uint8_t a[4] = { 10, 0, 0, 1 }, b[4] = { 10, 9, 0, 1 };
	bench_addr_v4(a, 77);
	bench_addr_v4(b, 77);
	assert_int_equal(number(a) ^ number(b), UINT32_C(9) << 16);
}

static void
test_v6(void **state)
{
	static const uint8_t special[][16] = { { 0 }, { [15] = 1 }, { 0xff, 2, [15] = 0xfb },
		{ 0xfe, 0x80, [15] = 1 } };
	const uint8_t global[16] = { 0x2a, 2, [15] = 7 };
	uint8_t a[16];
	(void)state;
	for (unsigned int i = 0; i < NT_ARRAY_SIZE(special); i++) {
		memcpy(a, special[i], sizeof(a));
		bench_addr_v6(a, 12345);
		assert_memory_equal(a, special[i], sizeof(a));
	}
	memcpy(a, global, sizeof(a));
	bench_addr_v6(a, 12345);
	assert_memory_equal(a, global, 8);
	assert_memory_not_equal(a + 8, global + 8, 8);
	bench_addr_v6(a, 12345);
	assert_memory_equal(a, global, sizeof(a));
}

static void
test_mac(void **state)
{
	(void)state;
	uint8_t host[6] = { 2, 1, 2, 3, 4, 5 }, group[6] = { 0xff, 0xff, 0xff, 0xff, 0xff, 0xff };
	const uint8_t before[6] = { 2, 1, 2, 3, 4, 5 };
	bench_addr_mac(host, 9);
	assert_memory_equal(host, before, 3);
	assert_memory_not_equal(host, before, 6);
	bench_addr_mac(host, 9);
	assert_memory_equal(host, before, 6);
	bench_addr_mac(group, 9);
	for (unsigned int i = 0; i < 6; i++)
		assert_int_equal(group[i], 0xff);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_v4),
		cmocka_unit_test(test_copies_differ),
		cmocka_unit_test(test_ends_stay_apart),
		cmocka_unit_test(test_v6),
		cmocka_unit_test(test_mac),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
