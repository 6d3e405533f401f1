/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * From the first byte of a frame to what its header announces. A header must have at least one byte
 * behind it, as in Zeek.
 */
#include "layers.h"

#define ETHERNET_HEADER 14
#define FABRIC_PATH	16
#define SLL_HEADER	16
#define SLL2_HEADER	20
#define LOOP_HEADER	4

#define ETHERTYPE_FABRIC_PATH 0x8903

static enum nt_packet_reason
decode_ethernet(struct nt_packet *p, struct nt_layers *l)
{
	static const uint8_t broadcast[6] = { 0xff, 0xff, 0xff, 0xff, 0xff, 0xff };
	uint16_t type;

	if (nt_unlikely(l->left <= ETHERNET_HEADER + 2))
		return NT_PACKET_CUT_LINK;
	type = nt_be16(l->pos + 12);
	if (nt_unlikely(type == ETHERTYPE_FABRIC_PATH)) {
		if (l->left <= FABRIC_PATH + ETHERNET_HEADER)
			return NT_PACKET_CUT_LINK;
		nt_layers_step(l, FABRIC_PATH);
		type = nt_be16(l->pos + 12);
	}
	p->mac = l->pos;
	if (nt_unlikely(memcmp(l->pos, broadcast, sizeof(broadcast)) == 0))
		p->flags |= NT_PKT_BROADCAST_L2;
	nt_layers_step(l, ETHERNET_HEADER);
	if (nt_likely(type == NT_ETHERTYPE_IPV4))
		return NT_PACKET_OK;
	return nt_shim_decode(p, l, type);
}

/*
 * Linux "cooked" captures: the protocol is an ethertype, or a small number for other things; the
 * sender's link address alone is there.
 */
static enum nt_packet_reason
decode_cooked(struct nt_packet *p, struct nt_layers *l, uint32_t header, uint32_t protocol_at,
	uint32_t source_at)
{
	uint16_t type;

	if (l->left <= header)
		return NT_PACKET_CUT_LINK;
	type = nt_be16(l->pos + protocol_at);
	p->mac = l->pos + source_at - 6;
	p->flags |= NT_PKT_L2_SENDER;
	nt_layers_step(l, header);
	return type <= NT_FRAME_LENGTH_MAX ? NT_PACKET_NOT_IP : nt_shim_decode(p, l, type);
}

/* BSD loopback: an address family in the byte order of whoever captured it, or in network order. */
static enum nt_packet_reason
decode_loopback(struct nt_layers *l)
{
	uint32_t family;

	if (l->left <= LOOP_HEADER)
		return NT_PACKET_CUT_LINK;
	family = nt_be32(l->pos);
	if (family > 0xffff)
		family = __builtin_bswap32(family);
	nt_layers_step(l, LOOP_HEADER);
	switch (family) {
	case 2: /* AF_INET everywhere */
	case 10: /* AF_INET6: Linux */
	case 24: /* NetBSD, OpenBSD */
	case 28: /* FreeBSD */
	case 30: /* macOS */
		return NT_PACKET_OK;
	default:
		return NT_PACKET_NOT_IP;
	}
}

bool
nt_link_supported(int dlt)
{
	switch (dlt) {
	case NT_LINK_NULL:
	case NT_LINK_ETHERNET:
	case NT_LINK_PPP:
	case NT_LINK_FDDI:
	case NT_LINK_RAW:
	case NT_LINK_PPP_SERIAL:
	case NT_LINK_IEEE802_11:
	case NT_LINK_LOOP:
	case NT_LINK_LINUX_SLL:
	case NT_LINK_IEEE802_11_RADIO:
	case NT_LINK_IPV4:
	case NT_LINK_IPV6:
	case NT_LINK_NFLOG:
	case NT_LINK_LINUX_SLL2:
		return true;
	default:
		return false;
	}
}

static enum nt_packet_reason
decode_rare(struct nt_packet *p, struct nt_layers *l, int dlt)
{
	switch (dlt) {
	case NT_LINK_PPP:
		return nt_ppp_decode(p, l);
	case NT_LINK_PPP_SERIAL:
		return nt_ppp_serial_decode(p, l);
	case NT_LINK_FDDI:
		return nt_fddi_decode(l);
	case NT_LINK_NFLOG:
		return nt_nflog_decode(l);
	case NT_LINK_IEEE802_11:
		return nt_wlan_decode(l);
	case NT_LINK_IEEE802_11_RADIO:
		return nt_radiotap_decode(l);
	case NT_LINK_AMSDU:
		return nt_amsdu_decode(l);
	default:
		return NT_PACKET_NOT_IP;
	}
}

enum nt_packet_reason
nt_link_decode(struct nt_packet *p, struct nt_layers *l, int dlt)
{
	if (nt_likely(dlt == NT_LINK_ETHERNET))
		return decode_ethernet(p, l);
	switch (dlt) {
	case NT_LINK_NULL:
	case NT_LINK_LOOP:
		return decode_loopback(l);
	case NT_LINK_RAW:
	case NT_LINK_IPV4:
	case NT_LINK_IPV6:
		return NT_PACKET_OK;
	case NT_LINK_LINUX_SLL:
		return decode_cooked(p, l, SLL_HEADER, 14, 6);
	case NT_LINK_LINUX_SLL2:
		return decode_cooked(p, l, SLL2_HEADER, 0, 12);
	default:
		return decode_rare(p, l, dlt);
	}
}
