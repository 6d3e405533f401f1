/* SPDX-License-Identifier: BSD-3-Clause */
#ifndef RELAY_PRIV_H
#define RELAY_PRIV_H

#include "nt_relay.h"

/* A worker's own mappings until W reaches them: a ring of units for one thread. */
struct own_queue {
	uint8_t *units;
	unsigned int size; /* power of two */
	unsigned int head, tail;
	uint64_t position; /* of the last one */
	unsigned int begun; /* where those of that position begin */
	unsigned int most; /* units of one position */
};

/* Does W wait for a worker? */
enum relay_presence {
	RELAY_PRESENT,
	RELAY_LEFT, /* it makes no turns */
	RELAY_RETURNING, /* it does, and is behind W */
};

struct nt_relay_worker {
	struct nt_mark T; /* worker: wo, control: ro */

	/* the worker's alone */
	struct nt_relay *relay NT_CACHE_ALIGNED;
	struct own_queue own;
	struct nt_msg_reader inbox;
	struct nt_mark_value last; /* what was released in T */
	struct nt_mark_value applied; /* W as acquired last */
	uint64_t late; /* position given to what was told last after W had passed it */
	unsigned int facts_due; /* that may be told where it is crowded */

	/* shared as rings */
	struct nt_msg_ring *out; /* worker: producer, control: consumer */
	struct nt_msg_ring *in; /* control: producer, worker: consumer */

	/* control's alone */
	struct nt_msg_reader outbox NT_CACHE_ALIGNED;
	unsigned int in_room; /* units that `in` has room for at least */
	enum relay_presence presence;
	uint64_t came_late; /* position given to what came last after W had passed it */
};

struct nt_relay {
	struct nt_mark W; /* who calls nt_relay_step: wo, workers: ro */
	/* W is whole up to here. Control: wo, workers: ro; stored before W is released */
	_Atomic uint64_t whole;
	struct nt_relay_config cfg NT_CACHE_ALIGNED; /* ro */
	struct nt_bucket bucket; /* control's alone, as is what follows */
	uint64_t held_until; /* what lies at or before it was held back by the bucket */
	struct nt_relay_stats stats;
	unsigned int away; /* workers that W does not wait for */
	bool was_away; /* some was, ever */
	struct nt_relay_worker workers[NT_RELAY_WORKERS_MAX];
};

/* W has passed it: it counts as learnt at this position, not before clock_ns. */
void relay_put_off(struct nt_mapping_msg *msg, uint64_t position, int64_t clock_ns);

int own_queue_init(struct own_queue *q, unsigned int units);
size_t own_queue_bytes(unsigned int units);
void own_queue_fini(struct own_queue *q);

#endif
