/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Decode of one packet. The first byte chooses the link type, the second how much more than was
 * captured the wire had; the rest is the packet.
 */
#include <stdlib.h>

#include <nt_flow_key.h>
#include <nt_packet.h>
#include <nt_segment.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static const int links[] = {
	NT_LINK_ETHERNET,
	NT_LINK_RAW,
	NT_LINK_NULL,
	NT_LINK_LOOP,
	NT_LINK_LINUX_SLL,
	NT_LINK_LINUX_SLL2,
	NT_LINK_IPV4,
	NT_LINK_IPV6,
};

/* assert() is gone in a release build. */
static void
require(bool holds)
{
	if (!holds)
		abort();
}

static void
require_inside(const uint8_t *p, size_t len, const uint8_t *data, size_t size)
{
	if (p == NULL)
		return;
	require(p >= data && p <= data + size);
	require(len <= (size_t)(data + size - p));
}

static void
check_view(const struct nt_packet *p, const uint8_t *data, size_t size)
{
	size_t ip_header = p->src.family == NT_FAMILY_IPV6 ? 40 : 20;

	require(p->reason < NT_PACKET_REASONS);
	require(p->src.family == p->dst.family);
	require((p->payload == NULL) == (p->payload_captured == 0));
	require(p->payload_captured <= p->payload_len || p->reason == NT_PACKET_NOT_IP); /* ARP */
	require_inside(p->payload, p->payload_captured, data, size);
	require_inside(p->l3, p->reason == NT_PACKET_OK ? ip_header : 0, data, size);
	require_inside(p->l4, 0, data, size);
	require_inside(p->mac, 12, data, size);
}

/* The other direction has the same key, and says that it is the other end. */
static void
check_key(const struct nt_packet *p)
{
	struct nt_packet r = *p;
	struct nt_flow_key a, b;
	bool a_lo, b_lo;

	r.src = p->dst;
	r.dst = p->src;
	r.sport = p->dport;
	r.dport = p->sport;
	a_lo = nt_flow_key_of(&a, p);
	b_lo = nt_flow_key_of(&b, &r);
	if (p->flags & NT_PKT_ONE_WAY) {
		require(a_lo && b_lo);
		return;
	}
	require(nt_flow_key_equal(&a, &b));
	require(a_lo != b_lo || (nt_addr_equal(&p->src, &p->dst) && p->sport == p->dport));
}

static void
check_ok(const struct nt_packet *p, const uint8_t *data, size_t size, int dlt)
{
	struct nt_packet_ends ends;

	require(p->l3 != NULL && p->l4 != NULL);
	require(p->src.family == NT_FAMILY_IPV4 || p->src.family == NT_FAMILY_IPV6);
	require(nt_packet_find_ends(&ends, data, (uint32_t)size, dlt));
	require(nt_addr_equal(&ends.src, &p->src));
	require(nt_addr_equal(&ends.dst, &p->dst));
	if (p->proto == 6)
		require(p->tcp_header_len >= 20 && p->tcp_header_len <= 60);
	check_key(p);
}

/* The short way says what the long one says, or nothing. */
static void
check_segment(const struct nt_packet *p, const uint8_t *data, size_t size)
{
	struct nt_segment s;
	struct nt_flow_key key, want;
	bool src_is_lo;

	if (!nt_segment_find(&s, &key, &src_is_lo, data, (uint32_t)size))
		return;
	require(p->reason == NT_PACKET_OK && p->proto == 6);
	require((p->flags & ~NT_PKT_BROADCAST_L2) == 0);
	require(nt_flow_key_of(&want, p) == src_is_lo && nt_flow_key_equal(&key, &want));
	require(s.tcp == p->l4 && s.ip_len == p->ip_len);
	require(s.payload_len == p->payload_len && p->payload_captured == p->payload_len);
	require(nt_segment_seq(&s) == p->seq && nt_segment_ack(&s) == p->ack);
	require(nt_segment_window(&s) == p->window && nt_segment_flags(&s) == p->tcp_flags);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct nt_packet p;
	uint32_t more;
	int dlt;

	if (size < 2 || size > 65536)
		return 0;
	dlt = links[data[0] % NT_ARRAY_SIZE(links)];
	more = data[1];
	data += 2;
	size -= 2;
	(void)nt_packet_decode(&p, data, (uint32_t)size, (uint32_t)size + more, dlt);
	check_view(&p, data, size);
	if (dlt == NT_LINK_ETHERNET)
		check_segment(&p, data, size);
	if (p.reason == NT_PACKET_OK)
		check_ok(&p, data, size, dlt);
	return 0;
}
