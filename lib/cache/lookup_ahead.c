/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Memory asked for before a lookup's turn: of an address the index, its record, the name told last
 * and what was told of that; of the name that a connection asserted the same, and its addresses,
 * one after the other, for each leads to the next.
 */
#include "store.h"

/* The first record with this tag: the one that is meant, but for one in 2^32. */
static uint32_t
peek(const struct nt_slots *t, uint32_t tag)
{
	uint32_t at = nt_slots_home(t, tag);

	return nt_slots_match(t, tag, &at);
}

static void
prefetch_bond(const struct nt_name_cache *c, uint32_t id)
{
	if (id != NT_LIST_NONE)
		nt_prefetch(nt_pool_at(&c->bonds, id));
}

static void
prefetch_life(const struct nt_name_cache *c, uint32_t id)
{
	if (id != NT_LIST_NONE)
		nt_prefetch(nt_pool_at(&c->lives, id));
}

static void
records_ahead(const struct nt_name_cache *c, struct nt_lookup_keys *k)
{
	k->addr_id = peek(&c->addrs.slots, (uint32_t)k->addr);
	if (k->addr_id != NT_LIST_NONE)
		nt_prefetch(nt_addrs_at(&c->addrs, k->addr_id));
	if (k->name == 0)
		return;
	k->name_id = peek(&c->names.slots, (uint32_t)k->name);
	if (k->name_id != NT_LIST_NONE)
		nt_names_prefetch(&c->names, k->name_id);
}

static uint32_t
pair_tag(const struct nt_lookup_keys *k)
{
	return nt_pair_tag((uint32_t)k->addr, (uint32_t)k->client);
}

static void
bonds_ahead(const struct nt_name_cache *c, struct nt_lookup_keys *k)
{
	if (k->addr_id != NT_LIST_NONE) {
		const struct nt_interned_addr *a = nt_addrs_at(&c->addrs, k->addr_id);

		k->addr_id = a->bonds;
		prefetch_bond(c, k->addr_id);
		if (!a->indexed)
			k->client = 0;
		else if (k->client != 0)
			nt_slots_prefetch(&c->by_pair, pair_tag(k));
	}
	if (k->name_id != NT_LIST_NONE) {
		k->name_id = nt_names_at(&c->names, k->name_id)->bonds;
		prefetch_bond(c, k->name_id);
	}
}

/* A name of the address, and whom it was told; on to the next. Most have one or two. */
static void
told_ahead(const struct nt_name_cache *c, struct nt_lookup_keys *k)
{
	const struct nt_bond *b = nt_bond_at(c, k->addr_id);

	prefetch_life(c, b->lives);
	nt_names_prefetch(&c->names, b->name);
	k->addr_id = nt_list_next(nt_in_addr(c), k->addr_id);
	prefetch_bond(c, k->addr_id);
	if (k->client != 0)
		prefetch_life(c, peek(&c->by_pair, pair_tag(k)));
	k->client = 0;
}

/* One address of the name; on to the next. */
static void
addr_ahead(const struct nt_name_cache *c, struct nt_lookup_keys *k)
{
	const struct nt_bond *b = nt_bond_at(c, k->name_id);

	prefetch_life(c, b->lives);
	nt_prefetch(nt_addrs_at(&c->addrs, b->addr));
	k->name_id = nt_list_next(nt_in_name(c), k->name_id);
	prefetch_bond(c, k->name_id);
}

bool
nt_name_cache_lookup_ahead(
	const struct nt_name_cache *c, struct nt_lookup_keys *k, unsigned int step)
{
	if (step == 0) {
		k->addr_id = k->name_id = NT_LIST_NONE;
		nt_slots_prefetch(&c->addrs.slots, (uint32_t)k->addr);
		if (k->name != 0)
			nt_slots_prefetch(&c->names.slots, (uint32_t)k->name);
		return true;
	}
	if (step == 1) {
		records_ahead(c, k);
	} else if (step == 2) {
		bonds_ahead(c, k);
	} else {
		if (step < 5 && k->addr_id != NT_LIST_NONE)
			told_ahead(c, k);
		if (k->name_id != NT_LIST_NONE)
			addr_ahead(c, k);
	}
	return k->name_id != NT_LIST_NONE || (step < 4 && k->addr_id != NT_LIST_NONE);
}
