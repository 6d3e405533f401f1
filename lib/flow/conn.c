/* SPDX-License-Identifier: BSD-3-Clause */
/* Connections packet by packet: beginning, the fast path of open TCP connections, end. */
#include "conn_priv.h"

/* An ICMP message that was cut counts with its length, but not as a packet: so Zeek has it. */
static inline bool
is_uncounted(const struct nt_packet *p)
{
	return p->payload_captured < p->payload_len &&
	       (p->proto == PROTO_ICMP || p->proto == PROTO_ICMPV6);
}

static void
count_packet(struct nt_conn *c, struct nt_flow *f, struct nt_flow_cold *cold,
	const struct nt_packet *p, const struct nt_packet_meta *m, int dir)
{
	struct extra *x;

	f->last_position = m->position;
	f->last_clock_ns = m->clock_ns;
	if (nt_unlikely(m->tunnel))
		conn_link_tunnel(c, cold, m->tunnel);
	if (nt_unlikely(is_uncounted(p)))
		return;
	f->ip_bytes[dir] += p->ip_len;
	if (nt_unlikely(++f->pkts[dir] == 0)) {
		x = conn_extra(c, cold);
		if (x)
			x->pkts_high[dir]++;
	}
}

/* Data or acknowledgement in order (conn_fast.h); false leaves everything as it was. */
static inline bool
tcp_fast(struct nt_conn *c, struct nt_flow *f, struct nt_flow_cold *cold, const struct nt_packet *p,
	int dir)
{
	const struct conn_segment s = {
		.seq = p->seq,
		.ack = p->ack,
		.len = p->payload_len,
		.window = p->window,
		.flags = p->tcp_flags,
	};

	if (p->payload_captured < p->payload_len)
		return false;
	if (nt_unlikely((f->seen[dir] & conn_letter(s.len)) == 0))
		return tcp_begins_letter(c, f, cold, &s, dir);
	if (!conn_is_in_order(f, &s, dir))
		return false;
	conn_advance(f, &s, dir);
	return true;
}

static void
take_packet(struct nt_conn *c, struct nt_flow *f, struct nt_flow_cold *cold,
	const struct nt_packet *p, const struct nt_packet_meta *m, int dir)
{
	uint8_t orig_is_lo = f->orig_is_lo;

	if (p->proto != PROTO_TCP) {
		dgram_packet(c, f, cold, p, m, dir);
	} else {
		tcp_packet(c, f, cold, p, m, dir);
		if (f->orig_is_lo != orig_is_lo)
			dir = !dir;
	}
	count_packet(c, f, cold, p, m, dir);
}

/* Nothing of such a packet is to be believed; Zeek has a connection for it all the same. */
#define NOT_BELIEVED (NT_PKT_NO_COUNT | NT_PKT_BAD_CHECKSUM)

static void
note_disbelief(struct nt_conn *c, struct nt_flow_cold *cold, const struct nt_packet *p,
	const struct nt_packet_meta *m, int dir)
{
	if (m->tunnel)
		conn_link_tunnel(c, cold, m->tunnel);
	if ((p->flags & NT_PKT_BAD_CHECKSUM) && (p->proto == PROTO_TCP || p->proto == PROTO_UDP))
		history_tally(c, cold, dir, TALLY_CHECKSUM);
}

/* It counts only if it is a SYN, with a header that is long enough, of another connection. */
static enum nt_conn_verdict
disbelieved_packet(struct nt_conn *c, struct nt_flow *f, struct nt_flow_cold *cold,
	const struct nt_packet *p, const struct nt_packet_meta *m, int dir)
{
	bool whole = p->proto == PROTO_TCP && p->l4[12] >> 4 >= 5;

	if (conn_ended_late(c, f, cold, m) || (whole && tcp_reuses(f, cold, p)))
		return NT_CONN_REUSE;
	note_disbelief(c, cold, p, m, dir);
	return NT_CONN_KEEP;
}

void
nt_conn_open(struct nt_conn *c, struct nt_flow *f, struct nt_flow_cold *cold,
	const struct nt_packet *p, const struct nt_packet_meta *m, bool src_is_lo)
{
	int dir;

	cold->first_ts_ns = f->last_ts_ns = m->ts_ns;
	cold->first_clock_ns = f->last_clock_ns = m->clock_ns;
	cold->first_position = m->position;
	f->orig_is_lo = src_is_lo;
	if (conn_flips_at_start(c, p)) {
		f->orig_is_lo = !src_is_lo;
		history_add(c, cold, '^');
	}
	if (p->proto == PROTO_UDP && nt_conn_ports_has(&c->cfg.dns_udp, conn_port(f, NT_FLOW_RESP)))
		f->flags |= FLOW_DNS | FLOW_DNS_FIRST;
	dir = nt_conn_direction(f, src_is_lo);
	if (nt_unlikely(c->cfg.link_facts || m->tunnel))
		conn_link_open(c, cold, p, m->tunnel, dir);
	conn_start_timers(c, f);
	if (p->flags & NOT_BELIEVED) {
		f->last_position = m->position;
		note_disbelief(c, cold, p, m, dir);
	} else {
		take_packet(c, f, cold, p, m, dir);
	}
	conn_set_deadline(c, f, cold);
}

enum nt_conn_verdict
nt_conn_packet(struct nt_conn *c, struct nt_flow *f, struct nt_flow_cold *cold,
	const struct nt_packet *p, const struct nt_packet_meta *m, bool src_is_lo)
{
	int dir = nt_conn_direction(f, src_is_lo);

	if (nt_unlikely(p->flags & NOT_BELIEVED))
		return disbelieved_packet(c, f, cold, p, m, dir);
	if (p->proto != PROTO_TCP) {
		if (nt_unlikely(conn_ended_late(c, f, cold, m)))
			return NT_CONN_REUSE;
		take_packet(c, f, cold, p, m, dir);
		return NT_CONN_KEEP;
	}
	if (nt_likely(tcp_fast(c, f, cold, p, dir))) {
		f->last_ts_ns = m->ts_ns;
		count_packet(c, f, cold, p, m, dir);
		c->stats.fast++;
		return NT_CONN_KEEP;
	}
	if (conn_ended_late(c, f, cold, m) || tcp_reuses(f, cold, p))
		return NT_CONN_REUSE;
	c->stats.slow++;
	take_packet(c, f, cold, p, m, dir);
	conn_set_deadline(c, f, cold);
	return NT_CONN_KEEP;
}

void
nt_conn_evicted(struct nt_conn *c, struct nt_flow *f, struct nt_flow_cold *cold)
{
	(void)f;
	history_unknown(c, cold);
}

void
nt_conn_close(struct nt_conn *c, struct nt_flow *f, struct nt_flow_cold *cold)
{
	(void)f;
	conn_extra_release(c, cold);
	conn_link_release(c, cold);
}
