/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Ended connections to records. Once W has passed a connection's last packet, every mapping that
 * can name it is in this worker's cache, and the record is made; a connection that goes on is
 * looked up when W has passed its start by names.pin_after, and its names are pinned to it.
 *
 * A record waits for its verdict (worker_verdicts.c), too.
 *
 * The order within a round matters: pin, resolve, purge. What a purge up to a clock may drop, every
 * connection that could have asked for it has then asked (nt_name_cache.h).
 */
#include <netinet/in.h>

#include <nt_fault.h>

#include "worker_priv.h"

/* Steps of purging per round: twice what a round can add on average. */
#define PURGE_MAX 256

/* Pins wait for each other, for so much of names.pin_after: many at once wait for memory together.
 */
#define PINS_APART 16

/* Its place in the table is free. */
static void
forget(struct worker *w, uint32_t idx)
{
	struct nt_flow *f = nt_flow_at(w->flows, idx);
	struct nt_flow_cold *cold = nt_flow_cold_at(w->flows, idx);
	if (cold->pins != NT_FLOW_NONE)
		pins_give_back(w, cold->pins);
	server_name_drop(&w->server_names, idx);
	nt_conn_close(w->conn, f, cold);
	nt_flow_release(w->flows, idx);
}

static void
resolve(struct worker *w, uint32_t idx, const struct nt_lookup_keys keys[2])
{
	struct nt_flow *f = nt_flow_at(w->flows, idx);
	if (nt_unlikely(w->cfg.live != NULL) && !live_has_room(w, RECORD_MSG_MAX)) {
		count(w, NT_COUNTER_CONNS_LOST, 1);
		forget(w, idx);
		return;
	}
	row_make(w, idx, keys, &w->record.row);
	verdicts_row(w, f, idx, &w->record.row);
	forget(w, idx);
	record_msg_seal(&w->record);
	while (nt_fault(NT_FAULT_RECORDS_FULL) || !nt_msg_ring_put(w->records, &w->record.head))
		worker_wait(w);
}

/* Is everything known that it waits for? Live it does not wait for ever. */
static bool
is_ready(struct worker *w, uint32_t idx)
{
	const struct nt_flow *f = nt_flow_at(w->flows, idx);
	if (nt_unlikely(f->last_position > w->W.position)) {
		if (!live_is_overdue(w, f->last_position) || verdicts_waits(w, idx))
			return false;
		count(w, NT_COUNTER_RELEASED_EARLY, 1);
		return true;
	}
	if (verdicts_waits(w, idx))
		return false;
	if (nt_unlikely(live_is_unsure(w, f->last_position)))
		count(w, NT_COUNTER_RELEASED_EARLY, 1);
	return true;
}

/* Ended connections that are resolved one after the other. */
struct window {
	unsigned int count;
	uint32_t flows[NAMES_WINDOW];
	struct nt_lookup_keys keys[NAMES_WINDOW][2];
};

static void
window_fill(struct window *win, struct worker *w, unsigned int max)
{
	uint32_t idx = nt_flow_ended(w->flows);
	win->count = 0;
	while (win->count < max && idx != NT_FLOW_NONE && is_ready(w, idx)) {
		win->flows[win->count++] = idx;
		idx = nt_flow_ended_next(w->flows, idx);
		if (idx == NT_FLOW_NONE)
			break;
		nt_flow_prefetch(w->flows, idx);
		nt_prefetch(&w->server_names.of_flow[idx]);
		nt_prefetch(&w->judging.of_flow[idx]);
	}
}

/* Opened by their very last packets. */
static void
end_streams(struct worker *w, const struct window *win)
{
	for (unsigned int i = 0; i < win->count; i++)
		if (nt_flow_at(w->flows, win->flows[i])->key.proto == IPPROTO_TCP)
			streams_end(w, win->flows[i]);
}

static unsigned int
resolve_due(struct worker *w, unsigned int max)
{
	struct window win;
	unsigned int n = 0;
	do {
		window_fill(&win, w, NT_MIN(max - n, (unsigned int)NAMES_WINDOW));
		end_streams(w, &win);
		if (nt_likely(wants_names(w)))
			names_ahead(w, win.flows, win.count, win.keys);
		for (unsigned int i = 0; i < win.count; i++)
			resolve(w, win.flows[i], win.keys[i]);
		n += win.count;
	} while (win.count == NAMES_WINDOW && n < max);
	return n;
}

/*
 * No connection that is due by then is left to ask, so what only older ones could ask for may go.
 */
static void
purge(struct worker *w)
{
	if (nt_flow_ended(w->flows) != NT_FLOW_NONE)
		return;
	const int64_t clock_ns = NT_MIN(w->pinned_ns, nt_flow_due_through(w->flows));
	if (clock_ns != INT64_MIN) { /* something has happened */
		nt_name_cache_purge(w->names, clock_ns, PURGE_MAX);
		nt_name_cache_purge(w->asserted, clock_ns, PURGE_MAX);
		if (w->hosts != NULL)
			nt_hosts_purge(w->hosts, clock_ns, PURGE_MAX);
	}
}

static unsigned int
pin(struct worker *w, unsigned int max)
{
	const int64_t apart_ns = w->config->names.pin_after_ns / PINS_APART;
	const int64_t clock_ns = w->W.clock_ns;
	if (clock_ns < w->pinned_ns + apart_ns)
		return 0;
	const unsigned int n = wants_names(w) ? pins_due(w, max) : 0;
	if (n < max)
		w->pinned_ns = clock_ns;
	return n;
}

bool
records_advance(struct worker *w, unsigned int max)
{
	const unsigned int judged = verdicts_due(w, max);
	const unsigned int compared = mismatches_due(w, max);
	const unsigned int pinned = pin(w, max);
	const unsigned int resolved = resolve_due(w, max);
	if (judged < max && compared < max && resolved < max)
		purge(w);
	return judged + compared + pinned + resolved != 0;
}
