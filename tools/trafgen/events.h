/* SPDX-License-Identifier: BSD-3-Clause */
#ifndef TG_EVENTS_H
#define TG_EVENTS_H

/* The flows that still have packets to send, ordered by the time of the next one. */

#include "flow.h"

struct tg_event {
	uint64_t at_ns;
	uint64_t order; /* of equal times, the one put in first */
	uint32_t flow;
};

struct tg_events {
	struct tg_event *heap; /* owned */
	uint32_t n, room;
	uint64_t order;
	struct tg_flow *flows; /* owned */
	uint32_t flow_room, flows_used;
	uint32_t *unused; /* owned: numbers of free flows */
	uint32_t n_unused;
};

void tg_events_init(struct tg_events *e);
void tg_events_fini(struct tg_events *e);

/* A zeroed flow, or NULL: no memory. Earlier pointers to flows are void after this. */
struct tg_flow *tg_events_new_flow(struct tg_events *e);
void tg_events_free_flow(struct tg_events *e, uint32_t flow);

static inline uint32_t
tg_events_number(const struct tg_events *e, const struct tg_flow *f)
{
	return (uint32_t)(f - e->flows);
}

/* There is always room for one event per flow. */
void tg_events_put(struct tg_events *e, uint64_t at_ns, uint32_t flow);

/* The earliest, which must exist, taken out. */
struct tg_event tg_events_take(struct tg_events *e);

#endif
