/* SPDX-License-Identifier: BSD-3-Clause */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <cmocka.h>

#include <nt_addr.h>

static bool
has(const struct nt_netset *set, const char *text)
{
	struct nt_addr a;

	assert_int_equal(nt_addr_parse(text, &a), 0);
	return nt_netset_has(set, &a);
}

static void
test_add_and_has(void **state)
{
	struct nt_netset set = { 0 };

	(void)state;
	assert_false(has(&set, "10.0.0.1"));
	assert_int_equal(nt_netset_add(&set, "10.1.2.3/9"), 1); /* host bits are dropped */
	assert_int_equal(nt_netset_add(&set, "192.0.2.7"), 0);
	assert_int_equal(nt_netset_add(&set, "2001:db8::/33"), 0);
	assert_true(has(&set, "10.0.0.0"));
	assert_true(has(&set, "10.127.255.255"));
	assert_false(has(&set, "10.128.0.0"));
	assert_true(has(&set, "192.0.2.7"));
	assert_false(has(&set, "192.0.2.6"));
	assert_true(has(&set, "2001:db8:7fff::"));
	assert_false(has(&set, "2001:db8:8000::"));
}

static void
test_families_apart(void **state)
{
	struct nt_netset v4 = { 0 }, v6 = { 0 };

	(void)state;
	assert_int_equal(nt_netset_add(&v4, "0.0.0.0/0"), 0);
	assert_int_equal(nt_netset_add(&v6, "::/0"), 0);
	assert_true(has(&v4, "1.2.3.4"));
	assert_false(has(&v4, "::1"));
	assert_true(has(&v6, "ffff::1"));
	assert_false(has(&v6, "1.2.3.4"));
	assert_true(has(&v4, "::ffff:1.2.3.4"));
	assert_false(has(&v6, "::ffff:1.2.3.4"));
}

static void
test_rejects(void **state)
{
	static const char *const bad[] = { "", "/8", "10.0.0.0/", "10.0.0.0/33", "10.0.0.0/-1",
		"10.0.0.0/8x", "10.0.0.0/8/8", "::/129", "10.0.0/8", "10.0.0.0/99999999999",
		"1111:2222:3333:4444:5555:6666:7777:8888:9999:aaaa/12" };
	struct nt_netset set = { 0 };

	(void)state;
	for (size_t i = 0; i < NT_ARRAY_SIZE(bad); i++)
		assert_int_equal(nt_netset_add(&set, bad[i]), -EINVAL);
	assert_int_equal(set.count, 0);
}

static void
test_full(void **state)
{
	struct nt_netset set = { 0 };

	(void)state;
	for (int i = 0; i < NT_NETSET_MAX; i++)
		assert_int_equal(nt_netset_add(&set, "192.0.2.0/24"), 0);
	assert_int_equal(nt_netset_add(&set, "192.0.2.0/24"), -ENOSPC);
	nt_netset_add_private(&set);
	assert_int_equal(set.count, NT_NETSET_MAX);
}

static void
test_private(void **state)
{
	static const char *const in[] = { "10.1.2.3", "172.31.255.255", "192.168.0.1", "100.64.0.1",
		"169.254.1.1", "127.0.0.1", "224.0.0.251", "239.255.255.250", "255.255.255.255",
		"0.0.0.0", "::", "::1", "fe80::1", "fd00::1", "2001:db8::1", "2001::1",
		"2002:a01::1", "2002:c0a8:1::" };
	static const char *const out[] = { "8.8.8.8", "172.32.0.0", "100.128.0.1", "224.0.1.1",
		"ff02::fb", "2001:4860::1", "2002:808:808::1", "64:ff9b::1.2.3.4", "1.0.0.1" };
	struct nt_netset set = { 0 };

	(void)state;
	nt_netset_add_private(&set);
	for (size_t i = 0; i < NT_ARRAY_SIZE(in); i++)
		assert_true(has(&set, in[i]));
	for (size_t i = 0; i < NT_ARRAY_SIZE(out); i++)
		assert_false(has(&set, out[i]));
}

/* The plain way: each network, bit by bit. */
static bool
naive_has(const struct nt_netset *set, const struct nt_addr *a)
{
	for (unsigned int i = 0; i < set->count; i++) {
		const struct nt_net *net = &set->nets[i];
		unsigned int bit = 0;

		if (net->addr.family != a->family)
			continue;
		while (bit < net->prefix_len &&
			!((net->addr.bytes[bit / 8] ^ a->bytes[bit / 8]) >> (7 - bit % 8) & 1))
			bit++;
		if (bit == net->prefix_len)
			return true;
	}
	return false;
}

/* Few different bits, so that networks overlap, touch and contain one another. */
static struct nt_addr
random_address(bool v6)
{
	uint8_t bytes[16];

	for (size_t i = 0; i < sizeof(bytes); i++)
		bytes[i] = (uint8_t)(rand() % 4 ? (rand() % 2 ? 0xff : 0) : rand());
	bytes[0] |= 0x20; /* not IPv4-mapped */
	return v6 ? nt_addr_v6(bytes) : nt_addr_v4(bytes);
}

/* Each edge of a network, and what lies next to it. */
static void
check_edges(const struct nt_netset *set, const struct nt_net *net)
{
	struct nt_addr a = net->addr;
	const int end = a.family == NT_FAMILY_IPV4 ? 3 : 15;

	for (int side = 0; side < 2; side++) {
		assert_int_equal(nt_netset_has(set, &a), naive_has(set, &a));
		for (int i = end; i >= 0 && (side ? a.bytes[i]++ == 0xff : a.bytes[i]-- == 0); i--)
			continue;
		if (!nt_addr_is_mapped(&a))
			assert_int_equal(nt_netset_has(set, &a), naive_has(set, &a));
		a = net->addr;
		for (unsigned int bit = net->prefix_len; bit < (unsigned int)(end + 1) * 8; bit++)
			a.bytes[bit / 8] |= (uint8_t)(0x80 >> bit % 8);
	}
}

static void
test_random_sets(void **state)
{
	static struct nt_netset set;
	char text[NT_ADDR_STRLEN + 8];

	(void)state;
	srand(11);
	for (int round = 0; round < 60; round++) {
		const int count = rand() % (round % 3 ? 12 : NT_NETSET_MAX + 1);

		memset(&set, 0, sizeof(set));
		for (int i = 0; i < count; i++) {
			const bool v6 = rand() % 2;
			const struct nt_addr a = random_address(v6);
			const size_t len = nt_addr_format(&a, text);
			const int prefix = v6 ? rand() % 129 : rand() % 33;

			snprintf(text + len, 8, "/%d", rand() % 8 ? NT_MAX(prefix, 6) : prefix);
			assert_in_range(nt_netset_add(&set, text), 0, 1);
		}
		for (int i = 0; i < 2000; i++) {
			const struct nt_addr a = random_address(rand() % 2);

			assert_int_equal(nt_netset_has(&set, &a), naive_has(&set, &a));
		}
		for (int i = 0; i < count; i++)
			check_edges(&set, &set.nets[i]);
	}
}

/* What touches becomes one range; the order in which they came is not to be seen. */
static void
test_ranges(void **state)
{
	static const char *const nets[] = { "10.0.0.0/9", "11.0.0.0/8", "10.128.0.0/9",
		"10.1.0.0/16", "255.255.255.255", "0.0.0.0", "255.255.255.254" };
	struct nt_netset there = { 0 }, back = { 0 };

	(void)state;
	for (size_t i = 0; i < NT_ARRAY_SIZE(nets); i++) {
		assert_int_equal(nt_netset_add(&there, nets[i]), 0);
		assert_int_equal(nt_netset_add(&back, nets[NT_ARRAY_SIZE(nets) - 1 - i]), 0);
	}
	assert_int_equal(there.ranges[0].count, 3);
	assert_int_equal(there.ranges[1].count, 0);
	assert_memory_equal(there.ranges, back.ranges, sizeof(there.ranges));
}

static bool
has_text(const struct nt_netset *set, const char *text)
{
	struct nt_addr a;

	assert_int_equal(nt_addr_parse(text, &a), 0);
	return nt_netset_has(set, &a);
}

/* Ranges that begin and end in the middle of an address's first byte, with whole ones between. */
static void
test_range_of_bytes(void **state)
{
	static const char *const nets[] = { "9.128.0.0/9", "10.0.0.0/8", "11.0.0.0/9", "32.0.0.0/8",
		"33.0.0.0/9", "63.128.0.0/9", "64.0.0.0/8" };
	static const char *const in[] = { "9.128.0.0", "10.0.0.1", "11.127.255.255", "32.0.0.0",
		"33.127.255.255", "63.255.255.255", "64.255.255.255" };
	static const char *const out[] = { "9.127.255.255", "11.128.0.0", "8.0.0.0", "12.0.0.0",
		"31.255.255.255", "33.128.0.0", "63.127.255.255", "65.0.0.0" };
	struct nt_netset set = { 0 };

	(void)state;
	for (size_t i = 0; i < NT_ARRAY_SIZE(nets); i++)
		assert_int_equal(nt_netset_add(&set, nets[i]), 0);
	for (size_t i = 0; i < NT_ARRAY_SIZE(in); i++)
		assert_true(has_text(&set, in[i]));
	for (size_t i = 0; i < NT_ARRAY_SIZE(out); i++)
		assert_false(has_text(&set, out[i]));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_add_and_has),
		cmocka_unit_test(test_families_apart),
		cmocka_unit_test(test_rejects),
		cmocka_unit_test(test_full),
		cmocka_unit_test(test_private),
		cmocka_unit_test(test_random_sets),
		cmocka_unit_test(test_ranges),
		cmocka_unit_test(test_range_of_bytes),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
