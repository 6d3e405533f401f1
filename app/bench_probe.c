/* SPDX-License-Identifier: BSD-3-Clause */
#include <stdlib.h>
#include <string.h>
#include <x86intrin.h>

#include <nt_mem.h>

#include "bench_probe.h"

#define BURST 32
#define SLOTS 10
/* Buckets are 60 % full in the mean, so that nearly all flows are in the one they hash to. */
#define FLOWS_PER_BUCKET 6

struct bucket {
	uint16_t signature[SLOTS]; /* 0: empty */
	uint32_t flow[SLOTS];
	uint32_t spare;
} NT_CACHE_ALIGNED;
static_assert(sizeof(struct bucket) == NT_CACHE_LINE, "one line");

#define KEY_WORDS 5 /* two addresses, ports, protocol */

struct key {
	uint64_t words[KEY_WORDS];
};

struct flow {
	struct key key;
	uint64_t last[3];
	uint64_t counted[8];
} NT_CACHE_ALIGNED;
static_assert(sizeof(struct flow) == (size_t)2 * NT_CACHE_LINE, "two lines");

struct bench_probe {
	struct bucket *buckets;
	struct flow *flows;
	uint32_t bucket_count, flow_count;
	uint64_t random;
	double draw_cycles; /* a packet's flow */
	struct key key[BURST];
	uint64_t hash[BURST];
	uint32_t found[BURST];
};

static inline struct key
key_of(uint32_t n)
{
	return (struct key){ .words = { n, 0, 0x010200c0, 0, UINT64_C(0x040601bb9c40) } };
}

/* Of all words, and cheap; no flood is to be kept out here. */
static inline uint64_t
hash_of(const struct key *key)
{
	uint64_t h = UINT64_C(0x9e3779b97f4a7c15);
	for (unsigned int i = 0; i < KEY_WORDS; i++) {
		h = (h ^ key->words[i]) * UINT64_C(0xbf58476d1ce4e5b9);
		h ^= h >> 29;
	}
	return h;
}

static inline bool
is_equal(const struct key *a, const struct key *b)
{
	uint64_t differ = 0;
	for (unsigned int i = 0; i < KEY_WORDS; i++)
		differ |= a->words[i] ^ b->words[i];
	return differ == 0;
}

static inline uint16_t
signature_of(uint64_t hash)
{
	return (uint16_t)(hash | 1);
}

static inline uint32_t
bucket_of(const struct bench_probe *p, uint64_t hash)
{
	return (uint32_t)((hash >> 32) * p->bucket_count >> 32);
}

/* The few that find their bucket full go into the next one that is not. */
static void
insert(struct bench_probe *p, uint32_t n)
{
	const struct key key = key_of(n);
	const uint64_t hash = hash_of(&key);
	uint32_t b = bucket_of(p, hash);
	unsigned int s = 0;
	while (p->buckets[b].signature[s] != 0) {
		if (++s < SLOTS)
			continue;
		s = 0;
		b = b + 1 == p->bucket_count ? 0 : b + 1;
	}
	p->buckets[b].signature[s] = signature_of(hash);
	p->buckets[b].flow[s] = n;
	p->flows[n].key = key;
}

static inline void
draw(struct bench_probe *p)
{
	for (unsigned int i = 0; i < BURST; i++) {
		p->random ^= p->random << 13;
		p->random ^= p->random >> 7;
		p->random ^= p->random << 17;
		p->key[i] = key_of((uint32_t)(((p->random >> 32) * p->flow_count) >> 32));
	}
	__asm__ volatile("" : : "r"(p) : "memory");
}

/* The best of some: it touches no memory but its own, so only interruptions make it slower. */
static double
time_draws(struct bench_probe *p)
{
	uint64_t best = UINT64_MAX;
	for (unsigned int round = 0; round < 64; round++) {
		const uint64_t begun = __rdtsc();
		for (unsigned int i = 0; i < 256; i++)
			draw(p);
		const uint64_t took = __rdtsc() - begun;
		best = NT_MIN(best, took);
	}
	return (double)best / (256 * BURST);
}

struct bench_probe *
bench_probe_new(uint32_t flows)
{
	struct bench_probe *p = calloc(1, sizeof(*p));
	if (p == NULL)
		return NULL;
	p->flow_count = flows;
	p->bucket_count = flows / FLOWS_PER_BUCKET + 1;
	p->random = UINT64_C(88172645463325252);
	p->buckets = nt_mem_map(p->bucket_count * sizeof(*p->buckets));
	p->flows = nt_mem_map(p->flow_count * sizeof(*p->flows));
	if (p->buckets == NULL || p->flows == NULL) {
		bench_probe_free(p);
		return NULL;
	}
	for (uint32_t n = 0; n < flows; n++)
		insert(p, n);
	p->draw_cycles = time_draws(p);
	return p;
}

void
bench_probe_free(struct bench_probe *p)
{
	if (p == NULL)
		return;
	nt_mem_unmap(p->buckets, p->bucket_count * sizeof(*p->buckets));
	nt_mem_unmap(p->flows, p->flow_count * sizeof(*p->flows));
	free(p);
}

/* The lowest slot with the signature; SLOTS: none. */
static inline unsigned int
slot_of(const struct bucket *b, uint16_t signature)
{
	typedef uint16_t signatures __attribute__((vector_size(16)));
	signatures have;
	static_assert(sizeof(have) <= sizeof(b->signature), "the first eight at once");
	memcpy(&have, b->signature, sizeof(have));
	const unsigned int hit = (unsigned int)_mm_movemask_epi8((__m128i)(have == signature));
	if (nt_likely(hit != 0))
		return (unsigned int)__builtin_ctz(hit) / 2;
	for (unsigned int s = sizeof(have) / 2; s < SLOTS; s++)
		if (b->signature[s] == signature)
			return s;
	return SLOTS;
}

/* By the bucket alone; one that lies elsewhere is found by find(). */
static inline void
ask_for_flow(struct bench_probe *p, unsigned int i)
{
	const struct bucket *b = &p->buckets[bucket_of(p, p->hash[i])];
	const unsigned int s = slot_of(b, signature_of(p->hash[i]));
	p->found[i] = s < SLOTS ? b->flow[s] : 0;
	nt_prefetch_write(&p->flows[p->found[i]]);
	nt_prefetch_write(p->flows[p->found[i]].counted);
}

static uint32_t
find(const struct bench_probe *p, const struct key *key, uint64_t hash)
{
	uint32_t b = bucket_of(p, hash);
	for (;; b = b + 1 == p->bucket_count ? 0 : b + 1)
		for (unsigned int s = 0; s < SLOTS; s++)
			if (p->buckets[b].signature[s] == signature_of(hash) &&
				is_equal(&p->flows[p->buckets[b].flow[s]].key, key))
				return p->buckets[b].flow[s];
}

static inline void
touch(struct bench_probe *p, unsigned int i)
{
	struct flow *f = &p->flows[p->found[i]];
	if (nt_unlikely(!is_equal(&f->key, &p->key[i])))
		f = &p->flows[find(p, &p->key[i], p->hash[i])];
	f->last[0] = p->hash[i];
	f->counted[0]++;
}

static inline void
look_up(struct bench_probe *p)
{
	for (unsigned int i = 0; i < BURST; i++) {
		p->hash[i] = hash_of(&p->key[i]);
		nt_prefetch(&p->buckets[bucket_of(p, p->hash[i])]);
	}
	for (unsigned int i = 0; i < BURST; i++)
		ask_for_flow(p, i);
	for (unsigned int i = 0; i < BURST; i++)
		touch(p, i);
}

double
bench_probe_run(struct bench_probe *p, unsigned int bursts)
{
	const uint64_t begun = __rdtsc();
	for (unsigned int i = 0; i < bursts; i++) {
		draw(p);
		look_up(p);
	}
	const uint64_t took = __rdtsc() - begun;
	return (double)took / ((double)bursts * BURST) - p->draw_cycles;
}
