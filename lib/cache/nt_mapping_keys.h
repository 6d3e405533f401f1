/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Keyed hashes of what a mapping says: made once, they place it in every table that it goes into
 * (name cache, told), and those can ask for its lines of memory before its turn comes. Tables that
 * are to share them have the same key.
 */
#ifndef NT_MAPPING_KEYS_H
#define NT_MAPPING_KEYS_H

#include <string.h>

#include <nt_hash.h>
#include <nt_mapping.h>

struct nt_mapping_keys {
	uint64_t addr, client, name;
	uint32_t pair, bond; /* tags of address and client, and of address and name */
	bool client_is_ipv4; /* or there is none */
	/* the name cache's own: what its steps found */
	uint32_t addr_id, name_id, life_id, bond_id;
	uint32_t addr_at, bond_at, pair_at; /* slots of its indexes, where to look first */
};

/*
 * Tags of what is made of several things: sums of products with odd constants (2^64 divided by the
 * golden ratio, and primes), of which the upper half depends on all bits of each. Those of the
 * parts are keyed, so nobody can choose them.
 */
static inline uint32_t
nt_pair_tag(uint32_t addr_tag, uint32_t client_tag)
{
	return (uint32_t)((addr_tag * UINT64_C(0x9e3779b97f4a7c15) +
				  client_tag * UINT64_C(0xc2b2ae3d27d4eb4f)) >>
			  32);
}

/* 0 for family NONE. */
static inline uint64_t
nt_addr_key(const struct nt_hash_key *key, const struct nt_addr *a)
{
	uint64_t words[3] = { 0, 0, a->family };

	if (a->family == NT_FAMILY_NONE)
		return 0;
	memcpy(words, a->bytes, sizeof(a->bytes));
	if (nt_likely(a->family == NT_FAMILY_IPV4)) {
		words[0] |= (uint64_t)NT_FAMILY_IPV4 << 32;
		return nt_hash_words(key, words, 1);
	}
	return nt_hash_words(key, words, a->family == NT_FAMILY_IPV6 ? 2 : 3);
}

static inline void
nt_mapping_keys_of(
	const struct nt_hash_key *key, const struct nt_mapping *m, struct nt_mapping_keys *ret)
{
	ret->addr = nt_addr_key(key, &m->addr);
	ret->client = nt_addr_key(key, &m->client);
	ret->name = nt_hash_bytes(key, m->name, m->name_len);
	ret->client_is_ipv4 =
		m->client.family == NT_FAMILY_IPV4 || m->client.family == NT_FAMILY_NONE;
	ret->pair = nt_pair_tag((uint32_t)ret->addr, (uint32_t)ret->client);
	ret->bond = nt_pair_tag((uint32_t)ret->addr, (uint32_t)ret->name);
	ret->addr_at = ret->bond_at = ret->pair_at = 0;
}

#endif
