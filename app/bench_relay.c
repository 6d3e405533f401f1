/* SPDX-License-Identifier: BSD-3-Clause */
#include <math.h>
#include <stdio.h>
#include <x86intrin.h>

#include <nt_name_cache.h>
#include <nt_relay.h>

#include "bench_relay.h"
#include "bench_stats.h"

#define BATCH	    256 /* mappings between two rounds of control */
#define RING_UNITS  16384
#define WARM_ROUNDS 256

struct table {
	struct nt_hash_key key;
	struct nt_name_cache *cache;
};

struct relay_bench {
	const struct bench_relay_config *cfg;
	struct nt_relay *relay;
	struct table tables[2]; /* of worker 0 and 1; the others' inboxes are only emptied */
	uint64_t position;
	struct bench_samples learn, step, own, received; /* cycles of the rounds */
};

static bool
make_table(struct table *t)
{
	const struct nt_name_cache_config cfg = {
		.max_mappings = 1 << 20,
		.max_addresses = 1 << 18,
		.max_names = 1 << 18,
		.max_name_bytes = 1 << 24,
		.max_mappings_per_address = 64,
		.max_per_record = 8,
		.pin_after_ns = NT_SEC(60),
		.stale_for_ns = NT_SEC(3600),
		.hold_ns = NT_SEC(3600),
	};
	if (nt_hash_key_random(&t->key) != 0)
		return false;
	t->cache = nt_name_cache_new(&cfg, &t->key);
	return t->cache != NULL;
}

/* Any of the names with its address, asked by any of the clients. */
static struct nt_mapping
draw(uint64_t position, const struct bench_relay_config *cfg, char name[64])
{
	const uint64_t r = (position * UINT64_C(0x9e3779b97f4a7c15)) >> 32;
	const uint32_t n = (uint32_t)(r % cfg->names);
	const uint32_t c = (uint32_t)((r >> 16) % cfg->clients);
	const uint8_t addr[4] = { 93, (uint8_t)(n >> 16), (uint8_t)(n >> 8), (uint8_t)n };
	const uint8_t client[4] = { 10, 0, (uint8_t)(c >> 8), (uint8_t)c };
	const int len = snprintf(name, 64, "host-%u.service.example.com", n);
	return (struct nt_mapping){
		.addr = nt_addr_v4(addr),
		.client = nt_addr_v4(client),
		.position = position,
		.seen_ns = (int64_t)position * 100000,
		.expires_ns = (int64_t)position * 100000 + NT_SEC(300),
		.source = NT_SOURCE_DNS_A,
		.name_len = (uint16_t)len,
		.name = name,
	};
}

/* Cycles of something, unless somebody else got the core meanwhile. */
struct stopwatch {
	long switches;
	uint64_t begun;
};

static struct stopwatch
start(void)
{
	return (struct stopwatch){ .switches = bench_interruptions(), .begun = __rdtsc() };
}

/* s: NULL where it is no matter. */
static void
stop(const struct stopwatch *t, struct bench_samples *s)
{
	const uint64_t took = __rdtsc() - t->begun;
	if (s != NULL && bench_interruptions() == t->switches)
		bench_samples_add(s, (double)took);
}

static bool
learn_batch(struct relay_bench *b)
{
	static struct nt_mapping m[BATCH];
	static char names[BATCH][64];
	for (unsigned int i = 0; i < BATCH; i++)
		m[i] = draw(++b->position, b->cfg, names[i]);
	struct stopwatch t = start();
	for (unsigned int i = 0; i < BATCH; i++)
		if (!nt_relay_learn(nt_relay_worker(b->relay, 0), &m[i]))
			return false;
	stop(&t, &b->learn);
	return true;
}

static void
look_ahead(void *arg, const struct nt_mapping *m, struct nt_relay_scratch *s, unsigned int n)
{
	const struct table *t = arg;
	struct nt_mapping_keys *keys[NT_RELAY_WINDOW];
	for (unsigned int i = 0; i < n; i++) {
		keys[i] = (void *)&s[i];
		nt_mapping_keys_of(&t->key, &m[i], keys[i]);
		nt_name_cache_ahead(t->cache, &keys[i], 1, 0);
	}
	for (unsigned int step = 1; step < NT_NAME_CACHE_STEPS; step++)
		nt_name_cache_ahead(t->cache, keys, n, step);
}

static enum nt_name_added
add(void *arg, const struct nt_mapping *m, struct nt_relay_scratch *s)
{
	const struct table *t = arg;
	return nt_name_cache_add_keyed(t->cache, m, (const void *)s);
}

static enum nt_name_added
ignore(void *arg, const struct nt_mapping *m, struct nt_relay_scratch *s)
{
	(void)arg;
	(void)s;
	(void)m;
	return NT_NAME_REFUSED;
}

static void
apply(struct relay_bench *b, unsigned int worker, struct bench_samples *cycles)
{
	struct nt_relay_applied n = { 0 };
	const bool adds = worker < NT_ARRAY_SIZE(b->tables);
	const struct nt_relay_taker taker = { .mapping = adds ? add : ignore,
		.ahead = adds ? look_ahead : NULL,
		.arg = adds ? &b->tables[worker] : NULL };
	struct stopwatch t = start();
	nt_relay_apply(nt_relay_worker(b->relay, worker), &taker, &n);
	stop(&t, cycles);
}

static int
run_round(struct relay_bench *b)
{
	const unsigned int workers = b->cfg->workers;
	if (!learn_batch(b))
		return -EPROTO;
	for (unsigned int w = 0; w < workers; w++)
		nt_relay_release(nt_relay_worker(b->relay, w), b->position, 0);
	struct stopwatch t = start();
	const unsigned int n = nt_relay_step(b->relay, 0);
	stop(&t, &b->step);
	apply(b, 0, &b->own);
	for (unsigned int w = 1; w < workers; w++)
		apply(b, w, w == 1 ? &b->received : NULL);
	return n == (workers > 1 ? BATCH : 0) ? 0 : -EPROTO;
}

static double
per_mapping(struct bench_samples *s)
{
	return bench_median(s->values, s->count) / BATCH;
}

static void
forget(struct relay_bench *b)
{
	b->learn.count = b->step.count = b->own.count = b->received.count = 0;
}

static int
run_rounds(struct relay_bench *b, struct bench_relay_result *ret)
{
	const unsigned int workers = b->cfg->workers;
	int err = 0;
	for (unsigned int i = 0; i < WARM_ROUNDS && err == 0; i++)
		err = run_round(b);
	forget(b);
	for (unsigned int i = 0; i < b->cfg->rounds && err == 0; i++)
		err = run_round(b);
	*ret = (struct bench_relay_result){
		.learn = per_mapping(&b->learn),
		.own = per_mapping(&b->own),
		.hop = workers > 1 ? per_mapping(&b->step) / (workers - 1) : NAN,
		.received = per_mapping(&b->received),
	};
	return err;
}

int
bench_relay_run(const struct bench_relay_config *cfg, struct bench_relay_result *ret)
{
	const struct nt_relay_config relay = { .workers = cfg->workers,
		.pacing = NT_RELAY_VIRTUAL,
		.rate = 10000,
		.burst = 1000,
		.ring_units = RING_UNITS,
		.own_units = RING_UNITS };
	struct relay_bench b = { .cfg = cfg, .relay = nt_relay_new(&relay) };
	int err = -ENOMEM;
	if (b.relay != NULL && make_table(&b.tables[0]) && make_table(&b.tables[1]))
		err = run_rounds(&b, ret);
	nt_name_cache_free(b.tables[0].cache);
	nt_name_cache_free(b.tables[1].cache);
	nt_relay_free(b.relay);
	bench_samples_free(&b.learn);
	bench_samples_free(&b.step);
	bench_samples_free(&b.own);
	bench_samples_free(&b.received);
	return err;
}
