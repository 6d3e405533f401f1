/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Room for names of 1 to 272 bytes: pages of 4 KiB, each cut into blocks of one size class. A page
 * without a block in use can become one of any class, so a change in the lengths of names never
 * leaves the room unusable for good. Owner: one thread.
 */
#ifndef NT_CACHE_SLAB_H
#define NT_CACHE_SLAB_H

#include "list.h"

#define NT_SLAB_UNIT	   16 /* a reference counts in these: 2^32 of them are 64 GiB */
#define NT_SLAB_PAGE_UNITS 256
#define NT_SLAB_PAGE_BYTES (NT_SLAB_PAGE_UNITS * NT_SLAB_UNIT)
#define NT_SLAB_CLASSES	   10

struct nt_slab_page {
	struct nt_links links; /* pages of one class with room, or unused ones */
	uint16_t free; /* unit of the first returned block + 1; 0: none */
	uint16_t fresh; /* blocks that were ever used */
	uint16_t used;
	uint16_t class;
};

struct nt_slab {
	uint8_t *mem;
	struct nt_slab_page *pages;
	struct nt_list_view view;
	uint32_t page_count, fresh_pages;
	uint32_t unused; /* list of returned pages */
	uint32_t with_room[NT_SLAB_CLASSES]; /* lists */
};

/* bytes is rounded up to whole pages, one of each class at least. 0 or -errno. */
int nt_slab_init(struct nt_slab *s, uint64_t bytes);
size_t nt_slab_needs(uint64_t bytes);
void nt_slab_fini(struct nt_slab *s);

/* Is there a page that can become one of any class? */
static inline bool
nt_slab_has_page(const struct nt_slab *s)
{
	return s->fresh_pages < s->page_count || s->unused != NT_LIST_NONE;
}

/* Is there one of len's class with room? */
bool nt_slab_has_block(const struct nt_slab *s, size_t len);

static inline bool
nt_slab_has_room(const struct nt_slab *s, size_t len)
{
	return nt_slab_has_page(s) || nt_slab_has_block(s, len);
}

/* A reference, or NT_LIST_NONE. */
uint32_t nt_slab_take(struct nt_slab *s, size_t len);
void nt_slab_give(struct nt_slab *s, uint32_t ref);

static inline uint8_t *
nt_slab_at(const struct nt_slab *s, uint32_t ref)
{
	return s->mem + (size_t)ref * NT_SLAB_UNIT;
}

static inline size_t
nt_slab_bytes(const struct nt_slab *s)
{
	return (size_t)s->fresh_pages * (NT_SLAB_PAGE_BYTES + sizeof(struct nt_slab_page));
}

#endif
