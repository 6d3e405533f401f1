/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * What becomes of a packet that a live port gave us: one piece of memory, a time, a description in
 * its mbuf; fragments and tunnels are seen to (distribute.h). One lcore each: a worker that has
 * queues of its own, or the distributor.
 *
 * A handle of kind MBUF_OUTER is a small mbuf attached to the packet's own, which therefore lives
 * until both have been freed, on whichever lcores.
 */
#ifndef INTAKE_H
#define INTAKE_H

#include "distribute.h"
#include "port.h"

/* Takes a handle for that worker; false: it had no room, and has not taken it. */
typedef bool intake_push(void *arg, unsigned int worker, struct rte_mbuf *m);

/* Is every handle at or before that position done with? Never waits. */
typedef bool intake_passed(void *arg, uint64_t position);

struct intake_config {
	const struct nt_config *config; /* borrowed */
	const struct ports *ports; /* borrowed */
	unsigned int workers; /* among which it steers */
	struct nt_hash_key uid_key; /* the workers' */
	intake_push *push;
	intake_passed *passed;
	void *arg; /* of both */
};

struct intake {
	struct intake_config cfg;
	struct distribute distribute;
	struct rte_mbuf *current; /* the packet being taken apart; NULL once it has been pushed */
	int64_t clock_ns; /* running maximum */
	int64_t now_ns, step_ns; /* of the look at the queues; between its packets */
	int64_t tell_ns; /* when counts are told next */

	_Atomic uint64_t lost; /* packets that were not taken */
	/* packets in several mbufs of which only the first was kept, and the handles of tunnels'
	 * connections for which there was no room */
	_Atomic uint64_t incomplete;
};

/* 0 or -errno. intake_fini is right after a failure too. */
int intake_init(struct intake *in, const struct intake_config *cfg);
void intake_fini(struct intake *in);

/*
 * A look at the queues begins, at that time. Packets that have no stamp of their own came between
 * the last look and this one; they are spread evenly over it, for packets with the same time would
 * make connections without a duration. Where the stream has the time of files, that is its time.
 */
static inline void
intake_begin(struct intake *in, int64_t now_ns)
{
	in->now_ns = in->cfg.ports->file_time ? in->clock_ns : NT_MAX(in->clock_ns, now_ns);
}

/* n packets were found in a queue; those of the next one are to have their share of time. */
static inline void
intake_found(struct intake *in, unsigned int n)
{
	in->step_ns = (in->now_ns - in->clock_ns) / (int64_t)(n + 1);
}

/* The look is over. */
static inline void
intake_end(struct intake *in)
{
	in->clock_ns = NT_MAX(in->clock_ns, in->now_ns);
}

/* A packet, of which this takes over the mbuf; at that position. */
void intake_packet(
	struct intake *in, const struct port *port, struct rte_mbuf *m, uint64_t position);

/* Tell what distribute has counted, once in a while; position: of the last packet. */
void intake_tell(struct intake *in, uint64_t position, bool now);

#endif
