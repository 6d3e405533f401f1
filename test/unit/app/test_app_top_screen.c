/* SPDX-License-Identifier: BSD-3-Clause */
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include <cmocka.h>

#include "telemetry_answers.h"
#include "top_screen.h"

static struct top_sample before, now;
static struct top_grid grid;

static void
expect_line(unsigned int row, const char *want)
{
	char got[TOP_COLUMNS_MAX + 1];
	size_t len = strlen(grid.text[row]);
	memcpy(got, grid.text[row], len + 1);
	while (len > 0 && got[len - 1] == ' ')
		got[--len] = '\0';
	assert_string_equal(got, want);
}

static bool
is_somewhere(const char *text)
{
	for (unsigned int r = 0; r < grid.rows; r++)
		if (strstr(grid.text[r], text) != NULL)
			return true;
	return false;
}

static struct top_sample
sample(int64_t at_sec, uint64_t packets)
{
	struct top_sample s = { .at_ns = NT_SEC(at_sec),
		.uptime_ns = NT_SEC(90061),
		.version = "0.1.0",
		.sensor = "tap1",
		.worker_count = 2,
		.propagation_p50_usec = 20,
		.propagation_p99_usec = 1500 };
	s.counters[NT_COUNTER_PACKETS] = packets;
	s.counters[NT_COUNTER_PACKET_BYTES] = packets * 500;
	s.counters[NT_COUNTER_CONNS_MADE] = packets / 10;
	s.counters[NT_COUNTER_ENDS_EXTERNAL] = packets / 10;
	s.counters[NT_COUNTER_ENDS_EXTERNAL_NAMED] = packets / 20;
	s.most[WORKER_GAUGE_FLOWS] = 1000;
	for (unsigned int i = 0; i < 2; i++) {
		s.workers[i].packets = packets / 2;
		s.workers[i].gauges[WORKER_GAUGE_FLOWS] = i == 0 ? 950 : 100;
		s.workers[i].lag_p50_usec = TOP_NO_USEC;
		s.workers[i].lag_p99_usec = 12;
	}
	return s;
}

static void
make(unsigned int rows, unsigned int columns)
{
	before = sample(10, 1000000);
	now = sample(12, 5000000);
	top_screen(&grid, rows, columns, &now, &before, &before, "12:00:00");
}

static void
test_80x24(void **state)
{
	(void)state;
	make(24, 80);
	expect_line(0,
		" nametap 0.1.0  tap1                                 up 1 d 01:01:01   12:00:00");
	expect_line(1, " TRAFFIC                                NAMES");
	expect_line(2, " packets      2.00 M/s                  non-local     50.0 %");
	expect_line(3, " bits         8.00 Gb/s                 local        -");
	expect_line(4, " packet size  500 B                     named conns  0 /s");
	expect_line(
		6, " connections  1,050 open                propagation  p50 20 us  p99 1.50 ms");
	expect_line(9, " LOSSES       none");
	assert_true(is_somewhere("  0     1.00 M [||||95%] ["));
	assert_true(is_somewhere("UNNAMED DESTINATIONS"));
	assert_int_equal(grid.look[0][40], TOP_TITLE);
	assert_int_equal(grid.look[11][17], TOP_BAD);
	assert_int_equal(grid.look[12][16], TOP_GOOD);
}

static void
test_losses(void **state)
{
	(void)state;
	before = sample(10, 1000000);
	now = sample(12, 5000000);
	before.counters[NT_COUNTER_RX_MISSED] = now.counters[NT_COUNTER_RX_MISSED] = 900;
	now.counters[NT_COUNTER_CONNS_LOST] = 50;
	now.counters[NT_COUNTER_MAPPINGS_SHED_OUT] = 70;
	enum nt_counter ids[3];
	assert_int_equal(top_losses(&now, &before, ids, 3), 3);
	assert_int_equal(ids[0], NT_COUNTER_MAPPINGS_SHED_OUT);
	assert_int_equal(ids[1], NT_COUNTER_CONNS_LOST);
	assert_int_equal(ids[2], NT_COUNTER_RX_MISSED);
	assert_int_equal(top_losses(&now, &before, ids, 1), 1);
	assert_int_equal(ids[0], NT_COUNTER_MAPPINGS_SHED_OUT);
	assert_int_equal(top_losses(&now, &before, ids, 0), 0);
	top_screen(&grid, 24, 80, &now, &before, &before, "");
	assert_true(is_somewhere("mappings_shed_out"));
	assert_true(is_somewhere("900"));
	assert_false(is_somewhere("LOSSES       none"));
}

static void
test_wide(void **state)
{
	(void)state;
	before = sample(10, 1000000);
	now = sample(12, 5000000);
	now.counters[NT_COUNTER_RX_MISSED] = 900;
	now.destination_count = TOP_DESTINATIONS;
	for (unsigned int i = 0; i < TOP_DESTINATIONS; i++) {
		snprintf(now.destinations[i].address, sizeof(now.destinations[i].address),
			"2001:db8:1111:2222:3333:4444:5555:%x", 0xf000 + i);
		now.destinations[i].conns = 1234567;
		now.destinations[i].bytes = 5000000000;
		now.destinations[i].local = true;
	}
	now.destinations_since_ns = NT_SEC(1700000000);
	top_screen(&grid, 50, 200, &now, &before, &before, "12:00:00");
	assert_true(is_somewhere("of these, by a port: its queue was full"));
	assert_true(is_somewhere(":f000      1,234,567"));
	assert_true(is_somewhere("4.66 GiB    local"));
	assert_true(is_somewhere("since 2023-11-1"));
	assert_non_null(strstr(grid.text[49], "2001:db8"));
}

/* No size makes it write where there is no screen. */
static void
test_any_size(void **state)
{
	(void)state;
	before = sample(10, 1000000);
	now = sample(12, 5000000);
	now.worker_count = NT_CONFIG_WORKERS_MAX;
	now.destination_count = TOP_DESTINATIONS;
	for (unsigned int id = 0; id < NT_COUNTER_COUNT; id++)
		now.counters[id] = UINT64_MAX / 2;
	memset(now.sensor, 'x', sizeof(now.sensor) - 1);
	now.version[0] = 0x1b; /* whatever a sensor tells */
	for (unsigned int rows = 0; rows < 60; rows += rows < 20 ? 1 : 7)
		for (unsigned int columns = 0; columns < 260; columns += columns < 90 ? 1 : 13) {
			top_screen(&grid, rows, columns, &now, &before, &before, "12:00:00");
			assert_int_equal(grid.rows, rows);
			for (unsigned int r = 0; r < rows; r++) {
				assert_int_equal(strlen(grid.text[r]), columns);
				for (unsigned int c = 0; c < columns; c++)
					assert_true(
						grid.text[r][c] >= ' ' && grid.text[r][c] <= '~');
			}
		}
	top_screen(&grid, 10000, 10000, &now, &before, &before, "");
	assert_int_equal(grid.rows, TOP_ROWS_MAX);
	assert_int_equal(grid.columns, TOP_COLUMNS_MAX);
}

/* The same sample twice, a sensor that began anew, one that tells nothing. */
static void
test_odd_samples(void **state)
{
	(void)state;
	before = sample(10, 1000000);
	top_screen(&grid, 24, 80, &before, &before, &before, "");
	expect_line(2, " packets      0 /s                      non-local     50.0 %");
	now = sample(11, 10);
	top_screen(&grid, 24, 80, &now, &before, &before, "");
	expect_line(2, " packets      0 /s                      non-local      0.0 %");
	top_sample_make(&now, NULL, NULL, NULL, NULL);
	top_screen(&grid, 24, 80, &now, &before, &before, "");
	assert_int_equal(now.worker_count, 0);
	assert_int_equal(now.propagation_p50_usec, TOP_NO_USEC);
	json_decref(top_sample_json(&now, &before));
}

static void
test_from_answers(void **state)
{
	(void)state;
	static struct nt_counters c;
	static struct nt_config cfg;
	static struct worker_gauges gauges;
	static struct busiest_view view;
	struct nt_error err;
	nt_config_default(&cfg);
	for (unsigned int id = 0; id < NT_COUNTER_COUNT; id++)
		nt_counter_set(&c, (enum nt_counter)id, id + 1);
	for (unsigned int id = 0; id < WORKER_GAUGE_COUNT; id++)
		worker_gauge_set(&gauges, (enum worker_gauge)id, 100 + id);
	view.count = 1;
	view.entry[0].conns = 9;
	nt_addr_parse("192.0.2.1", &view.entry[0].addr);
	struct answer_worker aw = { .counters = &c, .gauges = &gauges };
	nt_histogram_add(&aw.lag, 5000000);
	json_t *stats = json_pack("{s:s, s:s, s:o}", "version", "1", "uptime", "5.5", "counters",
		answer_counters(&c));
	json_t *workers = json_pack("{s:{s:o}, s:{s:i}}", "workers", "0", answer_worker(&cfg, &aw),
		"relay", "propagation_p50_usec", 7);
	json_t *config = answer_config(&cfg, "", &err), *top = answer_top(&view, 5);
	top_sample_make(&now, stats, workers, config, top);
	assert_int_equal(now.uptime_ns, NT_SEC(11) / 2);
	for (unsigned int id = 0; id < NT_COUNTER_COUNT; id++)
		assert_int_equal(now.counters[id], id + 1);
	assert_int_equal(now.worker_count, 1);
	for (unsigned int id = 0; id < WORKER_GAUGE_COUNT; id++)
		assert_int_equal(now.workers[0].gauges[id], 100 + id);
	assert_int_equal(now.most[WORKER_GAUGE_FLOWS], cfg.flow.max);
	assert_int_equal(now.most[WORKER_GAUGE_CACHE_MAPPINGS], cfg.names.max_mappings);
	assert_int_equal(now.most[WORKER_GAUGE_OUT_RING], 0);
	assert_true(now.workers[0].lag_p50_usec > 4800 && now.workers[0].lag_p50_usec < 5200);
	assert_int_equal(now.propagation_p50_usec, 7);
	assert_int_equal(now.propagation_p99_usec, TOP_NO_USEC);
	assert_int_equal(now.destination_count, 1);
	assert_string_equal(now.destinations[0].address, "192.0.2.1");
	json_decref(stats);
	json_decref(workers);
	json_decref(config);
	json_decref(top);
}

static void
test_json(void **state)
{
	(void)state;
	before = sample(10, 1000000);
	now = sample(12, 5000000);
	now.counters[NT_COUNTER_CONNS_LOST] = 50;
	json_t *o = top_sample_json(&now, &before);
	assert_true(json_real_value(json_object_get(o, "packets_per_sec")) == 2e6);
	assert_true(json_real_value(json_object_get(o, "named_external_percent")) == 50);
	assert_null(json_object_get(o, "named_local_percent"));
	assert_int_equal(json_integer_value(json_object_get(o, "connections_open")), 1050);
	assert_int_equal(
		json_integer_value(json_object_get(
			json_object_get(json_object_get(o, "losses"), "conns_lost"), "total")),
		50);
	assert_int_equal(json_array_size(json_object_get(o, "workers")), 2);
	json_decref(o);
}

int
main(void)
{
	setenv("TZ", "UTC", 1);
	tzset();
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_80x24),
		cmocka_unit_test(test_losses),
		cmocka_unit_test(test_wide),
		cmocka_unit_test(test_any_size),
		cmocka_unit_test(test_odd_samples),
		cmocka_unit_test(test_from_answers),
		cmocka_unit_test(test_json),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
