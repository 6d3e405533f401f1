/* SPDX-License-Identifier: BSD-3-Clause */
#include "store.h"

static bool
past_is_due(const struct nt_name_cache *c, int64_t clock_ns)
{
	const struct nt_past *p = nt_past_oldest(&c->past);

	return p != NULL && p->superseded_ns + c->cfg.pin_after_ns < clock_ns;
}

/* The earliest life is dropped, or put again where it was refreshed. false: none is due. */
static bool
purge_life(struct nt_name_cache *c, int64_t clock_ns)
{
	int64_t clock_tick = nt_wheel_tick(clock_ns), tick;
	uint32_t id = nt_wheel_earliest(&c->wheel, &tick);

	if (id == NT_LIST_NONE || tick >= clock_tick) {
		c->wheel.now_tick = NT_MAX(c->wheel.now_tick, clock_tick);
		return false;
	}
	c->wheel.now_tick = tick;
	if (nt_wheel_tick(nt_life_deadline_ns(c, nt_life_at(c, id))) >= clock_tick) {
		nt_store_reschedule(c, id);
	} else {
		nt_store_drop(c, id);
		c->stats.expired++;
	}
	return true;
}

void
nt_name_cache_purge(struct nt_name_cache *c, int64_t clock_ns, unsigned int max)
{
	nt_wheel_start(&c->wheel, clock_ns);
	/* Nothing is due within a tick of which nothing was before: asked at every turn of the
	 * loop. */
	if (nt_wheel_tick(clock_ns) <= c->wheel.now_tick && !past_is_due(c, clock_ns))
		return;
	/* Superseded versions first: no life goes before what it superseded has gone. */
	for (; max > 0 && past_is_due(c, clock_ns); max--) {
		nt_past_pop(&c->past);
		c->stats.expired++;
	}
	while (max > 0 && purge_life(c, clock_ns))
		max--;
}

void
nt_name_cache_clear(struct nt_name_cache *c)
{
	uint32_t id;
	int64_t tick;

	while ((id = nt_wheel_earliest(&c->wheel, &tick)) != NT_LIST_NONE)
		nt_store_drop(c, id);
	c->past.tail = 0;
	c->past.count = 0;
	c->last_position = 0;
	c->last_index = 0;
	c->lost_until_ns = INT64_MIN;
	nt_wheel_init(&c->wheel);
}
