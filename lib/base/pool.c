/* SPDX-License-Identifier: BSD-3-Clause */
#include <nt_mem.h>
#include <nt_pool.h>

size_t
nt_pool_needs(size_t stride_bytes, uint32_t capacity)
{
	return nt_mem_mapped(stride_bytes * capacity);
}

int
nt_pool_init(struct nt_pool *p, size_t stride_bytes, uint32_t capacity)
{
	*p = (struct nt_pool){
		.stride_bytes = stride_bytes, .capacity = capacity, .free = NT_POOL_NONE
	};
	p->mem = nt_mem_map(stride_bytes * capacity);
	return p->mem != NULL ? 0 : -errno;
}

void
nt_pool_fini(struct nt_pool *p)
{
	nt_mem_unmap(p->mem, p->stride_bytes * p->capacity);
	p->mem = NULL;
}
