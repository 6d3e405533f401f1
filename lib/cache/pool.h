/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * A pool of records of one size, named by number. Fresh records are taken in order, so that a big
 * pool costs no memory until it is used; returned ones first. A free record's first word is the
 * number of the next free one. Owner: one thread.
 */
#ifndef NT_CACHE_POOL_H
#define NT_CACHE_POOL_H

#include "list.h"

struct nt_pool {
	uint8_t *mem;
	size_t stride_bytes;
	uint32_t capacity;
	uint32_t fresh; /* records below this number have been used */
	uint32_t free; /* list of returned ones */
	uint32_t used;
};

/* 0 or -errno. A record is at least 4 bytes. */
int nt_pool_init(struct nt_pool *p, size_t stride_bytes, uint32_t capacity);
void nt_pool_fini(struct nt_pool *p);

static inline void *
nt_pool_at(const struct nt_pool *p, uint32_t id)
{
	return p->mem + (size_t)id * p->stride_bytes;
}

/* The record that will be taken next, or one past the last. */
static inline uint32_t
nt_pool_next(const struct nt_pool *p)
{
	return p->free != UINT32_MAX ? p->free : p->fresh;
}

/* A record's number, its content undefined; NT_LIST_NONE where the pool is empty. */
uint32_t nt_pool_take(struct nt_pool *p);
void nt_pool_give(struct nt_pool *p, uint32_t id);

static inline size_t
nt_pool_bytes(const struct nt_pool *p)
{
	return (size_t)p->fresh * p->stride_bytes;
}

static inline struct nt_list_view
nt_pool_view(const struct nt_pool *p, size_t links_offset)
{
	return (struct nt_list_view){ p->mem + links_offset, p->stride_bytes };
}

#endif
