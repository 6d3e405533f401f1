/* SPDX-License-Identifier: BSD-3-Clause */
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>

#include "busiest.h"

/* Half full at most: two slots are looked at for a hit, in the mean. */
#define SLOTS (2 * BUSIEST_ENTRIES)
#define NONE  UINT16_MAX

#define VIEW_WORDS (sizeof(struct busiest_view) / sizeof(uint64_t))
static_assert(sizeof(struct busiest_view) % sizeof(uint64_t) == 0, "copied as words");

/*
 * heap: numbers of entries, the one that counts least on top, none less than the one above it. at:
 * where an entry is in the heap. slots: entries by their address, found from its hash on.
 */
struct busiest {
	struct nt_hash_key key;
	struct busiest_entry entry[BUSIEST_ENTRIES];
	uint16_t heap[BUSIEST_ENTRIES], at[BUSIEST_ENTRIES];
	uint16_t slots[SLOTS];
	unsigned int count;
	uint64_t conns;
	int64_t since_ns, published_ns;
	struct busiest_view next; /* scratch of busiest_publish */
	/* odd while `published` is written; owner: wo, others: ro */
	_Atomic uint64_t sequence NT_CACHE_ALIGNED;
	_Atomic uint64_t published[VIEW_WORDS];
};

static void
begin(struct busiest *b, int64_t now_ns)
{
	memset(b->slots, 0xff, sizeof(b->slots));
	b->count = 0;
	b->conns = 0;
	b->since_ns = now_ns;
}

struct busiest *
busiest_new(const struct nt_hash_key *key)
{
	struct busiest *b;
	const int failed = posix_memalign((void **)&b, NT_CACHE_LINE, sizeof(*b));
	if (failed != 0) {
		errno = failed;
		return NULL;
	}
	memset(b, 0, sizeof(*b));
	b->key = *key;
	b->published_ns = INT64_MIN;
	begin(b, 0);
	return b;
}

void
busiest_free(struct busiest *b)
{
	free(b);
}

static unsigned int
home(const struct busiest *b, const struct nt_addr *addr)
{
	uint64_t words[3] = { 0, 0, addr->family };
	memcpy(words, addr->bytes, sizeof(addr->bytes));
	return (unsigned int)nt_hash_words(&b->key, words, 3) % SLOTS;
}

/* The slot of this address, or the empty one where it would be. */
static unsigned int
find(const struct busiest *b, const struct nt_addr *addr)
{
	unsigned int s = home(b, addr);
	while (b->slots[s] != NONE && !nt_addr_equal(&b->entry[b->slots[s]].addr, addr))
		s = (s + 1) % SLOTS;
	return s;
}

/* Those behind it move up, as far as their own place lets them: no gap on anybody's way. */
static void
remove_slot(struct busiest *b, unsigned int gap)
{
	for (unsigned int s = (gap + 1) % SLOTS; b->slots[s] != NONE; s = (s + 1) % SLOTS) {
		const unsigned int from = home(b, &b->entry[b->slots[s]].addr);
		if ((s - from) % SLOTS < (s - gap) % SLOTS)
			continue;
		b->slots[gap] = b->slots[s];
		gap = s;
	}
	b->slots[gap] = NONE;
}

static void
put(struct busiest *b, unsigned int at, uint16_t i)
{
	b->heap[at] = i;
	b->at[i] = (uint16_t)at;
}

static uint64_t
conns_at(const struct busiest *b, unsigned int at)
{
	return b->entry[b->heap[at]].conns;
}

/* The entry counts more than it did. */
static void
sink_down(struct busiest *b, uint16_t i)
{
	unsigned int at = b->at[i];
	for (unsigned int child; (child = 2 * at + 1) < b->count; at = child) {
		child += child + 1 < b->count && conns_at(b, child + 1) < conns_at(b, child);
		if (conns_at(b, child) >= b->entry[i].conns)
			break;
		put(b, at, b->heap[child]);
	}
	put(b, at, i);
}

/* A new entry, that counts nothing and so belongs to the top. */
static uint16_t
append(struct busiest *b)
{
	unsigned int at = b->count++;
	const uint16_t i = (uint16_t)at;
	for (; at > 0; at = (at - 1) / 2)
		put(b, at, b->heap[(at - 1) / 2]);
	put(b, 0, i);
	return i;
}

static uint16_t
take_counter(struct busiest *b, const struct nt_addr *addr)
{
	uint64_t least = 0;
	uint16_t i;
	if (b->count < BUSIEST_ENTRIES) {
		i = append(b);
	} else {
		i = b->heap[0];
		least = b->entry[i].conns;
		remove_slot(b, find(b, &b->entry[i].addr));
	}
	b->slots[find(b, addr)] = i;
	b->entry[i] = (struct busiest_entry){ .addr = *addr, .conns = least, .error = least };
	return i;
}

void
busiest_add(
	struct busiest *b, const struct nt_addr *addr, bool local, uint64_t bytes, int64_t ts_ns)
{
	const uint16_t known = b->slots[find(b, addr)];
	const uint16_t i = known != NONE ? known : take_counter(b, addr);
	struct busiest_entry *e = &b->entry[i];
	e->local = local;
	e->conns++;
	e->bytes += bytes;
	e->last_ns = ts_ns;
	b->conns++;
	sink_down(b, i);
}

static int
by_conns(const void *a, const void *b)
{
	const struct busiest_entry *x = a, *y = b;
	if (x->conns != y->conns)
		return x->conns < y->conns ? 1 : -1;
	return x->bytes < y->bytes ? 1 : x->bytes > y->bytes ? -1 : 0;
}

static void
store(struct busiest *b, const struct busiest_view *v)
{
	const uint64_t *words = (const uint64_t *)(const void *)v;
	const uint64_t sequence = atomic_load_explicit(&b->sequence, memory_order_relaxed);
	atomic_store_explicit(&b->sequence, sequence + 1, memory_order_relaxed);
	atomic_thread_fence(memory_order_release);
	for (size_t i = 0; i < VIEW_WORDS; i++)
		atomic_store_explicit(&b->published[i], words[i], memory_order_relaxed);
	atomic_store_explicit(&b->sequence, sequence + 2, memory_order_release);
}

void
busiest_publish(struct busiest *b, int64_t now_ns)
{
	if (b->published_ns != INT64_MIN && now_ns - b->published_ns < BUSIEST_EVERY_NS)
		return;
	if (b->published_ns == INT64_MIN)
		b->since_ns = now_ns;
	b->published_ns = now_ns;
	b->next = (struct busiest_view){
		.conns = b->conns, .since_ns = b->since_ns, .count = b->count
	};
	memcpy(b->next.entry, b->entry, b->count * sizeof(b->entry[0]));
	store(b, &b->next);
	if (now_ns - b->since_ns >= BUSIEST_WINDOW_NS)
		begin(b, now_ns);
}

void
busiest_read(const struct busiest *b, struct busiest_view *ret)
{
	uint64_t before, after, *words = (uint64_t *)(void *)ret;
	do {
		before = atomic_load_explicit(&b->sequence, memory_order_acquire);
		for (size_t i = 0; i < VIEW_WORDS; i++)
			words[i] = atomic_load_explicit(&b->published[i], memory_order_relaxed);
		atomic_thread_fence(memory_order_acquire);
		after = atomic_load_explicit(&b->sequence, memory_order_relaxed);
	} while (before % 2 != 0 || before != after);
	/* Here, and not where it is published: control has no time for it. */
	qsort(ret->entry, ret->count, sizeof(ret->entry[0]), by_conns);
}
