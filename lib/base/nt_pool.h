/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * A pool of records of one size, named by number. Returned records are taken first, fresh ones in
 * order, so that a big pool costs no memory until it is used. A free record's first 4 bytes are the
 * number of the next free one: giving a record back overwrites what is there. Owner: one thread.
 */
#ifndef NT_POOL_H
#define NT_POOL_H

#include <string.h>

#include <nt_base.h>

#define NT_POOL_NONE UINT32_MAX

struct nt_pool {
	uint8_t *mem;
	size_t stride_bytes;
	uint32_t capacity;
	uint32_t fresh; /* records below this number have been used */
	uint32_t free; /* list of returned ones */
	uint32_t used;
};

/* 0 or -errno. A record is at least 4 bytes. Records that were never taken are zero. */
int nt_pool_init(struct nt_pool *p, size_t stride_bytes, uint32_t capacity);
/* Memory that one takes when it is full. */
size_t nt_pool_needs(size_t stride_bytes, uint32_t capacity);
void nt_pool_fini(struct nt_pool *p); /* one that was not made, all zero, too */

static inline void *
nt_pool_at(const struct nt_pool *p, uint32_t id)
{
	return p->mem + (size_t)id * p->stride_bytes;
}

/* The number of a record in the pool. */
static inline uint32_t
nt_pool_id(const struct nt_pool *p, const void *record)
{
	return (uint32_t)((size_t)((const uint8_t *)record - p->mem) / p->stride_bytes);
}

/* The record that will be taken next, or one past the last. */
static inline uint32_t
nt_pool_next(const struct nt_pool *p)
{
	return p->free != NT_POOL_NONE ? p->free : p->fresh;
}

/* A record's number, its content undefined; NT_POOL_NONE where the pool is empty. */
static inline uint32_t
nt_pool_take(struct nt_pool *p)
{
	uint32_t id = p->free;

	if (id != NT_POOL_NONE)
		memcpy(&p->free, nt_pool_at(p, id), sizeof(p->free));
	else if (p->fresh < p->capacity)
		id = p->fresh++;
	else
		return NT_POOL_NONE;
	p->used++;
	return id;
}

static inline void
nt_pool_give(struct nt_pool *p, uint32_t id)
{
	memcpy(nt_pool_at(p, id), &p->free, sizeof(p->free));
	p->free = id;
	p->used--;
}

/* All of them back at once. */
static inline void
nt_pool_clear(struct nt_pool *p)
{
	p->fresh = p->used = 0;
	p->free = NT_POOL_NONE;
}

/* What has ever been used of it. */
static inline size_t
nt_pool_bytes(const struct nt_pool *p)
{
	return (size_t)p->fresh * p->stride_bytes;
}

#endif
