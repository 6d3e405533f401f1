/* SPDX-License-Identifier: BSD-3-Clause */
#include <stdlib.h>
#include <string.h>

#include <rte_cycles.h>
#include <rte_ethdev.h>

#include "intake.h"
#include "live_position.h"
#include "rx_port.h"

/* Handles of one look at the queues: packets, and the outer ones of those in tunnels. */
#define PENDING 1024
/* Outer handles leave this much room: one for each packet, and counts. */
#define RESERVED (RX_BURST + 1)
/* After the stop, queues that do not run empty are given up. */
#define DRAIN_NS (NT_NS_PER_SEC / 5)

struct rx_port {
	struct rx rx;
	struct rx_port_config cfg;
	struct intake intake;
	unsigned int next; /* port that is looked at first */
	uint64_t unit; /* of the last look that found something */
	uint64_t last; /* position handed out */
	uint64_t drain_until; /* TSC; 0: not stopped yet */
	bool ended;
	unsigned int first, count; /* pending[first .. count) */
	struct rte_mbuf *pending[PENDING];
};

/* intake_push */
static bool
push(void *arg, unsigned int worker NT_UNUSED, struct rte_mbuf *m)
{
	struct rx_port *r = arg;
	const uint8_t kind = mbuf_meta(m)->kind;
	const unsigned int room = kind == MBUF_OUTER ? PENDING - RESERVED : PENDING;
	if (nt_unlikely(r->count >= room))
		return false;
	r->pending[r->count++] = m;
	return true;
}

/* intake_passed. What was handed out before this look has been given back. */
static bool
passed(void *arg, uint64_t position)
{
	const struct rx_port *r = arg;
	return position < live_position(r->unit, 0, 0);
}

/* Up to n packets of this port's queues that are ours. */
static unsigned int
poll_port(struct rx_port *r, const struct port *port, unsigned int index)
{
	struct rte_mbuf *mbufs[RX_BURST];
	const uint16_t step = (uint16_t)r->cfg.config->workers;
	for (uint16_t q = (uint16_t)r->cfg.worker; q < port->queues && index < RX_BURST;
		q = (uint16_t)(q + step)) {
		const unsigned int n =
			rte_eth_rx_burst(port->id, q, mbufs, (uint16_t)(RX_BURST - index));
		intake_found(&r->intake, n);
		for (unsigned int i = 0; i < n; i++)
			nt_prefetch(rte_pktmbuf_mtod(mbufs[i], const void *));
		for (unsigned int i = 0; i < n; i++, index++) {
			r->last = live_position(r->unit, r->cfg.worker, index);
			intake_packet(&r->intake, port, mbufs[i], r->last);
		}
	}
	return index;
}

/* One look at all queues, beginning with another port each time. Packets found. */
static unsigned int
poll(struct rx_port *r)
{
	const struct ports *p = r->cfg.ports;
	unsigned int n = 0;
	for (unsigned int i = 0; i < p->count && n < RX_BURST; i++) {
		const unsigned int k = (r->next + i) % p->count;
		n = poll_port(r, &p->ports[k], n);
		if (n == RX_BURST)
			r->next = k + 1;
	}
	return n;
}

/* Has the stream ended, now that so many packets were found? */
static bool
is_over(struct rx_port *r, unsigned int found, uint64_t tsc)
{
	if (nt_likely(!atomic_load_explicit(r->cfg.stop, memory_order_relaxed)))
		return false;
	if (r->drain_until == 0)
		r->drain_until = tsc + rte_get_tsc_hz() * DRAIN_NS / NT_NS_PER_SEC;
	return found == 0 || tsc >= r->drain_until;
}

static void
look(struct rx_port *r, struct nt_mark_value *ret_R)
{
	const uint64_t tsc = rte_rdtsc();
	const uint64_t unit = live_position_unit(tsc, r->cfg.tsc_begin, r->unit);
	const uint64_t before = r->unit;
	r->first = r->count = 0;
	r->unit = unit;
	intake_begin(&r->intake, live_clock_at(r->cfg.clock, tsc));
	const unsigned int n = poll(r);
	intake_end(&r->intake);
	if (n == 0)
		r->unit = before;
	r->ended = is_over(r, n, tsc);
	intake_tell(&r->intake, r->last, r->ended);
	*ret_R = (struct nt_mark_value){ .position = live_position_before(unit),
		.clock_ns = r->intake.clock_ns };
}

static unsigned int
burst(struct rx *rx, struct rte_mbuf **mbufs, struct nt_mark_value *ret_R)
{
	struct rx_port *r = (struct rx_port *)rx;
	*ret_R = (struct nt_mark_value){ .position = 0, .clock_ns = r->intake.clock_ns };
	if (r->first == r->count) {
		if (nt_unlikely(r->ended))
			ret_R->position = NT_POSITION_END;
		else
			look(r, ret_R);
	}
	const unsigned int n = NT_MIN(r->count - r->first, (unsigned int)RX_BURST);
	memcpy(mbufs, r->pending + r->first, n * sizeof(*mbufs));
	r->first += n;
	return n;
}

static void
give_back(struct rx *rx NT_UNUSED, struct rte_mbuf **mbufs, unsigned int n)
{
	rte_pktmbuf_free_bulk(mbufs, n);
}

static void
idle(struct rx *rx NT_UNUSED)
{
}

struct rx *
rx_port_new(const struct rx_port_config *cfg)
{
	struct rx_port *r;
	const int failed = posix_memalign((void **)&r, NT_CACHE_LINE, sizeof(*r));
	if (failed != 0) {
		errno = failed;
		return NULL;
	}
	memset(r, 0, sizeof(*r));
	r->cfg = *cfg;
	const struct intake_config intake = {
		.config = cfg->config,
		.ports = cfg->ports,
		.workers = 1,
		.uid_key = cfg->uid_key,
		.push = push,
		.passed = passed,
		.arg = r,
	};
	const int code = intake_init(&r->intake, &intake);
	if (code != 0) {
		rx_port_free(&r->rx);
		errno = -code;
		return NULL;
	}
	r->rx = (struct rx){ .burst = burst,
		.give_back = give_back,
		.idle = idle,
		.lost = &r->intake.lost,
		.incomplete = &r->intake.incomplete };
	r->last = LIVE_POSITION_FIRST;
	return &r->rx;
}

void
rx_port_free(struct rx *rx)
{
	struct rx_port *r = (struct rx_port *)rx;
	if (r == NULL)
		return;
	rte_pktmbuf_free_bulk(r->pending + r->first, r->count - r->first);
	intake_fini(&r->intake);
	free(r);
}
