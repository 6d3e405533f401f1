/* SPDX-License-Identifier: BSD-3-Clause */
/* What lies below IP: VLANs, link addresses, tunnels. */
#include "conn_script.h"

static const uint8_t frame[12] = { 0x02, 1, 1, 1, 1, 1, 0x02, 2, 2, 2, 2, 2 };
#define TO   frame
#define FROM (frame + 6)

static void
begin(struct script *s, bool link_facts, uint32_t max_flows)
{
	script_begin(s, 17, 40000, 9000);
	nt_conn_free(s->conn);
	s->cfg.link_facts = link_facts;
	s->conn = nt_conn_new(&s->cfg, max_flows);
	assert_non_null(s->conn);
}

/* From end 0 or 1. */
static struct nt_packet
packet(uint8_t proto, unsigned int from, uint16_t sport, uint16_t dport)
{
	struct nt_packet p = {
		.proto = proto,
		.sport = sport,
		.dport = dport,
		.window = 1000,
		.mac = frame,
		.vlan = 7,
		.inner_vlan = 8,
		.ip_len = 40,
	};

	script_address(&p.src, from);
	script_address(&p.dst, !from);
	return p;
}

static struct nt_conn_summary
summary(const struct script *s)
{
	struct nt_conn_summary ret;

	nt_conn_summarize(s->conn, &s->flow, &s->cold, &ret);
	return ret;
}

static uint64_t
links_in_use(const struct script *s)
{
	struct nt_conn_stats stats;

	nt_conn_stats(s->conn, &stats);
	return stats.link_in_use;
}

static void
first_packet_tells(void **state)
{
	struct nt_packet p = packet(17, 0, 40000, 9000);
	struct nt_conn_summary got;
	struct script s;

	(void)state;
	begin(&s, true, 4);
	script_packet(&s, &p);
	p = packet(17, 1, 9000, 40000);
	p.vlan = 9;
	script_packet(&s, &p);
	got = summary(&s);
	assert_int_equal(got.vlan, 7);
	assert_int_equal(got.inner_vlan, 8);
	assert_memory_equal(got.l2_addr[NT_FLOW_ORIG], FROM, 6);
	assert_memory_equal(got.l2_addr[NT_FLOW_RESP], TO, 6);
	assert_int_equal(got.parent_count, 0);
	assert_int_equal(links_in_use(&s), 1);
	script_close(&s);
	assert_int_equal(links_in_use(&s), 0);
	script_end(&s);
}

static void
nobody_asked(void **state)
{
	struct nt_packet p = packet(17, 0, 40000, 9000);
	static const uint8_t zeros[6];
	struct nt_conn_summary got;
	struct script s;

	(void)state;
	begin(&s, false, 4);
	script_packet(&s, &p);
	got = summary(&s);
	assert_int_equal(got.vlan, 0);
	assert_memory_equal(got.l2_addr[0], zeros, 6);
	assert_int_equal(links_in_use(&s), 0);
	script_end(&s);
}

/* Neither VLAN nor link header: nothing to keep. */
static void
nothing_there(void **state)
{
	struct nt_packet p = packet(17, 0, 40000, 9000);
	struct script s;

	(void)state;
	begin(&s, true, 4);
	p.mac = NULL;
	p.vlan = p.inner_vlan = 0;
	script_packet(&s, &p);
	assert_int_equal(links_in_use(&s), 0);
	script_end(&s);
}

static void
sender_alone(void **state)
{
	struct nt_packet p = packet(17, 0, 40000, 9000);
	static const uint8_t zeros[6];
	struct nt_conn_summary got;
	struct script s;

	(void)state;
	begin(&s, true, 4);
	p.flags = NT_PKT_L2_SENDER;
	script_packet(&s, &p);
	got = summary(&s);
	assert_memory_equal(got.l2_addr[NT_FLOW_ORIG], FROM, 6);
	assert_memory_equal(got.l2_addr[NT_FLOW_RESP], zeros, 6);
	script_end(&s);
}

/* Turned at its first packet by a likely port, or later on: addresses go with their ends. */
static void
turned(void **state)
{
	struct nt_packet p = packet(6, 1, 443, 40000);
	struct nt_conn_summary got;
	struct script s;

	(void)state;
	begin(&s, true, 4);
	p.tcp_flags = 0x12;
	script_packet(&s, &p);
	got = summary(&s);
	assert_int_equal(got.orig_p, 40000);
	assert_memory_equal(got.l2_addr[NT_FLOW_ORIG], TO, 6);
	script_end(&s);

	begin(&s, true, 4);
	p = packet(6, 1, 9000, 40000); /* a SYN-ACK, then data of the other end */
	p.tcp_flags = 0x12;
	script_packet(&s, &p);
	assert_memory_equal(summary(&s).l2_addr[NT_FLOW_ORIG], FROM, 6);
	p = packet(6, 0, 40000, 9000);
	p.tcp_flags = 0x10;
	script_packet(&s, &p);
	got = summary(&s);
	assert_int_equal(got.orig_p, 40000);
	assert_memory_equal(got.l2_addr[NT_FLOW_ORIG], TO, 6);
	assert_memory_equal(got.l2_addr[NT_FLOW_RESP], FROM, 6);
	script_end(&s);
}

/* A set, in the order of appearance; packets outside of tunnels change nothing. */
static void
parents(void **state)
{
	static const uint64_t came[] = { 0, 5, 5, 0, 6, 5, 7, 8, 9, 8 };
	static const uint64_t kept[] = { 5, 6, 7, 8 };
	struct nt_packet p = packet(17, 0, 40000, 9000);
	struct nt_conn_summary got;
	struct nt_conn_stats stats;
	struct script s;

	(void)state;
	begin(&s, false, 4);
	for (size_t i = 0; i < NT_ARRAY_SIZE(came); i++) {
		s.at.tunnel = came[i];
		script_packet(&s, &p);
	}
	got = summary(&s);
	assert_int_equal(got.parent_count, 4);
	assert_memory_equal(got.parents, kept, sizeof(kept));
	assert_int_equal(got.vlan, 0);
	nt_conn_stats(s.conn, &stats);
	assert_int_equal(stats.parents_lost, 1);
	script_end(&s);
}

/* A TCP connection begun in a tunnel; then its fast path, and a header that counts for nothing. */
static void
parents_on_every_path(void **state)
{
	static const uint8_t l4[20] = { [12] = 0xf0 };
	struct nt_packet p = packet(6, 0, 40000, 9000);
	struct nt_conn_stats stats;
	struct script s;

	(void)state;
	begin(&s, false, 4);
	s.proto = 6;
	s.at.tunnel = 1;
	script_run(&s, "oS rH oA oD10 rA rD10 oA");
	s.at.tunnel = 2;
	script_run(&s, "oD10");
	nt_conn_stats(s.conn, &stats);
	assert_true(stats.fast > 0);
	s.at.tunnel = 3;
	p.flags = NT_PKT_NO_COUNT;
	p.l4 = l4;
	script_packet(&s, &p);
	assert_int_equal(summary(&s).parent_count, 3);
	assert_int_equal(summary(&s).parents[2], 3);
	script_end(&s);
}

/* A connection that takes the ports again begins with its own tunnels. */
static void
parents_are_the_connections(void **state)
{
	struct script s;

	(void)state;
	begin(&s, false, 4);
	s.proto = 6;
	s.at.tunnel = 1;
	script_run(&s, "oS rH oA oF rF oA");
	s.at.tunnel = 2;
	script_run(&s, "oS+1000");
	assert_int_equal(s.ended, 1);
	assert_int_equal(summary(&s).parent_count, 1);
	assert_int_equal(summary(&s).parents[0], 2);
	script_end(&s);
}

static void
exhausted(void **state)
{
	struct nt_packet p = packet(17, 0, 40000, 9000);
	struct nt_flow flows[3];
	struct nt_flow_cold colds[3];
	struct nt_conn_stats stats;
	struct nt_flow_key key;
	struct script s;

	(void)state;
	begin(&s, true, 2);
	for (unsigned int i = 0; i < 3; i++) {
		bool lo = nt_flow_key_of(&key, &p);

		memset(&flows[i], 0, sizeof(flows[i]));
		colds[i] = (struct nt_flow_cold){
			.pins = NT_FLOW_NONE, .extra = NT_FLOW_NONE, .link = NT_FLOW_NONE
		};
		flows[i].key = key;
		nt_conn_open(s.conn, &flows[i], &colds[i], &p, &s.at, lo);
	}
	nt_conn_stats(s.conn, &stats);
	assert_int_equal(stats.link_in_use, 2);
	assert_int_equal(stats.link_exhausted, 1);
	assert_int_equal(colds[2].link, NT_FLOW_NONE);
	nt_conn_close(s.conn, &flows[0], &colds[0]);
	s.at.tunnel = 4;
	nt_conn_packet(s.conn, &flows[2], &colds[2], &p, &s.at, true);
	assert_true(colds[2].link != NT_FLOW_NONE);
	for (unsigned int i = 1; i < 3; i++)
		nt_conn_close(s.conn, &flows[i], &colds[i]);
	nt_conn_stats(s.conn, &stats);
	assert_int_equal(stats.link_in_use, 0);
	script_end(&s);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(first_packet_tells),
		cmocka_unit_test(nobody_asked),
		cmocka_unit_test(nothing_there),
		cmocka_unit_test(sender_alone),
		cmocka_unit_test(turned),
		cmocka_unit_test(parents),
		cmocka_unit_test(parents_on_every_path),
		cmocka_unit_test(parents_are_the_connections),
		cmocka_unit_test(exhausted),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
