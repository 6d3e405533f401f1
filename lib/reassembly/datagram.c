/* SPDX-License-Identifier: BSD-3-Clause */
#include "datagram.h"

#include <nt_fault.h>
#include <nt_mem.h>
#include <stdlib.h>
#include <string.h>

#define DATAGRAMS_MAX (1u << 20)

/* A fragment begins one datagram at most: with more than that given up each time, none pile up. */
#define EXPIRED_AT_ONCE 8

struct nt_datagrams {
	struct nt_hash_key key;
	int64_t timeout_ns;
	/* Datagrams are told by number, 1 is the first; 0 is none. */
	struct datagram *slots;
	uint32_t *buckets;
	uint32_t max, bucket_mask;
	uint32_t touched; /* numbers up to here were used once */
	uint32_t free_first;
	uint32_t oldest, newest;
	struct page_pool pool;
	struct nt_datagrams_stats stats;
};

static size_t
buckets_size(uint32_t mask)
{
	return ((size_t)mask + 1) * sizeof(uint32_t);
}

static uint32_t
mask_for(uint32_t datagrams)
{
	uint32_t mask = 1;

	while (mask < datagrams)
		mask = mask * 2 + 1;
	return mask;
}

static uint32_t
pages_for(uint32_t max_bytes)
{
	const uint32_t pages = max_bytes / PAYLOAD_PAGE + (max_bytes % PAYLOAD_PAGE != 0);

	return NT_MAX(pages, PAYLOAD_PAGES);
}

size_t
nt_datagrams_bytes(const struct nt_datagrams_config *cfg)
{
	return sizeof(struct nt_datagrams) +
	       nt_mem_mapped((size_t)cfg->max_datagrams * sizeof(struct datagram)) +
	       nt_mem_mapped(buckets_size(mask_for(cfg->max_datagrams))) +
	       page_pool_bytes(pages_for(cfg->max_bytes));
}

static int
tables_init(struct nt_datagrams *d, uint32_t max_bytes)
{
	d->bucket_mask = mask_for(d->max);
	d->slots = nt_mem_map((size_t)d->max * sizeof(*d->slots));
	d->buckets = nt_mem_map(buckets_size(d->bucket_mask));
	if (d->slots == NULL || d->buckets == NULL)
		return -ENOMEM;
	return page_pool_init(&d->pool, pages_for(max_bytes));
}

struct nt_datagrams *
nt_datagrams_new(const struct nt_datagrams_config *cfg, const struct nt_hash_key *key)
{
	struct nt_datagrams *d;

	if (cfg->max_datagrams == 0 || cfg->max_datagrams > DATAGRAMS_MAX || cfg->timeout_ns < 0) {
		errno = EINVAL;
		return NULL;
	}
	d = calloc(1, sizeof(*d));
	if (d == NULL)
		return NULL;
	d->key = *key;
	d->timeout_ns = cfg->timeout_ns;
	d->max = cfg->max_datagrams;
	if (tables_init(d, cfg->max_bytes) < 0) {
		nt_datagrams_free(d);
		errno = ENOMEM;
		return NULL;
	}
	return d;
}

void
nt_datagrams_free(struct nt_datagrams *d)
{
	if (d == NULL)
		return;
	page_pool_fini(&d->pool);
	nt_mem_unmap(d->buckets, buckets_size(d->bucket_mask));
	nt_mem_unmap(d->slots, (size_t)d->max * sizeof(*d->slots));
	free(d);
}

static struct datagram *
slot_of(const struct nt_datagrams *d, uint32_t number)
{
	return &d->slots[number - 1];
}

static uint32_t *
bucket_of(const struct nt_datagrams *d, const struct nt_addr *src, const struct nt_addr *dst,
	uint32_t id)
{
	uint64_t words[5];

	memcpy(&words[0], src->bytes, 16);
	memcpy(&words[2], dst->bytes, 16);
	words[4] = (uint64_t)src->family << 32 | id;
	return &d->buckets[nt_hash_words(&d->key, words, 5) & d->bucket_mask];
}

/* Half as many buckets as datagrams at the worst, and a key nobody knows: chains are short. */
static uint32_t
find(const struct nt_datagrams *d, const struct nt_fragment *f)
{
	uint32_t number = *bucket_of(d, &f->src, &f->dst, f->id);

	while (number != 0) {
		const struct datagram *g = slot_of(d, number);

		if (g->id == f->id && nt_addr_equal(&g->src, &f->src) &&
			nt_addr_equal(&g->dst, &f->dst))
			break;
		number = g->chain;
	}
	return number;
}

static void
unlink_age(struct nt_datagrams *d, struct datagram *g)
{
	if (g->older != 0)
		slot_of(d, g->older)->newer = g->newer;
	else
		d->oldest = g->newer;
	if (g->newer != 0)
		slot_of(d, g->newer)->older = g->older;
	else
		d->newest = g->older;
}

static void
drop(struct nt_datagrams *d, uint32_t number)
{
	struct datagram *g = slot_of(d, number);
	uint32_t *link = bucket_of(d, &g->src, &g->dst, g->id);

	while (*link != number)
		link = &slot_of(d, *link)->chain;
	*link = g->chain;
	unlink_age(d, g);
	payload_release(&d->pool, &g->payload);
	g->chain = d->free_first;
	d->free_first = number;
	d->stats.under_way--;
}

void
nt_datagrams_clear(struct nt_datagrams *d)
{
	while (d->oldest != 0)
		drop(d, d->oldest);
}

static bool
is_expired(const struct nt_datagrams *d, uint32_t number, int64_t clock_ns)
{
	return d->timeout_ns != 0 && clock_ns - slot_of(d, number)->first_ns >= d->timeout_ns;
}

static void
expire(struct nt_datagrams *d, int64_t clock_ns)
{
	for (unsigned int i = 0; i < EXPIRED_AT_ONCE; i++) {
		if (d->oldest == 0 || !is_expired(d, d->oldest, clock_ns))
			return;
		drop(d, d->oldest);
		d->stats.timed_out++;
	}
}

static uint32_t
take_slot(struct nt_datagrams *d)
{
	uint32_t number = d->free_first;

	const bool fault = d->oldest != 0 && nt_fault(NT_FAULT_DATAGRAM_SLOT);

	if (number == 0 && !fault && d->touched < d->max)
		return ++d->touched;
	if (number == 0 || fault) {
		drop(d, d->oldest);
		d->stats.evicted++;
		number = d->free_first;
	}
	d->free_first = slot_of(d, number)->chain;
	return number;
}

static uint32_t
begin(struct nt_datagrams *d, const struct nt_fragment *f, int64_t clock_ns)
{
	uint32_t number = take_slot(d), *bucket = bucket_of(d, &f->src, &f->dst, f->id);
	struct datagram *g = slot_of(d, number);

	g->src = f->src;
	g->dst = f->dst;
	g->id = f->id;
	g->first_ns = clock_ns;
	g->end = 0;
	datagram_take_head(g, f);
	g->chain = *bucket;
	*bucket = number;
	g->older = d->newest;
	g->newer = 0;
	if (d->newest != 0)
		slot_of(d, d->newest)->newer = number;
	else
		d->oldest = number;
	d->newest = number;
	d->stats.under_way++;
	return number;
}

/* The one of this fragment, which may just have had its time. */
static uint32_t
find_or_begin(struct nt_datagrams *d, const struct nt_fragment *f, int64_t clock_ns)
{
	uint32_t number;

	expire(d, clock_ns);
	number = find(d, f);
	if (number != 0 && is_expired(d, number, clock_ns)) {
		drop(d, number);
		d->stats.timed_out++;
		number = 0;
	}
	return number != 0 ? number : begin(d, f, clock_ns);
}

/* The pool has pages for one datagram at least: this ends with keep alone in it at the latest. */
static void
make_room(struct nt_datagrams *d, uint32_t keep, uint32_t pages)
{
	while (d->pool.free_count < pages) {
		uint32_t number = d->oldest;

		if (number == keep)
			number = slot_of(d, keep)->newer;
		if (number == 0)
			return;
		drop(d, number);
		d->stats.evicted++;
	}
}

static void
put(struct nt_datagrams *d, uint32_t number, const struct nt_fragment *f)
{
	struct datagram *g = slot_of(d, number);
	uint32_t end = f->offset + f->payload_len;
	unsigned int found;

	if (f->offset == 0)
		g->proto = f->proto;
	if (!f->more || g->end != 0)
		g->end = NT_MAX(g->end, end);
	make_room(d, number, payload_lacks(&g->payload, f->offset, f->payload_len));
	found = payload_put(&d->pool, &g->payload, f->offset, f->payload, f->payload_len);
	if (found & PAYLOAD_DIFFERED)
		d->stats.overlaps++;
	else if (found & PAYLOAD_REPEATED)
		d->stats.repeats++;
}

uint32_t
nt_datagrams_add(
	struct nt_datagrams *d, const struct nt_fragment *f, int64_t clock_ns, uint8_t *out)
{
	struct datagram *g;
	uint32_t number, len;

	d->stats.fragments++;
	if (!datagram_fragment_fits(f)) {
		d->stats.refused++;
		return 0;
	}
	number = find_or_begin(d, f, clock_ns);
	g = slot_of(d, number);
	put(d, number, f);
	if (f->payload_len == 0 || g->end == 0 || g->payload.whole < g->end)
		return 0;
	g->end = g->payload.whole;
	len = datagram_write(g, &d->pool, f, out);
	if (len == 0)
		d->stats.refused++;
	else
		d->stats.completed++;
	drop(d, number);
	return len;
}

void
nt_datagrams_stats(const struct nt_datagrams *d, struct nt_datagrams_stats *ret)
{
	*ret = d->stats;
}
