/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The packet path, staged over groups of a burst: every stage touches memory that the one before
 * has asked for, while other groups are worked on. Stage 1 decodes and makes keys, hashes them and
 * asks for buckets; stage 2 reads buckets and asks for flows; stage 3 does the work, packet by
 * packet, for flows begin and end in between.
 *
 * Most packets are segments (nt_segment.h) of connections that go on in order, and nobody wants
 * their payload: they are never decoded whole. What turns out to be another case is decoded then,
 * and goes the way of all others.
 */
#include <netinet/in.h>
#include <netinet/tcp.h>

#include <nt_encap.h>
#include <nt_neighbour.h>

#include "worker_priv.h"

enum {
	STAGED_NO_KEY,
	STAGED_PACKET, /* decoded, in w->packets */
	STAGED_SEGMENT, /* not decoded yet */
};

struct staged {
	struct nt_segment segment; /* of STAGED_SEGMENT */
	uint32_t idx; /* where the connection probably is, or NT_FLOW_NONE */
	uint8_t kind; /* STAGED_* */
	bool src_is_lo;
};

/*
 * Packets of a burst that are in the same stage. While one group is worked on, the two lines of
 * each flow of the next one and the buckets of the one after that are on their way, 3 * 7 lines: a
 * core has some 24 places for lines that it waits for (Zen 4; others 10 to 48), and what is asked
 * for beyond is forgotten (docs/benchmarks.md). Smaller groups are worked on before lines come.
 */
#define GROUP  7
#define GROUPS ((WORKER_BURST + GROUP - 1) / GROUP)
struct group {
	unsigned int from, to;
};

/* A burst on its way through the stages, and what it adds to the counters. */
struct burst {
	struct nt_flow_lookup lookups[WORKER_BURST];
	struct staged staged[WORKER_BURST];
	/* Of a group as of stage 2: idx can be relied on as long as it is the same. */
	uint32_t unlinks[GROUPS];
	uint64_t packets, bytes, ok;
	uint64_t segments; /* packets that are ok, beside those */
};

/* All of it was written on another core. First what is said of the bytes. */
static void
fetch_metas(struct rte_mbuf **mbufs, unsigned int n)
{
	for (unsigned int i = 0; i < n; i++)
		nt_prefetch(mbuf_meta(mbufs[i]));
}

/* Then the headers of most packets: in one line where they begin one, as a port has it. */
static void
stage_fetch(struct rte_mbuf **mbufs, struct group g)
{
	for (unsigned int i = g.from; i < g.to; i++) {
		/* An epoch's marker has none, and nothing is as good as anything to prefetch. */
		const uintptr_t data = (uintptr_t)mbuf_meta(mbufs[i])->data;
		nt_prefetch((const void *)data);
		nt_prefetch((const void *)(data + NT_CACHE_LINE - 1));
	}
}

/* The link type, MBUF_PACKET and no tunnel of its own, as one word. */
static inline bool
is_ordinary(const struct mbuf_meta *meta)
{
	static const struct {
		uint16_t link;
		uint8_t kind, tunnel;
	} ordinary = { NT_LINK_ETHERNET, MBUF_PACKET, NT_TUNNEL_NONE };
	static_assert(
		offsetof(struct mbuf_meta, kind) == offsetof(struct mbuf_meta, link) + 2 &&
			offsetof(struct mbuf_meta, tunnel) == offsetof(struct mbuf_meta, link) + 3,
		"one word");
	return memcmp(&meta->link, &ordinary, sizeof(ordinary)) == 0 && meta->at.tunnel == 0;
}

static void
decode_packet(struct worker *w, const struct mbuf_meta *meta, unsigned int i)
{
	nt_packet_decode(
		&w->packets[i], meta->data, meta->cap_len, meta->wire_len, (int)meta->link);
}

static void
stage_packet(struct worker *w, const struct mbuf_meta *meta, unsigned int i, struct burst *b)
{
	struct nt_packet *p = &w->packets[i];
	struct staged *s = &b->staged[i];
	s->kind = STAGED_NO_KEY;
	b->lookups[i].key = (struct nt_flow_key){ 0 };
	if (meta->kind > MBUF_OUTER)
		return;
	decode_packet(w, meta, i);
	if (meta->kind == MBUF_OUTER)
		p->payload_captured = 0;
	if (p->reason != NT_PACKET_OK)
		return;
	s->kind = STAGED_PACKET;
	s->src_is_lo = nt_flow_key_of(&b->lookups[i].key, p);
}

/* What is wrong with packets that were keyed already; a card's word is in the mbuf (offline: none).
 */
static void
verify_group(struct worker *w, struct rte_mbuf **mbufs, struct group g, struct burst *b)
{
	for (unsigned int i = g.from; i < g.to; i++) {
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
		if (p->reason != NT_PACKET_OK)
			b->staged[i].kind = STAGED_NO_KEY;
	}
}

static void
stage_decode(struct worker *w, struct rte_mbuf **mbufs, struct group g, struct burst *b)
{
	/* What a checksum says of a packet is a packet's, not a segment's. */
	const bool segments = w->config->checksums == NT_CONFIG_CHECKSUMS_IGNORE;
	for (unsigned int i = g.from; i < g.to; i++) {
		const struct mbuf_meta *meta = mbuf_meta(mbufs[i]);
		struct staged *s = &b->staged[i];
		if (nt_likely(segments && is_ordinary(meta) &&
			      nt_segment_find(&s->segment, &b->lookups[i].key, &s->src_is_lo,
				      meta->data, meta->cap_len)))
			s->kind = STAGED_SEGMENT;
		else
			stage_packet(w, meta, i, b);
	}
	if (nt_unlikely(!segments))
		verify_group(w, mbufs, g, b);
}

static void
stage_hash(struct worker *w, struct group g, struct burst *b)
{
	nt_flow_hash_burst(w->flows, &b->lookups[g.from], g.to - g.from);
}

/* Of what has no key as well: so few that asking costs more. */
static void
stage_lookup(struct worker *w, struct group g, struct burst *b)
{
	for (unsigned int i = g.from; i < g.to; i++) {
		b->staged[i].idx = nt_flow_prefetch_entry(w->flows, b->lookups[i].hash);
		if (nt_unlikely(b->staged[i].idx == NT_FLOW_NONE))
			nt_flow_prefetch_insert(w->flows);
	}
	b->unlinks[g.from / GROUP] = nt_flow_unlinks(w->flows);
}

/* So many packets before their turn: what is worked on meanwhile is enough for a line to come. */
#define COLD_AHEAD 2

/*
 * The flow is there, or nearly: its cold part is asked for if a segment will begin something new in
 * it, or somebody waits for its payload, and for all datagrams.
 */
static inline void
fetch_cold(const struct worker *w, const struct staged *s)
{
	if (nt_unlikely(s->kind == STAGED_NO_KEY || s->idx == NT_FLOW_NONE))
		return;
	const struct nt_flow *f = nt_flow_at(w->flows, s->idx);
	if (nt_unlikely(s->kind == STAGED_PACKET || nt_conn_wants_cold(f, &s->segment) ||
			((s->segment.payload_len != 0) & (f->stream != STREAM_CLOSED))))
		nt_flow_prefetch_cold(w->flows, s->idx);
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
	/* It may end soon, and then be scheduled again. */
	if (nt_unlikely((p->tcp_flags & (TH_FIN | TH_RST)) != 0))
		nt_flow_prefetch_scheduled(w->flows, idx);
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

static inline void
look_into_tcp(struct worker *w, const struct nt_packet *p, const struct nt_packet_meta *at,
	uint32_t idx, bool src_is_lo)
{
	const uint8_t stream = nt_flow_at(w->flows, idx)->stream;
	if (nt_likely(stream == STREAM_CLOSED))
		return;
	names_begin(w);
	if (stream == STREAM_HOSTS)
		hosts_of_packet(w, p, at, idx, src_is_lo);
	else
		streams_packet(w, p, at, idx, src_is_lo);
	names_end(w);
}

/* Tunnels' connections come here too, which is no reason to call it for all others. */
static inline __attribute__((always_inline)) uint32_t
process_keyed(struct worker *w, const struct nt_packet *p, const struct nt_packet_meta *at,
	const struct nt_flow_lookup *l, bool src_is_lo)
{
	uint32_t idx = nt_flow_find(w->flows, &l->key, l->hash);
	if (nt_likely(idx != NT_FLOW_NONE))
		idx = continue_flow(w, idx, p, at, src_is_lo);
	if (idx == NT_FLOW_NONE)
		idx = flow_begin(w, p, at, &l->key, l->hash, src_is_lo);
	if (nt_unlikely(idx == NT_FLOW_NONE))
		return idx;
	if (p->proto == IPPROTO_UDP) {
		const unsigned int uses = w->port_use[p->sport] | w->port_use[p->dport];
		if (nt_unlikely(uses != PORT_NONE) && !(p->flags & NT_PKT_BAD_CHECKSUM)) {
			names_begin(w);
			names_packet(w, p, at, idx, src_is_lo, (enum port_use)(uses & -uses));
			names_end(w);
		} else if ((nt_flow_at(w->flows, idx)->stream & QUIC_DECIDED) == 0) {
			names_begin(w);
			quic_packet(w, p, at, idx, src_is_lo);
			names_end(w);
		}
	} else if (carries_something(p)) {
		if (nt_likely(p->proto == IPPROTO_TCP))
			look_into_tcp(w, p, at, idx, src_is_lo);
		else if (nt_neighbour_is_nd(p))
			hosts_neighbour(w, p, at);
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
process_outer(struct worker *w, const struct mbuf_meta *meta, const struct burst *b, unsigned int i)
{
	reach(w, meta->at.position);
	count(w, NT_COUNTER_TUNNEL_COPIES, 1);
	if (b->staged[i].kind != STAGED_NO_KEY)
		note_tunnel(w,
			process_keyed(w, &w->packets[i], &meta->at, &b->lookups[i],
				b->staged[i].src_is_lo),
			meta->tunnel);
}

/* Before a marker reads the counters, and at the end of the burst. */
static void
add_counts(struct worker *w, struct burst *b)
{
	count(w, NT_COUNTER_PACKETS, b->packets + b->segments);
	count(w, NT_COUNTER_PACKET_BYTES, b->bytes);
	count(w, NT_COUNTER_PACKETS_OK, b->ok + b->segments);
	b->packets = b->bytes = b->ok = b->segments = 0;
}

static void
process_other(struct worker *w, const struct mbuf_meta *meta, struct burst *b, unsigned int i)
{
	add_counts(w, b);
	if (meta->kind == MBUF_OUTER)
		process_outer(w, meta, b, i);
	else if (meta->kind == MBUF_COUNTS)
		add_distribute_counts(w, meta->data);
	else
		marker_packet(w, (enum mbuf_kind)meta->kind, &meta->at);
}

static void
count_packet(
	struct worker *w, const struct mbuf_meta *meta, const struct nt_packet *p, struct burst *b)
{
	const bool fragment = meta->kind == MBUF_FRAGMENT;
	const enum nt_packet_reason reason =
		fragment ? NT_PACKET_FRAGMENT : (enum nt_packet_reason)p->reason;
	b->packets++;
	b->bytes += meta->frame_len;
	if (nt_likely(reason == NT_PACKET_OK))
		b->ok++;
	else
		count(w, (enum nt_counter)(NT_COUNTER_PACKETS_OK + reason), 1);
	count(w, NT_COUNTER_TUNNELED, meta->at.tunnel != 0);
}

static void
process_packet(struct worker *w, const struct mbuf_meta *meta, struct burst *b, unsigned int i)
{
	const struct staged *s = &b->staged[i];
	const struct nt_packet *p = &w->packets[i];
	if (nt_unlikely(meta->kind != MBUF_PACKET && meta->kind != MBUF_FRAGMENT)) {
		process_other(w, meta, b, i);
		return;
	}
	if (s->kind == STAGED_SEGMENT)
		decode_packet(w, meta, i);
	reach(w, meta->at.position);
	count_packet(w, meta, p, b);
	if (nt_likely(s->kind != STAGED_NO_KEY)) {
		const uint32_t idx = process_keyed(w, p, &meta->at, &b->lookups[i], s->src_is_lo);
		if (nt_unlikely(meta->tunnel != NT_TUNNEL_NONE))
			note_tunnel(w, idx, meta->tunnel);
	} else if (meta->kind == MBUF_FRAGMENT) {
		fragment_packet(w, meta);
	} else if (p->reason == NT_PACKET_NOT_IP && nt_neighbour_is_arp(p)) {
		hosts_neighbour(w, p, &meta->at);
	}
	w->done = (struct nt_mark_value){ .position = meta->at.position,
		.clock_ns = meta->at.clock_ns };
}

/*
 * What is looked at of payload that has come in order, set and nothing else. Kept out of the way of
 * segments of which nothing is.
 */
static __attribute__((noinline)) void
look_into_segment(struct worker *w, const struct nt_packet_meta *at, const struct staged *s,
	struct nt_packet *p)
{
	p->flags = 0;
	p->tcp_flags = nt_segment_flags(&s->segment);
	p->seq = nt_segment_seq(&s->segment);
	p->payload_len = p->payload_captured = s->segment.payload_len;
	p->payload = nt_segment_payload(&s->segment);
	reach(w, at->position);
	look_into_tcp(w, p, at, s->idx, s->src_is_lo);
}

/*
 * A segment that is all there is to say of it: the connection found in stage 2 goes on in order.
 * False: nothing was done. The caller counts it.
 */
static inline bool
process_segment(struct worker *w, const struct mbuf_meta *meta, struct burst *b, unsigned int i)
{
	const struct staged *s = &b->staged[i];
	if (nt_unlikely(s->kind != STAGED_SEGMENT || s->idx == NT_FLOW_NONE))
		return false;
	struct nt_flow *f = nt_flow_at(w->flows, s->idx);
	if (nt_unlikely(!nt_flow_key_equal(&f->key, &b->lookups[i].key) ||
			meta->at.clock_ns >= f->deadline_ns))
		return false;
	if (nt_unlikely(!nt_conn_segment(w->conn, f, nt_flow_cold_at(w->flows, s->idx), &s->segment,
		    &meta->at, s->src_is_lo)))
		return false;
	if (nt_unlikely((s->segment.payload_len != 0) & (f->stream != STREAM_CLOSED)))
		look_into_segment(w, &meta->at, s, &w->packets[i]);
	b->bytes += meta->frame_len;
	w->done = (struct nt_mark_value){ .position = meta->at.position,
		.clock_ns = meta->at.clock_ns };
	return true;
}

static void
stage_process(struct worker *w, struct rte_mbuf **mbufs, struct group g, struct burst *b)
{
	const uint32_t *unlinks = &b->unlinks[g.from / GROUP];
	/* What stage 2 found. */
	bool reliable = *unlinks == nt_flow_unlinks(w->flows);
	unsigned int counted = g.from;
	for (unsigned int i = g.from; i < g.to; i++) {
		const struct mbuf_meta *meta = mbuf_meta(mbufs[i]);
		if (i + COLD_AHEAD < g.to)
			fetch_cold(w, &b->staged[i + COLD_AHEAD]);
		if (nt_likely(reliable && process_segment(w, meta, b, i)))
			continue;
		b->segments += i - counted;
		counted = i + 1;
		process_packet(w, meta, b, i);
		reliable = *unlinks == nt_flow_unlinks(w->flows);
	}
	b->segments += g.to - counted;
}

/* The group that begins there, of a burst of n. */
static inline struct group
group_at(unsigned int from, unsigned int n)
{
	return (struct group){ from, NT_MIN(from + GROUP, n) };
}

void
worker_process(struct worker *w, struct rte_mbuf **mbufs, unsigned int n)
{
	struct burst b;
	b.packets = b.bytes = b.ok = b.segments = 0;
	const bool far = !w->cfg.rx->near; /* else asking is 14 instructions a packet for nothing */
	if (far) {
		fetch_metas(mbufs, n);
		stage_fetch(mbufs, group_at(0, n));
	}
	worker_timers_lap(w->timers, WORKER_STAGE_RX);
	for (unsigned int at = 0; at < n + 2 * GROUP; at += GROUP) {
		if (far && at + GROUP < n)
			stage_fetch(mbufs, group_at(at + GROUP, n));
		if (at < n)
			stage_decode(w, mbufs, group_at(at, n), &b);
		worker_timers_lap(w->timers, WORKER_STAGE_DECODE);
		if (at < n)
			stage_hash(w, group_at(at, n), &b);
		if (at >= GROUP && at < n + GROUP)
			stage_lookup(w, group_at(at - GROUP, n), &b);
		worker_timers_lap(w->timers, WORKER_STAGE_LOOKUP);
		if (at >= 2 * GROUP)
			stage_process(w, mbufs, group_at(at - 2 * GROUP, n), &b);
		worker_timers_lap(w->timers, WORKER_STAGE_FLOW);
	}
	add_counts(w, &b);
	worker_timers_lap(w->timers, WORKER_STAGE_FLOW);
}
