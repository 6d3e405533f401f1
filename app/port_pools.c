/* SPDX-License-Identifier: BSD-3-Clause */
#include <stdio.h>
#include <string.h>

#include <rte_errno.h>
#include <rte_ether.h>

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

/* Of the longest frame: two VLAN tags and the checksum that some cards leave on. */
static uint32_t
frame_room(uint32_t mtu)
{
	return mtu + RTE_ETHER_HDR_LEN + 2 * RTE_VLAN_HLEN + RTE_ETHER_CRC_LEN;
}

static uint32_t
mbufs_of(const struct nt_config *c, uint32_t queues, bool distributor)
{
	const uint32_t lcores = c->workers + distributor;
	uint32_t n = queues * c->port.descriptors + lcores * (2 * RX_BURST + POOL_CACHE_MOST);
	if (distributor)
		n += c->workers * c->read.ring_size;
	return c->port.mbufs != 0 ? c->port.mbufs : n;
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

static struct rte_mempool *
make_pool(const char *name, uint32_t n, uint32_t cache, uint32_t room, int socket)
{
	/* ports_close has freed those that were there before */
	return rte_pktmbuf_pool_create(name, n, cache, sizeof(struct mbuf_meta),
		(uint16_t)(room + RTE_PKTMBUF_HEADROOM), socket);
}

int
port_pool_make(struct ports *p, struct port *port, const struct port_caps *c)
{
	char name[32];
	const uint32_t n = mbufs_of(p->cfg.config, port->queues, p->distributor);
	snprintf(name, sizeof(name), "port%u", port->id);
	port->pool = make_pool(
		name, n, POOL_CACHE, room_of(p, port, c), rte_eth_dev_socket_id(port->id));
	return port->pool != NULL ? 0 : -rte_errno;
}

int
port_pools_shared(struct ports *p)
{
	const uint32_t workers = p->cfg.workers;
	bool chains = false;
	for (unsigned int i = 0; i < p->count; i++)
		chains = chains || p->ports[i].chains;
	p->handles = make_pool("handles", workers * HANDLES_PER_WORKER, 0, 0, SOCKET_ID_ANY);
	if (p->handles == NULL)
		return -rte_errno;
	if (!chains)
		return 0;
	p->whole = make_pool("whole", workers * WHOLE_PER_WORKER, 0, ROOM_WHOLE, SOCKET_ID_ANY);
	return p->whole != NULL ? 0 : -rte_errno;
}

/* Of a device as it is configured: net_af_packet may be told to take larger frames. */
static uint64_t
device_room(const struct nt_config *config, const char *device)
{
	const uint32_t frame =
		NT_MAX(frame_room(config->port.mtu), (uint32_t)port_caps_number(device, "framesz"));
	return NT_MAX(frame, (uint32_t)ROOM);
}

unsigned int
ports_memory_mb(const struct nt_config *config)
{
	const uint64_t overhead = sizeof(struct rte_mbuf) + sizeof(struct mbuf_meta) +
				  RTE_PKTMBUF_HEADROOM + 2 * RTE_CACHE_LINE_SIZE;
	const uint64_t mbufs = mbufs_of(config, config->workers, config->workers > 1);
	uint64_t bytes = (uint64_t)config->workers * WHOLE_PER_WORKER * (ROOM_WHOLE + overhead);
	bytes += (uint64_t)config->workers * HANDLES_PER_WORKER * overhead;
	for (uint32_t i = 0; i < config->ports.count; i++)
		bytes += mbufs * (device_room(config, config->ports.devices[i].text) + overhead);
	return MEMORY_BASE_MB + (unsigned int)(bytes >> 20);
}
