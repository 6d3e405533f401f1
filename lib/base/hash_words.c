/* SPDX-License-Identifier: BSD-3-Clause */
#include "nt_hash.h"

#include <string.h>

#include "siphash.h"

static inline void
absorb_words(struct siphash *s, const uint64_t *words, unsigned int n)
{
	for (unsigned int i = 0; i < n; i++)
		siphash_absorb(s, words[i], 1);
	siphash_absorb(s, (uint64_t)n << 59, 1);
}

uint64_t
nt_hash_words_sip(const struct nt_hash_key *key, const uint64_t *words, unsigned int n)
{
	struct siphash s = siphash_init(key->k[0], key->k[1]);

	absorb_words(&s, words, n);
	s.v2 ^= 0xff;
	return siphash_squeeze(&s, 3);
}

void
nt_hash_words_sip128(
	const struct nt_hash_key *key, const uint64_t *words, unsigned int n, uint64_t ret[2])
{
	struct siphash s = siphash_init(key->k[0], key->k[1]);

	s.v1 ^= 0xee;
	absorb_words(&s, words, n);
	s.v2 ^= 0xee;
	ret[0] = siphash_squeeze(&s, 3);
	s.v1 ^= 0xdd;
	ret[1] = siphash_squeeze(&s, 3);
}

nt_hash_words_fn *nt_hash_words_found = nt_hash_words_sip;
nt_hash_bytes_fn *nt_hash_bytes_found = nt_siphash64;

#ifdef NT_HASH_AES

NT_HASH_AES_TARGET uint64_t
nt_hash_words_aes(const struct nt_hash_key *key, const uint64_t *words, unsigned int n)
{
	return nt_hash_aes_rounds(key, words, n);
}

/* Up to 16 bytes as two words, in loads that may overlap: with the length, no two are alike. */
static __m128i
load_short(const uint8_t *p, size_t len)
{
	uint64_t lo = 0, hi = 0;
	uint32_t a, b;

	if (len >= 8) {
		memcpy(&lo, p, 8);
		memcpy(&hi, p + len - 8, 8);
	} else if (len >= 4) {
		memcpy(&a, p, 4);
		memcpy(&b, p + len - 4, 4);
		lo = a | (uint64_t)b << 32;
	} else if (len > 0) {
		lo = p[0] | (uint64_t)p[len / 2] << 8 | (uint64_t)p[len - 1] << 16;
	}
	return _mm_set_epi64x((long long)hi, (long long)lo);
}

NT_HASH_AES_TARGET static inline __m128i
absorb(__m128i s, __m128i block, __m128i k0, __m128i k1)
{
	return _mm_aesenc_si128(_mm_aesenc_si128(_mm_xor_si128(s, block), k1), k0);
}

NT_HASH_AES_TARGET uint64_t
nt_hash_bytes_aes(const struct nt_hash_key *key, const void *bytes, size_t len)
{
	const uint8_t *p = bytes, *last;
	__m128i k0 = _mm_loadu_si128((const __m128i *)(const void *)&key->k[0]);
	__m128i k1 = _mm_loadu_si128((const __m128i *)(const void *)&key->k[2]);
	/* Not where words begin, whose number is below. */
	__m128i s = _mm_xor_si128(k0, _mm_set_epi64x(1, (long long)len));

	if (len <= 16) {
		s = absorb(s, load_short(p, len), k0, k1);
		return (uint64_t)_mm_cvtsi128_si64(_mm_aesenc_si128(s, k1));
	}
	for (last = p + len - 16; p < last; p += 16)
		s = absorb(s, _mm_loadu_si128((const __m128i *)(const void *)p), k0, k1);
	s = absorb(s, _mm_loadu_si128((const __m128i *)(const void *)last), k0, k1);
	return (uint64_t)_mm_cvtsi128_si64(_mm_aesenc_si128(s, k1));
}

bool
nt_hash_has_aes(void)
{
	return __builtin_cpu_supports("aes") != 0;
}

/* Before main, and before any other constructor hashes: a value never changes within a process. */
__attribute__((constructor(101))) static void
find_hash_words(void)
{
	__builtin_cpu_init();
	if (!nt_hash_has_aes())
		return;
	nt_hash_words_found = nt_hash_words_aes;
	nt_hash_bytes_found = nt_hash_bytes_aes;
}

#else

uint64_t
nt_hash_words_aes(const struct nt_hash_key *key, const uint64_t *words, unsigned int n)
{
	return nt_hash_words_sip(key, words, n);
}

uint64_t
nt_hash_bytes_aes(const struct nt_hash_key *key, const void *bytes, size_t len)
{
	return nt_siphash64(key, bytes, len);
}

bool
nt_hash_has_aes(void)
{
	return false;
}

#endif
