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
	"nt_flow_key_of writes the last word at once");

/*
 * The key of a decoded packet (reason OK). Returns true where the packet's source is the lo end.
 * One-way keys are not ordered: lo is the source. Which end is lo is nothing but a convention (the
 * smaller one as little-endian numbers are compared), so it must never be shown.
 */
static inline bool
nt_flow_key_of(struct nt_flow_key *ret, const struct nt_packet *p)
{
	typedef uint64_t pair __attribute__((vector_size(16)));
	bool one_way = p->flags & NT_PKT_ONE_WAY;
	uint32_t sport = p->sport, dport = p->dport, port_swap;
	unsigned __int128 src, dst;
	pair lo, hi, swap;
	uint64_t last, mask;
	bool src_is_lo;

	memcpy(&src, p->src.bytes, sizeof(src));
	memcpy(&dst, p->dst.bytes, sizeof(dst));
	memcpy(&lo, p->src.bytes, sizeof(lo));
	memcpy(&hi, p->dst.bytes, sizeof(hi));
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
	       (uint64_t)p->proto << 32 | (uint64_t)p->src.family << 40 | (uint64_t)one_way << 48;
	memcpy((uint8_t *)ret + offsetof(struct nt_flow_key, lo_port), &last, sizeof(last));
	return src_is_lo;
}

static inline bool
nt_flow_key_equal(const struct nt_flow_key *a, const struct nt_flow_key *b)
{
	return memcmp(a, b, sizeof(*a)) == 0;
}

#endif
