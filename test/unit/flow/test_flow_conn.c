/* SPDX-License-Identifier: BSD-3-Clause */
/* TCP: states, history, bytes, gaps, orientation; each line one rule. */
#include "conn_script.h"

#define HELLO "oS rH oA "

struct tcp_case {
	uint16_t orig_port, resp_port;
	const char *words;
	struct script_expect expect;
};

static void
run_cases(const struct tcp_case *cases, size_t n)
{
	struct script s;

	for (size_t i = 0; i < n; i++) {
		script_begin(&s, 6, cases[i].orig_port, cases[i].resp_port);
		script_run(&s, cases[i].words);
		script_check(&s, cases[i].words, &cases[i].expect);
		script_end(&s);
	}
}
#define RUN(cases) run_cases(cases, NT_ARRAY_SIZE(cases))

static void
states(void **state)
{
	static const struct tcp_case cases[] = {
		{ 40000, 9000, "oS", { "S0", "S", -1, -1, 0, 0 } },
		{ 40000, 9000, "oS oS-1", { "S0", "S", 0, 0, 0, 0 } },
		{ 40000, 9000, HELLO, { "S1", "ShA", 0, 0, 0, 0 } },
		{ 40000, 9000, HELLO "oD100 rA rD50 oA", { "S1", "ShADad", 100, 50, 0, 0 } },
		{ 40000, 9000, HELLO "oD100 rD50 oF rF oA", { "SF", "ShADdFf", 100, 50, 0, 0 } },
		{ 40000, 9000, HELLO "oF rA", { "S2", "ShAFa", 0, 0, 0, 0 } },
		{ 40000, 9000, HELLO "rF oA", { "S3", "ShAf", 0, 0, 0, 0 } },
		{ 40000, 9000, "oS rB", { "REJ", "Sr", 0, 0, 0, 0 } },
		{ 40000, 9000, HELLO "oD10 rA oR", { "RSTO", "ShADaR", 10, 0, 0, 0 } },
		{ 40000, 9000, HELLO "oD10 rA rR", { "RSTR", "ShADar", 10, 0, 0, 0 } },
		{ 40000, 9000, "oS oR", { "RSTOS0", "SR", 0, 0, 0, 0 } },
		{ 40000, 9000, "oS oF", { "SH", "SF", 0, 0, 0, 0 } },
		{ 40000, 443, "rH rF", { "SHR", "^hf", 0, 0, 0, 0 } },
		{ 40000, 443, "rH rR", { "RSTRH", "^hr", 0, 0, 0, 0 } },
		{ 40000, 9000, "oA rA", { "OTH", "Aa", 0, 0, 0, 0 } },
		{ 40000, 9000, "oR", { "OTH", "R", -1, -1, 0, 0 } },
		/* simultaneous open and close */
		{ 40000, 9000, "oS rHK oA oFK rFK oA rA", { "SF", "ShAFfa", 0, 0, 0, 0 } },
		/* an acknowledgement before the SYN-ACK is no partial connection */
		{ 40000, 9000, "oS rA rH oA", { "S1", "SahA", 0, 0, 0, 0 } },
		/* RST after the FINs changes nothing */
		{ 40000, 9000, HELLO "oF rF oR", { "SF", "ShAFfR", 0, 0, 0, 0 } },
	};

	(void)state;
	RUN(cases);
}

static void
letters(void **state)
{
	static const struct tcp_case cases[] = {
		{ 40000, 9000, HELLO "oI", { "RSTO", "ShAI", 0, 0, 0, 0 } },
		{ 40000, 9000, "oQ", { "SH", "Q", -1, -1, 0, 0 } },
		{ 40000, 9000, HELLO "oD10 oD10-10", { "S1", "ShADT", 10, 0, 0, 0 } },
		/* closed windows: the 1st and the 10th */
		{ 40000, 9000, HELLO "oAw", { "S1", "ShAW", 0, 0, 0, 0 } },
		{ 40000, 9000, HELLO "oAw oAw oAw oAw oAw oAw oAw oAw oAw",
			{ "S1", "ShAW", 0, 0, 0, 0 } },
		{ 40000, 9000, HELLO "oAw oAw oAw oAw oAw oAw oAw oAw oAw oAw",
			{ "S1", "ShAWW", 0, 0, 0, 0 } },
		/* SYN, FIN and RST again only with another sequence number */
		{ 40000, 9000, HELLO "oF oF-1 rF", { "SF", "ShAFf", 0, 0, 0, 0 } },
		{ 40000, 9000, HELLO "rR rR+5", { "RSTR", "ShArr", 0, 0, 0, 0 } },
		{ 40000, 9000, HELLO "rR rR", { "RSTR", "ShAr", 0, 0, 0, 0 } },
	};

	(void)state;
	RUN(cases);
}

static void
bytes_and_gaps(void **state)
{
	static const struct tcp_case cases[] = {
		/* acknowledged without having been seen */
		{ 40000, 9000, HELLO "oD10 rAk90 oD10+90", { "S1", "ShADaG", 110, 0, 90, 0 } },
		{ 40000, 9000, HELLO "oD10 oD10+90 rA", { "S1", "ShADaG", 110, 0, 90, 0 } },
		/* out of order, then filled: no gap */
		{ 40000, 9000, HELLO "oD10 oD10+10 oD10-20 rA oD5 rA",
			{ "S1", "ShADTa", 35, 0, 0, 0 } },
		/* two holes, one acknowledgement */
		{ 40000, 9000, HELLO "oD10+10 oD10+10 oD10+10 rA",
			{ "S1", "ShADaG", 60, 0, 30, 0 } },
		/* what the snap length cut off was not seen */
		{ 40000, 9000, HELLO "oD100c rA", { "S1", "ShADaG", 100, 0, 100, 0 } },
		/* a gap in a connection joined in its middle is none */
		{ 40000, 9000, "oD10 rA oD10+90 rA", { "OTH", "Da", 110, 0, 0, 0 } },
		/* data in a RST does not count */
		{ 40000, 9000, HELLO "oD10 rA rR20", { "RSTR", "ShADart", 10, 0, 0, 0 } },
		/* joined at a keep-alive */
		{ 40000, 9000, "oA-1 rA oD10 rA", { "OTH", "AaD", 11, 0, 0, 0 } },
		/* a close waits for the data before it, and comes with its acknowledgement */
		{ 40000, 9000, HELLO "oF+50 rF oA rA", { "SF", "ShAFfGa", 50, 0, 50, 0 } },
	};

	(void)state;
	RUN(cases);
}

static void
orientation(void **state)
{
	static const struct tcp_case cases[] = {
		/* joined in its middle: the likely server port decides, then the lower one */
		{ 40000, 443, "rD10 oA", { "OTH", "^dA", 0, 10, 0, 0 } },
		{ 40000, 9000, "rD10 oA", { "OTH", "Da", 10, 0, 0, 0 } },
		{ 443, 80, "rD10 oA", { "OTH", "^dA", 0, 10, 0, 0 } },
		{ 80, 443, "rD10 oA", { "OTH", "Da", 10, 0, 0, 0 } },
		/* a SYN decides whatever the ports are */
		{ 443, 40000, HELLO, { "S1", "ShA", 0, 0, 0, 0 } },
		/* SYN-ACK first: likely port, or what follows */
		{ 40000, 443, "rH oA oD10 rA", { "S1", "^hADa", 10, 0, 0, 0 } },
		{ 40000, 9000, "rH", { "OTH", "H", -1, -1, 0, 0 } },
		{ 40000, 9000, "rH oA oD10 rA", { "OTH", "^hADa", 10, 0, 0, 0 } },
		{ 40000, 9000, "rH rA rF", { "SHR", "^haf", 0, 0, 0, 0 } },
	};

	(void)state;
	RUN(cases);
}

static void
reuse(void **state)
{
	static const struct tcp_case cases[] = {
		/* a SYN after the close, and one with another number in an open connection */
		{ 40000, 9000, HELLO "oF rF oA oS+100 rH", { "S1", "Sh", 0, 0, 0, 1 } },
		{ 40000, 9000, HELLO "oS+5000", { "S0", "S", -1, -1, 0, 1 } },
		{ 40000, 9000, "oS rB oS-1 rB", { "REJ", "Sr", 0, 0, 0, 1 } },
		/* the same SYN again is none */
		{ 40000, 9000, "oS oS-1 rH", { "S1", "Sh", 0, 0, 0, 0 } },
	};

	(void)state;
	RUN(cases);
}

/* 5 GiB in both directions of 2^32, most of it on the fast path. */
static void
wraps(void **state)
{
	struct script s;
	struct nt_conn_stats stats;
	struct nt_conn_summary got;

	(void)state;
	script_begin(&s, 6, 40000, 9000);
	s.end[0].next = UINT32_MAX - 5;
	script_run(&s, HELLO);
	for (int i = 0; i < 5 * 16384; i++)
		script_run(&s, "oD65535 oD1 rA");
	nt_conn_summarize(s.conn, &s.flow, &s.cold, &got);
	assert_int_equal(got.bytes[0], INT64_C(5) << 30);
	assert_int_equal(got.missed_bytes, 0);
	assert_int_equal(got.pkts[0], 2 + 2 * 5 * 16384);
	nt_conn_stats(s.conn, &stats);
	assert_true(stats.slow < 10);
	assert_true(stats.fast > 3 * 5 * 16384 - 10);
	assert_true(s.segments > 3 * 5 * 16384 - 10 - 5 * 16384);
	assert_int_equal(stats.extra_in_use, 0);
	script_end(&s);
}

/* Random traffic: bounds hold, and everything is given back. */
static void
noise(void **state)
{
	static const char kinds[] = "SHADFRBIQ";
	struct script s;
	struct nt_conn_stats stats;
	char word[32];

	(void)state;
	srand(7);
	for (int run = 0; run < 300; run++) {
		script_begin(&s, 6, 40000, run % 2 ? 443 : 9000);
		s.end[0].next = (uint32_t)rand() << 1;
		for (int i = 0; i < 300; i++) {
			snprintf(word, sizeof(word), "%c%c%d%c%dk%d", rand() % 2 ? 'o' : 'r',
				kinds[rand() % 8 ? rand() % 4 : rand() % 9], rand() % 2000,
				rand() % 2 ? '+' : '-', rand() % 4 ? 0 : rand() % 9000,
				rand() % 6 ? 0 : rand() % 5000);
			script_word(&s, word);
		}
		script_close(&s);
		nt_conn_stats(s.conn, &stats);
		assert_int_equal(stats.extra_in_use, 0);
		script_end(&s);
	}
}

/* Not a byte, flag or stamp of it counts, but it can take the ports again and have a connection. */
static void
bad_checksums(void **state)
{
	static const struct tcp_case cases[] = {
		{ 40000, 9000, HELLO "oD10! oD10-10 rA", { "S1", "ShACDa", 10, 0, 0, 0 } },
		{ 40000, 9000, HELLO "rD10!", { "S1", "ShAc", 0, 0, 0, 0 } },
		{ 40000, 9000, HELLO "oF!", { "S1", "ShAC", 0, 0, 0, 0 } },
		{ 40000, 9000, "oS!", { "OTH", "C", -1, -1, 0, 0 } },
		/* no sequence number is known: any SYN is another one's */
		{ 40000, 9000, "oS! oS-1", { "S0", "S", -1, -1, 0, 1 } },
		{ 40000, 443, "rH!", { "OTH", "^c", -1, -1, 0, 0 } },
		/* the 1st and the 10th */
		{ 40000, 9000, HELLO "oA! oA! oA! oA! oA! oA! oA! oA! oA!",
			{ "S1", "ShAC", 0, 0, 0, 0 } },
		{ 40000, 9000, HELLO "oA! oA! oA! oA! oA! oA! oA! oA! oA! oA!",
			{ "S1", "ShACC", 0, 0, 0, 0 } },
		{ 40000, 9000, HELLO "oF rF oA oS+1000!", { "OTH", "C", -1, -1, 0, 1 } },
	};
	struct nt_conn_summary got;
	struct script s;

	(void)state;
	RUN(cases);
	script_begin(&s, 6, 40000, 9000);
	script_run(&s, HELLO "oD10! oA!@9");
	nt_conn_summarize(s.conn, &s.flow, &s.cold, &got);
	assert_int_equal(got.pkts[0], 2);
	assert_int_equal(got.ip_bytes[0], 80);
	assert_int_equal(got.duration_ns, 2 * MS_NS);
	script_end(&s);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(states),
		cmocka_unit_test(letters),
		cmocka_unit_test(bytes_and_gaps),
		cmocka_unit_test(orientation),
		cmocka_unit_test(reuse),
		cmocka_unit_test(wraps),
		cmocka_unit_test(bad_checksums),
		cmocka_unit_test(noise),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
