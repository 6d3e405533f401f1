/* SPDX-License-Identifier: BSD-3-Clause */
#include "events.h"

#include <stdlib.h>
#include <string.h>

void
tg_events_init(struct tg_events *e)
{
	memset(e, 0, sizeof(*e));
}

void
tg_events_fini(struct tg_events *e)
{
	free(e->heap);
	free(e->flows);
	free(e->unused);
	tg_events_init(e);
}

static bool
resize(void **array, size_t room, size_t size)
{
	void *bigger = reallocarray(*array, room, size);

	if (bigger == NULL)
		return false;
	*array = bigger;
	return true;
}

static bool
grow(struct tg_events *e)
{
	uint32_t room = e->flow_room == 0 ? 1024 : e->flow_room * 2;
	void *flows = e->flows, *heap = e->heap, *unused = e->unused;
	bool ok = resize(&flows, room, sizeof(*e->flows)) &&
		  resize(&heap, room, sizeof(*e->heap)) &&
		  resize(&unused, room, sizeof(*e->unused));

	e->flows = flows;
	e->heap = heap;
	e->unused = unused;
	if (ok)
		e->flow_room = room;
	return ok;
}

struct tg_flow *
tg_events_new_flow(struct tg_events *e)
{
	struct tg_flow *f;

	if (e->n_unused > 0) {
		f = &e->flows[e->unused[--e->n_unused]];
	} else {
		if (e->flows_used == e->flow_room && !grow(e))
			return NULL;
		f = &e->flows[e->flows_used++];
	}
	memset(f, 0, sizeof(*f));
	f->name = TG_NO_NAME;
	f->host = TG_NO_HOST;
	return f;
}

void
tg_events_free_flow(struct tg_events *e, uint32_t flow)
{
	e->unused[e->n_unused++] = flow;
}

static bool
earlier(const struct tg_event *a, const struct tg_event *b)
{
	return a->at_ns != b->at_ns ? a->at_ns < b->at_ns : a->order < b->order;
}

void
tg_events_put(struct tg_events *e, uint64_t at_ns, uint32_t flow)
{
	struct tg_event new = { at_ns, e->order++, flow };
	uint32_t i = e->n++;

	while (i > 0 && earlier(&new, &e->heap[(i - 1) / 2])) {
		e->heap[i] = e->heap[(i - 1) / 2];
		i = (i - 1) / 2;
	}
	e->heap[i] = new;
}

struct tg_event
tg_events_take(struct tg_events *e)
{
	struct tg_event top = e->heap[0], last = e->heap[--e->n];
	uint32_t i = 0, child;

	while ((child = 2 * i + 1) < e->n) {
		if (child + 1 < e->n && earlier(&e->heap[child + 1], &e->heap[child]))
			child++;
		if (!earlier(&e->heap[child], &last))
			break;
		e->heap[i] = e->heap[child];
		i = child;
	}
	e->heap[i] = last;
	return top;
}
