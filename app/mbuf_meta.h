/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * What travels with each packet in the private area of its mbuf, written by whoever received it
 * (offline the reader), read by the worker.
 */
#ifndef MBUF_META_H
#define MBUF_META_H

#include <rte_mbuf.h>

#include <nt_conn.h>
#include <nt_counters.h>

enum mbuf_kind {
	MBUF_PACKET,
	MBUF_OUTER, /* a second handle to a packet, for the connection of a tunnel that it came in;
		     * its payload is none of that connection's; another handle follows with the
		     * same position */
	MBUF_FRAGMENT, /* the packet counts, and that is all: its bytes come in a datagram, or not
			*/
	MBUF_STATS, /* no packet: an interval of stats.interval ends; at.ts_ns is its end in capture
		     * time, at.clock_ns the same on the clock, at.position that of the last packet
		     */
	MBUF_EPOCH, /* no packet: a capture that begins before the clock; see docs/architecture.md
		     */
	MBUF_COUNTS, /* no packet: data is a struct distribute_counts, to be added to the worker's;
		      * at.position that of the last packet */
};

/* It stands for a packet that a port or a capture gave us; each has one such handle. */
static inline bool
mbuf_kind_counts(uint8_t kind)
{
	return kind == MBUF_PACKET || kind == MBUF_FRAGMENT;
}

/* In place of a tunnel: it is one, but inside as many as are opened; Zeek marks such connections.
 */
#define MBUF_TOO_DEEP UINT8_MAX

/* What whoever steers packets counts, each since the last time it was told: a run of counters. */
#define DISTRIBUTE_FIRST    NT_COUNTER_TUNNELS_TOO_DEEP
#define DISTRIBUTE_COUNTERS (NT_COUNTER_FRAGMENTS_REFUSED - DISTRIBUTE_FIRST + 1)
static_assert(DISTRIBUTE_COUNTERS == 8, "no other counters among them");

struct distribute_counts {
	uint64_t n[DISTRIBUTE_COUNTERS];
};

/*
 * All that a worker needs to know of a packet, in the one cache line behind the mbuf's own two,
 * which then need not travel between cores at all: an mbuf of the reader is a handle.
 *
 * Stamps are on the scale of the clock: capture time and the epoch's offset, so that timers can use
 * both. A marker's at.ts_ns is the offset of the epoch that it begins.
 */
struct mbuf_meta {
	struct nt_packet_meta at;
	const uint8_t *data; /* cap_len bytes, in a slab */
	uint32_t cap_len, wire_len;
	uint32_t frame_len; /* on the wire, of the whole frame that it came in */
	uint16_t link; /* DLT_* */
	uint8_t kind; /* enum mbuf_kind */
	uint8_t tunnel; /* enum nt_tunnel that its connection is confirmed to be, or MBUF_TOO_DEEP
			 */
};
static_assert(sizeof(struct mbuf_meta) <= NT_CACHE_LINE, "one line");
static_assert(sizeof(struct mbuf_meta) % RTE_MBUF_PRIV_ALIGN == 0, "private area");
static_assert(sizeof(struct rte_mbuf) % NT_CACHE_LINE == 0, "the private area begins a line");

static inline struct mbuf_meta *
mbuf_meta(struct rte_mbuf *m)
{
	return rte_mbuf_to_priv(m);
}

#endif
