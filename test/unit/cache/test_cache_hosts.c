/* SPDX-License-Identifier: BSD-3-Clause */
/* The rule of hosts, case by case: nt_hosts.h. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "hosts.h"

#define TTL  NT_SEC(100)
#define HOLD NT_SEC(60)
#define MAC  UINT64_C(0x020000000001)
#define MAC2 UINT64_C(0x020000000002)

static struct nt_addr
v4(uint32_t n)
{
	const uint32_t be = __builtin_bswap32(0x0a000000 + n);
	uint8_t bytes[4];
	memcpy(bytes, &be, sizeof(bytes));
	return nt_addr_v4(bytes);
}

static struct nt_addr
v6(uint8_t n)
{
	const uint8_t bytes[16] = { 0xfd, [15] = n };
	return nt_addr_v6(bytes);
}

static struct nt_hosts *
make(uint32_t max_links)
{
	const struct nt_hash_key key = nt_hash_key_fixed();
	const struct nt_hosts_config cfg = {
		.max_links = max_links, .max_ipv4 = 2, .max_ipv6 = 3, .ttl_ns = TTL, .hold_ns = HOLD
	};
	struct nt_hosts *h = nt_hosts_new(&cfg, &key);
	assert_non_null(h);
	return h;
}

static void
saw(struct nt_hosts *h, uint64_t mac, struct nt_addr addr, uint64_t position, int64_t sec)
{
	nt_hosts_link(h, mac, &addr, position, NT_SEC(sec));
}

static unsigned int
others(struct nt_hosts *h, struct nt_addr addr, uint64_t position, int64_t sec)
{
	struct nt_addr ret[NT_HOST_ADDRS_MAX];
	bool settled;
	return nt_hosts_others(h, &addr, position, NT_SEC(sec), ret, NT_HOST_ADDRS_MAX, &settled);
}

static struct nt_hosts_stats
stats(const struct nt_hosts *h)
{
	struct nt_hosts_stats s;
	nt_hosts_stats(h, &s);
	return s;
}

static void
test_from_the_position_on(void **state)
{
	(void)state;
	struct nt_hosts *h = make(64);
	const struct nt_addr a = v4(1);
	struct nt_addr ret[4];
	bool settled;
	saw(h, MAC, a, 10, 1);
	saw(h, MAC, v6(1), 20, 2);
	saw(h, MAC, v6(2), 30, 3);
	assert_int_equal(others(h, a, 9, 1), 0);
	assert_int_equal(others(h, a, 19, 1), 0);
	assert_int_equal(others(h, v6(1), 20, 2), 1);
	assert_int_equal(nt_hosts_others(h, &a, 30, NT_SEC(3), ret, 4, &settled), 2);
	assert_true(settled);
	const struct nt_addr latest = v6(2), other = v6(1);
	assert_true(nt_addr_equal(&ret[0], &latest) && nt_addr_equal(&ret[1], &other));
	assert_int_equal(nt_hosts_others(h, &a, 30, NT_SEC(3), ret, 1, &settled), 1);
	assert_int_equal(others(h, v4(2), 30, 3), 0);
	nt_hosts_free(h);
}

/* What was found once is not found again where something has come in between, or lies behind. */
static void
test_asked_again(void **state)
{
	(void)state;
	struct nt_hosts *h = make(64);
	saw(h, 1, v4(1), 10, 1);
	saw(h, 1, v6(1), 20, 2);
	assert_int_equal(others(h, v4(1), 30, 3), 1);
	assert_int_equal(others(h, v4(1), 30, 3), 1);
	assert_int_equal(others(h, v4(1), 15, 1), 0);
	assert_int_equal(others(h, v4(1), 19, 2), 0);
	assert_int_equal(others(h, v4(1), 20, 2), 1);
	saw(h, 1, v6(2), 40, 4);
	assert_int_equal(others(h, v4(1), 41, 4), 2);
	assert_int_equal(others(h, v4(1), 30, 3), 1);
	saw(h, 2, v6(1), 50, 5);
	assert_int_equal(others(h, v4(1), 50, 5), 1);
	assert_int_equal(others(h, v4(1), 49, 5), 2);
	nt_hosts_router(h, 1, 60, 6);
	assert_int_equal(others(h, v4(1), 60, 6), 0);
	assert_int_equal(others(h, v4(1), 59, 6), 1);
	nt_hosts_clear(h);
	assert_int_equal(others(h, v4(1), 59, 6), 0);
	nt_hosts_free(h);
}

/* Equal bytes, other family. */
static void
test_families(void **state)
{
	(void)state;
	struct nt_hosts *h = make(64);
	struct nt_addr same = v4(1);
	same.family = NT_FAMILY_IPV6;
	saw(h, MAC, v4(1), 1, 1);
	saw(h, MAC2, same, 2, 1);
	saw(h, MAC2, v4(2), 3, 1);
	assert_int_equal(others(h, v4(1), 9, 1), 0);
	assert_int_equal(others(h, same, 9, 1), 1);
	nt_hosts_free(h);
}

static void
test_too_many_stop_it(void **state)
{
	(void)state;
	struct nt_hosts *h = make(64);
	saw(h, MAC, v4(1), 1, 1);
	saw(h, MAC, v4(2), 2, 1);
	saw(h, MAC, v6(1), 3, 1);
	saw(h, MAC, v4(2), 4, 1);
	assert_int_equal(others(h, v4(1), 4, 1), 2);
	assert_int_equal(stats(h).stopped, 0);
	saw(h, MAC, v4(3), 5, 1);
	assert_int_equal(others(h, v4(1), 5, 1), 0);
	assert_int_equal(others(h, v4(3), 5, 1), 0);
	assert_int_equal(others(h, v4(1), 4, 1), 2); /* as it was */
	assert_int_equal(stats(h).stopped, 1);
	assert_int_equal(stats(h).links, 3);
	nt_hosts_free(h);
}

static void
test_too_many_of_ipv6(void **state)
{
	(void)state;
	struct nt_hosts *h = make(64);
	for (uint8_t n = 1; n <= 3; n++)
		saw(h, MAC, v6(n), n, 1);
	assert_int_equal(others(h, v6(1), 3, 1), 2);
	saw(h, MAC, v6(4), 4, 1);
	assert_int_equal(others(h, v6(1), 4, 1), 0);
	nt_hosts_free(h);
}

/* Addresses that come and go, as temporary ones do, are never many at a time. */
static void
test_one_after_the_other(void **state)
{
	(void)state;
	struct nt_hosts *h = make(64);
	for (uint8_t n = 0; n < 20; n++) {
		saw(h, MAC, v4(1), 10u + 2u * n, 50 * n);
		saw(h, MAC, v6(n), 11u + 2u * n, 50 * n);
	}
	assert_int_equal(stats(h).stopped, 1);
	nt_hosts_free(h);
	h = make(64);
	for (uint8_t n = 0; n < 20; n++) {
		saw(h, MAC, v4(1), 10u + 2u * n, 70 * n);
		saw(h, MAC, v6(n), 11u + 2u * n, 70 * n);
	}
	assert_int_equal(stats(h).stopped, 0);
	assert_in_range(others(h, v4(1), 1000, 70 * 19), 1, 3);
	nt_hosts_free(h);
}

static void
test_a_router(void **state)
{
	(void)state;
	struct nt_hosts *h = make(64);
	saw(h, MAC, v4(1), 1, 1);
	saw(h, MAC, v6(1), 2, 1);
	nt_hosts_router(h, MAC, 3, NT_SEC(1));
	nt_hosts_router(h, MAC, 4, NT_SEC(1));
	assert_int_equal(others(h, v4(1), 2, 1), 1);
	assert_int_equal(others(h, v4(1), 3, 1), 0);
	nt_hosts_router(h, MAC2, 5, NT_SEC(1)); /* of which nothing is known */
	saw(h, MAC2, v4(5), 6, 1);
	saw(h, MAC2, v6(5), 7, 1);
	assert_int_equal(others(h, v4(5), 9, 1), 0);
	assert_int_equal(stats(h).stopped, 2);
	nt_hosts_free(h);
}

/* Not seen for a slot and the next: it may link again. Seen now and then: not. */
static void
test_a_stop_lasts(void **state)
{
	(void)state;
	struct nt_hosts *h = make(64);
	nt_hosts_router(h, MAC, 1, NT_SEC(50));
	saw(h, MAC, v4(1), 2, 199);
	saw(h, MAC, v4(1), 3, 299);
	saw(h, MAC, v6(1), 4, 399);
	assert_int_equal(others(h, v4(1), 4, 399), 0);
	saw(h, MAC, v4(1), 5, 500);
	saw(h, MAC, v6(1), 6, 500);
	assert_int_equal(others(h, v4(1), 6, 500), 1);
	assert_int_equal(stats(h).stopped, 1);
	nt_hosts_free(h);
}

static void
test_two_claim_it(void **state)
{
	(void)state;
	struct nt_hosts *h = make(64);
	saw(h, MAC, v4(1), 1, 1);
	saw(h, MAC, v6(1), 2, 1);
	saw(h, MAC2, v4(2), 3, 1);
	saw(h, MAC2, v4(1), 4, 1);
	assert_int_equal(others(h, v4(1), 3, 1), 1);
	assert_int_equal(others(h, v4(1), 4, 1), 0); /* nobody's */
	assert_int_equal(others(h, v6(1), 4, 1), 0);
	assert_int_equal(others(h, v4(2), 4, 1), 0);
	nt_hosts_router(h, MAC2, 5, NT_SEC(1)); /* it had forwarded it */
	assert_int_equal(others(h, v4(1), 5, 1), 1);
	assert_int_equal(others(h, v6(1), 5, 1), 1);
	nt_hosts_free(h);
}

/* The other's claim ages. */
static void
test_moved(void **state)
{
	(void)state;
	struct nt_hosts *h = make(64);
	saw(h, MAC, v4(1), 1, 1);
	saw(h, MAC2, v4(1), 2, 150);
	saw(h, MAC2, v6(1), 3, 150);
	assert_int_equal(others(h, v6(1), 3, 150), 0);
	saw(h, MAC2, v4(1), 4, 250);
	saw(h, MAC2, v6(1), 5, 250);
	assert_int_equal(others(h, v6(1), 5, 250), 1);
	nt_hosts_free(h);
}

static void
test_links_age(void **state)
{
	(void)state;
	struct nt_hosts *h = make(64);
	saw(h, MAC, v4(1), 1, 99);
	saw(h, MAC, v6(1), 2, 199);
	assert_int_equal(others(h, v6(1), 2, 199), 1);
	saw(h, MAC, v6(1), 3, 200);
	assert_int_equal(others(h, v6(1), 3, 200), 0);
	assert_int_equal(others(h, v6(1), 2, 199), 1);
	nt_hosts_free(h);
}

/* Nothing goes that may be asked for: by hold after the slot after. */
static void
test_purge(void **state)
{
	(void)state;
	struct nt_hosts *h = make(64);
	saw(h, MAC, v4(1), 1, 50);
	saw(h, MAC, v6(1), 2, 50);
	nt_hosts_router(h, MAC2, 3, NT_SEC(50));
	nt_hosts_purge(h, NT_SEC(200 + 60) - 1, 100);
	assert_int_equal(stats(h).links, 2);
	assert_int_equal(stats(h).stopped_now, 1);
	assert_int_equal(others(h, v4(1), 9, 199), 1);
	nt_hosts_purge(h, NT_SEC(200 + 60), 1);
	assert_int_equal(stats(h).links, 1);
	nt_hosts_purge(h, NT_SEC(200 + 60), 100);
	assert_int_equal(stats(h).links, 0);
	assert_int_equal(stats(h).stopped_now, 0);
	assert_int_equal(stats(h).evicted, 0);
	nt_hosts_purge(h, INT64_MIN, 100);
	nt_hosts_purge(h, INT64_MAX, 100);
	nt_hosts_free(h);
}

static void
test_clear(void **state)
{
	(void)state;
	struct nt_hosts *h = make(64);
	saw(h, MAC, v4(1), 1, 1);
	saw(h, MAC, v6(1), 2, 1);
	nt_hosts_router(h, MAC, 3, NT_SEC(1));
	nt_hosts_router(h, MAC2, 4, NT_SEC(1));
	nt_hosts_clear(h);
	assert_int_equal(stats(h).links, 0);
	assert_int_equal(stats(h).stopped_now, 0);
	saw(h, MAC, v4(1), 1, 1);
	saw(h, MAC, v6(1), 2, 1);
	assert_int_equal(others(h, v4(1), 2, 1), 1);
	nt_hosts_free(h);
}

/* At its cap the oldest goes; memory is what it was. */
static void
test_caps(void **state)
{
	(void)state;
	struct nt_hosts *h = make(16);
	for (uint32_t n = 0; n < 5000; n++) {
		saw(h, MAC + n / 2, n % 2 == 0 ? v4(n) : v6((uint8_t)n), 2 * n + 1, n / 50);
		if (n % 7 == 0)
			nt_hosts_router(h, UINT64_C(1) << 44 | n, 2 * n + 2, NT_SEC(n / 50));
	}
	assert_int_equal(stats(h).links, 16);
	assert_int_equal(stats(h).stopped_now, 16);
	assert_true(stats(h).evicted >= 5000 - 16);
	assert_int_equal(others(h, v4(4998), 100000, 99), 1);
	nt_hosts_free(h);
}

/* Stopped with links, and thrown out. */
static void
test_stopped_go_with_their_links(void **state)
{
	(void)state;
	struct nt_hosts *h = make(16);
	saw(h, MAC, v4(1), 1, 1);
	saw(h, MAC, v4(2), 2, 1);
	nt_hosts_router(h, MAC, 3, NT_SEC(1));
	for (uint32_t n = 0; n < 16; n++)
		nt_hosts_router(h, MAC2 + n, 4 + n, NT_SEC(1));
	assert_int_equal(stats(h).stopped_now, 16);
	assert_int_equal(others(h, v4(1), 3, 1), 0);
	assert_int_equal(others(h, v4(1), 2, 1), 0); /* forgotten */
	for (uint32_t n = 0; n < 40; n++)
		saw(h, MAC, n % 2 ? v4(7) : v6(7), 100 + n, 1 + 100 * n);
	assert_int_equal(others(h, v4(7), 139, 3901), 1);
	nt_hosts_free(h);
}

/* Many claim one address: the work for it is bounded. */
static void
test_many_claim_it(void **state)
{
	(void)state;
	struct nt_hosts *h = make(4096);
	for (uint32_t n = 0; n < 1000; n++)
		nt_hosts_router(h, MAC2 + n, 1, NT_SEC(1));
	saw(h, MAC, v4(1), 2, 1);
	saw(h, MAC, v6(1), 3, 1);
	for (uint32_t n = 0; n < 1000; n++)
		saw(h, UINT64_C(1) << 44 | n, v4(1), 4 + n, 1);
	assert_int_equal(others(h, v4(1), 3, 1), 0);
	assert_int_equal(stats(h).cut, 1);
	assert_int_equal(others(h, v4(1), 2000, 1), 0);
	nt_hosts_free(h);
}

/* Of what is kept beside the answers nothing is known any more. */
static void
forget_answers(struct nt_hosts *h)
{
	memset(h->memos, 0, sizeof(*h->memos) << NT_HOST_MEMO_BITS);
}

static struct nt_addr
addr_of(uint32_t n)
{
	return n % 3 == 0 ? v6((uint8_t)n) : v4(n);
}

/* Four hosts, three addresses each; now and then somebody has another one's. */
static void
something_happens(struct nt_hosts *h, uint64_t position, int64_t sec)
{
	const uint32_t n = (uint32_t)rand() % 12;
	const uint64_t mac = MAC + (rand() % 1000 == 0 ? (uint64_t)rand() % 4 : n / 3);
	if (rand() % 4000 == 0)
		nt_hosts_router(h, mac, position, NT_SEC(sec));
	else if (rand() % 10 == 0)
		nt_hosts_purge(h, NT_SEC(sec), 4);
	else
		saw(h, mac, addr_of(n), position, sec);
}

/* Answers that were kept are those that are found anew, whatever happens in between. */
static void
test_kept_answers(void **state)
{
	(void)state;
	struct nt_hosts *h = make(32);
	unsigned int found = 0;
	srand(4711);
	for (uint64_t i = 0, position = 1; i < 100000; i++) {
		const int64_t sec = (int64_t)i / 10;
		const struct nt_addr a = addr_of((uint32_t)rand() % 12);
		if (rand() % 6 == 0)
			something_happens(h, position++, sec);
		const uint64_t as_of = position - (uint64_t)rand() % NT_MIN(position, 3u);
		const unsigned int kept = others(h, a, as_of, sec);
		if (rand() % 8 != 0)
			continue;
		forget_answers(h);
		assert_int_equal(kept, others(h, a, as_of, sec));
		found += kept;
	}
	assert_true(found > 1000);
	nt_hosts_free(h);
}

static void
test_bounds_of_new(void **state)
{
	(void)state;
	const struct nt_hash_key key = nt_hash_key_fixed();
	const struct nt_hosts_config good = {
		.max_links = 16, .max_ipv4 = 16, .max_ipv6 = 48, .ttl_ns = NT_SEC(1)
	};
	struct nt_hosts_config bad[6] = { good, good, good, good, good, good };
	bad[0].max_links = 15;
	bad[1].max_ipv4 = 0;
	bad[2].max_ipv4 = 17;
	bad[3].max_ipv6 = 49;
	bad[4].ttl_ns = NT_SEC(1) - 1;
	bad[5].hold_ns = -1;
	for (unsigned int i = 0; i < 6; i++) {
		assert_null(nt_hosts_new(&bad[i], &key));
		assert_int_equal(errno, EINVAL);
	}
	struct nt_hosts *h = nt_hosts_new(&good, &key);
	assert_non_null(h);
	nt_hosts_free(h);
	nt_hosts_free(NULL);
	nt_host_filter_free(NULL);
}

static void
test_filter(void **state)
{
	(void)state;
	const struct nt_hash_key key = nt_hash_key_fixed();
	const struct nt_addr a = v4(1), b = v4(2), c = v4(3), none = { .family = NT_FAMILY_NONE };
	struct nt_hosts *h = make(64);
	struct nt_host_filter *f = nt_host_filter_new(&key);
	assert_true(nt_host_filter_pass(f, h, MAC, &a, NT_SEC(1)));
	assert_false(nt_host_filter_pass(f, h, MAC, &a, NT_SEC(99)));
	assert_true(nt_host_filter_pass(f, h, MAC, &a, NT_SEC(100)));
	assert_true(nt_host_filter_pass(f, h, MAC2, &a, NT_SEC(100)));
	assert_true(nt_host_filter_pass(f, h, MAC, &none, NT_SEC(100)));
	assert_false(nt_host_filter_pass(f, h, MAC, &none, NT_SEC(100)));
	nt_host_filter_clear(f);
	assert_true(nt_host_filter_pass(f, h, MAC, &a, NT_SEC(100)));
	/* Stopped: once a slot that it was seen, whatever with. */
	nt_hosts_router(h, MAC, 1, NT_SEC(100));
	assert_true(nt_host_filter_pass(f, h, MAC, &b, NT_SEC(100)));
	assert_false(nt_host_filter_pass(f, h, MAC, &c, NT_SEC(100)));
	assert_true(nt_host_filter_pass(f, h, MAC, &b, NT_SEC(200)));
	assert_false(nt_host_filter_pass(f, h, MAC, &c, NT_SEC(200)));
	/* Nobody has heard of it for too long, as far as is known here. */
	assert_true(nt_host_filter_pass(f, h, MAC, &b, NT_SEC(300)));
	assert_true(nt_host_filter_pass(f, h, MAC, &c, NT_SEC(300)));
	nt_host_filter_free(f);
	nt_hosts_free(h);
}

/* Those that share a place with another are not told again and again. */
static void
test_filter_holds_many(void **state)
{
	(void)state;
	const struct nt_hash_key key = nt_hash_key_fixed();
	struct nt_hosts *h = make(64);
	struct nt_host_filter *f = nt_host_filter_new(&key);
	unsigned int told[2] = { 0, 0 };
	for (unsigned int i = 0; i < 4000; i++) {
		const uint64_t n = i % 2000 + 1;
		const uint8_t bytes[4] = { 10, 0, (uint8_t)(n >> 8), (uint8_t)n };
		const struct nt_addr addr = nt_addr_v4(bytes);
		nt_host_filter_ahead(f, n * 977, &addr);
		told[i / 2000] += nt_host_filter_pass(f, h, n * 977, &addr, NT_SEC(1));
	}
	assert_int_equal(told[0], 2000);
	assert_in_range(told[1], 0, 100);
	nt_host_filter_free(f);
	nt_hosts_free(h);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_from_the_position_on),
		cmocka_unit_test(test_asked_again),
		cmocka_unit_test(test_families),
		cmocka_unit_test(test_too_many_stop_it),
		cmocka_unit_test(test_too_many_of_ipv6),
		cmocka_unit_test(test_one_after_the_other),
		cmocka_unit_test(test_a_router),
		cmocka_unit_test(test_a_stop_lasts),
		cmocka_unit_test(test_two_claim_it),
		cmocka_unit_test(test_moved),
		cmocka_unit_test(test_links_age),
		cmocka_unit_test(test_purge),
		cmocka_unit_test(test_clear),
		cmocka_unit_test(test_caps),
		cmocka_unit_test(test_stopped_go_with_their_links),
		cmocka_unit_test(test_many_claim_it),
		cmocka_unit_test(test_kept_answers),
		cmocka_unit_test(test_bounds_of_new),
		cmocka_unit_test(test_filter),
		cmocka_unit_test(test_filter_holds_many),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
