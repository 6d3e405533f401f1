/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * A mark is two words, position and clock, that are neither written nor read at once. Two writers
 * (T), a control lcore that takes the least of both and may stop anywhere before it (W), and a
 * reader of W, every load and store a step of its own. Checked: the clock that anybody gets is
 * never later than the clock of the packet behind the position that it gets. (That packet's and not
 * the position's own: who stops before a packet may tell its clock.)
 */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "explore.h"

#define MIN(a, b) ((a) < (b) ? (a) : (b))
#define MAX(a, b) ((a) > (b) ? (a) : (b))
#define LAST	  3 /* positions 1 .. LAST; one more for "the packet behind" */
#define FAULT	  "a clock is later than at the packet behind its position"

enum order {
	AS_IT_IS,
	CLOCK_STORED_FIRST,
	POSITION_LOADED_FIRST,
	CLOCK_OF_ONE, /* control takes the clock of the T read last, not the least */
	ORDERS
};

struct model {
	enum order order;
	uint8_t clock[LAST + 2]; /* by position, never runs back */
};

struct mark {
	uint8_t position, clock;
};

struct state {
	struct mark T[2], next[2]; /* next: half released, position 0 when whole */
	struct mark W, W_next;
	struct mark low; /* control's */
	uint8_t loaded; /* control: words of both T so far, 4 when W is to be released */
	uint8_t half; /* of the mark being loaded by control */
	uint8_t reader_loaded, reader_half;
	uint8_t spare[6];
};
_Static_assert(sizeof(struct state) == 24, "hashed by words, no padding");

/* One word of a release; true when both are stored. */
static bool
store_word(const struct model *m, struct mark *mark, struct mark *next)
{
	const bool clock_first = m->order == CLOCK_STORED_FIRST;
	const bool second =
		clock_first ? mark->clock == next->clock : mark->position == next->position;
	if (second != clock_first)
		mark->clock = next->clock;
	else
		mark->position = next->position;
	if (second)
		*next = (struct mark){ 0 };
	return second;
}

static uint8_t
load_word(const struct model *m, const struct mark *mark, bool second)
{
	return (m->order == POSITION_LOADED_FIRST) != second ? mark->position : mark->clock;
}

static struct mark
as_mark(const struct model *m, uint8_t first, uint8_t second)
{
	return m->order == POSITION_LOADED_FIRST ? (struct mark){ first, second }
						 : (struct mark){ second, first };
}

static const char *
check(const struct model *m, struct mark got)
{
	return got.clock > m->clock[got.position + 1] ? FAULT : NULL;
}

/* A writer releases any later position, with its clock or, before a wait, the next packet's. */
static void
writer_next(struct explore *e, const struct model *m, const struct state *s, unsigned int i)
{
	struct state n = *s;
	if (s->next[i].position != 0) {
		store_word(m, &n.T[i], &n.next[i]);
		explore_step(e, "T: second word", &n, NULL);
		return;
	}
	for (uint8_t p = s->T[i].position + 1; p <= LAST; p++)
		for (uint8_t ahead = 0; ahead < 2; ahead++) {
			n = *s;
			n.next[i] = (struct mark){ p, m->clock[p + ahead] };
			/* A word that stays the same needs no step to tell it by. */
			if (n.next[i].clock == s->T[i].clock)
				n.T[i] = n.next[i], n.next[i] = (struct mark){ 0 };
			else
				store_word(m, &n.T[i], &n.next[i]);
			explore_step(e, i == 0 ? "T0: first word" : "T1: first word", &n, NULL);
		}
}

static void
load_T(struct explore *e, const struct model *m, const struct state *s)
{
	struct state n = *s;
	const unsigned int i = s->loaded / 2;
	const bool second = s->loaded % 2 != 0;
	const uint8_t word = load_word(m, &s->T[i], second);
	n.loaded++;
	n.half = word;
	if (second) {
		const struct mark T = as_mark(m, s->half, word);
		n.half = 0;
		n.low.position = i == 0 ? T.position : MIN(s->low.position, T.position);
		n.low.clock =
			i == 0 || m->order == CLOCK_OF_ONE ? T.clock : MIN(s->low.clock, T.clock);
	}
	explore_step(e, "control loads a word of T", &n, NULL);
}

/* All of it, or cut before any packet on the way. */
static void
choose_W(struct explore *e, const struct model *m, const struct state *s)
{
	for (uint8_t p = s->W.position + 1; p <= s->low.position; p++) {
		struct state n = *s;
		const uint8_t clock =
			p == s->low.position ? s->low.clock : MIN(s->low.clock, m->clock[p + 1]);
		n.W_next = (struct mark){ p, MAX(clock, s->W.clock) };
		n.loaded = 5;
		n.low = (struct mark){ 0 };
		explore_step(e, "control chooses W", &n, check(m, n.W_next));
	}
	struct state n = *s;
	n.loaded = 0;
	n.low = (struct mark){ 0 };
	explore_step(e, "control leaves W", &n, NULL);
}

static void
release_W(struct explore *e, const struct model *m, const struct state *s)
{
	struct state n = *s;
	bool whole = false;
	if (s->W_next.clock == s->W.clock) {
		n.W = s->W_next;
		n.W_next = (struct mark){ 0 };
		whole = true;
	} else {
		whole = store_word(m, &n.W, &n.W_next);
	}
	if (whole)
		n.loaded = 0;
	explore_step(e, "control stores a word of W", &n, NULL);
}

static void
reader_next(struct explore *e, const struct model *m, const struct state *s)
{
	struct state n = *s;
	const uint8_t word = load_word(m, &s->W, s->reader_loaded != 0);
	n.reader_half = s->reader_loaded == 0 ? word : 0;
	n.reader_loaded = !s->reader_loaded;
	explore_step(e, "reader loads a word of W", &n,
		s->reader_loaded != 0 ? check(m, as_mark(m, s->reader_half, word)) : NULL);
}

static void
next(struct explore *e, const void *arg, const void *state)
{
	const struct model *m = arg;
	const struct state *s = state;
	writer_next(e, m, s, 0);
	writer_next(e, m, s, 1);
	if (s->loaded < 4)
		load_T(e, m, s);
	else if (s->loaded == 4)
		choose_W(e, m, s);
	else
		release_W(e, m, s);
	reader_next(e, m, s);
}

static bool
final(const void *arg, const void *state)
{
	const struct state *s = state;
	(void)arg;
	return s->W.position == LAST && s->W_next.position == 0;
}

static void
print_state(const void *arg, const void *state)
{
	const struct state *s = state;
	(void)arg;
	printf("T0 %u,%u T1 %u,%u W %u,%u\n", s->T[0].position, s->T[0].clock, s->T[1].position,
		s->T[1].clock, s->W.position, s->W.clock);
}

/* All ways for a clock to go on by 0, 1 or 2 from packet to packet; true when no fault was met. */
static bool
explore_order(struct explore *e, enum order order, uint64_t *states)
{
	for (unsigned int ways = 0; ways < 81; ways++) {
		struct model m = { .order = order };
		const struct explore_model x = { .size = sizeof(struct state),
			.arg = &m,
			.next = next,
			.final = final,
			.print = print_state };
		const struct state s = { .loaded = 0 };
		unsigned int rest = ways;
		for (unsigned int p = 1; p <= LAST + 1; p++, rest /= 3)
			m.clock[p] = (uint8_t)((p == 1 ? 1 : m.clock[p - 1]) + rest % 3);
		const struct explore_result r = explore_run(e, &x, &s, order == AS_IT_IS);
		*states += r.states;
		if (r.fault != NULL && strcmp(r.fault, FAULT) == 0)
			return false;
		if (r.fault != NULL && order == AS_IT_IS)
			return false;
	}
	return true;
}

int
main(void)
{
	static const char *const names[ORDERS] = {
		"as it is",
		"clock stored first",
		"position loaded first",
		"clock of one T only",
	};
	struct explore *e = explore_new(sizeof(struct state));
	bool ok = e != NULL;
	for (unsigned int order = 0; order < ORDERS && ok; order++) {
		uint64_t states = 0;
		const bool held = explore_order(e, (enum order)order, &states);
		ok = held == (order == AS_IT_IS);
		printf("%s: %s, %" PRIu64 " states%s\n", names[order], held ? "holds" : "faulty",
			states, ok ? "" : ": NOT AS EXPECTED");
	}
	explore_free(e);
	return ok ? 0 : 1;
}
