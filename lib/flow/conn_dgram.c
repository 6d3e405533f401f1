/* SPDX-License-Identifier: BSD-3-Clause */
/* UDP, ICMP and transports without ports: each packet stands for itself. */
#include "conn_priv.h"

#define DNS_HEADER	12
#define DNS_MAX_QUERIES 25 /* Zeek's dns_max_queries */

static bool
is_netbios(const struct nt_flow *f)
{
	return f->key.lo_port == 137 || f->key.hi_port == 137;
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
	if ((p->payload[2] >> 3 & 0x0f) != 0 && !is_netbios(f)) {
		history_unknown(c, cold);
		return;
	}
	if ((f->flags & FLOW_DNS_FIRST) && dir == NT_FLOW_ORIG && p->payload[2] & 0x80) {
		conn_address(f, NT_FLOW_RESP, &resp);
		if (!nt_addr_is_multicast(&resp))
			conn_flip(c, f, cold);
	}
	f->flags &= (uint8_t)~FLOW_DNS_FIRST;
	if (((uint32_t)p->payload[4] << 8 | p->payload[5]) > DNS_MAX_QUERIES)
		history_unknown(c, cold);
}

static void
udp_packet(struct nt_conn *c, struct nt_flow *f, struct nt_flow_cold *cold,
	const struct nt_packet *p, int dir)
{
	history_once(c, f, cold, dir, SEEN_DATA, 'D');
	f->dgram.bytes[dir] += p->payload_len;
	if (f->flags & FLOW_DNS)
		udp_dns(c, f, cold, p, dir);
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
