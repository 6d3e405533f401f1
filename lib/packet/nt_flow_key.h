/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The key of a connection: both ends in an order that does not depend on who sent, so that either
 * direction finds it. 40 bytes without padding, compared and hashed as five words. The families are
 * in it: IPv4 and IPv6 of equal bytes never meet.
 */
#ifndef NT_FLOW_KEY_H
#define NT_FLOW_KEY_H

#include "nt_packet.h"

struct nt_flow_key {
	uint8_t lo_addr[16], hi_addr[16];
	uint16_t lo_port, hi_port; /* host order */
	uint8_t proto;
	uint8_t family; /* enum nt_family */
	uint8_t one_way; /* ICMP without a counterpart: lo is the sender, never swapped */
	uint8_t zero;
};
static_assert(sizeof(struct nt_flow_key) == 40, "nt_flow_key is five words");

/*
 * The key of a decoded packet (reason OK). Returns true where the packet's source is the lo end.
 * One-way keys are not ordered: lo is the source. Which end is lo is nothing but a convention (the
 * smaller one as little-endian numbers are compared), so it must never be shown.
 */
static inline bool
nt_flow_key_of(struct nt_flow_key *ret, const struct nt_packet *p)
{
	bool one_way = p->flags & NT_PKT_ONE_WAY;
	unsigned __int128 src, dst;
	bool src_is_lo;

	memcpy(&src, p->src.bytes, sizeof(src));
	memcpy(&dst, p->dst.bytes, sizeof(dst));
	/* Not && and ||: which end sends is a coin toss, a mispredicted branch costs 15 cycles. */
	src_is_lo = one_way | (src < dst) | ((src == dst) & (p->sport <= p->dport));
	memcpy(ret->lo_addr, src_is_lo ? &p->src : &p->dst, 16);
	memcpy(ret->hi_addr, src_is_lo ? &p->dst : &p->src, 16);
	ret->lo_port = src_is_lo ? p->sport : p->dport;
	ret->hi_port = src_is_lo ? p->dport : p->sport;
	ret->proto = p->proto;
	ret->family = (uint8_t)p->src.family;
	ret->one_way = one_way;
	ret->zero = 0;
	return src_is_lo;
}

static inline bool
nt_flow_key_equal(const struct nt_flow_key *a, const struct nt_flow_key *b)
{
	return memcmp(a, b, sizeof(*a)) == 0;
}

#endif
