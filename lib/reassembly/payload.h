/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The payload of one datagram under way: pages from a pool, and a bit for each byte that is there.
 * Bits instead of a list of ranges: any set of holes costs the same, so none has to be refused.
 * Private to lib/reassembly.
 */
#ifndef NT_REASSEMBLY_PAYLOAD_H
#define NT_REASSEMBLY_PAYLOAD_H

#include <nt_base.h>

/* Most UDP of a few fragments (DNS, NFS over 4 to 8 KiB) takes one to four. */
#define PAYLOAD_PAGE 2048u
/* Offsets go up to 65528 and a fragment carries up to 65535 bytes. */
#define PAYLOAD_MAX   131072u
#define PAYLOAD_PAGES (PAYLOAD_MAX / PAYLOAD_PAGE)
#define PAGE_WORDS    (PAYLOAD_PAGE / 64)

struct page {
	uint64_t have[PAGE_WORDS]; /* a bit per byte */
	uint8_t bytes[PAYLOAD_PAGE];
};

/* Pages are told by number, 1 is the first; 0 is none. */
struct page_pool {
	struct page *pages;
	uint32_t *next; /* [count + 1]: of the same payload, or free */
	uint32_t count;
	uint32_t touched; /* pages up to here were used once */
	uint32_t free_first, free_count; /* given back; those never touched are counted too */
};

/* Zeroed is empty. */
struct payload {
	uint32_t at[PAYLOAD_PAGES]; /* page of each part, 0: nothing there yet */
	uint32_t first, last; /* its pages, linked */
	uint32_t whole; /* so many bytes from the first on are there without a hole */
};

/* 0 or -errno. */
int page_pool_init(struct page_pool *pool, uint32_t count);
/* Memory that one takes when it is full. */
size_t page_pool_bytes(uint32_t count);
void page_pool_fini(struct page_pool *pool);

/* Pages that payload_put of these bytes would take from the pool. off + len <= PAYLOAD_MAX. */
uint32_t payload_lacks(const struct payload *p, uint32_t off, uint32_t len);

/* What payload_put found. */
enum {
	PAYLOAD_REPEATED = 1 << 0, /* some bytes were there, and the same */
	PAYLOAD_DIFFERED = 1 << 1, /* some bytes were there, and others; they stay */
};

/* Keep the bytes where there are none yet. The pool has as many pages as payload_lacks says. */
unsigned int payload_put(
	struct page_pool *pool, struct payload *p, uint32_t off, const uint8_t *data, uint32_t len);

/* The first len bytes, len <= whole. */
void payload_copy(
	const struct page_pool *pool, const struct payload *p, uint8_t *out, uint32_t len);

/* All pages back to the pool, at once. */
void payload_release(struct page_pool *pool, struct payload *p);

#endif
