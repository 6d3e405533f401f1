/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * When a connection ends. Zeek runs timers that look at a connection and put themselves off. What
 * they look at changes only with a packet of the connection, so the first look that will find the
 * end can be computed after each packet: there is one deadline, and no timer runs in between.
 */
#include "conn_priv.h"

/* The first of base, base + step, base + 2 * step... that is later than `after`. */
static int64_t
first_tick(int64_t base, int64_t step, int64_t after)
{
	if (base > after)
		return base;
	return base + ((after - base) / step + 1) * step;
}

static int64_t
inactivity_ns(const struct nt_conn *c, const struct nt_flow *f)
{
	if (f->flags & FLOW_INTERACTIVE)
		return c->cfg.interactive_inactivity_ns;
	if (f->flags & FLOW_LONG)
		return c->cfg.tcp_inactivity_ns;
	switch (f->key.proto) {
	case PROTO_TCP:
	case PROTO_UDP:
		return c->cfg.udp_inactivity_ns;
	case PROTO_ICMP:
	case PROTO_ICMPV6:
		return c->cfg.icmp_inactivity_ns;
	default:
		return c->cfg.unknown_ip_inactivity_ns;
	}
}

/* Zeek's ExpireTimer would find nothing that can still happen. */
static bool
tcp_is_spent(const struct nt_flow *f)
{
	enum end_state o = end_state(f, NT_FLOW_ORIG), r = end_state(f, NT_FLOW_RESP);
	bool o_closed = end_closed(f, NT_FLOW_ORIG), r_closed = end_closed(f, NT_FLOW_RESP);

	if (o == END_INACTIVE && r == END_INACTIVE)
		return true;
	if (!o_closed && !r_closed)
		return false;
	return (o_closed && r_closed) || o == END_RESET || r == END_RESET || o == END_INACTIVE ||
	       r == END_INACTIVE;
}

static bool
tcp_is_attempt(const struct nt_flow *f)
{
	enum end_state o = end_state(f, NT_FLOW_ORIG);

	return (f->tcp_flags & TCPF_ATTEMPT) && (o == END_SYN_SENT || o == END_SYN_ACK_SENT) &&
	       end_state(f, NT_FLOW_RESP) == END_INACTIVE;
}

/*
 * The first look at a connection in its last state that comes after `since`, or INT64_MAX. Looks
 * are taken from its start on and, a second row, from when one side closed.
 */
static int64_t
tcp_next_look(const struct nt_conn *c, const struct nt_flow *f, const struct nt_flow_cold *cold,
	int64_t since)
{
	int64_t step = c->cfg.tcp_session_timer_ns, look, other;

	if ((f->tcp_flags & (TCPF_OVER | TCPF_DELETE)) || !tcp_is_spent(f))
		return INT64_MAX;
	look = first_tick(cold->first_clock_ns + c->cfg.tcp_SYN_timeout_ns, step, since);
	if (f->tcp_flags & TCPF_HALF) {
		other = cold->first_clock_ns + (int64_t)cold->close_phase * NT_NS_PER_USEC;
		look = NT_MIN(look, first_tick(other, step, since));
	}
	return look;
}

/* When other timers than that of inactivity end the flow. */
static int64_t
tcp_end_ns(const struct nt_conn *c, const struct nt_flow *f, const struct nt_flow_cold *cold)
{
	int64_t linger = f->last_ts_ns + c->cfg.tcp_connection_linger_ns;
	int64_t end = tcp_next_look(c, f, cold, NT_MAX(linger - 1, f->last_clock_ns));

	if (tcp_is_attempt(f) && !(f->tcp_flags & TCPF_OVER))
		end = NT_MIN(end, cold->first_ts_ns + c->cfg.tcp_attempt_delay_ns);
	return end;
}

/* Ended when a look each dns_session_timeout finds it idle for all but the last second of that. */
static int64_t
dns_idle_ns(const struct nt_conn *c, const struct nt_flow *f)
{
	return f->last_ts_ns + c->cfg.dns_session_timeout_ns - NT_NS_PER_SEC;
}

static int64_t
dns_next_look(const struct nt_conn *c, const struct nt_flow_cold *cold, int64_t since)
{
	int64_t step = c->cfg.dns_session_timeout_ns;

	return first_tick(cold->first_clock_ns + step, step, since);
}

static int64_t
other_end_ns(const struct nt_conn *c, const struct nt_flow *f, const struct nt_flow_cold *cold)
{
	if (f->key.proto == PROTO_TCP)
		return tcp_end_ns(c, f, cold);
	if (f->flags & FLOW_DNS)
		return dns_next_look(c, cold, NT_MAX(dns_idle_ns(c, f) - 1, f->last_clock_ns));
	return INT64_MAX;
}

void
conn_start_timers(const struct nt_conn *c, struct nt_flow *f)
{
	f->deadline_ns = f->last_ts_ns + inactivity_ns(c, f);
}

/*
 * The inactivity timer stays where it was set and is judged there: with stamps that run backwards
 * that is later than the last packet's stamp says.
 */
void
conn_set_deadline(const struct nt_conn *c, struct nt_flow *f, const struct nt_flow_cold *cold)
{
	int64_t end;

	if (f->key.proto == PROTO_TCP && (f->tcp_flags & TCPF_DELETE))
		return;
	end = other_end_ns(c, f, cold);
	f->deadline_ns = NT_MIN(f->deadline_ns, end);
}

/*
 * Zeek's timers run when the next packet of the whole stream comes, and take its time for now.
 * Where no packet came between a look and this one, that is this packet's.
 */
bool
conn_ended_late(const struct nt_conn *c, const struct nt_flow *f, const struct nt_flow_cold *cold,
	const struct nt_packet_meta *m)
{
	int64_t since = NT_MAX(m->prev_clock_ns, f->last_clock_ns);

	if (m->prev_clock_ns == 0)
		return false;
	if (f->key.proto == PROTO_TCP)
		return m->clock_ns >= f->last_ts_ns + c->cfg.tcp_connection_linger_ns &&
		       tcp_next_look(c, f, cold, since) <= m->clock_ns;
	return (f->flags & FLOW_DNS) && m->clock_ns >= dns_idle_ns(c, f) &&
	       dns_next_look(c, cold, since) <= m->clock_ns;
}

enum nt_conn_verdict
nt_conn_timers(struct nt_conn *c, struct nt_flow *f, struct nt_flow_cold *cold, int64_t clock_ns)
{
	int64_t quiet = f->last_ts_ns + inactivity_ns(c, f), other;

	if (clock_ns < f->deadline_ns)
		return NT_CONN_KEEP;
	if (f->key.proto == PROTO_TCP && (f->tcp_flags & TCPF_DELETE))
		return NT_CONN_END;
	other = other_end_ns(c, f, cold);
	if (clock_ns >= quiet || clock_ns >= other)
		return NT_CONN_END;
	f->deadline_ns = NT_MIN(quiet, other);
	return NT_CONN_KEEP;
}

/* SYN-ACKs are sent again; what one side only is seen of is no attempt after so many packets. */
#define ANSWERS_MAX   4
#define DATAGRAMS_MAX 3

bool
nt_conn_is_embryonic(const struct nt_flow *f)
{
	if (f->key.proto != PROTO_TCP)
		return (uint64_t)f->pkts[0] + f->pkts[1] <= DATAGRAMS_MAX;
	return tcp_is_attempt(f) ||
	       (f->pkts[NT_FLOW_ORIG] <= 1 && f->pkts[NT_FLOW_RESP] <= ANSWERS_MAX);
}

void
nt_conn_postpone(const struct nt_conn *c, struct nt_flow *f, const struct nt_flow_cold *cold)
{
	int64_t end;

	if (f->key.proto == PROTO_TCP && (f->tcp_flags & TCPF_DELETE))
		return;
	end = NT_MIN(f->last_ts_ns + inactivity_ns(c, f), other_end_ns(c, f, cold));
	f->deadline_ns = NT_MAX(f->deadline_ns, end);
}

void
nt_conn_interactive(struct nt_flow *f)
{
	f->flags |= FLOW_INTERACTIVE;
}
