/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The packet path, staged over the burst: every stage touches memory that the one before has asked
 * for. Stage 1 decodes and makes keys; stage 2 hashes them and prefetches buckets; stage 3 reads
 * buckets and prefetches flows; stage 4 does the work, packet by packet, for flows begin and end in
 * between.
 */
#include <netinet/in.h>
#include <netinet/tcp.h>

#include <nt_encap.h>
#include <nt_neighbour.h>

#include "worker_priv.h"

struct staged {
	struct nt_flow_key key;
	uint64_t hash;
	bool src_is_lo;
	bool keyed;
};

/*
 * All of it was written on another core. First what is said of the bytes, then
 * the two lines that hold the headers of most packets.
 */
static void
stage_fetch(struct rte_mbuf **mbufs, unsigned int n)
{
	for (unsigned int i = 0; i < n; i++)
		nt_prefetch(mbuf_meta(mbufs[i]));
	for (unsigned int i = 0; i < n; i++) {
		/* An epoch's marker has none, and nothing is as good as anything to prefetch. */
		const uintptr_t data = (uintptr_t)mbuf_meta(mbufs[i])->data;
		nt_prefetch((const void *)data);
		nt_prefetch((const void *)(data + NT_CACHE_LINE));
	}
}

static void
stage_decode(struct worker *w, struct rte_mbuf **mbufs, unsigned int n, struct staged *s)
{
	for (unsigned int i = 0; i < n; i++) {
		struct nt_packet *p = &w->packets[i];
		const struct mbuf_meta *meta = mbuf_meta(mbufs[i]);
		s[i].keyed = false;
		if (nt_unlikely(meta->kind > MBUF_OUTER))
			continue;
		nt_packet_decode(p, meta->data, meta->cap_len, meta->wire_len, meta->link);
		if (nt_unlikely(meta->kind == MBUF_OUTER))
			p->payload_captured = 0;
		s[i].keyed = p->reason == NT_PACKET_OK;
		if (!s[i].keyed)
			continue;
		s[i].src_is_lo = nt_flow_key_of(&s[i].key, p);
	}
}

/* What is wrong with packets that were keyed already; a card's word is in the mbuf (offline: none).
 */
static void
stage_verify(struct worker *w, struct rte_mbuf **mbufs, unsigned int n, struct staged *s)
{
	for (unsigned int i = 0; i < n; i++) {
		struct nt_packet *p = &w->packets[i];
		if (mbuf_meta(mbufs[i])->kind != MBUF_PACKET)
			continue;
		if (w->config->checksums == NT_CONFIG_CHECKSUMS_VERIFY)
			nt_packet_verify(p);
		else
			nt_packet_verified(p,
				(mbufs[i]->ol_flags & RTE_MBUF_F_RX_IP_CKSUM_MASK) !=
					RTE_MBUF_F_RX_IP_CKSUM_BAD,
				(mbufs[i]->ol_flags & RTE_MBUF_F_RX_L4_CKSUM_MASK) !=
					RTE_MBUF_F_RX_L4_CKSUM_BAD);
		s[i].keyed = p->reason == NT_PACKET_OK;
	}
}

/*
 * A loop of its own: hashing a key right after it was made stalls on its stores (measured: 5 to 7
 * cycles a packet here against 30 to 60 there).
 */
static void
stage_hash(struct worker *w, unsigned int n, struct staged *s)
{
	for (unsigned int i = 0; i < n; i++) {
		if (nt_unlikely(!s[i].keyed))
			continue;
		s[i].hash = nt_flow_hash(w->flows, &s[i].key);
		nt_flow_prefetch_bucket(w->flows, s[i].hash);
	}
}

static void
stage_lookup(struct worker *w, unsigned int n, const struct staged *s)
{
	for (unsigned int i = 0; i < n; i++)
		if (nt_likely(s[i].keyed))
			nt_flow_prefetch_entry(w->flows, s[i].hash);
}

/* A known connection takes the packet; NT_FLOW_NONE where the packet begins another one instead. */
static inline __attribute__((always_inline)) uint32_t
continue_flow(struct worker *w, uint32_t idx, const struct nt_packet *p,
	const struct nt_packet_meta *at, bool src_is_lo)
{
	struct nt_flow *f = nt_flow_at(w->flows, idx);
	struct nt_flow_cold *cold = nt_flow_cold_at(w->flows, idx);
	if (nt_unlikely(at->clock_ns >= f->deadline_ns)) {
		if (nt_conn_timers(w->conn, f, cold, at->clock_ns) == NT_CONN_END) {
			flow_end(w, idx);
			return NT_FLOW_NONE;
		}
		nt_flow_schedule(w->flows, idx, f->deadline_ns);
	}
	const int64_t deadline_ns = f->deadline_ns;
	const enum nt_conn_verdict v = nt_conn_packet(w->conn, f, cold, p, at, src_is_lo);
	if (nt_unlikely(v != NT_CONN_KEEP)) {
		flow_end(w, idx);
		return v == NT_CONN_REUSE ? NT_FLOW_NONE : idx;
	}
	if (nt_unlikely(f->deadline_ns < deadline_ns))
		nt_flow_schedule(w->flows, idx, f->deadline_ns);
	return idx;
}

/* Payload, or the end of it. */
static inline bool
carries_something(const struct nt_packet *p)
{
	return (p->payload_len | (p->tcp_flags & (TH_FIN | TH_RST))) != 0;
}

/* Around what looks into payload: the rest is the connection's stage. */
static inline void
names_begin(struct worker *w)
{
	worker_timers_lap(w->timers, WORKER_STAGE_FLOW);
}

static inline void
names_end(struct worker *w)
{
	worker_timers_lap(w->timers, WORKER_STAGE_NAMES);
}

/* Tunnels' connections come here too, which is no reason to call it for all others. */
static inline __attribute__((always_inline)) uint32_t
process_keyed(struct worker *w, const struct nt_packet *p, const struct nt_packet_meta *at,
	const struct staged *s)
{
	uint32_t idx = nt_flow_find(w->flows, &s->key, s->hash);
	if (nt_likely(idx != NT_FLOW_NONE))
		idx = continue_flow(w, idx, p, at, s->src_is_lo);
	if (idx == NT_FLOW_NONE)
		idx = flow_begin(w, p, at, &s->key, s->hash, s->src_is_lo);
	if (nt_unlikely(idx == NT_FLOW_NONE))
		return idx;
	if (p->proto == IPPROTO_UDP) {
		const unsigned int uses = w->port_use[p->sport] | w->port_use[p->dport];
		if (nt_unlikely(uses != PORT_NONE) && !(p->flags & NT_PKT_BAD_CHECKSUM)) {
			names_begin(w);
			names_packet(w, p, at, idx, s->src_is_lo, (enum port_use)(uses & -uses));
			names_end(w);
		} else if ((nt_flow_at(w->flows, idx)->stream & QUIC_DECIDED) == 0) {
			names_begin(w);
			quic_packet(w, p, at, idx, s->src_is_lo);
			names_end(w);
		}
	} else if (carries_something(p)) {
		if (nt_unlikely(p->proto != IPPROTO_TCP)) {
			if (nt_neighbour_is_nd(p))
				hosts_neighbour(w, p, at);
		} else {
			const struct nt_flow *f = nt_flow_at(w->flows, idx);
			if ((f->stream & STREAM_CLOSED) == 0) {
				names_begin(w);
				streams_packet(w, p, at, idx, s->src_is_lo);
				names_end(w);
			} else if (nt_unlikely(f->stream == STREAM_HOSTS)) {
				names_begin(w);
				hosts_of_packet(w, p, at, idx, s->src_is_lo);
				names_end(w);
			}
		}
	}
	return idx;
}

/* Nothing of mine lies between the packet before this position and it. */
static void
reach(struct worker *w, uint64_t position)
{
	w->done.position = position - 1;
}

/* The service of a tunnel's connection that has been confirmed to be one. */
static const uint16_t tunnel_services[NT_TUNNELS] = {
	[NT_TUNNEL_TEREDO] = NT_SERVICE_TEREDO,
	[NT_TUNNEL_AYIYA] = NT_SERVICE_AYIYA,
	[NT_TUNNEL_GTPV1] = NT_SERVICE_GTPV1,
	[NT_TUNNEL_VXLAN] = NT_SERVICE_VXLAN,
	[NT_TUNNEL_GENEVE] = NT_SERVICE_GENEVE,
};

static void
note_tunnel(struct worker *w, uint32_t idx, uint8_t tunnel)
{
	if (idx == NT_FLOW_NONE)
		return;
	struct nt_flow_cold *cold = nt_flow_cold_at(w->flows, idx);
	if (tunnel == MBUF_TOO_DEEP)
		nt_conn_evicted(w->conn, nt_flow_at(w->flows, idx), cold);
	else
		nt_conn_service(cold, tunnel_services[tunnel]);
}

/* A tunnel's own connection takes the packet; what is inside counts where it goes. */
static void
process_outer(struct worker *w, const struct mbuf_meta *meta, const struct nt_packet *p,
	const struct staged *s)
{
	reach(w, meta->at.position);
	count(w, NT_COUNTER_TUNNEL_COPIES, 1);
	if (s->keyed)
		note_tunnel(w, process_keyed(w, p, &meta->at, s), meta->tunnel);
}

static void
process_other(struct worker *w, const struct mbuf_meta *meta, const struct nt_packet *p,
	const struct staged *s)
{
	if (meta->kind == MBUF_OUTER)
		process_outer(w, meta, p, s);
	else if (meta->kind == MBUF_COUNTS)
		add_distribute_counts(w, meta->data);
	else
		marker_packet(w, (enum mbuf_kind)meta->kind, &meta->at);
}

static void
process_one(struct worker *w, struct rte_mbuf *m, const struct nt_packet *p, const struct staged *s)
{
	const struct mbuf_meta *meta = mbuf_meta(m);
	enum nt_packet_reason reason = (enum nt_packet_reason)p->reason;
	if (nt_unlikely(meta->kind != MBUF_PACKET)) {
		if (meta->kind != MBUF_FRAGMENT) {
			process_other(w, meta, p, s);
			return;
		}
		reason = NT_PACKET_FRAGMENT;
		reach(w, meta->at.position);
		fragment_packet(w, meta);
	}
	reach(w, meta->at.position);
	/* One by one, for a marker may come next that reads them. */
	count(w, NT_COUNTER_PACKETS, 1);
	count(w, NT_COUNTER_PACKET_BYTES, meta->frame_len);
	count(w, (enum nt_counter)(NT_COUNTER_PACKETS_OK + reason), 1);
	count(w, NT_COUNTER_TUNNELED, meta->at.tunnel != 0);
	if (nt_likely(s->keyed)) {
		const uint32_t idx = process_keyed(w, p, &meta->at, s);
		if (nt_unlikely(meta->tunnel != NT_TUNNEL_NONE))
			note_tunnel(w, idx, meta->tunnel);
	} else if (reason == NT_PACKET_NOT_IP && nt_neighbour_is_arp(p)) {
		hosts_neighbour(w, p, &meta->at);
	}
	w->done = (struct nt_mark_value){ .position = meta->at.position,
		.clock_ns = meta->at.clock_ns };
}

void
worker_process(struct worker *w, struct rte_mbuf **mbufs, unsigned int n)
{
	struct staged s[WORKER_BURST];
	stage_fetch(mbufs, n);
	worker_timers_lap(w->timers, WORKER_STAGE_RX);
	stage_decode(w, mbufs, n, s);
	if (w->config->checksums != NT_CONFIG_CHECKSUMS_IGNORE)
		stage_verify(w, mbufs, n, s);
	worker_timers_lap(w->timers, WORKER_STAGE_DECODE);
	stage_hash(w, n, s);
	stage_lookup(w, n, s);
	worker_timers_lap(w->timers, WORKER_STAGE_LOOKUP);
	for (unsigned int i = 0; i < n; i++)
		process_one(w, mbufs[i], &w->packets[i], &s[i]);
	worker_timers_lap(w->timers, WORKER_STAGE_FLOW);
}
