/* SPDX-License-Identifier: BSD-3-Clause */
/* A TCP packet that the fast path (conn.c) does not take: everything is looked at, in Zeek's order.
 */
#include "conn_priv.h"

/*
 * A SYN that belongs to no connection that is still going on: the ports were taken again. For half
 * connections a SYN-ACK can be that too.
 */
bool
tcp_reuses(const struct nt_flow *f, const struct nt_flow_cold *cold, const struct nt_packet *p)
{
	int first = NT_FLOW_ORIG;

	if (!(p->tcp_flags & TCP_SYN))
		return false;
	if (p->tcp_flags & TCP_ACK) {
		if (end_state(f, NT_FLOW_ORIG) != END_INACTIVE)
			return false;
		first = NT_FLOW_RESP;
	}
	if (end_closed(f, NT_FLOW_ORIG) || end_closed(f, NT_FLOW_RESP))
		return true;
	if (p->seq == cold->start_seq[first])
		return false;
	return (p->tcp_flags & TCP_ACK) || end_state(f, first) != END_SYN_ACK_SENT ||
	       end_state(f, NT_FLOW_RESP) != END_INACTIVE ||
	       p->seq != cold->start_seq[NT_FLOW_RESP];
}

static void
note_partial(struct nt_flow *f, int dir, const struct nt_packet *p)
{
	bool syn = (p->tcp_flags & TCP_SYN) != 0;
	bool partial = (f->tcp_flags & TCPF_PARTIAL) != 0;

	if (f->tcp_flags & TCPF_SEEN_0 << dir)
		return;
	if (dir == NT_FLOW_ORIG)
		partial = !syn || (p->tcp_flags & TCP_ACK);
	else if (!partial)
		partial = !syn;
	f->tcp_flags = (uint8_t)((f->tcp_flags & ~TCPF_PARTIAL) | (partial ? TCPF_PARTIAL : 0));
}

/* An end that is past the handshake has sent something; else note_partial has to judge it. */
bool
tcp_begins_letter(struct nt_conn *c, struct nt_flow *f, struct nt_flow_cold *cold,
	const struct conn_segment *s, int dir)
{
	if (!(f->tcp_flags & TCPF_SEEN_0 << dir) || !conn_is_in_order(f, s, dir))
		return false;
	history_once(c, f, cold, dir, conn_letter(s->len), s->len != 0 ? 'D' : 'A');
	conn_advance(f, s, dir);
	return true;
}

bool
conn_begin_segments(struct nt_conn *c, struct nt_flow *f, struct nt_flow_cold *cold,
	const struct nt_segment *s, const struct nt_packet_meta *m, int dir)
{
	const struct conn_segment g = conn_segment_of(s);

	if (f->pkts[dir] == UINT32_MAX || !tcp_begins_letter(c, f, cold, &g, dir))
		return false;
	conn_count_segment(f, s, m, dir);
	return true;
}

/* Enough of a sequence number to tell whether a flag came again with another one. */
static uint16_t
mark(uint64_t seq)
{
	return (uint16_t)(seq ^ seq >> 16);
}

static void
history_syn(struct streams *s, int dir, const struct nt_packet *p, uint64_t seq)
{
	char letter = p->tcp_flags & TCP_ACK ? 'H' : 'S';
	struct extra *x = conn_extra_get(s->c, s->cold);
	uint16_t before = x ? x->syn_mark[dir] : 0;

	if (history_once(s->c, s->f, s->cold, dir, SEEN_SYN, letter) && mark(seq) != before)
		history_add(s->c, s->cold, history_letter(dir, letter));
	if (mark(seq) != before) {
		x = conn_extra(s->c, s->cold);
		if (x)
			x->syn_mark[dir] = mark(seq);
	}
}

static void
history_fin(struct streams *s, int dir, uint64_t end)
{
	bool again = history_once(s->c, s->f, s->cold, dir, SEEN_FIN, 'F');

	if (again && (uint32_t)end + 1 != s->cold->fin_seq[dir])
		history_add(s->c, s->cold, history_letter(dir, 'F'));
}

static void
history_rst(struct streams *s, int dir, uint64_t seq)
{
	bool again = history_once(s->c, s->f, s->cold, dir, SEEN_RST, 'R');

	if (again && mark(seq) != s->f->rst_mark[dir])
		history_add(s->c, s->cold, history_letter(dir, 'R'));
	s->f->rst_mark[dir] = mark(seq);
}

static void
history_packet(struct streams *s, int dir, const struct nt_packet *p, uint64_t seq)
{
	switch (p->tcp_flags & TCP_CTL) {
	case 0:
		if (p->payload_len)
			history_once(s->c, s->f, s->cold, dir, SEEN_DATA, 'D');
		else if (p->tcp_flags & TCP_ACK)
			history_once(s->c, s->f, s->cold, dir, SEEN_ACK, 'A');
		break;
	case TCP_SYN:
		history_syn(s, dir, p, seq);
		break;
	case TCP_FIN:
		history_fin(s, dir, seq + p->payload_len);
		break;
	case TCP_RST:
		history_rst(s, dir, seq);
		break;
	case TCP_FIN | TCP_RST:
	case TCP_FIN | TCP_RST | TCP_SYN:
		history_once(s->c, s->f, s->cold, dir, SEEN_FIN_RST, 'I');
		break;
	default:
		history_once(s->c, s->f, s->cold, dir, SEEN_MULTI, 'Q');
		break;
	}
	/* A closed window means nothing with or after a RST, or once the other end is done. */
	if (p->window == 0 && !(p->tcp_flags & TCP_RST) && end_state(s->f, !dir) != END_CLOSED &&
		end_state(s->f, dir) != END_RESET)
		history_tally(s->c, s->cold, dir, TALLY_ZERO_WINDOW);
}

/* Numbers that a segment takes: SYN and FIN one each; data in a RST is no part of the stream. */
static uint32_t
segment_length(const struct nt_packet *p)
{
	uint32_t len = p->tcp_flags & TCP_RST ? 0 : p->payload_len;

	return len + !!(p->tcp_flags & TCP_SYN) + !!(p->tcp_flags & TCP_FIN);
}

/* What is acknowledged of the other end's stream, relative to its start. */
static uint64_t
take_ack(struct streams *s, int dir, const struct nt_packet *p)
{
	int peer = !dir;
	bool underflow = false;
	uint64_t ack;

	if (end_state(s->f, peer) == END_INACTIVE) {
		seq_begin_silent(s->f, s->cold, peer, p->ack);
		return 1;
	}
	ack = seq_relative(
		s->cold, peer, p->ack, s->f->tcp.last_ack[peer], s->f->ack_wraps[peer], &underflow);
	if (underflow)
		return 0;
	if (!(p->tcp_flags & TCP_RST)) {
		seq_acked(s->f, peer, p->ack);
		s->f->flags &= (uint8_t) ~(FLOW_UNACKED_0 << peer);
	}
	return ack;
}

static void
take_data(struct streams *s, int dir, const struct nt_packet *p, uint64_t seq)
{
	if (p->payload_len == 0 || (p->tcp_flags & TCP_RST))
		return;
	if (p->payload_captured < p->payload_len) /* what was cut off was not seen */
		return;
	stream_data(s, dir, seq + !!(p->tcp_flags & TCP_SYN), p->payload_len);
}

static void
set_fast(struct nt_flow *f)
{
	const unsigned int open = 1u << END_ESTABLISHED | 1u << END_PARTIAL;
	bool fast = (open >> end_state(f, 0) & open >> end_state(f, 1) & 1) &&
		    !(f->flags & FLOW_EXTRA) &&
		    !(f->tcp_flags & (TCPF_DEFERRED | TCPF_DELETE | TCPF_OVER));

	f->flags = (uint8_t)((f->flags & ~FLOW_FAST) | (fast ? FLOW_FAST : 0));
}

void
tcp_packet(struct nt_conn *c, struct nt_flow *f, struct nt_flow_cold *cold,
	const struct nt_packet *p, const struct nt_packet_meta *m, int dir)
{
	uint32_t end = p->seq + segment_length(p);
	bool underflow = false, close;
	unsigned int timers;
	uint64_t seq, ack = 0;
	struct streams s;

	streams_load(&s, c, f, cold);
	tcp_turn(&s, &dir, p);
	note_partial(f, dir, p);
	seq_begin(f, cold, dir, p, end);
	seq = seq_relative(cold, dir, p->seq, f->tcp.last_seq[dir], f->seq_wraps[dir], &underflow);
	history_packet(&s, dir, p, seq);
	if (!end_closed(f, NT_FLOW_ORIG) || !end_closed(f, NT_FLOW_RESP))
		f->last_ts_ns = m->ts_ns;
	if (p->tcp_flags & TCP_FIN) {
		cold->cold_flags |= (uint8_t)(COLD_FIN_0 << dir);
		cold->fin_seq[dir] = (uint32_t)(seq + segment_length(p));
	}
	if (p->tcp_flags & TCP_ACK)
		ack = take_ack(&s, dir, p);
	if (seq_advance(f, cold, dir, end, p))
		history_tally(c, cold, dir, TALLY_RETRANSMIT);
	timers = f->flags & (FLOW_LONG | FLOW_INTERACTIVE);
	close = tcp_step(&s, &dir, p);
	if ((f->flags & (FLOW_LONG | FLOW_INTERACTIVE)) != timers)
		conn_start_timers(c, f);
	if (p->tcp_flags & TCP_ACK)
		stream_acked(&s, !dir, ack);
	f->tcp_flags |= (uint8_t)(TCPF_SEEN_0 << dir);
	if (!underflow)
		take_data(&s, dir, p, seq);
	tcp_check_eof(&s, dir);
	if (close)
		tcp_closed(&s, dir);
	streams_store(&s);
	set_fast(f);
}
