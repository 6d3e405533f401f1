/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * A coarse timing wheel: records by the time they may be forgotten. One turn is 8192 ticks of
 * 2^34 ns (17 s), 39 hours; what lies beyond waits in the last slot and is put again. A record is
 * put once: whoever takes one out of a slot looks whether its time has moved on meanwhile.
 */
#ifndef NT_CACHE_WHEEL_H
#define NT_CACHE_WHEEL_H

#include "list.h"

#define NT_WHEEL_SLOTS	    8192
#define NT_WHEEL_TICK_SHIFT 34

struct nt_wheel {
	int64_t now_tick; /* no record is before it */
	bool started;
	uint64_t busy[NT_WHEEL_SLOTS / 64]; /* slots that are not empty */
	uint32_t slot[NT_WHEEL_SLOTS]; /* lists */
};

static inline int64_t
nt_wheel_tick(int64_t time_ns)
{
	return time_ns >> NT_WHEEL_TICK_SHIFT;
}

/* Empty, at no time yet. */
void nt_wheel_init(struct nt_wheel *w);
/* The first time there is; later calls do nothing. */
static inline void
nt_wheel_start(struct nt_wheel *w, int64_t time_ns)
{
	if (nt_likely(w->started))
		return;
	w->started = true;
	w->now_tick = nt_wheel_tick(time_ns);
}

/* Returns the slot, wanted by _remove. */
uint16_t nt_wheel_put(struct nt_wheel *w, struct nt_list_view v, uint32_t id, int64_t time_ns);
void nt_wheel_remove(struct nt_wheel *w, struct nt_list_view v, uint32_t id, uint16_t slot);

/* A record of the earliest slot that has any, and that slot's tick; NT_LIST_NONE: empty. */
uint32_t nt_wheel_earliest(const struct nt_wheel *w, int64_t *ret_tick);

#endif
