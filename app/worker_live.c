/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * What a worker does live: it waits for nobody. What has no room is shed and counted; what is shed
 * that a verdict could have gone by is told to all, so that nothing is claimed meanwhile. At the
 * end, when nothing more comes, it waits as it does offline: what was received is written.
 */
#include <rte_cycles.h>

#include <nt_fault.h>

#include "worker_priv.h"

/*
 * While something is being lost it is told so often: a tenth of the least that notice.grace and
 * notice.lost_for are usually set to.
 */
#define TELL_AGAIN_NS (NT_SEC(1) / 10)

bool
live_is_shedding(const struct worker *w)
{
	return w->cfg.live != NULL && w->done.position != NT_POSITION_END;
}

bool
live_is_overdue(const struct worker *w, uint64_t position)
{
	return live_is_shedding(w) && (w->judging.hurry || position <= w->live.overdue);
}

void
live_set_hold(struct worker *w)
{
	const double hold_sec = (double)w->config->relay.max_hold_ns / NT_NS_PER_SEC;
	w->live.step_tsc = (uint64_t)(hold_sec * (double)rte_get_tsc_hz() / LIVE_HOLD_STEPS);
}

void
live_init(struct worker *w)
{
	struct live_state *l = &w->live;
	l->told_ns = l->observe_ns = INT64_MIN;
	live_set_hold(w);
	w->taker.departed = NULL; /* offline only: what pacing would have cost */
}

/* By the TSC: stamps may be those of files, which go by faster. */
static void
step_hold(struct worker *w)
{
	struct live_state *l = &w->live;
	const uint64_t tsc = rte_rdtsc();
	if (l->step_tsc == 0)
		l->overdue = w->done.position;
	if (tsc < l->next_tsc)
		return;
	l->next_tsc = tsc + l->step_tsc;
	l->overdue = l->steps[l->step];
	l->steps[l->step] = w->done.position;
	l->step = (l->step + 1) % LIVE_HOLD_STEPS;
}

/* A fact is small and told seldom: it gets the room that no mapping gets. */
static void
tell_losses(struct worker *w, const struct nt_packet_meta *at)
{
	struct nt_mapping m = { .source = NT_UNKNOWN_DROPPED };
	if (at->clock_ns < w->live.told_ns + TELL_AGAIN_NS)
		return;
	if (!worker_tell(w, NT_FACT_LOST, at, &m))
		return;
	w->live.told_ns = at->clock_ns;
	w->live.lost = false;
}

/* It could have changed a verdict. */
static void
lose(struct worker *w, const struct nt_packet_meta *at)
{
	w->live.lost = true;
	tell_losses(w, at);
}

bool
live_sheds(struct worker *w, const struct nt_packet_meta *at, const struct nt_mapping *m)
{
	if (!live_is_shedding(w))
		return false;
	const enum nt_relay_room room = nt_relay_room(w->relay);
	if (nt_likely(room == NT_RELAY_ROOMY))
		return false;
	const bool known = nt_name_cache_has(worker_cache_of(w, m), m);
	if (!known && room != NT_RELAY_FULL)
		return false;
	count(w, NT_COUNTER_MAPPINGS_SHED_OUT, 1);
	count(w, NT_COUNTER_REFRESHES_SHED, known);
	/* That it is told again says nothing that a verdict goes by. */
	if (!known)
		lose(w, at);
	return true;
}

bool
live_sheds_fact(struct worker *w, enum nt_fact kind, const struct nt_packet_meta *at,
	const struct nt_mapping *m)
{
	if (!live_is_shedding(w))
		return false;
	if (kind == NT_FACT_LOST && m->source == NT_UNKNOWN_DROPPED)
		return false; /* the news that something was lost has room of its own */
	if (nt_likely(nt_relay_takes_fact(w->relay)))
		return false;
	count(w, NT_COUNTER_FACTS_SHED, 1);
	lose(w, at);
	return true;
}

bool
live_has_room(struct worker *w, size_t size)
{
	return !live_is_shedding(w) ||
	       (!nt_fault(NT_FAULT_RECORDS_FULL) && nt_msg_ring_has_room(w->records, size));
}

void
live_begin_burst(struct worker *w, struct rte_mbuf *first, const struct nt_mark_value *R)
{
	w->epoch_offset_ns =
		atomic_load_explicit(w->cfg.live->clock_offset_ns, memory_order_relaxed);
	const uint64_t losses = atomic_load_explicit(&w->losses, memory_order_relaxed);
	if (nt_likely(losses == w->live.losses_seen && !w->live.lost))
		return;
	w->live.losses_seen = losses;
	w->live.lost = true;
	if (first != NULL)
		tell_losses(w, &mbuf_meta(first)->at);
	else if (R->position > w->done.position && R->position != NT_POSITION_END)
		tell_losses(w, &(struct nt_packet_meta){
				       .position = R->position, .clock_ns = R->clock_ns });
}

/* Up to here everything is judged, as far as this worker's connections go. */
static int64_t
judged_until(const struct worker *w)
{
	const struct judging *j = &w->judging;
	return j->waiting == 0 ? w->W.clock_ns
			       : nt_flow_cold_at(w->flows, j->ring[j->head])->first_clock_ns;
}

/* What others want to know about once a second. */
void
live_end_round(struct worker *w)
{
	step_hold(w);
	atomic_store_explicit(&w->beats, atomic_load_explicit(&w->beats, memory_order_relaxed) + 1,
		memory_order_relaxed);
	if (nt_likely(w->done.clock_ns < w->live.observe_ns))
		return;
	w->live.observe_ns = w->done.clock_ns + NT_SEC(1);
	worker_observe(w);
	notices_expire(w, judged_until(w));
}
