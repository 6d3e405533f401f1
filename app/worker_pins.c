/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Names of connections as of their start: looked up and pinned to a connection that lasts, when W
 * has passed its start by names.pin_after; looked up for the others when they have ended.
 */
#include <string.h>

#include <nt_mem.h>

#include "worker_priv.h"

int
pins_init(struct pin_pool *p, uint32_t size)
{
	p->pins = nt_mem_map((size_t)size * sizeof(*p->pins));
	p->size = size;
	p->used = 0;
	p->free = NT_FLOW_NONE;
	return p->pins == NULL ? -errno : 0;
}

void
pins_fini(struct pin_pool *p)
{
	nt_mem_unmap(p->pins, (size_t)p->size * sizeof(*p->pins));
	p->pins = NULL;
}

static uint32_t
pin_take(struct pin_pool *p)
{
	if (p->free == NT_FLOW_NONE)
		return p->used < p->size ? p->used++ : NT_FLOW_NONE;
	const uint32_t i = p->free;
	p->free = p->pins[i].next;
	return i;
}

static void
release_names(struct worker *w, const struct nt_name_result *n)
{
	for (unsigned int i = 0; i < n->count; i++)
		nt_name_release(w->names, n->names[i]);
}

void
pins_give_back(struct worker *w, uint32_t i)
{
	struct pin *pin = &w->pins.pins[i];
	release_names(w, &pin->orig);
	release_names(w, &pin->resp);
	pin->next = w->pins.free;
	w->pins.free = i;
}

static void
pin_names(struct worker *w, struct nt_name_result *ret, const struct nt_name_result *r)
{
	*ret = *r;
	for (unsigned int i = 0; i < r->count; i++)
		nt_name_hold(w->names, r->names[i]);
}

static struct nt_addr
end_addr(const struct nt_flow *f, int direction)
{
	return key_addr(&f->key, (direction == NT_FLOW_ORIG) == (f->orig_is_lo != 0));
}

void
name_queries(const struct nt_flow *f, const struct nt_flow_cold *cold, struct nt_name_query q[2])
{
	for (int d = 0; d < 2; d++)
		q[d] = (struct nt_name_query){
			.addr = end_addr(f, d),
			.start_position = cold->first_position,
			.end_position = f->last_position,
			.start_clock_ns = cold->first_clock_ns,
			.end_clock_ns = f->last_clock_ns,
		};
	q[NT_FLOW_RESP].clients = &q[NT_FLOW_ORIG].addr; /* the originator's: nobody's */
	q[NT_FLOW_RESP].client_count = 1;
}

/* The young list's head has come of age: its names as of its start are decided now. */
static void
pin_flow(struct worker *w, uint32_t idx)
{
	struct nt_flow_cold *cold = nt_flow_cold_at(w->flows, idx);
	struct nt_name_query q[2];
	struct nt_name_result r[2];
	name_queries(nt_flow_at(w->flows, idx), cold, q);
	const bool orig = nt_name_cache_lookup(w->names, &q[0], false, &r[0]);
	const bool resp = nt_name_cache_lookup(w->names, &q[1], false, &r[1]);
	nt_flow_young_remove(w->flows, idx);
	if (!orig && !resp)
		return;
	cold->pins = pin_take(&w->pins);
	if (cold->pins == NT_FLOW_NONE)
		return; /* as many pins as flows: can't be */
	pin_names(w, &w->pins.pins[cold->pins].orig, &r[0]);
	pin_names(w, &w->pins.pins[cold->pins].resp, &r[1]);
}

/* Has it come of age at W? W's clock may be that of the packet behind W, hence the position. */
static bool
is_of_age(const struct worker *w, const struct nt_flow_cold *cold)
{
	return cold->first_clock_ns + w->config->names.pin_after_ns <= w->W.clock_ns &&
	       cold->first_position <= w->W.position;
}

unsigned int
pins_due(struct worker *w, unsigned int max)
{
	unsigned int n = 0;
	for (; n < max; n++) {
		const uint32_t idx = nt_flow_young(w->flows);
		if (idx == NT_FLOW_NONE || !is_of_age(w, nt_flow_cold_at(w->flows, idx)))
			break;
		pin_flow(w, idx);
	}
	return n;
}

/* One end's names: what was pinned, except that `late` ranks before a pinned PTR. */
bool
names_of_end(struct worker *w, const struct nt_name_query *q, const struct nt_name_result *pinned,
	struct nt_name_result *ret)
{
	if (pinned != NULL && pinned->count != 0 && pinned->match != NT_MATCH_REVERSE) {
		*ret = *pinned;
		return true;
	}
	const bool found = nt_name_cache_lookup(w->names, q, true, ret);
	if (pinned != NULL && pinned->count != 0 && (!found || ret->match == NT_MATCH_REVERSE)) {
		*ret = *pinned;
		return true;
	}
	return found;
}
