/* SPDX-License-Identifier: BSD-3-Clause */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <rte_cycles.h>
#include <rte_errno.h>
#include <rte_ethdev.h>

#include <nt_fault.h>

#include "distributor.h"
#include "intake.h"
#include "lcore_idle.h"
#include "live_position.h"
#include "reader_queues.h"

/* Without packets, time goes on in the stream every so often. */
#define TICK_NS (1000 * NT_NS_PER_USEC)
/* After the stop: queues that do not run empty are given up, and workers that do not take theirs.
 */
#define DRAIN_NS (NT_NS_PER_SEC / 5)

/* In a worker's ring, for what one round over the queues of files may bring. */
#define FILE_ROOM (4 * RX_BURST)

/* A worker's end. */
struct rx_distributed {
	struct rx rx;
	struct rte_ring *ring;
	const struct nt_mark *R;
	_Atomic uint64_t lost; /* distributor: wo */
} NT_CACHE_ALIGNED;

struct distributor {
	struct queues queues; /* first: its mark is aligned */
	struct distributor_config cfg;
	struct intake intake;
	uint64_t position; /* of the last packet */
	int64_t ticked_ns; /* clock there */
	_Atomic uint64_t rounds;
	struct rte_ring *rings[NT_CONFIG_WORKERS_MAX];
	struct rx_distributed rx[NT_CONFIG_WORKERS_MAX];
};

static void
count_lost(struct distributor *d, unsigned int worker, struct rte_mbuf *m)
{
	_Atomic uint64_t *lost = &d->rx[worker].lost;
	if (mbuf_kind_counts(mbuf_meta(m)->kind))
		atomic_store_explicit(lost, atomic_load_explicit(lost, memory_order_relaxed) + 1,
			memory_order_relaxed);
}

/* intake_push */
static bool
push(void *arg, unsigned int worker, struct rte_mbuf *m)
{
	struct distributor *d = arg;
	if (nt_likely(queues_push(&d->queues, worker, m)))
		return true;
	count_lost(d, worker, m);
	return false;
}

/* intake_passed */
static bool
passed(void *arg, uint64_t position)
{
	const struct distributor *d = arg;
	return nt_relay_processed(d->cfg.relay) >= position;
}

static unsigned int
burst(struct rx *rx, struct rte_mbuf **mbufs, struct nt_mark_value *ret_R)
{
	const struct rx_distributed *r = (const struct rx_distributed *)rx;
	*ret_R = nt_mark_acquire(r->R);
	return rte_ring_sc_dequeue_burst(r->ring, (void **)mbufs, RX_BURST, NULL);
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

static int
make_rings(struct distributor *d)
{
	if (nt_fault(NT_FAULT_RING_NEW))
		return -ENOMEM;
	for (unsigned int i = 0; i < d->cfg.workers; i++) {
		char name[32];
		snprintf(name, sizeof(name), "distributed%u", i);
		d->rings[i] = rte_ring_create(name, d->cfg.config->read.ring_size, SOCKET_ID_ANY,
			RING_F_SP_ENQ | RING_F_SC_DEQ);
		if (d->rings[i] == NULL)
			return -rte_errno;
		d->rx[i] = (struct rx_distributed){
			.rx = { .burst = burst,
				.give_back = give_back,
				.idle = idle,
				.lost = &d->rx[i].lost },
			.ring = d->rings[i],
			.R = &d->queues.R,
		};
	}
	return 0;
}

struct distributor *
distributor_new(const struct distributor_config *cfg)
{
	struct distributor *d;
	const int failed = posix_memalign((void **)&d, NT_CACHE_LINE, sizeof(*d));
	if (failed != 0) {
		errno = failed;
		return NULL;
	}
	memset(d, 0, sizeof(*d));
	d->cfg = *cfg;
	d->position = LIVE_POSITION_FIRST;
	const struct intake_config intake = {
		.config = cfg->config,
		.ports = cfg->ports,
		.workers = cfg->workers,
		.uid_key = cfg->uid_key,
		.push = push,
		.passed = passed,
		.arg = d,
	};
	int code = intake_init(&d->intake, &intake);
	if (code == 0)
		code = make_rings(d);
	if (code != 0) {
		distributor_free(d);
		errno = -code;
		return NULL;
	}
	/* It is no worker's; it has to be somebody's. */
	d->rx[0].rx.incomplete = &d->intake.incomplete;
	queues_init(&d->queues, d->rings, cfg->workers, NULL);
	return d;
}

/* What that worker has no room for. */
static void
give_up(struct distributor *d, unsigned int worker)
{
	struct queue_buffer *b = &d->queues.buffers[worker];
	for (unsigned int k = b->first; k < b->first + b->count; k++) {
		count_lost(d, worker, b->mbufs[k]);
		rte_pktmbuf_free(b->mbufs[k]);
	}
	b->first = b->count = 0;
}

static void
free_ring(struct rte_ring *ring)
{
	struct rte_mbuf *m;
	while (ring != NULL && rte_ring_sc_dequeue(ring, (void **)&m) == 0)
		rte_pktmbuf_free(m);
	rte_ring_free(ring);
}

void
distributor_free(struct distributor *d)
{
	if (d == NULL)
		return;
	for (unsigned int i = 0; i < d->cfg.workers; i++) {
		give_up(d, i);
		free_ring(d->rings[i]);
	}
	intake_fini(&d->intake);
	free(d);
}

struct rx *
distributor_rx(struct distributor *d, unsigned int worker)
{
	return &d->rx[worker].rx;
}

uint64_t
distributor_rounds(const struct distributor *d)
{
	return atomic_load_explicit(&d->rounds, memory_order_relaxed);
}

static unsigned int
poll_queue(struct distributor *d, const struct port *port, uint16_t queue)
{
	struct rte_mbuf *mbufs[RX_BURST];
	const unsigned int n = rte_eth_rx_burst(port->id, queue, mbufs, RX_BURST);
	intake_found(&d->intake, n);
	for (unsigned int i = 0; i < n; i++)
		nt_prefetch(rte_pktmbuf_mtod(mbufs[i], const void *));
	for (unsigned int i = 0; i < n; i++)
		intake_packet(&d->intake, port, mbufs[i], ++d->position);
	return n;
}

/* Files come no faster than they are taken: nothing is lost of them. */
static bool
must_wait(const struct distributor *d)
{
	for (unsigned int i = 0; d->cfg.ports->file_time && i < d->cfg.workers; i++)
		if (rte_ring_free_count(d->rings[i]) < FILE_ROOM)
			return true;
	return false;
}

/* One round over all ports. Packets found. */
static unsigned int
poll(struct distributor *d)
{
	const struct ports *p = d->cfg.ports;
	unsigned int n = 0;
	if (must_wait(d))
		return 0;
	intake_begin(&d->intake, live_clock_now(d->cfg.clock));
	for (unsigned int i = 0; i < p->count; i++)
		for (uint16_t q = 0; q < p->ports[i].queues; q++)
			n += poll_queue(d, &p->ports[i], q);
	intake_end(&d->intake);
	return n;
}

/*
 * Idle workers go on with R, which is a position: time without packets gets positions of its own.
 */
static void
tick(struct distributor *d, unsigned int found)
{
	if (found == 0 && d->intake.clock_ns >= d->ticked_ns + TICK_NS)
		d->position++;
	else if (found == 0)
		return;
	d->ticked_ns = d->intake.clock_ns;
}

static unsigned int
round_of_all(struct distributor *d)
{
	const unsigned int n = poll(d);
	tick(d, n);
	intake_tell(&d->intake, d->position, false);
	queues_flush(&d->queues);
	queues_publish(&d->queues, d->position, d->intake.clock_ns);
	atomic_fetch_add_explicit(&d->rounds, 1, memory_order_relaxed);
	return n;
}

/*
 * What is left goes to the workers, as far as they take it in time. The rest is lost: while it
 * stands in a buffer R stays before it, and a worker that comes later would never see the end.
 */
static void
finish(struct distributor *d)
{
	const uint64_t counts = rte_get_tsc_hz() * DRAIN_NS / NT_NS_PER_SEC;
	const uint64_t begun = rte_rdtsc();
	while (round_of_all(d) != 0 && rte_rdtsc() - begun < counts)
		;
	intake_tell(&d->intake, d->position, true);
	while (!queues_flush(&d->queues) && rte_rdtsc() - begun < 2 * counts)
		lcore_idle();
	for (unsigned int i = 0; i < d->cfg.workers; i++)
		give_up(d, i);
	queues_publish(&d->queues, NT_POSITION_END, d->intake.clock_ns);
}

int
distributor_main(void *arg)
{
	struct distributor *d = arg;
	while (!atomic_load_explicit(d->cfg.stop, memory_order_relaxed))
		if (round_of_all(d) == 0)
			lcore_idle_live((enum nt_config_idle)d->cfg.config->lcores.idle);
	finish(d);
	return 0;
}
