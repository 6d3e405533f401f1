/* SPDX-License-Identifier: BSD-3-Clause */
/* Where a mapping is: looked through where its address has a few lives, else by the indexes. */
#include "store.h"

struct nt_addr
nt_client_addr(const struct nt_addrs *a, struct nt_client client)
{
	uint8_t bytes[4];

	if (client.kind == NT_CLIENT_NOBODY)
		return (struct nt_addr){ .family = NT_FAMILY_NONE };
	if (client.kind == NT_CLIENT_OTHER)
		return nt_addrs_get(a, client.id);
	memcpy(bytes, &client.id, sizeof(bytes));
	return nt_addr_v4(bytes);
}

/* What is looked for of a bond. */
struct wanted {
	uint32_t bond;
	struct nt_client client;
	uint8_t source;
};

static bool
is_wanted(const struct nt_life *l, const struct wanted *w)
{
	return l->bond == w->bond && nt_life_is_to(l, w->client) && l->source == w->source;
}

static uint32_t
find_among_few(const struct nt_name_cache *c, const struct wanted *w)
{
	uint32_t id = nt_bond_at(c, w->bond)->lives;

	while (id != NT_LIST_NONE && !is_wanted(nt_life_at(c, id), w))
		id = nt_list_next(nt_in_bond(c), id);
	return id;
}

static uint32_t
find_by_life(const struct nt_name_cache *c, const struct wanted *w, const struct nt_mapping_keys *k)
{
	const uint32_t tag =
		nt_life_tag((uint32_t)k->addr, (uint32_t)k->client, (uint32_t)k->name, w->source);
	uint32_t at = nt_slots_home(&c->by_life, tag), id;

	while ((id = nt_slots_match(&c->by_life, tag, &at)) != NT_LIST_NONE)
		if (is_wanted(nt_life_at(c, id), w))
			break;
	return id;
}

/* pair_at: where the pair's first life is. */
static uint32_t
find_indexed(const struct nt_name_cache *c, const struct wanted *w, const struct nt_mapping_keys *k,
	uint32_t pair_at)
{
	uint32_t id = nt_slots_id(&c->by_pair, pair_at);

	for (unsigned int n = 0; id != NT_LIST_NONE; id = nt_list_next(nt_in_pair(c), id)) {
		if (is_wanted(nt_life_at(c, id), w))
			return id;
		if (++n > NT_STORE_PAIR_FEW)
			return find_by_life(c, w, k);
	}
	return NT_LIST_NONE;
}

static bool
is_name(const struct nt_name_cache *c, uint32_t name, const struct nt_mapping *m,
	const struct nt_mapping_keys *k)
{
	return nt_names_at(&c->names, name)->tag == (uint32_t)k->name &&
	       nt_names_is(&c->names, name, m->name, m->name_len);
}

static bool
is_bond(const struct nt_name_cache *c, uint32_t id, uint32_t addr, const struct nt_mapping *m,
	const struct nt_mapping_keys *k)
{
	const struct nt_bond *b = nt_bond_at(c, id);

	return b->addr == addr && is_name(c, b->name, m, k);
}

static uint32_t
find_bond_indexed(const struct nt_name_cache *c, uint32_t addr, const struct nt_mapping *m,
	const struct nt_mapping_keys *k)
{
	const uint32_t tag = k->bond;
	uint32_t at = nt_slots_seek_again(&c->by_bond, tag, k->bond_at),
		 id = nt_slots_id(&c->by_bond, at);

	if (nt_likely(id == NT_LIST_NONE || is_bond(c, id, addr, m, k)))
		return id;
	at = nt_slots_home(&c->by_bond, tag);
	while ((id = nt_slots_match(&c->by_bond, tag, &at)) != NT_LIST_NONE)
		if (is_bond(c, id, addr, m, k))
			break;
	return id;
}

/* This name of an address, by what it says: its number is not wanted for that. */
static uint32_t
find_bond(const struct nt_name_cache *c, uint32_t addr, const struct nt_mapping *m,
	const struct nt_mapping_keys *k)
{
	const struct nt_interned_addr *a = nt_addrs_at(&c->addrs, addr);
	uint32_t id = a->bonds;

	if (a->bonds_indexed)
		return find_bond_indexed(c, addr, m, k);
	while (id != NT_LIST_NONE && !is_name(c, nt_bond_at(c, id)->name, m, k))
		id = nt_list_next(nt_in_addr(c), id);
	return id;
}

static uint32_t
find_addr(
	const struct nt_name_cache *c, const struct nt_mapping *m, const struct nt_mapping_keys *k)
{
	const uint32_t tag = (uint32_t)k->addr,
		       at = nt_slots_seek_again(&c->addrs.slots, tag, k->addr_at),
		       id = nt_slots_id(&c->addrs.slots, at);

	if (nt_likely(id == NT_LIST_NONE || nt_addrs_is(&c->addrs, id, &m->addr)))
		return id;
	return nt_addrs_find(&c->addrs, tag, &m->addr);
}

void
nt_store_find(const struct nt_name_cache *c, const struct nt_mapping *m,
	const struct nt_mapping_keys *k, struct nt_place *ret)
{
	struct wanted w;

	ret->bond = ret->life = NT_LIST_NONE;
	ret->pair_at = 0;
	ret->client = nt_client_of(&c->addrs, (uint32_t)k->client, &m->client);
	ret->addr = find_addr(c, m, k);
	if (ret->addr == NT_LIST_NONE)
		return;
	ret->bond = find_bond(c, ret->addr, m, k);
	w = (struct wanted){ ret->bond, ret->client, m->source };
	if (nt_addrs_at(&c->addrs, ret->addr)->indexed) {
		ret->pair_at = nt_slots_seek_again(&c->by_pair, k->pair, k->pair_at);
		if (ret->bond != NT_LIST_NONE)
			ret->life = find_indexed(c, &w, k, ret->pair_at);
	} else if (ret->bond != NT_LIST_NONE) {
		ret->life = find_among_few(c, &w);
	}
}

static uint32_t
bond_among_few(const struct nt_name_cache *c, uint32_t addr, uint32_t name)
{
	uint32_t id = nt_addrs_at(&c->addrs, addr)->bonds;

	while (id != NT_LIST_NONE && nt_bond_at(c, id)->name != name)
		id = nt_list_next(nt_in_addr(c), id);
	return id;
}

uint32_t
nt_store_bond(const struct nt_name_cache *c, uint32_t tag, uint32_t addr, uint32_t name)
{
	uint32_t at = nt_slots_home(&c->by_bond, tag), id;

	if (!nt_addrs_at(&c->addrs, addr)->bonds_indexed)
		return bond_among_few(c, addr, name);
	while ((id = nt_slots_match(&c->by_bond, tag, &at)) != NT_LIST_NONE) {
		const struct nt_bond *b = nt_bond_at(c, id);

		if (b->addr == addr && b->name == name)
			break;
	}
	return id;
}

uint32_t
nt_store_pair(const struct nt_name_cache *c, uint32_t tag)
{
	return nt_slots_id(
		&c->by_pair, nt_slots_seek(&c->by_pair, tag, nt_slots_home(&c->by_pair, tag)));
}
