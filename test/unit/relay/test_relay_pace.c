/* SPDX-License-Identifier: BSD-3-Clause */
/* The bucket: live it holds mappings and W back, offline it only says what it would have done. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "fake_cache.h"

#define MAPPINGS 20

static struct nt_relay *
relay(enum nt_relay_pacing pacing, uint64_t rate, uint64_t burst)
{
	const struct nt_relay_config cfg = { .workers = 2,
		.pacing = pacing,
		.rate = rate,
		.burst = burst,
		.ring_units = 256,
		.own_units = 256 };
	struct nt_relay *r = nt_relay_new(&cfg);
	char name[NT_MAPPING_NAME_MAX];
	assert_non_null(r);
	for (uint64_t p = 1; p <= MAPPINGS; p++) {
		const struct nt_mapping m = test_mapping(p, 0, name);
		assert_true(nt_relay_learn(nt_relay_worker(r, 0), &m));
	}
	nt_relay_release(nt_relay_worker(r, 0), NT_POSITION_END, 1000 * MAPPINGS);
	nt_relay_release(nt_relay_worker(r, 1), NT_POSITION_END, 1000 * MAPPINGS);
	return r;
}

struct departures {
	struct fake_cache *cache;
	unsigned int count;
	int64_t last_ns, most_late_ns;
};

static void
departed(void *arg, const struct nt_mapping_msg *msg)
{
	struct departures *d = arg;
	const int64_t late_ns = msg->departs_ns - msg->seen_ns;
	d->count++;
	d->last_ns = msg->departs_ns;
	d->most_late_ns = NT_MAX(d->most_late_ns, late_ns);
}

static enum nt_name_added
take(void *arg, const struct nt_mapping *m, struct nt_relay_scratch *s)
{
	struct departures *d = arg;
	const struct nt_relay_taker taker = fake_taker(d->cache);
	return taker.mapping(taker.arg, m, s);
}

static void
look_ahead(void *arg, const struct nt_mapping *m, struct nt_relay_scratch *s, unsigned int n)
{
	struct departures *d = arg;
	const struct nt_relay_taker taker = fake_taker(d->cache);
	taker.ahead(taker.arg, m, s, n);
}

static void
take_fact(void *arg, enum nt_fact kind, const struct nt_mapping *m)
{
	struct departures *d = arg;
	const struct nt_relay_taker taker = fake_taker(d->cache);
	taker.fact(taker.arg, kind, m);
}

static uint64_t
apply(struct nt_relay *r, unsigned int w, struct fake_cache *f, struct departures *d)
{
	struct nt_relay_applied n = { 0 };
	struct nt_relay_taker taker = fake_taker(f);
	taker.arg = d;
	taker.mapping = take;
	taker.ahead = look_ahead;
	taker.departed = departed;
	taker.fact = take_fact;
	d->cache = f;
	return nt_relay_apply(nt_relay_worker(r, w), &taker, &n).position;
}

static void
test_paced(void **state NT_UNUSED)
{
	struct nt_relay *r = relay(NT_RELAY_PACED, 1000, 4); /* one in 1 ms */
	struct fake_cache f = { .count = 0 };
	struct departures d = { 0 };
	int64_t now_ns = NT_SEC(1);
	assert_int_equal(nt_relay_step(r, now_ns), 4);
	assert_true(nt_relay_watermark(r).position == 4);
	assert_int_equal(nt_relay_step(r, now_ns), 0);
	assert_true(apply(r, 1, &f, &d) == 4);
	assert_int_equal(f.count, 4);
	assert_true(d.last_ns == now_ns);
	for (unsigned int i = 5; i <= MAPPINGS; i++) {
		now_ns += NT_SEC(1) / 1000;
		assert_int_equal(nt_relay_step(r, now_ns - 1), 0);
		assert_int_equal(nt_relay_step(r, now_ns), 1);
		/* The last one lets W go all the way. */
		assert_true(nt_relay_watermark(r).position == (i < MAPPINGS ? i : NT_POSITION_END));
		apply(r, 1, &f, &d);
		assert_int_equal(f.count, i);
	}
	assert_int_equal(nt_relay_stats(r)->delayed, MAPPINGS - 4);
	assert_int_equal(d.count, MAPPINGS);
	nt_relay_free(r);
}

/* Nothing is held back; the departures are those of the bucket in capture time. */
static void
test_virtual(void **state NT_UNUSED)
{
	struct nt_relay *r = relay(NT_RELAY_VIRTUAL, 1000, 4);
	struct fake_cache f[2] = { { .count = 0 }, { .count = 0 } };
	struct departures d[2] = { { 0 }, { 0 } };
	assert_int_equal(nt_relay_step(r, 0), MAPPINGS);
	assert_true(nt_relay_watermark(r).position == NT_POSITION_END);
	apply(r, 0, &f[0], &d[0]);
	apply(r, 1, &f[1], &d[1]);
	assert_int_equal(f[0].count, MAPPINGS);
	assert_int_equal(f[1].count, MAPPINGS);
	/* All seen within 20 us: four at once, the others 1 ms apart. Own ones never travel. */
	assert_int_equal(d[0].count, 0);
	assert_int_equal(d[1].count, MAPPINGS - 4);
	assert_true(d[1].most_late_ns > 15 * (NT_SEC(1) / 1000));
	assert_true(d[1].most_late_ns <= 16 * (NT_SEC(1) / 1000));
	assert_int_equal(nt_relay_stats(r)->delayed, MAPPINGS - 4);
	assert_int_equal(nt_relay_stats(r)->propagation.total, MAPPINGS);
	nt_relay_free(r);
}

static void
test_unlimited(void **state NT_UNUSED)
{
	static const enum nt_relay_pacing both[] = { NT_RELAY_PACED, NT_RELAY_VIRTUAL };
	for (unsigned int i = 0; i < NT_ARRAY_SIZE(both); i++) {
		struct nt_relay *r = relay(both[i], 0, 0);
		struct fake_cache f = { .count = 0 };
		struct departures d = { 0 };
		assert_int_equal(nt_relay_step(r, 0), MAPPINGS);
		apply(r, 1, &f, &d);
		assert_int_equal(f.count, MAPPINGS);
		assert_int_equal(d.count, 0);
		assert_int_equal(nt_relay_stats(r)->delayed, 0);
		assert_true(nt_relay_stats(r)->propagation.max == 0);
		nt_relay_free(r);
	}
}

/* At the end nothing is held back any more, however little the bucket would let go. */
static void
test_unpaced(void **state NT_UNUSED)
{
	struct nt_relay *r = relay(NT_RELAY_PACED, 1, 1);
	assert_int_equal(nt_relay_step(r, NT_SEC(1)), 1);
	assert_int_equal(nt_relay_step(r, NT_SEC(1)), 0);
	nt_relay_unpace(r);
	assert_int_equal(nt_relay_step(r, NT_SEC(1)), MAPPINGS - 1);
	assert_true(nt_relay_watermark(r).position == NT_POSITION_END);
	nt_relay_free(r);
}

/* Another rate from now on. */
static void
test_paced_otherwise(void **state NT_UNUSED)
{
	struct nt_relay *r = relay(NT_RELAY_PACED, 1, 1);
	assert_int_equal(nt_relay_step(r, NT_SEC(1)), 1);
	assert_int_equal(nt_relay_step(r, NT_SEC(1)), 0);
	nt_relay_set_pace(r, 2, 3);
	assert_int_equal(nt_relay_step(r, NT_SEC(1)), 3);
	assert_int_equal(nt_relay_step(r, NT_SEC(1)), 0);
	assert_int_equal(nt_relay_step(r, NT_SEC(2)), 2);
	nt_relay_free(r);
}

/* First what is known already has no room, then nothing but facts; never backwards. */
static void
expect_rooms(unsigned int workers)
{
	const struct nt_relay_config cfg = {
		.workers = workers, .pacing = NT_RELAY_PACED, .ring_units = 512, .own_units = 512
	};
	struct nt_relay *r = nt_relay_new(&cfg);
	struct nt_relay_worker *w = nt_relay_worker(r, 0);
	unsigned int seen[NT_RELAY_FULL + 1] = { 0 }, used, size;
	enum nt_relay_room last = NT_RELAY_ROOMY;
	char name[NT_MAPPING_NAME_MAX];
	for (uint64_t p = 1;; p++) {
		const struct nt_mapping m = test_mapping(p, 0, name);
		const enum nt_relay_room room = nt_relay_room(w);
		nt_relay_fill(w, &used, &size);
		assert_true(room >= last);
		assert_int_equal(room != NT_RELAY_ROOMY, used > 3 * 512 / 4);
		last = room;
		seen[room]++;
		if (!nt_relay_tell(w, NT_FACT_MAPPING, &m))
			break;
	}
	assert_int_equal(last, NT_RELAY_FULL);
	assert_true(seen[NT_RELAY_CROWDED] > 10 && seen[NT_RELAY_FULL] > 4);
	nt_relay_free(r);
}

static void
test_rooms(void **state NT_UNUSED)
{
	expect_rooms(1);
	expect_rooms(2);
}

/*
 * A flood beyond the rate: for each message that control lets go, so many facts come, and now and
 * then a mapping. As a worker does it live (app/worker_live.c): mappings until it is full.
 */
struct flood {
	struct nt_relay *r;
	uint64_t position;
	unsigned int mappings, mappings_told, facts, facts_told;
};

static void
flood_mapping(struct flood *f)
{
	struct nt_relay_worker *w = nt_relay_worker(f->r, 0);
	char name[NT_MAPPING_NAME_MAX];
	const struct nt_mapping m = test_mapping(++f->position, 0, name);
	f->mappings++;
	if (nt_relay_room(w) == NT_RELAY_FULL)
		return;
	assert_true(nt_relay_tell(w, NT_FACT_MAPPING, &m));
	f->mappings_told++;
}

static void
flood_fact(struct flood *f)
{
	struct nt_relay_worker *w = nt_relay_worker(f->r, 0);
	const struct nt_mapping m = {
		.position = ++f->position, .seen_ns = (int64_t)f->position, .name = ""
	};
	f->facts++;
	if (!nt_relay_takes_fact(w))
		return;
	assert_true(nt_relay_tell(w, NT_FACT_HOST, &m));
	f->facts_told++;
}

/* 20 facts a token; per 100 tokens so many mappings. */
static struct flood
flood(unsigned int mappings)
{
	const struct nt_relay_config cfg = { .workers = 2,
		.pacing = NT_RELAY_PACED,
		.rate = 1000,
		.burst = 1,
		.ring_units = 4096,
		.own_units = 16384 };
	struct flood f = { .r = nt_relay_new(&cfg) };
	struct fake_cache caches[2] = { { .count = 0 }, { .count = 0 } };
	struct departures d = { 0 };
	unsigned int due = 0;
	assert_non_null(f.r);
	for (unsigned int token = 0; token < 4000; token++) {
		if (token == 2000) /* until then the ring fills */
			f.mappings = f.mappings_told = f.facts = f.facts_told = 0;
		for (unsigned int i = 0; i < 20; i++)
			flood_fact(&f);
		for (due += mappings; due >= 100; due -= 100)
			flood_mapping(&f);
		nt_relay_release(nt_relay_worker(f.r, 0), f.position, (int64_t)f.position);
		nt_relay_release(nt_relay_worker(f.r, 1), f.position, (int64_t)f.position);
		(void)nt_relay_step(f.r, NT_SEC(1) + token * (NT_SEC(1) / 1000));
		for (unsigned int i = 0; i < 2; i++) {
			caches[i].count = 0;
			apply(f.r, i, &caches[i], &d);
		}
	}
	nt_relay_free(f.r);
	return f;
}

static void
test_facts_leave_mappings_room(void **state NT_UNUSED)
{
	/* Few mappings: all are told, facts have what is left. */
	struct flood f = flood(10);
	assert_int_equal(f.mappings, 200);
	assert_int_equal(f.mappings_told, 200);
	assert_in_range(f.facts_told, 1700, 1900);
	/* More than there are tokens: half and half. */
	f = flood(500);
	assert_int_equal(f.mappings, 10000);
	assert_in_range(f.mappings_told, 900, 2000);
	assert_in_range(f.facts_told, 100, f.mappings_told + 16);
	/* None: facts have all of it. */
	f = flood(0);
	assert_in_range(f.facts_told, 1900, 2100);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_paced),
		cmocka_unit_test(test_virtual),
		cmocka_unit_test(test_unlimited),
		cmocka_unit_test(test_unpaced),
		cmocka_unit_test(test_paced_otherwise),
		cmocka_unit_test(test_rooms),
		cmocka_unit_test(test_facts_leave_mappings_room),
	};
	return cmocka_run_group_tests_name("relay_pace", tests, NULL, NULL);
}
