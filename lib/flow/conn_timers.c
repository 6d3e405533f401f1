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

static int64_t
tcp_end_ns(const struct nt_conn *c, const struct nt_flow *f, const struct nt_flow_cold *cold)
{
	int64_t end = f->last_ts_ns + inactivity_ns(c, f);
	int64_t after = NT_MAX(f->last_ts_ns + c->cfg.tcp_connection_linger_ns, f->last_clock_ns);
	int64_t tick;

	if (f->tcp_flags & TCPF_DELETE)
		return NT_MIN(end, f->deadline_ns);
	if (f->tcp_flags & TCPF_OVER)
		return end;
	if (tcp_is_attempt(f))
		end = NT_MIN(end, cold->first_ts_ns + c->cfg.tcp_attempt_delay_ns);
	if (!tcp_is_spent(f))
		return end;
	tick = first_tick(cold->first_clock_ns + c->cfg.tcp_SYN_timeout_ns,
		c->cfg.tcp_session_timer_ns, after);
	end = NT_MIN(end, tick);
	if (f->tcp_flags & TCPF_HALF) {
		tick = first_tick(
			cold->first_clock_ns + (int64_t)cold->close_phase * NT_NS_PER_USEC,
			c->cfg.tcp_session_timer_ns, after);
		end = NT_MIN(end, tick);
	}
	return end;
}

/* Ended when a look each dns_session_timeout finds it idle for all but the last second of that. */
static int64_t
dns_end_ns(const struct nt_conn *c, const struct nt_flow *f, const struct nt_flow_cold *cold)
{
	int64_t step = c->cfg.dns_session_timeout_ns;
	int64_t idle = f->last_ts_ns + step - NT_NS_PER_SEC;

	return first_tick(cold->first_clock_ns + step, step, NT_MAX(idle - 1, f->last_clock_ns));
}

int64_t
conn_end_ns(const struct nt_conn *c, const struct nt_flow *f, const struct nt_flow_cold *cold)
{
	int64_t end;

	if (f->key.proto == PROTO_TCP)
		return tcp_end_ns(c, f, cold);
	end = f->last_ts_ns + inactivity_ns(c, f);
	if (f->flags & FLOW_DNS)
		end = NT_MIN(end, dns_end_ns(c, f, cold));
	return end;
}

enum nt_conn_verdict
nt_conn_timers(struct nt_conn *c, struct nt_flow *f, struct nt_flow_cold *cold, int64_t clock_ns)
{
	int64_t end = conn_end_ns(c, f, cold);

	if (clock_ns >= end)
		return NT_CONN_END;
	f->deadline_ns = end;
	return NT_CONN_KEEP;
}

void
nt_conn_interactive(struct nt_flow *f)
{
	f->flags |= FLOW_INTERACTIVE;
}
