/* SPDX-License-Identifier: BSD-3-Clause */
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include <rte_ethdev.h>
#include <rte_thash.h>

#include "port_rss.h"

#define KEY_LEN 52
#define WORDS	9 /* IPv6 addresses and ports */

static uint32_t
random_word(void)
{
	return (uint32_t)rand() << 16 ^ (uint32_t)rand();
}

static void
swap(uint32_t *a, uint32_t *b, unsigned int n)
{
	for (unsigned int i = 0; i < n; i++) {
		const uint32_t t = a[i];
		a[i] = b[i];
		b[i] = t;
	}
}

static void
test_symmetric(void **state)
{
	uint8_t key[KEY_LEN];
	uint32_t w[WORDS];
	(void)state;
	for (int k = 0; k < 200; k++) {
		uint16_t pattern;
		assert_int_equal(port_rss_pattern(&pattern), 0);
		port_rss_key(key, sizeof(key), pattern);
		for (int i = 0; i < 50; i++) {
			for (unsigned int j = 0; j < WORDS; j++)
				w[j] = random_word();
			/* two IPv4 addresses, alone and with ports */
			const uint32_t v4 = rte_softrss(w, 2, key);
			const uint32_t v4_ports = rte_softrss(w, 3, key);
			swap(w, w + 1, 1);
			assert_int_equal(rte_softrss(w, 2, key), v4);
			w[2] = w[2] << 16 | w[2] >> 16;
			assert_int_equal(rte_softrss(w, 3, key), v4_ports);
			/* two IPv6 addresses likewise */
			const uint32_t v6 = rte_softrss(w, 8, key);
			const uint32_t v6_ports = rte_softrss(w, 9, key);
			swap(w, w + 4, 4);
			assert_int_equal(rte_softrss(w, 8, key), v6);
			w[8] = w[8] << 16 | w[8] >> 16;
			assert_int_equal(rte_softrss(w, 9, key), v6_ports);
		}
	}
}

/* The test above would not pass with any key. */
static void
test_others_are_not(void **state)
{
	uint8_t key[KEY_LEN];
	const uint32_t ab[] = { 0x0a000001, 0xc0a80105 }, ba[] = { 0xc0a80105, 0x0a000001 };
	(void)state;
	for (unsigned int i = 0; i < sizeof(key); i++)
		key[i] = (uint8_t)(i * 37 + 11);
	uint32_t a[2], b[2];
	memcpy(a, ab, sizeof(a));
	memcpy(b, ba, sizeof(b));
	assert_int_not_equal(rte_softrss(a, 2, key), rte_softrss(b, 2, key));
}

/* With every pattern that may be drawn, no hash of the 2^16 is left out. */
static void
test_even(void **state)
{
	static uint8_t seen[1 << 16];
	uint8_t key[KEY_LEN];
	(void)state;
	for (int k = 0; k < 16; k++) {
		uint16_t pattern;
		assert_int_equal(port_rss_pattern(&pattern), 0);
		port_rss_key(key, sizeof(key), pattern);
		memset(seen, 0, sizeof(seen));
		for (uint32_t i = 0; i < 1 << 16; i++) {
			uint32_t w[2] = { 0x0a000000 | i, 0xc0000201 };
			const uint32_t h = rte_softrss(w, 2, key);
			assert_int_equal(h >> 16, h & 0xffff);
			assert_int_equal(seen[h & 0xffff]++, 0);
		}
	}
}

static void
test_patterns_differ(void **state)
{
	uint16_t first, pattern;
	bool differ = false;
	(void)state;
	assert_int_equal(port_rss_pattern(&first), 0);
	for (int i = 0; i < 100; i++) {
		assert_int_equal(port_rss_pattern(&pattern), 0);
		assert_int_equal(__builtin_popcount(pattern) % 2, 1);
		differ = differ || pattern != first;
	}
	assert_true(differ);
}

static void
test_types(void **state)
{
	bool by_ports;
	(void)state;
	assert_int_equal(port_rss_types(0, &by_ports), 0);
	assert_int_equal(port_rss_types(RTE_ETH_RSS_L2_PAYLOAD, &by_ports), 0);
	assert_int_equal(port_rss_types(RTE_ETH_RSS_IPV4 | RTE_ETH_RSS_IPV6 | RTE_ETH_RSS_TCP |
						RTE_ETH_RSS_UDP,
				 &by_ports),
		RTE_ETH_RSS_IPV4 | RTE_ETH_RSS_IPV6);
	assert_false(by_ports);
	const uint64_t layer4 = RTE_ETH_RSS_FRAG_IPV4 | RTE_ETH_RSS_NONFRAG_IPV4_TCP |
				RTE_ETH_RSS_NONFRAG_IPV4_UDP | RTE_ETH_RSS_NONFRAG_IPV6_TCP;
	assert_int_equal(port_rss_types(layer4, &by_ports), layer4);
	assert_true(by_ports);
}

/* Both directions of a split tap come to the same worker, whatever the cards' tables are like. */
static void
test_tables(void **state)
{
	static const uint16_t sizes[] = { 128, 512, 2048 };
	(void)state;
	for (uint16_t queues = 1; queues <= 16; queues++) {
		unsigned int share[16] = { 0 };
		for (uint32_t hash = 0; hash < 65536; hash += 7)
			for (unsigned int k = 0; k < NT_ARRAY_SIZE(sizes); k++)
				assert_int_equal(
					port_rss_entry((uint16_t)(hash % sizes[k]), 128, queues),
					port_rss_entry((uint16_t)(hash % 128), 128, queues));
		for (uint16_t i = 0; i < 128; i++)
			share[port_rss_entry(i, 128, queues)]++;
		for (uint16_t q = 0; q < queues; q++)
			assert_in_range(share[q], 128 / queues, 128 / queues + 1);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_symmetric),
		cmocka_unit_test(test_others_are_not),
		cmocka_unit_test(test_even),
		cmocka_unit_test(test_patterns_differ),
		cmocka_unit_test(test_types),
		cmocka_unit_test(test_tables),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
