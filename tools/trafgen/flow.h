/* SPDX-License-Identifier: BSD-3-Clause */
#ifndef TG_FLOW_H
#define TG_FLOW_H

/*
 * A connection of the capture, from its first packet to its last: who, what was counted, and a
 * script that makes one packet a step.
 */

#include "app.h"
#include "dns_msg.h"
#include "packet.h"

enum tg_kind {
	TG_TCP,
	TG_UDP,
	TG_ECHO,
	TG_DNS,
	TG_DNS_TCP,
	TG_LOCAL,
	TG_SCAN
};

/* How the client came to the name. */
enum tg_lookup {
	TG_LOOKUP_NONE,
	TG_LOOKUP_CLIENT, /* by its own query, in sight of the tap */
	TG_LOOKUP_OTHER, /* by a query that only a shared resolver's shows */
	TG_LOOKUP_ENCRYPTED, /* out of everybody's sight */
};

enum tg_ending {
	TG_END_FIN,
	TG_END_RESET,
	TG_END_OPEN
};

/* TCP: data in bursts of alternating direction. Index 0 is the originator, 1 the responder. */
struct tg_tcp_script {
	uint8_t phase;
	uint8_t ending;
	uint8_t burst_dir;
	uint8_t closer;
	uint8_t unacked; /* segments of the burst that no ACK has covered */
	bool turn; /* the burst is over */
	bool repeat; /* the last segment is sent again */
	uint16_t burst_left;
	uint16_t last_len;
	uint32_t last_at; /* where in the pool of payload */
	uint32_t segments_left;
	uint32_t seq[2];
};

struct tg_udp_script {
	uint32_t left;
	uint8_t dir;
	uint8_t burst_left;
};

struct tg_echo_script {
	uint16_t id;
	uint16_t seq;
	uint8_t left;
	bool reply_next;
	bool answered;
};

/* A packet of a DNS flow: after this pause, question number q or its answer. */
struct tg_dns_op {
	uint32_t pause_us;
	uint8_t q;
	bool response;
	bool repeat;
	bool forged;
};

#define TG_NO_HOST UINT32_MAX

#define TG_DNS_OPS 8

enum tg_dns_what {
	TG_ASK_ADDRESS,
	TG_ASK_REVERSE,
	TG_ASK_NOTHING,
	TG_ASK_FORGED /* a name that only forgers have, of an address that is given */
};

/* What is wrong with an answer that somebody slips in. */
enum tg_forgery {
	TG_GENUINE,
	TG_WRONG_ID,
	TG_OTHER_QUESTION,
	TG_OUT_OF_CHAIN, /* a record more in the right answer */
	TG_UNASKED,
	TG_UNUSABLE /* loopback and the like */
};

struct tg_dns_script {
	uint8_t n_ops, op;
	uint8_t what;
	bool edns;
	bool hidden; /* a shared resolver's own */
	bool of_v6; /* of what address, or with what address (TG_ASK_FORGED) */
	bool truncated; /* the answer does not fit: TC */
	uint8_t forgery;
	uint32_t forged; /* number of the forged name and address */
	uint16_t qtype[2];
	uint16_t id[2];
	uint32_t name;
	uint32_t rot;
	uint32_t ttl_sec;
	uint64_t case_bits;
	struct tg_endpoint of;
	struct tg_dns_op ops[TG_DNS_OPS];
};

/* As tg_dns_script, which is its first member; the queries in one segment, and the responses in one
 * or two. */
struct tg_dns_tcp_script {
	struct tg_dns_script dns;
	uint8_t phase;
	bool cut;
	uint32_t seq[2];
};

/* A host says its name: one packet, or a request and the answer. */
struct tg_local_script {
	uint8_t what; /* enum tg_tells */
	bool answer; /* LLMNR: the asked host's, which is a connection of its own */
	uint32_t client; /* whose name it is */
	uint32_t id;
};

struct tg_scan_script {
	uint8_t phase;
	uint8_t ending; /* 0: silence, 1: refused, 2: open and reset by the originator */
	uint8_t tries;
	uint32_t seq[2];
};

struct tg_flow {
	struct tg_endpoint end[2]; /* originator, responder */
	bool v6;
	uint8_t kind;
	uint8_t proto;
	uint8_t lookup;
	uint8_t lookup_v6;
	uint16_t ip_id;
	uint32_t host; /* the originator's client number, or TG_NO_HOST */
	uint32_t name; /* or TG_NO_NAME */
	bool named_orig; /* the originator has told its name before */
	bool encrypted_dns; /* to a resolver */
	uint32_t rtt_us;
	uint64_t lookup_ns; /* when the response was seen */
	uint64_t start_ns;
	uint64_t first_ns, last_ns;
	uint32_t packets[2];
	uint64_t ip_bytes[2];
	uint64_t payload[2]; /* TCP: of the stream, so repeats don't count */
	struct tg_app app;
	union {
		struct tg_tcp_script tcp;
		struct tg_udp_script udp;
		struct tg_echo_script echo;
		struct tg_dns_script dns;
		struct tg_dns_tcp_script dns_tcp;
		struct tg_local_script local;
		struct tg_scan_script scan;
	};
};

#endif
