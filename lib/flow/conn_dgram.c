/* SPDX-License-Identifier: BSD-3-Clause */
/* UDP, ICMP and transports without ports: each packet stands for itself. */
#include "conn_priv.h"

#define DNS_HEADER	12
#define DNS_MAX_QUERIES 25 /* Zeek's dns_max_queries */

/* It is no DNS; Zeek takes its analyzer away, timer and all, when the next packet comes. */
void
nt_conn_dns_violation(struct nt_conn *c, struct nt_flow *f, struct nt_flow_cold *cold)
{
	(void)c;
	cold->cold_flags |= COLD_NO_DNS;
	if (f->key.proto == PROTO_UDP && (f->flags & FLOW_DNS))
		f->flags |= FLOW_DNS_BAD;
}

void
nt_conn_dns_unknown(struct nt_conn *c, struct nt_flow_cold *cold)
{
	history_unknown(c, cold);
}

/* A server's answer that comes first (RFC 5905 7.3: version 3 or 4, mode 4), both ports being 123.
 */
static bool
is_ntp_answer(const struct nt_flow *f, const struct nt_packet *p, int dir)
{
	return dir == NT_FLOW_ORIG && conn_port(f, NT_FLOW_RESP) == 123 &&
	       f->pkts[NT_FLOW_ORIG] + f->pkts[NT_FLOW_RESP] == 0 && p->payload_captured >= 48 &&
	       (p->payload[0] & 7) == 4 && (p->payload[0] >> 3 & 7) >= 3;
}

bool
nt_conn_is_netbios(const struct nt_flow *f)
{
	return f->key.lo_port == 137 || f->key.hi_port == 137;
}

bool
nt_conn_is_dns(const struct nt_flow *f)
{
	return f->key.proto == PROTO_UDP && (f->flags & (FLOW_DNS | FLOW_DNS_BAD)) == FLOW_DNS;
}

/*
 * What Zeek's DNS analyzer does to the connection itself: an operation it doesn't know (RFC 1035
 * 4.1.1: opcode) leaves an 'X'; a response that comes first turns the connection round.
 */
static void
udp_dns(struct nt_conn *c, struct nt_flow *f, struct nt_flow_cold *cold, const struct nt_packet *p,
	int dir)
{
	struct nt_addr resp;

	if (p->payload_captured < DNS_HEADER)
		return;
	if ((p->payload[2] >> 3 & 0x0f) != 0 && !nt_conn_is_netbios(f)) {
		history_unknown(c, cold);
		return;
	}
	if ((f->flags & FLOW_DNS_FIRST) && dir == NT_FLOW_ORIG && p->payload[2] & 0x80) {
		conn_address(f, NT_FLOW_RESP, &resp);
		if (!nt_addr_is_multicast(&resp))
			conn_flip_here(c, f, cold);
	}
	f->flags &= (uint8_t)~FLOW_DNS_FIRST;
	if (((uint32_t)p->payload[4] << 8 | p->payload[5]) > DNS_MAX_QUERIES)
		nt_conn_dns_violation(c, f, cold);
}

static void
udp_packet(struct nt_conn *c, struct nt_flow *f, struct nt_flow_cold *cold,
	const struct nt_packet *p, int dir)
{
	if (f->flags & FLOW_DNS_BAD)
		f->flags &= (uint8_t) ~(FLOW_DNS | FLOW_DNS_BAD);
	history_once(c, f, cold, dir, SEEN_DATA, 'D');
	f->dgram.bytes[dir] += p->payload_len;
	if (f->flags & FLOW_DNS)
		udp_dns(c, f, cold, p, dir);
	else if (is_ntp_answer(f, p, dir))
		conn_flip_here(c, f, cold);
}

void
dgram_packet(struct nt_conn *c, struct nt_flow *f, struct nt_flow_cold *cold,
	const struct nt_packet *p, const struct nt_packet_meta *m, int dir)
{
	f->last_ts_ns = m->ts_ns;
	f->state[dir] = 1;
	switch (p->proto) {
	case PROTO_UDP:
		udp_packet(c, f, cold, p, dir);
		break;
	case PROTO_ICMP:
	case PROTO_ICMPV6:
		f->dgram.bytes[dir] += p->payload_len;
		break;
	default: /* Zeek counts no payload of what it doesn't know */
		break;
	}
}
