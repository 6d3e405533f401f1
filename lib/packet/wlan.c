/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * IEEE 802.11 data frames, with or without radiotap before them: one packet behind an IEEE 802.2
 * header, or several (A-MSDU). What is encrypted has no such header.
 */
#include "layers.h"

#define RADIOTAP_MIN 4
#define WLAN_HEADER  24
#define WLAN_ADDRESS 6 /* a fourth, between distribution systems */
#define WLAN_QOS     2
#define LLC_HEADER   8 /* IEEE 802.2 with SNAP */
#define AMSDU_HEADER 14 /* two addresses, a length */

#define ETHERTYPE_ARP  0x0806
#define ETHERTYPE_RARP 0x8035

#define TYPE_DATA	0x08
#define SUBTYPE_NO_DATA 0x40
#define SUBTYPE_QOS	0x80
#define FLAGS_FOUR	0x03 /* to and from a distribution system */
#define FLAG_PROTECTED	0x40
#define QOS_AMSDU	0x80

/* Encapsulated Ethernet only: an ethertype behind a SNAP header whose OUI is 0. */
static enum nt_packet_reason
take_llc(struct nt_layers *l, uint16_t *type)
{
	static const uint8_t snap[6] = { 0xaa, 0xaa, 0x03 };

	if (l->left < LLC_HEADER)
		return NT_PACKET_CUT_LINK;
	if (memcmp(l->pos, snap, sizeof(snap)) != 0)
		return NT_PACKET_NOT_IP;
	*type = nt_be16(l->pos + sizeof(snap));
	nt_layers_step(l, LLC_HEADER);
	return *type == NT_ETHERTYPE_IPV4 || *type == NT_ETHERTYPE_IPV6 ? NT_PACKET_OK
									: NT_PACKET_NOT_IP;
}

/* Where the next part starts: Zeek's padding, which is the standard's only for some lengths. */
static void
set_rest(struct nt_layers *l, uint32_t len)
{
	uint32_t part = AMSDU_HEADER + len, padding = len % 4;

	if (l->left - part >= padding)
		part += padding;
	l->rest = l->pos + part;
	l->rest_left = l->left - part;
	l->rest_wire = l->wire_left - part;
}

/* The first part is walked on into. One without a packet that Zeek knows ends the row. */
enum nt_packet_reason
nt_amsdu_decode(struct nt_layers *l)
{
	enum nt_packet_reason reason;
	uint16_t type = 0;
	uint32_t len;

	if (l->left < AMSDU_HEADER)
		return NT_PACKET_CUT_LINK;
	len = nt_be16(l->pos + 12);
	if (l->left < AMSDU_HEADER + len)
		return NT_PACKET_CUT_LINK;
	set_rest(l, len);
	nt_layers_step(l, AMSDU_HEADER);
	l->left = len;
	reason = take_llc(l, &type);
	if (reason != NT_PACKET_OK && type != ETHERTYPE_ARP && type != ETHERTYPE_RARP)
		l->rest_left = 0;
	return reason;
}

enum nt_packet_reason
nt_wlan_decode(struct nt_layers *l)
{
	const uint8_t *h = l->pos;
	uint32_t header = WLAN_HEADER;
	bool amsdu = false;
	uint16_t type;

	if (l->left <= header)
		return NT_PACKET_CUT_LINK;
	if (!(h[0] & TYPE_DATA) || (h[0] & SUBTYPE_NO_DATA))
		return NT_PACKET_NOT_IP;
	if ((h[1] & FLAGS_FOUR) == FLAGS_FOUR)
		header += WLAN_ADDRESS;
	if (l->left <= header)
		return NT_PACKET_CUT_LINK;
	if (h[0] & SUBTYPE_QOS) {
		amsdu = h[header] & QOS_AMSDU;
		if (h[1] & FLAG_PROTECTED)
			return NT_PACKET_NOT_IP;
		header += WLAN_QOS;
	}
	if (l->left <= header)
		return NT_PACKET_CUT_LINK;
	nt_layers_step(l, header);
	return amsdu ? nt_amsdu_decode(l) : take_llc(l, &type);
}

/* Its length is little-endian. */
enum nt_packet_reason
nt_radiotap_decode(struct nt_layers *l)
{
	uint32_t len;

	if (l->left < RADIOTAP_MIN)
		return NT_PACKET_CUT_LINK;
	len = l->pos[2] | (uint32_t)l->pos[3] << 8;
	if (l->left <= len)
		return NT_PACKET_CUT_LINK;
	nt_layers_step(l, len);
	return nt_wlan_decode(l);
}
