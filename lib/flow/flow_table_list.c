/* SPDX-License-Identifier: BSD-3-Clause */
#include "flow_table_priv.h"

static void
slot_occupied(struct nt_flow_table *t, unsigned int slot)
{
	t->occupied[slot / 64] |= UINT64_C(1) << (slot % 64);
	t->occupied_words |= UINT64_C(1) << (slot / 64);
}

static void
slot_empty(struct nt_flow_table *t, unsigned int slot)
{
	t->occupied[slot / 64] &= ~(UINT64_C(1) << (slot % 64));
	if (t->occupied[slot / 64] == 0)
		t->occupied_words &= ~(UINT64_C(1) << (slot / 64));
}

void
nt_flow_list_append(struct nt_flow_table *t, unsigned int list, uint32_t idx)
{
	struct nt_flow_list *l = &t->lists[list];
	struct nt_flow_cold *c = &t->cold[idx];

	c->wheel_slot = list;
	c->wheel_prev = l->tail;
	c->wheel_next = NT_FLOW_NONE;
	if (l->tail != NT_FLOW_NONE)
		t->cold[l->tail].wheel_next = idx;
	else
		l->head = idx;
	if (l->head == idx && list < NT_FLOW_WHEEL_SEC)
		slot_occupied(t, list);
	l->tail = idx;
}

void
nt_flow_list_remove(struct nt_flow_table *t, uint32_t idx)
{
	const struct nt_flow_cold *c = &t->cold[idx];
	struct nt_flow_list *l = &t->lists[c->wheel_slot];

	if (c->wheel_prev != NT_FLOW_NONE)
		t->cold[c->wheel_prev].wheel_next = c->wheel_next;
	else
		l->head = c->wheel_next;
	if (c->wheel_next != NT_FLOW_NONE)
		t->cold[c->wheel_next].wheel_prev = c->wheel_prev;
	else
		l->tail = c->wheel_prev;
	if (l->head == NT_FLOW_NONE && c->wheel_slot < NT_FLOW_WHEEL_SEC)
		slot_empty(t, c->wheel_slot);
}

void
nt_flow_list_move(struct nt_flow_table *t, unsigned int list, uint32_t idx)
{
	if (t->cold[idx].wheel_slot == list)
		return;
	nt_flow_list_remove(t, idx);
	nt_flow_list_append(t, list, idx);
}
