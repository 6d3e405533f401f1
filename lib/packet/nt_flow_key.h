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
static_assert(offsetof(struct nt_flow_key, lo_port) == 32 &&
		      offsetof(struct nt_flow_key, hi_port) == 34 &&
		      offsetof(struct nt_flow_key, proto) == 36 &&
		      offsetof(struct nt_flow_key, family) == 37 &&
		      offsetof(struct nt_flow_key, one_way) == 38 &&
		      __BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__,
	"the last word is written at once");

/* One-way keys are not ordered: src is lo. Returns true where src is lo. */
static inline bool
nt_flow_key_make(struct nt_flow_key *ret, const uint8_t src_addr[16], const uint8_t dst_addr[16],
	uint32_t sport, uint32_t dport, uint8_t proto, uint32_t family, bool one_way)
{
	typedef uint64_t pair __attribute__((vector_size(16)));
	unsigned __int128 src, dst;
	uint32_t port_swap;
	pair lo, hi, swap;
	uint64_t last, mask;
	bool src_is_lo;

	memcpy(&src, src_addr, sizeof(src));
	memcpy(&dst, dst_addr, sizeof(dst));
	memcpy(&lo, src_addr, sizeof(lo));
	memcpy(&hi, dst_addr, sizeof(hi));
	/* Which end sends is a coin toss, and a mispredicted branch costs 15 cycles: masks. */
	src_is_lo = one_way | (src < dst) | ((src == dst) & (sport <= dport));
	mask = (uint64_t)src_is_lo - 1;
	swap = (lo ^ hi) & (pair){ mask, mask };
	port_swap = (sport ^ dport) & (uint32_t)mask;
	lo ^= swap;
	hi ^= swap;
	/* Stores as wide as the loads of the hash that follows: narrow ones would stall it. */
	memcpy(ret->lo_addr, &lo, sizeof(lo));
	memcpy(ret->hi_addr, &hi, sizeof(hi));
	last = (uint64_t)(sport ^ port_swap) | (uint64_t)(dport ^ port_swap) << 16 |
	       (uint64_t)proto << 32 | (uint64_t)family << 40 | (uint64_t)one_way << 48;
	memcpy((uint8_t *)ret + offsetof(struct nt_flow_key, lo_port), &last, sizeof(last));
	return src_is_lo;
}

/*
 * The key of a decoded packet (reason OK). Returns true where the packet's source is the lo end.
 * One-way keys are not ordered: lo is the source. Which end is lo is nothing but a convention (the
 * smaller one as little-endian numbers are compared), so it must never be shown.
 */
static inline bool
nt_flow_key_of(struct nt_flow_key *ret, const struct nt_packet *p)
{
	return nt_flow_key_make(ret, p->src.bytes, p->dst.bytes, p->sport, p->dport, p->proto,
		p->src.family, p->flags & NT_PKT_ONE_WAY);
}

/* The same of IPv4 both ways: addresses as they stand in the packet, each compared with its port as
 * one number. */
static inline bool
nt_flow_key_ipv4(struct nt_flow_key *ret, uint32_t src, uint32_t dst, uint16_t sport,
	uint16_t dport, uint8_t proto)
{
	typedef uint64_t pair __attribute__((vector_size(16)));
	const uint64_t from = (uint64_t)src << 16 | sport, to = (uint64_t)dst << 16 | dport;
	const bool src_is_lo = from <= to;
	const uint64_t swap = (from ^ to) & ((uint64_t)src_is_lo - 1);
	const uint64_t lo = from ^ swap, hi = to ^ swap;
	const pair lo_addr = { lo >> 16, 0 }, hi_addr = { hi >> 16, 0 };
	const uint64_t last = (uint64_t)(uint16_t)lo | (uint64_t)(uint16_t)hi << 16 |
			      (uint64_t)proto << 32 | (uint64_t)NT_FAMILY_IPV4 << 40;

	memcpy(ret->lo_addr, &lo_addr, sizeof(lo_addr));
	memcpy(ret->hi_addr, &hi_addr, sizeof(hi_addr));
	memcpy((uint8_t *)ret + offsetof(struct nt_flow_key, lo_port), &last, sizeof(last));
	return src_is_lo;
}

static inline bool
nt_flow_key_equal(const struct nt_flow_key *a, const struct nt_flow_key *b)
{
	typedef uint64_t pair __attribute__((vector_size(16)));
	uint64_t a_last, b_last;
	pair a_lo, a_hi, b_lo, b_hi, differ;

	/* gcc 12 makes a call or a chain of branches of memcmp, and of arrays copies in memory. */
	memcpy(&a_lo, a->lo_addr, sizeof(a_lo));
	memcpy(&a_hi, a->hi_addr, sizeof(a_hi));
	memcpy(&b_lo, b->lo_addr, sizeof(b_lo));
	memcpy(&b_hi, b->hi_addr, sizeof(b_hi));
	memcpy(&a_last, &a->lo_port, sizeof(a_last));
	memcpy(&b_last, &b->lo_port, sizeof(b_last));
	differ = (a_lo ^ b_lo) | (a_hi ^ b_hi);
	return (differ[0] | differ[1] | (a_last ^ b_last)) == 0;
}

#endif
