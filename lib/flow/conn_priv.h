/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Inside lib/flow's connection half: endpoint states, flags, the pooled extra state. Owner: one
 * worker.
 */
#ifndef CONN_PRIV_H
#define CONN_PRIV_H

#include <nt_pool.h>

#include "nt_conn.h"

enum {
	TCP_FIN = 0x01,
	TCP_SYN = 0x02,
	TCP_RST = 0x04,
	TCP_ACK = 0x10,
	TCP_CTL = TCP_FIN | TCP_SYN | TCP_RST,
};

enum {
	PROTO_ICMP = 1,
	PROTO_TCP = 6,
	PROTO_UDP = 17,
	PROTO_ICMPV6 = 58,
};

/* What one end of a TCP connection has shown of itself (Zeek's TCP_ENDPOINT_*). */
enum end_state {
	END_INACTIVE, /* nothing */
	END_SYN_SENT, /* SYN */
	END_SYN_ACK_SENT, /* SYN-ACK, and the other's SYN was not seen */
	END_PARTIAL, /* something, but no SYN */
	END_ESTABLISHED,
	END_CLOSED, /* FIN */
	END_RESET, /* RST */
	END_STATES
};

/* nt_flow.state[]: the state, the state before it, and what has been made of its end. */
#define STATE_MASK	0x07
#define STATE_PREV_BITS 3
#define STATE_CLOSED	0x40 /* its close counts */
#define STATE_EOF	0x80 /* all it sent before its close was delivered */

static inline enum end_state
end_state(const struct nt_flow *f, int dir)
{
	return (enum end_state)(f->state[dir] & STATE_MASK);
}

static inline enum end_state
end_prev(const struct nt_flow *f, int dir)
{
	return (enum end_state)(f->state[dir] >> STATE_PREV_BITS & STATE_MASK);
}

static inline bool
end_closed(const struct nt_flow *f, int dir)
{
	return (f->state[dir] & STATE_CLOSED) != 0;
}

/* nt_flow.tcp_flags */
enum {
	TCPF_PARTIAL = 1 << 0, /* began without a SYN */
	TCPF_SEEN_0 = 1 << 1, /* the originator sent something */
	TCPF_SEEN_1 = 1 << 2,
	TCPF_OVER = 1 << 3, /* was reset: only the inactivity timer is left */
	TCPF_DEFERRED = 1 << 4, /* a close waits for data before it */
	TCPF_DELETE = 1 << 5, /* closed: ends at deadline_ns */
	TCPF_HALF = 1 << 6, /* one side closed: close_phase is set */
	TCPF_ATTEMPT = 1 << 7, /* began with the originator's SYN */
};

/* nt_flow_cold.cold_flags */
enum {
	COLD_FIN_0 = 1 << 0, /* the originator sent a FIN: it takes one sequence number */
	COLD_FIN_1 = 1 << 1,
	COLD_UNKNOWN = 1 << 2, /* 'X' is in the history */
	COLD_NO_DNS = 1 << 3, /* what looked like DNS turned out to be none */
};

static inline bool
fin_seen(const struct nt_flow_cold *cold, int dir)
{
	return (cold->cold_flags & COLD_FIN_0 << dir) != 0;
}

/* Counted letters: the 1st, 10th, 100th... time. */
enum tally {
	TALLY_RETRANSMIT,
	TALLY_ZERO_WINDOW,
	TALLY_GAP,
	TALLY_CHECKSUM,
	TALLIES
};

/* Data above a hole; relative to the stream's start, modulo 2^32. */
struct range {
	uint32_t from, to;
};

/*
 * Holes that a direction can have at once. More are rare outside of one-way captures that lost
 * much; then the two nearest ranges are joined and what lies between counts as seen.
 */
#define RANGES_MAX    64
#define HISTORY_EXTRA (NT_CONN_HISTORY_MAX - NT_FLOW_HISTORY_INLINE)

struct stream {
	uint64_t next; /* all before it was delivered, or given up as a gap (relative) */
	uint64_t trimmed; /* all before it was acknowledged and is no longer kept */
	bool tracked; /* next and trimmed can't be told from the sequence numbers: kept here */
	bool skip; /* too much was kept: no longer looked at */
	uint8_t ranges;
	struct range range[RANGES_MAX];
};

struct extra {
	uint32_t tally[2][TALLIES];
	uint32_t pkts_high[2];
	uint16_t syn_mark[2];
	uint64_t missed_bytes;
	struct stream stream[2];
	char history[HISTORY_EXTRA];
};

struct nt_conn {
	struct nt_conn_config cfg;
	struct nt_pool extras; /* of struct extra */
	struct nt_pool links; /* of struct nt_flow_link */
	struct nt_conn_stats stats;
};

/* conn_extra.c */
struct extra *conn_extra(struct nt_conn *c, struct nt_flow_cold *cold); /* NULL: none left */
static inline struct extra *
conn_extra_get(const struct nt_conn *c, const struct nt_flow_cold *cold)
{
	return cold->extra == NT_FLOW_NONE ? NULL : nt_pool_at(&c->extras, cold->extra);
}
void conn_extra_release(struct nt_conn *c, struct nt_flow_cold *cold);

/* conn_link.c */
/* The first packet, once the direction is known. */
void conn_link_open(struct nt_conn *c, struct nt_flow_cold *cold, const struct nt_packet *p,
	uint64_t tunnel, int dir);
/* A packet of the connection came in a tunnel. */
void conn_link_tunnel(struct nt_conn *c, struct nt_flow_cold *cold, uint64_t tunnel);
void conn_link_flip(struct nt_conn *c, struct nt_flow_cold *cold);
void conn_link_release(struct nt_conn *c, struct nt_flow_cold *cold);
void conn_link_summarize(
	const struct nt_conn *c, const struct nt_flow_cold *cold, struct nt_conn_summary *ret);

/* conn_history.c */
void history_add(struct nt_conn *c, struct nt_flow_cold *cold, char letter);
/* letter: upper case; written lower for the responder. True where it was there already. */
bool history_once(struct nt_conn *c, struct nt_flow *f, struct nt_flow_cold *cold, int dir,
	uint8_t bit, char letter);
void history_tally(struct nt_conn *c, struct nt_flow_cold *cold, int dir, enum tally what);
void history_unknown(struct nt_conn *c, struct nt_flow_cold *cold);
/* The connection is turned round as if it had been so from its beginning. */
void history_turn(struct nt_flow *f, struct nt_flow_cold *cold);
size_t history_copy(
	const struct nt_conn *c, const struct nt_flow_cold *cold, char out[NT_CONN_HISTORY_MAX]);

static inline char
history_letter(int dir, char upper)
{
	const int lower = dir == NT_FLOW_ORIG ? 0 : 'a' - 'A';

	return (char)(upper + lower);
}

/* conn_orient.c */
bool conn_flips_at_start(const struct nt_conn *c, const struct nt_packet *p);
void conn_flip(struct nt_conn *c, struct nt_flow *f, struct nt_flow_cold *cold);
/* With '^' in the history where it has come to. */
void conn_flip_here(struct nt_conn *c, struct nt_flow *f, struct nt_flow_cold *cold);
uint16_t conn_port(const struct nt_flow *f, int dir);
void conn_address(const struct nt_flow *f, int dir, struct nt_addr *ret);

/* conn_timers.c */
/* After the first packet, and after each that may have changed more than the time of the last. */
void conn_start_timers(const struct nt_conn *c, struct nt_flow *f);
void conn_set_deadline(const struct nt_conn *c, struct nt_flow *f, const struct nt_flow_cold *cold);
/* A timer that ran late, at this very packet, would have ended the flow before it. */
bool conn_ended_late(const struct nt_conn *c, const struct nt_flow *f,
	const struct nt_flow_cold *cold, const struct nt_packet_meta *m);

/* conn_dgram.c */
void dgram_packet(struct nt_conn *c, struct nt_flow *f, struct nt_flow_cold *cold,
	const struct nt_packet *p, const struct nt_packet_meta *m, int dir);

/* conn_tcp.c */
bool tcp_reuses(
	const struct nt_flow *f, const struct nt_flow_cold *cold, const struct nt_packet *p);
/* In order, with the first data or without any: the history's letter is new. False: nothing done.
 */
bool tcp_begins_letter(struct nt_conn *c, struct nt_flow *f, struct nt_flow_cold *cold,
	const struct conn_segment *s, int dir);
void tcp_packet(struct nt_conn *c, struct nt_flow *f, struct nt_flow_cold *cold,
	const struct nt_packet *p, const struct nt_packet_meta *m, int dir);

/* conn_tcp_seq.c: sequence numbers, relative to the start of the stream. */
static inline uint64_t
seq_full(uint32_t seq, uint8_t wraps)
{
	return (uint64_t)wraps << 32 | seq;
}

uint64_t seq_relative(const struct nt_flow_cold *cold, int dir, uint32_t seq, uint32_t last,
	uint8_t wraps, bool *ret_underflow);
void seq_begin(struct nt_flow *f, struct nt_flow_cold *cold, int dir, const struct nt_packet *p,
	uint32_t end);
void seq_begin_silent(struct nt_flow *f, struct nt_flow_cold *cold, int dir, uint32_t ack);
void seq_acked(struct nt_flow *f, int dir, uint32_t ack);
/* True where the segment brought nothing new. */
bool seq_advance(struct nt_flow *f, const struct nt_flow_cold *cold, int dir, uint32_t end,
	const struct nt_packet *p);
bool seq_none_acked(const struct nt_flow *f, const struct nt_flow_cold *cold, int dir);
uint64_t seq_size(const struct nt_flow *f, const struct nt_flow_cold *cold, int dir);

/* conn_tcp_ranges.c */
void ranges_drop(struct stream *st, unsigned int first, unsigned int n);
/* Touching ranges are joined. Returns how many others had to be joined to make room: 0 or 1. */
unsigned int ranges_add(struct stream *st, uint32_t from, uint32_t to);

/* conn_tcp_stream.c: what of a stream was seen, acknowledged, missed. */
struct streams {
	struct nt_conn *c;
	struct nt_flow *f;
	struct nt_flow_cold *cold;
	uint64_t next[2], trimmed[2];
	bool skip[2];
};
void streams_load(
	struct streams *s, struct nt_conn *c, struct nt_flow *f, struct nt_flow_cold *cold);
void streams_store(struct streams *s);
void stream_acked(struct streams *s, int dir, uint64_t ack);
void stream_data(struct streams *s, int dir, uint64_t seq, uint32_t len);
/* Something sent before its close is still awaited. */
bool stream_pending(const struct streams *s, int dir);
void streams_flip(struct streams *s);

/* conn_tcp_state.c */
/*
 * A SYN-ACK came first, and what follows it is no SYN: its sender is the responder. *dir follows.
 */
void tcp_turn(struct streams *s, int *dir, const struct nt_packet *p);
/* Returns whether the packet closes its sender's side; *dir follows where the roles are flipped. */
bool tcp_step(struct streams *s, int *dir, const struct nt_packet *p);
void tcp_closed(struct streams *s, int dir);
void tcp_check_eof(struct streams *s, int dir);

#endif
