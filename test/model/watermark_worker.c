/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * A worker's steps: poll() and worker_wait() of app/worker.c, nt_relay_learn, _release and _apply.
 * The property is checked where a connection is resolved.
 */
#include "watermark.h"

#define MIN(a, b) ((a) < (b) ? (a) : (b))
#define MAX(a, b) ((a) > (b) ? (a) : (b))

static const char *const actions[WORKERS][WORKER_DONE] = {
	{ "w0 acquires R", "w0 rx burst", "w0 releases T early", "w0 processes", "w0 releases T",
		"w0 takes from inbox", "w0 acquires W", "w0 drains, resolves" },
	{ "w1 acquires R", "w1 rx burst", "w1 releases T early", "w1 processes", "w1 releases T",
		"w1 takes from inbox", "w1 acquires W", "w1 drains, resolves" },
};

/* Where the way to W begins. */
static uint8_t
way_to_W(const struct scenario *sc)
{
	return sc->mutation == DRAIN_BEFORE_W ? WORKER_EARLY_DRAIN : WORKER_W;
}

static void
after_burst(const struct scenario *sc, struct worker_state *w, unsigned int i)
{
	const bool empty = w->rx == w->processed;
	if (empty || sc->mutation == ALWAYS_RELEASE_R)
		w->done = MAX(w->done, w->R);
	w->R = 0;
	w->pc = empty ? WORKER_T : WORKER_PROCESS;
	if (!empty && sc->mutation == RELEASE_T_BEFORE_ENQUEUE) {
		w->done = sc->list[i][w->rx - 1];
		w->pc = WORKER_EARLY_T;
	}
}

static void
acquire_R(const struct scenario *sc, struct state *s, unsigned int i)
{
	struct worker_state *w = &s->w[i];
	w->R = s->R > w->done ? s->R : 0; /* no more use than none */
	if (sc->mutation == READ_R_AFTER_BURST || sc->mutation == EMPTY_READS_R_AGAIN)
		after_burst(sc, w, i);
	else
		w->pc = WORKER_RX;
}

static void
rx_burst(const struct scenario *sc, struct state *s, unsigned int i)
{
	struct worker_state *w = &s->w[i];
	const uint8_t there = s->flushed[i] - w->rx;
	w->rx += MIN(there, sc->burst);
	if (sc->mutation == READ_R_AFTER_BURST ||
		(sc->mutation == EMPTY_READS_R_AGAIN && there == 0))
		w->pc = WORKER_R;
	else
		after_burst(sc, w, i);
}

static void
next_packet(const struct scenario *sc, struct worker_state *w, unsigned int i)
{
	const uint8_t position = sc->list[i][w->processed];
	w->processed++;
	w->mapping = 0;
	if (sc->mutation != RELEASE_T_BEFORE_ENQUEUE && sc->mutation != ALWAYS_RELEASE_R)
		w->done = position;
}

/* One mapping into both queues, or a wait for room; packets without mappings pass at once. */
static void
process(const struct scenario *sc, struct state *s, unsigned int i)
{
	struct worker_state *w = &s->w[i];
	bool queued = false;
	while (w->processed != w->rx) {
		const uint8_t position = sc->list[i][w->processed];
		if (w->mapping == sc->maps[position]) {
			next_packet(sc, w, i);
			continue;
		}
		if (queued)
			return;
		const uint8_t n = learnt(sc, s, i);
		if (n - s->taken[i] == sc->out_ring || n - w->own == sc->own) {
			w->done = MAX(w->done, position - 1);
			w->pc = sc->mutation == WAIT_WITHOUT_T ? way_to_W(sc) : WORKER_T;
			if (sc->mutation == WAIT_WITHOUT_DRAIN)
				w->T = w->done;
			if (sc->mutation == WAIT_WITHOUT_DRAIN)
				w->pc = WORKER_PROCESS;
			return;
		}
		w->mapping++;
		queued = true;
	}
	w->pc = WORKER_T;
}

/* nt_relay_apply: own queue and inbox by position up to W. Returns a fault. */
static const char *
apply(const struct scenario *sc, struct state *s, unsigned int i)
{
	struct worker_state *w = &s->w[i];
	const unsigned int other = 1 - i;
	for (;;) {
		const bool has_own = w->own < learnt(sc, s, i);
		const bool has_in = w->received < w->staged;
		const uint8_t own = has_own ? sc->map_position[i][w->own] : POS_END;
		const uint8_t in = has_in ? sc->map_position[other][w->received] : POS_END;
		const bool take_own = own < in;
		if (MIN(own, in) > w->W || (!has_own && !has_in))
			return NULL;
		const uint8_t number =
			take_own ? sc->map_number[i][w->own] : sc->map_number[other][w->received];
		if (number != w->own + w->received)
			return FAULT_ORDER;
		if (take_own)
			w->own++;
		else
			w->received++;
	}
}

static const char *
resolve(const struct scenario *sc, struct worker_state *w, unsigned int i)
{
	const uint8_t limit = sc->mutation == RESOLVE_WITHOUT_W ? POS_END : w->W;
	while (w->resolved < sc->ended[i]) {
		const uint8_t p = sc->end_position[i][w->resolved];
		const bool processed = w->processed != 0 && sc->list[i][w->processed - 1] >= p;
		if (p > limit || !processed)
			break;
		if (w->own + w->received < sc->known[p])
			return FAULT_UNNAMED;
		w->resolved++;
	}
	return NULL;
}

static const char *
drain(const struct scenario *sc, struct state *s, unsigned int i)
{
	struct worker_state *w = &s->w[i];
	if (sc->mutation != DRAIN_BEFORE_W)
		w->staged = s->taken[1 - i];
	const char *fault = apply(sc, s, i);
	if (fault == NULL)
		fault = resolve(sc, w, i);
	w->staged = w->received; /* the rest counts as in the ring */
	if (w->processed != w->rx)
		w->pc = WORKER_PROCESS; /* it had waited for room */
	else if (w->done == POS_END && w->W == POS_END)
		w->pc = WORKER_DONE;
	else
		w->pc = WORKER_R;
	if (sc->mutation == READ_R_AFTER_BURST || sc->mutation == EMPTY_READS_R_AGAIN)
		w->pc = w->pc == WORKER_R ? WORKER_RX : w->pc;
	return fault;
}

/* A drain that has nothing to do touches nothing shared: no step of its own. */
static void
acquire_W(const struct scenario *sc, struct state *s, unsigned int i)
{
	struct worker_state *w = &s->w[i];
	w->W = s->W;
	w->pc = WORKER_DRAIN;
	struct state n = *s;
	if (drain(sc, &n, i) == NULL && n.w[i].own == w->own && n.w[i].received == w->received &&
		n.w[i].resolved == w->resolved)
		*s = n;
}

/* Releasing what is there already changes nothing (nt_relay_release leaves it, too). */
static void
skip_release(const struct scenario *sc, struct worker_state *w)
{
	if (w->pc == WORKER_T && w->T == w->done)
		w->pc = way_to_W(sc);
}

void
worker_next(struct explore *e, const struct scenario *sc, const struct state *s, unsigned int i)
{
	struct state n = *s;
	struct worker_state *w = &n.w[i];
	const char *fault = NULL;
	switch (s->w[i].pc) {
	case WORKER_R:
		acquire_R(sc, &n, i);
		break;
	case WORKER_RX:
		rx_burst(sc, &n, i);
		break;
	case WORKER_EARLY_T:
		w->T = w->done;
		w->pc = WORKER_PROCESS;
		break;
	case WORKER_PROCESS:
		process(sc, &n, i);
		break;
	case WORKER_T:
		w->T = w->done;
		w->pc = way_to_W(sc);
		break;
	case WORKER_EARLY_DRAIN:
		w->staged = n.taken[1 - i];
		w->pc = WORKER_W;
		break;
	case WORKER_W:
		acquire_W(sc, &n, i);
		break;
	case WORKER_DRAIN:
		fault = drain(sc, &n, i);
		break;
	default:
		return;
	}
	skip_release(sc, w);
	explore_step(e, actions[i][s->w[i].pc], &n, fault);
}
