/* SPDX-License-Identifier: BSD-3-Clause */
#include <string.h>

#include <rte_ether.h>
#include <rte_mbuf.h>
#include <rte_mbuf_dyn.h>

#include <nt_fault.h>

#include "intake.h"

/* Counts are told as often as anybody would look at them. */
#define TELL_NS NT_SEC(1)
/* A stamp this far from our clock is no time of this packet: a step of the wall clock, a card's
 * counter that was reset. */
#define STAMP_ASTRAY_NS NT_SEC(10)
#define TAGS_STRIPPED	(RTE_MBUF_F_RX_VLAN_STRIPPED | RTE_MBUF_F_RX_QINQ_STRIPPED)

static void
count(_Atomic uint64_t *n)
{
	atomic_store_explicit(
		n, atomic_load_explicit(n, memory_order_relaxed) + 1, memory_order_relaxed);
}

static void
push(struct intake *in, unsigned int worker, struct rte_mbuf *m)
{
	if (nt_likely(in->cfg.push(in->cfg.arg, worker, m)))
		return;
	count(mbuf_kind_counts(mbuf_meta(m)->kind) ? &in->lost : &in->incomplete);
	rte_pktmbuf_free(m);
}

/* A handle that has no packet of its own. */
static void
send_handle(struct intake *in, unsigned int worker, const struct mbuf_meta *meta)
{
	struct rte_mbuf *h =
		nt_fault(NT_FAULT_MBUF) ? NULL : rte_pktmbuf_alloc(in->cfg.ports->handles);
	if (nt_unlikely(h == NULL)) {
		count(&in->incomplete);
		return;
	}
	if (in->current != NULL)
		rte_pktmbuf_attach(h, in->current);
	*mbuf_meta(h) = *meta;
	push(in, worker, h);
}

/* distribute_send */
static void
send(void *arg, unsigned int worker, const struct mbuf_meta *meta)
{
	struct intake *in = arg;
	struct rte_mbuf *m = in->current;
	if (m == NULL || !mbuf_kind_counts(meta->kind)) {
		send_handle(in, worker, meta);
		return;
	}
	in->current = NULL;
	/* What the card said is of the outermost headers. */
	m->ol_flags &= ~(RTE_MBUF_F_RX_IP_CKSUM_MASK | RTE_MBUF_F_RX_L4_CKSUM_MASK);
	*mbuf_meta(m) = *meta;
	push(in, worker, m);
}

/* slabs_wait */
static bool
passed(void *arg, uint64_t position)
{
	const struct intake *in = arg;
	return in->cfg.passed(in->cfg.arg, position);
}

int
intake_init(struct intake *in, const struct intake_config *cfg)
{
	*in = (struct intake){ .cfg = *cfg, .clock_ns = cfg->ports->began_ns };
	in->tell_ns = in->clock_ns + TELL_NS;
	const struct distribute_config distribute = {
		.config = cfg->config,
		.workers = cfg->workers,
		.uid_key = cfg->uid_key,
		.send = send,
		.wait = passed,
		.arg = in,
	};
	return distribute_init(&in->distribute, &distribute);
}

void
intake_fini(struct intake *in)
{
	distribute_fini(&in->distribute);
}

/* The whole packet in one mbuf; where there is none to be had, its first piece has to do. */
static struct rte_mbuf *
in_one_piece(struct intake *in, struct rte_mbuf *m)
{
	struct rte_mbuf *whole =
		in->cfg.ports->whole != NULL ? rte_pktmbuf_alloc(in->cfg.ports->whole) : NULL;
	if (whole == NULL || rte_pktmbuf_tailroom(whole) < m->pkt_len) {
		rte_pktmbuf_free(whole);
		count(&in->incomplete);
		return m;
	}
	for (const struct rte_mbuf *piece = m; piece != NULL; piece = piece->next)
		memcpy(rte_pktmbuf_append(whole, piece->data_len),
			rte_pktmbuf_mtod(piece, const void *), piece->data_len);
	whole->ol_flags = m->ol_flags & (RTE_MBUF_F_RX_IP_CKSUM_MASK | RTE_MBUF_F_RX_L4_CKSUM_MASK |
						in->cfg.ports->stamp_flag);
	*RTE_MBUF_DYNFIELD(whole, in->cfg.ports->stamp_offset, rte_mbuf_timestamp_t *) =
		*RTE_MBUF_DYNFIELD(m, in->cfg.ports->stamp_offset, rte_mbuf_timestamp_t *);
	rte_pktmbuf_free(m);
	return whole;
}

/* What the port says of when it came, on the scale of the clock. */
static int64_t
told_by_port(const struct ports *p, const struct port *port, uint64_t stamp)
{
	if (port->time == PORT_TIME_CARD)
		return live_clock_at(&port->card, stamp);
	const int64_t stamp_ns = (int64_t)(stamp * NT_NS_PER_USEC);
	return port->time == PORT_TIME_WALL ? stamp_ns + live_clock_offset_ns(p->cfg.clock)
					    : stamp_ns;
}

/* When it came, and the clock there. */
static int64_t
stamp_of(struct intake *in, const struct port *port, struct rte_mbuf *m)
{
	const struct ports *p = in->cfg.ports;
	in->clock_ns += in->step_ns;
	if (nt_likely(port->time == PORT_TIME_TSC) || (m->ol_flags & p->stamp_flag) == 0)
		return in->clock_ns;
	int64_t stamp_ns = told_by_port(
		p, port, *RTE_MBUF_DYNFIELD(m, p->stamp_offset, rte_mbuf_timestamp_t *));
	if (port->time != PORT_TIME_FILE) {
		/* It can't have come later than now; by the clock's slewing it seems so. */
		stamp_ns = NT_MIN(stamp_ns, in->now_ns);
		if (in->now_ns - stamp_ns > STAMP_ASTRAY_NS)
			stamp_ns = in->clock_ns;
	}
	in->clock_ns = NT_MAX(in->clock_ns, stamp_ns);
	return stamp_ns;
}

static inline void
describe(struct intake *in, const struct port *port, struct rte_mbuf *m, uint64_t position,
	struct mbuf_meta *ret)
{
	const int64_t stamp_ns = stamp_of(in, port, m);
	*ret = (struct mbuf_meta){
		.at = { .position = position, .ts_ns = stamp_ns, .clock_ns = in->clock_ns },
		.data = rte_pktmbuf_mtod(m, const uint8_t *),
		.cap_len = m->data_len,
		.wire_len = m->pkt_len,
		.frame_len = m->pkt_len,
		.link = port->link,
		.kind = MBUF_PACKET,
	};
}

static void
take_apart(struct intake *in, const struct port *port, struct rte_mbuf *m, uint64_t position)
{
	struct mbuf_meta meta;
	describe(in, port, m, position, &meta);
	in->current = m;
	distribute_packet(&in->distribute, &meta);
	in->current = NULL;
}

/*
 * Tags that a port or the kernel took off and only told: they are part of the packet, on the wire
 * and in a capture. If there is no room for them it goes without.
 */
static void
put_tags_back(struct rte_mbuf *m)
{
	const uint64_t off = m->ol_flags;
	m->ol_flags &= ~TAGS_STRIPPED;
	if ((off & RTE_MBUF_F_RX_VLAN_STRIPPED) != 0 && rte_vlan_insert(&m) != 0)
		return;
	if ((off & RTE_MBUF_F_RX_QINQ_STRIPPED) != 0) {
		m->vlan_tci = m->vlan_tci_outer;
		(void)rte_vlan_insert(&m);
	}
}

void
intake_packet(struct intake *in, const struct port *port, struct rte_mbuf *m, uint64_t position)
{
	if (nt_unlikely((m->ol_flags & TAGS_STRIPPED) != 0))
		put_tags_back(m);
	if (nt_unlikely(m->nb_segs > 1))
		m = in_one_piece(in, m);
	const uint8_t *data = rte_pktmbuf_mtod(m, const uint8_t *);
	const struct distribute *d = &in->distribute;
	if (nt_unlikely(!distribute_is_plain(d, data, m->data_len, port->link))) {
		take_apart(in, port, m, position);
		return;
	}
	describe(in, port, m, position, mbuf_meta(m));
	push(in, distribute_steer(d, data, m->data_len, port->link), m);
}

void
intake_tell(struct intake *in, uint64_t position, bool now)
{
	if (!now && in->clock_ns < in->tell_ns)
		return;
	in->tell_ns = in->clock_ns + TELL_NS;
	const struct nt_packet_meta at = {
		.position = position, .ts_ns = in->clock_ns, .clock_ns = in->clock_ns
	};
	distribute_tell(&in->distribute, &at);
}
