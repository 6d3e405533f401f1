/* SPDX-License-Identifier: BSD-3-Clause */
#include <string.h>

#include <nt_fault.h>
#include <nt_mem.h>

#include "relay_priv.h"

/* Mappings relayed in one round at most, so that records get their turn. */
#define STEP_MAX 4096
/* Units put into an inbox at a time. */
#define RUN_UNITS 128

static int
connect_worker(struct nt_relay *r, unsigned int i)
{
	struct nt_relay_worker *w = &r->workers[i];
	w->relay = r;
	nt_mark_init(&w->T);
	w->last = (struct nt_mark_value){ .position = 0, .clock_ns = INT64_MIN };
	int err = own_queue_init(&w->own, r->cfg.own_units);
	if (err != 0 || r->cfg.workers == 1)
		return err; /* nobody to relay to */
	w->out = nt_msg_ring_new("relay_out", r->cfg.ring_units);
	w->in = nt_msg_ring_new("relay_in", r->cfg.ring_units);
	if (w->out == NULL || w->in == NULL)
		return -errno;
	err = nt_msg_reader_init(&w->outbox, w->out, NT_MAPPING_MSG_MAX);
	return err != 0 ? err : nt_msg_reader_init(&w->inbox, w->in, NT_MAPPING_MSG_MAX);
}

static void
disconnect_worker(struct nt_relay_worker *w)
{
	own_queue_fini(&w->own);
	if (w->outbox.stage != NULL)
		nt_msg_reader_fini(&w->outbox);
	if (w->inbox.stage != NULL)
		nt_msg_reader_fini(&w->inbox);
	nt_msg_ring_free(w->out);
	nt_msg_ring_free(w->in);
}

/* Rings that can't hold one mapping would have everybody wait for ever. */
static bool
is_sound(const struct nt_relay_config *cfg)
{
	const unsigned int most = nt_msg_units(NT_MAPPING_MSG_MAX);
	return cfg->workers >= 1 && cfg->workers <= NT_RELAY_WORKERS_MAX &&
	       (cfg->ring_units & (cfg->ring_units - 1)) == 0 && cfg->ring_units > most &&
	       (cfg->own_units & (cfg->own_units - 1)) == 0 && cfg->own_units >= 2 * most;
}

size_t
nt_relay_worker_bytes(const struct nt_relay_config *cfg)
{
	const size_t own = own_queue_bytes(cfg->own_units);
	if (cfg->workers == 1)
		return own;
	return own + 2 * nt_msg_ring_bytes(cfg->ring_units) +
	       2 * nt_msg_reader_bytes(NT_MAPPING_MSG_MAX);
}

size_t
nt_relay_bytes(void)
{
	return nt_mem_mapped(sizeof(struct nt_relay));
}

struct nt_relay *
nt_relay_new(const struct nt_relay_config *cfg)
{
	if (!is_sound(cfg)) {
		errno = EINVAL;
		return NULL;
	}
	struct nt_relay *r = nt_mem_map(sizeof(*r));
	if (r == NULL)
		return NULL;
	r->cfg = *cfg;
	nt_mark_init(&r->W);
	r->whole = NT_POSITION_END;
	nt_bucket_init(&r->bucket, cfg->rate, cfg->burst);
	for (unsigned int i = 0; i < cfg->workers; i++) {
		const int err = connect_worker(r, i);
		if (err != 0) {
			nt_relay_free(r);
			errno = -err;
			return NULL;
		}
	}
	return r;
}

void
nt_relay_free(struct nt_relay *r)
{
	if (r == NULL)
		return;
	for (unsigned int i = 0; i < r->cfg.workers; i++)
		disconnect_worker(&r->workers[i]);
	nt_mem_unmap(r, sizeof(*r));
}

/* min T, and a clock that is not later than at the packet behind it. */
static struct nt_mark_value
acquire_all(const struct nt_relay *r)
{
	struct nt_mark_value low = { .position = NT_POSITION_END, .clock_ns = INT64_MAX };
	for (unsigned int i = 0; i < r->cfg.workers; i++) {
		const struct nt_mark_value t = nt_mark_acquire(&r->workers[i].T);
		low.position = NT_MIN(low.position, t.position);
		low.clock_ns = NT_MIN(low.clock_ns, t.clock_ns);
	}
	return low;
}

/*
 * min T of those that W waits for. Nobody is left behind for good: where the others are at the end,
 * or all are away, W stays where it is.
 */
static struct nt_mark_value
acquire_present(const struct nt_relay *r)
{
	const struct nt_mark_value last = nt_mark_acquire(&r->W);
	struct nt_mark_value low = { .position = NT_POSITION_END, .clock_ns = INT64_MAX };
	for (unsigned int i = 0; i < r->cfg.workers; i++) {
		const struct nt_mark_value t = nt_mark_acquire(&r->workers[i].T);
		if (r->workers[i].presence != RELAY_PRESENT)
			continue;
		low.position = NT_MIN(low.position, t.position);
		low.clock_ns = NT_MIN(low.clock_ns, t.clock_ns);
	}
	return low.position == NT_POSITION_END ? last : low;
}

static struct nt_mark_value
acquire_for_W(struct nt_relay *r)
{
	if (nt_likely(r->away == 0))
		return acquire_all(r);
	const uint64_t W = nt_mark_acquire(&r->W).position;
	for (unsigned int i = 0; i < r->cfg.workers; i++) {
		struct nt_relay_worker *w = &r->workers[i];
		if (w->presence != RELAY_RETURNING || nt_mark_acquire(&w->T).position < W)
			continue;
		w->presence = RELAY_PRESENT;
		r->away--;
	}
	if (r->away != 0)
		return acquire_present(r);
	atomic_store_explicit(&r->whole, NT_POSITION_END, memory_order_relaxed);
	return acquire_all(r);
}

/*
 * What a worker told that had been left behind: W has passed it, and what was delivered stands.
 * Each gets a position of its own, for what has one position moves on only together.
 */
static void
put_in_order(const struct nt_relay *r, struct nt_relay_worker *w, struct nt_mapping_msg *msg)
{
	const struct nt_mark_value W = nt_mark_acquire(&r->W);
	if (msg->position <= W.position) {
		w->came_late = NT_MAX(w->came_late, W.position) + 1;
		relay_put_off(msg, w->came_late, W.clock_ns);
	} else if (msg->position < w->came_late) {
		relay_put_off(msg, w->came_late, W.clock_ns);
	}
}

/* It lies in our own staging buffer: ours to write. */
static struct nt_mapping_msg *
in_order(struct nt_relay *r, unsigned int from, const struct nt_msg_head *head)
{
	struct nt_mapping_msg *msg = (struct nt_mapping_msg *)(uintptr_t)head;
	if (msg != NULL && nt_unlikely(r->was_away))
		put_in_order(r, &r->workers[from], msg);
	return msg;
}

static struct nt_mapping_msg *
peek(struct nt_relay *r, unsigned int from)
{
	return in_order(r, from, nt_msg_reader_peek(&r->workers[from].outbox));
}

/* What may go now. */
struct merge {
	uint64_t heads[NT_RELAY_WORKERS_MAX]; /* positions of what is first in each out ring */
	uint64_t until; /* min T: nothing at or before it comes any more */
	unsigned int relayed;
};

static void
merge_begin(struct nt_relay *r, struct merge *m, uint64_t until)
{
	m->until = until;
	m->relayed = 0;
	for (unsigned int i = 0; i < r->cfg.workers; i++) {
		const struct nt_mapping_msg *msg = peek(r, i);
		m->heads[i] = msg != NULL ? msg->position : NT_POSITION_END;
	}
}

/*
 * Whose head is the first of all; *ret_until: up to where its messages come before the others'. Two
 * workers may tell of one position, where a packet came in a tunnel: then whichever is asked first.
 */
static unsigned int
merge_first(const struct nt_relay *r, const struct merge *m, uint64_t *ret_until)
{
	unsigned int first = 0;
	uint64_t least = m->heads[0], second = NT_POSITION_END;
	for (unsigned int i = 1; i < r->cfg.workers; i++) {
		const uint64_t head = m->heads[i];
		second = NT_MIN(second, NT_MAX(head, least));
		first = head < least ? i : first;
		least = NT_MIN(least, head);
	}
	*ret_until = NT_MIN(m->until, NT_MAX(second - 1, least));
	return first;
}

/* Units that every inbox but one has room for; those that seem to have less than is wanted are
 * looked at. */
static unsigned int
room_of_all(struct nt_relay *r, unsigned int from, unsigned int wanted)
{
	unsigned int room = nt_fault(NT_FAULT_INBOX_FULL) ? 0 : UINT32_MAX;
	for (unsigned int i = 0; i < r->cfg.workers; i++) {
		struct nt_relay_worker *w = &r->workers[i];
		if (i == from || w->presence != RELAY_PRESENT)
			continue;
		if (w->in_room < wanted)
			w->in_room = nt_msg_ring_free_units(w->in);
		room = NT_MIN(room, w->in_room);
	}
	return room;
}

/* False: the bucket does not let it go now, nor what is behind it up to min T. */
static bool
pace(struct nt_relay *r, struct nt_mapping_msg *m, int64_t now_ns, uint64_t min_T)
{
	if (r->cfg.pacing == NT_RELAY_PACED) {
		if (nt_bucket_take(&r->bucket, now_ns, 1) == 0) {
			r->held_until = min_T;
			return false;
		}
		m->departs_ns = NT_MAX(now_ns, m->seen_ns);
	} else {
		m->departs_ns = nt_bucket_depart(&r->bucket, m->seen_ns);
	}
	return true;
}

/* Paced, everything leaves a little after it was seen: what counts is that the bucket was empty. */
static bool
was_held(const struct nt_relay *r, const struct nt_mapping_msg *m)
{
	return r->cfg.pacing == NT_RELAY_PACED ? m->position <= r->held_until
					       : m->departs_ns > m->seen_ns;
}

/* Nobody waits for a worker that is away. */
static bool
has_no_room(struct nt_relay_worker *w, unsigned int units)
{
	if (nt_likely(w->presence == RELAY_PRESENT))
		return false;
	w->in_room = nt_msg_ring_free_units(w->in);
	return w->in_room < units;
}

static void
deliver(struct nt_relay *r, unsigned int from, const void *msgs, unsigned int units,
	unsigned int mappings)
{
	for (unsigned int i = 0; i < r->cfg.workers; i++) {
		struct nt_relay_worker *w = &r->workers[i];
		if (i == from)
			continue;
		if (has_no_room(w, units)) {
			r->stats.shed += mappings;
			continue;
		}
		nt_msg_ring_put_units(w->in, msgs, units);
		w->in_room -= units;
	}
}

static void
account(struct nt_relay *r, const struct nt_mapping_msg *msg)
{
	r->stats.relayed++;
	r->stats.delivered += r->cfg.workers - 1;
	r->stats.delayed += was_held(r, msg);
	nt_histogram_add(&r->stats.propagation, (uint64_t)(msg->departs_ns - msg->seen_ns));
}

/*
 * Messages of one worker that come before all others', as far as they lie staged in one piece: one
 * copy for each receiver. False where the next one has to wait.
 */
static bool
relay_run(struct nt_relay *r, struct merge *m, unsigned int from, uint64_t until, int64_t now_ns)
{
	struct nt_msg_reader *outbox = &r->workers[from].outbox;
	struct nt_mapping_msg *msg = peek(r, from);
	const void *first = msg;
	const unsigned int room = room_of_all(r, from, RUN_UNITS);
	unsigned int units = 0, mappings = 0;
	bool waits = false;
	while (msg != NULL && msg->position <= until) {
		const unsigned int more = nt_msg_units(msg->head.size);
		if (units + more > RUN_UNITS)
			break;
		waits = m->relayed == STEP_MAX || units + more > room ||
			!pace(r, msg, now_ns, m->until);
		if (waits)
			break;
		account(r, msg);
		units += more;
		mappings += msg->head.kind == NT_FACT_MAPPING;
		m->relayed++;
		nt_msg_reader_pop(outbox);
		msg = in_order(r, from, nt_msg_reader_staged(outbox));
	}
	deliver(r, from, first, units, mappings);
	msg = peek(r, from);
	m->heads[from] = msg != NULL ? msg->position : NT_POSITION_END;
	return !waits;
}

unsigned int
nt_relay_step(struct nt_relay *r, int64_t now_ns)
{
	struct nt_mark_value W = acquire_for_W(r);
	struct merge m = { .relayed = 0 };
	if (r->cfg.workers > 1)
		merge_begin(r, &m, W.position);
	while (r->cfg.workers > 1) {
		uint64_t until;
		const unsigned int from = merge_first(r, &m, &until);
		if (m.heads[from] > W.position || m.heads[from] == NT_POSITION_END)
			break;
		if (relay_run(r, &m, from, until, now_ns))
			continue;
		/* W stands just before what could not go; so does its clock. */
		const struct nt_mapping_msg *msg = peek(r, from);
		W.position = msg->position - 1;
		W.clock_ns = NT_MIN(W.clock_ns, msg->seen_ns);
		break;
	}
	/* Never backwards: a round that was cut short may stand before an earlier min T's clock. */
	const struct nt_mark_value last = nt_mark_acquire(&r->W);
	W.clock_ns = NT_MAX(W.clock_ns, last.clock_ns);
	if (W.position > last.position)
		nt_mark_release(&r->W, W.position, W.clock_ns);
	return m.relayed;
}

void
nt_relay_set_pace(struct nt_relay *r, uint64_t rate, uint64_t burst)
{
	r->cfg.rate = rate;
	r->cfg.burst = burst;
	nt_bucket_init(&r->bucket, rate, burst);
}

void
nt_relay_leave_behind(struct nt_relay *r, unsigned int w)
{
	if (r->workers[w].presence != RELAY_PRESENT) {
		r->workers[w].presence = RELAY_LEFT;
		return;
	}
	if (r->away++ == 0)
		atomic_store_explicit(
			&r->whole, nt_mark_acquire(&r->W).position, memory_order_relaxed);
	r->workers[w].presence = RELAY_LEFT;
	r->was_away = true;
}

void
nt_relay_comes_back(struct nt_relay *r, unsigned int w)
{
	if (r->workers[w].presence == RELAY_LEFT)
		r->workers[w].presence = RELAY_RETURNING;
}

void
nt_relay_unpace(struct nt_relay *r)
{
	nt_bucket_init(&r->bucket, 0, r->cfg.burst);
}

struct nt_mark_value
nt_relay_watermark(const struct nt_relay *r)
{
	return nt_mark_acquire(&r->W);
}

uint64_t
nt_relay_processed(const struct nt_relay *r)
{
	return acquire_all(r).position;
}

const struct nt_relay_stats *
nt_relay_stats(const struct nt_relay *r)
{
	return &r->stats;
}
