/* SPDX-License-Identifier: BSD-3-Clause */
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "nt_verdict.h"

static const struct nt_addr nobody = { .family = NT_FAMILY_NONE };

static struct nt_addr
addr(uint32_t n)
{
	const uint32_t be = __builtin_bswap32(0x0a000000 + n);
	uint8_t bytes[4];
	memcpy(bytes, &be, sizeof(bytes));
	return nt_addr_v4(bytes);
}

#define SERVER addr(1)
#define CLIENT addr(2)
#define OTHER  addr(3)

static const struct nt_verdict_config config = {
	.max_told = 64,
	.max_clients = 64,
	.grace_ns = NT_SEC(1),
	.warm_up_ns = 0,
	.look_back_ns = NT_SEC(1000),
	.lost_for_ns = NT_SEC(60),
	.hidden_for_ns = NT_SEC(3600),
};

static struct nt_verdicts *
make(const struct nt_verdict_config *cfg)
{
	const struct nt_hash_key key = nt_hash_key_fixed();
	struct nt_verdicts *v = nt_verdicts_new(cfg, &key);
	assert_non_null(v);
	return v;
}

static void
tell(struct nt_verdicts *v, struct nt_addr a, struct nt_addr client, int64_t sec,
	enum nt_source source)
{
	const struct nt_mapping m = { .addr = a,
		.client = client,
		.seen_ns = NT_SEC(sec),
		.source = (uint8_t)source,
		.name = "x",
		.name_len = 1 };
	const struct nt_hash_key key = nt_hash_key_fixed(); /* make()'s */
	struct nt_mapping_keys k, *soon = &k;
	nt_mapping_keys_of(&key, &m, &k);
	nt_verdicts_ahead(v, &soon, 1, 0);
	nt_verdicts_ahead(v, &soon, 1, 1);
	nt_verdicts_mapping(v, &m, &k);
}

static struct nt_verdict_query
query(const struct nt_addr *client, int64_t start_ns)
{
	return (struct nt_verdict_query){ .addr = SERVER,
		.clients = client,
		.client_count = 1,
		.start_ns = start_ns,
		.began_ns = 0 };
}

static void
check(struct nt_verdicts *v, const struct nt_verdict_query *q, enum nt_verdict want)
{
	enum nt_unknown why;
	assert_int_equal(nt_verdicts_judge(v, q, &why), want);
}

static void
check_unknown(struct nt_verdicts *v, const struct nt_verdict_query *q, enum nt_unknown want)
{
	enum nt_unknown why = NT_UNKNOWN_REASONS;
	assert_int_equal(nt_verdicts_judge(v, q, &why), NT_VERDICT_UNKNOWN);
	assert_int_equal(why, want);
}

static void
test_told(void **state)
{
	(void)state;
	struct nt_verdicts *v = make(&config);
	const struct nt_addr c = CLIENT, d = OTHER;
	const struct nt_verdict_query mine = query(&c, NT_SEC(100)),
				      theirs = query(&d, NT_SEC(100));
	check(v, &mine, NT_VERDICT_NONE);
	tell(v, SERVER, CLIENT, 100, NT_SOURCE_DNS_A);
	check(v, &mine, NT_VERDICT_CLIENT);
	check(v, &theirs, NT_VERDICT_OTHER);
	nt_verdicts_clear(v);
	check(v, &mine, NT_VERDICT_NONE);
	nt_verdicts_free(v);
}

/* The grace to the nanosecond; what comes later excuses nothing. */
static void
test_grace(void **state)
{
	(void)state;
	struct nt_verdicts *v = make(&config);
	const struct nt_addr c = CLIENT;
	tell(v, SERVER, CLIENT, 100, NT_SOURCE_DNS_AAAA);
	struct nt_verdict_query q = query(&c, NT_SEC(99));
	check(v, &q, NT_VERDICT_CLIENT);
	q.start_ns--;
	check(v, &q, NT_VERDICT_NONE);
	q.start_ns = NT_SEC(1000000);
	check(v, &q, NT_VERDICT_CLIENT);
	nt_verdicts_free(v);
}

static void
test_sources(void **state)
{
	(void)state;
	static const bool explains[NT_SOURCES] = {
		[NT_SOURCE_DNS_A] = true,
		[NT_SOURCE_DNS_AAAA] = true,
		[NT_SOURCE_DNS_HTTPS] = true,
		[NT_SOURCE_MDNS] = true,
		[NT_SOURCE_LLMNR] = true,
		[NT_SOURCE_NBNS] = true,
		[NT_SOURCE_DHCP] = true,
	};
	const struct nt_addr c = CLIENT;
	const struct nt_verdict_query q = query(&c, NT_SEC(100));
	for (unsigned int s = 0; s < NT_SOURCES; s++) {
		struct nt_verdicts *v = make(&config);
		tell(v, SERVER, nobody, 50, (enum nt_source)s);
		check(v, &q, explains[s] ? NT_VERDICT_OTHER : NT_VERDICT_NONE);
		nt_verdicts_free(v);
	}
}

/* A host has several addresses; each may have asked. */
static void
test_hosts(void **state)
{
	(void)state;
	struct nt_verdicts *v = make(&config);
	const struct nt_addr host[2] = { CLIENT, OTHER };
	struct nt_verdict_query q = query(host, NT_SEC(100));
	tell(v, SERVER, OTHER, 50, NT_SOURCE_DNS_A);
	check(v, &q, NT_VERDICT_OTHER);
	q.client_count = 2;
	check(v, &q, NT_VERDICT_CLIENT);
	nt_verdicts_clear(v);
	nt_verdicts_hidden(v, &host[1], NT_SEC(60));
	check_unknown(v, &q, NT_UNKNOWN_ENCRYPTED);
	q.client_count = 1;
	check(v, &q, NT_VERDICT_NONE);
	nt_verdicts_free(v);
}

static void
test_plain_reasons(void **state)
{
	(void)state;
	struct nt_verdict_config cfg = config;
	const struct nt_addr c = CLIENT;
	cfg.warm_up_ns = NT_SEC(300);
	struct nt_verdicts *v = make(&cfg);
	struct nt_verdict_query q = query(&c, NT_SEC(400) - 1);
	q.began_ns = NT_SEC(100);
	check_unknown(v, &q, NT_UNKNOWN_WARM_UP);
	q.start_ns++;
	check(v, &q, NT_VERDICT_NONE);
	q.early = true;
	check_unknown(v, &q, NT_UNKNOWN_EARLY);
	q.joined = true;
	check_unknown(v, &q, NT_UNKNOWN_JOINED);
	/* What was told was told. */
	tell(v, SERVER, CLIENT, 1, NT_SOURCE_DNS_A);
	check(v, &q, NT_VERDICT_CLIENT);
	nt_verdicts_free(v);
}

static void
test_lost(void **state)
{
	(void)state;
	const struct nt_addr c = CLIENT, d = OTHER;
	for (unsigned int why = NT_UNKNOWN_MALFORMED; why < NT_UNKNOWN_REASONS; why++) {
		struct nt_verdicts *v = make(&config);
		struct nt_verdict_query q = query(&c, NT_SEC(160)), other = query(&d, NT_SEC(160));
		nt_verdicts_lost(v, (enum nt_unknown)why, &nobody, &c, NT_SEC(100));
		check_unknown(v, &q, (enum nt_unknown)why);
		check(v, &other, NT_VERDICT_NONE);
		q.start_ns++;
		check(v, &q, NT_VERDICT_NONE);
		q.start_ns = NT_SEC(99);
		check_unknown(v, &q, (enum nt_unknown)why);
		q.start_ns--;
		check(v, &q, NT_VERDICT_NONE);
		nt_verdicts_lost(v, (enum nt_unknown)why, &nobody, &nobody, NT_SEC(200));
		other.start_ns = NT_SEC(210);
		check_unknown(v, &other, (enum nt_unknown)why);
		nt_verdicts_free(v);
	}
}

/* An answer whose addresses are known, but that does not count: only they are in doubt. */
static void
test_refused_address(void **state)
{
	(void)state;
	struct nt_verdicts *v = make(&config);
	const struct nt_addr c = CLIENT, s = SERVER;
	struct nt_verdict_query q = query(&c, NT_SEC(100));
	nt_verdicts_lost(v, NT_UNKNOWN_REFUSED, &s, &c, NT_SEC(90));
	check_unknown(v, &q, NT_UNKNOWN_REFUSED);
	q.addr = addr(77);
	check(v, &q, NT_VERDICT_NONE);
	nt_verdicts_free(v);
}

/* Cut, and whole within the grace, or not. */
static void
check_cut(enum nt_unknown why)
{
	const struct nt_addr c = CLIENT, d = OTHER;
	struct nt_verdicts *v = make(&config);
	struct nt_verdict_query q = query(&c, NT_SEC(100) - 1);
	nt_verdicts_cut(v, why, &c, 7, NT_SEC(100));
	check(v, &q, NT_VERDICT_NONE); /* it may still come */
	nt_verdicts_answered(v, &c, 8, NT_SEC(101));
	nt_verdicts_answered(v, &d, 7, NT_SEC(101));
	nt_verdicts_answered(v, &c, 7, NT_SEC(101) + 1);
	q.start_ns = NT_SEC(100);
	check_unknown(v, &q, why);
	q.start_ns = NT_SEC(161);
	check_unknown(v, &q, why);
	q.start_ns++;
	check(v, &q, NT_VERDICT_NONE);
	nt_verdicts_cut(v, why, &c, 7, NT_SEC(200));
	nt_verdicts_cut(v, why, &d, 7, NT_SEC(200));
	nt_verdicts_answered(v, &c, 7, NT_SEC(201));
	q.start_ns = NT_SEC(200);
	check(v, &q, NT_VERDICT_NONE);
	q.clients = &d;
	check_unknown(v, &q, why);
	nt_verdicts_cut(v, why, &c, 7, NT_SEC(300));
	nt_verdicts_settle(v);
	nt_verdicts_answered(v, &c, 7, NT_SEC(300));
	q.clients = &c;
	q.start_ns = NT_SEC(300);
	check_unknown(v, &q, why);
	for (uint64_t i = 0; i < 5000; i++)
		nt_verdicts_cut(v, why, &c, i, NT_SEC(400));
	q.start_ns = NT_SEC(400);
	check_unknown(v, &q, why);
	nt_verdicts_free(v);
}

static void
test_truncated(void **state)
{
	(void)state;
	check_cut(NT_UNKNOWN_TRUNCATED);
}

static void
test_fragmented(void **state)
{
	(void)state;
	check_cut(NT_UNKNOWN_FRAGMENTED);
}

/* Whatever else was told of the address. */
static void
test_escaped(void **state)
{
	const struct nt_addr client = CLIENT;
	struct nt_verdicts *v = make(&config);
	const struct nt_verdict_query q = query(&client, NT_SEC(10));
	enum nt_unknown why;
	(void)state;
	tell(v, SERVER, CLIENT, 1, NT_SOURCE_DNS_A);
	assert_false(nt_verdicts_escaped(v, &q, &why));
	nt_verdicts_hidden(v, &client, NT_SEC(5));
	check(v, &q, NT_VERDICT_CLIENT);
	assert_true(nt_verdicts_escaped(v, &q, &why));
	assert_int_equal(why, NT_UNKNOWN_ENCRYPTED);
	nt_verdicts_free(v);
}

static void
test_hidden(void **state)
{
	(void)state;
	struct nt_verdicts *v = make(&config);
	const struct nt_addr c = CLIENT;
	struct nt_verdict_query q = query(&c, NT_SEC(4000));
	nt_verdicts_hidden(v, &c, NT_SEC(400));
	check_unknown(v, &q, NT_UNKNOWN_ENCRYPTED);
	q.start_ns++;
	check(v, &q, NT_VERDICT_NONE);
	nt_verdicts_free(v);
}

static void
test_forgotten(void **state)
{
	(void)state;
	struct nt_verdict_config cfg = config;
	cfg.max_told = 16;
	struct nt_verdicts *v = make(&cfg);
	const struct nt_addr c = CLIENT;
	for (uint32_t i = 0; i < 17; i++)
		tell(v, addr(100 + i), nobody, 10 + i, NT_SOURCE_DNS_A);
	assert_int_equal(nt_verdicts_evicted(v), 1);
	struct nt_verdict_query q = query(&c, NT_SEC(1010));
	check_unknown(v, &q, NT_UNKNOWN_FORGOTTEN);
	q.start_ns++;
	check(v, &q, NT_VERDICT_NONE);
	nt_verdicts_free(v);
}

static void
test_new(void **state)
{
	(void)state;
	const struct nt_hash_key key = nt_hash_key_fixed();
	struct nt_verdict_config cfg = config;
	cfg.max_told = 1;
	assert_null(nt_verdicts_new(&cfg, &key));
	assert_int_equal(errno, EINVAL);
	cfg = config;
	cfg.grace_ns = cfg.lost_for_ns = cfg.hidden_for_ns = 0;
	nt_verdicts_free(make(&cfg));
	nt_verdicts_free(NULL);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_told),
		cmocka_unit_test(test_grace),
		cmocka_unit_test(test_sources),
		cmocka_unit_test(test_hosts),
		cmocka_unit_test(test_plain_reasons),
		cmocka_unit_test(test_lost),
		cmocka_unit_test(test_refused_address),
		cmocka_unit_test(test_truncated),
		cmocka_unit_test(test_fragmented),
		cmocka_unit_test(test_hidden),
		cmocka_unit_test(test_escaped),
		cmocka_unit_test(test_forgotten),
		cmocka_unit_test(test_new),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
