/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The rounds of SipHash (Aumasson, Bernstein: "SipHash: a fast short-input PRF", 2012), for hash.c
 * (2-4) and hash_words.c (1-3). Private to lib/base.
 */
#ifndef NT_BASE_SIPHASH_H
#define NT_BASE_SIPHASH_H

#include "nt_base.h"

static_assert(__BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__, "words are loaded as they lie in memory");

struct siphash {
	uint64_t v0, v1, v2, v3;
};

static inline uint64_t
siphash_rotl(uint64_t v, unsigned int bits)
{
	return v << bits | v >> (64 - bits);
}

static inline struct siphash
siphash_init(uint64_t k0, uint64_t k1)
{
	/* "somepseudorandomlygeneratedbytes" */
	return (struct siphash){
		.v0 = k0 ^ 0x736f6d6570736575,
		.v1 = k1 ^ 0x646f72616e646f6d,
		.v2 = k0 ^ 0x6c7967656e657261,
		.v3 = k1 ^ 0x7465646279746573,
	};
}

static inline void
siphash_round(struct siphash *s)
{
	s->v0 += s->v1;
	s->v2 += s->v3;
	s->v1 = siphash_rotl(s->v1, 13) ^ s->v0;
	s->v3 = siphash_rotl(s->v3, 16) ^ s->v2;
	s->v0 = siphash_rotl(s->v0, 32);
	s->v2 += s->v1;
	s->v0 += s->v3;
	s->v1 = siphash_rotl(s->v1, 17) ^ s->v2;
	s->v3 = siphash_rotl(s->v3, 21) ^ s->v0;
	s->v2 = siphash_rotl(s->v2, 32);
}

static inline void
siphash_absorb(struct siphash *s, uint64_t word, unsigned int rounds)
{
	s->v3 ^= word;
	for (unsigned int i = 0; i < rounds; i++)
		siphash_round(s);
	s->v0 ^= word;
}

static inline uint64_t
siphash_squeeze(struct siphash *s, unsigned int rounds)
{
	for (unsigned int i = 0; i < rounds; i++)
		siphash_round(s);
	return s->v0 ^ s->v1 ^ s->v2 ^ s->v3;
}

#endif
