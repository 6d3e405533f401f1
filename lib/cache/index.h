/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The indexes of pairs, bonds and lives, for addresses that have more than NT_STORE_FEW (store.h):
 * what changes of them. Owner: one thread.
 */
#ifndef NT_CACHE_INDEX_H
#define NT_CACHE_INDEX_H

#include "store.h"

/* All lives that an address has, which are in none of them so far. Returns where k's pair is. */
uint32_t nt_index_addr(
	struct nt_name_cache *c, struct nt_interned_addr *a, const struct nt_mapping_keys *k);
/* Of an address that is: a new life, which takes the place of p's if there is one. */
void nt_index_life(struct nt_name_cache *c, const struct nt_mapping *m,
	const struct nt_mapping_keys *k, uint32_t life, const struct nt_place *p);
void nt_index_forget_life(struct nt_name_cache *c, uint32_t life);
/* It is likely to be the next one to be forgotten: what of the indexes it will want. */
void nt_index_forget_ahead(struct nt_name_cache *c, uint32_t life);
/* A new one: nothing as long as its address has few. Nothing where it is not there. */
void nt_index_bond(struct nt_name_cache *c, uint32_t bond);
void nt_index_forget_bond(struct nt_name_cache *c, uint32_t bond);

#endif
