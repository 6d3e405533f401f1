/* SPDX-License-Identifier: BSD-3-Clause */
/* Connections begin and end. */
#include <netinet/in.h>

#include <nt_fault.h>

#include "worker_priv.h"

/* Flows looked at per poll: more than a burst can begin, so expiry never falls behind for good. */
#define EXPIRE_MAX (2 * WORKER_BURST)

/*
 * Candidates looked at for one eviction. Young ones that have got beyond their beginning are looked
 * at once. The wheel does not follow a flow's traffic: most of those it offers may turn out to have
 * been busy, are put where they belong, and are not offered again soon.
 */
#define VICTIMS_MAX 4096

/* Rounds of records for one new connection, live: 256 of them, some 50 us. */
#define ROOM_ROUNDS 8

static void
evict(struct worker *w, uint32_t idx)
{
	nt_conn_evicted(w->conn, nt_flow_at(w->flows, idx), nt_flow_cold_at(w->flows, idx));
	flow_end(w, idx);
	count(w, NT_COUNTER_CONNS_EVICTED, 1);
}

/* True when the candidate is gone; false when it was only scheduled where it stood wrongly. */
static bool
evict_candidate(struct worker *w, uint32_t idx, bool last)
{
	struct nt_flow *f = nt_flow_at(w->flows, idx);
	struct nt_flow_cold *cold = nt_flow_cold_at(w->flows, idx);
	const int64_t clock_ns = w->done.clock_ns;
	if (clock_ns >= f->deadline_ns &&
		nt_conn_timers(w->conn, f, cold, clock_ns) == NT_CONN_END) {
		flow_end(w, idx); /* it was over anyway */
		return true;
	}
	nt_conn_postpone(w->conn, f, cold);
	if (!last && f->deadline_ns > nt_flow_scheduled_ns(w->flows, idx) + NT_SEC(1)) {
		nt_flow_schedule(w->flows, idx, f->deadline_ns);
		return false;
	}
	evict(w, idx);
	return true;
}

/* The oldest that may come to nothing. False where there is none, or none near. */
static bool
evict_embryonic(struct worker *w)
{
	for (unsigned int i = 0; i < VICTIMS_MAX; i++) {
		const uint32_t idx = nt_flow_sift(w->flows);
		if (idx == NT_FLOW_NONE)
			return false;
		if (nt_flow_is_live(w->flows, idx) &&
			nt_conn_is_embryonic(nt_flow_at(w->flows, idx))) {
			evict(w, idx);
			return true;
		}
	}
	return false;
}

/*
 * An ended connection keeps its place until W has passed it and its record is sent. False where
 * that can't be before this packet is done: all that has ended began with it or ended by it, as
 * another packet in it, a tunnel or a part, did before.
 */
static bool
wait_for_room(struct worker *w)
{
	while (nt_flow_ended(w->flows) != NT_FLOW_NONE && !records_advance(w, WORKER_BURST)) {
		if (w->W.position >= w->done.position)
			return false;
		worker_wait(w);
	}
	return true;
}

/*
 * Live: what has ended goes now. What began before it is judged first, which may be much at the
 * beginning of a flood, so this stops, and the connection is refused.
 */
static bool
make_room_now(struct worker *w)
{
	const uint32_t idx = nt_flow_ended(w->flows);
	for (unsigned int i = 0; i < ROOM_ROUNDS && nt_flow_ended(w->flows) == idx; i++)
		if (!records_advance(w, WORKER_BURST))
			return idx == NT_FLOW_NONE;
	return nt_flow_ended(w->flows) != idx;
}

/* What has hardly begun goes first, then what is nearest to its end. */
static void
evict_somebody(struct worker *w)
{
	if (evict_embryonic(w))
		return;
	for (unsigned int i = 1; i <= VICTIMS_MAX; i++) {
		const uint32_t victim = nt_flow_victim(w->flows);
		if (victim == NT_FLOW_NONE || evict_candidate(w, victim, i == VICTIMS_MAX))
			break;
	}
}

/* Room for one more: whoever is evicted is written. */
static bool
evict_one(struct worker *w)
{
	const bool live = live_is_shedding(w);
	if (!live || nt_flow_ended(w->flows) == NT_FLOW_NONE)
		evict_somebody(w);
	w->judging.hurry = true;
	const bool room = live ? make_room_now(w) : wait_for_room(w);
	w->judging.hurry = false;
	return room;
}

uint32_t
flow_begin(struct worker *w, const struct nt_packet *p, const struct nt_packet_meta *m,
	const struct nt_flow_key *key, uint64_t hash, bool src_is_lo)
{
	hosts_ahead(w, p);
	uint32_t idx =
		nt_fault(NT_FAULT_FLOW_SLOT) ? NT_FLOW_NONE : nt_flow_insert(w->flows, key, hash);
	for (; idx == NT_FLOW_NONE; idx = nt_flow_insert(w->flows, key, hash)) {
		if (nt_unlikely(!evict_one(w))) {
			count(w, NT_COUNTER_CONNS_REFUSED, 1);
			return NT_FLOW_NONE;
		}
	}
	struct nt_flow *f = nt_flow_at(w->flows, idx);
	nt_conn_open(w->conn, f, nt_flow_cold_at(w->flows, idx), p, m, src_is_lo);
	nt_flow_schedule(w->flows, idx, f->deadline_ns);
	verdicts_open(w, idx, p);
	count(w, NT_COUNTER_CONNS_MADE, 1);
	if (w->hosts != NULL && p->mac != NULL)
		hosts_begin(w, p, m);
	return idx;
}

static void
end_hashed(struct worker *w, uint32_t idx, uint64_t hash)
{
	const uint8_t proto = nt_flow_at(w->flows, idx)->key.proto;
	if (proto == IPPROTO_UDP)
		quic_end(w, idx);
	else if (proto == IPPROTO_TCP)
		streams_end(w, idx);
	nt_flow_unlink_hashed(w->flows, idx, hash);
}

void
flow_end(struct worker *w, uint32_t idx)
{
	end_hashed(w, idx, nt_flow_hash(w->flows, &nt_flow_at(w->flows, idx)->key));
}

/* What is over is taken out of its bucket; returns its hash. */
static uint64_t
fetch_bucket(const struct worker *w, uint32_t idx, int64_t clock_ns)
{
	const struct nt_flow *f = nt_flow_at(w->flows, idx);
	if (clock_ns < f->deadline_ns)
		return 0;
	const uint64_t hash = nt_flow_hash(w->flows, &f->key);
	nt_flow_prefetch_bucket(w->flows, hash);
	return hash;
}

void
flows_evict(struct worker *w, unsigned int max)
{
	for (unsigned int i = 1; i <= max; i++) {
		const uint32_t victim = nt_flow_victim(w->flows);
		if (victim == NT_FLOW_NONE)
			return;
		evict_candidate(w, victim, i == max);
	}
}

static void
expire_one(struct worker *w, uint32_t idx, uint64_t hash, int64_t clock_ns)
{
	struct nt_flow *f = nt_flow_at(w->flows, idx);
	if (clock_ns >= f->deadline_ns &&
		nt_conn_timers(w->conn, f, nt_flow_cold_at(w->flows, idx), clock_ns) == NT_CONN_END)
		end_hashed(w, idx, hash);
	else
		nt_flow_schedule(w->flows, idx, f->deadline_ns);
}

bool
flows_expire(struct worker *w, int64_t clock_ns)
{
	uint32_t due[EXPIRE_MAX];
	uint64_t hashes[EXPIRE_MAX];
	const unsigned int n = nt_flow_due(w->flows, clock_ns, due, EXPIRE_MAX);
	for (unsigned int i = 0; i < n; i++)
		nt_flow_prefetch(w->flows, due[i]);
	for (unsigned int i = 0; i < n; i++)
		hashes[i] = fetch_bucket(w, due[i], clock_ns);
	for (unsigned int i = 0; i < n; i++)
		expire_one(w, due[i], hashes[i], clock_ns);
	return n != 0;
}

bool
flows_end_all(struct worker *w, unsigned int max)
{
	uint32_t idx;
	while (max-- != 0 && (idx = nt_flow_any(w->flows)) != NT_FLOW_NONE) {
		struct nt_flow *f = nt_flow_at(w->flows, idx);
		/* Timers that were due by the last packet of the stream come first, as in Zeek. */
		if (w->done.clock_ns >= f->deadline_ns)
			nt_conn_timers(
				w->conn, f, nt_flow_cold_at(w->flows, idx), w->done.clock_ns);
		flow_end(w, idx);
	}
	return nt_flow_any(w->flows) != NT_FLOW_NONE;
}
