/* SPDX-License-Identifier: BSD-3-Clause */
/* Masses: every operation stays within its bound, and memory within the caps. */
#include "cache_fixture.h"

#define MASS 300000

static struct nt_name_cache_config
flood_config(void)
{
	struct nt_name_cache_config cfg = small_config();

	cfg.max_mappings = cfg.max_addresses = cfg.max_names = MASS + MASS / 2;
	cfg.max_name_bytes = (uint64_t)MASS * 64;
	cfg.max_mappings_per_address = MASS;
	return cfg;
}

static void
tell_number(struct nt_name_cache *c, uint32_t i, uint32_t addr, uint32_t to, uint32_t name)
{
	char text[32];

	snprintf(text, sizeof(text), "n%u.example", name);
	tell(c, i, i / 1000, addr, to, text, 100);
}

/* A bound on a walk that is met is counted; what was found is still a name of that address. */
static void
test_address_with_masses_of_names(void **state NT_UNUSED)
{
	struct nt_name_cache_config cfg = flood_config();
	struct nt_name_cache *c = cache_with(&cfg);
	struct nt_name_query q = conn(1, 7, MASS, MASS / 1000, MASS, MASS / 1000);

	for (uint32_t i = 1; i <= MASS; i++)
		tell_number(c, i, 1, 7, i);
	expect_names(c, conn(1, 8, MASS, MASS / 1000, MASS, MASS / 1000), true,
		"other n300000.example n299999.example n299998.example +");
	assert_int_equal(stats_of(c).lookup_cut, 0);
	/* The client's own are not in this order: beyond the bound they are not looked at. */
	for (unsigned int i = 0; i < 100; i++) {
		struct nt_name_result r;

		assert_true(nt_name_cache_lookup(c, &q, true, &r));
		assert_int_equal(r.match, NT_MATCH_CLIENT);
	}
	assert_int_equal(stats_of(c).lookup_cut, 100);
	nt_name_cache_purge(c, NT_SEC(T0 + 100000), UINT32_MAX);
	assert_int_equal(stats_of(c).mappings, 0);
	nt_name_cache_free(c);
}

static void
test_name_with_masses_of_addresses(void **state NT_UNUSED)
{
	struct nt_name_cache_config cfg = flood_config();
	struct nt_name_cache *c = cache_with(&cfg);

	for (uint32_t i = 1; i <= MASS; i++)
		tell_number(c, i, i, 7, 1);
	expect_names(c, conn(MASS / 2, 7, MASS, 200, MASS, 300), true, "client n1.example");
	assert_int_equal(stats_of(c).names, 1);
	assert_int_equal(stats_of(c).addresses, MASS);
	nt_name_cache_purge(c, NT_SEC(T0 + 100000), UINT32_MAX);
	assert_int_equal(stats_of(c).names, 0);
	assert_int_equal(stats_of(c).addresses, 0);
	nt_name_cache_free(c);
}

/* One mapping told over and over: its past is bounded by time, then by the cap. */
static void
test_masses_of_versions(void **state NT_UNUSED)
{
	struct nt_name_cache_config cfg = flood_config();
	struct nt_name_cache *c;

	cfg.max_mappings = MASS / 10;
	c = cache_with(&cfg);
	for (uint32_t i = 1; i <= MASS; i++)
		tell_number(c, i, 1, 7, 1);
	assert_int_equal(stats_of(c).mappings, MASS / 10);
	assert_int_equal(stats_of(c).evicted_mappings, MASS - MASS / 10);
	expect_names(c, conn(1, 7, MASS - 100, 299, MASS, 300), true, "client n1.example");
	assert_int_equal(stats_of(c).lookup_cut, 0);
	expect_names(c, conn(1, 7, MASS - 20000, 280, MASS, 300), true, "none");
	assert_true(stats_of(c).lookup_cut > 0);
	nt_name_cache_free(c);
}

/* An address of 200 names and 300 clients, everybody asking every two minutes. */
static void
test_busy_address_is_never_cut(void **state NT_UNUSED)
{
	struct nt_name_cache_config cfg = flood_config();
	struct nt_name_cache *c = cache_with(&cfg);
	uint32_t asked = 0;

	for (uint32_t i = 1; i <= 240000; i++) {
		/* 50 a second; a lookup when the connection of a minute ago is pinned. */
		int64_t sec = i / 50;
		uint32_t to = 1 + i * 7 % 300, name = i * 31 % 200;
		char text[32];

		snprintf(text, sizeof(text), "n%u.example", name);
		tell(c, i, sec, 1, to, text, 120);
		if (i % 64 == 0)
			nt_name_cache_purge(c, NT_SEC(T0 + sec), 256);
		if (i % 1000 == 0 && i > 60000) {
			struct nt_name_query q = conn(1, 400, i - 3000, sec - 60, i, sec);
			struct nt_name_result r;

			assert_true(nt_name_cache_lookup(c, &q, asked++ % 2, &r));
			assert_int_equal(r.match, NT_MATCH_OTHER);
		}
	}
	assert_int_equal(stats_of(c).lookup_cut, 0);
	assert_int_equal(stats_of(c).evicted_mappings, 0);
	nt_name_cache_free(c);
}

/* Addresses that have one place in an index under a known key, and none in common under another. */
static void
test_chosen_collisions_need_the_key(void **state NT_UNUSED)
{
	enum {
		CHOSEN = 500
	};
	const struct nt_name_cache_config cfg = small_config();
	const struct nt_hash_key fixed = nt_hash_key_fixed();
	struct nt_name_cache *known = cache_with(&cfg), *other;
	struct nt_hash_key key;

	assert_int_equal(nt_hash_key_random(&key), 0);
	other = nt_name_cache_new(&cfg, &key);
	assert_non_null(other);
	for (uint32_t i = 0, n = 0; n < CHOSEN; i++) {
		const struct nt_addr a = address(i);

		/* The place is chosen by the top of a tag, which is the low half of the key. */
		if ((uint32_t)nt_addr_key(&fixed, &a) >> 24 != 0)
			continue;
		n++;
		assert_int_equal(tell(known, n, 0, i, 0, "a.example", 100), NT_NAME_NEW);
		assert_int_equal(tell(other, n, 0, i, 0, "a.example", 100), NT_NAME_NEW);
	}
	assert_true(stats_of(known).longest_probe >= CHOSEN - 10);
	assert_in_range(stats_of(other).longest_probe, 1, 100);
	nt_name_cache_free(known);
	nt_name_cache_free(other);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_address_with_masses_of_names),
		cmocka_unit_test(test_name_with_masses_of_addresses),
		cmocka_unit_test(test_masses_of_versions),
		cmocka_unit_test(test_busy_address_is_never_cut),
		cmocka_unit_test(test_chosen_collisions_need_the_key),
	};

	return cmocka_run_group_tests_name("cache_flood", tests, NULL, NULL);
}
