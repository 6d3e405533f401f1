/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The inside of nt_conn.h, which includes it: what data and acknowledgements in order do to a
 * connection whose ends are both past the handshake. Nobody but lib/flow uses what is declared
 * here.
 */
#ifndef CONN_FAST_H
#define CONN_FAST_H

#include "nt_conn.h"

/* nt_flow.flags */
enum {
	FLOW_FAST = 1 << 0, /* TCP: both ends past the handshake, no hole, nothing pending */
	FLOW_LONG = 1 << 1, /* TCP: the handshake is over: the longer inactivity timeout */
	FLOW_INTERACTIVE = 1 << 2, /* the longest one */
	FLOW_DNS = 1 << 3, /* UDP: looked at every dns_session_timeout */
	FLOW_DNS_FIRST = 1 << 4, /* UDP: no DNS message was parsed yet */
	FLOW_EXTRA = 1 << 5, /* holes, or another thing that the fast path must not pass */
	FLOW_UNACKED_0 = 1 << 6, /* the originator's data is never acknowledged: no longer kept */
	FLOW_UNACKED_1 = 1 << 7,
	FLOW_DNS_BAD = FLOW_FAST, /* UDP: was no DNS: from the next packet on no FLOW_DNS */
};

/* nt_flow.seen[]: letters already in the history, per direction. */
enum {
	SEEN_SYN = 1 << 0,
	SEEN_FIN = 1 << 1,
	SEEN_RST = 1 << 2,
	SEEN_FIN_RST = 1 << 3,
	SEEN_DATA = 1 << 4,
	SEEN_ACK = 1 << 5,
	SEEN_MULTI = 1 << 6,
};

/* Beyond this much unacknowledged data a stream has to be looked at (Zeek keeps 10 MiB). */
#define CONN_OUTSTANDING_MAX (10u << 20)

/* Of a TCP packet that was captured whole. */
struct conn_segment {
	uint32_t seq, ack, len; /* len: payload */
	uint16_t window;
	uint8_t flags;
};

/* What the history has once of a direction that sends such segments. */
static inline uint8_t
conn_letter(uint32_t len)
{
	return len != 0 ? SEEN_DATA : SEEN_ACK;
}

/*
 * Of FIN, SYN, RST and ACK it has ACK only. Branches that are as likely as not are left out: there
 * is payload or not, it acknowledges something new or not.
 */
static inline bool
conn_is_in_order(const struct nt_flow *f, const struct conn_segment *s, int dir)
{
	const int peer = !dir;
	const uint32_t end = f->tcp.last_seq[dir] + s->len;
	const int32_t ahead = (int32_t)(s->seq - f->tcp.last_seq[dir]);
	const int32_t acked = (int32_t)(s->ack - f->tcp.last_ack[peer]);
	const int32_t unseen = (int32_t)(s->ack - f->tcp.last_seq[peer]);
	const bool data = s->len != 0;

	if (nt_unlikely((f->flags & FLOW_FAST) == 0 || (s->flags & 0x17) != 0x10 || s->window == 0))
		return false;
	if (nt_unlikely((ahead > 0) | (data & (ahead != 0))))
		return false;
	if (nt_unlikely((acked > 0) & ((s->ack == 0) | (unseen > 0))))
		return false;
	return nt_likely(end - f->tcp.last_ack[dir] <= CONN_OUTSTANDING_MAX) ||
	       (f->flags & FLOW_UNACKED_0 << dir) != 0;
}

static inline void
conn_advance(struct nt_flow *f, const struct conn_segment *s, int dir)
{
	const int peer = !dir;
	const uint32_t before = f->tcp.last_seq[dir], acked_before = f->tcp.last_ack[peer];
	const bool acks = (int32_t)(s->ack - acked_before) > 0;

	f->tcp.last_seq[dir] = before + s->len;
	if (nt_unlikely(before + s->len < before) && f->seq_wraps[dir] < UINT8_MAX)
		f->seq_wraps[dir]++;
	f->tcp.last_ack[peer] = acks ? s->ack : acked_before;
	if (nt_unlikely(acks & (s->ack < acked_before)) && f->ack_wraps[peer] < UINT8_MAX)
		f->ack_wraps[peer]++;
	f->flags &= (uint8_t) ~((unsigned int)acks * FLOW_UNACKED_0 << peer);
}

static inline bool
nt_conn_wants_cold(const struct nt_flow *f, const struct nt_segment *s)
{
	return (f->flags & FLOW_FAST) == 0 || (nt_segment_flags(s) & 0x07) != 0;
}

static inline struct conn_segment
conn_segment_of(const struct nt_segment *s)
{
	return (struct conn_segment){
		.seq = nt_segment_seq(s),
		.ack = nt_segment_ack(s),
		.len = s->payload_len,
		.window = nt_segment_window(s),
		.flags = nt_segment_flags(s),
	};
}

static inline void
conn_count_segment(
	struct nt_flow *f, const struct nt_segment *s, const struct nt_packet_meta *m, int dir)
{
	f->last_ts_ns = m->ts_ns;
	f->last_position = m->position;
	f->last_clock_ns = m->clock_ns;
	f->ip_bytes[dir] += s->ip_len;
	f->pkts[dir]++;
}

/* conn_tcp.c: nt_conn_segment of the first one of its kind, or where pkts wraps. */
bool conn_begin_segments(struct nt_conn *c, struct nt_flow *f, struct nt_flow_cold *cold,
	const struct nt_segment *s, const struct nt_packet_meta *m, int dir);

static inline bool
nt_conn_segment(struct nt_conn *c, struct nt_flow *f, struct nt_flow_cold *cold,
	const struct nt_segment *s, const struct nt_packet_meta *m, bool src_is_lo)
{
	const int dir = nt_conn_direction(f, src_is_lo);
	const struct conn_segment g = conn_segment_of(s);

	if (nt_unlikely(f->pkts[dir] == UINT32_MAX || (f->seen[dir] & conn_letter(g.len)) == 0))
		return conn_begin_segments(c, f, cold, s, m, dir);
	if (nt_unlikely(!conn_is_in_order(f, &g, dir)))
		return false;
	conn_advance(f, &g, dir);
	conn_count_segment(f, s, m, dir);
	return true;
}

#endif
