/* SPDX-License-Identifier: BSD-3-Clause */
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "summary.h"

/* A run whose books balance, with three workers and something in every part of every sum. */
struct run {
	struct nt_counters counters;
	struct nt_sink_stats sink;
	struct summary summary;
};

static const struct {
	enum nt_counter id;
	uint64_t n;
} balanced[] = {
	{ NT_COUNTER_PACKETS, 1000 },
	{ NT_COUNTER_PACKETS_OK, 970 },
	{ NT_COUNTER_PACKETS_NOT_IP, 10 },
	{ NT_COUNTER_PACKETS_NO_TRANSPORT, 20 },
	{ NT_COUNTER_CONNS_MADE, 105 },
	{ NT_COUNTER_CONNS_WRITTEN, 100 },
	{ NT_COUNTER_CONNS_LOST, 5 },
	{ NT_COUNTER_MAPPINGS_LEARNT, 60 },
	{ NT_COUNTER_MAPPINGS_REPEATS, 8 },
	{ NT_COUNTER_MAPPINGS_SENT, 50 },
	{ NT_COUNTER_MAPPINGS_SHED_OUT, 2 },
	{ NT_COUNTER_MAPPINGS_RECEIVED, 97 },
	{ NT_COUNTER_MAPPINGS_SHED_IN, 3 },
	{ NT_COUNTER_MAPPINGS_NEW, 70 },
	{ NT_COUNTER_MAPPINGS_REFRESHED, 20 },
	{ NT_COUNTER_MAPPINGS_REFUSED, 7 },
	{ NT_COUNTER_OWN_NEW, 40 },
	{ NT_COUNTER_OWN_REFRESHED, 9 },
	{ NT_COUNTER_OWN_REFUSED, 1 },
	{ NT_COUNTER_LOOKUP_UNKNOWN, 9 },
	{ NT_COUNTER_UNKNOWN_JOINED, 4 },
	{ NT_COUNTER_UNKNOWN_DROPPED, 5 },
	{ NT_COUNTER_NOTICES, 7 },
	{ NT_COUNTER_ENDS_LOCAL, 90 },
	{ NT_COUNTER_ENDS_LOCAL_NAMED, 9 },
	{ NT_COUNTER_ENDS_EXTERNAL, 110 },
	{ NT_COUNTER_ENDS_EXTERNAL_NAMED, 55 },
};

static void
balance(struct run *r)
{
	memset(r, 0, sizeof(*r));
	for (size_t i = 0; i < NT_ARRAY_SIZE(balanced); i++)
		nt_counter_set(&r->counters, balanced[i].id, balanced[i].n);
	r->sink.lines_written[NT_LOG_CONN] = 98;
	r->sink.lines_lost[NT_LOG_CONN] = 2;
	r->sink.lines_written[NT_LOG_NOTICE] = 6;
	r->sink.lines_lost[NT_LOG_NOTICE] = 1;
	r->sink.lines_written[NT_LOG_NAMECACHE] = 12; /* no part of any sum */
	r->summary = (struct summary){
		.dir = "some/where",
		.workers = 3,
		.packets_read = 1000,
		.seconds = 1.5,
		.counters = &r->counters,
		.sink = &r->sink,
	};
}

/* How many sums did not hold; *ret is what was said, the caller's to free. */
static unsigned int
check_of(const struct run *r, char **ret)
{
	size_t len;
	FILE *out = open_memstream(ret, &len);
	assert_non_null(out);
	const unsigned int bad = summary_check(out, &r->summary);
	assert_int_equal(fclose(out), 0);
	return bad;
}

static char *
print_of(const struct run *r)
{
	char *text;
	size_t len;
	FILE *out = open_memstream(&text, &len);
	assert_non_null(out);
	summary_print(out, &r->summary);
	assert_int_equal(fclose(out), 0);
	return text;
}

static unsigned int
lines_in(const char *text)
{
	unsigned int n = 0;
	for (; *text != '\0'; text++)
		n += *text == '\n';
	return n;
}

static void
test_balanced(void **state)
{
	(void)state;
	struct run r;
	char *text;
	balance(&r);
	assert_int_equal(check_of(&r, &text), 0);
	assert_string_equal(text, "");
	free(text);
}

/* Live, ports may have packets left at the end, as many as their queues hold, and none too few. */
static void
test_left_in_ports(void **state)
{
	static const struct {
		uint64_t received;
		unsigned int bad;
	} cases[] = { { 999, 1 }, { 1000, 0 }, { 1064, 0 }, { 1065, 1 } };

	(void)state;
	for (size_t i = 0; i < NT_ARRAY_SIZE(cases); i++) {
		struct run r;
		char *text;
		balance(&r);
		r.summary.live = true;
		r.summary.rx_room = 64;
		nt_counter_set(&r.counters, NT_COUNTER_RX_PACKETS, cases[i].received);
		assert_int_equal(check_of(&r, &text), cases[i].bad);
		free(text);
	}
}

/* Nothing read at all; and one worker, to whom nobody sends. */
static void
test_nothing_and_one_worker(void **state)
{
	(void)state;
	struct run r;
	char *text;
	balance(&r);
	memset(&r.counters, 0, sizeof(r.counters));
	memset(&r.sink, 0, sizeof(r.sink));
	r.summary.packets_read = 0;
	assert_int_equal(check_of(&r, &text), 0);
	free(text);

	balance(&r);
	r.summary.workers = 1;
	for (unsigned int id = NT_COUNTER_MAPPINGS_RECEIVED; id <= NT_COUNTER_MAPPINGS_REFUSED;
		id++)
		nt_counter_set(&r.counters, (enum nt_counter)id, 0);
	assert_int_equal(check_of(&r, &text), 0);
	free(text);
}

/* One more of each of these upsets one sum, which alone is told, by its name. */
static const struct {
	enum nt_counter id;
	const char *sum;
} upsets[] = {
	{ NT_COUNTER_PACKETS_OK, "packets = sum over reasons: 1000 is not 1001;" },
	{ NT_COUNTER_PACKETS_CUT_LINK, "packets = sum over reasons" },
	{ NT_COUNTER_PACKETS_NO_TRANSPORT, "packets = sum over reasons" },
	{ NT_COUNTER_CONNS_MADE, "connections made = written: 106 is not 105;" },
	{ NT_COUNTER_CONNS_LOST, "connections made = written" },
	{ NT_COUNTER_MAPPINGS_LEARNT, "mappings learnt = repeats + sent + shed: 61 is not 60;" },
	{ NT_COUNTER_MAPPINGS_REPEATS, "mappings learnt = repeats" },
	{ NT_COUNTER_MAPPINGS_SHED_OUT, "mappings learnt = repeats" },
	{ NT_COUNTER_MAPPINGS_SHED_IN, "received + shed: 100 is not 101;" },
	{ NT_COUNTER_MAPPINGS_NEW, "mappings received = new + refreshed + refused: 97 is not 98;" },
	{ NT_COUNTER_MAPPINGS_REFRESHED, "mappings received = new" },
	{ NT_COUNTER_MAPPINGS_REFUSED, "mappings received = new" },
	{ NT_COUNTER_NOTICES, "notices made = lines written + lost: 8 is not 7;" },
	{ NT_COUNTER_LOOKUP_UNKNOWN, "unknown lookups = sum over reasons: 10 is not 9;" },
	{ NT_COUNTER_UNKNOWN_DROPPED, "unknown lookups = sum over reasons" },
	{ NT_COUNTER_OWN_NEW, "own mappings = new + refreshed + refused: 50 is not 51;" },
	{ NT_COUNTER_OWN_REFRESHED, "own mappings = new" },
	{ NT_COUNTER_OWN_REFUSED, "own mappings = new" },
};

static void
assert_told(const struct run *r, const char *sum)
{
	char *text;
	assert_int_equal(check_of(r, &text), 1);
	assert_int_equal(lines_in(text), 1);
	assert_int_equal(strncmp(text, "nametap: accounting: ", 21), 0);
	if (strstr(text, sum) == NULL)
		fail_msg("'%s' is not in: %s", sum, text);
	free(text);
}

static void
test_every_sum(void **state)
{
	(void)state;
	struct run r;
	for (size_t i = 0; i < NT_ARRAY_SIZE(upsets); i++) {
		balance(&r);
		nt_counter_add(&r.counters, upsets[i].id, 1);
		assert_told(&r, upsets[i].sum);
	}
	balance(&r);
	r.summary.packets_read--;
	assert_told(&r, "packets read = processed: 999 is not 1000;");
	balance(&r);
	r.sink.lines_written[NT_LOG_CONN]--;
	assert_told(&r, "records made = lines written + lost: 100 is not 99;");
	balance(&r);
	r.sink.lines_lost[NT_LOG_CONN]++;
	assert_told(&r, "records made = lines written + lost");
}

/* Counters that stand in two sums upset both, and all of them are told at once. */
static void
test_several_sums(void **state)
{
	(void)state;
	static const enum nt_counter two[] = { NT_COUNTER_PACKETS, NT_COUNTER_CONNS_WRITTEN,
		NT_COUNTER_MAPPINGS_RECEIVED };
	struct run r;
	char *text;
	for (size_t i = 0; i < NT_ARRAY_SIZE(two); i++) {
		balance(&r);
		nt_counter_add(&r.counters, two[i], 1);
		assert_int_equal(check_of(&r, &text), 2);
		assert_int_equal(lines_in(text), 2);
		free(text);
	}
	balance(&r);
	r.summary.packets_read++;
	nt_counter_add(&r.counters, NT_COUNTER_PACKETS_OK, 1);
	nt_counter_add(&r.counters, NT_COUNTER_CONNS_WRITTEN, 1);
	nt_counter_add(&r.counters, NT_COUNTER_MAPPINGS_SENT, 1);
	nt_counter_add(&r.counters, NT_COUNTER_MAPPINGS_NEW, 1);
	assert_int_equal(check_of(&r, &text), 8);
	assert_int_equal(lines_in(text), 8);
	free(text);
}

static void
test_print(void **state)
{
	(void)state;
	static const char *const words[] = {
		"packets            1000  in 1.50 s, 3 workers\n",
		"                     10  ",
		"                     20  ",
		"connections          98  written to some/where/conn.log\n",
		"110 named (50.0 %)\n",
		"90 named (10.0 %)\n",
		"mappings             60  learnt, 8 of them repeats\n",
	};
	struct run r;
	balance(&r);
	char *text = print_of(&r);
	for (size_t i = 0; i < NT_ARRAY_SIZE(words); i++)
		if (strstr(text, words[i]) == NULL)
			fail_msg("'%s' is not in:\n%s", words[i], text);
	assert_non_null(strstr(text, nt_counter_info(NT_COUNTER_PACKETS_NOT_IP)->help));
	assert_null(strstr(text, nt_counter_info(NT_COUNTER_PACKETS_OK)->help));
	assert_null(strstr(text, nt_counter_info(NT_COUNTER_PACKETS_TUNNEL)->help));
	assert_null(strstr(text, "ended early"));
	free(text);
	r.summary.rotated = true;
	text = print_of(&r);
	assert_non_null(strstr(text, "98  written to some/where/conn.*.log\n"));
	free(text);
}

/* Caps that were reached and answers that were refused are told where there are any. */
static void
test_print_of_losses(void **state)
{
	(void)state;
	static const enum nt_counter losses[] = { NT_COUNTER_MAPPINGS_EVICTED,
		NT_COUNTER_LOOKUPS_CUT, NT_COUNTER_DNS_UNMATCHED, NT_COUNTER_DNS_CONFLICT,
		NT_COUNTER_DNS_REFUSED_LIMIT, NT_COUNTER_DNS_QUERIES_EVICTED, NT_COUNTER_DNS_SHORT,
		NT_COUNTER_DNS_CLASS };
	struct run r;
	for (size_t i = 0; i < NT_ARRAY_SIZE(losses); i++) {
		balance(&r);
		char *before = print_of(&r);
		nt_counter_set(&r.counters, losses[i], 123456789);
		char *after = print_of(&r);
		assert_null(strstr(before, nt_counter_info(losses[i])->help));
		assert_non_null(strstr(after, nt_counter_info(losses[i])->help));
		assert_non_null(strstr(after, "   123456789  "));
		assert_int_equal(lines_in(after), lines_in(before) + 1);
		free(before);
		free(after);
	}
	balance(&r);
	nt_counter_set(&r.counters, NT_COUNTER_CONNS_EVICTED, 4);
	char *text = print_of(&r);
	assert_non_null(strstr(text, "           4  ended early: more than flow.max at once\n"));
	free(text);
}

/* No shares of nothing; one worker is one. */
static void
test_print_of_nothing(void **state)
{
	(void)state;
	struct run r;
	balance(&r);
	memset(&r.counters, 0, sizeof(r.counters));
	memset(&r.sink, 0, sizeof(r.sink));
	r.summary.workers = 1;
	char *text = print_of(&r);
	assert_non_null(strstr(text, ", 1 worker\n"));
	assert_null(strstr(text, "named"));
	assert_null(strstr(text, "nan"));
	assert_int_equal(lines_in(text), 5);
	free(text);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_balanced),
		cmocka_unit_test(test_left_in_ports),
		cmocka_unit_test(test_nothing_and_one_worker),
		cmocka_unit_test(test_every_sum),
		cmocka_unit_test(test_several_sums),
		cmocka_unit_test(test_print),
		cmocka_unit_test(test_print_of_losses),
		cmocka_unit_test(test_print_of_nothing),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
