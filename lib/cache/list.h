/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Circular doubly linked lists of records in pools, linked by number: half the size of pointers. A
 * list is the number of its first record (NT_LIST_NONE: empty); the first one's `prev` is the last.
 */
#ifndef NT_CACHE_LIST_H
#define NT_CACHE_LIST_H

#include <nt_pool.h>

#define NT_LIST_NONE UINT32_MAX
static_assert(NT_LIST_NONE == NT_POOL_NONE, "no record is no record");

struct nt_links {
	uint32_t prev, next;
};

/* Where the links of record 0 are, and how far it is from one record to the next. */
struct nt_list_view {
	uint8_t *first;
	size_t stride_bytes;
};

/* Of a pool's records, where the links stand in them. */
static inline struct nt_list_view
nt_pool_view(const struct nt_pool *p, size_t links_offset)
{
	return (struct nt_list_view){ p->mem + links_offset, p->stride_bytes };
}

static inline struct nt_links *
nt_list_at(const struct nt_list_view *v, uint32_t id)
{
	return (struct nt_links *)(void *)(v->first + (size_t)id * v->stride_bytes);
}

static inline void
nt_list_push_back(const struct nt_list_view *v, uint32_t *head, uint32_t id)
{
	struct nt_links *l = nt_list_at(v, id), *first;

	if (*head == NT_LIST_NONE) {
		l->prev = l->next = id;
		*head = id;
		return;
	}
	first = nt_list_at(v, *head);
	l->prev = first->prev;
	l->next = *head;
	nt_list_at(v, first->prev)->next = id;
	first->prev = id;
}

static inline void
nt_list_push_front(const struct nt_list_view *v, uint32_t *head, uint32_t id)
{
	nt_list_push_back(v, head, id);
	*head = id;
}

static inline void
nt_list_remove(const struct nt_list_view *v, uint32_t *head, uint32_t id)
{
	struct nt_links *l = nt_list_at(v, id);

	if (l->next == id) {
		*head = NT_LIST_NONE;
		return;
	}
	nt_list_at(v, l->prev)->next = l->next;
	nt_list_at(v, l->next)->prev = l->prev;
	if (*head == id)
		*head = l->next;
}

static inline void
nt_list_to_front(const struct nt_list_view *v, uint32_t *head, uint32_t id)
{
	if (*head == id)
		return;
	nt_list_remove(v, head, id);
	nt_list_push_front(v, head, id);
}

/* The one after id, or NT_LIST_NONE after the last. */
static inline uint32_t
nt_list_next(const struct nt_list_view *v, uint32_t head, uint32_t id)
{
	uint32_t next = nt_list_at(v, id)->next;

	return next == head ? NT_LIST_NONE : next;
}

/* The last one, and from any one to that before it, NT_LIST_NONE before the first. */
static inline uint32_t
nt_list_last(const struct nt_list_view *v, uint32_t head)
{
	return head == NT_LIST_NONE ? NT_LIST_NONE : nt_list_at(v, head)->prev;
}

static inline uint32_t
nt_list_prev(const struct nt_list_view *v, uint32_t head, uint32_t id)
{
	return id == head ? NT_LIST_NONE : nt_list_at(v, id)->prev;
}

#endif
