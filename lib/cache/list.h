/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Doubly linked lists of records in pools, linked by number: half the size of pointers. A list is
 * the number of its first record (NT_LIST_NONE: empty); the first one's `prev` is the last, the
 * last one's `next` is none. So who comes to the front touches the first record only.
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

/* Of records of a type from `mem` on; by value, so that what is made where it is used is constant.
 */
#define NT_LIST_VIEW(mem, type, links)                                                             \
	((struct nt_list_view){ (uint8_t *)(mem) + offsetof(type, links), sizeof(type) })

static inline struct nt_links *
nt_list_at(struct nt_list_view v, uint32_t id)
{
	return (struct nt_links *)(void *)(v.first + (size_t)id * v.stride_bytes);
}

static inline void
nt_list_push_back(struct nt_list_view v, uint32_t *head, uint32_t id)
{
	struct nt_links *l = nt_list_at(v, id), *first;

	*l = (struct nt_links){ id, NT_LIST_NONE };
	if (*head == NT_LIST_NONE) {
		*head = id;
		return;
	}
	first = nt_list_at(v, *head);
	l->prev = first->prev;
	nt_list_at(v, first->prev)->next = id;
	first->prev = id;
}

static inline void
nt_list_push_front(struct nt_list_view v, uint32_t *head, uint32_t id)
{
	struct nt_links *l = nt_list_at(v, id), *first;

	*l = (struct nt_links){ id, *head };
	if (*head != NT_LIST_NONE) {
		first = nt_list_at(v, *head);
		l->prev = first->prev;
		first->prev = id;
	}
	*head = id;
}

static inline void
nt_list_remove(struct nt_list_view v, uint32_t *head, uint32_t id)
{
	const struct nt_links l = *nt_list_at(v, id);

	if (*head == id)
		*head = l.next;
	else
		nt_list_at(v, l.prev)->next = l.next;
	if (l.next != NT_LIST_NONE)
		nt_list_at(v, l.next)->prev = l.prev;
	else if (*head != NT_LIST_NONE)
		nt_list_at(v, *head)->prev = l.prev;
}

static inline void
nt_list_to_front(struct nt_list_view v, uint32_t *head, uint32_t id)
{
	if (*head == id)
		return;
	nt_list_remove(v, head, id);
	nt_list_push_front(v, head, id);
}

/* The one after id, or NT_LIST_NONE after the last. */
static inline uint32_t
nt_list_next(struct nt_list_view v, uint32_t id)
{
	return nt_list_at(v, id)->next;
}

#endif
