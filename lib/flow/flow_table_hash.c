/* SPDX-License-Identifier: BSD-3-Clause */
/* Hashing by the burst: one look at what the CPU has, and the rounds of several keys overlap. */
#include "flow_table_priv.h"

static void
hash_any(const struct nt_flow_table *t, struct nt_flow_lookup *lookups, unsigned int n)
{
	for (unsigned int i = 0; i < n; i++) {
		lookups[i].hash = nt_flow_hash(t, &lookups[i].key);
		nt_flow_prefetch_bucket(t, lookups[i].hash);
	}
}

#if defined(NT_HASH_AES) && !defined(__AES__)

/* As nt_flow_hash; not called for each, since the CPU was asked already. */
NT_HASH_AES_TARGET static void
hash_aes(const struct nt_flow_table *t, struct nt_flow_lookup *lookups, unsigned int n)
{
	for (unsigned int i = 0; i < n; i++) {
		uint64_t words[sizeof(lookups[i].key) / sizeof(uint64_t)];

		memcpy(words, &lookups[i].key, sizeof(words));
		lookups[i].hash = nt_hash_aes_rounds(&t->hash_key, words, NT_ARRAY_SIZE(words));
		nt_flow_prefetch_bucket(t, lookups[i].hash);
	}
}

void
nt_flow_hash_burst(const struct nt_flow_table *t, struct nt_flow_lookup *lookups, unsigned int n)
{
	if (nt_likely(nt_hash_words_found == nt_hash_words_aes))
		hash_aes(t, lookups, n);
	else
		hash_any(t, lookups, n);
}

#else

void
nt_flow_hash_burst(const struct nt_flow_table *t, struct nt_flow_lookup *lookups, unsigned int n)
{
	hash_any(t, lookups, n);
}

#endif
