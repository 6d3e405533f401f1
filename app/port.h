/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The ports of a live sensor: every ethdev port that EAL has, set up alike. Queue i of each goes to
 * worker i where a port can spread packets so that both directions of a connection come to one
 * queue; else all ports have one queue, which the distributor polls (distributor.h).
 *
 * Order: eal_start_live, ports_open, then whoever polls them is made, ports_start, ... all pollers
 * have ended, ports_close. Caller: control, but where something else is said.
 */
#ifndef PORT_H
#define PORT_H

#include <pthread.h>

#include <rte_mempool.h>

#include <nt_config.h>

#include "live_clock.h"
#include "port_kernel.h"

#define PORTS_MAX 32 /* RTE_MAX_ETHPORTS */

/* Whose word it is when a packet came. */
enum port_time {
	PORT_TIME_TSC, /* ours, before the burst */
	PORT_TIME_CARD, /* a counter of the card's, disciplined to our clock */
	PORT_TIME_WALL, /* microseconds of the wall clock: net_pcap on an interface */
	PORT_TIME_FILE, /* microseconds since the epoch, of whenever it was captured: net_pcap
			   with files. Then clocks go by the stamps, not by ours */
};

struct port {
	uint16_t id, queues;
	uint16_t link; /* DLT_* */
	bool splits; /* both directions of a connection come to the same of its queues */
	uint16_t rss_entries; /* of its table of queues; 0: nothing to set there */
	bool chains; /* packets may come in several mbufs */
	enum port_time time;
	char driver[32], name[64]; /* of the device, as EAL calls it */
	struct rte_mempool *pool; /* its mbufs, with a struct mbuf_meta each */
	struct live_clock card; /* PORT_TIME_CARD: the card's counter to our clock */
	unsigned int if_index; /* of the kernel's interface that it is on; 0: none */
	struct port_kernel kernel; /* under stats_lock */
};

struct ports_config {
	const struct nt_config *config; /* borrowed */
	unsigned int workers;
	struct live_clock *clock; /* borrowed */
	/* What a port is and can do, a line each, while opening; may be NULL. */
	void (*say)(void *arg, const char *line);
	void *arg;
};

struct ports {
	struct ports_config cfg;
	unsigned int count;
	struct port ports[PORTS_MAX];
	bool distributor; /* one is needed */
	bool file_time; /* all are PORT_TIME_FILE */
	/* When the stream begins: the first stamp of the files where file_time is set, else the
	 * clock when the ports were opened. */
	int64_t began_ns;
	uint16_t rss_pattern; /* of the key that all ports have: both directions of a split tap */
	uint16_t rss_least; /* entries of the smallest table */
	int stamp_offset; /* of the stamp in an mbuf; -1: no port stamps */
	uint64_t stamp_flag; /* in ol_flags: there is one */
	struct rte_mempool *whole; /* large mbufs, for packets that came in pieces */
	struct rte_mempool *handles; /* without data, for what points into another one's */
	pthread_mutex_t stats_lock; /* drivers count anew when they are asked */
};

/* 0, or -errno and *err. ports_close is right after a failure too. */
int ports_open(struct ports *p, const struct ports_config *cfg, struct nt_error *err);
int ports_start(struct ports *p, struct nt_error *err);
/* Nobody polls any more. */
void ports_close(struct ports *p);

/* Discipline the cards' clocks; with live_clock_update, by the same thread. */
void ports_update_clocks(struct ports *p);

struct port_stats {
	uint64_t packets, bytes;
	uint64_t missed; /* no room in the queue, the kernel's where it has one */
	uint64_t errors;
	uint64_t no_mbuf;
};
/* What port i counted since it was opened. Any thread. */
void ports_stats(struct ports *p, unsigned int i, struct port_stats *ret);

/* A port's mbufs: what it has where port.mbufs is 0, and the fewest that it goes on with. */
uint32_t ports_mbufs_own(const struct nt_config *config);
uint32_t ports_mbufs_least(const struct nt_config *config, bool descriptors);

/* EAL memory that mbufs and rings will take, in MB, before there is an EAL. */
unsigned int ports_memory_mb(const struct nt_config *config);

#endif
