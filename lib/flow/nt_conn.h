/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * What a connection means: Zeek's conn.log semantics over struct nt_flow. Orientation, TCP endpoint
 * states and conn_state, history, byte counts, gaps, timers. Pure functions of the packets in their
 * order: the same packets give the same record, whenever timers are looked at. Owner: one worker.
 */
#ifndef NT_CONN_H
#define NT_CONN_H

#include <nt_port.h>
#include <nt_segment.h>

#include "nt_flow.h"

/* One bit per port number. */
struct nt_conn_ports {
	uint64_t bits[65536 / 64];
};

static inline bool
nt_conn_ports_has(const struct nt_conn_ports *p, uint16_t port)
{
	return p->bits[port / 64] >> (port % 64) & 1;
}

/*
 * Timeouts in nanoseconds, ports as Zeek has them; names and defaults as Zeek's. Read-only while
 * connections are open, and shared by all workers.
 */
struct nt_conn_config {
	int64_t tcp_inactivity_ns; /* tcp_inactivity_timeout 5 min */
	int64_t udp_inactivity_ns; /* udp_inactivity_timeout 1 min; TCP before its handshake */
	int64_t icmp_inactivity_ns; /* icmp_inactivity_timeout 1 min */
	int64_t unknown_ip_inactivity_ns; /* unknown_ip_inactivity_timeout 1 min */
	int64_t interactive_inactivity_ns; /* port_inactivity_timeouts: 1 h */
	int64_t tcp_SYN_timeout_ns; /* 5 s */
	int64_t tcp_attempt_delay_ns; /* 5 s */
	int64_t tcp_close_delay_ns; /* 5 s */
	int64_t tcp_session_timer_ns; /* 6 s; at most an hour */
	int64_t tcp_connection_linger_ns; /* 5 s */
	int64_t dns_session_timeout_ns; /* 10 s */
	struct nt_conn_ports likely_tcp; /* likely_server_ports */
	struct nt_conn_ports likely_udp;
	struct nt_conn_ports interactive_tcp; /* 21, 22, 23, 513 */
	struct nt_conn_ports
		dns_udp; /* where Zeek attaches its DNS analyzer: 53, 137, 5353, 5355 */
	bool link_facts; /* keep VLANs and link addresses; tunnels are kept in any case */
};
/* Zeek's defaults. */
void nt_conn_config_default(struct nt_conn_config *ret);
void nt_conn_ports_add(struct nt_conn_ports *p, uint16_t port);
/* Those of a list that are of that protocol, and no others. */
void nt_conn_ports_of(struct nt_conn_ports *ret, const struct nt_port_list *list, uint8_t proto);

struct nt_conn; /* the worker's context: configuration, pools of extra state, counters */

/*
 * max_flows bounds the pool of extra state (out-of-order ranges, counters, long histories): one for
 * every second flow; when it is used up, gaps and repeated letters are lost, and counted; and that
 * of facts below IP: one for each. cfg is copied. NULL and errno; EINVAL where tcp_session_timer is
 * not positive or dns_session_timeout below a second.
 */
struct nt_conn *nt_conn_new(const struct nt_conn_config *cfg, uint32_t max_flows);
/* Memory that one of so many connections takes when it is full. */
size_t nt_conn_bytes(uint32_t max_flows);
void nt_conn_free(struct nt_conn *c);

struct nt_conn_stats {
	uint64_t fast, slow; /* packets of open TCP connections by path in nt_conn_packet */
	uint64_t extra_in_use;
	uint64_t extra_exhausted; /* times that extra state was wanted and there was none */
	uint64_t link_in_use;
	uint64_t link_exhausted; /* VLANs, link addresses or a tunnel not kept: no room */
	uint64_t parents_lost; /* tunnels beyond NT_FLOW_PARENTS of a connection */
	uint64_t ranges_merged; /* out-of-order ranges joined because one side had too many */
};
void nt_conn_stats(const struct nt_conn *c, struct nt_conn_stats *ret);

/* Where and when a packet came: see nt_base.h. */
struct nt_packet_meta {
	uint64_t position;
	int64_t ts_ns;
	int64_t clock_ns;
	/*
	 * The clock at the packet before this one in the whole stream (position - 1): between the
	 * two no timer of Zeek's can have run. 0 where it is not known: then each timer counts as
	 * run at its exact deadline.
	 */
	int64_t prev_clock_ns;
	uint64_t tunnel; /* token of the innermost tunnel that it came in; 0: in none */
};

enum nt_conn_verdict {
	NT_CONN_KEEP,
	NT_CONN_END, /* the connection is over: unlink it, write its record */
	NT_CONN_REUSE, /* over before this packet, which begins another one with the same key */
};

/* First packet of a flow just inserted. src_is_lo as nt_flow_key_of returned. Sets deadline_ns. */
void nt_conn_open(struct nt_conn *c, struct nt_flow *f, struct nt_flow_cold *cold,
	const struct nt_packet *p, const struct nt_packet_meta *m, bool src_is_lo);

/*
 * A further packet. The caller has judged the timers first: where m->clock_ns >= f->deadline_ns it
 * called nt_conn_timers, and opened a new flow if that said END. KEEP or REUSE (packet not
 * counted). deadline_ns may become earlier: schedule it then.
 */
enum nt_conn_verdict nt_conn_packet(struct nt_conn *c, struct nt_flow *f, struct nt_flow_cold *cold,
	const struct nt_packet *p, const struct nt_packet_meta *m, bool src_is_lo);

/*
 * nt_conn_packet for what most packets are: a segment that came in no tunnel, in order, before
 * deadline_ns, in a connection whose ends are both past the handshake. True: it was KEEP and the
 * deadline stays; the cold part was touched for a direction's first of its kind only. False:
 * nothing was done, nt_conn_packet decides.
 */
static inline bool nt_conn_segment(struct nt_conn *c, struct nt_flow *f, struct nt_flow_cold *cold,
	const struct nt_segment *s, const struct nt_packet_meta *m, bool src_is_lo);
/* Is it likely that nt_conn_packet will look at the cold part? Touches the hot lines only. */
static inline bool nt_conn_wants_cold(const struct nt_flow *f, const struct nt_segment *s);

/* Run what is due at or before clock_ns, in the order of deadlines. KEEP (deadline_ns moved on) or
 * END. */
enum nt_conn_verdict nt_conn_timers(
	struct nt_conn *c, struct nt_flow *f, struct nt_flow_cold *cold, int64_t clock_ns);

/*
 * It may yet come to nothing: TCP before the third packet of its handshake, others with three
 * packets at most. Floods are made of these, so they are evicted first.
 */
bool nt_conn_is_embryonic(const struct nt_flow *f);
/*
 * deadline_ns to where it is over if no more packets come: timers are judged there instead of where
 * they were set, which makes a difference for stamps that run backwards only.
 */
void nt_conn_postpone(const struct nt_conn *c, struct nt_flow *f, const struct nt_flow_cold *cold);

/* Evicted or cut off by a cap: 'x'/'X' in the history, then as if it had ended. */
void nt_conn_evicted(struct nt_conn *c, struct nt_flow *f, struct nt_flow_cold *cold);

/* What a connection was found to speak, by Zeek's name for it; in the order of the names. */
enum nt_service {
	NT_SERVICE_AYIYA = 1 << 0,
	NT_SERVICE_DHCP = 1 << 1,
	NT_SERVICE_DNS = 1 << 2,
	NT_SERVICE_DTLS = 1 << 3,
	NT_SERVICE_GENEVE = 1 << 4,
	NT_SERVICE_GTPV1 = 1 << 5,
	NT_SERVICE_HTTP = 1 << 6,
	NT_SERVICE_QUIC = 1 << 7,
	NT_SERVICE_SSL = 1 << 8,
	NT_SERVICE_TEREDO = 1 << 9,
	NT_SERVICE_VXLAN = 1 << 10,
};
static inline void
nt_conn_service(struct nt_flow_cold *cold, uint32_t services)
{
	cold->service |= (uint16_t)services;
}
/* SSH or FTP were recognised: the long inactivity timeout from now on. */
void nt_conn_interactive(struct nt_flow *f);
/* Zeek's DNS analyzer is at work on this UDP connection; and this is NetBIOS to it. */
bool nt_conn_is_dns(const struct nt_flow *f);
bool nt_conn_is_netbios(const struct nt_flow *f);
/* A DNS operation that Zeek doesn't know: 'X' in the history. */
void nt_conn_dns_unknown(struct nt_conn *c, struct nt_flow_cold *cold);
/* The DNS parser rejected what runs over it as no DNS (Zeek: analyzer violation). */
void nt_conn_dns_violation(struct nt_conn *c, struct nt_flow *f, struct nt_flow_cold *cold);

/* A direction of a TCP connection that has sent, for those who read its payload in order. */
struct nt_conn_stream {
	uint32_t start; /* sequence number of its first byte */
	uint32_t acked; /* up to here it was acknowledged: what was not seen of it is a gap */
	bool partial; /* the connection was joined in its middle: Zeek's analyzers don't look at it
		       */
};
/* After nt_conn_packet. Returns the payload bytes of both directions so far, as in *_bytes. */
uint64_t nt_conn_streams(
	const struct nt_flow *f, const struct nt_flow_cold *cold, struct nt_conn_stream ret[2]);

/*
 * At least what nt_conn_streams returns, for little: the furthest numbers without what SYN and FIN
 * take of them. Where numbers have wrapped or don't fit it is UINT64_MAX or the like.
 */
static inline uint64_t
nt_conn_payload_most(const struct nt_flow *f, const struct nt_flow_cold *cold)
{
	uint64_t total = 0;

	for (int dir = 0; dir < 2; dir++) {
		const uint64_t last = NT_MAX(f->tcp.last_seq[dir], f->tcp.last_ack[dir]);

		if (f->seq_wraps[dir] != 0 || f->ack_wraps[dir] != 0 || last < cold->start_seq[dir])
			return UINT64_MAX;
		total += last - cold->start_seq[dir];
	}
	return total;
}

/* Which direction (NT_FLOW_ORIG or _RESP) a packet with src_is_lo travels. */
static inline int
nt_conn_direction(const struct nt_flow *f, bool src_is_lo)
{
	return (f->orig_is_lo != 0) == src_is_lo ? NT_FLOW_ORIG : NT_FLOW_RESP;
}

enum nt_conn_state {
	NT_CONN_S0,
	NT_CONN_S1,
	NT_CONN_SF,
	NT_CONN_REJ,
	NT_CONN_S2,
	NT_CONN_S3,
	NT_CONN_RSTO,
	NT_CONN_RSTR,
	NT_CONN_RSTOS0,
	NT_CONN_RSTRH,
	NT_CONN_SH,
	NT_CONN_SHR,
	NT_CONN_OTH,
	NT_CONN_STATES
};
const char *nt_conn_state_name(enum nt_conn_state s);

#define NT_CONN_HISTORY_MAX 128

/* Everything conn.log says of a connection apart from its names. */
struct nt_conn_summary {
	struct nt_addr orig_h, resp_h;
	uint16_t orig_p, resp_p;
	uint8_t ip_proto;
	uint8_t state; /* enum nt_conn_state */
	bool has_duration; /* duration and the payload bytes are set */
	int64_t ts_ns, duration_ns;
	uint64_t first_position, last_position;
	int64_t first_clock_ns, last_clock_ns;
	uint64_t bytes[2], pkts[2], ip_bytes[2], missed_bytes;
	uint32_t service;
	/* nt_conn_config.link_facts: 0 and all zeros where there is none, or it is not known */
	uint16_t vlan, inner_vlan;
	uint8_t l2_addr[2][6]; /* [direction]: who sent and got the first packet */
	uint8_t parent_count;
	/* nt_packet_meta.tunnel, in the order of appearance; nothing behind parent_count */
	uint64_t parents[NT_FLOW_PARENTS];
	uint8_t history_len;
	char history[NT_CONN_HISTORY_MAX];
};

/* At the connection's end (or before); changes nothing. */
void nt_conn_summarize(const struct nt_conn *c, const struct nt_flow *f,
	const struct nt_flow_cold *cold, struct nt_conn_summary *ret);

/* Give back the extra state; call before nt_flow_release. */
void nt_conn_close(struct nt_conn *c, struct nt_flow *f, struct nt_flow_cold *cold);

#include "conn_fast.h" /* the inline functions of the packet path */

#endif
