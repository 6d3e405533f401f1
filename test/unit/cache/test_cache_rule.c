/* SPDX-License-Identifier: BSD-3-Clause */
#include "cache_fixture.h"
#include "nt_mapping_keys.h"

static int
setup(void **state)
{
	struct nt_name_cache_config cfg = small_config();

	*state = cache_with(&cfg);
	return 0;
}

static int
teardown(void **state)
{
	nt_name_cache_free(*state);
	return 0;
}

static void
test_own_lookup_before_others(void **state)
{
	struct nt_name_cache *c = *state;

	assert_int_equal(tell(c, 1, 0, 1, 7, "mine.example", 100), NT_NAME_NEW);
	assert_int_equal(tell(c, 2, 1, 1, 8, "theirs.example", 100), NT_NAME_NEW);
	expect_names(c, conn(1, 7, 3, 2, 4, 3), true, "client mine.example");
	expect_names(c, conn(1, 8, 3, 2, 4, 3), true, "client theirs.example");
	expect_names(c, conn(1, 9, 3, 2, 4, 3), true, "other theirs.example mine.example");
	expect_names(c, conn(1, 0, 3, 2, 4, 3), true, "other theirs.example mine.example");
	expect_names(c, conn(2, 7, 3, 2, 4, 3), true, "none");
}

/* Whether it is worth asking: of the address, not of who was told. */
static void
test_has_names(void **state)
{
	const struct nt_hash_key key = nt_hash_key_fixed();
	struct nt_name_cache *c = *state;
	const struct nt_addr told = address(1), asker = client(7), other = address(2);

	assert_false(nt_name_cache_names(c, nt_addr_key(&key, &told)));
	tell(c, 1, 0, 1, 7, "mine.example", 100);
	assert_true(nt_name_cache_names(c, nt_addr_key(&key, &told)));
	assert_false(nt_name_cache_names(c, nt_addr_key(&key, &asker)));
	assert_false(nt_name_cache_names(c, nt_addr_key(&key, &other)));
	nt_name_cache_clear(c);
	assert_false(nt_name_cache_names(c, nt_addr_key(&key, &told)));
}

static void
test_latest_first_and_more(void **state)
{
	struct nt_name_cache *c = *state;

	for (uint64_t i = 1; i <= 5; i++) {
		char name[2] = { (char)('a' + i - 1), 0 };

		tell(c, i, 0, 1, 7, name, 100);
	}
	assert_int_equal(tell(c, 6, 1, 1, 7, "b", 100), NT_NAME_REFRESHED);
	expect_names(c, conn(1, 7, 6, 1, 9, 3), true, "client b e d +");
	expect_names(c, conn(1, 7, 5, 1, 9, 3), true, "client e d c +");
	expect_names(c, conn(1, 7, 3, 1, 9, 3), true, "client c b a");
	expect_names(c, conn(1, 0, 6, 1, 9, 3), true, "other b e d +");
}

static void
test_index_orders_one_packet(void **state)
{
	struct nt_name_cache *c = *state;
	struct nt_mapping m = { .addr = address(1),
		.client = client(7),
		.position = 5,
		.seen_ns = NT_SEC(T0),
		.expires_ns = NT_SEC(T0 + 60),
		.source = NT_SOURCE_DNS_A,
		.name = "first",
		.name_len = 5 };

	nt_name_cache_add(c, &m);
	m.index = 1;
	m.name = "second";
	m.name_len = 6;
	nt_name_cache_add(c, &m);
	expect_names(c, conn(1, 7, 5, 0, 9, 3), true, "client second first");
	m.index = 0;
	assert_int_equal(nt_name_cache_add(c, &m), NT_NAME_REFUSED);
}

static void
test_stale(void **state)
{
	struct nt_name_cache *c = *state;

	tell(c, 1, 0, 1, 7, "mine", 10);
	tell(c, 2, 1, 1, 8, "theirs", 10);
	expect_names(c, conn(1, 7, 3, 9, 4, 20), true, "client mine");
	expect_names(c, conn(1, 7, 3, 10, 4, 20), true, "other theirs");
	expect_names(c, conn(1, 7, 3, 11, 4, 20), true, "stale mine theirs");
	expect_names(c, conn(1, 7, 3, 609, 4, 620), true, "stale mine theirs");
	expect_names(c, conn(1, 7, 3, 610, 4, 620), true, "stale theirs");
	expect_names(c, conn(1, 7, 3, 611, 4, 620), true, "none");
}

static void
test_stale_before_late(void **state)
{
	struct nt_name_cache *c = *state;

	tell(c, 1, 0, 1, 8, "old", 10);
	tell(c, 4, 30, 1, 7, "new", 10);
	expect_names(c, conn(1, 7, 3, 20, 5, 40), true, "stale old");
}

static void
test_late(void **state)
{
	struct nt_name_cache *c = *state;

	tell(c, 5, 10, 1, 8, "theirs", 100);
	tell(c, 6, 11, 1, 7, "mine", 100);
	tell(c, 7, 12, 1, 7, "mine2", 100);
	tell(c, 8, 13, 1, 7, "after", 100);
	expect_names(c, conn(1, 7, 4, 9, 7, 12), true, "late mine mine2 theirs");
	expect_names(c, conn(1, 7, 4, 9, 7, 12), false, "none");
	expect_names(c, conn(1, 9, 4, 9, 5, 12), true, "late theirs");
	expect_names(c, conn(1, 9, 3, 9, 4, 9), true, "none");
	/* All of them had been expired for ten minutes when this one ended. */
	expect_names(c, conn(1, 7, 4, 9, 9, 2000), true, "none");
}

/* A name that is refreshed during a connection was known before it. */
static void
test_refreshed_is_not_late(void **state)
{
	struct nt_name_cache *c = *state;
	struct nt_name_result r;
	struct nt_name_query q;

	tell(c, 1, 0, 1, 7, "known", 10);
	assert_int_equal(tell(c, 5, 609, 1, 7, "known", 10), NT_NAME_REFRESHED);
	expect_names(c, conn(1, 7, 4, 605, 9, 620), true, "stale known");
	/* Expired for stale_for: another life. */
	assert_int_equal(tell(c, 10, 1219, 1, 7, "known", 10), NT_NAME_NEW);
	expect_names(c, conn(1, 7, 9, 1219, 11, 1220), true, "late known");
	q = conn(1, 7, 9, 1210, 11, 1220);
	expect_names(c, q, true, "stale known");
	q = conn(1, 7, 9, 1219, 11, 1220);
	assert_true(nt_name_cache_lookup(c, &q, true, &r));
	assert_int_equal(r.age_ns, 0);
}

static void
test_reverse(void **state)
{
	struct nt_name_cache *c = *state;

	tell_as(c, NT_SOURCE_DNS_PTR, 1, 0, 1, 7, "ptr-1", 10);
	tell_as(c, NT_SOURCE_DNS_PTR, 2, 0, 1, 8, "ptr-2", 10);
	expect_names(c, conn(1, 7, 2, 5, 3, 6), true, "reverse ptr-2 ptr-1");
	expect_names(c, conn(1, 7, 2, 100, 3, 101), false, "reverse ptr-2 ptr-1");
	expect_names(c, conn(1, 7, 2, 610, 3, 611), true, "none");
	expect_names(c, conn(1, 7, 0, 0, 3, 1), true, "reverse ptr-1 ptr-2");
	expect_names(c, conn(1, 7, 0, 0, 3, 1), false, "none");
	tell(c, 4, 20, 1, 9, "late", 10);
	expect_names(c, conn(1, 7, 3, 19, 5, 21), true, "late late");
	expect_names(c, conn(1, 7, 3, 19, 5, 21), false, "reverse ptr-2 ptr-1");
}

/* CVE-2026-57222: equal bytes of two families are two addresses. */
static void
test_twins_do_not_meet(void **state)
{
	struct nt_name_cache *c = *state;
	struct nt_addr v4 = address(1);
	struct nt_name_query q = conn(1, 7, 3, 2, 4, 3);

	tell(c, 1, 0, 1, 7, "four", 100);
	q.addr = nt_addr_v6(v4.bytes);
	expect_names(c, q, true, "none");
}

static void
test_answers_outlive_expiry(void **state)
{
	struct nt_name_cache *c = *state;
	struct nt_name_query q = conn(1, 7, 1, 5, 3, 50);

	tell(c, 1, 0, 1, 7, "short", 10);
	tell(c, 2, 40, 1, 7, "other", 10);
	tell(c, 4, 41, 1, 7, "short", 10);
	nt_name_cache_purge(c, NT_SEC(T0 + 65), 1000);
	expect_names(c, q, true, "client short");
	/* Superseded at 41: needed until 101 has passed. */
	nt_name_cache_purge(c, NT_SEC(T0 + 101), 1000);
	assert_int_equal(stats_of(c).mappings, 3);
	nt_name_cache_purge(c, NT_SEC(T0 + 101) + 1, 1000);
	assert_int_equal(stats_of(c).mappings, 2);
}

/* Several addresses of one host. */
static void
test_clients_are_one_host(void **state)
{
	struct nt_name_cache *c = *state;
	struct nt_addr host[NT_NAME_CLIENTS_MAX + 1];
	struct nt_name_query q = conn(1, 7, 9, 2, 9, 3);

	tell(c, 1, 0, 1, 7, "first", 100);
	tell(c, 2, 0, 1, 8, "second", 100);
	tell(c, 3, 0, 1, 8, "first", 100);
	tell(c, 4, 0, 1, 9, "theirs", 100);
	host[0] = client(8);
	host[1] = client(55); /* never told anything */
	host[2] = client(7);
	q.clients = host;
	q.client_count = 3;
	expect_names(c, q, true, "client first second");
	q.client_count = 1;
	expect_names(c, q, true, "client first second");
	q.client_count = 0;
	expect_names(c, q, true, "other theirs first second");
	for (unsigned int i = 0; i < NT_NAME_CLIENTS_MAX; i++)
		host[i] = client(100 + i);
	host[NT_NAME_CLIENTS_MAX] = client(7);
	q.client_count = NT_NAME_CLIENTS_MAX + 1;
	expect_names(c, q, true, "other theirs first second");
}

static void
test_preferred_comes_first(void **state)
{
	struct nt_name_cache *c = *state;
	struct nt_name_query q = conn(1, 7, 9, 50, 12, 60);

	tell(c, 1, 0, 1, 7, "stale", 10);
	tell(c, 2, 1, 1, 8, "theirs", 100);
	tell(c, 3, 2, 1, 7, "a", 100);
	tell(c, 4, 3, 1, 7, "b", 100);
	tell_as(c, NT_SOURCE_DNS_PTR, 5, 4, 1, 7, "ptr", 100);
	tell(c, 6, 5, 2, 7, "elsewhere", 100);
	tell(c, 10, 51, 1, 9, "late", 100);
	tell(c, 13, 61, 1, 9, "after", 100);
	expect_preferred(c, q, true, "", "client b a");
	expect_preferred(c, q, true, "unheard", "client b a");
	expect_preferred(c, q, true, "elsewhere", "client b a");
	expect_preferred(c, q, true, "ptr", "client b a");
	expect_preferred(c, q, true, "b", "client b a");
	expect_preferred(c, q, true, "a", "client a b");
	expect_preferred(c, q, true, "theirs", "other theirs b a");
	expect_preferred(c, q, true, "stale", "stale stale b a");
	expect_preferred(c, q, true, "late", "late late b a");
	expect_preferred(c, q, false, "late", "client b a");
	expect_preferred(c, q, true, "after", "client b a");
}

static void
test_preferred_beyond_the_bound(void **state)
{
	struct nt_name_cache *c = *state;
	struct nt_name_query q = conn(1, 7, 9, 50, 12, 60);
	struct nt_name_result r;

	tell(c, 1, 0, 1, 7, "a", 100);
	tell(c, 2, 1, 1, 7, "b", 100);
	tell(c, 3, 2, 1, 7, "c", 100);
	expect_preferred(c, q, true, "a", "client a c b");
	tell(c, 4, 3, 1, 7, "d", 100);
	expect_preferred(c, q, true, "a", "client a d c +");
	tell(c, 5, 4, 1, 8, "x", 100);
	expect_preferred(c, q, true, "x", "other x d c +");
	assert_true(nt_name_cache_lookup_name(c, &q, "x", 1, true, &r));
	assert_int_equal(r.position, 5);
	assert_int_equal(r.age_ns, NT_SEC(46));
	assert_int_equal(r.source, NT_SOURCE_DNS_A);
}

/* The keys of what is asked, made by the caller, find the same. */
static void
test_keys_known(void **state)
{
	const struct nt_hash_key key = nt_hash_key_fixed();
	struct nt_name_cache *c = *state;
	struct nt_name_query q = conn(1, 7, 50, 50, 60, 60);
	struct nt_name_result r, of;

	tell(c, 1, 0, 1, 7, "a", 100);
	tell(c, 2, 1, 1, 7, "b", 100);
	q.addr_key = nt_addr_key(&key, &q.addr);
	q.name_key = nt_hash_bytes(&key, "a", 1);
	assert_true(nt_name_cache_names(c, q.addr_key));
	assert_true(nt_name_cache_lookup(c, &q, true, &r));
	assert_int_equal(r.count, 2);
	assert_false(nt_name_result_of(c, &r, "a", 1, &of));
	assert_true(nt_name_cache_lookup_name(c, &q, "a", 1, true, &of));
	assert_int_equal(of.position, 1);
	assert_true(nt_name_result_of(c, &r, "b", 1, &of));
	assert_int_equal(of.position, 2);
	assert_int_equal(of.count, 1);
	q.addr_key++;
	assert_false(nt_name_cache_names(c, q.addr_key));
}

/* A name that was looked up again and again, and one that was looked up once. */
static void
test_reused_name(void **state)
{
	struct nt_name_cache_config cfg = small_config();
	struct nt_name_cache *c;

	(void)state;
	cfg.reuse_after_ns = NT_SEC(10);
	c = cache_with(&cfg);
	tell(c, 1, 0, 1, 7, "favourite", 300);
	tell(c, 2, 1, 1, 7, "second", 300);
	tell(c, 3, 2, 1, 8, "theirs", 300);
	tell(c, 4, 100, 1, 7, "favourite", 300);
	tell(c, 5, 200, 1, 7, "once", 300);
	tell(c, 6, 201, 1, 7, "twice", 300);
	expect_names(c, conn(1, 7, 7, 210, 8, 211), true, "client twice once favourite +");
	expect_names(c, conn(1, 7, 7, 211, 8, 212), true, "client favourite twice once +");
	expect_names(c, conn(1, 7, 5, 210, 8, 211), true, "client favourite once second");
	/* Only what was told to the client, and only what still held. */
	expect_names(c, conn(1, 8, 7, 212, 8, 213), true, "client theirs");
	expect_names(c, conn(1, 9, 7, 212, 8, 213), true, "other twice once favourite +");
	expect_names(c, conn(1, 7, 7, 401, 8, 402), true, "client once twice");
	expect_preferred(
		c, conn(1, 7, 7, 212, 8, 213), true, "second", "client second favourite twice +");
	nt_name_cache_free(c);
}

static void
test_addresses_of_a_name(void **state)
{
	struct nt_name_cache *c = *state;

	expect_addrs(c, conn(9, 7, 9, 5, 12, 60), "many", "none");
	tell(c, 1, 0, 3, 7, "many", 10);
	tell(c, 2, 1, 1, 8, "many", 10);
	tell(c, 3, 2, 1, 8, "other", 10);
	tell_as(c, NT_SOURCE_DNS_PTR, 4, 3, 5, 8, "many", 10);
	tell(c, 10, 4, 2, 8, "many", 10);
	expect_addrs(c, conn(9, 7, 9, 5, 12, 60), "many", "1 3");
	expect_addrs(c, conn(9, 7, 10, 5, 12, 60), "many", "2 1 3");
	tell(c, 11, 5, 3, 9, "many", 10);
	expect_addrs(c, conn(9, 7, 10, 5, 12, 60), "many", "2 1 3");
	expect_addrs(c, conn(9, 7, 11, 5, 12, 60), "many", "3 2 1");
	/* Expired for stale_for. */
	expect_addrs(c, conn(9, 7, 11, 612, 12, 620), "many", "3 2");
	for (uint32_t i = 0; i < NT_NAME_ADDRS_MAX; i++)
		tell(c, 20 + i, 6, 10 + i, 7, "wide", 10);
	expect_addrs(c, conn(9, 7, 30, 7, 30, 8), "wide", "17 16 15 14 13 12 11 10");
	tell(c, 40, 7, 9, 7, "wide", 10);
	expect_addrs(c, conn(9, 7, 40, 7, 40, 8), "wide", "9 17 16 15 14 13 12 11 +");
	nt_name_cache_purge(c, NT_SEC(T0 + 100000), 1000);
	expect_addrs(c, conn(9, 7, 40, 7, 40, 8), "wide", "none");
}

static unsigned int
steps_ahead(const struct nt_name_cache *c, uint32_t addr, const char *name)
{
	const struct nt_hash_key key = nt_hash_key_fixed();
	const struct nt_addr a = address(addr);
	struct nt_lookup_keys k = { .addr = nt_addr_key(&key, &a),
		.name = name == NULL ? 0 : nt_hash_bytes(&key, name, strlen(name)) };
	unsigned int step = 0;

	while (step < NT_NAME_LOOKUP_STEPS && nt_name_cache_lookup_ahead(c, &k, step))
		step++;
	return step;
}

/* All that a client was told of one address, by a number of names that comes and goes. */
static void
tell_all(struct nt_name_cache *c, uint64_t *position, int64_t sec, uint32_t names,
	uint32_t known_from)
{
	char name[16];

	for (uint32_t i = 0; i < names; i++) {
		snprintf(name, sizeof(name), "n%u", i);
		assert_int_equal(tell(c, ++*position, sec, 1, 7, name, i % 2 ? 5000 : 10),
			i >= known_from && i % 2 ? NT_NAME_REFRESHED : NT_NAME_NEW);
	}
	for (uint32_t i = 0; i < names; i++) {
		snprintf(name, sizeof(name), "n%u", i);
		assert_int_equal(tell(c, ++*position, sec, 1, 7, name, i % 2 ? 5000 : 10),
			NT_NAME_REFRESHED);
	}
	for (uint32_t i = 0; i < names; i++) {
		struct nt_name_query q = conn(1, 7, *position, sec, *position, sec);
		struct nt_name_result r;

		snprintf(name, sizeof(name), "n%u", i);
		assert_true(
			nt_name_cache_lookup_name(c, &q, name, (uint16_t)strlen(name), true, &r));
		assert_int_equal(r.match, NT_MATCH_CLIENT);
	}
}

/* Every second one is forgotten before they are told again: into the indexes and out of them. */
static void
test_pairs_grow_and_shrink(void **state)
{
	struct nt_name_cache *c = *state;
	uint64_t position = 0;
	int64_t sec = 0;

	for (uint32_t names = 1; names <= 14; names++) {
		tell_all(c, &position, sec, names, UINT32_MAX);
		nt_name_cache_purge(c, NT_SEC(T0 + sec + 1000), UINT32_MAX);
		assert_int_equal(stats_of(c).mappings, names / 2);
		tell_all(c, &position, sec + 1000, names, 0);
		sec += 10000;
		nt_name_cache_purge(c, NT_SEC(T0 + sec), UINT32_MAX);
		assert_int_equal(stats_of(c).mappings, 0);
		assert_int_equal(stats_of(c).addresses, 0);
	}
}

/* One address of the name with each step, and no more than a lookup tells. */
static void
test_lookup_ahead(void **state)
{
	struct nt_name_cache *c = *state;

	assert_int_equal(steps_ahead(c, 1, "name"), 1);
	tell(c, 1, 0, 1, 7, "name", 10);
	assert_int_equal(steps_ahead(c, 1, NULL), 3);
	tell(c, 1, 0, 1, 7, "again", 10);
	assert_int_equal(steps_ahead(c, 1, NULL), 4);
	assert_int_equal(steps_ahead(c, 2, "name"), 3);
	tell(c, 2, 0, 2, 7, "name", 10);
	tell(c, 3, 0, 3, 7, "name", 10);
	assert_int_equal(steps_ahead(c, 9, "name"), 5);
	assert_int_equal(steps_ahead(c, 9, "none"), 1);
	for (uint32_t i = 0; i < 100; i++)
		tell(c, 10 + i, 1, 10 + i, 7, "name", 10);
	assert_int_equal(steps_ahead(c, 1, "name"), NT_NAME_LOOKUP_STEPS);
}

/* "no", or the last bytes of the name's other addresses */
static void
expect_elsewhere(struct nt_name_cache *c, struct nt_name_query q, int64_t until_sec,
	const char *name, const char *want)
{
	char got[128] = "no";
	struct nt_name_addrs r;
	int n = 0;

	if (nt_name_cache_contradicts(
		    c, &q, name, (uint16_t)strlen(name), NT_SEC(T0 + until_sec), &r))
		for (unsigned int i = 0; i < r.count; i++)
			n += snprintf(got + n, sizeof(got) - (size_t)n, "%s%u", i ? " " : "",
				r.addrs[i].bytes[3]);
	assert_string_equal(got, want);
}

static void
test_elsewhere(void **state)
{
	struct nt_name_cache *c = *state;
	struct nt_name_query q = conn(1, 7, 5, 10, 9, 20);

	tell(c, 1, 0, 2, 7, "a", 100);
	tell(c, 2, 0, 3, 8, "a", 100);
	tell(c, 2, 0, 1, 8, "b", 100);
	tell_as(c, NT_SOURCE_DNS_PTR, 3, 0, 1, 7, "a", 100);
	expect_elsewhere(c, q, 11, "a", "3 2");
	expect_elsewhere(c, q, 11, "b", "no");
	expect_elsewhere(c, q, 11, "unheard", "no");
	expect_elsewhere(c, q, 11, "", "no");
	expect_elsewhere(c, conn(99, 7, 5, 10, 9, 20), 11, "a", "3 2");
	q.start_position = 0;
	expect_elsewhere(c, q, 11, "a", "no");
	/* Expired for stale_for. */
	expect_elsewhere(c, conn(1, 7, 5, 699, 9, 700), 700, "a", "3 2");
	expect_elsewhere(c, conn(1, 7, 5, 700, 9, 700), 701, "a", "no");
	/* Late, but not too late; to whomever. */
	q.start_position = 5;
	tell(c, 8, 12, 1, 9, "a", 100);
	expect_elsewhere(c, q, 11, "a", "3 2");
	expect_elsewhere(c, q, 12, "a", "no");
	/* It was once, and counts as long as it is not forgotten. */
	expect_elsewhere(c, conn(1, 7, 9, 711, 9, 720), 712, "a", "no");
	tell(c, 10, 600, 2, 7, "a", 200);
	expect_elsewhere(c, conn(1, 7, 10, 712, 10, 720), 712, "a", "2");
}

static void
test_elsewhere_other_family(void **state)
{
	struct nt_name_cache *c = *state;
	struct nt_name_query q = conn(1, 7, 5, 10, 9, 20);

	tell(c, 1, 0, 2, 7, "a", 100);
	q.addr = nt_addr_v6((const uint8_t[16]){ 0x20, 1 });
	expect_elsewhere(c, q, 11, "a", "no");
}

/* A name of this address was given up: it may have been that one. */
static void
test_elsewhere_when_trimmed(void **state NT_UNUSED)
{
	const struct nt_name_query q = conn(1, 7, 1000, 10, 1001, 20);
	struct nt_name_cache_config cfg = small_config();
	struct nt_name_cache *c;

	cfg.max_mappings_per_address = 2;
	c = cache_with(&cfg);
	tell(c, 1, 0, 2, 7, "a", 100);
	tell(c, 2, 0, 1, 7, "b", 100);
	tell(c, 3, 0, 1, 7, "c", 100);
	expect_elsewhere(c, q, 11, "a", "2");
	tell(c, 4, 0, 1, 7, "d", 100);
	expect_elsewhere(c, q, 11, "a", "no");
	expect_elsewhere(c, conn(3, 7, 1000, 10, 1001, 20), 11, "a", "2");
	nt_name_cache_free(c);
}

/* Anything was given up: nothing can be said until it would have expired. */
static void
test_elsewhere_when_evicted(void **state NT_UNUSED)
{
	struct nt_name_cache_config cfg = small_config();
	struct nt_name_cache *c;

	cfg.max_mappings = 2;
	c = cache_with(&cfg);
	tell(c, 1, 0, 3, 7, "first", 10);
	tell(c, 2, 0, 2, 7, "a", 1000);
	expect_elsewhere(c, conn(1, 7, 9, 10, 9, 20), 11, "a", "2");
	tell(c, 3, 0, 4, 7, "more", 1000);
	expect_elsewhere(c, conn(1, 7, 9, 10, 9, 20), 11, "a", "no");
	expect_elsewhere(c, conn(1, 7, 9, 609, 9, 620), 610, "a", "no");
	expect_elsewhere(c, conn(1, 7, 9, 610, 9, 620), 611, "a", "2");
	nt_name_cache_clear(c);
	tell(c, 1, 0, 2, 7, "a", 100);
	expect_elsewhere(c, conn(1, 7, 9, 10, 9, 20), 11, "a", "2");
	nt_name_cache_free(c);
}

static bool
has(const struct nt_name_cache *c, enum nt_source source, int64_t sec, uint32_t addr, uint32_t to,
	const char *name)
{
	const struct nt_mapping m = { .addr = address(addr),
		.client = client(to),
		.seen_ns = NT_SEC(T0 + sec),
		.source = (uint8_t)source,
		.name_len = (uint16_t)strlen(name),
		.name = name };
	return nt_name_cache_has(c, &m);
}

/* What differs in anything, or is over, is not the same mapping. */
static void
test_has(void **state NT_UNUSED)
{
	const struct nt_name_cache_config cfg = small_config();
	struct nt_name_cache *c = cache_with(&cfg);

	tell(c, 1, 0, 1, 7, "a.example", 100);
	tell(c, 2, 0, 1, 0, "b.example", 100);
	assert_true(has(c, NT_SOURCE_DNS_A, 99, 1, 7, "a.example"));
	assert_true(has(c, NT_SOURCE_DNS_A, 99, 1, 0, "b.example"));
	assert_false(has(c, NT_SOURCE_DNS_A, 100, 1, 7, "a.example"));
	assert_false(has(c, NT_SOURCE_DNS_A, 99, 2, 7, "a.example"));
	assert_false(has(c, NT_SOURCE_DNS_A, 99, 1, 8, "a.example"));
	assert_false(has(c, NT_SOURCE_DNS_A, 99, 1, 0, "a.example"));
	assert_false(has(c, NT_SOURCE_DNS_A, 99, 1, 7, "b.example"));
	assert_false(has(c, NT_SOURCE_DNS_A, 99, 1, 7, "c.example"));
	assert_false(has(c, NT_SOURCE_MDNS, 99, 1, 7, "a.example"));
	nt_name_cache_free(c);
}

int
main(void)
{
#define RULE_TEST(f) cmocka_unit_test_setup_teardown(f, setup, teardown)
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_has),
		RULE_TEST(test_has_names),
		RULE_TEST(test_own_lookup_before_others),
		RULE_TEST(test_latest_first_and_more),
		RULE_TEST(test_index_orders_one_packet),
		RULE_TEST(test_stale),
		RULE_TEST(test_stale_before_late),
		RULE_TEST(test_late),
		RULE_TEST(test_refreshed_is_not_late),
		RULE_TEST(test_reverse),
		RULE_TEST(test_twins_do_not_meet),
		RULE_TEST(test_answers_outlive_expiry),
		RULE_TEST(test_clients_are_one_host),
		RULE_TEST(test_preferred_comes_first),
		RULE_TEST(test_preferred_beyond_the_bound),
		RULE_TEST(test_addresses_of_a_name),
		RULE_TEST(test_lookup_ahead),
		RULE_TEST(test_pairs_grow_and_shrink),
		RULE_TEST(test_keys_known),
		RULE_TEST(test_reused_name),
		RULE_TEST(test_elsewhere),
		RULE_TEST(test_elsewhere_other_family),
		cmocka_unit_test(test_elsewhere_when_trimmed),
		cmocka_unit_test(test_elsewhere_when_evicted),
	};

	return cmocka_run_group_tests_name("cache_rule", tests, NULL, NULL);
}
