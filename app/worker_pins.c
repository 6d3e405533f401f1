/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Names of connections as of their start: looked up and pinned to a connection that lasts, when W
 * has passed its start by names.pin_after; looked up for the others when they have ended. The
 * responder's are pinned earlier where that is cheaper (pins_early): it makes no difference to what
 * they are.
 */
#include <string.h>

#include "worker_priv.h"

static void
release_names(struct nt_name_cache *c, const struct nt_name_result *n)
{
	for (unsigned int i = 0; i < n->count; i++)
		nt_name_release(c, n->names[i]);
}

void
pins_give_back(struct worker *w, uint32_t i)
{
	const struct found_names *pinned = nt_pool_at(&w->pins, i);
	release_names(w->names, &pinned->orig);
	release_names(w->names, &pinned->resp);
	release_names(w->names, &pinned->first);
	release_names(w->asserted, &pinned->asserted);
	nt_pool_give(&w->pins, i);
}

static void
hold_names(struct nt_name_cache *c, const struct nt_name_result *n)
{
	for (unsigned int i = 0; i < n->count; i++)
		nt_name_hold(c, n->names[i]);
}

/* What to ask the cache for the two ends; nobody was told of the originator. */
struct queries {
	struct nt_name_query orig, resp;
	struct nt_name_query late; /* resp, for what is late */
	struct nt_addr at_start[NT_NAME_CLIENTS_MAX], at_end[NT_NAME_CLIENTS_MAX];
};

/* The originator's host as of the start, and (final) of the end. */
static void
make_clients(struct worker *w, const struct nt_name_query *o, bool final, struct queries *q)
{
	bool settled;
	q->resp.clients = q->at_start;
	q->resp.client_count = host_addresses(
		w, &o->addr, o->start_position, o->start_clock_ns, q->at_start, &settled);
	q->late = q->resp;
	if (!final || (settled && hosts_same_slot(w, o->start_clock_ns, o->end_clock_ns)))
		return;
	q->late.clients = q->at_end;
	q->late.client_count =
		host_addresses(w, &o->addr, o->end_position, o->end_clock_ns, q->at_end, &settled);
}

static void
make_queries(
	struct worker *w, uint32_t idx, const struct nt_lookup_keys keys[2], struct queries *ret)
{
	const struct nt_flow *f = nt_flow_at(w->flows, idx);
	const struct nt_flow_cold *cold = nt_flow_cold_at(w->flows, idx);
	struct nt_name_query *const q[2] = {
		[NT_FLOW_ORIG] = &ret->orig, [NT_FLOW_RESP] = &ret->resp
	};
	for (int d = 0; d < 2; d++)
		*q[d] = (struct nt_name_query){
			.addr = end_addr(f, d),
			.start_position = cold->first_position,
			.end_position = f->last_position,
			.start_clock_ns = cold->first_clock_ns,
			.end_clock_ns = f->last_clock_ns,
			.addr_key = keys[d].addr,
			.name_key = keys[d].name,
		};
}

/* Did lookups tell nothing of the responder but, maybe, a PTR answer? */
static bool
is_untold(const struct nt_name_result *r)
{
	return r->count == 0 || r->match == NT_MATCH_REVERSE;
}

static bool
has_same_clients(const struct nt_name_query *a, const struct nt_name_query *b)
{
	return a->clients == b->clients ||
	       (a->client_count == b->client_count &&
		       memcmp(a->clients, b->clients, a->client_count * sizeof(*a->clients)) == 0);
}

/* Of all names of the responder, or (name) of that one. */
static void
ask_cache(struct worker *w, const struct nt_name_query *q, const struct nt_server_name *name,
	bool final, struct nt_name_result *ret)
{
	if (name == NULL)
		nt_name_cache_lookup(w->names, q, final, ret);
	else
		nt_name_cache_lookup_name(w->names, q, name->text, name->len, final, ret);
}

/*
 * On time by the host as of the start, late by that as of the end: which addresses a host had at
 * the start is not known any more when a long connection ends, and who had asked by then has
 * nothing on time (nt_name_cache.h: B).
 */
static void
ask_resp(struct worker *w, const struct queries *q, const struct nt_server_name *name, bool final,
	struct nt_name_result *ret)
{
	struct nt_name_result late;
	if (!final || has_same_clients(&q->resp, &q->late)) {
		ask_cache(w, &q->resp, name, final, ret);
		return;
	}
	ask_cache(w, &q->resp, name, false, ret);
	if (!is_untold(ret))
		return;
	ask_cache(w, &q->late, name, true, &late);
	if (ret->count == 0 || late.match == NT_MATCH_LATE)
		*ret = late;
}

/*
 * Beside a real encrypted ClientHello stands a name that its provider chose, and nobody looks it
 * up; beside one that is sent for practice only (GREASE, RFC 9849 6.2), the server's own.
 */
static bool
is_for_show(const struct nt_server_name *name, const struct nt_name_result *told)
{
	return (name->flags & NT_SERVER_NAME_ECH) != 0 && told->match != NT_MATCH_CLIENT;
}

/* What is asked of a connection. */
enum {
	OF_ORIG = 1 << 0,
	OF_RESP = 1 << 1,
	OF_FIRST = 1 << 2,
	OF_ADDRS = 1 << 3,
	OF_ASSERTED = 1 << 4,
	OF_ALL = (1 << 5) - 1,
};

static void
ask_of_name(struct worker *w, const struct queries *q, const struct nt_server_name *name,
	bool final, unsigned int ask, struct found_names *ret)
{
	if ((ask & OF_ADDRS) != 0)
		nt_name_cache_addrs(w->names, &q->resp, name->text, name->len, &ret->addrs);
	if ((ask & OF_FIRST) == 0)
		return;
	if ((ask & OF_RESP) == 0 ||
		!nt_name_result_of(w->names, &ret->resp, name->text, name->len, &ret->first))
		ask_resp(w, q, name, final, &ret->first);
	if (is_for_show(name, &ret->first))
		ret->first.count = 0;
}

/*
 * Whose addresses the originator's are matters only where there is something to find: not at a
 * resolver, where most connections of some networks go.
 */
static void
look_up(struct worker *w, uint32_t idx, const struct nt_lookup_keys keys[2], bool final,
	unsigned int ask, struct found_names *ret)
{
	const struct nt_server_name *name = server_name_in_time(w, idx);
	const uint64_t orig_key = keys[NT_FLOW_ORIG].addr, resp_key = keys[NT_FLOW_RESP].addr;
	const bool orig = (ask & OF_ORIG) != 0 && nt_name_cache_names(w->names, orig_key);
	const bool resp =
		(ask & OF_RESP) != 0 && (nt_name_cache_names(w->names, resp_key) ||
						nt_name_cache_names(w->asserted, resp_key));
	struct queries q;
	ret->orig.count = ret->resp.count = ret->first.count = ret->asserted.count = 0;
	ret->orig.match = ret->resp.match = ret->first.match = NT_MATCH_NONE;
	ret->addrs.count = 0;
	ret->orig_is_lo = nt_flow_at(w->flows, idx)->orig_is_lo;
	if (!orig && !resp && name == NULL)
		return;
	make_queries(w, idx, keys, &q);
	if (orig)
		nt_name_cache_lookup(w->names, &q.orig, final, &ret->orig);
	if (!resp && name == NULL)
		return;
	make_clients(w, &q.orig, final, &q);
	if (resp)
		ask_resp(w, &q, NULL, final, &ret->resp);
	if (name != NULL)
		ask_of_name(w, &q, name, final, ask, ret);
	if ((ask & OF_ASSERTED) != 0 && is_untold(&ret->resp))
		nt_name_cache_lookup(w->asserted, &q.resp, false, &ret->asserted);
}

/* All of them are asked for step by step, so that none waits for memory by itself. */
void
lookups_ahead(const struct nt_name_cache *c, struct nt_lookup_keys *keys, unsigned int n,
	unsigned int steps)
{
	uint32_t left = (UINT32_C(1) << n) - 1;
	for (unsigned int step = 0; left != 0 && step < steps; step++)
		for (uint32_t bits = left; bits != 0; bits &= bits - 1) {
			const unsigned int i = (unsigned int)__builtin_ctz(bits);
			if (!nt_name_cache_lookup_ahead(c, &keys[i], step))
				left &= ~(UINT32_C(1) << i);
		}
}

/* The two ends; and the server name, where it is. */
static void
ends_ahead(const struct worker *w, uint32_t idx, struct nt_lookup_keys keys[2])
{
	const struct nt_flow *f = nt_flow_at(w->flows, idx);
	const struct nt_addr orig = end_addr(f, NT_FLOW_ORIG), resp = end_addr(f, NT_FLOW_RESP);
	keys[NT_FLOW_ORIG] = (struct nt_lookup_keys){ .addr = nt_addr_key(&w->names_key, &orig) };
	keys[NT_FLOW_RESP] = (struct nt_lookup_keys){ .addr = nt_addr_key(&w->names_key, &resp),
		.client = keys[NT_FLOW_ORIG].addr };
	nt_flow_prefetch_young(w->flows, idx);
	server_name_ahead(&w->server_names, idx);
	if (w->hosts != NULL)
		nt_hosts_ahead(w->hosts, &orig);
}

static void
server_ahead(const struct worker *w, uint32_t idx, struct nt_lookup_keys *resp)
{
	const struct server_name *e = server_name_of(&w->server_names, idx);
	if (e != NULL)
		resp->name = nt_hash_bytes(&w->names_key, e->name.text, e->name.len);
}

void
names_ahead(const struct worker *w, const uint32_t *flows, unsigned int n,
	struct nt_lookup_keys keys[][2])
{
	for (unsigned int i = 0; i < n; i++)
		ends_ahead(w, flows[i], keys[i]);
	for (unsigned int i = 0; i < n; i++)
		server_ahead(w, flows[i], &keys[i][NT_FLOW_RESP]);
	lookups_ahead(w->names, keys[0], 2 * n, NT_NAME_LOOKUP_STEPS);
}

/* What was pinned stays, except that `late` ranks before a pinned PTR. */
static bool
is_settled(const struct nt_name_result *pinned)
{
	return pinned->count != 0 && !is_untold(pinned);
}

static void
keep_pinned(struct nt_name_result *r, const struct nt_name_result *pinned)
{
	if (is_settled(pinned) || (pinned->count != 0 && r->match != NT_MATCH_LATE))
		*r = *pinned;
}

static unsigned int
unsettled(const struct found_names *pinned)
{
	return (is_settled(&pinned->orig) ? 0u : OF_ORIG) |
	       (is_settled(&pinned->resp) ? 0u : OF_RESP) |
	       (is_settled(&pinned->first) ? 0u : OF_FIRST) |
	       (pinned->addrs.count != 0 ? 0u : OF_ADDRS);
}

/* NULL: nothing is pinned to it, or it was to the other end before the connection was turned round.
 */
static const struct found_names *
pinned_of(const struct worker *w, uint32_t idx)
{
	const uint32_t pins = nt_flow_cold_at(w->flows, idx)->pins;
	const struct found_names *n = pins != NT_FLOW_NONE ? nt_pool_at(&w->pins, pins) : NULL;
	return n != NULL && n->orig_is_lo == nt_flow_at(w->flows, idx)->orig_is_lo ? n : NULL;
}

static void
find_names(struct worker *w, uint32_t idx, const struct nt_lookup_keys keys[2], bool final,
	struct found_names *ret)
{
	const struct found_names *pinned = pinned_of(w, idx);
	if (pinned == NULL) {
		look_up(w, idx, keys, final, OF_ALL, ret);
		return;
	}
	look_up(w, idx, keys, final, unsettled(pinned), ret);
	keep_pinned(&ret->orig, &pinned->orig);
	keep_pinned(&ret->resp, &pinned->resp);
	keep_pinned(&ret->first, &pinned->first);
	ret->asserted = pinned->asserted;
	if (pinned->addrs.count != 0)
		ret->addrs = pinned->addrs;
}

void
names_of_flow(struct worker *w, uint32_t idx, const struct nt_lookup_keys keys[2],
	struct found_names *ret)
{
	find_names(w, idx, keys, true, ret);
}

/* In the place of what was pinned before. */
static void
pin_names(struct worker *w, struct nt_flow_cold *cold, const struct found_names *found)
{
	if (found->orig.count == 0 && found->resp.count == 0 && found->asserted.count == 0 &&
		found->addrs.count == 0)
		return;
	hold_names(w->names, &found->orig);
	hold_names(w->names, &found->resp);
	hold_names(w->names, &found->first);
	hold_names(w->asserted, &found->asserted);
	if (cold->pins != NT_FLOW_NONE)
		pins_give_back(w, cold->pins);
	cold->pins = nt_pool_take(&w->pins); /* as many as flows */
	*(struct found_names *)nt_pool_at(&w->pins, cold->pins) = *found;
}

/* The young list's head has come of age: its names as of its start are decided now. */
static void
pin_flow(struct worker *w, uint32_t idx, const struct nt_lookup_keys keys[2])
{
	struct found_names found;
	find_names(w, idx, keys, false, &found);
	nt_flow_young_remove(w->flows, idx);
	pin_names(w, nt_flow_cold_at(w->flows, idx), &found);
}

/* Has it come of age at W? W's clock may be that of the packet behind W, hence the position. */
static bool
is_of_age(const struct worker *w, const struct nt_flow_cold *cold)
{
	return cold->first_clock_ns + w->config->names.pin_after_ns <= w->W.clock_ns &&
	       cold->first_position <= w->W.position;
}

static unsigned int
find_due(const struct worker *w, uint32_t flows[NAMES_WINDOW], unsigned int max)
{
	uint32_t idx = nt_flow_young(w->flows);
	unsigned int n = 0;
	while (n < max && idx != NT_FLOW_NONE && is_of_age(w, nt_flow_cold_at(w->flows, idx))) {
		flows[n++] = idx;
		nt_prefetch(nt_flow_at(w->flows, idx));
		nt_prefetch(&w->server_names.of_flow[idx]);
		idx = nt_flow_young_next(w->flows, idx);
	}
	return n;
}

void
pins_early(struct worker *w, uint32_t idx)
{
	struct nt_flow_cold *cold = nt_flow_cold_at(w->flows, idx);
	const struct nt_addr resp = end_addr(nt_flow_at(w->flows, idx), NT_FLOW_RESP);
	const struct nt_lookup_keys keys[2] = {
		[NT_FLOW_RESP] = { .addr = nt_addr_key(&w->names_key, &resp) }
	};
	struct found_names found;
	if (is_of_age(w, cold))
		return;
	look_up(w, idx, keys, false, OF_RESP, &found);
	if (is_settled(&found.resp))
		pin_names(w, cold, &found);
}

unsigned int
pins_due(struct worker *w, unsigned int max)
{
	struct nt_lookup_keys keys[NAMES_WINDOW][2];
	uint32_t flows[NAMES_WINDOW];
	unsigned int n = 0, due;
	do {
		due = find_due(w, flows, NT_MIN(max - n, (unsigned int)NAMES_WINDOW));
		names_ahead(w, flows, due, keys);
		for (unsigned int i = 0; i < due; i++)
			pin_flow(w, flows[i], keys[i]);
		n += due;
	} while (due == NAMES_WINDOW && n < max);
	return n;
}
