/* SPDX-License-Identifier: BSD-3-Clause */
#include "layers.h"

/* RFC 8200 has each extension header once, destination options twice: 16 is generous. */
#define IPV6_EXT_MAX 16

/* The packet by its own header against what is there; stays 0 in ip_len, as Zeek counts it. */
static inline enum nt_packet_reason
check_length(struct nt_packet *p, const struct nt_layers *l, uint32_t total)
{
	if (nt_unlikely(total > l->wire_left))
		return NT_PACKET_BAD_IP;
	if (nt_unlikely(total > l->left))
		p->flags |= NT_PKT_CUT;
	return NT_PACKET_OK;
}

/* Four bytes and twelve zeros in one store: the flow key loads all 16 at once soon after. */
static inline void
set_ipv4(struct nt_addr *ret, const uint8_t *bytes)
{
	typedef uint32_t four_words __attribute__((vector_size(16)));
	four_words v = { 0 };
	uint32_t word;

	memcpy(&word, bytes, sizeof(word));
	v[0] = word;
	memcpy(ret->bytes, &v, sizeof(v));
	ret->family = NT_FAMILY_IPV4;
}

static enum nt_packet_reason
decode_ipv4(struct nt_packet *p, struct nt_layers *l)
{
	const uint8_t *h = l->pos;
	uint32_t header = (uint32_t)(h[0] & 15) * 4, total = nt_be16(h + 2);
	uint16_t frag = nt_be16(h + 6);

	set_ipv4(&p->src, h + 12);
	set_ipv4(&p->dst, h + 16);
	p->ip_len = total;
	p->ttl = h[8];
	p->proto = h[9];
	if (nt_unlikely(total == 0)) /* segmentation offload */
		total = l->left;
	if (nt_unlikely(header < NT_IPV4_MIN || header > total))
		return NT_PACKET_BAD_IP;
	if (nt_unlikely(check_length(p, l, total) != NT_PACKET_OK))
		return NT_PACKET_BAD_IP;
	if (nt_unlikely(header > l->left))
		return NT_PACKET_CUT_IP;
	if (nt_unlikely(frag & (NT_FRAG_OFFSET_V4 | NT_FRAG_MORE_V4))) {
		if (frag & NT_FRAG_OFFSET_V4)
			return NT_PACKET_FRAGMENT;
		p->flags |= NT_PKT_FRAG_FIRST;
	}
	nt_layers_step(l, header);
	l->payload = total - header;
	return NT_PACKET_OK;
}

/* Where the packet goes in the end is behind these (RFC 2460, 4.4; RFC 6275, 6.4). */
static void
take_final_destination(struct nt_packet *p, const uint8_t *h, uint32_t len)
{
	uint8_t type = h[2], segments_left = h[3], units = h[1];

	if (segments_left == 0)
		return;
	if ((type == 0 && units >= 2 && units % 2 == 0) || (type == 2 && units == 2))
		p->dst = nt_addr_v6(h + len - 16);
}

/* The home address option says who a mobile node is (RFC 6275, 6.3). Each step takes a byte. */
static void
take_home_address(struct nt_packet *p, const uint8_t *h, uint32_t len)
{
	uint32_t i = 2;

	while (i < len) {
		uint32_t left = len - i;

		if (h[i] == 0) { /* Pad1 */
			i++;
			continue;
		}
		if (left < 2 || left < 2u + h[i + 1])
			return;
		if (h[i] == 201 && h[i + 1] == 16) {
			p->src = nt_addr_v6(h + i + 2);
			return;
		}
		i += 2u + h[i + 1];
	}
}

/* Length of an extension header by its own account; 0 where next is none. */
static uint32_t
ext_length(uint8_t next, const uint8_t *h)
{
	switch (next) {
	case NT_IP_HOPOPTS:
	case NT_IP_ROUTING:
	case NT_IP_DSTOPTS:
	case NT_IP_MOBILITY:
		return 8 + 8u * h[1];
	case NT_IP_AH:
		/* In units of 4 less 2 (RFC 4302, 2.2). */
		return 8 + 4u * h[1];
	case NT_IP_FRAGMENT:
	case NT_IP_ESP:
		return 8;
	default:
		return 0;
	}
}

/* What the walk over extension headers found out. */
struct ext_walk {
	const uint8_t *announced; /* where next stands */
	uint8_t next;
	bool routed, homed, atomic, nested;
};

static enum nt_packet_reason
take_fragment(struct nt_packet *p, struct nt_layers *l, struct ext_walk *w)
{
	uint16_t frag = nt_be16(l->pos + 2);

	/* In a datagram that is whole it says nothing: the last of its headers, as Zeek has it. */
	if (w->atomic) {
		w->nested = true;
		return NT_PACKET_OK;
	}
	if (l->fragment == NULL) {
		l->fragment = l->pos;
		l->fragment_next = w->announced;
	}
	if (frag & NT_FRAG_OFFSET_V6)
		return NT_PACKET_FRAGMENT;
	if (frag & NT_FRAG_MORE_V6)
		p->flags |= NT_PKT_FRAG_FIRST;
	else
		w->atomic = true;
	return NT_PACKET_OK;
}

static enum nt_packet_reason
take_ext(struct nt_packet *p, struct nt_layers *l, struct ext_walk *w, uint32_t len)
{
	const uint8_t *h = l->pos;
	struct nt_addr before = p->src;

	switch (w->next) {
	case NT_IP_ROUTING:
		if (!w->routed)
			take_final_destination(p, h, len);
		w->routed = true;
		break;
	case NT_IP_DSTOPTS:
		if (!w->homed)
			take_home_address(p, h, len);
		w->homed |= !nt_addr_equal(&before, &p->src);
		break;
	case NT_IP_FRAGMENT:
		return take_fragment(p, l, w);
	case NT_IP_ESP:
	case NT_IP_MOBILITY:
		return NT_PACKET_NO_TRANSPORT;
	}
	return NT_PACKET_OK;
}

/* Of an "atomic" fragment in another nobody asks what it is, nor what comes behind it. */
static enum nt_packet_reason
end_walk(struct nt_layers *l, struct ext_walk *w)
{
	w->next = l->pos[0];
	nt_layers_step(l, 8);
	return NT_PACKET_OK;
}

/* An extension header that is not all there ends the walk: what Zeek then logs is its number. */
static enum nt_packet_reason
walk_ext(struct nt_packet *p, struct nt_layers *l, struct ext_walk *w)
{
	for (unsigned int i = 0; i < IPV6_EXT_MAX; i++) {
		const uint8_t *h = l->pos;
		uint32_t len = l->left < 2 ? 0 : ext_length(w->next, h);
		enum nt_packet_reason reason;

		if (len == 0 || len > l->left)
			return NT_PACKET_OK;
		if (nt_unlikely(w->next == NT_IP_FRAGMENT && w->atomic))
			return end_walk(l, w);
		reason = take_ext(p, l, w, len);
		if (reason != NT_PACKET_OK)
			return reason;
		w->next = h[0];
		w->announced = h;
		nt_layers_step(l, len);
		if (nt_unlikely(w->nested))
			return NT_PACKET_OK;
	}
	return ext_length(w->next, (const uint8_t[2]){ 0 }) == 0 ? NT_PACKET_OK
								 : NT_PACKET_EXT_LIMIT;
}

/* Kept out of the way of IPv4, which saves fewer registers. */
static __attribute__((noinline)) enum nt_packet_reason
decode_ipv6(struct nt_packet *p, struct nt_layers *l)
{
	const uint8_t *h = l->pos;
	uint32_t total = NT_IPV6_MIN + nt_be16(h + 4), headers;
	struct ext_walk w = { .next = h[6], .announced = h + 6 };
	enum nt_packet_reason reason;

	p->src = nt_addr_v6(h + 8);
	p->dst = nt_addr_v6(h + 24);
	p->ip_len = total;
	p->ttl = h[7];
	if (nt_unlikely(check_length(p, l, total) != NT_PACKET_OK))
		return NT_PACKET_BAD_IP;
	nt_layers_step(l, NT_IPV6_MIN);
	reason = walk_ext(p, l, &w);
	p->proto = w.next;
	if (nt_unlikely(reason != NT_PACKET_OK))
		return reason;
	headers = (uint32_t)(l->pos - h);
	if (nt_unlikely(headers > total))
		return NT_PACKET_BAD_IP;
	/* A fragment that is whole is reassembled at once, without the fragment header. */
	if (nt_unlikely(w.atomic) && !(p->flags & NT_PKT_CUT))
		p->ip_len -= 8;
	l->payload = total - headers;
	return NT_PACKET_OK;
}

/* The version decides, not what the link said: so does Zeek. */
enum nt_packet_reason
nt_ip_decode(struct nt_packet *p, struct nt_layers *l)
{
	enum nt_packet_reason reason;

	if (nt_unlikely(l->left < NT_IPV4_MIN))
		return NT_PACKET_CUT_IP;
	p->l3 = l->pos;
	switch (l->pos[0] >> 4) {
	case 4:
		reason = decode_ipv4(p, l);
		break;
	case 6:
		if (nt_unlikely(l->left < NT_IPV6_MIN))
			return NT_PACKET_CUT_IP;
		reason = decode_ipv6(p, l);
		break;
	default:
		return NT_PACKET_BAD_IP;
	}
	/* Offload again: a payload of length 0 is as long as it was captured. */
	if (nt_unlikely(l->payload == 0))
		l->payload = l->left;
	return reason;
}
