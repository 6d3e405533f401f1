/* SPDX-License-Identifier: BSD-3-Clause */
#include "cache_fixture.h"

static void
tell_numbered(struct nt_name_cache *c, uint64_t i, uint32_t addr, uint32_t to, int64_t ttl_sec)
{
	char name[32];

	snprintf(name, sizeof(name), "n%u.example", (unsigned int)i);
	tell(c, i, (int64_t)i / 100, addr, to, name, ttl_sec);
}

static void
test_config(void **state NT_UNUSED)
{
	struct nt_name_cache_config cfg = small_config();
	struct nt_hash_key key = nt_hash_key_fixed();

	cfg.max_per_record = NT_NAME_VALS_MAX + 1;
	assert_null(nt_name_cache_new(&cfg, &key));
	assert_int_equal(errno, EINVAL);
	cfg.max_per_record = 1;
	cfg.max_names = 0;
	assert_null(nt_name_cache_new(&cfg, &key));
	nt_name_cache_free(NULL);
}

/* The one that expires first goes, to within a tick of the wheel. */
static void
test_max_mappings(void **state NT_UNUSED)
{
	struct nt_name_cache_config cfg = small_config();
	struct nt_name_cache *c;

	cfg.max_mappings = 10;
	c = cache_with(&cfg);
	tell(c, 1, 0, 1, 7, "long", 5000);
	tell(c, 2, 0, 2, 7, "short", 50);
	for (uint64_t i = 3; i <= 11; i++)
		tell_numbered(c, i, (uint32_t)i, 7, 1000);
	assert_int_equal(stats_of(c).mappings, 10);
	assert_int_equal(stats_of(c).evicted_mappings, 1);
	expect_names(c, conn(1, 7, 11, 1, 12, 2), true, "client long");
	expect_names(c, conn(2, 7, 11, 1, 12, 2), true, "none");
	nt_name_cache_free(c);
}

static void
test_max_addresses(void **state NT_UNUSED)
{
	struct nt_name_cache_config cfg = small_config();
	struct nt_name_cache *c;

	cfg.max_addresses = 10;
	c = cache_with(&cfg);
	for (uint64_t i = 1; i <= 100; i++)
		tell_numbered(c, i, (uint32_t)i, 7, 100 * (int64_t)i);
	assert_int_equal(stats_of(c).addresses, 10);
	assert_int_equal(stats_of(c).mappings, 10);
	assert_int_equal(stats_of(c).evicted_addresses, 90);
	nt_name_cache_free(c);
}

/* Clients of IPv6 count, each once. */
static void
test_max_addresses_ipv6(void **state NT_UNUSED)
{
	struct nt_name_cache_config cfg = small_config();
	struct nt_name_cache *c;

	cfg.max_addresses = 10;
	c = cache_with(&cfg);
	for (uint64_t i = 1; i <= 100; i++) {
		const uint8_t bytes[16] = { 0x20, 1, (uint8_t)(i / 3) };
		struct nt_mapping m = { .addr = address((uint32_t)i),
			.client = nt_addr_v6(bytes),
			.position = i,
			.seen_ns = NT_SEC(T0),
			.expires_ns = NT_SEC(T0 + 100 * (int64_t)i),
			.source = NT_SOURCE_DNS_A,
			.name = "x",
			.name_len = 1 };

		assert_int_equal(nt_name_cache_add(c, &m), NT_NAME_NEW);
	}
	/* 94 to 100 were told to the clients 31 to 33. */
	assert_int_equal(stats_of(c).mappings, 7);
	assert_int_equal(stats_of(c).addresses, 10);
	nt_name_cache_clear(c);
	assert_int_equal(stats_of(c).addresses, 0);
	nt_name_cache_free(c);
}

static void
test_max_names(void **state NT_UNUSED)
{
	struct nt_name_cache_config cfg = small_config();
	struct nt_name_cache *c;

	cfg.max_names = 10;
	c = cache_with(&cfg);
	for (uint64_t i = 1; i <= 100; i++)
		tell_numbered(c, i, (uint32_t)i, 7, 100 * (int64_t)i);
	assert_int_equal(stats_of(c).names, 10);
	assert_int_equal(stats_of(c).evicted_names, 90);
	nt_name_cache_free(c);
}

/* Long names after short ones: the pages change hands. */
static void
test_max_name_bytes(void **state NT_UNUSED)
{
	struct nt_name_cache_config cfg = small_config();
	struct nt_name_cache *c;
	char name[256];

	cfg.max_name_bytes = 4096 * 10;
	cfg.max_names = cfg.max_mappings = cfg.max_addresses = 100000;
	c = cache_with(&cfg);
	for (uint64_t i = 1; i <= 10000; i++) {
		/* First those of 12 characters, then those of 250. */
		snprintf(name, sizeof(name), "%0*u", i < 5000 ? 12 : 250, (unsigned int)i);
		tell(c, i, 0, (uint32_t)i % 50, 7, name, 10 * (int64_t)i);
	}
	assert_true(stats_of(c).evicted_names > 9000);
	assert_true(stats_of(c).names >= 100);
	nt_name_cache_purge(c, NT_SEC(T0 + 200000), UINT32_MAX);
	assert_int_equal(stats_of(c).names, 0);
	nt_name_cache_free(c);
}

static void
test_max_per_address(void **state NT_UNUSED)
{
	struct nt_name_cache_config cfg = small_config();
	struct nt_name_cache *c;

	cfg.max_mappings_per_address = 5;
	c = cache_with(&cfg);
	tell(c, 1, 0, 2, 7, "elsewhere", 100);
	for (uint64_t i = 2; i <= 101; i++)
		tell_numbered(c, i, 1, 7, 100);
	assert_int_equal(stats_of(c).mappings, 6);
	assert_int_equal(stats_of(c).evicted_per_address, 95);
	expect_names(c, conn(1, 7, 101, 1, 102, 2), true,
		"client n101.example n100.example n99.example +");
	nt_name_cache_free(c);
}

static void
test_refused(void **state NT_UNUSED)
{
	struct nt_name_cache_config cfg = small_config();
	struct nt_name_cache *c = cache_with(&cfg);
	char name[300];

	memset(name, 'x', sizeof(name));
	name[256] = 0;
	assert_int_equal(tell(c, 1, 0, 1, 7, name, 100), NT_NAME_REFUSED);
	assert_int_equal(tell(c, 1, 0, 1, 7, "", 100), NT_NAME_REFUSED);
	name[255] = 0;
	assert_int_equal(tell(c, 2, 0, 1, 7, name, 100), NT_NAME_NEW);
	assert_int_equal(tell(c, 1, 0, 1, 7, "before", 100), NT_NAME_REFUSED);
	assert_int_equal(tell_as(c, NT_SOURCES, 3, 0, 1, 7, "a", 100), NT_NAME_REFUSED);
	assert_int_equal(stats_of(c).added_refused, 4);
	nt_name_cache_free(c);
}

static void
test_hold(void **state NT_UNUSED)
{
	struct nt_name_cache_config cfg = small_config();
	struct nt_name_cache *c = cache_with(&cfg);
	struct nt_name_query q = conn(1, 7, 2, 1, 3, 2);
	struct nt_name_result r;
	uint16_t len;

	tell(c, 1, 0, 1, 7, "kept.example", 100);
	assert_true(nt_name_cache_lookup(c, &q, true, &r));
	assert_int_equal(r.age_ns, NT_SEC(1));
	nt_name_hold(c, r.names[0]);
	nt_name_cache_clear(c);
	assert_int_equal(stats_of(c).mappings, 0);
	assert_int_equal(stats_of(c).addresses, 0);
	assert_int_equal(stats_of(c).names, 1);
	assert_memory_equal(nt_name_text(c, r.names[0], &len), "kept.example", 12);
	assert_int_equal(len, 12);
	expect_names(c, q, true, "none");
	/* Positions start anew, and the name is found again. */
	assert_int_equal(tell(c, 1, -5000, 1, 7, "kept.example", 100), NT_NAME_NEW);
	assert_int_equal(stats_of(c).names, 1);
	nt_name_release(c, r.names[0]);
	nt_name_cache_clear(c);
	assert_int_equal(stats_of(c).names, 0);
	nt_name_cache_free(c);
}

/* Times that no clock shows do not overflow anything. */
static void
test_wild_times(void **state NT_UNUSED)
{
	static const int64_t times[] = { INT64_MIN, -1, 0, 1, INT64_MAX / 2, INT64_MAX };
	struct nt_name_cache_config cfg = small_config();
	struct nt_name_cache *c = cache_with(&cfg);
	struct nt_name_result r;
	uint64_t position = 0;

	for (unsigned int i = 0; i < 36 * 6; i++) {
		struct nt_mapping m = { .addr = address(i % 3),
			.client = client(i % 2),
			.position = ++position,
			.seen_ns = times[i % 6],
			.expires_ns = times[i / 6 % 6],
			.source = NT_SOURCE_DNS_A,
			.name = "x",
			.name_len = 1 };
		struct nt_name_query q = conn(i % 3, i % 2, position, 0, position, 0);

		assert_int_not_equal(nt_name_cache_add(c, &m), NT_NAME_REFUSED);
		q.start_clock_ns = q.end_clock_ns = times[i / 36];
		nt_name_cache_lookup(c, &q, true, &r);
		nt_name_cache_purge(c, times[i / 36], 10);
	}
	nt_name_cache_free(c);
}

static struct nt_name_cache_caps
caps_of(uint32_t mappings, uint32_t addresses, uint32_t names, uint32_t per_address)
{
	return (struct nt_name_cache_caps){ .max_mappings = mappings,
		.max_addresses = addresses,
		.max_names = names,
		.max_mappings_per_address = per_address };
}

/* Nothing sweeps: a slice takes so many, what is added meanwhile finds room for what there is. */
static void
test_lowered(void **state NT_UNUSED)
{
	struct nt_name_cache_config cfg = small_config();
	struct nt_name_cache_caps caps = caps_of(10, 1000, 1000, 1000);

	cfg.max_mappings = cfg.max_addresses = cfg.max_names = 1000;
	struct nt_name_cache *c = cache_with(&cfg);
	for (uint64_t i = 1; i <= 100; i++)
		tell_numbered(c, i, (uint32_t)i, 7, 1000 + (int64_t)i);
	nt_name_cache_set_caps(c, &caps);
	assert_int_equal(stats_of(c).mappings, 100);
	tell_numbered(c, 101, 101, 7, 1101);
	assert_int_equal(stats_of(c).mappings, 100);
	assert_int_equal(stats_of(c).evicted_mappings, 1);
	assert_true(nt_name_cache_shrink(c, 30));
	assert_int_equal(stats_of(c).mappings, 70);
	tell_numbered(c, 102, 102, 7, 1102);
	assert_int_equal(stats_of(c).mappings, 70);
	while (nt_name_cache_shrink(c, 7))
		;
	assert_int_equal(stats_of(c).mappings, 10);
	assert_int_equal(stats_of(c).evicted_mappings, 92);
	tell_numbered(c, 103, 103, 7, 1103);
	assert_int_equal(stats_of(c).mappings, 10);
	expect_names(c, conn(103, 7, 110, 2, 111, 3), true, "client n103.example");
	/* Up again, as far as there is room. */
	caps = caps_of(UINT32_MAX, UINT32_MAX, UINT32_MAX, UINT32_MAX);
	nt_name_cache_set_caps(c, &caps);
	for (uint64_t i = 200; i < 2000; i++)
		tell_numbered(c, i, (uint32_t)i % 500, 7, 5000 + (int64_t)i);
	assert_true(stats_of(c).mappings <= 1000 && stats_of(c).mappings > 900);
	nt_name_cache_free(c);
}

static void
test_lowered_addresses_and_names(void **state NT_UNUSED)
{
	struct nt_name_cache_config cfg = small_config();
	struct nt_name_cache_caps caps = caps_of(1000, 20, 1000, 1000);

	cfg.max_mappings = cfg.max_addresses = cfg.max_names = 1000;
	struct nt_name_cache *c = cache_with(&cfg);
	for (uint64_t i = 1; i <= 100; i++)
		tell_numbered(c, i, (uint32_t)i, 7, 1000 + (int64_t)i);
	nt_name_cache_set_caps(c, &caps);
	assert_false(nt_name_cache_shrink(c, 1000));
	assert_int_equal(stats_of(c).addresses, 20);
	assert_int_equal(stats_of(c).evicted_addresses, 80);
	caps = caps_of(1000, 1000, 5, 1000);
	nt_name_cache_set_caps(c, &caps);
	assert_false(nt_name_cache_shrink(c, 1000));
	assert_int_equal(stats_of(c).names, 5);
	assert_int_equal(stats_of(c).evicted_names, 15);
	assert_false(nt_name_cache_shrink(c, 1000));
	nt_name_cache_free(c);
}

/* Names that connections hold stay: that is no reason to go on for ever. */
static void
test_lowered_below_what_is_held(void **state NT_UNUSED)
{
	struct nt_name_cache_config cfg = small_config();
	const struct nt_name_cache_caps caps = caps_of(1, 1, 1, 1);
	struct nt_name_cache *c = cache_with(&cfg);
	struct nt_name_query q = conn(1, 7, 50, 1, 51, 2);
	struct nt_name_result r[3];

	for (uint32_t i = 1; i <= 3; i++)
		tell_numbered(c, i, i, 7, 1000);
	for (uint32_t i = 1; i <= 3; i++) {
		q = conn(i, 7, 50, 1, 51, 2);
		assert_true(nt_name_cache_lookup(c, &q, true, &r[i - 1]));
		nt_name_hold(c, r[i - 1].names[0]);
	}
	nt_name_cache_set_caps(c, &caps);
	while (nt_name_cache_shrink(c, 2))
		;
	assert_int_equal(stats_of(c).mappings, 0);
	assert_int_equal(stats_of(c).names, 3);
	for (uint32_t i = 0; i < 3; i++)
		nt_name_release(c, r[i].names[0]);
	assert_int_equal(stats_of(c).names, 0);
	tell_numbered(c, 10, 9, 7, 1000);
	nt_name_cache_free(c);
}

/* It is come to as mappings of the address are added. */
static void
test_lowered_per_address(void **state NT_UNUSED)
{
	struct nt_name_cache_config cfg = small_config();
	struct nt_name_cache_caps caps;

	cfg.max_mappings = cfg.max_addresses = cfg.max_names = 1000;
	cfg.max_mappings_per_address = 100;
	struct nt_name_cache *c = cache_with(&cfg);
	for (uint64_t i = 1; i <= 50; i++)
		tell_numbered(c, i, 1, 7, 1000 + (int64_t)i);
	caps = caps_of(1000, 1000, 1000, 10);
	nt_name_cache_set_caps(c, &caps);
	assert_int_equal(stats_of(c).mappings, 50);
	tell_numbered(c, 51, 1, 7, 1051);
	assert_int_equal(stats_of(c).mappings, 49);
	for (uint64_t i = 52; i <= 100; i++)
		tell_numbered(c, i, 1, 7, 1000 + (int64_t)i);
	assert_int_equal(stats_of(c).mappings, 10);
	nt_name_cache_free(c);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_config),
		cmocka_unit_test(test_max_mappings),
		cmocka_unit_test(test_max_addresses),
		cmocka_unit_test(test_max_addresses_ipv6),
		cmocka_unit_test(test_max_names),
		cmocka_unit_test(test_max_name_bytes),
		cmocka_unit_test(test_max_per_address),
		cmocka_unit_test(test_lowered),
		cmocka_unit_test(test_lowered_addresses_and_names),
		cmocka_unit_test(test_lowered_below_what_is_held),
		cmocka_unit_test(test_lowered_per_address),
		cmocka_unit_test(test_refused),
		cmocka_unit_test(test_hold),
		cmocka_unit_test(test_wild_times),
	};

	return cmocka_run_group_tests_name("cache_caps", tests, NULL, NULL);
}
