/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * What can lie between a link header and IP, found by ethertype: VLAN tags, VN-Tag, provider
 * backbone bridging, MPLS, PPPoE, IEEE 802.2. A header must have at least one byte behind it, as in
 * Zeek.
 */
#include "layers.h"

#define VLAN_TAG	4
#define VNTAG		6
#define PBB_TAG		4
#define MPLS_LABEL	4
#define PPPOE_HEADER	8 /* with PPP's protocol field */
#define ETHERNET_HEADER 14

#define ETHERTYPE_ARP	     0x0806
#define ETHERTYPE_VLAN	     0x8100
#define ETHERTYPE_MPLS	     0x8847
#define ETHERTYPE_MPLS_MULTI 0x8848
#define ETHERTYPE_PPPOE	     0x8864
#define ETHERTYPE_QINQ	     0x88a8
#define ETHERTYPE_PBB	     0x88e7
#define ETHERTYPE_VNTAG	     0x8926
#define ETHERTYPE_QINQ_OLD   0x9100

#define PPP_IPV4 0x0021
#define PPP_IPV6 0x0057

/* Two tags are QinQ, networks that carry others' have two more; labels are fewer than ten. */
#define SHIMS_MAX  8
#define LABELS_MAX 16

struct walk {
	uint16_t type; /* of what comes next */
	unsigned int shims, vlans;
};

/* Step over a header of that length in which the next ethertype stands at type_at. */
static enum nt_packet_reason
step_over(struct nt_layers *l, struct walk *w, uint32_t len, uint32_t type_at)
{
	if (l->left <= len)
		return NT_PACKET_CUT_LINK;
	w->type = nt_be16(l->pos + type_at);
	nt_layers_step(l, len);
	return NT_PACKET_OK;
}

/* The first tag is the VLAN, the last of the others the inner one. */
static enum nt_packet_reason
take_vlan(struct nt_packet *p, struct nt_layers *l, struct walk *w)
{
	const uint8_t *tag = l->pos;
	enum nt_packet_reason reason = step_over(l, w, VLAN_TAG, 2);

	if (reason == NT_PACKET_OK)
		*(w->vlans++ == 0 ? &p->vlan : &p->inner_vlan) = nt_be16(tag) & 0xfff;
	return reason;
}

/* IEEE 802.1ah: a tag, then the customer's whole frame. */
static enum nt_packet_reason
take_pbb(struct nt_packet *p, struct nt_layers *l, struct walk *w)
{
	const uint8_t *mac = l->pos + PBB_TAG;
	enum nt_packet_reason reason = step_over(l, w, PBB_TAG + ETHERNET_HEADER, PBB_TAG + 12);

	if (reason == NT_PACKET_OK)
		p->mac = mac;
	return reason;
}

/* RFC 3032: labels up to the bottom of the stack; what is below says its own version. */
static enum nt_packet_reason
take_mpls(struct nt_layers *l)
{
	for (unsigned int i = 0; i < LABELS_MAX; i++) {
		bool bottom;

		if (l->left <= MPLS_LABEL)
			return NT_PACKET_CUT_LINK;
		bottom = l->pos[2] & 1;
		nt_layers_step(l, MPLS_LABEL);
		if (bottom)
			return NT_PACKET_OK;
	}
	return NT_PACKET_EXT_LIMIT;
}

/* What its length leaves out is not there, whatever the packet inside says: as in Zeek. */
static enum nt_packet_reason
take_pppoe(struct nt_layers *l, struct walk *w)
{
	const uint8_t *h = l->pos;
	enum nt_packet_reason reason = step_over(l, w, PPPOE_HEADER, 6);
	uint32_t payload;

	if (reason != NT_PACKET_OK)
		return reason;
	payload = nt_be16(h + 4); /* with the protocol field (RFC 2516 4) */
	l->left = NT_MIN(l->left, payload > 2 ? payload - 2 : 0);
	return w->type == PPP_IPV4 || w->type == PPP_IPV6 ? NT_PACKET_OK : NT_PACKET_NOT_IP;
}

/*
 * IEEE 802.2 in a frame of that length, with a SNAP header whose OUI is 0: an ethertype follows.
 * Behind a tag the length may be more than there is.
 */
static enum nt_packet_reason
take_llc(struct nt_layers *l, struct walk *w, uint32_t len)
{
	const uint8_t *h = l->pos;
	enum nt_packet_reason reason;
	uint32_t llc;

	if ((w->shims == 0 && l->left < len) || l->left < 3)
		return NT_PACKET_CUT_LINK;
	if (h[0] != 0xaa || h[1] != 0xaa)
		return NT_PACKET_NOT_IP;
	llc = (h[2] & 3) == 3 ? 3 : 4; /* unnumbered, or a control field of two bytes */
	reason = step_over(l, w, llc + 5, llc + 3);
	if (reason != NT_PACKET_OK)
		return reason;
	if (h[llc] != 0 || h[llc + 1] != 0 || h[llc + 2] != 0)
		return NT_PACKET_NOT_IP;
	return w->type == NT_ETHERTYPE_IPV4 || w->type == NT_ETHERTYPE_IPV6 ? NT_PACKET_OK
									    : NT_PACKET_NOT_IP;
}

static enum nt_packet_reason
take_arp(struct nt_packet *p, const struct nt_layers *l)
{
	p->payload = l->pos;
	p->payload_captured = l->left;
	return NT_PACKET_NOT_IP;
}

/* What ends the walk: IP, or what is none. */
static enum nt_packet_reason
take_last(struct nt_packet *p, struct nt_layers *l, struct walk *w)
{
	switch (w->type) {
	case NT_ETHERTYPE_IPV4:
	case NT_ETHERTYPE_IPV6:
		return NT_PACKET_OK;
	case ETHERTYPE_MPLS:
	case ETHERTYPE_MPLS_MULTI:
		return take_mpls(l);
	case ETHERTYPE_PPPOE:
		return take_pppoe(l, w);
	case ETHERTYPE_ARP:
		return take_arp(p, l);
	default:
		return w->type <= NT_FRAME_LENGTH_MAX ? take_llc(l, w, w->type) : NT_PACKET_NOT_IP;
	}
}

enum nt_packet_reason
nt_shim_decode(struct nt_packet *p, struct nt_layers *l, uint16_t type)
{
	struct walk w = { .type = type };

	for (; w.shims <= SHIMS_MAX; w.shims++) {
		enum nt_packet_reason reason;

		switch (w.type) {
		case ETHERTYPE_VLAN:
		case ETHERTYPE_QINQ:
		case ETHERTYPE_QINQ_OLD:
			reason = take_vlan(p, l, &w);
			break;
		case ETHERTYPE_VNTAG:
			reason = step_over(l, &w, VNTAG, 4);
			break;
		case ETHERTYPE_PBB:
			reason = take_pbb(p, l, &w);
			break;
		default:
			return take_last(p, l, &w);
		}
		if (reason != NT_PACKET_OK)
			return reason;
	}
	return NT_PACKET_EXT_LIMIT;
}
