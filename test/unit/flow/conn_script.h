/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Connections from a script: packets as words, one flow at a time, judged as a worker does it.
 *
 * A word is the sender (o: the end that is to be the originator, r: the other), the kind and
 * modifiers: S SYN, H SYN-ACK, A ACK, D<n> n bytes of data, F FIN (F<n>: with data), R RST,
 * B RST-ACK, I FIN+RST, Q SYN+FIN, U<n> a UDP datagram.
 *   @<ms>  when, in milliseconds from the start; else one millisecond after the packet before
 *   +<n>   n bytes further in the sequence than expected     -<n>  n bytes back (sent again)
 *   k<n>   acknowledges n bytes more than were seen          K     acknowledges nothing new
 *   w      with a closed window                              c     cut by the snap length
 *   !      with a bad checksum
 */
#ifndef CONN_SCRIPT_H
#define CONN_SCRIPT_H

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#include <nt_conn.h>

#define START_NS NT_SEC(1000000000)
#define MS_NS	 (NT_NS_PER_SEC / 1000)

struct script_end {
	uint16_t port;
	uint32_t next, seen; /* what it sends next; what it saw of the other */
};

struct script {
	struct nt_conn_config cfg;
	struct nt_conn *conn;
	struct nt_flow flow;
	struct nt_flow_cold cold;
	bool open;
	unsigned int ended; /* connections that ended before the last one */
	uint8_t proto;
	struct script_end end[2];
	struct nt_packet_meta at;
	const uint8_t *payload; /* of the next datagrams */
	uint32_t payload_len;
	unsigned int segments; /* packets that nt_conn_segment was enough for */
};

static inline void
script_begin(struct script *s, uint8_t proto, uint16_t orig_port, uint16_t resp_port)
{
	memset(s, 0, sizeof(*s));
	nt_conn_config_default(&s->cfg);
	s->conn = nt_conn_new(&s->cfg, 16);
	assert_non_null(s->conn);
	s->proto = proto;
	s->end[0] = (struct script_end){ .port = orig_port, .next = 1000, .seen = 0 };
	s->end[1] = (struct script_end){ .port = resp_port, .next = 500000, .seen = 0 };
	s->at.clock_ns = s->at.ts_ns = START_NS - MS_NS;
}

static inline void
script_end(struct script *s)
{
	if (s->open)
		nt_conn_close(s->conn, &s->flow, &s->cold);
	nt_conn_free(s->conn);
}

static inline void
script_close(struct script *s)
{
	nt_conn_close(s->conn, &s->flow, &s->cold);
	s->open = false;
	s->ended++;
}

/* A packet of a connection that goes on, with a whole header, as the packet path may take it. */
static inline bool
script_segment(const struct script *s, const struct nt_packet *p, struct nt_flow *f,
	struct nt_flow_cold *cold, bool lo)
{
	uint8_t tcp[20] = { [12] = 0x50, [13] = p->tcp_flags };
	const uint32_t seq = __builtin_bswap32(p->seq), ack = __builtin_bswap32(p->ack);
	const uint16_t window = __builtin_bswap16(p->window);
	const struct nt_segment segment = {
		.tcp = tcp,
		.ip_len = (uint16_t)p->ip_len,
		.payload_len = (uint16_t)p->payload_len,
	};

	if (p->proto != 6 || p->flags != 0 || p->payload_captured < p->payload_len ||
		p->ip_len > UINT16_MAX || s->at.tunnel != 0)
		return false;
	memcpy(tcp + 4, &seq, sizeof(seq));
	memcpy(tcp + 8, &ack, sizeof(ack));
	memcpy(tcp + 14, &window, sizeof(window));
	return nt_conn_segment(s->conn, f, cold, &segment, &s->at, lo);
}

/* nt_conn_packet; and nt_conn_segment has nothing to do with it, or does the same. */
static inline enum nt_conn_verdict
script_judge(struct script *s, const struct nt_packet *p, bool lo)
{
	const struct nt_flow_cold cold_before = s->cold;
	struct nt_flow_cold cold = s->cold;
	const struct nt_flow before = s->flow;
	struct nt_flow f = s->flow;
	const bool fast = script_segment(s, p, &f, &cold, lo);
	const enum nt_conn_verdict v = nt_conn_packet(s->conn, &s->flow, &s->cold, p, &s->at, lo);

	if (fast)
		assert_int_equal(v, NT_CONN_KEEP);
	assert_memory_equal(&cold, fast ? &s->cold : &cold_before, sizeof(cold));
	assert_memory_equal(&f, fast ? &s->flow : &before, sizeof(f));
	s->segments += fast;
	return v;
}

static inline void
script_packet(struct script *s, const struct nt_packet *p)
{
	struct nt_flow_key key;
	bool lo = nt_flow_key_of(&key, p);

	s->at.position++;
	if (s->open && s->at.clock_ns >= s->flow.deadline_ns &&
		nt_conn_timers(s->conn, &s->flow, &s->cold, s->at.clock_ns) == NT_CONN_END)
		script_close(s);
	if (s->open && script_judge(s, p, lo) == NT_CONN_REUSE)
		script_close(s);
	else if (s->open)
		return;
	memset(&s->flow, 0, sizeof(s->flow));
	memset(&s->cold, 0, sizeof(s->cold));
	s->flow.key = key;
	s->cold.pins = s->cold.extra = s->cold.link = NT_FLOW_NONE;
	nt_conn_open(s->conn, &s->flow, &s->cold, p, &s->at, lo);
	s->open = true;
}

static inline uint8_t
script_flags(char kind)
{
	switch (kind) {
	case 'S':
		return 0x02;
	case 'H':
		return 0x12;
	case 'F':
		return 0x11;
	case 'R':
		return 0x04;
	case 'B':
		return 0x14;
	case 'I':
		return 0x05;
	case 'Q':
		return 0x03;
	default:
		return 0x10;
	}
}

static inline void
script_address(struct nt_addr *a, unsigned int end)
{
	const uint8_t bytes[4] = { 10, 0, 0, (uint8_t)(end + 1) };

	*a = nt_addr_v4(bytes);
}

/* Digits only: a sign is a modifier of its own. */
static inline uint32_t
script_number(const char *text)
{
	return *text >= '0' && *text <= '9' ? (uint32_t)strtoul(text, NULL, 10) : 0;
}

static inline void
script_word(struct script *s, const char *word)
{
	static const uint8_t zeros[65536];
	unsigned int from = word[0] == 'r';
	struct script_end *me = &s->end[from], *peer = &s->end[!from];
	static const uint8_t tcp_header[20] = { [12] = 0x50 };
	struct nt_packet p = {
		.proto = s->proto, .window = 1000, .payload = zeros, .l4 = tcp_header
	};
	uint32_t ack, end;

	s->at.ts_ns += MS_NS;
	p.payload_len = p.payload_captured = script_number(word + 2);
	p.sport = me->port;
	p.dport = peer->port;
	p.seq = me->next;
	ack = me->seen;
	if (ack != peer->next && word[1] != 'R' && !strchr(word, 'K'))
		ack = peer->next;
	for (const char *at = word + 2; *at; at++) { /* bounded by the word */
		char what = *at;
		uint32_t n = script_number(at + 1);

		if (what == '@')
			s->at.ts_ns = START_NS + (int64_t)n * MS_NS;
		else if (what == '+')
			p.seq += n;
		else if (what == '-')
			p.seq -= n;
		else if (what == 'k')
			ack += n;
		else if (what == '!')
			p.flags |= NT_PKT_BAD_CHECKSUM;
		else if (what == 'w')
			p.window = 0;
		else if (what == 'c')
			p.payload_captured = p.payload_len / 2;
	}
	s->at.clock_ns = NT_MAX(s->at.clock_ns, s->at.ts_ns);
	script_address(&p.src, from);
	script_address(&p.dst, !from);
	if (s->proto == 6) {
		p.tcp_flags = script_flags(word[1]);
		p.ack = p.tcp_flags & 0x10 ? ack : 0;
		end = p.seq + p.payload_len + ((p.tcp_flags & 2) != 0) + ((p.tcp_flags & 1) != 0);
		if ((int32_t)(end - me->next) > 0)
			me->next = end;
		if (p.tcp_flags & 0x10)
			me->seen = ack;
		p.ip_len = 40 + p.payload_len;
	} else {
		p.ip_len = 28 + p.payload_len;
		if (s->payload) {
			p.payload = s->payload;
			p.payload_len = p.payload_captured = s->payload_len;
		}
	}
	script_packet(s, &p);
}

static inline void
script_run(struct script *s, const char *words)
{
	char word[32];
	int used;

	while (sscanf(words, "%31s%n", word, &used) == 1) {
		script_word(s, word);
		words += used;
	}
}

/* What is expected of the last connection: -1 for payload bytes that are unset. */
struct script_expect {
	const char *state, *history;
	int64_t orig_bytes, resp_bytes;
	uint64_t missed;
	unsigned int ended;
};

static inline void
script_check(const struct script *s, const char *what, const struct script_expect *e)
{
	struct nt_conn_summary got;
	char history[NT_CONN_HISTORY_MAX + 1];
	int64_t bytes[2] = { -1, -1 };

	nt_conn_summarize(s->conn, &s->flow, &s->cold, &got);
	memcpy(history, got.history, got.history_len);
	history[got.history_len] = '\0';
	for (int i = 0; i < 2; i++)
		if (got.has_duration)
			bytes[i] = (int64_t)got.bytes[i];
	if (strcmp(nt_conn_state_name((enum nt_conn_state)got.state), e->state) ||
		strcmp(history, e->history) || bytes[0] != e->orig_bytes ||
		bytes[1] != e->resp_bytes || got.missed_bytes != e->missed || s->ended != e->ended)
		fail_msg("%s: %s %s %lld/%lld missed %llu after %u", what,
			nt_conn_state_name((enum nt_conn_state)got.state), history,
			(long long)bytes[0], (long long)bytes[1],
			(unsigned long long)got.missed_bytes, s->ended);
}

#endif
