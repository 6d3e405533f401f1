/* SPDX-License-Identifier: BSD-3-Clause */
#include <math.h>
#include <stdlib.h>

#include <rte_cycles.h>

#include <nt_clock.h>

#include "live_clock.h"

/* Errors are made good within about this time ... */
#define SLEW_OVER_NS NT_SEC(1)
/* ... but by no more than what the kernel's own slewing does to its clocks, 500 ppm. */
#define SLEW_MOST 500e-6
/* The rate is measured over at least this much time, and anew when twice that has passed. */
#define MEASURE_NS NT_SEC(8)
/* Further off than any drift: the counter was stopped or set. Then it is no use to slew. */
#define LOST_NS NT_SEC(2)
/*
 * CLOCK_REALTIME less CLOCK_MONOTONIC changes only when it is set. What two readings differ by
 * beyond this is that; below it, an interrupt between them.
 */
#define STEP_NS (100 * NT_NS_PER_USEC)
/* The tightest of so many readings: one interrupt in between is likely now and then, not each time.
 */
#define SAMPLES 5

#define RATE_ONE 4294967296.0 /* 2^32 */

static int64_t
scaled(uint64_t rate, int64_t counts)
{
	return (int64_t)(((__int128)counts * rate) >> 32);
}

static void
publish(struct live_clock *c, uint64_t base_count, int64_t base_ns, uint64_t rate,
	int64_t offset_ns)
{
	const uint32_t sequence = atomic_load_explicit(&c->sequence, memory_order_relaxed);
	atomic_store_explicit(&c->sequence, sequence + 1, memory_order_relaxed);
	atomic_thread_fence(memory_order_release);
	atomic_store_explicit(&c->base_count, base_count, memory_order_relaxed);
	atomic_store_explicit(&c->base_ns, base_ns, memory_order_relaxed);
	atomic_store_explicit(&c->rate, rate, memory_order_relaxed);
	atomic_store_explicit(&c->offset_ns, offset_ns, memory_order_relaxed);
	atomic_store_explicit(&c->sequence, sequence + 2, memory_order_release);
}

int64_t
live_clock_at(const struct live_clock *c, uint64_t count)
{
	uint64_t base_count, rate;
	int64_t base_ns;
	uint32_t before, after;
	do {
		before = atomic_load_explicit(&c->sequence, memory_order_acquire);
		base_count = atomic_load_explicit(&c->base_count, memory_order_relaxed);
		base_ns = atomic_load_explicit(&c->base_ns, memory_order_relaxed);
		rate = atomic_load_explicit(&c->rate, memory_order_relaxed);
		atomic_thread_fence(memory_order_acquire);
		after = atomic_load_explicit(&c->sequence, memory_order_relaxed);
	} while (nt_unlikely(before != after || before % 2 != 0));
	/* The counter may have been read before the update: then it is a little negative. */
	return base_ns + scaled(rate, (int64_t)(count - base_count));
}

int64_t
live_clock_offset_ns(const struct live_clock *c)
{
	return atomic_load_explicit(&c->offset_ns, memory_order_relaxed);
}

void
live_clock_begin(struct live_clock *c, const struct live_clock_sample *now, uint64_t hz)
{
	c->ahead_ns = now->wall_ns - now->monotonic_ns;
	c->measured = hz == 0 ? 0 : (double)NT_NS_PER_SEC / (double)hz;
	c->since = *now;
	atomic_init(&c->sequence, 0);
	publish(c, now->count, now->wall_ns, (uint64_t)(c->measured * RATE_ONE), 0);
}

/* Over the whole time since c->since, which moves on so that it is never long ago. */
static void
measure(struct live_clock *c, const struct live_clock_sample *now)
{
	const int64_t ns = now->monotonic_ns - c->since.monotonic_ns;
	const int64_t counts = (int64_t)(now->count - c->since.count);
	if (counts <= 0 || ns <= 0)
		return;
	if (ns >= MEASURE_NS || c->measured == 0)
		c->measured = (double)ns / (double)counts;
	if (ns >= 2 * MEASURE_NS)
		c->since = *now;
}

static int64_t
offset_now(const struct live_clock *c, const struct live_clock_sample *now)
{
	const int64_t offset_ns = now->monotonic_ns + c->ahead_ns - now->wall_ns;
	const int64_t told_ns = live_clock_offset_ns(c);
	return llabs(offset_ns - told_ns) < STEP_NS ? told_ns : offset_ns;
}

/* The counter is another one than before: begin again where time is now, if that is not back. */
static void
begin_again(struct live_clock *c, const struct live_clock_sample *now, int64_t right_ns)
{
	const int64_t last_ns = atomic_load_explicit(&c->base_ns, memory_order_relaxed);
	const uint64_t rate = atomic_load_explicit(&c->rate, memory_order_relaxed);
	c->since = *now;
	publish(c, now->count, NT_MAX(right_ns, last_ns), rate, offset_now(c, now));
}

void
live_clock_update_at(struct live_clock *c, const struct live_clock_sample *now)
{
	const int64_t right_ns = now->monotonic_ns + c->ahead_ns;
	const int64_t shown_ns = live_clock_at(c, now->count);
	const bool known = c->measured != 0;
	measure(c, now);
	const double error_ns = (double)(right_ns - shown_ns);
	if (known && fabs(error_ns) > (double)LOST_NS) {
		begin_again(c, now, right_ns);
		return;
	}
	double slew = error_ns / (double)SLEW_OVER_NS;
	slew = fmax(-SLEW_MOST, fmin(SLEW_MOST, slew));
	/* A clock that did not know its rate has been standing since it began. */
	const int64_t base_ns = known ? shown_ns : NT_MAX(right_ns, shown_ns);
	publish(c, now->count, base_ns, (uint64_t)(c->measured * (1 + slew) * RATE_ONE),
		offset_now(c, now));
}

static uint64_t
sample_once(struct live_clock_sample *ret)
{
	const uint64_t before = rte_rdtsc();
	ret->monotonic_ns = nt_clock_monotonic_ns();
	ret->wall_ns = nt_clock_wall_ns();
	const uint64_t after = rte_rdtsc();
	ret->count = before + (after - before) / 2;
	return after - before;
}

static struct live_clock_sample
sample(void)
{
	struct live_clock_sample best, s;
	uint64_t width = sample_once(&best);
	for (unsigned int i = 1; i < SAMPLES; i++) {
		const uint64_t w = sample_once(&s);
		if (w < width) {
			width = w;
			best = s;
		}
	}
	return best;
}

void
live_clock_begin_tsc(struct live_clock *c)
{
	const struct live_clock_sample now = sample();
	live_clock_begin(c, &now, rte_get_tsc_hz());
}

void
live_clock_update(struct live_clock *c)
{
	const struct live_clock_sample now = sample();
	live_clock_update_at(c, &now);
}

int64_t
live_clock_now(const struct live_clock *c)
{
	return live_clock_at(c, rte_rdtsc());
}
