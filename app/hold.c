/* SPDX-License-Identifier: BSD-3-Clause */
#include "hold.h"

#include <string.h>

#include <nt_mem.h>

int
hold_init(struct hold_pool *p, uint32_t size)
{
	p->chunks = nt_mem_map((size_t)size * sizeof(*p->chunks));
	p->size = size;
	p->used = 0;
	p->free = HOLD_NONE;
	return p->chunks == NULL ? -errno : 0;
}

void
hold_fini(struct hold_pool *p)
{
	nt_mem_unmap(p->chunks, (size_t)p->size * sizeof(*p->chunks));
	p->chunks = NULL;
}

static uint32_t
take(struct hold_pool *p)
{
	if (p->free == HOLD_NONE)
		return p->used < p->size ? p->used++ : HOLD_NONE;
	const uint32_t i = p->free;
	p->free = p->chunks[i].next;
	return i;
}

void
hold_drop(struct hold_pool *p, uint32_t *list)
{
	const uint32_t i = *list;
	*list = p->chunks[i].next;
	p->chunks[i].next = p->free;
	p->free = i;
}

void
hold_drop_all(struct hold_pool *p, uint32_t *list)
{
	while (*list != HOLD_NONE)
		hold_drop(p, list);
}

static unsigned int
length(const struct hold_pool *p, uint32_t list)
{
	unsigned int n = 0;
	for (; list != HOLD_NONE; list = p->chunks[list].next)
		n++;
	return n;
}

static void
insert(struct hold_pool *p, uint32_t *list, uint32_t i)
{
	while (*list != HOLD_NONE && (int32_t)(p->chunks[*list].seq - p->chunks[i].seq) <= 0)
		list = &p->chunks[*list].next;
	p->chunks[i].next = *list;
	*list = i;
}

bool
hold_add(struct hold_pool *p, uint32_t *list, uint32_t seq, const uint8_t *data, size_t len)
{
	const size_t chunks = (len + HOLD_BYTES - 1) / HOLD_BYTES;
	if (chunks > HOLD_MAX || length(p, *list) + chunks > HOLD_MAX)
		return false;
	for (size_t at = 0; at < len; at += HOLD_BYTES) {
		const uint32_t i = take(p);
		if (i == HOLD_NONE)
			return false; /* what is kept of it does no harm: the rest is a hole */
		struct held *h = &p->chunks[i];
		h->seq = seq + (uint32_t)at;
		h->len = (uint16_t)NT_MIN(len - at, HOLD_BYTES);
		memcpy(h->data, data + at, h->len);
		insert(p, list, i);
	}
	return true;
}
