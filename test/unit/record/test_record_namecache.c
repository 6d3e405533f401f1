/* SPDX-License-Identifier: BSD-3-Clause */
#include "rows.h"

static struct nt_counters before, now;
static struct nt_histogram lag, propagation;
static struct nt_namecache_row row;
static struct nt_namecache_extra extra;

static int
setup(void **state)
{
	(void)state;
	memset(&before, 0, sizeof(before));
	memset(&now, 0, sizeof(now));
	memset(&lag, 0, sizeof(lag));
	memset(&propagation, 0, sizeof(propagation));
	extra = (struct nt_namecache_extra){
		.ts_ns = NT_SEC(1531628400),
		.fill = { 77, 3, 40 },
		.watermark_lag_ns = &lag,
		.propagation_ns = &propagation,
	};
	return 0;
}

static void
grow(enum nt_counter id, uint64_t old, uint64_t by)
{
	before.n[id] = old;
	now.n[id] = old + by;
}

static char *
text_of(const struct nt_log_config *cfg)
{
	static char text[NT_LOG_NAMECACHE_MAX + 1];
	struct nt_strbuf out = nt_strbuf_init(text, NT_LOG_NAMECACHE_MAX);

	assert_true(nt_log_namecache(&out, cfg, &row));
	assert_int_equal(text[out.len - 1], '\n');
	text[out.len - 1] = '\0';
	return text;
}

static void
rates_of_an_interval(void **state)
{
	(void)state;
	grow(NT_COUNTER_CONNS_WRITTEN, 1000, 200);
	grow(NT_COUNTER_NAMED_CONNS, 990, 150);
	grow(NT_COUNTER_NAMED_ORIG, 5, 50);
	grow(NT_COUNTER_NAMED_RESP, 900, 140);
	grow(NT_COUNTER_ENDS_LOCAL, 0, 300);
	grow(NT_COUNTER_ENDS_LOCAL_NAMED, 0, 100);
	grow(NT_COUNTER_PROD_CONNS, 10, 4);
	grow(NT_COUNTER_PROD_NAMED_CONNS, 10, 5); /* read a moment later than its whole */
	nt_namecache_row_make(&row, &now, &before, &extra);
	assert_true(row.hit_rate_conn == 0.75 && row.hit_rate_conn_orig_h == 0.25);
	assert_true(row.hit_rate_conn_resp_h == 0.7);
	assert_true(row.hit_rate_conn_int_h == 100.0 / 300);
	assert_true(row.hit_rate_conn_ext_h == NT_SHARE_UNSET);
	assert_true(row.hit_rate_conn_prod == 1.0);
	assert_int_equal(row.conns, 200);
	nt_namecache_row_make(&row, &now, NULL, &extra);
	assert_int_equal(row.conns, 1200);
	assert_true(row.hit_rate_conn == 1140.0 / 1200);
}

static void
line_has_every_field(void **state)
{
	static const char *const must[] = { "ts", "lookups", "hit_rate_conn",
		"hit_rate_conn_orig_h", "hit_rate_conn_resp_h", "hit_rate_conn_int_h",
		"hit_rate_conn_ext_h", "hit_rate_conn_prod", "hit_rate_conn_prod_orig_h",
		"hit_rate_conn_prod_resp_h", "src_dns_a", "src_dns_aaaa", "src_dns_a6",
		"src_dns_ptr", "src_http_host", "src_ssl_sni", "src_ntlm_auth", "src_unknown",
		"cache_entries", "cache_add_tx_ev", "cache_add_tx_mpg", "cache_add_rx_ev",
		"cache_add_rx_mpg", "cache_add_rx_new", "cache_del_mpg", "mappings_learnt",
		"mappings_repeats", "mappings_sent", "mappings_shed", "mappings_received",
		"mappings_new", "mappings_refreshed", "mappings_refused", "watermark_lag_p50",
		"watermark_lag_p99", "propagation_p50", "propagation_p99", "released_early",
		"records_late_at_rate", "conns", "packets", "packets_ok", "packets_left_out",
		"conns_made", "mappings_shed_out", "mappings_shed_in", "datagrams_evicted",
		"told_evicted" };
	struct nt_log_column c;
	json_t *j;

	(void)state;
	for (unsigned int id = 0; id < NT_COUNTER_COUNT; id++)
		grow((enum nt_counter)id, 3, 1000 + id);
	for (unsigned int i = 0; i < 100; i++) {
		nt_histogram_add(&lag, 1000000);
		nt_histogram_add(&propagation, 2000000000);
	}
	nt_namecache_row_make(&row, &now, &before, &extra);
	j = parse_line(text_of(&json_cfg));
	for (unsigned int i = 0; i < NT_ARRAY_SIZE(must); i++)
		if (json_object_get(j, must[i]) == NULL)
			fail_msg("no %s", must[i]);
	for (unsigned int i = 0; nt_log_column(&c, &json_cfg, NT_LOG_NAMECACHE, i) != NULL; i++)
		assert_non_null(json_object_get(j, c.name));
	assert_int_equal(json_integer_value(json_object_get(j, "cache_entries")), 77);
	assert_int_equal(json_integer_value(json_object_get(j, "flow_longest_bucket")), 3);
	assert_int_equal(json_integer_value(json_object_get(j, "cache_longest_probe")), 40);
	assert_int_equal(json_integer_value(json_object_get(j, "mappings_shed")),
		2000 + NT_COUNTER_MAPPINGS_SHED_OUT + NT_COUNTER_MAPPINGS_SHED_IN);
	uint64_t left_out = 0;
	for (unsigned int i = 1; i < NT_COUNTER_PACKET_REASONS; i++)
		left_out += 1000 + NT_COUNTER_PACKETS_OK + i;
	assert_int_equal(json_integer_value(json_object_get(j, "packets_left_out")), left_out);
	assert_int_equal(json_integer_value(json_object_get(j, "src_dns_aaaa")),
		1000 + NT_COUNTER_SRC_DNS_AAAA);
	assert_true(json_real_value(json_object_get(j, "watermark_lag_p50")) > 0.00096);
	assert_true(json_real_value(json_object_get(j, "watermark_lag_p50")) <= 0.001);
	assert_true(json_real_value(json_object_get(j, "propagation_p99")) > 1.9);
	json_decref(j);
}

static void
nothing_happened(void **state)
{
	json_t *j;

	(void)state;
	nt_namecache_row_make(&row, &now, &before, &extra);
	j = parse_line(text_of(&json_cfg));
	assert_null(json_object_get(j, "hit_rate_conn"));
	assert_null(json_object_get(j, "hit_rate_conn_prod_resp_h"));
	assert_null(json_object_get(j, "watermark_lag_p50"));
	assert_null(json_object_get(j, "propagation_p99"));
	assert_int_equal(json_integer_value(json_object_get(j, "lookups")), 0);
	json_decref(j);
}

static void
shares_as_text(void **state)
{
	static const struct {
		double share;
		const char *text;
	} shares[] = { { 0, "0.0" }, { 1, "1.0" }, { 0.5, "0.5" }, { 1.0 / 3, "0.333333" },
		{ 0.9999999, "1.0" }, { 0.05, "0.05" }, { 0.000001, "0.000001" },
		{ NT_SHARE_UNSET, "-" }, { 7, "1.0" } };
	unsigned int at = column_of(&tsv_cfg, NT_LOG_NAMECACHE, "hit_rate_conn");
	char *cells[CELLS_MAX];

	(void)state;
	nt_namecache_row_make(&row, &now, NULL, &extra);
	for (unsigned int i = 0; i < NT_ARRAY_SIZE(shares); i++) {
		row.hit_rate_conn = shares[i].share;
		split_cells(text_of(&tsv_cfg), cells);
		assert_string_equal(cells[at], shares[i].text);
		json_decref(parse_line(text_of(&json_cfg)));
	}
}

static void
longest_line_fits(void **state)
{
	char text[NT_LOG_NAMECACHE_MAX];
	struct nt_strbuf out = nt_strbuf_init(text, sizeof(text));

	(void)state;
	memset(&row, 0xff, sizeof(row)); /* every count and flag; NaN for shares */
	row.ts_ns = INT64_MIN;
	assert_true(nt_log_namecache(&out, &json_cfg, &row));
	assert_true(out.len + 64 < sizeof(text));
	out = nt_strbuf_init(text, sizeof(text) - 1);
	assert_false(nt_log_namecache(&out, &json_cfg, &row));
	assert_int_equal(out.len, 0);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(rates_of_an_interval, setup),
		cmocka_unit_test_setup(line_has_every_field, setup),
		cmocka_unit_test_setup(nothing_happened, setup),
		cmocka_unit_test_setup(shares_as_text, setup),
		cmocka_unit_test_setup(longest_line_fits, setup),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
