/* SPDX-License-Identifier: BSD-3-Clause */
#include "hold.h"

#include <string.h>

#include <nt_fault.h>

void
hold_drop(struct nt_pool *p, uint32_t *list)
{
	const uint32_t i = *list;
	*list = held_at(p, i)->next;
	nt_pool_give(p, i);
}

void
hold_drop_all(struct nt_pool *p, uint32_t *list)
{
	while (*list != HOLD_NONE)
		hold_drop(p, list);
}

static unsigned int
length(const struct nt_pool *p, uint32_t list)
{
	unsigned int n = 0;
	for (; list != HOLD_NONE; list = held_at(p, list)->next)
		n++;
	return n;
}

static void
insert(struct nt_pool *p, uint32_t *list, uint32_t i)
{
	while (*list != HOLD_NONE && (int32_t)(held_at(p, *list)->seq - held_at(p, i)->seq) <= 0)
		list = &held_at(p, *list)->next;
	held_at(p, i)->next = *list;
	*list = i;
}

bool
hold_add(struct nt_pool *p, uint32_t *list, uint32_t seq, const uint8_t *data, size_t len)
{
	const size_t chunks = (len + HOLD_BYTES - 1) / HOLD_BYTES;
	if (chunks > HOLD_MAX || length(p, *list) + chunks > HOLD_MAX)
		return false;
	for (size_t at = 0; at < len; at += HOLD_BYTES) {
		const uint32_t i = nt_fault(NT_FAULT_HELD_SLOT) ? HOLD_NONE : nt_pool_take(p);
		if (i == HOLD_NONE)
			return false; /* what is kept of it does no harm: the rest is a hole */
		struct held *h = held_at(p, i);
		h->seq = seq + (uint32_t)at;
		h->len = (uint16_t)NT_MIN(len - at, HOLD_BYTES);
		memcpy(h->data, data + at, h->len);
		insert(p, list, i);
	}
	return true;
}
