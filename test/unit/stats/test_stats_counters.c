/* SPDX-License-Identifier: BSD-3-Clause */
#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

#include <nt_counters.h>

#include <cmocka.h>

static void
names_are_unique_and_explained(void **state)
{
	(void)state;
	for (unsigned int i = 0; i < NT_COUNTER_COUNT; i++) {
		const struct nt_counter_info *a = nt_counter_info(i);

		assert_non_null(a);
		assert_true(strlen(a->name) > 0 && strlen(a->unit) > 0 && strlen(a->help) > 0);
		for (const char *c = a->name; *c != '\0'; c++)
			assert_non_null(strchr("abcdefghijklmnopqrstuvwxyz0123456789_", *c));
		for (unsigned int k = 0; k < i; k++)
			assert_string_not_equal(a->name, nt_counter_info(k)->name);
	}
	assert_null(nt_counter_info(NT_COUNTER_COUNT));
}

/* The blocks that stand for an enum are whole and begin where they should. */
static void
blocks_have_their_places(void **state)
{
	static const struct {
		unsigned int first, count;
		const char *prefix, *head;
	} blocks[] = {
		{ NT_COUNTER_PACKETS_OK, NT_COUNTER_PACKET_REASONS, "packets_", "packets_ok" },
		{ NT_COUNTER_DNS_OK, NT_COUNTER_DNS_REASONS, "dns_", "dns_ok" },
		{ NT_COUNTER_DNS_MATCHED, NT_COUNTER_DNS_VERDICTS, "dns_", "dns_matched" },
		{ NT_COUNTER_SRC_UNKNOWN, NT_COUNTER_SOURCES, "src_", "src_unknown" },
	};

	(void)state;
	for (unsigned int i = 0; i < NT_ARRAY_SIZE(blocks); i++) {
		assert_string_equal(nt_counter_info(blocks[i].first)->name, blocks[i].head);
		assert_true(blocks[i].count >= 5 && blocks[i].count < 32);
		for (unsigned int k = 0; k < blocks[i].count; k++)
			assert_memory_equal(nt_counter_info(blocks[i].first + k)->name,
				blocks[i].prefix, strlen(blocks[i].prefix));
	}
}

static void
every_counter_is_in_one_group(void **state)
{
	struct nt_counter_group g;
	unsigned int next = 0, i = 0;

	(void)state;
	for (; nt_counter_group(i, &g); i++) {
		assert_int_equal(g.first, next);
		assert_true(g.count > 0);
		assert_true(strlen(g.title) > 0);
		for (const char *c = g.name; *c; c++)
			assert_true((*c >= 'a' && *c <= 'z') || *c == '_');
		next = g.first + g.count;
	}
	assert_int_equal(next, NT_COUNTER_COUNT);
	assert_true(i > 5);
}

static void
sums_over_workers(void **state)
{
	static struct nt_counters w[3], sum;
	const struct nt_counters *all[] = { &w[0], &w[1], &w[2] };

	(void)state;
	assert_int_equal((uintptr_t)&w[1] % NT_CACHE_LINE, 0);
	for (unsigned int i = 0; i < 3; i++)
		for (unsigned int id = 0; id < NT_COUNTER_COUNT; id++)
			nt_counter_add(&w[i], (enum nt_counter)id, 10 * i + id);
	nt_counter_set(&w[2], NT_COUNTER_RX_DROPPED, 7);
	sum.n[0] = 99;
	nt_counters_sum(&sum, all, 3);
	for (unsigned int id = 0; id < NT_COUNTER_COUNT; id++) {
		uint64_t want = id == NT_COUNTER_RX_DROPPED ? 10 + 2 * id + 7 : 30 + 3 * id;
		assert_int_equal(nt_counter_read(&sum, (enum nt_counter)id), want);
	}
	nt_counters_sum(&sum, all, 0);
	assert_int_equal(nt_counter_read(&sum, NT_COUNTER_PACKETS), 0);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(names_are_unique_and_explained),
		cmocka_unit_test(blocks_have_their_places),
		cmocka_unit_test(every_counter_is_in_one_group),
		cmocka_unit_test(sums_over_workers),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
