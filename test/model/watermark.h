/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The watermark as a model: one reader, two workers, one control lcore, in the orders of
 * app/reader_queues.c, app/worker.c and lib/relay. Each access to something shared (a mark, a ring)
 * is a step of its own; what an lcore does alone in between belongs to the step before.
 *
 * A scenario fixes the packets: whose they are, how many mappings each teaches, and whether it is
 * the last one of a connection. What a ring holds is then known from counts alone: the state is
 * counts and marks.
 */
#ifndef WATERMARK_H
#define WATERMARK_H

#include "explore.h"

#define WORKERS	 2
#define PACKETS	 6 /* at most */
#define MAPPINGS (2 * PACKETS)
#define POS_END	 15 /* NT_POSITION_END here */

#define FAULT_UNNAMED "a connection is resolved without a mapping it must see"
#define FAULT_ORDER   "a mapping is applied out of order"
#define FAULT_STUCK   EXPLORE_STUCK

/* One order turned round each: what the orders are for. */
enum mutation {
	AS_IT_IS,
	PUBLISH_BEFORE_FLUSH, /* reader: R tells of packets that are still in its buffers */
	READ_R_AFTER_BURST, /* worker */
	EMPTY_READS_R_AGAIN, /* worker: the empty burst's rule takes an R from after the burst */
	ALWAYS_RELEASE_R, /* worker: T = R after a burst that was not empty */
	RELEASE_T_BEFORE_ENQUEUE, /* worker */
	DRAIN_BEFORE_W, /* worker: takes the inbox out, then acquires W */
	WAIT_WITHOUT_T, /* worker: waits for room and keeps T to itself */
	WAIT_WITHOUT_DRAIN, /* worker: waits for room and leaves its inbox alone */
	RESOLVE_WITHOUT_W, /* worker: resolves what ended, at once ("names come in time") */
	DRAIN_BEFORE_T, /* control: takes from the out rings, then reads T */
	RELEASE_W_BEFORE_DELIVERY, /* control */
	IGNORE_FULL_INBOX, /* control: W = min T though something did not fit */
	ONE_T_ONLY, /* control: W from one worker's T */
	WAIT_WITHOUT_PUBLISH, /* reader: waits for room and publishes nothing */
	MUTATIONS
};

struct scenario {
	enum mutation mutation;
	uint8_t packets;
	uint8_t owner[PACKETS + 1]; /* by position, 1 .. packets, as all that follows */
	uint8_t maps[PACKETS + 1];
	bool ends[PACKETS + 1];
	/* capacities */
	uint8_t buffer, rx_ring, burst, own, out_ring, inbox;
	uint8_t window; /* the reader is at most so many packets ahead of min T (slabs); 0: any */
	bool paced; /* the bucket may stop control before any mapping */

	/* derived */
	uint8_t count[WORKERS]; /* of packets */
	uint8_t list[WORKERS][PACKETS + 1]; /* a worker's packets, by position */
	uint8_t maps_before[WORKERS][PACKETS + 2]; /* mappings in a worker's first n packets */
	uint8_t map_position[WORKERS][MAPPINGS + 1];
	uint8_t map_number[WORKERS][MAPPINGS + 1]; /* place in the order of all */
	uint8_t ended[WORKERS]; /* connections */
	uint8_t end_position[WORKERS][PACKETS + 1];
	uint8_t known[POS_END + 1]; /* mappings at or before a position, everybody's */
};

/* A family of scenarios: all streams of so many packets, with the same capacities. */
struct shape {
	uint8_t packets, kinds; /* kinds: the first so many of the table */
	uint8_t buffer, rx_ring, burst, own, out_ring, inbox, window;
	bool paced;
};

/* Stream n; false when it is only another's mirror image, or there is nothing to check. */
bool scenario_make(struct scenario *sc, const struct shape *shape, unsigned int n);
unsigned int scenario_count(const struct shape *shape);
void scenario_print(const struct scenario *sc);

enum worker_pc {
	WORKER_R,
	WORKER_RX,
	WORKER_EARLY_T,
	WORKER_PROCESS,
	WORKER_T,
	WORKER_EARLY_DRAIN,
	WORKER_W,
	WORKER_DRAIN,
	WORKER_DONE,
};

struct worker_state {
	uint8_t pc;
	uint8_t R; /* as acquired; 0 when of no more use */
	uint8_t rx; /* packets taken from the ring */
	uint8_t processed; /* of them */
	uint8_t mapping; /* of the packet in hand: queued so far */
	uint8_t done; /* up to where it has processed */
	uint8_t T; /* shared */
	uint8_t W; /* as acquired */
	uint8_t own, received; /* applied to its cache */
	uint8_t staged; /* of what was delivered: seen in the inbox */
	uint8_t resolved; /* connections */
};

enum reader_pc {
	READER_PUSH,
	READER_FLUSH_0,
	READER_FLUSH_1,
	READER_PUBLISH,
	READER_DONE,
};

enum control_pc {
	CONTROL_T,
	CONTROL_T_OTHER,
	CONTROL_TAKE,
	CONTROL_W,
};

struct state {
	/* reader */
	uint8_t pos; /* the next packet's */
	uint8_t reader;
	uint8_t R; /* shared */
	uint8_t first[WORKERS]; /* sent of a buffer that is not empty yet */
	uint8_t flushed[WORKERS]; /* into the rings */
	/* control */
	uint8_t control;
	uint8_t first_T; /* whose T was acquired first */
	uint8_t low; /* min T so far, cut by what did not fit */
	uint8_t W; /* shared */
	uint8_t taken[WORKERS]; /* from the out ring, delivered to the other's inbox */
	uint8_t spare[3];
	struct worker_state w[WORKERS];
};
_Static_assert(sizeof(struct state) == 40, "hashed by words, no padding");

/* Mappings that a worker has put into its queue and its out ring. */
static inline uint8_t
learnt(const struct scenario *sc, const struct state *s, unsigned int i)
{
	return sc->maps_before[i][s->w[i].processed] + s->w[i].mapping;
}

/* True where the reader's next step touches nothing shared: it commutes with everything. */
bool reader_is_alone(const struct scenario *sc, const struct state *s);
void reader_next(struct explore *e, const struct scenario *sc, const struct state *s);
void worker_next(
	struct explore *e, const struct scenario *sc, const struct state *s, unsigned int i);
void control_next(struct explore *e, const struct scenario *sc, const struct state *s);

#endif
