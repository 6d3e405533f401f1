/* SPDX-License-Identifier: BSD-3-Clause */
#include "rng.h"

#include <errno.h>
#include <stdlib.h>

/* Finaliser of splitmix64. */
static uint64_t
mix(uint64_t x)
{
	x ^= x >> 30;
	x *= 0xbf58476d1ce4e5b9u;
	x ^= x >> 27;
	x *= 0x94d049bb133111ebu;
	return x ^ (x >> 31);
}

uint64_t
tg_hash(uint64_t a, uint64_t b)
{
	return mix(mix(a + 0x9e3779b97f4a7c15u) ^ (b + 0x632be59bd9b4e019u));
}

void
tg_rng_seed(struct tg_rng *r, uint64_t seed)
{
	for (unsigned i = 0; i < 4; i++)
		r->s[i] = tg_hash(seed, i + 1);
}

static uint64_t
rotl(uint64_t x, int k)
{
	return (x << k) | (x >> (64 - k));
}

uint64_t
tg_rng_next(struct tg_rng *r)
{
	uint64_t *s = r->s;
	uint64_t out = rotl(s[1] * 5, 7) * 9;
	uint64_t t = s[1] << 17;

	s[2] ^= s[0];
	s[3] ^= s[1];
	s[1] ^= s[2];
	s[0] ^= s[3];
	s[2] ^= t;
	s[3] = rotl(s[3], 45);
	return out;
}

uint64_t
tg_rng_below(struct tg_rng *r, uint64_t n)
{
	return (uint64_t)(((unsigned __int128)tg_rng_next(r) * n) >> 64);
}

uint64_t
tg_rng_between(struct tg_rng *r, uint64_t lo, uint64_t hi)
{
	return lo + tg_rng_below(r, hi - lo + 1);
}

/* 53 random bits. */
double
tg_rng_unit(struct tg_rng *r)
{
	return (double)(tg_rng_next(r) >> 11) * 0x1p-53;
}

bool
tg_rng_chance(struct tg_rng *r, double p)
{
	return tg_rng_unit(r) < p;
}

/* -ln(u): halvings of u from 1, then the series 2 atanh(z) for what is left in [0.5, 1). */
static double
minus_ln(double u)
{
	double k = 0, z, zz;

	while (u < 0.5) {
		u *= 2;
		k += 1;
	}
	z = (1 - u) / (1 + u);
	zz = z * z;
	return k * 0.6931471805599453 + 2 * z * (1 + zz / 3 + zz * zz / 5 + zz * zz * zz / 7);
}

uint64_t
tg_rng_exp(struct tg_rng *r, double mean)
{
	return (uint64_t)(mean * minus_ln(1 - tg_rng_unit(r)));
}

int
tg_zipf_init(struct tg_zipf *z, uint32_t n)
{
	uint64_t sum = 0;

	z->n = n;
	z->cum = calloc(n, sizeof(*z->cum));
	if (z->cum == NULL)
		return -ENOMEM;
	for (uint32_t i = 0; i < n; i++) {
		sum += (UINT64_C(1) << 40) / (i + 1);
		z->cum[i] = sum;
	}
	return 0;
}

void
tg_zipf_fini(struct tg_zipf *z)
{
	free(z->cum);
	z->cum = NULL;
}

uint32_t
tg_zipf_draw(const struct tg_zipf *z, struct tg_rng *r)
{
	uint64_t x = tg_rng_below(r, z->cum[z->n - 1]);
	uint32_t lo = 0, hi = z->n - 1;

	while (lo < hi) {
		uint32_t mid = lo + (hi - lo) / 2;

		if (z->cum[mid] > x)
			hi = mid;
		else
			lo = mid + 1;
	}
	return lo;
}
