/* SPDX-License-Identifier: BSD-3-Clause */
/* UDP, ICMP and others: direction, states, counts; DNS and NTP that come the wrong way round. */
#include "conn_script.h"

static void
udp(void **state)
{
	static const struct {
		uint16_t orig_port, resp_port;
		const char *words;
		struct script_expect expect;
	} cases[] = {
		{ 40000, 9000, "oU10", { "S0", "D", -1, -1, 0, 0 } },
		{ 40000, 9000, "oU10 oU5", { "S0", "D", 15, 0, 0, 0 } },
		{ 40000, 9000, "oU10 rU20 oU1", { "SF", "Dd", 11, 20, 0, 0 } },
		/* only the source is a likely server */
		{ 40000, 53, "rU20 rU20", { "SHR", "^d", 0, 40, 0, 0 } },
		{ 123, 53, "rU20 rU20", { "S0", "D", 40, 0, 0, 0 } },
		/* equal stamps: neither duration nor bytes */
		{ 40000, 9000, "oU10@0 rU10@0", { "SF", "Dd", -1, -1, 0, 0 } },
	};

	(void)state;
	for (size_t i = 0; i < NT_ARRAY_SIZE(cases); i++) {
		struct script s;

		script_begin(&s, 17, cases[i].orig_port, cases[i].resp_port);
		script_run(&s, cases[i].words);
		script_check(&s, cases[i].words, &cases[i].expect);
		script_end(&s);
	}
}

static void
check_payload(uint16_t orig_port, uint16_t resp_port, const uint8_t *payload, uint32_t len,
	const char *words, const struct script_expect *expect)
{
	struct script s;

	script_begin(&s, 17, orig_port, resp_port);
	s.payload = payload;
	s.payload_len = len;
	script_run(&s, words);
	script_check(&s, words, expect);
	script_end(&s);
}

static void
dns(void **state)
{
	static const uint8_t response[12] = { 0, 1, 0x81, 0x80, 0, 1 };
	static const uint8_t notify[12] = { 0, 1, 0x20, 0, 0, 1 };
	static const uint8_t registration[12] = { 0, 1, 0x28, 0, 0, 1 };

	(void)state;
	/* a response first, between ports that are both likely: bytes stay where they were */
	check_payload(
		53, 53, response, 12, "oU rU", &(struct script_expect){ "S0", "D^", 24, 0, 0, 0 });
	check_payload(
		40000, 53, notify, 12, "oU oU", &(struct script_expect){ "S0", "DX", 24, 0, 0, 0 });
	/* NetBIOS has operations of its own */
	check_payload(137, 137, registration, 12, "oU oU",
		&(struct script_expect){ "S0", "D", 24, 0, 0, 0 });
}

/* 1,000 questions: it is no DNS, and no longer looked at every 10 s. */
static void
no_dns(void **state)
{
	static const uint8_t junk[12] = { 0, 1, 0, 0, 3, 0xe8 };

	(void)state;
	check_payload(40000, 53, junk, 12, "oU@0 oU@1000 oU@40000",
		&(struct script_expect){ "S0", "D", 36, 0, 0, 0 });
}

static void
ntp(void **state)
{
	static const uint8_t server[48] = { 0x24 }, client[48] = { 0x23 };

	(void)state;
	check_payload(123, 123, server, 48, "oU oU",
		&(struct script_expect){ "SF", "D^d", 48, 48, 0, 0 });
	check_payload(
		123, 123, client, 48, "oU oU", &(struct script_expect){ "S0", "D", 96, 0, 0, 0 });
}

static void
others(void **state)
{
	struct script s;

	(void)state;
	script_begin(&s, 1, 8, 0);
	script_run(&s, "oU56 rU56");
	script_check(&s, "ping", &(struct script_expect){ "OTH", "", 56, 56, 0, 0 });
	script_end(&s);

	script_begin(&s, 89, 0, 0);
	script_run(&s, "oU56 rU56");
	script_check(&s, "OSPF", &(struct script_expect){ "OTH", "", 0, 0, 0, 0 });
	script_end(&s);
}

/* A ping that the snap length cut has bytes, but counts for no packet. */
static void
cut_ping(void **state)
{
	struct script s;
	struct nt_conn_summary got;

	(void)state;
	script_begin(&s, 1, 8, 0);
	script_run(&s, "oU56c rU56");
	nt_conn_summarize(s.conn, &s.flow, &s.cold, &got);
	assert_int_equal(got.bytes[0], 56);
	assert_int_equal(got.pkts[0], 0);
	assert_int_equal(got.pkts[1], 1);
	script_end(&s);
}

static void
evicted(void **state)
{
	struct script s;

	(void)state;
	script_begin(&s, 17, 40000, 9000);
	script_run(&s, "oU1");
	nt_conn_evicted(s.conn, &s.flow, &s.cold);
	nt_conn_evicted(s.conn, &s.flow, &s.cold);
	script_check(&s, "evicted", &(struct script_expect){ "S0", "DX", -1, -1, 0, 0 });
	script_end(&s);
}

static void
likely_ports(void **state)
{
	static const struct nt_port_list list = { 3,
		{ { 65535, NT_PORT_TCP, 0 }, { 9, NT_PORT_UDP, 0 }, { 1, NT_PORT_TCP, 0 } } };
	struct nt_conn_config cfg;

	(void)state;
	nt_conn_config_default(&cfg);
	assert_true(nt_conn_ports_has(&cfg.likely_tcp, 443));
	assert_true(nt_conn_ports_has(&cfg.likely_udp, 514));
	assert_false(nt_conn_ports_has(&cfg.likely_tcp, 514));
	assert_true(nt_conn_ports_has(&cfg.interactive_tcp, 513));
	nt_conn_ports_of(&cfg.likely_tcp, &list, NT_PORT_TCP);
	assert_true(nt_conn_ports_has(&cfg.likely_tcp, 65535));
	assert_true(nt_conn_ports_has(&cfg.likely_tcp, 1));
	assert_false(nt_conn_ports_has(&cfg.likely_tcp, 9));
	assert_false(nt_conn_ports_has(&cfg.likely_tcp, 443));
}

static void
bad_checksums(void **state)
{
	static const struct {
		uint8_t proto;
		uint16_t orig_port, resp_port;
		const char *words;
		struct script_expect expect;
	} cases[] = {
		{ 17, 40000, 9000, "oU10!", { "OTH", "C", -1, -1, 0, 0 } },
		{ 17, 40000, 9000, "oU10 rU5! rU7", { "SF", "Dcd", 10, 7, 0, 0 } },
		{ 17, 40000, 53, "rU20!", { "OTH", "^c", -1, -1, 0, 0 } },
		/* ICMP has no letters */
		{ 1, 8, 0, "oU10! rU5 rU7!", { "OTH", "", 0, 5, 0, 0 } },
	};

	(void)state;
	for (size_t i = 0; i < NT_ARRAY_SIZE(cases); i++) {
		struct script s;

		script_begin(&s, cases[i].proto, cases[i].orig_port, cases[i].resp_port);
		script_run(&s, cases[i].words);
		script_check(&s, cases[i].words, &cases[i].expect);
		script_end(&s);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(udp),
		cmocka_unit_test(dns),
		cmocka_unit_test(no_dns),
		cmocka_unit_test(ntp),
		cmocka_unit_test(others),
		cmocka_unit_test(cut_ping),
		cmocka_unit_test(evicted),
		cmocka_unit_test(likely_ports),
		cmocka_unit_test(bad_checksums),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
