/* SPDX-License-Identifier: BSD-3-Clause */
#include <rte_ethdev.h>

#include "rx.h"

static unsigned int
burst(struct rx *rx, struct rte_mbuf **mbufs, struct nt_mark_value *ret_R)
{
	struct rx_ring *r = (struct rx_ring *)rx;
	*ret_R = nt_mark_acquire(r->R);
	return rte_eth_rx_burst(r->port, r->queue, mbufs, RX_BURST);
}

/* Handles of the reader: they go back as they are (mbuf_meta.h). */
static void
give_back(struct rx *rx, struct rte_mbuf **mbufs, unsigned int n)
{
	rte_mempool_put_bulk(((struct rx_ring *)rx)->pool, (void **)mbufs, n);
}

/*
 * Nobody keeps handles while he sleeps: a mempool cache holds up to half as many again as its size,
 * and those of enough workers all that there are, while the reader waits for one.
 */
static void
idle(struct rx *rx)
{
	rte_mempool_cache_flush(NULL, ((struct rx_ring *)rx)->pool);
}

void
rx_ring_init(struct rx_ring *r, uint16_t port, uint16_t queue, const struct nt_mark *R,
	struct rte_mempool *pool)
{
	*r = (struct rx_ring){
		.rx = { .burst = burst, .give_back = give_back, .idle = idle },
		.port = port,
		.queue = queue,
		.R = R,
		.pool = pool,
	};
}
