/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * One step into a packet, for whoever steers packets to workers: is it a fragment, a tunnel with
 * another packet in it, or neither? Repeated on what is inside until it is neither. No state, any
 * thread, no allocation; never fails: what is broken is neither, and decode says why.
 */
#ifndef NT_ENCAP_H
#define NT_ENCAP_H

#include "nt_fragment.h"
#include "nt_packet.h"

enum nt_encap_kind {
	NT_ENCAP_NONE, /* goes to its worker as it is */
	NT_ENCAP_FRAGMENT, /* of a datagram; captured whole */
	NT_ENCAP_TUNNEL, /* a packet is inside */
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

/* One bit per UDP port at either end of which tunnels are looked for. */
struct nt_encap_config {
	uint64_t udp_ports[65536 / 64];
};
void nt_encap_config_default(struct nt_encap_config *ret); /* Zeek's ports */

struct nt_encap {
	uint8_t kind; /* enum nt_encap_kind */
	uint8_t tunnel; /* enum nt_tunnel; also where the port says one, but nothing valid is
			 * inside: then kind is NT_ENCAP_NONE */
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
};

/*
 * Fills *ret (fragment and inner only as kind says). cap_len bytes at data, wire_len on the wire.
 */
enum nt_encap_kind nt_encap_look(struct nt_encap *ret, const struct nt_encap_config *cfg,
	const uint8_t *data, uint32_t cap_len, uint32_t wire_len, int dlt);

#endif
