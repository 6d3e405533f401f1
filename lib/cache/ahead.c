/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Memory asked for before the turn of mappings: the index of addresses, the record that it leads
 * to, then what there is of the address. The index of names is wanted for new addresses only: what
 * is known of an address leads to its names. Which slots were found in is kept (nt_mapping_keys),
 * so that find.c looks there first.
 */
#include "store.h"

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

/* Whom it was told last, and its text. */
static void
prefetch_of_bond(const struct nt_name_cache *c, uint32_t id)
{
	if (id == NT_LIST_NONE)
		return;
	prefetch_life(c, nt_bond_at(c, id)->lives);
	nt_names_prefetch(&c->names, nt_bond_at(c, id)->name);
}

static uint32_t
seek(const struct nt_slots *t, uint32_t tag)
{
	return nt_slots_seek(t, tag, nt_slots_home(t, tag));
}

static uint32_t
home_ahead(const struct nt_slots *t, uint32_t tag)
{
	const uint32_t home = nt_slots_home(t, tag);

	nt_prefetch(&t->slot[home]);
	return home;
}

static void
slots_ahead(const struct nt_name_cache *c, struct nt_mapping_keys *k)
{
	k->addr_at = home_ahead(&c->addrs.slots, (uint32_t)k->addr);
	if (nt_unlikely(!k->client_is_ipv4))
		nt_slots_prefetch(&c->addrs.slots, (uint32_t)k->client);
}

static void
client_ahead(const struct nt_addrs *a, const struct nt_mapping_keys *k)
{
	const uint32_t tag = (uint32_t)k->client, id = nt_slots_id(&a->slots, seek(&a->slots, tag));

	if (id != NT_LIST_NONE)
		nt_prefetch_write(nt_addrs_at(a, id));
}

static void
records_ahead(const struct nt_name_cache *c, struct nt_mapping_keys *k)
{
	const struct nt_addrs *a = &c->addrs;

	k->bond_id = k->life_id = NT_LIST_NONE;
	k->addr_at = nt_slots_seek(&a->slots, (uint32_t)k->addr, k->addr_at);
	k->addr_id = nt_slots_id(&a->slots, k->addr_at);
	if (k->addr_id == NT_LIST_NONE) {
		nt_slots_prefetch(&c->names.slots, (uint32_t)k->name);
	} else {
		nt_prefetch_write(nt_addrs_at(a, k->addr_id));
		/* Most are indexed; once that is known it is late to ask. */
		k->pair_at = home_ahead(&c->by_pair, k->pair);
	}
	if (nt_unlikely(!k->client_is_ipv4))
		client_ahead(a, k);
}

static void
bonds_ahead(const struct nt_name_cache *c, struct nt_mapping_keys *k)
{
	const struct nt_interned_addr *a = nt_addrs_at(&c->addrs, k->addr_id);

	if (a->bonds_indexed) {
		k->bond_at = home_ahead(&c->by_bond, k->bond);
	} else {
		k->bond_id = a->bonds;
		prefetch_bond(c, k->bond_id);
	}
}

static void
lives_ahead(const struct nt_name_cache *c, struct nt_mapping_keys *k)
{
	const struct nt_interned_addr *a = nt_addrs_at(&c->addrs, k->addr_id);

	if (a->indexed) {
		k->pair_at = nt_slots_seek(&c->by_pair, k->pair, k->pair_at);
		k->life_id = nt_slots_id(&c->by_pair, k->pair_at);
		prefetch_life(c, k->life_id);
	}
	if (!a->bonds_indexed) {
		prefetch_of_bond(c, k->bond_id);
	} else {
		k->bond_at = nt_slots_seek(&c->by_bond, k->bond, k->bond_at);
		k->bond_id = nt_slots_id(&c->by_bond, k->bond_at);
		prefetch_bond(c, k->bond_id);
	}
}

static void
neighbours_ahead(const struct nt_name_cache *c, const struct nt_mapping_keys *k)
{
	const struct nt_life *l;

	if (nt_addrs_at(&c->addrs, k->addr_id)->bonds_indexed)
		prefetch_of_bond(c, k->bond_id);
	if (k->life_id == NT_LIST_NONE)
		return;
	l = nt_life_at(c, k->life_id);
	prefetch_life(c, l->in_bond.prev);
	prefetch_life(c, l->in_bond.next);
	if (!l->told_again)
		nt_prefetch_write(&c->firsts.group1[k->life_id / NT_FIRSTS_GROUP]);
}

/* What a new address wants: its name, which is known already more often than not. */
static void
name_ahead(const struct nt_name_cache *c, struct nt_mapping_keys *k, unsigned int step)
{
	if (step == 2)
		k->name_id = nt_slots_id(&c->names.slots, seek(&c->names.slots, (uint32_t)k->name));
	if (k->name_id == NT_LIST_NONE)
		return;
	if (step == 2)
		nt_names_prefetch(&c->names, k->name_id);
	else if (step == 3)
		prefetch_bond(c, nt_names_at(&c->names, k->name_id)->bonds);
}

void
nt_name_cache_ahead(const struct nt_name_cache *c, struct nt_mapping_keys *const k[],
	unsigned int n, unsigned int step)
{
	for (unsigned int i = 0; i < n; i++) {
		if (step == 0)
			slots_ahead(c, k[i]);
		else if (step == 1)
			records_ahead(c, k[i]);
		else if (k[i]->addr_id == NT_LIST_NONE)
			name_ahead(c, k[i], step);
		else if (step == 2)
			bonds_ahead(c, k[i]);
		else if (step == 3)
			lives_ahead(c, k[i]);
		else
			neighbours_ahead(c, k[i]);
	}
}
