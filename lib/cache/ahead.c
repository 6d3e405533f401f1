/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Memory asked for before a mapping's turn: the index of addresses, the record that it leads to,
 * then what there is of the address. The index of names is wanted for new addresses only: what is
 * known of an address leads to its names.
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
prefetch_life(const struct nt_name_cache *c, uint32_t id)
{
	if (id != NT_LIST_NONE)
		nt_prefetch_write(nt_life_at(c, id));
}

/* One in three lies in two lines. */
static void
prefetch_bond(const struct nt_name_cache *c, uint32_t id)
{
	if (id == NT_LIST_NONE)
		return;
	nt_prefetch_write(nt_bond_at(c, id));
	nt_prefetch_write((const uint8_t *)(nt_bond_at(c, id) + 1) - 1);
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
	if (nt_unlikely(is_interned(m)))
		nt_slots_prefetch(&c->addrs.slots, (uint32_t)k->client);
}

static void
records_ahead(const struct nt_name_cache *c, const struct nt_mapping *m, struct nt_mapping_keys *k)
{
	k->drops = c->drops;
	k->bond = k->life = NT_LIST_NONE;
	k->addr_id = peek(&c->addrs.slots, (uint32_t)k->addr);
	if (k->addr_id == NT_LIST_NONE)
		nt_slots_prefetch(&c->names.slots, (uint32_t)k->name);
	else
		nt_prefetch_write(nt_addrs_at(&c->addrs, k->addr_id));
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

static void
bonds_ahead(const struct nt_name_cache *c, struct nt_mapping_keys *k)
{
	const struct nt_interned_addr *a = nt_addrs_at(&c->addrs, k->addr_id);

	if (a->bonds_indexed) {
		nt_slots_prefetch(&c->by_bond, bond_tag(k));
	} else {
		k->bond = a->bonds;
		prefetch_bond(c, k->bond);
	}
	if (a->indexed)
		nt_slots_prefetch(&c->by_pair, pair_tag(k));
}

static void
lives_ahead(const struct nt_name_cache *c, struct nt_mapping_keys *k)
{
	const struct nt_interned_addr *a = nt_addrs_at(&c->addrs, k->addr_id);

	if (a->indexed) {
		k->life = peek(&c->by_pair, pair_tag(k));
		prefetch_life(c, k->life);
	}
	if (a->bonds_indexed) {
		k->bond = peek(&c->by_bond, bond_tag(k));
		prefetch_bond(c, k->bond);
	} else if (k->bond != NT_LIST_NONE) {
		prefetch_life(c, nt_bond_at(c, k->bond)->lives);
		nt_names_prefetch(&c->names, nt_bond_at(c, k->bond)->name);
	}
}

static void
neighbours_ahead(const struct nt_name_cache *c, const struct nt_mapping_keys *k)
{
	if (k->bond != NT_LIST_NONE && nt_addrs_at(&c->addrs, k->addr_id)->bonds_indexed) {
		prefetch_life(c, nt_bond_at(c, k->bond)->lives);
		nt_names_prefetch(&c->names, nt_bond_at(c, k->bond)->name);
	}
	if (k->life == NT_LIST_NONE)
		return;
	const struct nt_life *l = nt_life_at(c, k->life);
	prefetch_life(c, l->in_bond.prev);
	prefetch_life(c, l->in_bond.next);
	if (!l->told_again)
		nt_prefetch_write(&c->firsts[k->life]);
}

/* What a new address wants: its name, which is known already more often than not. */
static void
name_ahead(const struct nt_name_cache *c, struct nt_mapping_keys *k, unsigned int step)
{
	if (step == 2)
		k->name_id = peek(&c->names.slots, (uint32_t)k->name);
	if (k->name_id == NT_LIST_NONE)
		return;
	if (step == 2) {
		nt_names_prefetch(&c->names, k->name_id);
	} else if (step == 3) {
		prefetch_bond(c, nt_names_at(&c->names, k->name_id)->bonds);
	}
}

void
nt_name_cache_ahead(const struct nt_name_cache *c, const struct nt_mapping *m,
	struct nt_mapping_keys *k, unsigned int step)
{
	if (step == 0)
		slots_ahead(c, m, k);
	else if (step == 1)
		records_ahead(c, m, k);
	else if (k->addr_id == NT_LIST_NONE)
		name_ahead(c, k, step);
	else if (step == 2)
		bonds_ahead(c, k);
	else if (step == 3)
		lives_ahead(c, k);
	else
		neighbours_ahead(c, k);
}
