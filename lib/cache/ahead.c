/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Memory asked for before a mapping's turn. Most mappings are told again: their life is found in
 * the index, then its bond, then the bond's ends and the text of its name, each in a line of its
 * own. What is new wants the lines of the other indexes instead, and what they lead to.
 */
#include "store.h"

/* The first record with this tag: the one that is meant, but for one in 2^32. */
static uint32_t
peek(const struct nt_slots *t, uint32_t tag)
{
	uint32_t at = nt_slots_home(t, tag);

	return nt_slots_match(t, tag, &at);
}

/* Some lie in two lines, but what is looked at first is in the first. */
static void
prefetch_record(const struct nt_pool *p, uint32_t id)
{
	nt_prefetch_write(nt_pool_at(p, id));
}

static void
prefetch_life(const struct nt_name_cache *c, uint32_t id)
{
	const uint8_t *l = nt_pool_at(&c->lives, id);

	nt_prefetch_write(l);
}

static uint32_t
peek_record(const struct nt_slots *t, const struct nt_pool *p, uint32_t tag)
{
	const uint32_t id = peek(t, tag);

	if (id != NT_LIST_NONE)
		prefetch_record(p, id);
	return id;
}

static void
peek_addr(const struct nt_addrs *a, uint32_t tag)
{
	const uint32_t id = peek(&a->slots, tag);

	if (id != NT_LIST_NONE)
		nt_prefetch_write(nt_addrs_at(a, id));
}

static void
prefetch_text(const struct nt_names *n, uint32_t id)
{
	if (id != NT_LIST_NONE)
		nt_prefetch(nt_slab_at(&n->slab, nt_names_at(n, id)->text));
}

static void
known_ahead(const struct nt_name_cache *c, uint32_t life, unsigned int step)
{
	const struct nt_life *l = nt_life_at(c, life);
	const struct nt_bond *b = nt_bond_at(c, l->bond);

	if (step == 2) {
		prefetch_record(&c->bonds, l->bond);
		if (l->client != NT_LIST_NONE)
			nt_prefetch_write(nt_addrs_at(&c->addrs, l->client));
	} else if (step == 3) {
		nt_prefetch_write(nt_addrs_at(&c->addrs, b->addr));
		prefetch_record(&c->names.pool, b->name);
	} else {
		prefetch_text(&c->names, b->name);
	}
}

static void
new_ahead(const struct nt_name_cache *c, const struct nt_mapping_keys *k, unsigned int step)
{
	const uint32_t addr = (uint32_t)k->addr, client = (uint32_t)k->client;
	const uint32_t name = (uint32_t)k->name;

	if (step == 1) {
		nt_slots_prefetch(&c->addrs.slots, addr);
		nt_slots_prefetch(&c->addrs.slots, client);
		nt_slots_prefetch(&c->names.slots, name);
		nt_slots_prefetch(&c->by_bond, nt_bond_tag(addr, name));
		nt_slots_prefetch(&c->by_pair, nt_pair_tag(addr, client));
	} else if (step == 2) {
		peek_addr(&c->addrs, addr);
		peek_addr(&c->addrs, client);
		(void)peek_record(&c->names.slots, &c->names.pool, name);
		(void)peek_record(&c->by_bond, &c->bonds, nt_bond_tag(addr, name));
	} else if (step == 3) {
		const uint32_t a = peek(&c->addrs.slots, addr);

		prefetch_text(&c->names, peek(&c->names.slots, name));
		if (a != NT_LIST_NONE && nt_addrs_at(&c->addrs, a)->bonds != NT_LIST_NONE)
			prefetch_record(&c->bonds, nt_addrs_at(&c->addrs, a)->bonds);
	}
}

void
nt_name_cache_ahead(const struct nt_name_cache *c, const struct nt_mapping *m,
	struct nt_mapping_keys *k, unsigned int step)
{
	if (step == 0) {
		k->tag = nt_life_tag(
			(uint32_t)k->addr, (uint32_t)k->client, (uint32_t)k->name, m->source);
		nt_slots_prefetch(&c->by_life, k->tag);
		return;
	}
	if (step == 1) {
		k->life = peek(&c->by_life, k->tag);
		if (k->life != NT_LIST_NONE) {
			prefetch_life(c, k->life);
			return;
		}
	}
	if (k->life != NT_LIST_NONE)
		known_ahead(c, k->life, step);
	else
		new_ahead(c, k, step);
}

void
nt_name_cache_lookup_ahead(const struct nt_name_cache *c, uint64_t addr_key, unsigned int step)
{
	const uint32_t tag = (uint32_t)addr_key;
	const struct nt_bond *b;
	uint32_t id, bond;

	if (step == 0) {
		nt_slots_prefetch(&c->addrs.slots, tag);
		return;
	}
	id = peek(&c->addrs.slots, tag);
	if (id == NT_LIST_NONE)
		return;
	if (step == 1) {
		nt_prefetch_write(nt_addrs_at(&c->addrs, id));
		return;
	}
	bond = nt_addrs_at(&c->addrs, id)->bonds;
	if (bond == NT_LIST_NONE)
		return;
	b = nt_bond_at(c, bond);
	if (step == 2)
		prefetch_record(&c->bonds, bond);
	else if (b->lives != NT_LIST_NONE)
		prefetch_life(c, b->lives);
}
