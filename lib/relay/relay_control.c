/* SPDX-License-Identifier: BSD-3-Clause */
#include <string.h>

#include <nt_mem.h>

#include "relay_priv.h"

/* Mappings relayed in one round at most, so that records get their turn. */
#define STEP_MAX 4096

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

/* The first mapping of all out rings by position, and whose it is; NULL when they are empty. */
static struct nt_mapping_msg *
first_of_all(struct nt_relay *r, unsigned int *ret_from)
{
	const struct nt_mapping_msg *first = NULL;
	for (unsigned int i = 0; i < r->cfg.workers; i++) {
		const struct nt_mapping_msg *m =
			(const void *)nt_msg_reader_peek(&r->workers[i].outbox);
		if (m != NULL && (first == NULL || m->position < first->position)) {
			first = m;
			*ret_from = i;
		}
	}
	/* It lies in our own staging buffer: ours to write. */
	return (struct nt_mapping_msg *)(uintptr_t)first;
}

static bool
all_have_room(const struct nt_relay *r, unsigned int from, size_t size)
{
	for (unsigned int i = 0; i < r->cfg.workers; i++)
		if (i != from && !nt_msg_ring_has_room(r->workers[i].in, size))
			return false;
	return true;
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

static void
deliver(struct nt_relay *r, unsigned int from, const struct nt_mapping_msg *m)
{
	for (unsigned int i = 0; i < r->cfg.workers; i++)
		if (i != from)
			r->stats.delivered += nt_msg_ring_put(r->workers[i].in, &m->head);
	r->stats.relayed++;
	r->stats.delayed += was_held(r, m);
	nt_histogram_add(&r->stats.propagation, (uint64_t)(m->departs_ns - m->seen_ns));
	nt_msg_reader_pop(&r->workers[from].outbox);
}

unsigned int
nt_relay_step(struct nt_relay *r, int64_t now_ns)
{
	struct nt_mark_value W = acquire_all(r);
	unsigned int relayed = 0;
	while (r->cfg.workers > 1) {
		unsigned int from = 0;
		struct nt_mapping_msg *m = first_of_all(r, &from);
		if (m == NULL || m->position > W.position)
			break;
		if (relayed == STEP_MAX || !all_have_room(r, from, m->head.size) ||
			!pace(r, m, now_ns, W.position)) {
			/* W stands just before what could not go; so does its clock. */
			W.position = m->position - 1;
			W.clock_ns = NT_MIN(W.clock_ns, m->seen_ns);
			break;
		}
		deliver(r, from, m);
		relayed++;
	}
	/* Never backwards: a round that was cut short may stand before an earlier min T's clock. */
	const struct nt_mark_value last = nt_mark_acquire(&r->W);
	W.clock_ns = NT_MAX(W.clock_ns, last.clock_ns);
	if (W.position > last.position)
		nt_mark_release(&r->W, W.position, W.clock_ns);
	return relayed;
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
