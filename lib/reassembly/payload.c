/* SPDX-License-Identifier: BSD-3-Clause */
#include "payload.h"

#include <nt_mem.h>
#include <string.h>

size_t
page_pool_bytes(uint32_t count)
{
	return nt_mem_mapped((size_t)count * sizeof(struct page)) +
	       nt_mem_mapped(((size_t)count + 1) * sizeof(uint32_t));
}

int
page_pool_init(struct page_pool *pool, uint32_t count)
{
	*pool = (struct page_pool){ .count = count, .free_count = count };
	pool->pages = nt_mem_map((size_t)count * sizeof(*pool->pages));
	pool->next = nt_mem_map(((size_t)count + 1) * sizeof(*pool->next));
	if (pool->pages == NULL || pool->next == NULL) {
		page_pool_fini(pool);
		return -ENOMEM;
	}
	return 0;
}

void
page_pool_fini(struct page_pool *pool)
{
	nt_mem_unmap(pool->pages, (size_t)pool->count * sizeof(*pool->pages));
	nt_mem_unmap(pool->next, ((size_t)pool->count + 1) * sizeof(*pool->next));
	*pool = (struct page_pool){ 0 };
}

static struct page *
page_of(const struct page_pool *pool, uint32_t number)
{
	return &pool->pages[number - 1];
}

/* Its bytes stay as they were: bits say which are there. */
static uint32_t
take_page(struct page_pool *pool)
{
	uint32_t number = pool->free_first;

	if (number != 0)
		pool->free_first = pool->next[number];
	else
		number = ++pool->touched;
	pool->free_count--;
	memset(page_of(pool, number)->have, 0, sizeof(page_of(pool, number)->have));
	return number;
}

static void
give_page(struct page_pool *pool, struct payload *p, uint32_t part)
{
	uint32_t number = take_page(pool);

	pool->next[number] = p->first;
	p->first = number;
	if (p->last == 0)
		p->last = number;
	p->at[part] = number;
}

uint32_t
payload_lacks(const struct payload *p, uint32_t off, uint32_t len)
{
	uint32_t n = 0;

	if (len == 0)
		return 0;
	for (uint32_t i = off / PAYLOAD_PAGE; i <= (off + len - 1) / PAYLOAD_PAGE; i++)
		n += p->at[i] == 0;
	return n;
}

/*
 * Bits [from, to) of one word. Its callers give from in 0..63 and to in 1..64: the masks change
 * nothing then, and show analyzers that no shift is too wide.
 */
static uint64_t
bits(uint32_t from, uint32_t to)
{
	return (UINT64_MAX >> ((64 - to) & 63)) & (UINT64_MAX << (from & 63));
}

/* The bits of word i that stand for bytes [at, end) of the page. */
static uint64_t
bits_of(uint32_t i, uint32_t at, uint32_t end)
{
	return bits(NT_MAX(at, i * 64) - i * 64, NT_MIN(end, i * 64 + 64) - i * 64);
}

static bool
none_there(const struct page *page, uint32_t at, uint32_t end)
{
	uint64_t there = 0;

	for (uint32_t i = at / 64; i * 64 < end; i++)
		there |= page->have[i] & bits_of(i, at, end);
	return there == 0;
}

static unsigned int
put_bytewise(struct page *page, uint32_t at, const uint8_t *data, uint32_t len)
{
	unsigned int found = 0;

	for (uint32_t i = 0; i < len; i++) {
		uint32_t pos = at + i;

		if ((page->have[pos / 64] >> pos % 64 & 1) == 0)
			page->bytes[pos] = data[i];
		else if (page->bytes[pos] == data[i])
			found |= PAYLOAD_REPEATED;
		else
			found |= PAYLOAD_DIFFERED;
	}
	return found;
}

static unsigned int
put_in_page(struct page *page, uint32_t at, const uint8_t *data, uint32_t len)
{
	uint32_t end = at + len;
	unsigned int found = 0;

	if (nt_likely(none_there(page, at, end)))
		memcpy(page->bytes + at, data, len);
	else
		found = put_bytewise(page, at, data, len);
	for (uint32_t i = at / 64; i * 64 < end; i++)
		page->have[i] |= bits_of(i, at, end);
	return found;
}

/* A word at a time, and each word is passed once: over a payload's life PAYLOAD_MAX / 64 steps. */
static void
move_whole(const struct page_pool *pool, struct payload *p)
{
	while (p->whole < PAYLOAD_MAX && p->at[p->whole / PAYLOAD_PAGE] != 0) {
		const struct page *page = page_of(pool, p->at[p->whole / PAYLOAD_PAGE]);
		uint32_t pos = p->whole % PAYLOAD_PAGE, bit = pos % 64;
		uint64_t missing = ~page->have[pos / 64] >> bit;

		if (missing != 0) {
			p->whole += (uint32_t)__builtin_ctzll(missing);
			return;
		}
		p->whole += 64 - bit;
	}
}

unsigned int
payload_put(
	struct page_pool *pool, struct payload *p, uint32_t off, const uint8_t *data, uint32_t len)
{
	unsigned int found = 0;

	while (len > 0) {
		uint32_t part = off / PAYLOAD_PAGE, at = off % PAYLOAD_PAGE;
		uint32_t n = NT_MIN(len, PAYLOAD_PAGE - at);

		if (p->at[part] == 0)
			give_page(pool, p, part);
		found |= put_in_page(page_of(pool, p->at[part]), at, data, n);
		off += n;
		data += n;
		len -= n;
	}
	move_whole(pool, p);
	return found;
}

void
payload_copy(const struct page_pool *pool, const struct payload *p, uint8_t *out, uint32_t len)
{
	for (uint32_t i = 0; len > 0; i++) {
		uint32_t n = NT_MIN(len, PAYLOAD_PAGE);

		memcpy(out, page_of(pool, p->at[i])->bytes, n);
		out += n;
		len -= n;
	}
}

void
payload_release(struct page_pool *pool, struct payload *p)
{
	uint32_t taken = 0;

	if (p->first == 0)
		return;
	for (uint32_t i = 0; i < PAYLOAD_PAGES; i++)
		taken += p->at[i] != 0;
	pool->next[p->last] = pool->free_first;
	pool->free_first = p->first;
	pool->free_count += taken;
	*p = (struct payload){ 0 };
}
