/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Explores every interleaving of the reader, two workers and the control lcore over small streams
 * of packets, for every way to share the packets out and to give them work. Checked in every state:
 *
 *   - where a worker resolves a connection whose last packet is at p, its cache has had every
 *     mapping learnt anywhere at or before p, each once and in the order of positions;
 *   - from every state the end can be reached: everything processed, relayed and resolved, W = END.
 *
 * Then the same with one order wrong each: every one must be caught, or the model looks at nothing.
 */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#include "watermark.h"

#define COUNT(a) (sizeof(a) / sizeof((a)[0]))

/* stride: every so-manyth stream; what a test may take decides (5 s of one core). */
static const struct {
	const char *name;
	unsigned int stride;
	struct shape shape;
} shapes[] = {
	{ "3 packets, no room", 1,
		{ .packets = 3,
			.kinds = 4,
			.buffer = 1,
			.rx_ring = 1,
			.burst = 1,
			.own = 1,
			.out_ring = 1,
			.inbox = 1 } },
	{ "3 packets, bursts, slabs, paced", 3,
		{ .packets = 3,
			.kinds = 5,
			.buffer = 2,
			.rx_ring = 2,
			.burst = 2,
			.own = 2,
			.out_ring = 2,
			.inbox = 2,
			.window = 1,
			.paced = true } },
	{ "3 packets, bursts, no room", 1,
		{ .packets = 3,
			.kinds = 3,
			.buffer = 2,
			.rx_ring = 2,
			.burst = 2,
			.own = 1,
			.out_ring = 1,
			.inbox = 1 } },
	{ "4 packets, bursts", 23,
		{ .packets = 4,
			.kinds = 3,
			.buffer = 2,
			.rx_ring = 2,
			.burst = 2,
			.own = 1,
			.out_ring = 1,
			.inbox = 1 } },
	{ "5 packets, partly full buffers", 997,
		{ .packets = 5,
			.kinds = 3,
			.buffer = 3,
			.rx_ring = 2,
			.burst = 3,
			.own = 2,
			.out_ring = 1,
			.inbox = 1 } },
};

/* Each wrong order, the fault that it must lead to, and the first shape that can show it. */
static const struct {
	const char *name;
	const char *fault;
	unsigned int shape;
} wrong[MUTATIONS] = {
	[PUBLISH_BEFORE_FLUSH] = { "reader publishes R before flushing", FAULT_UNNAMED },
	[READ_R_AFTER_BURST] = { "worker reads R after the burst", FAULT_UNNAMED },
	[EMPTY_READS_R_AGAIN] = { "worker's empty burst reads R again", FAULT_UNNAMED },
	[ALWAYS_RELEASE_R] = { "worker releases R after a burst with packets", FAULT_UNNAMED },
	[RELEASE_T_BEFORE_ENQUEUE] = { "worker releases T before its mappings are queued",
		FAULT_UNNAMED, 2 },
	[DRAIN_BEFORE_W] = { "worker drains its inbox before it acquires W", FAULT_UNNAMED },
	[WAIT_WITHOUT_T] = { "worker waits without publishing T", FAULT_STUCK, 2 },
	[WAIT_WITHOUT_DRAIN] = { "worker waits without draining its inbox", FAULT_STUCK },
	[RESOLVE_WITHOUT_W] = { "worker resolves without W", FAULT_UNNAMED },
	[DRAIN_BEFORE_T] = { "control drains before it reads T", FAULT_UNNAMED },
	[RELEASE_W_BEFORE_DELIVERY] = { "control releases W before it delivers", FAULT_UNNAMED },
	[IGNORE_FULL_INBOX] = { "control passes W over what did not fit", FAULT_UNNAMED },
	[ONE_T_ONLY] = { "control takes one T for all", FAULT_UNNAMED },
	[WAIT_WITHOUT_PUBLISH] = { "reader waits without publishing", FAULT_STUCK, 1 },
};

/* A ring that can't hold the mappings of one packet stops everything for good. */
static const struct shape too_small[] = {
	{ .packets = 2,
		.kinds = 5,
		.buffer = 1,
		.rx_ring = 1,
		.burst = 1,
		.own = 1,
		.out_ring = 2,
		.inbox = 2 },
	{ .packets = 2,
		.kinds = 5,
		.buffer = 1,
		.rx_ring = 1,
		.burst = 1,
		.own = 2,
		.out_ring = 1,
		.inbox = 2 },
	{ .packets = 2,
		.kinds = 5,
		.buffer = 1,
		.rx_ring = 1,
		.burst = 1,
		.own = 2,
		.out_ring = 2,
		.inbox = 1 },
};

static void
next(struct explore *e, const void *arg, const void *state)
{
	const struct scenario *sc = arg;
	const struct state *s = state;
	reader_next(e, sc, s);
	/*
	 * Such steps always lead on to one that is not, and whatever the others do meanwhile, they
	 * can do after it as well: no order is lost.
	 */
	if (reader_is_alone(sc, s))
		return;
	worker_next(e, sc, s, 0);
	worker_next(e, sc, s, 1);
	/* It goes on until both are done (their last records are its own to write). */
	if (s->w[0].pc != WORKER_DONE || s->w[1].pc != WORKER_DONE)
		control_next(e, sc, s);
}

static bool
final(const void *arg, const void *state)
{
	const struct scenario *sc = arg;
	const struct state *s = state;
	bool ok = s->reader == READER_DONE && s->W == POS_END;
	for (unsigned int i = 0; i < WORKERS; i++) {
		const struct worker_state *w = &s->w[i];
		ok = ok && w->pc == WORKER_DONE && w->processed == sc->count[i] &&
		     w->resolved == sc->ended[i] && w->own + w->received == sc->known[POS_END];
	}
	return ok;
}

static void
print_state(const void *arg, const void *state)
{
	const struct scenario *sc = arg;
	const struct state *s = state;
	printf("read %u R %u W %u low %u", s->pos - 1, s->R, s->W, s->low);
	for (unsigned int i = 0; i < WORKERS; i++)
		printf(" | w%u rx %u done %u learnt %u T %u W %u taken %u applied %u+%u", i,
			s->w[i].rx, s->w[i].processed, learnt(sc, s, i), s->w[i].T, s->w[i].W,
			s->taken[i], s->w[i].own, s->w[i].received);
	printf("\n");
}

static struct explore_result
explore_scenario(struct explore *e, const struct scenario *sc, bool trace)
{
	const struct explore_model m = { .size = sizeof(struct state),
		.arg = sc,
		.next = next,
		.final = final,
		.print = print_state };
	struct state s = { .pos = 1 };
	if (sc->mutation == READ_R_AFTER_BURST || sc->mutation == EMPTY_READS_R_AGAIN)
		s.w[0].pc = s.w[1].pc = WORKER_RX;
	if (sc->mutation == DRAIN_BEFORE_T) {
		s.control = CONTROL_TAKE;
		s.low = POS_END;
	}
	return explore_run(e, &m, &s, trace);
}

struct total {
	uint64_t scenarios, states, steps;
};

static void
add(struct total *t, const struct explore_result *r)
{
	t->scenarios++;
	t->states += r->states;
	t->steps += r->steps;
}

/* False when some stream has a fault. */
static bool
holds(struct explore *e, const struct shape *shape, unsigned int stride, struct total *t)
{
	struct scenario sc = { .mutation = AS_IT_IS };
	for (unsigned int n = 0; n < scenario_count(shape); n += stride) {
		if (!scenario_make(&sc, shape, n))
			continue;
		const struct explore_result r = explore_scenario(e, &sc, true);
		add(t, &r);
		if (r.fault != NULL) {
			printf("  %s\n", r.fault);
			scenario_print(&sc);
			return false;
		}
	}
	return true;
}

/* True when some stream meets this fault (others may be met on the way). */
static bool
meets(struct explore *e, const struct shape *shape, enum mutation m, const char *fault, bool trace,
	struct total *t)
{
	struct scenario sc = { .mutation = m };
	for (unsigned int n = 0; n < scenario_count(shape); n++) {
		if (!scenario_make(&sc, shape, n))
			continue;
		const struct explore_result r = explore_scenario(e, &sc, false);
		add(t, &r);
		if (r.fault == NULL || strcmp(r.fault, fault) != 0)
			continue;
		printf("  ");
		scenario_print(&sc);
		if (trace)
			explore_scenario(e, &sc, true);
		return true;
	}
	return false;
}

static bool
check_as_it_is(struct explore *e)
{
	bool ok = true;
	for (unsigned int i = 0; i < COUNT(shapes) && ok; i++) {
		struct total t = { 0 };
		const clock_t begun = clock();
		ok = holds(e, &shapes[i].shape, shapes[i].stride, &t);
		printf("%s: %" PRIu64 " streams, %" PRIu64 " states, %" PRIu64
		       " steps, %.1f s: %s\n",
			shapes[i].name, t.scenarios, t.states, t.steps,
			(double)(clock() - begun) / CLOCKS_PER_SEC, ok ? "holds" : "FAULT");
	}
	return ok;
}

/* The shapes one after another, the first streams of each, until the fault shows. */
static bool
check_wrong(struct explore *e, enum mutation m, bool trace)
{
	struct total t = { 0 };
	bool caught = false;
	printf("%s:\n", wrong[m].name);
	for (unsigned int i = wrong[m].shape; i < COUNT(shapes) && !caught; i++)
		caught = meets(e, &shapes[i].shape, m, wrong[m].fault, trace, &t);
	printf("  %s: %s (%" PRIu64 " states)\n", caught ? "caught" : "NOT CAUGHT", wrong[m].fault,
		t.states);
	return caught;
}

static bool
check_too_small(struct explore *e)
{
	bool ok = true;
	printf("rings that can't hold the mappings of one packet:\n");
	for (unsigned int i = 0; i < COUNT(too_small); i++) {
		struct total t = { 0 };
		ok = meets(e, &too_small[i], AS_IT_IS, FAULT_STUCK, false, &t) && ok;
	}
	printf("  %s\n", ok ? "stop, as they must" : "NOT CAUGHT");
	return ok;
}

/* --trace: print the shortest way to each fault of a wrong order. */
int
main(int argc, char **argv)
{
	const bool trace = argc > 1 && strcmp(argv[1], "--trace") == 0;
	struct explore *e = explore_new(sizeof(struct state));
	if (e == NULL)
		return 99;
	bool ok = check_as_it_is(e);
	for (unsigned int m = AS_IT_IS + 1; m < MUTATIONS; m++)
		ok = check_wrong(e, (enum mutation)m, trace) && ok;
	ok = check_too_small(e) && ok;
	explore_free(e);
	return ok ? 0 : 1;
}
