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

struct nt_relay_worker {
	struct nt_mark T; /* worker: wo, control: ro */

	/* the worker's alone */
	struct nt_relay *relay NT_CACHE_ALIGNED;
	struct own_queue own;
	struct nt_msg_reader inbox;
	struct nt_mark_value last; /* what was released in T */

	/* shared as rings */
	struct nt_msg_ring *out; /* worker: producer, control: consumer */
	struct nt_msg_ring *in; /* control: producer, worker: consumer */

	/* control's alone */
	struct nt_msg_reader outbox NT_CACHE_ALIGNED;
	unsigned int in_room; /* units that `in` has room for at least */
};

struct nt_relay {
	struct nt_mark W; /* control: wo, workers: ro */
	struct nt_relay_config cfg NT_CACHE_ALIGNED; /* ro */
	struct nt_bucket bucket; /* control's alone, as is what follows */
	uint64_t held_until; /* what lies at or before it was held back by the bucket */
	struct nt_relay_stats stats;
	struct nt_relay_worker workers[NT_RELAY_WORKERS_MAX];
};

int own_queue_init(struct own_queue *q, unsigned int units);
size_t own_queue_bytes(unsigned int units);
void own_queue_fini(struct own_queue *q);

#endif
