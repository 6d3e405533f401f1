/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * What finding a flow costs on this machine: bursts of 32 packets of random flows, nothing else.
 *
 *   probe      one-line signature buckets, hash given, entry's two lines touched: the unit that the
 *              cycles of everything else are compared with (app/bench_probe.h)
 *   table      the sensor's own table, hash given
 *   +hash      the same with the keyed hash of the key computed
 *   unstaged   the same without prefetches: what the stages are worth
 *   linear     open addressing of (signature, index) words, staged: the plain alternative
 *   churn      a flow never seen takes the place of the victim of a full table: a flood's packet
 *
 * Cycles are TSC ticks: on a shared core compare ratios within one run only.
 *
 *   flow_probe [FLOWS...]
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <x86intrin.h>

#include <nt_flow_table.h>
#include <nt_mem.h>

#include "bench_probe.h"

enum {
	BURST = 32,
	BURSTS = 1 << 17,
	ROUNDS = 64 /* the best counts: rounds short enough to fall between interruptions */
};

struct bench {
	struct nt_flow_table *t;
	uint32_t flows;
	uint64_t random;
	uint32_t made; /* flows so far, for run_churn */
	uint64_t *linear; /* signature << 32 | index + 1; 0 = empty; at most half full */
	uint64_t linear_mask;
};

struct burst {
	struct nt_flow_key key[BURST];
	uint64_t hash[BURST];
};

/* By whole words: a word made of smaller stores would stall the hash that reads it. */
static inline struct nt_flow_key
key_number(uint32_t n)
{
	const uint64_t words[] = { n, 0, 0x010200c0, 0, UINT64_C(0x040601bb9c40) };
	struct nt_flow_key key;

	static_assert(sizeof(words) == sizeof(key), "a key");
	memcpy(&key, words, sizeof(key));
	return key;
}

/* A hash that costs next to nothing (a round of splitmix64): the probe's. */
static uint64_t
cheap_hash(uint64_t n)
{
	n = (n + 1) * UINT64_C(0x9e3779b97f4a7c15);
	n = (n ^ (n >> 30)) * UINT64_C(0xbf58476d1ce4e5b9);
	return n ^ (n >> 27);
}

static uint32_t
draw_flow(struct bench *b)
{
	b->random ^= b->random << 13;
	b->random ^= b->random >> 7;
	b->random ^= b->random << 17;
	return (uint32_t)(((b->random >> 32) * b->flows) >> 32);
}

static void
touch(struct bench *b, uint32_t idx, uint64_t position)
{
	struct nt_flow *f = nt_flow_at(b->t, idx);

	f->last_position = position;
	f->pkts[0]++;
}

/* Keys first, then hashes: a hash that reads what was just stored waits for it. */
static inline void
draw_burst(struct bench *b, struct burst *u, bool keyed)
{
	for (unsigned int i = 0; i < BURST; i++) {
		const uint32_t n = draw_flow(b);

		u->key[i] = key_number(n);
		u->hash[i] = cheap_hash(n);
	}
	for (unsigned int i = 0; keyed && i < BURST; i++)
		u->hash[i] = nt_flow_hash(b->t, &u->key[i]);
}

static inline void
run_table(struct bench *b, struct burst *u, bool keyed, bool staged)
{
	draw_burst(b, u, keyed);
	for (unsigned int i = 0; staged && i < BURST; i++)
		nt_flow_prefetch_bucket(b->t, u->hash[i]);
	for (unsigned int i = 0; staged && i < BURST; i++)
		nt_flow_prefetch_entry(b->t, u->hash[i]);
	for (unsigned int i = 0; i < BURST; i++)
		touch(b, nt_flow_find(b->t, &u->key[i], u->hash[i]), u->hash[i]);
}

static void
run_given(struct bench *b, struct burst *u)
{
	run_table(b, u, false, true);
}

static void
run_keyed(struct bench *b, struct burst *u)
{
	run_table(b, u, true, true);
}

static void
run_unstaged(struct bench *b, struct burst *u)
{
	run_table(b, u, true, false);
}

static inline uint64_t
linear_word(uint64_t hash, uint32_t idx)
{
	return (hash >> 32) << 32 | (idx + 1);
}

static void
linear_put(struct bench *b, uint64_t hash, uint32_t idx)
{
	uint64_t at = hash & b->linear_mask;

	while (b->linear[at] != 0)
		at = (at + 1) & b->linear_mask;
	b->linear[at] = linear_word(hash, idx);
}

static inline void
linear_prefetch(const struct bench *b, uint64_t hash)
{
	uint64_t at = hash & b->linear_mask;

	for (; b->linear[at] != 0; at = (at + 1) & b->linear_mask)
		if (b->linear[at] >> 32 == hash >> 32)
			break;
	const struct nt_flow *f = nt_flow_at(b->t, (uint32_t)b->linear[at] - 1);
	nt_prefetch_write(f);
	nt_prefetch_write(&f->last_ts_ns);
}

static inline uint32_t
linear_find(const struct bench *b, const struct nt_flow_key *key, uint64_t hash)
{
	for (uint64_t at = hash & b->linear_mask;; at = (at + 1) & b->linear_mask) {
		const uint32_t idx = (uint32_t)b->linear[at] - 1;

		if (b->linear[at] >> 32 == hash >> 32 &&
			nt_flow_key_equal(&nt_flow_at(b->t, idx)->key, key))
			return idx;
	}
}

static void
run_linear(struct bench *b, struct burst *u)
{
	draw_burst(b, u, true);
	for (unsigned int i = 0; i < BURST; i++)
		nt_prefetch(&b->linear[u->hash[i] & b->linear_mask]);
	for (unsigned int i = 0; i < BURST; i++)
		linear_prefetch(b, u->hash[i]);
	for (unsigned int i = 0; i < BURST; i++)
		touch(b, linear_find(b, &u->key[i], u->hash[i]), u->hash[i]);
}

/* Making keys and choosing flows is no part of the cost: measured alone and taken off. */
static void
run_draw(struct bench *b, struct burst *u)
{
	draw_burst(b, u, false);
	__asm__ volatile("" : : "r"(u) : "memory");
}

static double
measure(struct bench *b, void (*run)(struct bench *, struct burst *))
{
	static struct burst u;
	double best = 1e9;

	for (unsigned int r = 0; r < ROUNDS; r++) {
		const uint64_t start = __rdtsc();

		for (unsigned int i = 0; i < BURSTS / ROUNDS; i++)
			run(b, &u);
		const double cycles = (double)(__rdtsc() - start) / (BURSTS / ROUNDS * BURST);
		best = NT_MIN(best, cycles);
	}
	return best;
}

/* All lookups miss: each packet evicts a flow, and makes and schedules another. */
static void
run_churn(struct bench *b, struct burst *u)
{
	for (unsigned int i = 0; i < BURST; i++) {
		u->key[i] = key_number(b->made++);
		u->hash[i] = nt_flow_hash(b->t, &u->key[i]);
		nt_flow_prefetch_bucket(b->t, u->hash[i]);
	}
	for (unsigned int i = 0; i < BURST; i++) {
		const uint32_t victim = nt_flow_victim(b->t);

		if (nt_flow_find(b->t, &u->key[i], u->hash[i]) != NT_FLOW_NONE)
			continue;
		nt_flow_unlink(b->t, victim);
		nt_flow_release(b->t, victim);
		const uint32_t idx = nt_flow_insert(b->t, &u->key[i], u->hash[i]);
		nt_flow_schedule(b->t, idx, (int64_t)b->made * 1000);
	}
}

static double
measure_churn(struct bench *b)
{
	uint32_t idx;

	nt_flow_due(b->t, 0, &idx, 1);
	for (uint32_t i = 0; i < b->flows; i++)
		nt_flow_schedule(b->t, i, (int64_t)(i + 1) * 1000);
	b->made = b->flows;
	return measure(b, run_churn);
}

static void
fill(struct bench *b, bool keyed)
{
	for (uint32_t i = 0; i < b->flows; i++) {
		const struct nt_flow_key key = key_number(i);

		nt_flow_insert(b->t, &key, keyed ? nt_flow_hash(b->t, &key) : cheap_hash(i));
	}
}

static int
table_open(struct bench *b, bool keyed)
{
	const struct nt_hash_key key = nt_hash_key_fixed();

	b->t = nt_flow_table_new(b->flows, &key);
	if (b->t == NULL)
		return -1;
	fill(b, keyed);
	return 0;
}

static double
measure_probe(uint32_t flows)
{
	struct bench_probe *p = bench_probe_new(flows);
	double best = 1e9;

	for (unsigned int r = 0; p != NULL && r < ROUNDS; r++) {
		const double cycles = bench_probe_run(p, BURSTS / ROUNDS);
		best = NT_MIN(best, cycles);
	}
	bench_probe_free(p);
	return best;
}

static int
bench_flows(uint32_t flows, bool huge)
{
	struct bench b = { .flows = flows, .random = 88172645463325252u };
	double draw, probe, given, keyed, unstaged, linear, churn;
	size_t words = 1;

	while (words < (size_t)flows * 2)
		words *= 2;
	prctl(PR_SET_THP_DISABLE, !huge, 0, 0, 0);
	probe = measure_probe(flows);
	b.linear_mask = words - 1;
	b.linear = nt_mem_map(words * sizeof(*b.linear));
	if (b.linear == NULL || table_open(&b, false) < 0)
		return -1;
	draw = measure(&b, run_draw);
	given = measure(&b, run_given) - draw;
	nt_flow_table_free(b.t);

	if (table_open(&b, true) < 0)
		return -1;
	for (uint32_t i = 0; i < flows; i++)
		linear_put(&b, nt_flow_hash(b.t, &nt_flow_at(b.t, i)->key), i);
	keyed = measure(&b, run_keyed) - draw;
	unstaged = measure(&b, run_unstaged) - draw;
	linear = measure(&b, run_linear) - draw;
	churn = measure_churn(&b);
	printf("%9u %6s %9.1f %9.1f %9.1f %9.1f %9.1f %9.1f %9.1f\n", flows,
		huge ? "2 MiB" : "4 KiB", draw, probe, given, keyed, unstaged, linear, churn);
	nt_flow_table_free(b.t);
	nt_mem_unmap(b.linear, words * sizeof(*b.linear));
	return 0;
}

int
main(int argc, char **argv)
{
	static const uint32_t usual[] = { 100000, 1000000 };
	const unsigned int n = argc > 1 ? (unsigned int)argc - 1 : NT_ARRAY_SIZE(usual);

	printf("cycles per packet, bursts of %d, keys' making (column draw) taken off\n", BURST);
	printf("%9s %6s %9s %9s %9s %9s %9s %9s %9s\n", "flows", "pages", "draw", "probe", "table",
		"+hash", "unstaged", "linear", "churn");
	for (unsigned int i = 0; i < n; i++) {
		const uint32_t flows =
			argc > 1 ? (uint32_t)strtoul(argv[i + 1], NULL, 0) : usual[i];

		if (bench_flows(flows, true) < 0 || bench_flows(flows, false) < 0) {
			perror("flow_probe");
			return 1;
		}
	}
	return 0;
}
