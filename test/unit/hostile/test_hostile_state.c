/* SPDX-License-Identifier: BSD-3-Clause */
/* Known faults of what remembers: replies and queries, caches, tables that one direction fills. */
#include "../cache/cache_fixture.h"
#include "../names/match_ask.h"

#include <nt_dns_stream.h>

#define LIFE	NT_SEC(10)
#define QUERIES 1024
#define FLOW	7
#define ID	0x1234

static struct nt_dns_match *
queries(void)
{
	struct nt_hash_key key = nt_hash_key_fixed();
	struct nt_dns_match *q = nt_dns_match_new(QUERIES, LIFE, &key);

	assert_non_null(q);
	return q;
}

/* CVE-2020-25684: a reply on another flow (other addresses or ports) answers nothing. */
static void
test_reply_on_another_flow(void **state NT_UNUSED)
{
	struct nt_dns_match *q = queries();

	match_ask(q, FLOW, ID, 1, 0);
	assert_int_equal(match_respond(q, FLOW + 1, true, ID, 1, 50, 1), NT_DNS_UNMATCHED);
	nt_dns_match_free(q);
}

/* CVE-2020-25685: nor one to a question that is another one by any bit of its 64. */
static void
test_reply_to_another_question(void **state NT_UNUSED)
{
	struct nt_dns_match *q = queries();

	match_ask(q, FLOW, ID, 1, 0);
	for (unsigned int bit = 1; bit < 64; bit++)
		assert_int_equal(match_respond(q, FLOW, true, ID, 1 | UINT64_C(1) << bit, 50, 1),
			NT_DNS_UNMATCHED);
	assert_int_equal(match_respond(q, FLOW, true, ID, 1, 50, 1), NT_DNS_MATCHED);
	nt_dns_match_free(q);
}

/*
 * CVE-2020-25686: asking the same again makes no second place for a forged reply: one answer
 * counts.
 */
static void
test_same_query_many_times(void **state NT_UNUSED)
{
	struct nt_dns_match *q = queries();

	for (unsigned int i = 0; i < 100; i++)
		match_ask(q, FLOW, ID, 1, i);
	assert_int_equal(match_respond(q, FLOW, true, ID, 1, 50, 100), NT_DNS_MATCHED);
	for (uint64_t forged = 51; forged < 151; forged++)
		assert_int_equal(match_respond(q, FLOW, true, ID, 1, forged, 101), NT_DNS_CONFLICT);
	nt_dns_match_free(q);
}

/* CVE-2025-30192: a reply whose number is another one's, and one that comes too late. */
static void
test_reply_of_another_number_or_time(void **state NT_UNUSED)
{
	struct nt_dns_match *q = queries();

	match_ask(q, FLOW, ID, 1, 0);
	assert_int_equal(match_respond(q, FLOW, true, ID ^ 1, 1, 50, 1), NT_DNS_UNMATCHED);
	assert_int_equal(match_respond(q, FLOW, true, ID, 1, 50, LIFE + 1), NT_DNS_UNMATCHED);
	nt_dns_match_free(q);
}

/* CVE-2026-57224: queries that nobody answers fill a table of fixed size; the oldest go. */
static void
test_queries_only(void **state NT_UNUSED)
{
	struct nt_dns_match *q = queries();
	const unsigned int n = 100 * QUERIES;

	for (unsigned int i = 0; i < n; i++)
		match_ask(q, i, (uint16_t)i, i, i);
	assert_in_range(nt_dns_match_evicted(q), n - QUERIES, n);
	assert_int_equal(
		match_respond(q, n - 1, true, (uint16_t)(n - 1), n - 1, 50, n), NT_DNS_MATCHED);
	nt_dns_match_free(q);
}

/* ... and so do halves of messages over TCP whose rest never comes. */
static void
test_beginnings_only(void **state NT_UNUSED)
{
	static const uint8_t begun[] = { 0x10, 0, 1, 2, 3 };
	static struct nt_dns_stream streams[100];
	struct nt_dns_buffers *b = nt_dns_buffers_new(10);
	const uint8_t *msg;
	size_t len;

	assert_non_null(b);
	for (unsigned int i = 0; i < NT_ARRAY_SIZE(streams); i++) {
		struct nt_cursor in = nt_cursor_init(begun, sizeof(begun));
		assert_false(nt_dns_stream_next(&streams[i], b, &in, &msg, &len));
	}
	assert_int_equal(nt_dns_buffers_refused(b), NT_ARRAY_SIZE(streams) - 10);
	for (unsigned int i = 0; i < NT_ARRAY_SIZE(streams); i++)
		nt_dns_stream_end(&streams[i], b);
	nt_dns_buffers_free(b);
}

/*
 * A well-known address cache counted updates as inserts, and refused inserts after enough of them.
 * Here what an update leaves behind (a version, for as long as somebody may ask for it) goes again.
 */
static void
test_cache_updates_are_no_inserts(void **state NT_UNUSED)
{
	const struct nt_name_cache_config cfg = small_config(); /* of 1,000 mappings */
	struct nt_name_cache *c = cache_with(&cfg);
	struct nt_name_cache_stats s;
	uint64_t position = 1;

	assert_int_equal(tell(c, position++, 0, 1, 1, "a.example", 300), NT_NAME_NEW);
	for (unsigned int sec = 0; sec < 5000; sec++) {
		assert_int_equal(
			tell(c, position++, sec, 1, 1, "a.example", 300), NT_NAME_REFRESHED);
		nt_name_cache_purge(c, NT_SEC(T0 + sec), UINT32_MAX);
	}
	for (uint32_t i = 2; i <= 900; i++)
		assert_int_equal(tell(c, position++, 5000, i, 1, "a.example", 300), NT_NAME_NEW);
	nt_name_cache_stats(c, &s);
	assert_int_equal(s.evicted_mappings + s.evicted_addresses + s.evicted_names, 0);
	nt_name_cache_free(c);
}

/* It purged live entries as expired. */
static void
test_cache_keeps_what_lives(void **state NT_UNUSED)
{
	const struct nt_name_cache_config cfg = small_config();
	struct nt_name_cache *c = cache_with(&cfg);
	struct nt_name_cache_stats s;
	const uint32_t n = 100;

	for (uint32_t i = 1; i <= n; i++)
		assert_int_equal(tell(c, i, 0, i, 1, "a.example", 3600), NT_NAME_NEW);
	for (int64_t sec = 0; sec < 3600; sec += 60)
		nt_name_cache_purge(c, NT_SEC(T0 + sec), UINT32_MAX);
	nt_name_cache_stats(c, &s);
	assert_int_equal(s.mappings, n);
	assert_int_equal(s.expired, 0);
	nt_name_cache_free(c);
}

/* And an insert into a full one flushed it: here one goes for each that comes. */
static void
test_cache_insert_evicts_one(void **state NT_UNUSED)
{
	struct nt_name_cache_config cfg = small_config();
	struct nt_name_cache_stats s;
	uint32_t i = 1;

	cfg.max_mappings = 64;
	struct nt_name_cache *c = cache_with(&cfg);
	for (; i <= 64; i++)
		tell(c, i, i, i, 1, "a.example", 3600);
	for (; i <= 164; i++) {
		assert_int_equal(tell(c, i, i, i, 1, "a.example", 3600), NT_NAME_NEW);
		nt_name_cache_stats(c, &s);
		assert_int_equal(s.mappings, 64);
		assert_int_equal(s.evicted_mappings, i - 64);
	}
	nt_name_cache_free(c);
}

/* CVE-2026-57222: an IPv4 address and the IPv6 ones that hold the same bytes are three. */
static void
test_twins_of_two_families(void **state NT_UNUSED)
{
	const uint8_t mapped[16] = { [10] = 0xff, 0xff, 203, 0, 0, 1 };
	const uint8_t first[16] = { 203, 0, 0, 1 };
	const struct nt_addr addrs[] = { address(1), nt_addr_v6(mapped), nt_addr_v6(first) };
	const struct nt_name_cache_config cfg = small_config();
	struct nt_name_cache *c = cache_with(&cfg);
	struct nt_name_cache_stats s;

	for (unsigned int i = 0; i < NT_ARRAY_SIZE(addrs); i++) {
		const struct nt_mapping m = { .addr = addrs[i],
			.client = client(1),
			.position = i + 1,
			.seen_ns = NT_SEC(T0),
			.expires_ns = NT_SEC(T0 + 300),
			.source = NT_SOURCE_DNS_A,
			.name_len = 9,
			.name = "a.example" };
		assert_int_equal(nt_name_cache_add(c, &m), NT_NAME_NEW);
	}
	nt_name_cache_stats(c, &s);
	assert_int_equal(s.addresses, NT_ARRAY_SIZE(addrs));
	nt_name_cache_free(c);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_reply_on_another_flow),
		cmocka_unit_test(test_reply_to_another_question),
		cmocka_unit_test(test_same_query_many_times),
		cmocka_unit_test(test_reply_of_another_number_or_time),
		cmocka_unit_test(test_queries_only),
		cmocka_unit_test(test_beginnings_only),
		cmocka_unit_test(test_cache_updates_are_no_inserts),
		cmocka_unit_test(test_cache_keeps_what_lives),
		cmocka_unit_test(test_cache_insert_evicts_one),
		cmocka_unit_test(test_twins_of_two_families),
	};

	return cmocka_run_group_tests_name("hostile_state", tests, NULL, NULL);
}
