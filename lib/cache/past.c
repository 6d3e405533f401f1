/* SPDX-License-Identifier: BSD-3-Clause */
#include "past.h"

#include <nt_mem.h>

size_t
nt_past_needs(uint32_t capacity)
{
	return nt_mem_mapped(sizeof(struct nt_past) * capacity);
}

int
nt_past_init(struct nt_past_ring *r, uint32_t capacity)
{
	*r = (struct nt_past_ring){ .capacity = capacity };
	r->ring = nt_mem_map(sizeof(*r->ring) * capacity);
	return r->ring ? 0 : -errno;
}

void
nt_past_fini(struct nt_past_ring *r)
{
	nt_mem_unmap(r->ring, sizeof(*r->ring) * r->capacity);
	r->ring = NULL;
}

void
nt_past_pop(struct nt_past_ring *r)
{
	r->ring[r->tail].life = NT_LIST_NONE;
	r->tail = r->tail + 1 == r->capacity ? 0 : r->tail + 1;
	r->count--;
}
