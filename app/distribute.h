/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * What stands between captured packets and the workers: fragments become datagrams, tunnels are
 * opened, and what is inside is steered by its own addresses. One thread: offline the reader.
 *
 * Of each packet one handle of kind MBUF_PACKET or MBUF_FRAGMENT goes to one worker. Each tunnel
 * over UDP that it came in adds a handle of kind MBUF_OUTER before it, for the worker that has the
 * tunnel's own connection. All have the packet's position.
 */
#ifndef DISTRIBUTE_H
#define DISTRIBUTE_H

#include <nt_config.h>
#include <nt_datagram.h>
#include <nt_encap.h>

#include "mbuf_meta.h"
#include "slabs.h"
#include "steer.h"
#include "tunnels.h"

/* Hands a handle to a worker; waits while there is no room. */
typedef void distribute_send(void *arg, unsigned int worker, const struct mbuf_meta *m);

struct distribute_config {
	const struct nt_config *config; /* borrowed */
	unsigned int workers;
	struct nt_hash_key uid_key; /* the workers' */
	distribute_send *send;
	slabs_wait *wait; /* as slabs_init */
	void *arg; /* of both */
};

struct distribute {
	struct distribute_config cfg;
	struct steer steer;
	struct nt_encap_config encap;
	struct nt_datagrams *datagrams;
	struct tunnels tunnels;
	struct slabs pieces; /* where datagrams and counts lie */
	uint64_t too_deep;
	struct distribute_counts told; /* up to the last distribute_tell */
};

/* 0 or -errno. distribute_fini is right after a failure too. */
int distribute_init(struct distribute *d, const struct distribute_config *cfg);
/* Memory that one takes when its tables are full. */
size_t distribute_bytes(const struct nt_config *c);
void distribute_fini(struct distribute *d);

/* Certainly neither a fragment nor a tunnel: may go to the worker of distribute_steer as it is. */
static inline bool
distribute_is_plain(const struct distribute *d, const uint8_t *data, uint32_t cap_len, int link)
{
	return nt_encap_plain(&d->encap, data, cap_len, link);
}

static inline unsigned int
distribute_steer(const struct distribute *d, const uint8_t *data, uint32_t cap_len, int link)
{
	return steer_packet(&d->steer, data, cap_len, link);
}

/* Any packet. m: kind MBUF_PACKET, at.tunnel 0. */
void distribute_packet(struct distribute *d, const struct mbuf_meta *m);

/* An epoch begins at that position: nothing before it counts any more. */
void distribute_clear(struct distribute *d);
/* Send what was counted since the last time to a worker, as MBUF_COUNTS. */
void distribute_tell(struct distribute *d, const struct nt_packet_meta *at);

#endif
