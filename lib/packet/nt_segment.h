/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The short way for what most packets are: TCP over IPv4 or IPv6 in Ethernet, with one VLAN tag or
 * none, without IP options or extension headers, no fragment, captured whole. Of these it says the
 * same as nt_packet_decode and nt_flow_key_of do, of others nothing: they go that way. In a
 * connection that goes on in order nothing else is asked of a packet, so it needs no struct
 * nt_packet.
 */
#ifndef NT_SEGMENT_H
#define NT_SEGMENT_H

#include "nt_flow_key.h"

#define NT_SEGMENT_TCP_MIN 20
#define NT_SEGMENT_IPV4	   20
#define NT_SEGMENT_IPV6	   40

struct nt_segment {
	const uint8_t *tcp; /* its header, whole */
	uint16_t ip_len, payload_len; /* as in struct nt_packet; the payload is all there */
};

/* Fields of the header, in host order. */
static inline uint16_t
nt_segment_u16(const struct nt_segment *s, unsigned int at)
{
	uint16_t v;

	memcpy(&v, s->tcp + at, sizeof(v));
	return __builtin_bswap16(v);
}

static inline uint32_t
nt_segment_u32(const struct nt_segment *s, unsigned int at)
{
	uint32_t v;

	memcpy(&v, s->tcp + at, sizeof(v));
	return __builtin_bswap32(v);
}

static inline uint32_t
nt_segment_seq(const struct nt_segment *s)
{
	return nt_segment_u32(s, 4);
}

static inline uint32_t
nt_segment_ack(const struct nt_segment *s)
{
	return nt_segment_u32(s, 8);
}

static inline uint8_t
nt_segment_flags(const struct nt_segment *s)
{
	return s->tcp[13];
}

/* payload_len bytes, if any. */
static inline const uint8_t *
nt_segment_payload(const struct nt_segment *s)
{
	return s->tcp + (s->tcp[12] >> 2 & 0x3c);
}

static inline uint16_t
nt_segment_window(const struct nt_segment *s)
{
	return nt_segment_u16(s, 14);
}

/* TCP behind an IP header at h, of which `left` bytes are there. False: go the long way. */
static inline bool
nt_segment_measure(
	struct nt_segment *ret, const uint8_t *h, uint32_t header, uint32_t total, uint32_t left)
{
	const uint8_t *tcp = h + header;
	const uint32_t headers = header + (tcp[12] >> 2 & 0x3cu);

	if (nt_unlikely(headers < header + NT_SEGMENT_TCP_MIN || headers > total ||
			total > NT_MIN(left, UINT16_MAX)))
		return false;
	ret->tcp = tcp;
	ret->ip_len = (uint16_t)total;
	ret->payload_len = (uint16_t)(total - headers);
	return true;
}

static inline bool
nt_segment_ipv4(struct nt_segment *ret, struct nt_flow_key *key, bool *ret_src_is_lo,
	const uint8_t *h, uint32_t left)
{
	uint32_t src, dst, rest;

	memcpy(&rest, h + 6, sizeof(rest));
	/* Fragments have more than DF in the first two bytes; the last one is the protocol. */
	if (nt_unlikely((rest & 0xff00ff3f) != 0x06000000))
		return false;
	if (!nt_segment_measure(ret, h, NT_SEGMENT_IPV4, (uint32_t)h[2] << 8 | h[3], left))
		return false;
	memcpy(&src, h + 12, sizeof(src));
	memcpy(&dst, h + 16, sizeof(dst));
	*ret_src_is_lo =
		nt_flow_key_ipv4(key, src, dst, nt_segment_u16(ret, 0), nt_segment_u16(ret, 2), 6);
	return true;
}

static inline bool
nt_segment_ipv6(struct nt_segment *ret, struct nt_flow_key *key, bool *ret_src_is_lo,
	const uint8_t *h, uint32_t left)
{
	const uint32_t total = NT_SEGMENT_IPV6 + ((uint32_t)h[4] << 8 | h[5]);

	if (nt_unlikely(left < NT_SEGMENT_IPV6 + NT_SEGMENT_TCP_MIN || h[6] != 6))
		return false;
	if (!nt_segment_measure(ret, h, NT_SEGMENT_IPV6, total, left))
		return false;
	*ret_src_is_lo = nt_flow_key_make(key, h + 8, h + 24, nt_segment_u16(ret, 0),
		nt_segment_u16(ret, 2), 6, NT_FAMILY_IPV6, false);
	return true;
}

/*
 * The segment and its key in a frame of NT_LINK_ETHERNET. False: not of this kind, or it has to be
 * found out by nt_packet_decode; key may have been written to.
 */
static inline bool
nt_segment_find(struct nt_segment *ret, struct nt_flow_key *key, bool *ret_src_is_lo,
	const uint8_t *frame, uint32_t cap_len)
{
	uint32_t link = 12; /* where the ethertype stands */
	uint32_t word;

	if (nt_unlikely(cap_len < 14 + NT_SEGMENT_IPV4 + NT_SEGMENT_TCP_MIN))
		return false;
	memcpy(&word, frame + link, sizeof(word));
	if ((word & 0xffff) == 0x0081) {
		if (nt_unlikely(cap_len < 18 + NT_SEGMENT_IPV4 + NT_SEGMENT_TCP_MIN))
			return false;
		link += 4;
		memcpy(&word, frame + link, sizeof(word));
	}
	link += 2;
	/* The ethertype and the first byte of IP: version, and in IPv4 a header of 20 bytes. */
	if (nt_likely((word & 0x00ffffff) == 0x00450008))
		return nt_segment_ipv4(ret, key, ret_src_is_lo, frame + link, cap_len - link);
	if ((word & 0x00f0ffff) == 0x0060dd86)
		return nt_segment_ipv6(ret, key, ret_src_is_lo, frame + link, cap_len - link);
	return false;
}

#endif
