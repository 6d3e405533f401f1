/* SPDX-License-Identifier: BSD-3-Clause */
#include "nt_bucket.h"

/*
 * The generic cell rate algorithm (ITU-T I.371), with the time of "empty" kept as nanoseconds plus
 * free_part / rate of one, so that a token costs exactly 1e9 / rate nanoseconds and no rate drifts.
 * Sums are made in 128 bits: a bucket's unit is the nanosecond times its rate. Departures, asked
 * for one by one, are added up in nanoseconds and parts, without a division.
 */
typedef __int128 ticks;

/* Longest time a bucket saves up or owes: 2^61 ns are 73 years, far from the end of int64_t. */
#define SPAN_MAX_NS (INT64_C(1) << 61)

static ticks
free_ticks(const struct nt_bucket *b)
{
	return (ticks)b->free_ns * (ticks)b->rate + (ticks)b->free_part;
}

static void
set_free(struct nt_bucket *b, ticks t)
{
	ticks rate = (ticks)b->rate;
	ticks ns = t / rate, part = t % rate;

	if (part < 0) {
		part += rate;
		ns--;
	}
	b->free_ns = (int64_t)ns;
	b->free_part = (uint64_t)part;
}

/* What came in since: nothing to do but to forget what is above the burst. */
static void
refill(struct nt_bucket *b, int64_t now_ns)
{
	ticks full = (ticks)now_ns * (ticks)b->rate - (ticks)b->burst * NT_NS_PER_SEC;

	if (!b->started || free_ticks(b) < full)
		set_free(b, full);
	b->started = true;
}

/* So many ticks as nanoseconds and parts. */
static struct nt_bucket_span
span_of(const struct nt_bucket *b, uint64_t tokens)
{
	const ticks t = (ticks)tokens * NT_NS_PER_SEC;

	return (struct nt_bucket_span){ .ns = (int64_t)(t / (ticks)b->rate),
		.part = (uint64_t)(t % (ticks)b->rate) };
}

void
nt_bucket_init(struct nt_bucket *b, uint64_t rate, uint64_t burst)
{
	ticks most = (ticks)rate * (SPAN_MAX_NS / NT_NS_PER_SEC);

	*b = (struct nt_bucket){ .rate = rate, .burst = burst > 0 ? burst : 1 };
	if ((ticks)b->burst > most && rate > 0)
		b->burst = (uint64_t)most;
	if (rate == 0)
		return;
	b->token = span_of(b, 1);
	b->saved = span_of(b, b->burst);
}

uint64_t
nt_bucket_take(struct nt_bucket *b, int64_t now_ns, uint64_t want)
{
	ticks saved, tokens;

	if (b->rate == 0)
		return want;
	refill(b, now_ns);
	saved = (ticks)now_ns * (ticks)b->rate - free_ticks(b);
	if (saved < NT_NS_PER_SEC)
		return 0;
	tokens = saved / NT_NS_PER_SEC;
	tokens = NT_MIN(tokens, (ticks)want);
	set_free(b, free_ticks(b) + tokens * NT_NS_PER_SEC);
	return (uint64_t)tokens;
}

/* As refill, for now_ns within the span of a clock. */
static void
refill_parts(struct nt_bucket *b, int64_t now_ns)
{
	const int64_t full_ns = now_ns - b->saved.ns - (b->saved.part > 0);
	const uint64_t full_part = b->saved.part > 0 ? b->rate - b->saved.part : 0;

	if (b->started &&
		(b->free_ns > full_ns || (b->free_ns == full_ns && b->free_part >= full_part)))
		return;
	b->free_ns = full_ns;
	b->free_part = full_part;
	b->started = true;
}

int64_t
nt_bucket_depart(struct nt_bucket *b, int64_t now_ns)
{
	int64_t depart_ns;
	uint64_t to_carry;

	if (b->rate == 0)
		return now_ns;
	if (nt_unlikely(now_ns < -SPAN_MAX_NS)) /* no sum below runs over */
		refill(b, now_ns);
	else
		refill_parts(b, now_ns);
	if (b->free_ns - SPAN_MAX_NS > now_ns)
		return b->free_ns;
	to_carry = b->rate - b->free_part;
	b->free_ns += b->token.ns + (b->token.part >= to_carry);
	b->free_part =
		b->token.part >= to_carry ? b->token.part - to_carry : b->free_part + b->token.part;
	depart_ns = b->free_ns + (b->free_part > 0);
	return NT_MAX(depart_ns, now_ns);
}
