/* SPDX-License-Identifier: BSD-3-Clause */
#include <string.h>

#include <nt_fault.h>
#include <nt_mem.h>

#include "relay_priv.h"

/* Facts are small and few; the last two of these the own queue never gives out (own_has_room). */
#define RESERVED_MESSAGES 10
/* What mappings that were told have earned facts where it is crowded: that many at once. */
#define FACTS_DUE_MAX 16

/* One message more behind the end, so that each lies in one piece. */
static size_t
units_bytes(unsigned int units)
{
	return ((size_t)units + nt_msg_units(NT_MAPPING_MSG_MAX)) * NT_MSG_UNIT;
}

size_t
own_queue_bytes(unsigned int units)
{
	return nt_mem_mapped(units_bytes(units));
}

int
own_queue_init(struct own_queue *q, unsigned int units)
{
	q->units = nt_mem_map(units_bytes(units));
	if (q->units == NULL)
		return -errno;
	q->size = units;
	q->head = q->tail = q->begun = 0;
	q->position = 0;
	q->most = units / 2;
	return 0;
}

void
own_queue_fini(struct own_queue *q)
{
	if (q->units != NULL)
		nt_mem_unmap(q->units, units_bytes(q->size));
	q->units = NULL;
}

static struct nt_mapping_msg *
own_slot(const struct own_queue *q, unsigned int at)
{
	return (void *)(q->units + (size_t)(at & (q->size - 1)) * NT_MSG_UNIT);
}

static unsigned int
own_free_units(const struct own_queue *q)
{
	return q->size - (q->tail - q->head);
}

/* A message starts anywhere and runs over the end into the spare room; the next starts behind it.
 */
static bool
own_has_room(const struct own_queue *q)
{
	const unsigned int most = nt_msg_units(NT_MAPPING_MSG_MAX);
	/* Twice: the spare room at the end stands for as much at the front. */
	return own_free_units(q) >= 2 * most;
}

/* Of that position, so much that more would not fit beside what others may tell of it. */
static bool
own_is_full_of(const struct own_queue *q, uint64_t position)
{
	return q->position == position && q->tail - q->begun >= q->most;
}

/* What lies at the tail is in the queue from now on. */
static void
own_put(struct own_queue *q, const struct nt_mapping_msg *msg, uint64_t position)
{
	if (q->position != position) {
		q->position = position;
		q->begun = q->tail;
	}
	q->tail += nt_msg_units(msg->head.size);
}

/* An empty one goes on at its beginning: lines that are in the cache, not those of all the ring. */
static void
own_rewind(struct own_queue *q)
{
	if (q->head != q->tail)
		return;
	q->begun -= q->tail;
	q->head = q->tail = 0;
}

static const struct nt_mapping_msg *
own_peek(const struct own_queue *q)
{
	return q->head != q->tail ? own_slot(q, q->head) : NULL;
}

struct nt_relay_worker *
nt_relay_worker(struct nt_relay *r, unsigned int w)
{
	return &r->workers[w];
}

bool
nt_relay_tell(struct nt_relay_worker *w, enum nt_fact kind, const struct nt_mapping *m)
{
	return !own_is_full_of(&w->own, m->position) && nt_relay_tell_more(w, kind, m);
}

bool
nt_relay_is_full_of(const struct nt_relay_worker *w, uint64_t position)
{
	return own_is_full_of(&w->own, position);
}

void
relay_put_off(struct nt_mapping_msg *msg, uint64_t position, int64_t clock_ns)
{
	msg->position = position;
	msg->seen_ns = NT_MAX(msg->seen_ns, clock_ns);
	if (msg->head.kind == NT_FACT_MAPPING)
		msg->expires_ns = NT_MAX(msg->expires_ns, msg->seen_ns);
}

/* W has gone on without this worker: what it tells now comes behind what was applied. */
static void
put_in_order(struct nt_relay_worker *w, struct nt_mapping_msg *msg)
{
	if (msg->position <= w->applied.position && w->applied.position != NT_POSITION_END)
		w->late = NT_MAX(w->late, w->applied.position) + 1;
	if (msg->position < w->late)
		relay_put_off(msg, w->late, w->applied.clock_ns);
}

bool
nt_relay_tell_more(struct nt_relay_worker *w, enum nt_fact kind, const struct nt_mapping *m)
{
	struct nt_mapping_msg *msg = own_slot(&w->own, w->own.tail);
	if (!own_has_room(&w->own) || nt_fault(NT_FAULT_OUT_FULL))
		return false;
	nt_mapping_msg_pack(msg, kind, m);
	if (w->relay->cfg.pacing == NT_RELAY_PACED && w->out != NULL)
		put_in_order(w, msg);
	if (w->out != NULL && !nt_msg_ring_put(w->out, &msg->head))
		return false;
	own_put(&w->own, msg, m->position);
	if (kind == NT_FACT_MAPPING && w->facts_due < FACTS_DUE_MAX)
		w->facts_due++;
	return true;
}

bool
nt_relay_is_whole(const struct nt_relay_worker *w, uint64_t position)
{
	return position <= atomic_load_explicit(&w->relay->whole, memory_order_relaxed);
}

static enum nt_relay_room
room_of(unsigned int left, unsigned int size, unsigned int most)
{
	if (left < RESERVED_MESSAGES * most)
		return NT_RELAY_FULL;
	return left < size / 4 ? NT_RELAY_CROWDED : NT_RELAY_ROOMY;
}

enum nt_relay_room
nt_relay_room(const struct nt_relay_worker *w)
{
	const unsigned int most = nt_msg_units(NT_MAPPING_MSG_MAX);
	const enum nt_relay_room own = room_of(own_free_units(&w->own), w->own.size, most);
	if (w->out == NULL)
		return own;
	const enum nt_relay_room out =
		room_of(nt_msg_ring_free_units(w->out), w->relay->cfg.ring_units, most);
	return NT_MAX(own, out);
}

bool
nt_relay_takes_fact(struct nt_relay_worker *w)
{
	const enum nt_relay_room room = nt_relay_room(w);
	if (nt_likely(room == NT_RELAY_ROOMY))
		return true;
	if (room == NT_RELAY_FULL || w->facts_due == 0)
		return false;
	w->facts_due--;
	return true;
}

void
nt_relay_fill(const struct nt_relay_worker *w, unsigned int *ret_used, unsigned int *ret_size)
{
	const bool alone = w->out == NULL;
	*ret_size = alone ? w->own.size : w->relay->cfg.ring_units - 1;
	*ret_used = alone ? w->own.tail - w->own.head : *ret_size - nt_msg_ring_free_units(w->out);
}

void
nt_relay_release(struct nt_relay_worker *w, uint64_t position, int64_t clock_ns)
{
	/* While a worker waits it publishes the same again and again: spare the cache line. */
	if (position == w->last.position && clock_ns == w->last.clock_ns)
		return;
	w->last = (struct nt_mark_value){ .position = position, .clock_ns = clock_ns };
	nt_mark_release(&w->T, position, clock_ns);
}

static bool
comes_before(const struct nt_mapping_msg *a, const struct nt_mapping_msg *b)
{
	return a->position < b->position; /* never equal: a packet belongs to one worker */
}

/*
 * What is handed out next: messages at or before W in their order, ours and others', in place;
 * those that are mappings one after the other.
 */
struct window {
	unsigned int count, mappings;
	struct window_item {
		const struct nt_mapping_msg *msg;
		bool own;
	} items[NT_RELAY_WINDOW];
	struct nt_mapping m[NT_RELAY_WINDOW];
	struct nt_relay_scratch scratch[NT_RELAY_WINDOW];
};

static void
window_put(struct window *win, const struct nt_mapping_msg *msg, bool own)
{
	win->items[win->count++] = (struct window_item){ msg, own };
	if (nt_likely(msg->head.kind == NT_FACT_MAPPING))
		nt_mapping_msg_unpack(msg, &win->m[win->mappings++]);
}

/*
 * The inbox's next, NULL where it is empty; *ret_dry: it may not be, but to look would move what
 * the window points to.
 */
static const struct nt_mapping_msg *
next_received(struct nt_relay_worker *w, bool taken, bool *ret_dry)
{
	const struct nt_msg_head *m = NULL;
	*ret_dry = false;
	if (w->in == NULL)
		return NULL;
	m = taken ? nt_msg_reader_staged(&w->inbox) : nt_msg_reader_peek(&w->inbox);
	*ret_dry = taken && m == NULL;
	return (const void *)m;
}

/* Taken out of inbox and own queue, whose bytes stay until more is put in. */
static void
window_fill(struct window *win, struct nt_relay_worker *w, uint64_t W)
{
	bool taken = false, dry;
	win->count = win->mappings = 0;
	while (win->count < NT_RELAY_WINDOW) {
		const struct nt_mapping_msg *own = own_peek(&w->own);
		const struct nt_mapping_msg *in = next_received(w, taken, &dry);
		if (dry)
			break;
		if (own != NULL && (in == NULL || comes_before(own, in))) {
			if (own->position > W)
				break;
			window_put(win, own, true);
			w->own.head += nt_msg_units(own->head.size);
		} else if (in != NULL && in->position <= W) {
			window_put(win, in, false);
			nt_msg_reader_pop(&w->inbox);
			taken = true;
		} else {
			break;
		}
	}
}

static void
count_own(struct nt_relay_applied *count, enum nt_name_added a)
{
	count->own_new += a == NT_NAME_NEW;
	count->own_refreshed += a == NT_NAME_REFRESHED;
	count->own_refused += a == NT_NAME_REFUSED;
}

static void
count_received(struct nt_relay_applied *count, enum nt_name_added a)
{
	count->received++;
	count->received_new += a == NT_NAME_NEW;
	count->received_refreshed += a == NT_NAME_REFRESHED;
	count->received_refused += a == NT_NAME_REFUSED;
}

static void
hand_out_mapping(const struct nt_relay_taker *taker, const struct nt_mapping *m,
	struct nt_relay_scratch *scratch, bool own, struct nt_relay_applied *count)
{
	const enum nt_name_added a = taker->mapping(taker->arg, m, scratch);

	if (own)
		count_own(count, a);
	else
		count_received(count, a);
}

static void
hand_out_fact(const struct nt_relay_taker *taker, const struct nt_mapping_msg *msg)
{
	struct nt_mapping m;

	if (taker->fact == NULL)
		return;
	nt_mapping_msg_unpack(msg, &m);
	taker->fact(taker->arg, (enum nt_fact)msg->head.kind, &m);
}

static void
hand_out(const struct nt_relay_taker *taker, struct window *win, struct nt_relay_applied *count)
{
	unsigned int mapping = 0;

	for (unsigned int i = 0; i < win->count; i++) {
		const struct nt_mapping_msg *msg = win->items[i].msg;
		const bool own = win->items[i].own;

		if (!own) {
			if (taker->departed != NULL && msg->departs_ns > msg->seen_ns)
				taker->departed(taker->arg, msg);
			count->messages++;
		}
		if (nt_unlikely(msg->head.kind != NT_FACT_MAPPING)) {
			hand_out_fact(taker, msg);
			continue;
		}
		hand_out_mapping(taker, &win->m[mapping], &win->scratch[mapping], own, count);
		mapping++;
	}
}

struct nt_mark_value
nt_relay_apply(struct nt_relay_worker *w, const struct nt_relay_taker *taker,
	struct nt_relay_applied *count)
{
	const struct nt_mark_value W = w->in == NULL ? w->last : nt_mark_acquire(&w->relay->W);
	struct window win;
	w->applied = W;
	do {
		window_fill(&win, w, W.position);
		if (win.mappings != 0 && taker->ahead != NULL)
			taker->ahead(taker->arg, win.m, win.scratch, win.mappings);
		hand_out(taker, &win, count);
	} while (win.count != 0);
	own_rewind(&w->own);
	return W;
}
