/* SPDX-License-Identifier: BSD-3-Clause */
#include <netinet/in.h>
#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

#include <cmocka.h>

#include "tunnels.h"
#include "uid.h"

#define START NT_SEC(1700000000)

struct fixture {
	struct tunnels t;
	struct nt_packet_meta at;
	struct nt_encap said; /* of the packets sent */
};

static void
make(struct fixture *x, uint32_t max)
{
	const struct nt_hash_key key = nt_hash_key_fixed();
	struct nt_conn_config conn;
	nt_conn_config_default(&conn);
	memset(x, 0, sizeof(*x));
	assert_int_equal(tunnels_init(&x->t, max, &conn, &key), 0);
	x->at.clock_ns = x->at.ts_ns = START;
}

/* The next packet of the stream, so much later. */
static const struct nt_packet_meta *
after(struct fixture *x, int64_t ns)
{
	x->at.prev_clock_ns = x->at.position != 0 ? x->at.clock_ns : 0;
	x->at.position++;
	x->at.clock_ns += ns;
	x->at.ts_ns = x->at.clock_ns;
	return &x->at;
}

static struct nt_addr
host(uint8_t n)
{
	return nt_addr_v4((const uint8_t[4]){ 10, 0, 0, n });
}

static struct nt_packet
udp(uint8_t from, uint8_t to, uint16_t sport, uint16_t dport)
{
	return (struct nt_packet){ .src = host(from),
		.dst = host(to),
		.sport = sport,
		.dport = dport,
		.proto = IPPROTO_UDP,
		.ip_len = 100,
		.payload_len = 72 };
}

static uint64_t
send_udp(struct fixture *x, int64_t later_ns, uint8_t from, uint8_t to, uint16_t sport,
	uint16_t dport)
{
	const struct nt_packet p = udp(from, to, sport, dport);
	return tunnels_udp(&x->t, &p, after(x, later_ns), &x->said).token;
}

/* As its worker will see it: by five-tuple and first position. */
static void
test_udp_is_its_connection(void **state)
{
	(void)state;
	struct fixture x;
	make(&x, 64);
	const uint64_t token = send_udp(&x, 0, 1, 2, 4000, 4789);
	struct nt_flow_key key;
	const struct nt_packet p = udp(1, 2, 4000, 4789);
	nt_flow_key_of(&key, &p);
	assert_int_equal(token, uid_token(&x.t.uid_key, &key, 1));
	assert_int_equal(send_udp(&x, NT_SEC(1), 2, 1, 4789, 4000), token);
	assert_int_not_equal(send_udp(&x, NT_SEC(1), 1, 2, 4001, 4789), token);
	assert_int_equal(send_udp(&x, NT_SEC(57), 1, 2, 4000, 4789), token);
	tunnels_fini(&x.t);
}

/* Idle for udp_inactivity_timeout: the next packet begins another connection. */
static void
test_udp_ends_as_connections_do(void **state)
{
	(void)state;
	struct fixture x;
	make(&x, 64);
	const uint64_t first = send_udp(&x, 0, 1, 2, 4000, 4789);
	assert_int_equal(send_udp(&x, NT_SEC(60) - 1, 1, 2, 4000, 4789), first);
	const uint64_t second = send_udp(&x, NT_SEC(60), 1, 2, 4000, 4789);
	assert_int_not_equal(second, first);
	assert_int_equal(send_udp(&x, NT_SEC(1), 1, 2, 4000, 4789), second);
	tunnels_fini(&x.t);
}

static struct tunnel_outer
say(struct fixture *x, uint8_t from, uint8_t to, enum nt_encap_verdict v)
{
	const struct nt_packet p = udp(from, to, from == 1 ? 4000 : 3544, from == 1 ? 3544 : 4000);
	x->said.verdict = (uint8_t)v;
	return tunnels_udp(&x->t, &p, after(x, NT_SEC(1)), &x->said);
}

static void
test_confirmed_by_one_or_by_both(void **state)
{
	(void)state;
	struct fixture x;
	make(&x, 64);
	x.said.tunnel = NT_TUNNEL_VXLAN;
	assert_false(say(&x, 1, 2, NT_ENCAP_SILENT).confirmed);
	assert_true(say(&x, 1, 2, NT_ENCAP_CONFIRMS).confirmed);
	assert_true(say(&x, 1, 2, NT_ENCAP_SILENT).confirmed);
	tunnels_clear(&x.t);
	assert_false(say(&x, 1, 2, NT_ENCAP_CONFIRMS_HALF).confirmed);
	assert_false(say(&x, 1, 2, NT_ENCAP_CONFIRMS_HALF).confirmed);
	assert_true(say(&x, 2, 1, NT_ENCAP_CONFIRMS_HALF).confirmed);
	tunnels_fini(&x.t);
}

/* After what is none, a connection is no tunnel any more; GTP forgives. */
static void
test_given_up(void **state)
{
	(void)state;
	struct fixture x;
	make(&x, 64);
	x.said.tunnel = NT_TUNNEL_GENEVE;
	assert_false(say(&x, 1, 2, NT_ENCAP_CONFIRMS).given_up);
	assert_true(say(&x, 1, 2, NT_ENCAP_VIOLATES).given_up);
	assert_true(say(&x, 1, 2, NT_ENCAP_CONFIRMS).given_up);
	tunnels_clear(&x.t);
	x.said.tunnel = NT_TUNNEL_GTPV1;
	assert_false(say(&x, 1, 2, NT_ENCAP_VIOLATES).given_up);
	tunnels_fini(&x.t);
}

static uint64_t
send_gre(struct fixture *x, int64_t later_ns, uint8_t from, uint8_t to, uint8_t proto)
{
	const struct nt_addr src = host(from), dst = host(to);
	return tunnels_pair(&x->t, &src, &dst, proto, after(x, later_ns));
}

static void
test_pairs_last_for_a_day(void **state)
{
	(void)state;
	struct fixture x;
	make(&x, 64);
	const uint64_t token = send_gre(&x, 0, 1, 2, IPPROTO_GRE);
	assert_int_not_equal(token, 0);
	assert_int_equal(send_gre(&x, NT_SEC(86399), 2, 1, IPPROTO_GRE), token);
	assert_int_not_equal(send_gre(&x, 0, 1, 2, IPPROTO_IPIP), token);
	assert_int_not_equal(send_gre(&x, 0, 1, 3, IPPROTO_GRE), token);
	assert_int_equal(send_gre(&x, NT_SEC(86399), 1, 2, IPPROTO_GRE), token);
	assert_int_not_equal(send_gre(&x, NT_SEC(86400), 1, 2, IPPROTO_GRE), token);
	tunnels_fini(&x.t);
}

static void
test_clear_forgets(void **state)
{
	(void)state;
	struct fixture x;
	make(&x, 64);
	const uint64_t udp_token = send_udp(&x, 0, 1, 2, 4000, 4789);
	const uint64_t gre_token = send_gre(&x, 0, 1, 2, IPPROTO_GRE);
	tunnels_clear(&x.t);
	assert_int_not_equal(send_udp(&x, 0, 1, 2, 4000, 4789), udp_token);
	assert_int_not_equal(send_gre(&x, 0, 1, 2, IPPROTO_GRE), gre_token);
	assert_int_equal(x.t.evicted, 0);
	tunnels_fini(&x.t);
}

/* More than there is room for: memory stays, what was evicted is counted. */
static void
test_flood(void **state)
{
	(void)state;
	struct fixture x;
	make(&x, 64);
	for (unsigned int i = 0; i < 10000; i++) {
		if (i % 2 == 0)
			send_udp(&x, 1000, 1, 2, (uint16_t)(i + 1), 4789);
		else
			send_gre(&x, 1000, (uint8_t)(i >> 1), (uint8_t)(i >> 9), IPPROTO_GRE);
	}
	struct nt_flow_table_stats s;
	nt_flow_table_stats(x.t.flows, &s);
	assert_int_equal(s.live, 64);
	assert_int_equal(s.ended, 0);
	/* 5,000 connections; of 256 * 20 pairs those that were still known count once */
	assert_in_range(x.t.evicted, 9000, 10000 - 64);
	tunnels_fini(&x.t);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_udp_is_its_connection),
		cmocka_unit_test(test_udp_ends_as_connections_do),
		cmocka_unit_test(test_pairs_last_for_a_day),
		cmocka_unit_test(test_clear_forgets),
		cmocka_unit_test(test_confirmed_by_one_or_by_both),
		cmocka_unit_test(test_given_up),
		cmocka_unit_test(test_flood),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
