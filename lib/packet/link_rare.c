/* SPDX-License-Identifier: BSD-3-Clause */
/* Links that are met in captures only: PPP, FDDI, what Linux' packet filter logs. */
#include "layers.h"

#define PPP_PROTOCOL 2
#define PPP_HDLC     4 /* with address and control (RFC 1662) */
#define PPP_IPV4     0x0021
#define PPP_IPV6     0x0057
#define PPP_MPLS     0x0281

#define FDDI_HEADER 21 /* 13 and IEEE 802.2 with SNAP, which nobody looks at */

#define NFLOG_HEADER  4
#define NFLOG_TLV     4
#define NFLOG_PAYLOAD 9 /* type of the last one */
#define NFLOG_IPV4    2
#define NFLOG_IPV6    10

#define ETHERTYPE_MPLS 0x8847

static enum nt_packet_reason
take_ppp(struct nt_packet *p, struct nt_layers *l, uint32_t header)
{
	uint16_t protocol;

	if (l->left <= header)
		return NT_PACKET_CUT_LINK;
	protocol = nt_be16(l->pos + header - PPP_PROTOCOL);
	nt_layers_step(l, header);
	if (protocol == PPP_MPLS)
		return nt_shim_decode(p, l, ETHERTYPE_MPLS);
	return protocol == PPP_IPV4 || protocol == PPP_IPV6 ? NT_PACKET_OK : NT_PACKET_NOT_IP;
}

/* With HDLC's address and control before it, or without: the first two bytes tell. */
enum nt_packet_reason
nt_ppp_decode(struct nt_packet *p, struct nt_layers *l)
{
	if (l->left <= PPP_PROTOCOL)
		return NT_PACKET_CUT_LINK;
	return take_ppp(p, l, nt_be16(l->pos) == 0xff03 ? PPP_HDLC : PPP_PROTOCOL);
}

enum nt_packet_reason
nt_ppp_serial_decode(struct nt_packet *p, struct nt_layers *l)
{
	return take_ppp(p, l, PPP_HDLC);
}

enum nt_packet_reason
nt_fddi_decode(struct nt_layers *l)
{
	if (l->left <= FDDI_HEADER)
		return NT_PACKET_CUT_LINK;
	nt_layers_step(l, FDDI_HEADER);
	return NT_PACKET_OK;
}

/* Lengths and types are in the byte order of this machine: libpcap has turned them round. */
static bool
step_to_payload(struct nt_layers *l)
{
	for (;;) {
		uint16_t len, type;
		uint32_t padded;

		if (l->left <= NFLOG_TLV)
			return false;
		memcpy(&len, l->pos, sizeof(len));
		memcpy(&type, l->pos + 2, sizeof(type));
		padded = (len + 3u) & ~3u;
		if (type == NFLOG_PAYLOAD)
			padded = NFLOG_TLV;
		else if (len < NFLOG_TLV || padded > l->left)
			return false;
		nt_layers_step(l, padded);
		if (type == NFLOG_PAYLOAD)
			return true;
	}
}

enum nt_packet_reason
nt_nflog_decode(struct nt_layers *l)
{
	uint8_t family, version;

	if (l->left <= NFLOG_HEADER)
		return NT_PACKET_CUT_LINK;
	family = l->pos[0];
	version = l->pos[1];
	if (version != 0)
		return NT_PACKET_NOT_IP;
	nt_layers_step(l, NFLOG_HEADER);
	if (!step_to_payload(l))
		return NT_PACKET_CUT_LINK;
	return family == NFLOG_IPV4 || family == NFLOG_IPV6 ? NT_PACKET_OK : NT_PACKET_NOT_IP;
}
