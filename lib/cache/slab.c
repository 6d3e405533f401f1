/* SPDX-License-Identifier: BSD-3-Clause */
#include "slab.h"

#include <string.h>

#include <nt_mem.h>

/* Units of a block: steps that waste a fifth at most where most names are (20 to 80 bytes). */
static const uint8_t class_units[NT_SLAB_CLASSES] = { 1, 2, 3, 4, 5, 6, 8, 10, 13, 17 };

static unsigned int
class_of(size_t len)
{
	unsigned int c = 0;

	while (c < NT_SLAB_CLASSES - 1 && (size_t)class_units[c] * NT_SLAB_UNIT < len)
		c++;
	return c;
}

static uint64_t
pages_for(uint64_t bytes)
{
	const uint64_t pages = (bytes + NT_SLAB_PAGE_BYTES - 1) / NT_SLAB_PAGE_BYTES;

	return NT_MAX(pages, NT_SLAB_CLASSES);
}

size_t
nt_slab_needs(uint64_t bytes)
{
	return nt_mem_mapped(pages_for(bytes) * NT_SLAB_PAGE_BYTES) +
	       nt_mem_mapped(pages_for(bytes) * sizeof(struct nt_slab_page));
}

int
nt_slab_init(struct nt_slab *s, uint64_t bytes)
{
	const uint64_t pages = pages_for(bytes);

	*s = (struct nt_slab){ .unused = NT_LIST_NONE };
	for (unsigned int i = 0; i < NT_SLAB_CLASSES; i++)
		s->with_room[i] = NT_LIST_NONE;
	if (pages > UINT32_MAX / NT_SLAB_PAGE_UNITS)
		return -EINVAL;
	s->page_count = (uint32_t)pages;
	s->mem = nt_mem_map((size_t)pages * NT_SLAB_PAGE_BYTES);
	if (s->mem == NULL)
		return -errno;
	s->pages = nt_mem_map((size_t)pages * sizeof(*s->pages));
	if (s->pages == NULL)
		return -errno;
	s->view = NT_LIST_VIEW(s->pages, struct nt_slab_page, links);
	return 0;
}

void
nt_slab_fini(struct nt_slab *s)
{
	nt_mem_unmap(s->mem, (size_t)s->page_count * NT_SLAB_PAGE_BYTES);
	nt_mem_unmap(s->pages, (size_t)s->page_count * sizeof(*s->pages));
	s->mem = NULL;
	s->pages = NULL;
}

bool
nt_slab_has_block(const struct nt_slab *s, size_t len)
{
	return s->with_room[class_of(len)] != NT_LIST_NONE;
}

/* A page of the class with room, at the head of its list. */
static uint32_t
page_with_room(struct nt_slab *s, unsigned int class)
{
	uint32_t id = s->with_room[class];

	if (id != NT_LIST_NONE)
		return id;
	id = s->unused;
	if (id != NT_LIST_NONE)
		nt_list_remove(s->view, &s->unused, id);
	else if (s->fresh_pages < s->page_count)
		id = s->fresh_pages++;
	else
		return NT_LIST_NONE;
	s->pages[id] = (struct nt_slab_page){ .class = (uint16_t) class };
	nt_list_push_front(s->view, &s->with_room[class], id);
	return id;
}

uint32_t
nt_slab_take(struct nt_slab *s, size_t len)
{
	unsigned int class = class_of(len), units = class_units[class];
	uint32_t id = page_with_room(s, class), ref;
	struct nt_slab_page *p;

	if (id == NT_LIST_NONE)
		return NT_LIST_NONE;
	p = &s->pages[id];
	ref = id * NT_SLAB_PAGE_UNITS;
	if (p->free) {
		ref += p->free - 1u;
		memcpy(&p->free, nt_slab_at(s, ref), sizeof(p->free));
	} else {
		ref += units * p->fresh++;
	}
	if (++p->used == NT_SLAB_PAGE_UNITS / units)
		nt_list_remove(s->view, &s->with_room[class], id);
	return ref;
}

void
nt_slab_give(struct nt_slab *s, uint32_t ref)
{
	uint32_t id = ref / NT_SLAB_PAGE_UNITS;
	struct nt_slab_page *p = &s->pages[id];
	uint32_t *list = &s->with_room[p->class];

	memcpy(nt_slab_at(s, ref), &p->free, sizeof(p->free));
	p->free = (uint16_t)(ref % NT_SLAB_PAGE_UNITS + 1);
	if (p->used-- == NT_SLAB_PAGE_UNITS / class_units[p->class])
		nt_list_push_front(s->view, list, id);
	if (p->used == 0) {
		nt_list_remove(s->view, list, id);
		nt_list_push_front(s->view, &s->unused, id);
	}
}
