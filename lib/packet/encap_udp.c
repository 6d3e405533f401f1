/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Tunnels over UDP: found by the port of the responder, or, where that is no tunnel's, by what they
 * look like. Here are the finding and those with a header of their own before the packet.
 */
#include "encap.h"

#define VXLAN_HEADER  8
#define GENEVE_HEADER 8
#define AYIYA_HEADER  8

static bool
has_bit(const uint64_t bits[65536 / 64], uint16_t port)
{
	return bits[port / 64] >> port % 64 & 1;
}

static enum nt_tunnel
tunnel_of_port(const struct nt_encap_config *cfg, uint16_t port)
{
	if (nt_likely(!has_bit(cfg->udp_ports, port)))
		return NT_TUNNEL_NONE;
	for (uint32_t i = 0; i < cfg->nb_ports; i++) {
		if (cfg->ports[i].port == port)
			return (enum nt_tunnel)cfg->ports[i].tunnel;
	}
	return NT_TUNNEL_NONE;
}

/*
 * The responder's port decides, and without a memory its end is the likely server's: a resolver
 * that answers to port 4789 is not VXLAN. Where both ports are tunnels', it is the receiver's.
 */
static enum nt_tunnel
tunnel_of_ports(const struct nt_encap_config *cfg, uint16_t sport, uint16_t dport)
{
	enum nt_tunnel from = tunnel_of_port(cfg, sport), to = tunnel_of_port(cfg, dport);

	if (to != NT_TUNNEL_NONE) {
		bool answer = from == NT_TUNNEL_NONE && has_bit(cfg->server_ports, sport);

		return answer ? NT_TUNNEL_NONE : to;
	}
	return has_bit(cfg->server_ports, dport) ? NT_TUNNEL_NONE : from;
}

static enum nt_tunnel
tunnel_of_looks(const struct nt_encap_bytes *b)
{
	if (nt_encap_is_ayiya(b))
		return NT_TUNNEL_AYIYA;
	return nt_encap_is_teredo(b) ? NT_TUNNEL_TEREDO : NT_TUNNEL_NONE;
}

static void
open_tunnel(struct nt_encap *e, enum nt_tunnel t, const struct nt_encap_bytes *b)
{
	static void (*const open[NT_TUNNELS])(struct nt_encap *, struct nt_encap_bytes) = {
		[NT_TUNNEL_GRE] = nt_encap_gre,
		[NT_TUNNEL_TEREDO] = nt_encap_teredo,
		[NT_TUNNEL_AYIYA] = nt_encap_ayiya,
		[NT_TUNNEL_GTPV1] = nt_encap_gtpv1,
		[NT_TUNNEL_VXLAN] = nt_encap_vxlan,
		[NT_TUNNEL_GENEVE] = nt_encap_geneve,
	};

	if (open[t] == NULL)
		return;
	e->udp = true;
	e->tunnel = (uint8_t)t;
	open[t](e, *b);
}

/* The payload ends where IP's does; the length in the UDP header is not asked, as in Zeek. */
void
nt_encap_udp(struct nt_encap *e, const struct nt_encap_config *cfg, const struct nt_layers *l)
{
	uint32_t len = NT_MIN(l->payload, l->left);
	struct nt_encap_bytes b = { l->pos, len, l->wire_left - l->left };
	enum nt_tunnel t;

	if (len < NT_UDP_MIN)
		return;
	e->sport = nt_be16(b.at);
	e->dport = nt_be16(b.at + 2);
	nt_encap_bytes_step(&b, NT_UDP_MIN);
	t = tunnel_of_ports(cfg, e->sport, e->dport);
	if (t == NT_TUNNEL_NONE && cfg->detect)
		t = tunnel_of_looks(&b);
	open_tunnel(e, t, &b);
}

/* Everything behind the header is the packet; without a byte of it there is none. */
static void
open_rest(struct nt_encap *e, struct nt_encap_bytes *b, uint32_t header, int link)
{
	e->verdict = NT_ENCAP_CONFIRMS;
	nt_encap_bytes_step(b, header);
	if (b->len > 0)
		nt_encap_open(e, b, link);
}

void
nt_encap_vxlan(struct nt_encap *e, struct nt_encap_bytes b)
{
	if (b.len < VXLAN_HEADER || !(b.at[0] & 0x08)) /* a network identifier is there */
		e->verdict = NT_ENCAP_VIOLATES;
	else
		open_rest(e, &b, VXLAN_HEADER, NT_LINK_ETHERNET);
}

void
nt_encap_geneve(struct nt_encap *e, struct nt_encap_bytes b)
{
	uint32_t header;

	e->verdict = NT_ENCAP_VIOLATES;
	if (b.len < GENEVE_HEADER)
		return;
	header = GENEVE_HEADER + 4u * (b.at[0] & 0x3f);
	if (b.at[0] >> 6 != 0) {
		e->verdict = NT_ENCAP_SILENT;
		return;
	}
	if (b.len < header)
		return;
	switch (nt_be16(b.at + 2)) {
	case NT_ETHERTYPE_BRIDGING:
		open_rest(e, &b, header, NT_LINK_ETHERNET);
		break;
	case NT_ETHERTYPE_IPV4:
	case NT_ETHERTYPE_IPV6:
		open_rest(e, &b, header, NT_LINK_RAW);
		break;
	default:
		e->verdict = NT_ENCAP_CONFIRMS;
	}
}

/* Seen on any port: SHA1, shared secret; forward. */
bool
nt_encap_is_ayiya(const struct nt_encap_bytes *b)
{
	return b->len >= 3 && b->at[1] == 0x52 && b->at[2] == 0x11;
}

/* An identity of 2^n bytes, a signature in words. */
void
nt_encap_ayiya(struct nt_encap *e, struct nt_encap_bytes b)
{
	uint32_t header;

	e->verdict = NT_ENCAP_VIOLATES;
	if (b.len < AYIYA_HEADER)
		return;
	header = AYIYA_HEADER + (1u << (b.at[0] >> 4)) + 4u * (b.at[1] >> 4);
	if (b.len < header)
		return;
	e->verdict = NT_ENCAP_SILENT;
	if ((b.at[2] & 0xf) != 1) /* forward */
		return;
	if (b.at[3] == NT_IP_IPIP || b.at[3] == NT_IP_IPV6)
		open_rest(e, &b, header, NT_LINK_RAW);
	else
		e->verdict = NT_ENCAP_CONFIRMS;
}
