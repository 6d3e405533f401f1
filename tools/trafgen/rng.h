/* SPDX-License-Identifier: BSD-3-Clause */
#ifndef TG_RNG_H
#define TG_RNG_H

/*
 * Random numbers that are the same on every machine: integer arithmetic, and floating point only
 * with operations that IEEE 754 rounds exactly (no libm, no contraction; see meson.build).
 */

#include <stdbool.h>
#include <stdint.h>

/* xoshiro256** (Blackman, Vigna: Scrambled Linear Pseudorandom Number Generators, 2018). */
struct tg_rng {
	uint64_t s[4];
};

void tg_rng_seed(struct tg_rng *r, uint64_t seed);
uint64_t tg_rng_next(struct tg_rng *r);

/* Uniform in 0..n-1; n must not be 0. */
uint64_t tg_rng_below(struct tg_rng *r, uint64_t n);

/* Uniform in lo..hi, both included. */
uint64_t tg_rng_between(struct tg_rng *r, uint64_t lo, uint64_t hi);

/* Uniform in [0, 1). */
double tg_rng_unit(struct tg_rng *r);

/* True with probability p. Draws even when p is 0 or 1, so that other choices stay the same. */
bool tg_rng_chance(struct tg_rng *r, double p);

/* Exponentially distributed with this mean, rounded down. */
uint64_t tg_rng_exp(struct tg_rng *r, double mean);

/* Mixes two numbers into one; for properties derived from an index instead of stored. */
uint64_t tg_hash(uint64_t a, uint64_t b);

/* Zipf with exponent 1 over ranks 0..n-1. */
struct tg_zipf {
	uint32_t n;
	uint64_t *cum; /* owned */
};

/* 0 or -ENOMEM. */
int tg_zipf_init(struct tg_zipf *z, uint32_t n);
void tg_zipf_fini(struct tg_zipf *z);
uint32_t tg_zipf_draw(const struct tg_zipf *z, struct tg_rng *r);

#endif
