/* SPDX-License-Identifier: BSD-3-Clause */
/* What tables say that they take is what they map. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include <nt_mem.h>
#include <nt_moments.h>

#include <budget.h>
#include <cache_options.h>
#include <distribute.h>
#include <flow_options.h>
#include <rx.h>
#include <sizes.h>
#include <worker_priv.h>

/* What the allocator of small things maps is not a table's. */
#define SMALL_BYTES (1 << 20)

static struct nt_hash_key key;
static struct nt_config cfg;

static size_t
mapped_now(void)
{
	unsigned long pages = 0;
	FILE *f = fopen("/proc/self/statm", "r");
	assert_non_null(f);
	assert_int_equal(fscanf(f, "%lu", &pages), 1);
	fclose(f);
	return pages * (size_t)sysconf(_SC_PAGESIZE);
}

static void
check(const char *what, size_t before, size_t told)
{
	const size_t now = mapped_now(), got = now - before;
	if (now < before || got > told + SMALL_BYTES || told > got + SMALL_BYTES)
		fail_msg("%s: %zu bytes are mapped, it says %zu", what, got, told);
}

#define CHECK_TABLE(made, release, told)                                                           \
	do {                                                                                       \
		const size_t before_ = mapped_now();                                               \
		__typeof__(made) t_ = (made);                                                      \
		assert_non_null(t_);                                                               \
		check(#made, before_, (told));                                                     \
		release(t_);                                                                       \
		check("free after " #made, before_, 0);                                            \
	} while (0)

static const uint32_t counts[] = { 16, 1000, 4096, 100000, 1 << 20 };

static void
test_flows(void **state)
{
	struct nt_conn_config conn;
	(void)state;
	flow_options(&conn, &cfg);
	for (size_t i = 0; i < NT_ARRAY_SIZE(counts); i++) {
		const uint32_t n = counts[i];
		CHECK_TABLE(nt_flow_table_new(n, &key), nt_flow_table_free, nt_flow_table_bytes(n));
		CHECK_TABLE(nt_conn_new(&conn, n), nt_conn_free, nt_conn_bytes(n));
	}
}

static void
test_caches(void **state)
{
	(void)state;
	for (size_t i = 0; i < NT_ARRAY_SIZE(counts); i++) {
		struct nt_name_cache_config c = cache_options(&cfg);
		const struct nt_verdict_config v = { .max_told = counts[i], .max_clients = 5000 };
		c.max_mappings = counts[i];
		c.max_addresses = counts[NT_ARRAY_SIZE(counts) - 1 - i];
		c.max_name_bytes = 1000003 * (i + 1);
		CHECK_TABLE(
			nt_name_cache_new(&c, &key), nt_name_cache_free, nt_name_cache_bytes(&c));
		CHECK_TABLE(nt_told_new(counts[i], &key), nt_told_free, nt_told_bytes(counts[i]));
		CHECK_TABLE(nt_moments_new(counts[i], 1, &key), nt_moments_free,
			nt_moments_bytes(counts[i]));
		CHECK_TABLE(nt_verdicts_new(&v, &key), nt_verdicts_free, nt_verdicts_bytes(&v));
	}
}

static void
test_hosts(void **state)
{
	(void)state;
	for (size_t i = 0; i < NT_ARRAY_SIZE(counts); i++) {
		const struct nt_hosts_config c = {
			.max_links = counts[i], .max_ipv4 = 4, .max_ipv6 = 4, .ttl_ns = NT_SEC(60)
		};
		CHECK_TABLE(nt_hosts_new(&c, &key), nt_hosts_free, nt_hosts_bytes(&c));
	}
	CHECK_TABLE(nt_host_filter_new(&key), nt_host_filter_free, nt_host_filter_bytes());
}

static void
test_names(void **state)
{
	(void)state;
	for (size_t i = 0; i < NT_ARRAY_SIZE(counts); i++) {
		const struct nt_quic_config q = { .connections = NT_MIN(counts[i], 4096u) };
		CHECK_TABLE(nt_dns_match_new(counts[i], 1, &key), nt_dns_match_free,
			nt_dns_match_bytes(counts[i]));
		CHECK_TABLE(nt_dns_buffers_new(NT_MIN(counts[i], 65536u)), nt_dns_buffers_free,
			nt_dns_buffers_bytes(NT_MIN(counts[i], 65536u)));
		CHECK_TABLE(nt_quic_new(&q, &key), nt_quic_free, nt_quic_bytes(&q));
	}
}

static void
test_datagrams(void **state)
{
	(void)state;
	for (size_t i = 0; i < NT_ARRAY_SIZE(counts); i++) {
		const struct nt_datagrams_config c = { .max_datagrams = counts[i],
			.max_bytes = 1000 * counts[i] };
		CHECK_TABLE(nt_datagrams_new(&c, &key), nt_datagrams_free, nt_datagrams_bytes(&c));
	}
}

static void
test_relay(void **state)
{
	(void)state;
	for (unsigned int workers = 1; workers <= 8; workers *= 2) {
		const struct nt_relay_config c = { .workers = workers,
			.burst = 1,
			.ring_units = RELAY_UNITS,
			.own_units = RELAY_UNITS };
		CHECK_TABLE(nt_relay_new(&c), nt_relay_free,
			nt_relay_bytes() + workers * nt_relay_worker_bytes(&c));
	}
	CHECK_TABLE(nt_msg_ring_new("r", RECORD_RING_UNITS), nt_msg_ring_free,
		nt_msg_ring_bytes(RECORD_RING_UNITS));
}

static void
test_suppress(void **state)
{
	(void)state;
	for (size_t i = 0; i < NT_ARRAY_SIZE(counts); i++)
		CHECK_TABLE(
			suppress_new(counts[i], 1, &key), suppress_free, suppress_bytes(counts[i]));
}

static void
test_distribute(void **state)
{
	const struct distribute_config c = { .config = &cfg, .workers = 1 };
	struct distribute d;
	const size_t before = mapped_now();
	(void)state;
	assert_int_equal(distribute_init(&d, &c), 0);
	check("distribute", before, distribute_bytes(&cfg));
	distribute_fini(&d);
}

static void
check_worker(void)
{
	const struct nt_relay_config rc = {
		.workers = 1, .burst = 1, .ring_units = RELAY_UNITS, .own_units = RELAY_UNITS
	};
	struct nt_relay *relay = nt_relay_new(&rc);
	const struct worker_config wc = { .config = &cfg, .relay = relay };
	struct budget b = { 0 };
	assert_non_null(relay);
	worker_budget(&b, &cfg);
	CHECK_TABLE(worker_new(&wc), worker_free, budget_tables_bytes(&b));
	nt_relay_free(relay);
}

static void
test_worker(void **state)
{
	(void)state;
	check_worker();
	cfg.flow.max = 3333;
	cfg.names.max_mappings = 100;
	cfg.names.max_queries = 1000000;
	cfg.notice.max_told = 40;
	check_worker();
	cfg.hosts.enabled = false;
	check_worker();
	nt_config_default(&cfg);
}

/* What is a worker's stands there for each of them. */
static void
test_live(void **state)
{
	struct budget one, four;
	(void)state;
	budget_live(&one, &cfg, 100);
	assert_int_equal(one.dpdk_bytes, 100u << 20);
	cfg.workers = 4;
	budget_live(&four, &cfg, 0);
	cfg.workers = 1;
	assert_int_equal(one.count, four.count);
	assert_true(budget_tables_bytes(&four) > 4 * (budget_tables_bytes(&one) - (64 << 20)));
	assert_true(budget_tables_bytes(&four) < 4 * budget_tables_bytes(&one) + (64 << 20));
}

static void
test_print(void **state)
{
	struct budget b = { .dpdk_bytes = 3 << 20 };
	char *text = NULL;
	size_t len;
	FILE *out = open_memstream(&text, &len);
	(void)state;
	budget_add(&b, "small", 4, 4 << 20, 3);
	budget_add(&b, "other", 0, 1 << 20, 1);
	budget_print(out, &b);
	fclose(out);
	assert_non_null(
		strstr(text, "small                               4  1048576        4.0   3 "
			     "      12.0\n"));
	assert_non_null(strstr(text, " 13.0\nDPDK's pools and rings "));
	assert_non_null(strstr(text, "  3.0\n"));
	free(text);
}

static int
set_up(void **state)
{
	(void)state;
	nt_config_default(&cfg);
	key = nt_hash_key_fixed();
	/* libcrypto's own memory is not a table's */
	nt_quic_free(nt_quic_new(&(struct nt_quic_config){ .connections = 1 }, &key));
	return 0;
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_flows),
		cmocka_unit_test(test_caches),
		cmocka_unit_test(test_hosts),
		cmocka_unit_test(test_names),
		cmocka_unit_test(test_datagrams),
		cmocka_unit_test(test_relay),
		cmocka_unit_test(test_suppress),
		cmocka_unit_test(test_distribute),
		cmocka_unit_test(test_worker),
		cmocka_unit_test(test_live),
		cmocka_unit_test(test_print),
	};
	return cmocka_run_group_tests(tests, set_up, NULL);
}
