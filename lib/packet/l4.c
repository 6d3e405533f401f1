/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Two lengths limit a transport header: what the IP header says there is, and what was captured.
 * Like Zeek, a datagram too short for its header has no connection; a TCP header whose own length
 * does not fit has one, but nothing of the packet counts.
 */
#include "layers.h"

#define TCP_MIN	 20
#define ICMP_MIN 8

static inline enum nt_packet_reason
check_room(const struct nt_layers *l, uint32_t header)
{
	if (nt_unlikely(l->payload < header))
		return NT_PACKET_BAD_L4;
	if (nt_unlikely(l->left < header))
		return NT_PACKET_CUT_L4;
	return NT_PACKET_OK;
}

/* The payload behind a header of that length: len bytes of it by the headers, fewer captured. */
static inline void
set_payload(struct nt_packet *p, const struct nt_layers *l, uint32_t header, uint32_t len)
{
	uint32_t in_datagram = NT_MIN(len, l->payload - header);
	uint32_t captured = NT_MIN(in_datagram, l->left - header);

	p->payload_len = len;
	p->payload_captured = captured;
	if (captured > 0)
		p->payload = l->pos + header;
}

static inline void
set_ports(struct nt_packet *p, const uint8_t *h)
{
	p->sport = nt_be16(h);
	p->dport = nt_be16(h + 2);
}

static enum nt_packet_reason
decode_tcp(struct nt_packet *p, const struct nt_layers *l)
{
	const uint8_t *h = l->pos;
	enum nt_packet_reason reason = check_room(l, TCP_MIN);
	uint32_t header;

	if (nt_unlikely(reason != NT_PACKET_OK))
		return reason;
	set_ports(p, h);
	p->seq = nt_be32(h + 4);
	p->ack = nt_be32(h + 8);
	p->tcp_flags = h[13];
	p->window = nt_be16(h + 14);
	header = (uint32_t)(h[12] >> 4) * 4;
	if (nt_unlikely(header < TCP_MIN || header > l->payload || header > l->left)) {
		p->flags |= NT_PKT_NO_COUNT;
		p->tcp_header_len = TCP_MIN;
		return NT_PACKET_OK;
	}
	p->tcp_header_len = (uint8_t)header;
	set_payload(p, l, header, l->payload - header);
	return NT_PACKET_OK;
}

/* Zeek counts what the UDP header says, even if that is more than IP carries. */
static enum nt_packet_reason
decode_udp(struct nt_packet *p, const struct nt_layers *l)
{
	enum nt_packet_reason reason = check_room(l, NT_UDP_MIN);
	uint32_t len;

	if (nt_unlikely(reason != NT_PACKET_OK))
		return reason;
	set_ports(p, l->pos);
	len = nt_be16(l->pos + 4);
	set_payload(p, l, NT_UDP_MIN, len > NT_UDP_MIN ? len - NT_UDP_MIN : 0);
	return NT_PACKET_OK;
}

static enum nt_packet_reason
decode_icmp(struct nt_packet *p, const struct nt_layers *l)
{
	enum nt_packet_reason reason = check_room(l, ICMP_MIN);

	if (nt_unlikely(reason != NT_PACKET_OK))
		return reason;
	p->icmp_type = l->pos[0];
	p->icmp_code = l->pos[1];
	nt_icmp_ports(p, p->proto == NT_IP_ICMPV6);
	set_payload(p, l, ICMP_MIN, l->payload - ICMP_MIN);
	return NT_PACKET_OK;
}

enum nt_packet_reason
nt_l4_decode(struct nt_packet *p, const struct nt_layers *l)
{
	p->l4 = l->pos;
	switch (p->proto) {
	case NT_IP_TCP:
		return decode_tcp(p, l);
	case NT_IP_UDP:
		return decode_udp(p, l);
	case NT_IP_ICMP:
	case NT_IP_ICMPV6:
		return decode_icmp(p, l);
	case NT_IP_IPIP:
	case NT_IP_IPV6:
	case NT_IP_GRE:
		return NT_PACKET_TUNNEL;
	case NT_IP_NONE:
		return NT_PACKET_NO_TRANSPORT;
	default:
		/* A connection without ports, of whose payload Zeek counts nothing. */
		return NT_PACKET_OK;
	}
}
