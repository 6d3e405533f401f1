/* SPDX-License-Identifier: BSD-3-Clause */
#include <stdio.h>
#include <string.h>

#include <rte_errno.h>
#include <rte_ether.h>

#include <nt_fault.h>
#include <nt_mem.h>

#include "eal_args.h"
#include "mbuf_meta.h"
#include "port_pools.h"
#include "rx.h"

#define POOL_CACHE	256
#define POOL_CACHE_MOST (POOL_CACHE + POOL_CACHE / 2) /* what an lcore's cache may hold */
#define ROOM		RTE_MBUF_DEFAULT_DATAROOM
/* The largest that an mbuf's 16-bit length has room for. */
#define ROOM_WHOLE (UINT16_MAX - RTE_PKTMBUF_HEADROOM - RTE_MBUF_PRIV_ALIGN)
/* Packets put together that workers may have in hand: a burst each, and one being taken. */
#define WHOLE_PER_WORKER   (RX_BURST + RX_BURST / 2)
#define HANDLES_PER_WORKER 1023
/* EAL's own needs, and the tables of drivers. */
#define MEMORY_BASE_MB 64
/* Of an object in a mempool: its header, and what spreads objects over channels. */
#define OBJECT_OVERHEAD                                                                            \
	(sizeof(struct rte_mbuf) + sizeof(struct mbuf_meta) + RTE_PKTMBUF_HEADROOM +               \
		3 * RTE_CACHE_LINE_SIZE)

/* Of the longest frame: two VLAN tags and the checksum that some cards leave on. */
static uint32_t
frame_room(uint32_t mtu)
{
	return mtu + RTE_ETHER_HDR_LEN + 2 * RTE_VLAN_HLEN + RTE_ETHER_CRC_LEN;
}

/* In hand: bursts, and what lcores' caches keep. */
static uint32_t
mbufs_in_hand(const struct nt_config *c, bool distributor)
{
	return (c->workers + distributor) * (2 * RX_BURST + POOL_CACHE_MOST);
}

static uint32_t
mbufs_of(const struct nt_config *c, uint32_t queues, bool distributor)
{
	uint32_t n = queues * c->port.descriptors + mbufs_in_hand(c, distributor);
	if (distributor)
		n += c->workers * c->read.ring_size;
	return n;
}

uint32_t
ports_mbufs_own(const struct nt_config *c)
{
	return mbufs_of(c, c->workers, c->workers > 1);
}

uint32_t
ports_mbufs_least(const struct nt_config *c, bool descriptors)
{
	return mbufs_in_hand(c, false) + (descriptors ? c->port.descriptors : 0);
}

static uint32_t
room_of(const struct ports *p, struct port *port, const struct port_caps *c)
{
	const uint32_t mtu = p->cfg.config->port.mtu;
	uint32_t frame = frame_room(mtu != 0 ? mtu : RTE_ETHER_MTU);
	frame = NT_MAX(frame, (uint32_t)port_caps_number(c->devargs, "framesz"));
	if (c->inputs != 0) {
		port->chains = true;
		return ROOM;
	}
	if (frame > ROOM && (c->info.rx_offload_capa & RTE_ETH_RX_OFFLOAD_SCATTER) != 0) {
		port->chains = true;
		frame = ROOM;
	}
	return NT_MIN(NT_MAX(NT_MAX(frame, ROOM), c->info.min_rx_bufsize), (uint32_t)ROOM_WHOLE);
}

static void
touch(struct rte_mempool *pool, void *arg, struct rte_mempool_memhdr *mem, unsigned int i)
{
	(void)pool;
	(void)arg;
	(void)i;
	nt_mem_touch(mem->addr, mem->len);
}

static struct rte_mempool *
make_pool(const struct nt_config *c, const char *name, uint32_t n, uint32_t cache, uint32_t room,
	int socket)
{
	/* ports_close has freed those that were there before */
	if (nt_fault(NT_FAULT_MBUF_POOL)) {
		rte_errno = ENOMEM;
		return NULL;
	}
	struct rte_mempool *pool = rte_pktmbuf_pool_create(name, n, cache, sizeof(struct mbuf_meta),
		(uint16_t)(room + RTE_PKTMBUF_HEADROOM), socket);
	/* Pages of 2 MiB are there when EAL has them. */
	if (pool != NULL && c->run.prefault && !c->lcores.huge)
		rte_mempool_mem_iter(pool, touch, NULL);
	return pool;
}

int
port_pool_make(struct ports *p, struct port *port, const struct port_caps *c)
{
	char name[32];
	const struct nt_config *config = p->cfg.config;
	const uint32_t n = config->port.mbufs != 0 ? config->port.mbufs
						   : mbufs_of(config, port->queues, p->distributor);
	snprintf(name, sizeof(name), "port%u", port->id);
	port->pool = make_pool(
		config, name, n, POOL_CACHE, room_of(p, port, c), rte_eth_dev_socket_id(port->id));
	return port->pool != NULL ? 0 : -rte_errno;
}

int
port_pools_shared(struct ports *p)
{
	const uint32_t workers = p->cfg.workers;
	bool chains = false;
	for (unsigned int i = 0; i < p->count; i++)
		chains = chains || p->ports[i].chains;
	p->handles = make_pool(
		p->cfg.config, "handles", workers * HANDLES_PER_WORKER, 0, 0, SOCKET_ID_ANY);
	if (p->handles == NULL)
		return -rte_errno;
	if (!chains)
		return 0;
	p->whole = make_pool(
		p->cfg.config, "whole", workers * WHOLE_PER_WORKER, 0, ROOM_WHOLE, SOCKET_ID_ANY);
	return p->whole != NULL ? 0 : -rte_errno;
}

/* Of a device as it is configured: net_af_packet may be told to take larger frames. */
static uint64_t
device_room(const struct nt_config *config, const char *device)
{
	uint32_t frame =
		NT_MAX(frame_room(config->port.mtu), (uint32_t)port_caps_number(device, "framesz"));
	frame = NT_MAX(frame, eal_args_frame(config, device));
	return NT_MAX(frame, (uint32_t)ROOM);
}

/*
 * As a mempool lays its objects out: each on one page, if that has room for it; and a ring with
 * room for all of them.
 */
static uint64_t
pool_bytes(uint64_t n, uint64_t room, bool huge)
{
	const uint64_t page = huge ? UINT64_C(2) << 20 : 4096;
	const uint64_t object = room + OBJECT_OVERHEAD;
	const uint64_t per_page = page / object;
	const uint64_t pages =
		per_page != 0 ? (n + per_page - 1) / per_page : n * ((object + page - 1) / page);
	return pages * page + 2 * (n + 1) * sizeof(void *);
}

/* A queue for each worker, or for each input of net_pcap. */
static uint64_t
device_mbufs(const struct nt_config *c, const char *device)
{
	const uint32_t queues = NT_MAX(c->workers, port_caps_inputs(device));
	return c->port.mbufs != 0 ? c->port.mbufs : mbufs_of(c, queues, c->workers > 1);
}

unsigned int
ports_memory_mb(const struct nt_config *c)
{
	const bool huge = c->lcores.huge;
	uint64_t bytes = pool_bytes(c->workers * WHOLE_PER_WORKER, ROOM_WHOLE, huge);
	bytes += pool_bytes(c->workers * HANDLES_PER_WORKER, 0, huge);
	for (uint32_t i = 0; i < c->ports.count; i++) {
		const char *device = c->ports.devices[i].text;
		const uint64_t n = device_mbufs(c, device);
		bytes += pool_bytes(n, device_room(c, device), huge);
		/* the driver's own ring of them, too */
		if (port_caps_number(device, "infinite_rx") != 0)
			bytes += 2 * n * sizeof(void *);
	}
	return MEMORY_BASE_MB + (unsigned int)(bytes >> 20);
}
