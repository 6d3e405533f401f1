/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Keyed hashes. A hash that an attacker can predict lets him put every flow in one bucket, so every
 * table is keyed at random per start (nt_hash_key_random), never by CRC: it is linear.
 *
 * nt_siphash64: SipHash-2-4 (Aumasson, Bernstein 2012): the same everywhere.
 * nt_hash_words_sip*: SipHash-1-3 of words, the same everywhere; for what gets written (uid).
 * nt_hash_words: for tables on the packet path: AES rounds where the CPU has AES-NI (built in or
 *   found at start), else SipHash-1-3. Values differ between machines: never written, never
 * compared across processes. Any thread, no state.
 * nt_hash_bytes: the same for bytes of any length (SipHash-2-4 without AES).
 */
#ifndef NT_HASH_H
#define NT_HASH_H

#ifdef __x86_64__
#include <wmmintrin.h>
#endif

#include "nt_base.h"

struct nt_hash_key {
	uint64_t k[4]; /* SipHash uses the first two */
};

/* From getrandom(2). 0 or -errno. */
int nt_hash_key_random(struct nt_hash_key *ret);
/* The key that does not change: for reading captures, so that the same one gives the same uids. */
struct nt_hash_key nt_hash_key_fixed(void);

uint64_t nt_siphash64(const struct nt_hash_key *key, const void *bytes, size_t len);
void nt_hash_words_sip128(
	const struct nt_hash_key *key, const uint64_t *words, unsigned int n, uint64_t ret[2]);

/*
 * The two ways to hash words, for nt_hash_words below and for tests. nt_hash_words_aes must only be
 * called where nt_hash_has_aes(); nt_hash_words_found is the better one, set before main.
 */
typedef uint64_t nt_hash_words_fn(
	const struct nt_hash_key *key, const uint64_t *words, unsigned int n);

nt_hash_words_fn nt_hash_words_sip, nt_hash_words_aes;
extern nt_hash_words_fn *nt_hash_words_found;

typedef uint64_t nt_hash_bytes_fn(const struct nt_hash_key *key, const void *bytes, size_t len);
nt_hash_bytes_fn nt_hash_bytes_aes;
extern nt_hash_bytes_fn *nt_hash_bytes_found;

static inline uint64_t
nt_hash_bytes(const struct nt_hash_key *key, const void *bytes, size_t len)
{
	return nt_hash_bytes_found(key, bytes, len);
}

bool nt_hash_has_aes(void);

#ifdef __x86_64__
#define NT_HASH_AES	   1
#define NT_HASH_AES_TARGET __attribute__((target("aes")))

/*
 * Blocks of two words, chained: state = two keyed AES rounds of (state ^ block), one round more at
 * the end. A chosen difference survives two rounds with a probability of at most 2^-28 (bound on
 * two-round differentials of AES: 53 / 2^34), and only two blocks in a row can cancel one; lanes
 * side by side would be faster alone, but with related keys they collide when blocks are swapped.
 * Not for anything that is shown: this is no MAC.
 */
NT_HASH_AES_TARGET static inline uint64_t
nt_hash_aes_rounds(const struct nt_hash_key *key, const uint64_t *words, unsigned int n)
{
	__m128i k0 = _mm_loadu_si128((const __m128i *)(const void *)&key->k[0]);
	__m128i k1 = _mm_loadu_si128((const __m128i *)(const void *)&key->k[2]);
	__m128i s = _mm_xor_si128(k0, _mm_cvtsi32_si128((int)n));
	unsigned int i = 0;

	for (; i + 2 <= n; i += 2) {
		s = _mm_xor_si128(s, _mm_loadu_si128((const __m128i *)(const void *)&words[i]));
		s = _mm_aesenc_si128(_mm_aesenc_si128(s, k1), k0);
	}
	if (i < n) {
		s = _mm_xor_si128(s, _mm_cvtsi64_si128((long long)words[i]));
		s = _mm_aesenc_si128(_mm_aesenc_si128(s, k1), k0);
	}
	return (uint64_t)_mm_cvtsi128_si64(_mm_aesenc_si128(s, k1));
}
#endif

/* Hash of n 64-bit words (n <= 8), n known at compile time for speed. All 64 bits are good. */
static inline uint64_t
nt_hash_words(const struct nt_hash_key *key, const uint64_t *words, unsigned int n)
{
#ifdef __AES__
	return nt_hash_aes_rounds(key, words, n);
#else
	return nt_hash_words_found(key, words, n);
#endif
}

#endif
