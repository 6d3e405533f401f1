/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * One step into a packet, for whoever steers packets to workers: is it a fragment, a tunnel with
 * another packet in it, or neither? Repeated on what is inside until it is neither. No state, any
 * thread, no allocation; never fails: what is broken is neither, and decode says why.
 *
 * The rules are Zeek's. Where those have a memory, they are the caller's to keep: how deep it is
 * already (nt_encap_nests), and what earlier packets of a UDP connection said (verdict).
 */
#ifndef NT_ENCAP_H
#define NT_ENCAP_H

#include <string.h>

#include "nt_fragment.h"
#include "nt_packet.h"

enum nt_encap_kind {
	NT_ENCAP_NONE, /* goes to its worker as it is */
	NT_ENCAP_FRAGMENT, /* of a datagram; captured whole */
	NT_ENCAP_TUNNEL, /* a packet is inside */
	/*
	 * An IEEE 802.11 frame of several packets: no tunnel and nothing to log; inner is the first
	 * (no byte of it, where that is no IP), rest has the others
	 */
	NT_ENCAP_AGGREGATE,
};

enum nt_tunnel {
	NT_TUNNEL_NONE,
	NT_TUNNEL_IP, /* IP in IP, 6in4: RFC 2003, 4213 */
	NT_TUNNEL_GRE, /* RFC 2784, 2890, 2637; ERSPAN; over UDP: RFC 8086 */
	NT_TUNNEL_TEREDO, /* RFC 4380 */
	NT_TUNNEL_AYIYA,
	NT_TUNNEL_GTPV1, /* 3GPP TS 29.281 */
	NT_TUNNEL_VXLAN, /* RFC 7348 */
	NT_TUNNEL_GENEVE, /* RFC 8926 */
	NT_TUNNELS
};
const char *nt_tunnel_name(enum nt_tunnel t); /* as Zeek's tunnel and service names */

/* What a packet says of the UDP connection that it came in. */
enum nt_encap_verdict {
	NT_ENCAP_SILENT,
	NT_ENCAP_CONFIRMS, /* it is this tunnel: the connection's service */
	NT_ENCAP_CONFIRMS_HALF, /* Teredo: when both ends have said so */
	NT_ENCAP_VIOLATES, /* it is not, from now on (but nt_encap_gives_up) */
};

/* Ports that can be added to Zeek's. */
#define NT_ENCAP_PORTS_MAX 32

struct nt_encap_config {
	/* One bit per UDP port at either end of which tunnels are looked for. */
	uint64_t udp_ports[65536 / 64];
	/*
	 * One bit per UDP port that is likely a server's: at the other end of a packet, it says
	 * that a tunnel's port is nothing but a client's there. Default: those below 1024.
	 */
	uint64_t server_ports[65536 / 64];
	uint32_t nb_ports;
	struct {
		uint16_t port;
		uint8_t tunnel; /* enum nt_tunnel */
	} ports[NT_ENCAP_PORTS_MAX];
	bool detect; /* Teredo and AYIYA on every other UDP port, by what they look like */
};
void nt_encap_config_default(struct nt_encap_config *ret); /* Zeek's ports */
/* 0, -ENOSPC, or -EINVAL for a tunnel that is not over UDP. A port given again is changed. */
int nt_encap_config_add(struct nt_encap_config *cfg, uint16_t port, enum nt_tunnel t);

struct nt_encap {
	uint8_t kind; /* enum nt_encap_kind */
	uint8_t tunnel; /* enum nt_tunnel; also where the port says one, but nothing valid is
			 * inside: then kind is NT_ENCAP_NONE */
	uint8_t verdict; /* enum nt_encap_verdict; only where udp */
	bool udp; /* the tunnel is a UDP connection of its own, which is logged */
	uint16_t sport, dport; /* of that */
	uint8_t proto; /* of the IP header */
	struct nt_addr src,
		dst; /* the ends, as nt_packet_find_ends; family NONE where it is no IP */
	struct nt_fragment fragment;
	/* the packet inside: inner_cap_len bytes of inner_wire_len */
	const uint8_t *inner;
	uint32_t inner_cap_len, inner_wire_len;
	int inner_link; /* NT_LINK_RAW, NT_LINK_ETHERNET ... */
	/* NT_ENCAP_AGGREGATE: what to look at next, as NT_LINK_AMSDU, until rest_cap_len is 0 */
	const uint8_t *rest;
	uint32_t rest_cap_len, rest_wire_len;
};

/*
 * Fills *ret (fragment and inner only as kind says). cap_len bytes at data, wire_len on the wire.
 */
enum nt_encap_kind nt_encap_look(struct nt_encap *ret, const struct nt_encap_config *cfg,
	const uint8_t *data, uint32_t cap_len, uint32_t wire_len, int dlt);

/* Zeek's Tunnel::max_depth. */
#define NT_ENCAP_DEPTH_MAX 4

/*
 * Whether a tunnel is opened inside depth others, the innermost of which is parent. Where it is
 * not, the packet is neither: decode says NT_PACKET_TUNNEL, or a UDP packet like others.
 */
static inline bool
nt_encap_nests(unsigned int depth, enum nt_tunnel parent, enum nt_tunnel t)
{
	return depth < NT_ENCAP_DEPTH_MAX && !(parent == NT_TUNNEL_GTPV1 && t == NT_TUNNEL_GTPV1);
}

/*
 * Whether the parent of what is inside is a pair of addresses, in no order, without a connection of
 * its own in conn.log. Else it is the UDP connection. (GRE over UDP has both: the connection is
 * logged, but the parent is the pair.)
 */
static inline bool
nt_encap_parent_is_pair(const struct nt_encap *e)
{
	return !e->udp || e->tunnel == NT_TUNNEL_GRE;
}

/* Whether no packet of the UDP connection is looked into any more after one that violates. */
static inline bool
nt_encap_gives_up(enum nt_tunnel t)
{
	return t != NT_TUNNEL_GTPV1 && t != NT_TUNNEL_GRE;
}

/*
 * What encap_teredo.c and encap_udp.c look for, in 3 bytes of payload, and if there are 28, in
 * them: a message of DNS with any number may look like the first byte of IPv6. Shorter ones hold no
 * IPv6 header.
 */
static inline bool
nt_encap_looks_plain(const uint8_t *p, uint32_t len)
{
	static const uint8_t teredo[4] = { 0x20, 0x01 }; /* 2001::/32 */

	if (p[1] == 0x52 && p[2] == 0x11)
		return false;
	if (nt_likely(p[0] >> 4 != 6 && p[0] != 0))
		return true;
	return p[1] > 1 &&
	       !(len >= 28 && (memcmp(p + 8, teredo, 4) == 0 || memcmp(p + 24, teredo, 4) == 0));
}

/* len bytes from the UDP header on, 11 at least: certainly no tunnel? */
static inline bool
nt_encap_udp_plain(const struct nt_encap_config *cfg, const uint8_t *udp, uint32_t len)
{
	uint32_t sport = (uint32_t)udp[0] << 8 | udp[1], dport = (uint32_t)udp[2] << 8 | udp[3];
	const uint64_t *bits = cfg->udp_ports;

	if ((bits[sport / 64] >> sport % 64 | bits[dport / 64] >> dport % 64) & 1)
		return false;
	return nt_encap_looks_plain(udp + 8, len - 8);
}

/*
 * Certainly neither fragment nor tunnel? Of Ethernet frames with TCP or UDP in IPv4 or IPv6 right
 * behind the header; false for what has to be looked at. A few instructions, for every packet.
 */
static inline bool
nt_encap_plain(const struct nt_encap_config *cfg, const uint8_t *data, uint32_t cap_len, int dlt)
{
	/* Up to the third byte behind UDP in IPv4: 14 + 20 + 8 + 3. */
	if (dlt != NT_LINK_ETHERNET || cap_len < 45)
		return false;
	if (data[12] == 0x08 && data[13] == 0x00 && data[14] == 0x45) {
		if ((data[20] & 0x3f) | data[21])
			return false;
		return data[23] == 6 ||
		       (data[23] == 17 && nt_encap_udp_plain(cfg, data + 34, cap_len - 34));
	}
	if (data[12] != 0x86 || data[13] != 0xdd || data[14] >> 4 != 6)
		return false;
	if (data[20] == 6)
		return true;
	return data[20] == 17 && cap_len >= 65 && nt_encap_udp_plain(cfg, data + 54, cap_len - 54);
}

#endif
