/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * What a mapping costs on its way: cycles for learning it (own queue and out ring), for the hop
 * through control (by receiver), and for applying it to a name cache. All ends run in one thread,
 * in turn, so these are costs of instructions and of memory, without those of lines that travel
 * between cores.
 *
 * Cycles are TSC ticks: on a shared core compare ratios within one run only.
 *
 *   relay_probe [WORKERS...]
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <x86intrin.h>

#include <nt_name_cache.h>
#include <nt_relay.h>

enum {
	BATCH = 1024, /* mappings between two rounds of control */
	ROUNDS = 200,
};

struct table {
	struct nt_hash_key key;
	struct nt_name_cache *cache;
};

struct bench {
	unsigned int workers, names;
	struct nt_relay *relay;
	struct table tables[2]; /* of worker 0 and 1; the others' inboxes are emptied into 1's */
	uint64_t position;
	uint64_t learn, step, own, received; /* the least of all rounds, cycles */
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

/* Any of the names with its address, asked by one of 16 clients. */
static struct nt_mapping
draw(uint64_t position, unsigned int names, char name[64])
{
	const uint64_t r = (position * UINT64_C(0x9e3779b97f4a7c15)) >> 32;
	const uint32_t n = (uint32_t)(r % names);
	const uint8_t addr[4] = { 93, (uint8_t)(n >> 16), (uint8_t)(n >> 8), (uint8_t)n };
	const uint8_t client[4] = { 10, 0, 0, (uint8_t)(r >> 16 & 15) };
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

static bool
learn_batch(struct bench *b)
{
	static struct nt_mapping m[BATCH];
	static char names[BATCH][64];
	for (unsigned int i = 0; i < BATCH; i++)
		m[i] = draw(++b->position, b->names, names[i]);
	const uint64_t begun = __rdtsc();
	for (unsigned int i = 0; i < BATCH; i++)
		if (!nt_relay_learn(nt_relay_worker(b->relay, 0), &m[i]))
			return false;
	b->learn = NT_MIN(b->learn, __rdtsc() - begun);
	return true;
}

static enum nt_name_added
add(void *arg, const struct nt_mapping *m, struct nt_relay_scratch *s)
{
	const struct table *t = arg;
	return nt_name_cache_add_keyed(t->cache, m, (const void *)s);
}

static void
look_ahead(void *arg, const struct nt_mapping *m, struct nt_relay_scratch *s, unsigned int step)
{
	const struct table *t = arg;
	if (step == 0)
		nt_mapping_keys_of(&t->key, m, (void *)s);
	nt_name_cache_ahead(t->cache, m, (void *)s, step);
}

static void
apply_batch(struct bench *b)
{
	struct nt_relay_applied n = { 0 };
	for (unsigned int w = 0; w < b->workers; w++) {
		const struct nt_relay_taker taker = { .mapping = add,
			.ahead = look_ahead,
			.steps = NT_NAME_CACHE_STEPS,
			.arg = &b->tables[w != 0] };
		const uint64_t begun = __rdtsc();
		nt_relay_apply(nt_relay_worker(b->relay, w), &taker, &n);
		const uint64_t took = __rdtsc() - begun;
		if (w == 0)
			b->own = NT_MIN(b->own, took);
		else if (w == 1)
			b->received = NT_MIN(b->received, took);
	}
}

static bool
run_round(struct bench *b)
{
	if (!learn_batch(b))
		return false;
	for (unsigned int w = 0; w < b->workers; w++)
		nt_relay_release(nt_relay_worker(b->relay, w), b->position, 0);
	const uint64_t begun = __rdtsc();
	const unsigned int n = nt_relay_step(b->relay, 0);
	b->step = NT_MIN(b->step, __rdtsc() - begun);
	apply_batch(b);
	return n == (b->workers > 1 ? BATCH : 0);
}

static int
run(unsigned int workers, unsigned int names)
{
	const struct nt_relay_config cfg = { .workers = workers,
		.pacing = NT_RELAY_VIRTUAL,
		.rate = 10000,
		.burst = 1000,
		.ring_units = 16384,
		.own_units = 16384 };
	struct bench b = { .workers = workers,
		.names = names,
		.learn = UINT64_MAX,
		.step = UINT64_MAX,
		.own = UINT64_MAX,
		.received = UINT64_MAX };
	bool ok = true;
	b.relay = nt_relay_new(&cfg);
	if (b.relay == NULL || !make_table(&b.tables[0]) || !make_table(&b.tables[1])) {
		perror("relay_probe");
		return 1;
	}
	for (unsigned int i = 0; i < ROUNDS && ok; i++)
		ok = run_round(&b);
	printf("%5u names, %2u workers: learn %4.0f", names, workers, (double)b.learn / BATCH);
	if (workers > 1)
		printf(", hop %4.0f (%4.0f a receiver), apply received %4.0f",
			(double)b.step / BATCH, (double)b.step / BATCH / (workers - 1),
			(double)b.received / BATCH);
	printf(", apply own %4.0f cycles a mapping%s\n", (double)b.own / BATCH,
		ok ? "" : " (NOT ALL RELAYED)");
	nt_name_cache_free(b.tables[0].cache);
	nt_name_cache_free(b.tables[1].cache);
	nt_relay_free(b.relay);
	return ok ? 0 : 1;
}

/* Names that stay in the core's cache, and names that do not. */
static int
run_both(unsigned int workers)
{
	return run(workers, 100) | run(workers, 20000);
}

int
main(int argc, char **argv)
{
	static const unsigned int counts[] = { 1, 2, 3, 8, 32 };
	int failed = 0;
	for (int i = 1; i < argc; i++) {
		const int n = atoi(argv[i]);
		failed |= run_both(n > 0 ? (unsigned int)n : 0);
	}
	for (unsigned int i = 0; argc == 1 && i < NT_ARRAY_SIZE(counts); i++)
		failed |= run_both(counts[i]);
	return failed;
}
