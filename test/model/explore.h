/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Explicit-state exploration: every state that any interleaving of atomic steps can reach, breadth
 * first, so that a fault comes with a shortest trace. Two things are checked: no step reports a
 * fault, and from every state a final one can be reached (so there is no deadlock, and no lcore can
 * be led into waiting for ever).
 *
 * Steps are interleaved one after another (sequential consistency). That is what acquire and
 * release give here: every hand-over is a message or a mark released after what it stands for.
 */
#ifndef EXPLORE_H
#define EXPLORE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct explore;

/* The fault of a state from which no final one can be reached. */
#define EXPLORE_STUCK "the end can't be reached any more"

struct explore_model {
	size_t size; /* of a state: no padding, a multiple of 8 */
	const void *arg;
	/* Tells every step that is possible in this state, by explore_step. */
	void (*next)(struct explore *e, const void *arg, const void *state);
	bool (*final)(const void *arg, const void *state);
	void (*print)(const void *arg, const void *state); /* a line of a trace */
};

struct explore_result {
	uint64_t states, steps;
	const char *fault; /* NULL: none */
};

/* fault: the step is one that must not be possible, and why. */
void explore_step(struct explore *e, const char *action, const void *state, const char *fault);

struct explore *explore_new(size_t state_size);
void explore_free(struct explore *e);
/* Can be run again and again, for states of the same size. trace: print the way to a fault. */
struct explore_result explore_run(
	struct explore *e, const struct explore_model *m, const void *initial, bool trace);

#endif
