/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * How decode walks a packet: each layer looks at the bytes that are left, steps over its header and
 * says where the next one begins. Private to lib/packet.
 */
#ifndef NT_PACKET_LAYERS_H
#define NT_PACKET_LAYERS_H

#include "nt_packet.h"

struct nt_layers {
	const uint8_t *pos;
	uint32_t left; /* captured bytes from pos, link padding included */
	uint32_t wire_left; /* the same on the wire */
	uint32_t payload; /* of IP, by its header; where that says 0, what was captured */
	/* IPv6: the fragment header, if there is one, and the byte that announced it */
	const uint8_t *fragment, *fragment_next;
	/* IEEE 802.11: what follows the packet in a frame of several; else NULL */
	const uint8_t *rest;
	uint32_t rest_left, rest_wire; /* captured, and on the wire */
};

#define NT_ETHERTYPE_IPV4 0x0800
#define NT_ETHERTYPE_IPV6 0x86dd

#define NT_IPV4_MIN 20
#define NT_IPV6_MIN 40
#define NT_UDP_MIN  8

/* The fragment field of IPv4 and that of IPv6's fragment header. */
#define NT_FRAG_OFFSET_V4 0x1fff
#define NT_FRAG_MORE_V4	  0x2000
#define NT_FRAG_OFFSET_V6 0xfff8
#define NT_FRAG_MORE_V6	  0x0001

/* Up to here an ethertype is the length of an IEEE 802.3 frame. */
#define NT_FRAME_LENGTH_MAX 1500

/* IP protocol numbers. */
enum {
	NT_IP_HOPOPTS = 0,
	NT_IP_ICMP = 1,
	NT_IP_IPIP = 4,
	NT_IP_TCP = 6,
	NT_IP_UDP = 17,
	NT_IP_IPV6 = 41,
	NT_IP_ROUTING = 43,
	NT_IP_FRAGMENT = 44,
	NT_IP_GRE = 47,
	NT_IP_ESP = 50,
	NT_IP_AH = 51,
	NT_IP_ICMPV6 = 58,
	NT_IP_NONE = 59,
	NT_IP_DSTOPTS = 60,
	NT_IP_MOBILITY = 135,
};

static inline uint16_t
nt_be16(const uint8_t *p)
{
	uint16_t v;

	memcpy(&v, p, sizeof(v));
	return __builtin_bswap16(v);
}

static inline uint32_t
nt_be32(const uint8_t *p)
{
	uint32_t v;

	memcpy(&v, p, sizeof(v));
	return __builtin_bswap32(v);
}

/* Step over len bytes; the caller made sure that they are left. */
static inline void
nt_layers_step(struct nt_layers *l, uint32_t len)
{
	l->pos += len;
	l->left -= len;
	l->wire_left -= len;
}

/* Each returns OK with l at the next layer, or the reason why there is none. */
enum nt_packet_reason nt_link_decode(struct nt_packet *p, struct nt_layers *l, int dlt);
enum nt_packet_reason nt_shim_decode(struct nt_packet *p, struct nt_layers *l, uint16_t type);
enum nt_packet_reason nt_ppp_decode(struct nt_packet *p, struct nt_layers *l);
enum nt_packet_reason nt_ppp_serial_decode(struct nt_packet *p, struct nt_layers *l);
enum nt_packet_reason nt_fddi_decode(struct nt_layers *l);
enum nt_packet_reason nt_nflog_decode(struct nt_layers *l);
enum nt_packet_reason nt_wlan_decode(struct nt_layers *l);
enum nt_packet_reason nt_radiotap_decode(struct nt_layers *l);
enum nt_packet_reason nt_amsdu_decode(struct nt_layers *l);
enum nt_packet_reason nt_ip_decode(struct nt_packet *p, struct nt_layers *l);
enum nt_packet_reason nt_l4_decode(struct nt_packet *p, const struct nt_layers *l);

#endif
