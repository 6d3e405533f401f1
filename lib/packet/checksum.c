/* SPDX-License-Identifier: BSD-3-Clause */
#include "nt_checksum.h"

#include "layers.h"

#define IPV4_CHECKSUM_AT 10
#define UDP_CHECKSUM_AT	 6
#define UDP_HEADER	 8
#define ICMP_HEADER	 8

/* What it takes for a datagram to be VXLAN by its looks (RFC 7348 5): headers up to Ethernet's. */
#define VXLAN_PORT  4789
#define VXLAN_LEN   (UDP_HEADER + 8 + 14)
#define VXLAN_HAS_I 0x08

static inline uint64_t
add_word(uint64_t sum, uint64_t word)
{
	sum += word;
	return sum + (sum < word); /* the carry comes round: 2^64 is 1, modulo 0xffff */
}

uint64_t
nt_checksum_add(uint64_t sum, const void *data, size_t len)
{
	const uint8_t *at = data;
	uint64_t word;

	for (; len >= sizeof(word); len -= sizeof(word), at += sizeof(word)) {
		memcpy(&word, at, sizeof(word));
		sum = add_word(sum, word);
	}
	word = 0;
	memcpy(&word, at, len);
	return add_word(sum, word);
}

uint64_t
nt_checksum_add_pseudo(uint64_t sum, const struct nt_addr *src, const struct nt_addr *dst,
	uint8_t proto, uint32_t len)
{
	sum = nt_checksum_add(sum, src->bytes, sizeof(src->bytes));
	sum = nt_checksum_add(sum, dst->bytes, sizeof(dst->bytes));
	return add_word(sum, (uint64_t)__builtin_bswap32(len) + ((uint64_t)proto << 24));
}

static uint32_t
ipv4_header_len(const uint8_t *header)
{
	return (uint32_t)(header[0] & 15) * 4;
}

bool
nt_checksum_ipv4_good(const uint8_t *header)
{
	return nt_checksum_fold(nt_checksum_add(0, header, ipv4_header_len(header))) == UINT16_MAX;
}

void
nt_checksum_ipv4_set(uint8_t *header)
{
	uint16_t sum;

	memset(header + IPV4_CHECKSUM_AT, 0, sizeof(sum));
	sum = (uint16_t)~nt_checksum_fold(nt_checksum_add(0, header, ipv4_header_len(header)));
	memcpy(header + IPV4_CHECKSUM_AT, &sum, sizeof(sum));
}

/* Of the transport, by the IP header; 0 where that does not say (offload). */
static uint32_t
transport_len(const struct nt_packet *p)
{
	uint32_t headers = (uint32_t)(p->l4 - p->l3), total;

	switch (p->proto) {
	case NT_IP_TCP:
		return p->tcp_header_len + p->payload_len;
	case NT_IP_UDP:
		/* Not what the UDP header says: Zeek sums up all that IP carries. */
		total = p->src.family == NT_FAMILY_IPV4 ? nt_be16(p->l3 + 2)
							: 40u + nt_be16(p->l3 + 4);
		return total > headers ? total - headers : 0;
	default:
		return ICMP_HEADER + p->payload_len;
	}
}

static bool
has_pseudo_header(const struct nt_packet *p)
{
	return p->proto != NT_IP_ICMP;
}

/* Without a checksum: allowed over IPv4, and for VXLAN (Zeek: on its own port only). */
static bool
udp_has_none(const struct nt_packet *p, uint32_t len)
{
	if (nt_be16(p->l4 + UDP_CHECKSUM_AT) != 0)
		return false;
	return p->src.family == NT_FAMILY_IPV4 ||
	       (p->dport == VXLAN_PORT && len > VXLAN_LEN && p->l4[UDP_HEADER] & VXLAN_HAS_I);
}

static bool
transport_is_good(const struct nt_packet *p)
{
	uint32_t len = transport_len(p);
	uint64_t sum = 0;

	if (len == 0 || (p->proto == NT_IP_UDP && udp_has_none(p, len)))
		return true;
	if (has_pseudo_header(p))
		sum = nt_checksum_add_pseudo(0, &p->src, &p->dst, p->proto, len);
	return nt_checksum_fold(nt_checksum_add(sum, p->l4, len)) == UINT16_MAX;
}

static bool
has_transport_checksum(const struct nt_packet *p)
{
	return p->proto == NT_IP_TCP || p->proto == NT_IP_UDP || p->proto == NT_IP_ICMP ||
	       p->proto == NT_IP_ICMPV6;
}

/* Its checksum is over bytes that are all here. */
static bool
is_whole(const struct nt_packet *p)
{
	return p->reason == NT_PACKET_OK &&
	       !(p->flags & (NT_PKT_CUT | NT_PKT_FRAG_FIRST | NT_PKT_NO_COUNT));
}

/* An IPv4 header was found, and all of it is here. */
static bool
has_ipv4_header(const struct nt_packet *p)
{
	return p->src.family == NT_FAMILY_IPV4 && p->reason != NT_PACKET_CUT_IP &&
	       p->reason != NT_PACKET_BAD_IP;
}

void
nt_packet_verify(struct nt_packet *p)
{
	bool ipv4 = has_ipv4_header(p);

	/* Offload leaves lengths and checksums to the card: there is nothing to verify. */
	if (ipv4 && p->ip_len == 0)
		p->reason = NT_PACKET_BAD_IP;
	else
		nt_packet_verified(p, !ipv4 || nt_checksum_ipv4_good(p->l3),
			!is_whole(p) || !has_transport_checksum(p) || transport_is_good(p));
}

void
nt_packet_verified(struct nt_packet *p, bool ip_good, bool transport_good)
{
	if (!ip_good && has_ipv4_header(p))
		p->reason = NT_PACKET_BAD_CHECKSUM;
	else if (!transport_good && is_whole(p) && has_transport_checksum(p))
		p->flags |= NT_PKT_BAD_CHECKSUM;
}
