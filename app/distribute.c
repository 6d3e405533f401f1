/* SPDX-License-Identifier: BSD-3-Clause */
#include <string.h>

#include <nt_mem.h>

#include "distribute.h"
#include "flow_options.h"

/* Datagrams that workers may be behind with: four pieces of a dozen of the longest ones each. */
#define PIECE_BYTES (1u << 20)
#define PIECES	    4
/* An A-MSDU has up to 11,454 bytes: 60 packets of the least length with their headers. */
#define PARTS_MAX 64

static struct nt_datagrams_config
datagrams_config(const struct nt_config *c)
{
	return (struct nt_datagrams_config){
		.max_datagrams = c->fragments.max_datagrams,
		.max_bytes = c->fragments.max_bytes,
		.timeout_ns = c->fragments.timeout_ns,
	};
}

size_t
distribute_bytes(const struct nt_config *c)
{
	const struct nt_datagrams_config datagrams = datagrams_config(c);
	return tunnels_bytes(c->tunnel.max) + nt_datagrams_bytes(&datagrams) +
	       nt_mem_mapped((size_t)PIECE_BYTES * PIECES);
}

int
distribute_init(struct distribute *d, const struct distribute_config *cfg)
{
	const struct nt_config *c = cfg->config;
	const struct nt_datagrams_config datagrams = datagrams_config(c);
	struct nt_conn_config conn;
	*d = (struct distribute){ .cfg = *cfg };
	nt_encap_config_default(&d->encap);
	flow_options(&conn, c);
	memcpy(d->encap.server_ports, conn.likely_udp.bits, sizeof(d->encap.server_ports));
	int err = steer_init(&d->steer, cfg->workers);
	if (err == 0)
		err = tunnels_init(&d->tunnels, c->tunnel.max, &conn, &cfg->uid_key);
	if (err == 0)
		err = slabs_init(&d->pieces, PIECE_BYTES, PIECES, cfg->wait, cfg->arg);
	if (err != 0)
		return err;
	d->datagrams = nt_datagrams_new(&datagrams, &d->steer.key);
	return d->datagrams != NULL ? 0 : -errno;
}

void
distribute_fini(struct distribute *d)
{
	nt_datagrams_free(d->datagrams);
	tunnels_fini(&d->tunnels);
	if (d->pieces.mem != NULL)
		slabs_fini(&d->pieces);
}

/* To the worker of the packet that e was a look at. */
static void
send(struct distribute *d, const struct nt_encap *e, const struct mbuf_meta *m)
{
	d->cfg.send(d->cfg.arg, steer_ends(&d->steer, &e->src, &e->dst), m);
}

/*
 * Room for len bytes until every worker has passed this position and whatever has it; NULL when
 * asked to stop. What is left for new room is said to last up to this position, one more than it
 * has to, as counts come behind the packet whose position they have.
 */
static uint8_t *
take_room(struct distribute *d, size_t len, uint64_t position)
{
	if (slabs_room(&d->pieces) < len && slabs_turn(&d->pieces, position, NULL, 0) == NULL)
		return NULL;
	return d->pieces.at;
}

/* False: there is no datagram yet. Else m is the datagram. */
static bool
reassemble(struct distribute *d, const struct nt_encap *e, struct mbuf_meta *m)
{
	uint8_t *out = take_room(d, NT_DATAGRAM_MAX, m->at.position);
	if (out == NULL)
		return false;
	const uint32_t len = nt_datagrams_add(d->datagrams, &e->fragment, m->at.clock_ns, out);
	if (len == 0)
		return false;
	d->pieces.at += len;
	m->data = out;
	m->cap_len = m->wire_len = len;
	return true;
}

/* The connection of a tunnel's packet, or of one that might have been a tunnel's. */
static struct tunnel_outer
outer_connection(struct distribute *d, const struct mbuf_meta *m, const struct nt_encap *e)
{
	struct nt_packet p;
	if (nt_packet_decode(&p, m->data, m->cap_len, m->wire_len, m->link) != NT_PACKET_OK)
		return (struct tunnel_outer){ .given_up = true };
	return tunnels_udp(&d->tunnels, &p, &m->at, e);
}

/* Where we are in a packet. */
struct walk {
	struct mbuf_meta m; /* what it is now */
	unsigned int depth; /* of tunnels entered */
	enum nt_tunnel parent; /* the last of them */
};

static bool
may_enter(struct distribute *d, struct walk *w, const struct nt_encap *e)
{
	const enum nt_tunnel t = (enum nt_tunnel)e->tunnel;
	if (w->depth < d->cfg.config->tunnel.max_depth && nt_encap_nests(w->depth, w->parent, t))
		return true;
	d->too_deep++;
	if (e->udp && nt_encap_gives_up(t))
		w->m.tunnel = MBUF_TOO_DEEP;
	return false;
}

/* w becomes what is inside; false where it is not to be looked into. */
static bool
enter(struct distribute *d, struct walk *w, const struct nt_encap *e)
{
	struct tunnel_outer outer = { .token = 0 };
	if (!may_enter(d, w, e))
		return false;
	if (e->udp) {
		struct mbuf_meta copy = w->m;
		outer = outer_connection(d, &w->m, e);
		if (outer.given_up)
			return false;
		copy.kind = MBUF_OUTER;
		copy.tunnel = outer.confirmed ? e->tunnel : NT_TUNNEL_NONE;
		send(d, e, &copy);
	}
	if (nt_encap_parent_is_pair(e))
		outer.token = tunnels_pair(&d->tunnels, &e->src, &e->dst, e->proto, &w->m.at);
	w->depth++;
	w->parent = (enum nt_tunnel)e->tunnel;
	w->m.at.tunnel = outer.token;
	w->m.data = e->inner;
	w->m.cap_len = e->inner_cap_len;
	w->m.wire_len = e->inner_wire_len;
	w->m.link = (uint16_t)e->inner_link;
	return true;
}

/* What is damaged is no part of a datagram, and nothing is inside: its worker says why. */
static bool
is_sound(const struct distribute *d, const struct mbuf_meta *m)
{
	struct nt_packet p;
	if (d->cfg.config->checksums != NT_CONFIG_CHECKSUMS_VERIFY)
		return true;
	nt_packet_decode(&p, m->data, m->cap_len, m->wire_len, m->link);
	nt_packet_verify(&p);
	return p.reason != NT_PACKET_BAD_CHECKSUM && (p.flags & NT_PKT_BAD_CHECKSUM) == 0;
}

static void walk(struct distribute *d, struct walk w);

/*
 * Several packets in a frame: the last one counts as the frame's, of the others only what their
 * connections count. No part of an aggregate is an aggregate.
 */
static void
walk_parts(struct distribute *d, const struct walk *whole, const struct nt_encap *first)
{
	struct nt_encap e = *first;
	struct walk w = *whole;
	for (unsigned int i = 1;; i++) {
		const bool last = e.rest_cap_len == 0 || i == PARTS_MAX;
		w.m.data = e.inner;
		w.m.cap_len = e.inner_cap_len;
		w.m.wire_len = e.inner_wire_len;
		w.m.link = (uint16_t)e.inner_link;
		w.m.kind = last ? whole->m.kind : MBUF_OUTER;
		if (last || w.m.cap_len != 0)
			walk(d, w);
		if (last)
			return;
		nt_encap_look(
			&e, &d->encap, e.rest, e.rest_cap_len, e.rest_wire_len, NT_LINK_AMSDU);
	}
}

/*
 * Each round either ends it, or enters a tunnel, or completes a datagram, which is no fragment any
 * more: at most two rounds for each tunnel that may be entered.
 */
static void
walk(struct distribute *d, struct walk w)
{
	struct nt_encap e;
	for (;;) {
		const struct mbuf_meta *m = &w.m;
		nt_encap_look(&e, &d->encap, m->data, m->cap_len, m->wire_len, m->link);
		if (e.kind != NT_ENCAP_NONE && !is_sound(d, m)) {
			send(d, &e, m);
			return;
		}
		if (e.kind == NT_ENCAP_AGGREGATE) {
			walk_parts(d, &w, &e);
			return;
		}
		if (e.kind == NT_ENCAP_FRAGMENT) {
			if (reassemble(d, &e, &w.m))
				continue;
			if (m->kind != MBUF_PACKET)
				return;
			w.m.kind = MBUF_FRAGMENT;
		} else if (e.kind == NT_ENCAP_TUNNEL) {
			if (enter(d, &w, &e))
				continue;
		} else if (e.udp) {
			/* The tunnel's connection begins with its first packet, valid or not. */
			const struct tunnel_outer outer = outer_connection(d, m, &e);
			w.m.tunnel = outer.confirmed ? e.tunnel : NT_TUNNEL_NONE;
		}
		send(d, &e, m);
		return;
	}
}

void
distribute_packet(struct distribute *d, const struct mbuf_meta *captured)
{
	walk(d, (struct walk){ .m = *captured });
}

void
distribute_clear(struct distribute *d)
{
	nt_datagrams_clear(d->datagrams);
	tunnels_clear(&d->tunnels);
}

static void
set(struct distribute_counts *c, enum nt_counter counter, uint64_t n)
{
	c->n[counter - DISTRIBUTE_FIRST] = n;
}

static void
count(const struct distribute *d, struct distribute_counts *ret)
{
	struct nt_datagrams_stats s;
	nt_datagrams_stats(d->datagrams, &s);
	set(ret, NT_COUNTER_TUNNELS_TOO_DEEP, d->too_deep);
	set(ret, NT_COUNTER_TUNNELS_EVICTED, d->tunnels.evicted);
	set(ret, NT_COUNTER_DATAGRAMS_COMPLETED, s.completed);
	set(ret, NT_COUNTER_DATAGRAMS_TIMED_OUT, s.timed_out);
	set(ret, NT_COUNTER_DATAGRAMS_EVICTED, s.evicted);
	set(ret, NT_COUNTER_FRAGMENTS_OVERLAPPING, s.overlaps);
	set(ret, NT_COUNTER_FRAGMENTS_REPEATED, s.repeats);
	set(ret, NT_COUNTER_FRAGMENTS_REFUSED, s.refused);
}

void
distribute_tell(struct distribute *d, const struct nt_packet_meta *at)
{
	struct distribute_counts now, since;
	count(d, &now);
	if (memcmp(&now, &d->told, sizeof(now)) == 0)
		return;
	uint8_t *room = take_room(d, sizeof(since), at->position);
	if (room == NULL)
		return;
	for (unsigned int i = 0; i < DISTRIBUTE_COUNTERS; i++)
		since.n[i] = now.n[i] - d->told.n[i];
	d->told = now;
	memcpy(room, &since, sizeof(since));
	d->pieces.at += sizeof(since);
	const struct mbuf_meta m = { .at = *at, .data = room, .kind = MBUF_COUNTS };
	d->cfg.send(d->cfg.arg, 0, &m);
}
