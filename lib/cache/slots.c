/* SPDX-License-Identifier: BSD-3-Clause */
#include "slots.h"

#include <nt_mem.h>

static uint64_t
slots_for(uint32_t records)
{
	return (uint64_t)records + records / 4 + 8;
}

size_t
nt_slots_needs(uint32_t records)
{
	return nt_mem_mapped(slots_for(records) * sizeof(struct nt_slot));
}

int
nt_slots_init(struct nt_slots *t, uint32_t records)
{
	const uint64_t size = slots_for(records);

	*t = (struct nt_slots){ 0 };
	if (size > UINT32_MAX)
		return -EINVAL;
	t->size = (uint32_t)size;
	t->slot = nt_mem_map(nt_slots_bytes(t));
	return t->slot ? 0 : -errno;
}

void
nt_slots_fini(struct nt_slots *t)
{
	nt_mem_unmap(t->slot, nt_slots_bytes(t));
	t->slot = NULL;
}

static uint32_t
next_slot(const struct nt_slots *t, uint32_t at)
{
	return at + 1 == t->size ? 0 : at + 1;
}

void
nt_slots_insert(struct nt_slots *t, uint32_t tag, uint32_t id)
{
	uint32_t at = nt_slots_home(t, tag);
	uint32_t probes = 1;

	for (; t->slot[at].id1 != 0; at = next_slot(t, at))
		probes++;
	t->slot[at] = (struct nt_slot){ tag, id + 1 };
	t->longest = NT_MAX(t->longest, probes);
}

static struct nt_slot *
find_slot(const struct nt_slots *t, uint32_t tag, uint32_t id)
{
	uint32_t at = nt_slots_home(t, tag);

	for (; t->slot[at].id1 != 0; at = next_slot(t, at)) {
		if (t->slot[at].id1 == id + 1)
			return &t->slot[at];
	}
	return NULL;
}

/* May the record whose home this is move from `at` back to the hole? Not before its home. */
static bool
may_move(uint32_t home, uint32_t hole, uint32_t at)
{
	if (hole <= at)
		return home <= hole || home > at;
	return home <= hole && home > at;
}

void
nt_slots_remove(struct nt_slots *t, uint32_t tag, uint32_t id)
{
	struct nt_slot *s = find_slot(t, tag, id);
	uint32_t hole, at;

	if (s == NULL)
		return;
	hole = (uint32_t)(s - t->slot);
	for (at = next_slot(t, hole); t->slot[at].id1 != 0; at = next_slot(t, at)) {
		if (!may_move(nt_slots_home(t, t->slot[at].tag), hole, at))
			continue;
		t->slot[hole] = t->slot[at];
		hole = at;
	}
	t->slot[hole] = (struct nt_slot){ 0 };
}

void
nt_slots_replace(struct nt_slots *t, uint32_t tag, uint32_t old_id, uint32_t new_id)
{
	struct nt_slot *s = find_slot(t, tag, old_id);

	if (s)
		s->id1 = new_id + 1;
}
