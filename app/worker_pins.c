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
release_names(struct nt_name_cache *c, const struct nt_name_result *n)
{
	for (unsigned int i = 0; i < n->count; i++)
		nt_name_release(c, n->names[i]);
}

void
pins_give_back(struct worker *w, uint32_t i)
{
	struct pin *pin = &w->pins.pins[i];
	release_names(w->names, &pin->names.orig);
	release_names(w->names, &pin->names.resp);
	release_names(w->names, &pin->names.first);
	release_names(w->asserted, &pin->names.asserted);
	pin->next = w->pins.free;
	w->pins.free = i;
}

static void
hold_names(struct nt_name_cache *c, const struct nt_name_result *n)
{
	for (unsigned int i = 0; i < n->count; i++)
		nt_name_hold(c, n->names[i]);
}

static struct nt_addr
end_addr(const struct nt_flow *f, int direction)
{
	return key_addr(&f->key, (direction == NT_FLOW_ORIG) == (f->orig_is_lo != 0));
}

/* What to ask the cache for the two ends. */
static void
make_queries(const struct nt_flow *f, const struct nt_flow_cold *cold, struct nt_name_query q[2])
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

/* Did lookups tell nothing of the responder but, maybe, a PTR answer? */
static bool
is_untold(const struct nt_name_result *r)
{
	return r->count == 0 || r->match == NT_MATCH_REVERSE;
}

/* Ask everything that is asked of a connection. */
static void
look_up(struct worker *w, uint32_t idx, bool final, struct found_names *ret)
{
	const struct nt_server_name *name = server_name_in_time(w, idx);
	struct nt_name_query q[2];
	make_queries(nt_flow_at(w->flows, idx), nt_flow_cold_at(w->flows, idx), q);
	nt_name_cache_lookup(w->names, &q[NT_FLOW_ORIG], final, &ret->orig);
	nt_name_cache_lookup(w->names, &q[NT_FLOW_RESP], final, &ret->resp);
	ret->first.count = ret->asserted.count = 0;
	ret->addrs.count = 0;
	if (name != NULL) {
		nt_name_cache_addrs(w->names, &q[NT_FLOW_RESP], name->text, name->len, &ret->addrs);
		if ((name->flags & NT_SERVER_NAME_ECH) == 0)
			nt_name_cache_lookup_name(w->names, &q[NT_FLOW_RESP], name->text, name->len,
				final, &ret->first);
	}
	if (is_untold(&ret->resp))
		nt_name_cache_lookup(w->asserted, &q[NT_FLOW_RESP], false, &ret->asserted);
}

/* The young list's head has come of age: its names as of its start are decided now. */
static void
pin_flow(struct worker *w, uint32_t idx)
{
	struct nt_flow_cold *cold = nt_flow_cold_at(w->flows, idx);
	struct found_names found;
	look_up(w, idx, false, &found);
	nt_flow_young_remove(w->flows, idx);
	if (found.orig.count == 0 && found.resp.count == 0 && found.asserted.count == 0 &&
		found.addrs.count == 0)
		return;
	cold->pins = pin_take(&w->pins);
	if (cold->pins == NT_FLOW_NONE)
		return; /* as many pins as flows: can't be */
	hold_names(w->names, &found.orig);
	hold_names(w->names, &found.resp);
	hold_names(w->names, &found.first);
	hold_names(w->asserted, &found.asserted);
	w->pins.pins[cold->pins].names = found;
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

/* What was pinned stays, except that `late` ranks before a pinned PTR. */
static void
keep_pinned(struct nt_name_result *r, const struct nt_name_result *pinned)
{
	if (pinned->count != 0 && (!is_untold(pinned) || r->match != NT_MATCH_LATE))
		*r = *pinned;
}

void
names_of_flow(struct worker *w, uint32_t idx, struct found_names *ret)
{
	const struct nt_flow_cold *cold = nt_flow_cold_at(w->flows, idx);
	look_up(w, idx, true, ret);
	if (cold->pins == NT_FLOW_NONE)
		return;
	const struct found_names *pinned = &w->pins.pins[cold->pins].names;
	keep_pinned(&ret->orig, &pinned->orig);
	keep_pinned(&ret->resp, &pinned->resp);
	keep_pinned(&ret->first, &pinned->first);
	ret->asserted = pinned->asserted;
	if (pinned->addrs.count != 0)
		ret->addrs = pinned->addrs;
}
