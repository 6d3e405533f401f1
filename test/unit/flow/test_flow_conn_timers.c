/* SPDX-License-Identifier: BSD-3-Clause */
/* When connections end: the clock at which nothing more can come, by state. */
#include "conn_script.h"

#define HELLO "oS@0 rH@1 oA@2 "

struct end_case {
	uint8_t proto;
	uint16_t orig_port, resp_port;
	const char *words;
	unsigned int end_ms; /* from the start */
};

/* The first clock at which the timers say that it is over, by following the deadlines. */
static int64_t
end_of(struct script *s)
{
	for (int i = 0; i < 100; i++) {
		int64_t at = s->flow.deadline_ns;

		assert_int_equal(nt_conn_timers(s->conn, &s->flow, &s->cold, at - 1), NT_CONN_KEEP);
		if (nt_conn_timers(s->conn, &s->flow, &s->cold, at) == NT_CONN_END)
			return at;
		assert_true(s->flow.deadline_ns > at);
	}
	return 0;
}

static void
ends(void **state)
{
	static const struct end_case cases[] = {
		/* attempt: 5 s after the first SYN, however often it is sent again */
		{ 6, 40000, 9000, "oS@0", 5000 },
		{ 6, 40000, 9000, "oS@0 oS-1@3000", 5000 },
		/* open: 5 min, or an hour where people type */
		{ 6, 40000, 9000, HELLO, 300002 },
		{ 6, 40000, 22, HELLO "oD5@1000", 3601000 },
		{ 6, 40000, 9000, "oA@0", 60000 + 240000 },
		/* closed by both, reset, refused: 5 s */
		{ 6, 40000, 9000, HELLO "oF@10 rF@20", 5020 },
		{ 6, 40000, 9000, HELLO "oF@10 rF@20 oA@30", 5020 },
		{ 6, 40000, 9000, HELLO "rR@10", 5010 },
		{ 6, 40000, 9000, "oS@0 rB@5", 5005 },
		/* half closed: as long as it is used */
		{ 6, 40000, 9000, HELLO "oF@10 rD5@20", 300020 },
		/* the close waits for a hole: the inactivity timer */
		{ 6, 40000, 9000, HELLO "oF+50@10", 300010 },
		{ 17, 40000, 9000, "oU10@0 rU10@500", 60500 },
		{ 1, 8, 0, "oU10@0", 60000 },
		{ 89, 0, 0, "oU10@0", 60000 },
		/* DNS: looked at every 10 s, ended when idle for 9 s */
		{ 17, 40000, 53, "oU10@0", 10000 },
		{ 17, 40000, 53, "oU10@0 rU10@1000", 10000 },
		{ 17, 40000, 53, "oU10@0 rU10@1001", 20000 },
		{ 17, 40000, 5353, "oU10@0 oU10@9000 oU10@18000", 30000 },
		{ 17, 137, 137, "oU10@0", 10000 },
	};

	(void)state;
	for (size_t i = 0; i < NT_ARRAY_SIZE(cases); i++) {
		const struct end_case *e = &cases[i];
		struct script s;
		int64_t end;

		script_begin(&s, e->proto, e->orig_port, e->resp_port);
		script_run(&s, e->words);
		end = end_of(&s);
		if (s.ended || end != START_NS + (int64_t)e->end_ms * MS_NS)
			fail_msg("%s: %lld ms", e->words, (long long)((end - START_NS) / MS_NS));
		script_end(&s);
	}
}

/* A packet after the end begins another connection; one before it doesn't. */
static void
judged_before_packets(void **state)
{
	static const struct {
		uint8_t proto;
		uint16_t resp_port;
		const char *words;
		unsigned int ended;
	} cases[] = {
		{ 6, 9000, "oS@0 oS-1@4999", 0 },
		{ 6, 9000, "oS@0 oS-1@5000", 1 },
		{ 6, 9000, HELLO "oD5@300001", 0 },
		{ 6, 9000, HELLO "oD5@300002", 1 },
		{ 17, 9000, "oU1@0 oU1@59999 oU1@119998", 0 },
		{ 17, 9000, "oU1@0 oU1@60000", 1 },
		{ 17, 53, "oU1@0 rU1@20 oU1@9999", 0 },
		{ 17, 53, "oU1@0 rU1@20 oU1@10000", 1 },
		/* stamps that run backwards: the timer was set by the later one */
		{ 17, 9000, "oU1@200000 oU1@0 oU1@1", 0 },
		/* but is set anew, by the earlier stamp, when the handshake is over */
		{ 6, 9000, "oS@400000 rH@0 oA@1", 1 },
	};

	(void)state;
	for (size_t i = 0; i < NT_ARRAY_SIZE(cases); i++) {
		struct script s;

		script_begin(&s, cases[i].proto, 40000, cases[i].resp_port);
		script_run(&s, cases[i].words);
		if (s.ended != cases[i].ended)
			fail_msg("%s: %u ended", cases[i].words, s.ended);
		script_end(&s);
	}
}

/* Zeek's timers run with the next packet of the stream: if that is our own, it is late. */
static void
late(void **state)
{
	struct script s;

	(void)state;
	for (int known = 0; known < 2; known++) {
		script_begin(&s, 17, 40000, 53);
		script_run(&s, "oU1@0 rU1@5000");
		s.at.prev_clock_ns = known ? s.at.clock_ns : 0;
		script_run(&s, "oU1@14500");
		assert_int_equal(s.ended, known);
		script_end(&s);
	}
}

/* What floods are made of, and what they are not. */
static void
embryonic(void **state)
{
	static const struct {
		uint8_t proto;
		const char *words;
		bool embryonic;
	} cases[] = {
		{ 6, "oS@0", true },
		{ 6, "oS@0 oS-1@1000 oS-1@3000 oS-1@4000", true },
		{ 6, "oS@0 rH@1", true },
		{ 6, "oS@0 rH@1 rH-1@1000 rH-1@3000", true },
		{ 6, HELLO, false },
		{ 6, HELLO "oD5 rD5", false },
		{ 6, "oA@0", true },
		{ 6, "oD5 oD5", false },
		{ 17, "oU1", true },
		{ 17, "oU1 rU1 oU1", true },
		{ 17, "oU1 rU1 oU1 rU1", false },
		{ 17, "oU1 oU1 oU1 oU1", false },
	};

	(void)state;
	for (size_t i = 0; i < NT_ARRAY_SIZE(cases); i++) {
		struct script s;

		script_begin(&s, cases[i].proto, 40000, 9000);
		script_run(&s, cases[i].words);
		if (nt_conn_is_embryonic(&s.flow) != cases[i].embryonic)
			fail_msg("%s", cases[i].words);
		script_end(&s);
	}
}

/* Whether the deadline is moved or judged in its turn, it is over at the same time. */
static void
postponed(void **state)
{
	static const char *const words[] = { HELLO "oD5@20000", HELLO "oF@10 rF@20", "oS@0",
		HELLO "oF@10 rD5@2000", HELLO "rR@10" };

	(void)state;
	for (size_t i = 0; i < NT_ARRAY_SIZE(words); i++) {
		struct script s;

		script_begin(&s, 6, 40000, 9000);
		script_run(&s, words[i]);
		const struct nt_flow before = s.flow;
		const int64_t end = end_of(&s);
		s.flow = before;
		nt_conn_postpone(s.conn, &s.flow, &s.cold);
		if (s.flow.deadline_ns > end || end_of(&s) != end)
			fail_msg("%s", words[i]);
		assert_true(s.flow.deadline_ns == end);
		script_end(&s);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(ends),
		cmocka_unit_test(judged_before_packets),
		cmocka_unit_test(late),
		cmocka_unit_test(embryonic),
		cmocka_unit_test(postponed),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
