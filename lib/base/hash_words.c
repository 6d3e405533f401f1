/* SPDX-License-Identifier: BSD-3-Clause */
#include "nt_hash.h"

#include "siphash.h"

uint64_t
nt_hash_words_sip(const struct nt_hash_key *key, const uint64_t *words, unsigned int n)
{
	struct siphash s = siphash_init(key->k[0], key->k[1]);

	for (unsigned int i = 0; i < n; i++)
		siphash_absorb(&s, words[i], 1);
	siphash_absorb(&s, (uint64_t)n << 59, 1);
	s.v2 ^= 0xff;
	return siphash_squeeze(&s, 3);
}

nt_hash_words_fn *nt_hash_words_found = nt_hash_words_sip;

#ifdef NT_HASH_AES

NT_HASH_AES_TARGET uint64_t
nt_hash_words_aes(const struct nt_hash_key *key, const uint64_t *words, unsigned int n)
{
	return nt_hash_aes_rounds(key, words, n);
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
	if (nt_hash_has_aes())
		nt_hash_words_found = nt_hash_words_aes;
}

#else

uint64_t
nt_hash_words_aes(const struct nt_hash_key *key, const uint64_t *words, unsigned int n)
{
	return nt_hash_words_sip(key, words, n);
}

bool
nt_hash_has_aes(void)
{
	return false;
}

#endif
