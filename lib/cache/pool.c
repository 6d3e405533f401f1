/* SPDX-License-Identifier: BSD-3-Clause */
#include "pool.h"

#include <string.h>

#include <nt_mem.h>

int
nt_pool_init(struct nt_pool *p, size_t stride_bytes, uint32_t capacity)
{
	*p = (struct nt_pool){
		.stride_bytes = stride_bytes, .capacity = capacity, .free = NT_LIST_NONE
	};
	p->mem = nt_mem_map(stride_bytes * capacity);
	return p->mem ? 0 : -errno;
}

void
nt_pool_fini(struct nt_pool *p)
{
	nt_mem_unmap(p->mem, p->stride_bytes * p->capacity);
	p->mem = NULL;
}

uint32_t
nt_pool_take(struct nt_pool *p)
{
	uint32_t id = p->free;

	if (id != NT_LIST_NONE)
		memcpy(&p->free, nt_pool_at(p, id), sizeof(p->free));
	else if (p->fresh < p->capacity)
		id = p->fresh++;
	else
		return NT_LIST_NONE;
	p->used++;
	return id;
}

void
nt_pool_give(struct nt_pool *p, uint32_t id)
{
	memcpy(nt_pool_at(p, id), &p->free, sizeof(p->free));
	p->free = id;
	p->used--;
}
