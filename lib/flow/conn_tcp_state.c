/* SPDX-License-Identifier: BSD-3-Clause */
/* The states of the two ends of a TCP connection, and when it counts as closed. */
#include "conn_priv.h"

enum {
	DO_CLOSE = 1 << 0, /* the sender's side is closed by this */
	DO_ABORT = 1 << 1, /* the connection is over whether or not data is pending */
	DO_FORGIVE = 1 << 2, /* a RST that followed the other's FIN was a normal close */
	IF_NO_RST = 1 << 3, /* only without RST in the same packet */
	IF_OTHER_OPEN = 1 << 4, /* only if the other end has not sent a FIN */
	IF_SILENT_SYN = 1 << 5, /* only for a SYN without ACK while the other end is silent */
	UNLESS_BOTH = 1 << 6, /* abort unless the other end had reset an open connection */
};

struct step {
	uint8_t next; /* enum end_state */
	uint8_t what;
};

enum {
	ON_SYN,
	ON_FIN,
	ON_RST,
	ON_FLAGS
};

/* What SYN, FIN and RST do, taken in this order; END_INACTIVE's SYN has a function of its own. */
static const struct step steps[END_STATES][ON_FLAGS] = {
	[END_INACTIVE] = {
		[ON_SYN] = { END_INACTIVE, 0 },
		[ON_FIN] = { END_CLOSED, DO_CLOSE },
		[ON_RST] = { END_RESET, DO_CLOSE },
	},
	[END_SYN_SENT] = {
		[ON_SYN] = { END_SYN_SENT, 0 },
		[ON_FIN] = { END_CLOSED, DO_CLOSE },
		[ON_RST] = { END_RESET, DO_CLOSE | DO_ABORT },
	},
	[END_SYN_ACK_SENT] = {
		[ON_SYN] = { END_SYN_ACK_SENT, 0 },
		[ON_FIN] = { END_CLOSED, DO_CLOSE },
		[ON_RST] = { END_RESET, DO_CLOSE | DO_ABORT },
	},
	[END_PARTIAL] = {
		[ON_SYN] = { END_SYN_SENT, IF_SILENT_SYN },
		[ON_FIN] = { END_CLOSED, DO_CLOSE | DO_FORGIVE | IF_NO_RST },
		[ON_RST] = { END_RESET, DO_CLOSE | DO_ABORT | UNLESS_BOTH },
	},
	[END_ESTABLISHED] = {
		[ON_SYN] = { END_ESTABLISHED, 0 },
		[ON_FIN] = { END_CLOSED, DO_CLOSE | DO_FORGIVE | IF_NO_RST },
		[ON_RST] = { END_RESET, DO_CLOSE | DO_ABORT | UNLESS_BOTH },
	},
	[END_CLOSED] = {
		[ON_SYN] = { END_CLOSED, 0 },
		[ON_FIN] = { END_CLOSED, 0 },
		[ON_RST] = { END_RESET, DO_CLOSE | IF_OTHER_OPEN },
	},
	[END_RESET] = {
		[ON_SYN] = { END_RESET, 0 },
		[ON_FIN] = { END_RESET, 0 },
		[ON_RST] = { END_RESET, 0 },
	},
};

static bool
is_handshake(enum end_state s)
{
	return s <= END_SYN_ACK_SENT;
}

static void
set_state(struct nt_flow *f, int dir, enum end_state next)
{
	enum end_state old = end_state(f, dir);

	if (next == old)
		return;
	if (!is_handshake(next) && is_handshake(old) && is_handshake(end_state(f, !dir)))
		f->flags |= FLOW_LONG;
	f->state[dir] = (uint8_t)((f->state[dir] & (STATE_CLOSED | STATE_EOF)) |
				  (unsigned int)old << STATE_PREV_BITS | next);
}

/* Interactive services may be silent for long. */
static void
established(struct streams *s)
{
	const struct nt_conn_config *cfg = &s->c->cfg;
	uint16_t port = conn_port(s->f, NT_FLOW_RESP);
	uint16_t other = conn_port(s->f, NT_FLOW_ORIG);

	if (end_state(s->f, NT_FLOW_ORIG) == END_INACTIVE &&
		!nt_conn_ports_has(&cfg->likely_tcp, port) &&
		nt_conn_ports_has(&cfg->likely_tcp, other))
		port = other;
	if (nt_conn_ports_has(&cfg->interactive_tcp, port))
		s->f->flags |= FLOW_INTERACTIVE;
}

static void
first_syn_of_responder(struct streams *s, int *dir, const struct nt_packet *p)
{
	struct nt_flow *f = s->f;
	int peer = !*dir;

	if (!(p->tcp_flags & TCP_ACK) && end_state(f, peer) == END_SYN_ACK_SENT &&
		p->seq == s->cold->start_seq[*dir]) {
		/* SYN and SYN-ACK came in the wrong order: this is the originator after all. */
		conn_flip_here(s->c, f, s->cold);
		streams_flip(s);
		*dir = peer;
		peer = !peer;
		set_state(f, peer, END_ESTABLISHED);
		f->tcp_flags |= TCPF_SEEN_0;
	}
	if (end_state(f, peer) == END_SYN_SENT)
		set_state(f, peer, END_ESTABLISHED);
	set_state(f, *dir, END_ESTABLISHED);
	if (end_state(f, peer) != END_PARTIAL)
		established(s);
}

static void
first_syn(struct streams *s, int *dir, const struct nt_packet *p)
{
	if (*dir == NT_FLOW_RESP) {
		first_syn_of_responder(s, dir, p);
		return;
	}
	set_state(s->f, *dir, p->tcp_flags & TCP_ACK ? END_SYN_ACK_SENT : END_SYN_SENT);
	s->f->tcp_flags |= TCPF_ATTEMPT;
}

/* The first packet of an end, without SYN, FIN and RST. */
static void
first_plain(struct streams *s, int dir, const struct nt_packet *p)
{
	struct nt_flow *f = s->f;

	/* Some acknowledge a SYN before they answer it. */
	if (dir == NT_FLOW_RESP && p->payload_len == 0 &&
		end_state(f, NT_FLOW_ORIG) == END_SYN_SENT)
		return;
	if ((p->tcp_flags & TCP_ACK) && end_state(f, !dir) == END_ESTABLISHED) {
		/* Only its SYN was missed. */
		set_state(f, dir, END_ESTABLISHED);
		f->tcp_flags &= (uint8_t)~TCPF_PARTIAL;
		f->tcp_flags |= (uint8_t)(TCPF_SEEN_0 << dir);
		return;
	}
	set_state(f, dir, END_PARTIAL);
}

void
tcp_turn(struct streams *s, int *dir, const struct nt_packet *p)
{
	struct nt_flow *f = s->f;

	if (end_state(f, NT_FLOW_ORIG) != END_SYN_ACK_SENT ||
		end_state(f, NT_FLOW_RESP) != END_INACTIVE || (p->tcp_flags & (TCP_SYN | TCP_RST)))
		return;
	history_turn(f, s->cold);
	conn_flip(s->c, f, s->cold);
	streams_flip(s);
	*dir = !*dir;
	f->tcp_flags |= TCPF_SEEN_0; /* joined at its second packet, not in its middle */
}

static bool
applies(const struct nt_flow *f, int dir, const struct nt_packet *p, unsigned int what)
{
	enum end_state peer = end_state(f, !dir);

	if ((what & IF_NO_RST) && (p->tcp_flags & TCP_RST))
		return false;
	if ((what & IF_OTHER_OPEN) && peer == END_CLOSED)
		return false;
	if ((what & IF_SILENT_SYN) && (peer != END_INACTIVE || (p->tcp_flags & TCP_ACK)))
		return false;
	return true;
}

static bool
take_step(struct nt_flow *f, int dir, const struct nt_packet *p, const struct step *step)
{
	unsigned int what = step->what;

	if (!applies(f, dir, p, what))
		return false;
	set_state(f, dir, (enum end_state)step->next);
	if ((what & DO_FORGIVE) && end_state(f, !dir) == END_RESET &&
		end_prev(f, !dir) == END_CLOSED)
		set_state(f, !dir, END_CLOSED);
	if ((what & DO_ABORT) && !((what & UNLESS_BOTH) && end_state(f, !dir) == END_RESET &&
					 end_prev(f, !dir) == END_ESTABLISHED))
		f->tcp_flags |= TCPF_OVER;
	return (what & DO_CLOSE) != 0;
}

bool
tcp_step(struct streams *s, int *dir, const struct nt_packet *p)
{
	static const uint8_t flags[ON_FLAGS] = {
		[ON_SYN] = TCP_SYN,
		[ON_FIN] = TCP_FIN,
		[ON_RST] = TCP_RST,
	};
	enum end_state from = end_state(s->f, *dir);
	bool close = false;

	if (from == END_INACTIVE && (p->tcp_flags & TCP_SYN))
		first_syn(s, dir, p);
	for (int on = 0; on < ON_FLAGS; on++) {
		if (p->tcp_flags & flags[on] && (on != ON_SYN || from != END_INACTIVE))
			close |= take_step(s->f, *dir, p, &steps[from][on]);
	}
	if (from == END_INACTIVE && !(p->tcp_flags & TCP_CTL))
		first_plain(s, *dir, p);
	return close;
}

/* One side closed while the other goes on: from then on it is looked at each session_timer. */
static void
half_closed(struct streams *s)
{
	int64_t step = s->c->cfg.tcp_session_timer_ns;
	int64_t phase = (s->f->last_ts_ns - s->cold->first_clock_ns) % step;

	if (phase < 0)
		phase += step;
	s->cold->close_phase = (uint32_t)((phase + NT_NS_PER_USEC - 1) / NT_NS_PER_USEC);
	s->f->tcp_flags |= TCPF_HALF;
}

void
tcp_closed(struct streams *s, int dir)
{
	struct nt_flow *f = s->f;

	if (stream_pending(s, dir)) {
		f->tcp_flags |= TCPF_DEFERRED;
		return;
	}
	f->tcp_flags &= (uint8_t)~TCPF_DEFERRED;
	if (end_closed(f, dir))
		return;
	f->state[dir] |= STATE_CLOSED;
	if (end_state(f, dir) == END_RESET || end_closed(f, !dir) ||
		end_state(f, !dir) == END_INACTIVE) {
		f->tcp_flags |= TCPF_DELETE;
		f->deadline_ns = f->last_ts_ns + s->c->cfg.tcp_close_delay_ns;
	} else if (end_prev(f, dir) != END_INACTIVE) {
		half_closed(s);
	}
}

void
tcp_check_eof(struct streams *s, int dir)
{
	struct nt_flow *f = s->f;
	enum end_state state = end_state(f, dir);

	if (f->state[dir] & STATE_EOF)
		return;
	if (!fin_seen(s->cold, dir) && state != END_CLOSED && state != END_RESET)
		return;
	if (stream_pending(s, dir))
		return;
	f->state[dir] |= STATE_EOF;
	if (f->tcp_flags & TCPF_DEFERRED) {
		tcp_closed(s, dir);
		f->tcp_flags &= (uint8_t)~TCPF_DEFERRED;
	}
}
