/* SPDX-License-Identifier: BSD-3-Clause */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "explore.h"

#define NONE UINT32_MAX

struct origin {
	uint32_t parent;
	const char *action;
};

struct edge {
	uint32_t from, to;
};

struct explore {
	size_t size;
	uint8_t *states;
	struct origin *origins;
	uint32_t count, room;
	uint32_t *slots; /* index + 1; 0 = empty */
	uint32_t mask;
	struct edge *edges;
	size_t edge_count, edge_room;
	uint32_t current;
	uint32_t bad; /* the state that the faulty step led to */
	const char *fault;
};

static void *
grown(void *p, size_t bytes)
{
	void *q = realloc(p, bytes);
	if (q == NULL) {
		perror("model");
		exit(99);
	}
	return q;
}

static void
make_slots(struct explore *e, uint32_t size)
{
	free(e->slots);
	e->slots = calloc(size, sizeof(*e->slots));
	if (e->slots == NULL) {
		perror("model");
		exit(99);
	}
	e->mask = size - 1;
}

struct explore *
explore_new(size_t state_size)
{
	struct explore *e = calloc(1, sizeof(*e));
	if (e == NULL)
		return NULL;
	e->size = state_size;
	make_slots(e, 1 << 12);
	return e;
}

void
explore_free(struct explore *e)
{
	if (e == NULL)
		return;
	free(e->states);
	free(e->origins);
	free(e->slots);
	free(e->edges);
	free(e);
}

static uint32_t
hash_state(const struct explore *e, const void *state)
{
	uint64_t h = 0;
	for (size_t i = 0; i < e->size; i += 8) {
		uint64_t w;
		memcpy(&w, (const uint8_t *)state + i, 8);
		h = (h ^ w) * UINT64_C(0x9e3779b97f4a7c15);
		h ^= h >> 29;
	}
	return (uint32_t)(h ^ h >> 32);
}

static const void *
state_at(const struct explore *e, uint32_t i)
{
	return e->states + (size_t)i * e->size;
}

static void
rehash(struct explore *e)
{
	make_slots(e, (e->mask + 1) * 4);
	for (uint32_t i = 0; i < e->count; i++) {
		uint32_t at = hash_state(e, state_at(e, i)) & e->mask;
		while (e->slots[at] != 0)
			at = (at + 1) & e->mask;
		e->slots[at] = i + 1;
	}
}

static uint32_t
append(struct explore *e, const void *state, const char *action)
{
	if (e->count == e->room) {
		e->room = e->room == 0 ? 4096 : 2 * e->room;
		e->states = grown(e->states, (size_t)e->room * e->size);
		e->origins = grown(e->origins, (size_t)e->room * sizeof(*e->origins));
	}
	memcpy(e->states + (size_t)e->count * e->size, state, e->size);
	e->origins[e->count] = (struct origin){ .parent = e->current, .action = action };
	return e->count++;
}

static uint32_t
find_or_add(struct explore *e, const void *state, const char *action)
{
	uint32_t at = hash_state(e, state) & e->mask;
	for (; e->slots[at] != 0; at = (at + 1) & e->mask)
		if (memcmp(state_at(e, e->slots[at] - 1), state, e->size) == 0)
			return e->slots[at] - 1;
	e->slots[at] = e->count + 1;
	const uint32_t i = append(e, state, action);
	if (e->count > e->mask / 2)
		rehash(e);
	return i;
}

void
explore_step(struct explore *e, const char *action, const void *state, const char *fault)
{
	if (e->fault != NULL)
		return;
	if (fault != NULL) {
		e->fault = fault;
		e->bad = append(e, state, action);
		return;
	}
	const uint32_t to = find_or_add(e, state, action);
	if (to == e->current)
		return;
	if (e->edge_count == e->edge_room) {
		e->edge_room = e->edge_room == 0 ? 16384 : 2 * e->edge_room;
		e->edges = grown(e->edges, e->edge_room * sizeof(*e->edges));
	}
	e->edges[e->edge_count++] = (struct edge){ .from = e->current, .to = to };
}

/* Steps by the state they lead to: starts[to] .. starts[to + 1] in ret_from. */
static uint32_t *
steps_back(const struct explore *e, uint32_t *starts)
{
	uint32_t *from = grown(NULL, (e->edge_count + 1) * sizeof(*from));
	memset(starts, 0, ((size_t)e->count + 2) * sizeof(*starts));
	for (size_t i = 0; i < e->edge_count; i++)
		starts[e->edges[i].to + 2]++;
	for (uint32_t i = 1; i <= e->count; i++)
		starts[i + 1] += starts[i];
	for (size_t i = 0; i < e->edge_count; i++)
		from[starts[e->edges[i].to + 1]++] = e->edges[i].from;
	return from;
}

/* A state that no final one can be reached from; NONE where there is none. */
static uint32_t
find_stuck(const struct explore *e, const struct explore_model *m)
{
	uint32_t *starts = grown(NULL, ((size_t)e->count + 2) * sizeof(*starts));
	uint32_t *from = steps_back(e, starts);
	uint32_t *todo = grown(NULL, (size_t)e->count * sizeof(*todo));
	bool *good = grown(NULL, e->count);
	uint32_t todo_count = 0, stuck = NONE;

	for (uint32_t i = 0; i < e->count; i++) {
		good[i] = m->final(m->arg, state_at(e, i));
		if (good[i])
			todo[todo_count++] = i;
	}
	while (todo_count != 0) {
		const uint32_t at = todo[--todo_count];
		for (uint32_t i = starts[at]; i < starts[at + 1]; i++) {
			if (good[from[i]])
				continue;
			good[from[i]] = true;
			todo[todo_count++] = from[i];
		}
	}
	for (uint32_t i = 0; i < e->count && stuck == NONE; i++)
		if (!good[i])
			stuck = i;
	free(starts);
	free(from);
	free(todo);
	free(good);
	return stuck;
}

static void
print_way(const struct explore *e, const struct explore_model *m, uint32_t to)
{
	if (e->origins[to].parent != NONE)
		print_way(e, m, e->origins[to].parent);
	printf("    %-28s ", e->origins[to].action);
	m->print(m->arg, state_at(e, to));
}

struct explore_result
explore_run(struct explore *e, const struct explore_model *m, const void *initial, bool trace)
{
	uint8_t state[256];
	e->count = 0;
	e->edge_count = 0;
	e->fault = NULL;
	memset(e->slots, 0, ((size_t)e->mask + 1) * sizeof(*e->slots));
	e->current = NONE;
	find_or_add(e, initial, "(begin)");
	for (uint32_t i = 0; i < e->count && e->fault == NULL; i++) {
		e->current = i;
		memcpy(state, state_at(e, i), e->size); /* the array moves when it grows */
		m->next(e, m->arg, state);
	}
	if (e->fault == NULL && (e->bad = find_stuck(e, m)) != NONE)
		e->fault = EXPLORE_STUCK;
	if (e->fault != NULL && trace)
		print_way(e, m, e->bad);
	return (struct explore_result){
		.states = e->count, .steps = e->edge_count, .fault = e->fault
	};
}
