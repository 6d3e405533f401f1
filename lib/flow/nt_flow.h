/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * One connection in memory: the hot part, two cache lines that every packet touches, and the cold
 * part, touched when a connection begins, changes state and ends. Laid out in two parallel arrays
 * of the table (nt_flow_table.h); meaning is Zeek's, kept by nt_conn.h. Owner: one worker.
 *
 * Direction 0 is the originator, 1 the responder, everywhere.
 */
#ifndef NT_FLOW_H
#define NT_FLOW_H

#include <nt_flow_key.h>

#define NT_FLOW_NONE UINT32_MAX

enum {
	NT_FLOW_ORIG = 0,
	NT_FLOW_RESP = 1,
};

struct nt_flow {
	/* first line: found, compared, timed */
	struct nt_flow_key key;
	uint64_t last_position; /* of the last packet that counted */
	int64_t last_clock_ns; /* the clock at it: what timers measure from */
	int64_t deadline_ns; /* no timer of this flow is due before this clock */
	/* second line: counted */
	int64_t last_ts_ns; /* own stamp of the last packet: what duration measures to */
	uint64_t ip_bytes[2];
	uint32_t pkts[2]; /* low 32 bits; nt_flow_cold.pkts_high has what wrapped */
	union {
		struct {
			uint32_t last_seq[2];
			uint32_t last_ack[2];
		} tcp;
		struct {
			uint64_t bytes[2];
		} dgram; /* UDP, ICMP, others: payload bytes */
	};
	/* all of the rest is nt_conn's (conn_priv.h) */
	uint8_t state[2]; /* TCP: endpoint state, the one before it, closed; else: seen anything */
	uint8_t orig_is_lo; /* the originator is the key's lo end */
	uint8_t flags;
	uint8_t seen[2]; /* letters that history has once per direction */
	uint8_t tcp_flags;
	uint8_t stream; /* the worker's: how far its payload was looked into; 0 at the start */
	uint8_t seq_wraps[2], ack_wraps[2]; /* how often the 32-bit numbers wrapped (saturating) */
	uint16_t rst_mark[2]; /* tells the last RST's sequence number from another one */
} NT_CACHE_ALIGNED;
static_assert(sizeof(struct nt_flow) == 2 * NT_CACHE_LINE, "hot state is two cache lines");
static_assert(offsetof(struct nt_flow, last_ts_ns) == NT_CACHE_LINE, "found | counted");

#define NT_FLOW_HISTORY_INLINE 16

struct nt_flow_cold {
	int64_t first_ts_ns;
	int64_t first_clock_ns;
	uint64_t first_position;
	uint32_t start_seq[2]; /* TCP: sequence number of the SYN, or as if there had been one */
	uint32_t fin_seq[2]; /* TCP: one past the FIN, relative to start_seq */
	uint32_t close_phase; /* TCP: when one side closed, relative to the start (conn_timers.c) */
	uint32_t pins; /* the worker's: names pinned to it, NT_FLOW_NONE = none */
	uint32_t extra; /* nt_conn's: rarely needed state, NT_FLOW_NONE = none */
	uint32_t link; /* nt_conn's: struct nt_flow_link, NT_FLOW_NONE = none */
	uint16_t service; /* bit set of services found: nt_conn_service */
	uint8_t history_len;
	uint8_t cold_flags;
	char history[NT_FLOW_HISTORY_INLINE]; /* what is longer goes to the extra state */
	/* the table's: */
	uint32_t wheel_prev, wheel_next;
	uint32_t young_prev, young_next;
	uint16_t wheel_slot;
	bool sifted; /* nt_flow_sift told of it */
	uint8_t spare;
};
static_assert(sizeof(struct nt_flow_cold) <= 96, "memory per connection");

/*
 * What lies below IP, of the connections where there is something: the first packet's VLANs and
 * link addresses, and the tunnels that packets came in.
 */
#define NT_FLOW_PARENTS 4

struct nt_flow_link {
	uint64_t parents[NT_FLOW_PARENTS]; /* tokens of tunnels, in the order they were met */
	uint64_t last; /* the tunnel of the last packet that came in one */
	uint8_t l2_addr[2][6]; /* [direction] */
	uint16_t vlan, inner_vlan;
	uint8_t parent_count;
	uint8_t changes; /* from one tunnel to another, up to Zeek's limit */
};
static_assert(sizeof(struct nt_flow_link) <= NT_CACHE_LINE, "memory per connection");

#endif
