/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Where a worker's packets come from: the reader's ring, the queues of live ports, or memory. Each
 * kind begins its own struct with this one. Caller: one worker lcore.
 */
#ifndef RX_H
#define RX_H

#include <stdatomic.h>

#include <rte_mempool.h>

#include <nt_mark.h>

#include "mbuf_meta.h"

#define RX_BURST 32

struct rx {
	bool near; /* this core has just looked at the packets: they are in its cache */
	/*
	 * Up to RX_BURST handles in the order of their positions, the mbuf_meta of each filled in.
	 * *ret_R: everything at or before it was in this burst or one before, if this one is empty;
	 * so it is taken before the look. NT_POSITION_END: nothing more will come.
	 */
	unsigned int (*burst)(struct rx *rx, struct rte_mbuf **mbufs, struct nt_mark_value *ret_R);
	/* A burst's handles are done with. */
	void (*give_back)(struct rx *rx, struct rte_mbuf **mbufs, unsigned int n);
	/* The worker is about to sleep, or waits for others: keep nothing that they wait for. */
	void (*idle)(struct rx *rx);
	/*
	 * Packets for this worker that were dropped on the way to it; only grows. NULL: none ever
	 * are. Any thread. What a port dropped is not in it (port_stats).
	 */
	const _Atomic uint64_t *lost;
	/* Of those that came, looked into in part only; likewise. */
	const _Atomic uint64_t *incomplete;
};

/* The reader's ring of this worker, polled through a queue of its net_ring port. */
struct rx_ring {
	struct rx rx;
	uint16_t port, queue;
	const struct nt_mark *R; /* the reader's */
	struct rte_mempool *pool; /* every handle is of this pool */
};

struct reader;

/* The buffer of a reader on the worker's own lcore. */
struct rx_reader {
	struct rx rx;
	struct reader *reader;
	struct nt_relay *relay; /* nobody else moves its watermark */
};

void rx_reader_init(struct rx_reader *r, struct reader *reader, struct nt_relay *relay);

void rx_ring_init(struct rx_ring *r, uint16_t port, uint16_t queue, const struct nt_mark *R,
	struct rte_mempool *pool);

#endif
