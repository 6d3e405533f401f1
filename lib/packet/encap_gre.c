/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * GRE: version 0 (RFC 2784, 2890) with IP, an Ethernet frame (bridging, ERSPAN) or an 802.11 one
 * (Aruba) inside; version 1 with PPP (PPTP, RFC 2637). What Zeek doesn't read is not read.
 */
#include "encap.h"

#define GRE_MIN		4
#define PPP_HEADER	4
#define ETHERNET_HEADER 14

#define FLAG_CHECKSUM	  0x8000
#define FLAG_ROUTING	  0x4000
#define FLAG_KEY	  0x2000
#define FLAG_SEQUENCE	  0x1000
#define FLAG_ACKNOWLEDGED 0x0080
#define FLAGS_UNKNOWN	  0x0078
#define VERSION		  0x0007

#define PROTOCOL_PPP	    0x880b
#define PROTOCOL_ERSPAN	    0x88be /* type I; with a sequence number type II */
#define PROTOCOL_ERSPAN_III 0x22eb
#define PROTOCOL_ARUBA	    0x9000

#define ERSPAN_II_HEADER    8
#define ERSPAN_III_HEADER   12
#define ERSPAN_III_PLATFORM 8 /* another header, if the last bit of that one is set */

#define PPP_IPV4 0x0021
#define PPP_IPV6 0x0057

struct gre {
	uint16_t flags, protocol;
	uint32_t header;
};

static uint32_t
header_length(uint16_t flags)
{
	static const uint16_t options[] = {
		FLAG_CHECKSUM,
		FLAG_KEY,
		FLAG_SEQUENCE,
		FLAG_ACKNOWLEDGED,
	};
	uint32_t len = GRE_MIN;

	for (size_t i = 0; i < NT_ARRAY_SIZE(options); i++)
		len += flags & options[i] ? 4 : 0;
	return len;
}

/* Tunnelled access points: 0x8200 to 0x8370 in steps of 16, tested as Zeek does. */
static bool
is_aruba(uint16_t protocol)
{
	if (protocol == PROTOCOL_ARUBA)
		return true;
	if (protocol & 0xf)
		return false;
	return (protocol & 0x8200) == 0x8200 ||
	       ((protocol & 0x8300) == 0x8300 && protocol <= 0x8370);
}

/* An Ethernet frame behind a header of that length, with at least a byte in it. */
static void
open_frame(struct nt_encap *e, struct nt_encap_bytes *b, uint32_t header)
{
	if (b->len <= header + ETHERNET_HEADER)
		return;
	nt_encap_bytes_step(b, header);
	nt_encap_open(e, b, NT_LINK_ETHERNET);
}

/* Zeek asks of type II for a frame's header only. */
static void
open_erspan(struct nt_encap *e, struct nt_encap_bytes *b, bool sequence)
{
	uint32_t header = sequence ? ERSPAN_II_HEADER : 0;

	if (b->len <= ETHERNET_HEADER || b->len < header + ETHERNET_HEADER)
		return;
	nt_encap_bytes_step(b, header);
	nt_encap_open(e, b, NT_LINK_ETHERNET);
}

static void
open_erspan_iii(struct nt_encap *e, struct nt_encap_bytes *b)
{
	bool platform;

	if (b->len <= ERSPAN_III_HEADER + ETHERNET_HEADER)
		return;
	platform = b->at[ERSPAN_III_HEADER - 1] & 1;
	open_frame(e, b, ERSPAN_III_HEADER + (platform ? ERSPAN_III_PLATFORM : 0));
}

static void
open_version_0(struct nt_encap *e, struct nt_encap_bytes *b, const struct gre *g)
{
	if (g->protocol == NT_ETHERTYPE_BRIDGING)
		open_frame(e, b, 0);
	else if (g->protocol == PROTOCOL_ERSPAN)
		open_erspan(e, b, g->flags & FLAG_SEQUENCE);
	else if (g->protocol == PROTOCOL_ERSPAN_III)
		open_erspan_iii(e, b);
	else if (b->len > 0)
		nt_encap_open(e, b, is_aruba(g->protocol) ? NT_LINK_IEEE802_11 : NT_LINK_RAW);
}

/* PPP with address and control, then IP to the last byte. */
static void
open_version_1(struct nt_encap *e, struct nt_encap_bytes *b, const struct gre *g)
{
	uint16_t protocol;

	if (g->protocol != PROTOCOL_PPP || b->len < PPP_HEADER)
		return;
	protocol = nt_be16(b->at + 2);
	if (protocol != PPP_IPV4 && protocol != PPP_IPV6)
		return;
	nt_encap_bytes_step(b, PPP_HEADER);
	if (nt_encap_inner_ip(b, protocol == PPP_IPV6 ? 6 : 4) == NT_INNER_FITS)
		nt_encap_open(e, b, NT_LINK_RAW);
}

/* For Zeek the wire had what was captured: IP that says more is broken. */
void
nt_encap_gre(struct nt_encap *e, struct nt_encap_bytes b)
{
	struct gre g;

	e->tunnel = NT_TUNNEL_GRE;
	b.beyond = 0;
	if (b.len < GRE_MIN)
		return;
	g.flags = nt_be16(b.at);
	g.protocol = nt_be16(b.at + 2);
	g.header = header_length(g.flags);
	if ((g.flags & (FLAG_ROUTING | FLAGS_UNKNOWN)) || b.len < g.header)
		return;
	nt_encap_bytes_step(&b, g.header);
	if ((g.flags & VERSION) == 0)
		open_version_0(e, &b, &g);
	else if ((g.flags & VERSION) == 1)
		open_version_1(e, &b, &g);
}
