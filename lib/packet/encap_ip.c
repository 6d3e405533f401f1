/* SPDX-License-Identifier: BSD-3-Clause */
/* IP in IP, and parts of IP datagrams. */
#include "encap.h"

#define FRAGMENT_HEADER 8

enum nt_inner_ip
nt_encap_inner_ip(const struct nt_encap_bytes *b, unsigned int version)
{
	uint32_t total;

	if (b->len < NT_IPV4_MIN || b->at[0] >> 4 != version)
		return NT_INNER_VERSION;
	if (version == 6 && b->len < NT_IPV6_MIN)
		return NT_INNER_SHORT;
	total = version == 6 ? NT_IPV6_MIN + nt_be16(b->at + 4) : nt_be16(b->at + 2);
	if (total == b->len)
		return NT_INNER_FITS;
	return total > b->len ? NT_INNER_SHORT : NT_INNER_LONG;
}

/* What was captured, padding included, must be the packet: Zeek gives up on anything else. */
void
nt_encap_ip(struct nt_encap *e, struct nt_encap_bytes b)
{
	e->tunnel = NT_TUNNEL_IP;
	b.beyond = 0;
	if (nt_encap_inner_ip(&b, e->proto == NT_IP_IPV6 ? 6 : 4) == NT_INNER_FITS)
		nt_encap_open(e, &b, NT_LINK_RAW);
}

/* Of a length of 0 (offload) Zeek keeps nothing, but does not look on either. */
static bool
fragment_v4(struct nt_fragment *ret, const struct nt_packet *p)
{
	const uint8_t *h = p->l3;
	uint32_t header = (uint32_t)(h[0] & 15) * 4;
	uint16_t frag = nt_be16(h + 6);

	ret->id = nt_be16(h + 4);
	ret->proto = h[9];
	ret->more = frag & NT_FRAG_MORE_V4;
	ret->offset = (frag & NT_FRAG_OFFSET_V4) * 8u;
	ret->payload = h + header;
	ret->payload_len = p->ip_len > header ? p->ip_len - header : 0;
	ret->l3_len = header;
	return true;
}

/* A fragment header that makes no fragment ("atomic") is left to decode. */
static bool
fragment_v6(struct nt_fragment *ret, const struct nt_packet *p, const struct nt_layers *l)
{
	const uint8_t *h = l->fragment;
	uint32_t headers;
	uint16_t frag;

	if (h == NULL)
		return false;
	frag = nt_be16(h + 2);
	headers = (uint32_t)(h + FRAGMENT_HEADER - p->l3);
	if ((frag & (NT_FRAG_OFFSET_V6 | NT_FRAG_MORE_V6)) == 0 || headers > p->ip_len)
		return false;
	ret->id = nt_be32(h + 4);
	ret->proto = h[0];
	ret->more = frag & NT_FRAG_MORE_V6;
	ret->offset = frag & NT_FRAG_OFFSET_V6;
	ret->payload = h + FRAGMENT_HEADER;
	ret->payload_len = p->ip_len - headers;
	ret->l3_len = headers - FRAGMENT_HEADER;
	ret->next_at = (uint32_t)(l->fragment_next - p->l3);
	return true;
}

static bool
is_fragment_v4(const struct nt_packet *p)
{
	return p->reason == NT_PACKET_FRAGMENT ||
	       (p->reason == NT_PACKET_OK && (p->flags & NT_PKT_FRAG_FIRST));
}

bool
nt_encap_fragment(struct nt_fragment *ret, const struct nt_packet *p, const struct nt_layers *l,
	const uint8_t *data)
{
	bool found = false;

	if (p->flags & NT_PKT_CUT)
		return false;
	if (p->src.family == NT_FAMILY_IPV6)
		found = fragment_v6(ret, p, l);
	else if (p->src.family == NT_FAMILY_IPV4 && is_fragment_v4(p))
		found = fragment_v4(ret, p);
	if (!found)
		return false;
	ret->src = p->src;
	ret->dst = p->dst;
	ret->link = data;
	ret->link_len = (uint32_t)(p->l3 - data);
	ret->l3 = p->l3;
	return true;
}
