/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Memory asked for before a mapping's turn: the indexes of addresses and names, the records that
 * those lead to, then what there is of the address.
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
prefetch_record(const struct nt_pool *p, uint32_t id)
{
	if (id != NT_LIST_NONE)
		nt_prefetch_write(nt_pool_at(p, id));
}

static void
prefetch_addr(const struct nt_addrs *a, uint32_t id)
{
	if (id != NT_LIST_NONE)
		nt_prefetch_write(nt_addrs_at(a, id));
}

static bool
is_interned(const struct nt_mapping *m)
{
	return m->client.family != NT_FAMILY_NONE && m->client.family != NT_FAMILY_IPV4;
}

static void
slots_ahead(
	const struct nt_name_cache *c, const struct nt_mapping *m, const struct nt_mapping_keys *k)
{
	nt_slots_prefetch(&c->addrs.slots, (uint32_t)k->addr);
	nt_slots_prefetch(&c->names.slots, (uint32_t)k->name);
	if (nt_unlikely(is_interned(m)))
		nt_slots_prefetch(&c->addrs.slots, (uint32_t)k->client);
}

static void
records_ahead(const struct nt_name_cache *c, const struct nt_mapping *m, struct nt_mapping_keys *k)
{
	k->addr_id = peek(&c->addrs.slots, (uint32_t)k->addr);
	k->name_id = peek(&c->names.slots, (uint32_t)k->name);
	prefetch_addr(&c->addrs, k->addr_id);
	prefetch_record(&c->names.pool, k->name_id);
	if (nt_unlikely(is_interned(m)))
		prefetch_addr(&c->addrs, peek(&c->addrs.slots, (uint32_t)k->client));
}

static uint32_t
pair_tag(const struct nt_mapping_keys *k)
{
	return nt_pair_tag((uint32_t)k->addr, (uint32_t)k->client);
}

static uint32_t
bond_tag(const struct nt_mapping_keys *k)
{
	return nt_bond_tag((uint32_t)k->addr, (uint32_t)k->name);
}

static bool
is_indexed(const struct nt_name_cache *c, const struct nt_mapping_keys *k)
{
	return nt_addrs_at(&c->addrs, k->addr_id)->indexed;
}

static void
ways_ahead(const struct nt_name_cache *c, const struct nt_mapping_keys *k)
{
	if (k->name_id != NT_LIST_NONE)
		nt_prefetch(nt_slab_at(&c->names.slab, nt_names_at(&c->names, k->name_id)->text));
	if (k->addr_id == NT_LIST_NONE)
		return;
	if (!is_indexed(c, k)) {
		prefetch_record(&c->bonds, nt_addrs_at(&c->addrs, k->addr_id)->bonds);
		return;
	}
	nt_slots_prefetch(&c->by_bond, bond_tag(k));
	nt_slots_prefetch(&c->by_pair, pair_tag(k));
}

static void
lives_ahead(const struct nt_name_cache *c, struct nt_mapping_keys *k)
{
	k->life = k->bond = NT_LIST_NONE;
	if (k->addr_id == NT_LIST_NONE)
		return;
	if (!is_indexed(c, k)) {
		k->bond = nt_addrs_at(&c->addrs, k->addr_id)->bonds;
		if (k->bond != NT_LIST_NONE)
			prefetch_record(&c->lives, nt_bond_at(c, k->bond)->lives);
		return;
	}
	k->life = peek(&c->by_pair, pair_tag(k));
	prefetch_record(&c->lives, k->life);
	k->bond = peek(&c->by_bond, bond_tag(k));
	prefetch_record(&c->bonds, k->bond);
}

static void
neighbours_ahead(const struct nt_name_cache *c, const struct nt_mapping_keys *k)
{
	if (k->bond != NT_LIST_NONE)
		prefetch_record(&c->lives, nt_bond_at(c, k->bond)->lives);
	if (k->life == NT_LIST_NONE)
		return;
	const struct nt_life *l = nt_life_at(c, k->life);
	prefetch_record(&c->lives, l->in_bond.prev);
	prefetch_record(&c->lives, l->in_bond.next);
	nt_prefetch_write(&c->firsts[k->life]);
}

void
nt_name_cache_ahead(const struct nt_name_cache *c, const struct nt_mapping *m,
	struct nt_mapping_keys *k, unsigned int step)
{
	if (step == 0)
		slots_ahead(c, m, k);
	else if (step == 1)
		records_ahead(c, m, k);
	else if (step == 2)
		ways_ahead(c, k);
	else if (step == 3)
		lives_ahead(c, k);
	else
		neighbours_ahead(c, k);
}
