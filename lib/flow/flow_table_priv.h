/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The inside of nt_flow_table.h, which includes it: layout and the functions of the packet path.
 * Nobody but lib/flow uses what is declared here.
 */
#ifndef NT_FLOW_TABLE_PRIV_H
#define NT_FLOW_TABLE_PRIV_H

#include "nt_flow_table.h"

#ifdef __SSE2__
#include <emmintrin.h>
#endif

/*
 * A bucket is one cache line: 8 signatures compared at once, 8 indexes of entries. 15 bits of
 * signature: with 4 flows in a bucket one lookup in 8,000 touches a wrong entry.
 *
 * How many: one for 4 flows of a full table. Flows then fall into buckets like Poisson(4): 2.1 % of
 * the buckets have more than 8, which puts 0.8 % of the flows into a second line. One for 5 flows
 * would save 3 bytes a flow and make that 2.4 %. The bucket is chosen by multiplication, not by a
 * mask, so the load is the same for every max_flows.
 *
 * Overflow buckets: in a chain all buckets but the last are full (removal fills the hole from the
 * end), so a chain of 1 + k buckets holds more than 8k flows, and (max_flows - 1) / 8 overflow
 * buckets would always suffice, whatever the hashes are: even all flows in one chain. Of Poisson(4)
 * 2.1 % of the buckets want one: one for 190 flows. There is one for 64, and 256 more so that small
 * tables, whose share varies, have as many as they can need; a keyed hash never comes near that.
 * Should there be none left, the flow that is in the way is the next victim (nt_flow_victim).
 *
 * Memory per flow: 128 hot + 96 cold + 64 / 4 + 64 / 64 = 241 bytes, and 49 KiB for the wheel and
 * the least of the overflow.
 */
#define NT_FLOW_BUCKET_SLOTS	   8
#define NT_FLOW_FLOWS_PER_BUCKET   4
#define NT_FLOW_FLOWS_PER_OVERFLOW 64
#define NT_FLOW_OVERFLOW_LEAST	   256
#define NT_FLOW_SIFT_SHARE	   8 /* see nt_flow_table.unsifted */

struct nt_flow_bucket {
	uint16_t sig[NT_FLOW_BUCKET_SLOTS]; /* 0 = empty; used ones come first */
	uint32_t idx[NT_FLOW_BUCKET_SLOTS];
	uint32_t next; /* the chain's next bucket, 0 = none: number 0 is never an overflow bucket */
	uint32_t spare[3];
} NT_CACHE_ALIGNED;
static_assert(sizeof(struct nt_flow_bucket) == NT_CACHE_LINE, "a bucket is one cache line");
static_assert(sizeof(struct nt_flow) + sizeof(struct nt_flow_cold) +
			      NT_CACHE_LINE / NT_FLOW_FLOWS_PER_BUCKET +
			      NT_CACHE_LINE / NT_FLOW_FLOWS_PER_OVERFLOW <=
		      241,
	"memory per connection");

/* Every entry in use is on one of these lists (nt_flow_cold.wheel_slot), linked by wheel_*. */
enum {
	NT_FLOW_LIST_OVERDUE = NT_FLOW_WHEEL_SEC, /* to be handed out by the next nt_flow_due */
	NT_FLOW_LIST_IDLE, /* live, not scheduled */
	NT_FLOW_LIST_ENDED,
	NT_FLOW_LISTS,
	NT_FLOW_LIST_NONE = UINT16_MAX /* a free entry */
};

struct nt_flow_list {
	uint32_t head, tail;
};

#define NT_FLOW_WHEEL_WORDS (NT_FLOW_WHEEL_SEC / 64)
static_assert(NT_FLOW_WHEEL_WORDS == 64, "one word says which words of the bitmap have bits");

struct nt_flow_table {
	/* the line that every packet reads */
	struct nt_hash_key hash_key;
	struct nt_flow_bucket *buckets; /* those that hashes choose, then the overflow buckets */
	struct nt_flow *hot;
	struct nt_flow_cold *cold;
	uint32_t chosen; /* buckets that hashes choose */
	uint32_t max_flows; /* mapped */

	/* entries and overflow buckets: those given back first, then those never used */
	uint32_t entry_free, entry_fresh;
	uint32_t bucket_free, bucket_fresh, bucket_end; /* free: 0 = none, linked by next */
	uint32_t in_the_way; /* of a flow that no bucket was left for, NT_FLOW_NONE = none */
	uint64_t crowded;
	uint32_t live, ended, longest;
	uint32_t limit; /* of live and ended together; at most max_flows */
	uint32_t unlinks; /* wraps; nothing found before is found any more where it has moved */
	struct nt_flow_list young;
	/*
	 * The last young one that nt_flow_sift told of, NT_FLOW_NONE = none, and how many are
	 * behind it. The youngest eighth of the table is not told of: what has just begun may go
	 * on.
	 */
	uint32_t sifted, unsifted;

	/* the wheel: slots of the seconds [next_sec, next_sec + NT_FLOW_WHEEL_SEC) */
	bool started; /* nt_flow_due was called */
	bool skipped; /* rounds: see skip_rounds */
	int64_t asked_ns; /* the clock of the last nt_flow_due */
	int64_t next_sec; /* all slots before this second are empty */
	int64_t soon_ns; /* no deadline in the slot of next_sec is before this */
	int64_t overdue_ns; /* nor on the overdue list before this */
	uint64_t occupied_words;
	uint64_t occupied[NT_FLOW_WHEEL_WORDS];
	struct nt_flow_list lists[NT_FLOW_LISTS];
} NT_CACHE_ALIGNED;
static_assert(offsetof(struct nt_flow_table, entry_free) == NT_CACHE_LINE, "one line for lookups");

static inline uint64_t
nt_flow_hash(const struct nt_flow_table *t, const struct nt_flow_key *key)
{
	uint64_t words[sizeof(*key) / sizeof(uint64_t)];

	memcpy(words, key, sizeof(words));
	return nt_hash_words(&t->hash_key, words, NT_ARRAY_SIZE(words));
}

/* The low half of the hash chooses the bucket, the top is the signature: independent. */
static inline uint32_t
nt_flow_bucket_of(const struct nt_flow_table *t, uint64_t hash)
{
	return (uint32_t)(((hash & UINT32_MAX) * t->chosen) >> 32);
}

static inline uint16_t
nt_flow_signature(uint64_t hash)
{
	return (uint16_t)(hash >> 48) | 1;
}

/* A bit for each slot with this signature. */
static inline unsigned int
nt_flow_bucket_match(const struct nt_flow_bucket *b, uint16_t sig)
{
#ifdef __SSE2__
	const __m128i all = _mm_load_si128((const void *)b->sig);
	const __m128i same = _mm_cmpeq_epi16(all, _mm_set1_epi16((short)sig));

	return (unsigned int)_mm_movemask_epi8(_mm_packs_epi16(same, _mm_setzero_si128()));
#else
	unsigned int mask = 0;

	for (unsigned int i = 0; i < NT_FLOW_BUCKET_SLOTS; i++)
		mask |= (unsigned int)(b->sig[i] == sig) << i;
	return mask;
#endif
}

/*
 * gcc takes a function that does nothing but prefetch for one without effect and drops the calls
 * (seen with 12.2). An empty volatile statement is an effect, for callers up the chain as well.
 */
#define NT_FLOW_PREFETCH_KEEP() __asm__ volatile("")

static inline void
nt_flow_prefetch_bucket(const struct nt_flow_table *t, uint64_t hash)
{
	NT_FLOW_PREFETCH_KEEP();
	nt_prefetch(&t->buckets[nt_flow_bucket_of(t, hash)]);
}

static inline uint32_t
nt_flow_prefetch_entry(const struct nt_flow_table *t, uint64_t hash)
{
	const struct nt_flow_bucket *b = &t->buckets[nt_flow_bucket_of(t, hash)];
	const unsigned int mask = nt_flow_bucket_match(b, nt_flow_signature(hash));

	NT_FLOW_PREFETCH_KEEP();
	if (nt_likely(mask != 0)) {
		const uint32_t idx = b->idx[__builtin_ctz(mask)];
		const struct nt_flow *f = &t->hot[idx];

		nt_prefetch_write(f);
		nt_prefetch_write(&f->last_ts_ns);
		return idx;
	}
	if (b->next != 0)
		nt_prefetch(&t->buckets[b->next]);
	return NT_FLOW_NONE;
}

/* 96 bytes at a multiple of 32: always two lines. */
static inline void
nt_flow_prefetch_cold(const struct nt_flow_table *t, uint32_t idx)
{
	const uintptr_t c = (uintptr_t)&t->cold[idx];

	NT_FLOW_PREFETCH_KEEP();
	nt_prefetch_write((const void *)c);
	nt_prefetch_write((const void *)(c + NT_CACHE_LINE));
}

static inline void
nt_flow_prefetch(const struct nt_flow_table *t, uint32_t idx)
{
	nt_prefetch_write(&t->hot[idx]);
	nt_prefetch_write(&t->hot[idx].last_ts_ns);
	nt_flow_prefetch_cold(t, idx);
}

static inline void
nt_flow_prefetch_links(const struct nt_flow_table *t, uint32_t a, uint32_t b)
{
	NT_FLOW_PREFETCH_KEEP();
	if (a != NT_FLOW_NONE)
		nt_prefetch_write(&t->cold[a].wheel_prev);
	if (b != NT_FLOW_NONE)
		nt_prefetch_write(&t->cold[b].wheel_prev);
}

static inline void
nt_flow_prefetch_scheduled(const struct nt_flow_table *t, uint32_t idx)
{
	nt_flow_prefetch_links(t, t->cold[idx].wheel_prev, t->cold[idx].wheel_next);
}

static inline void
nt_flow_prefetch_young(const struct nt_flow_table *t, uint32_t idx)
{
	nt_flow_prefetch_links(t, t->cold[idx].young_prev, t->cold[idx].young_next);
}

static inline void
nt_flow_prefetch_insert(const struct nt_flow_table *t)
{
	if (t->entry_free != NT_FLOW_NONE)
		nt_flow_prefetch(t, t->entry_free);
	else if (t->entry_fresh < t->max_flows)
		nt_flow_prefetch(t, t->entry_fresh);
}

static inline uint32_t
nt_flow_unlinks(const struct nt_flow_table *t)
{
	return t->unlinks;
}

static inline uint32_t
nt_flow_find(const struct nt_flow_table *t, const struct nt_flow_key *key, uint64_t hash)
{
	const uint16_t sig = nt_flow_signature(hash);
	uint32_t at = nt_flow_bucket_of(t, hash);

	do {
		const struct nt_flow_bucket *b = &t->buckets[at];
		unsigned int mask = nt_flow_bucket_match(b, sig);

		for (; mask != 0; mask &= mask - 1) {
			const uint32_t idx = b->idx[__builtin_ctz(mask)];

			if (nt_likely(nt_flow_key_equal(&t->hot[idx].key, key)))
				return idx;
		}
		at = b->next;
	} while (nt_unlikely(at != 0));
	return NT_FLOW_NONE;
}

static inline struct nt_flow *
nt_flow_at(const struct nt_flow_table *t, uint32_t idx)
{
	return &t->hot[idx];
}

static inline struct nt_flow_cold *
nt_flow_cold_at(const struct nt_flow_table *t, uint32_t idx)
{
	return &t->cold[idx];
}

/* Into the hash; false: there is no bucket left for it (in_the_way, crowded). */
bool nt_flow_bucket_put(struct nt_flow_table *t, uint32_t idx, uint64_t hash);
/* The key is in hot[idx]. */
void nt_flow_bucket_remove(struct nt_flow_table *t, uint32_t idx, uint64_t hash);

/* Lists: number as in nt_flow_cold.wheel_slot. Append an entry that is on none, move one that is.
 */
void nt_flow_list_append(struct nt_flow_table *t, unsigned int list, uint32_t idx);
void nt_flow_list_remove(struct nt_flow_table *t, uint32_t idx);
void nt_flow_list_move(struct nt_flow_table *t, unsigned int list, uint32_t idx);

#endif
