/* SPDX-License-Identifier: BSD-3-Clause */
/* The indexes of lives and bonds whose addresses have more than a few. */
#include "index.h"

static void
link_pair(struct nt_name_cache *c, uint32_t tag, uint32_t life)
{
	uint32_t head = nt_store_pair(c, tag), old = head;

	nt_list_push_front(&c->in_pair, &head, life);
	if (old == NT_LIST_NONE)
		nt_slots_insert(&c->by_pair, tag, life);
	else
		nt_slots_replace(&c->by_pair, tag, old, life);
}

static void
unlink_pair(struct nt_name_cache *c, uint32_t tag, uint32_t life)
{
	uint32_t head = nt_store_pair(c, tag), old = head;

	nt_list_remove(&c->in_pair, &head, life);
	if (head == NT_LIST_NONE)
		nt_slots_remove(&c->by_pair, tag, old);
	else if (head != old)
		nt_slots_replace(&c->by_pair, tag, old, head);
}

static uint32_t
bond_tag(const struct nt_name_cache *c, const struct nt_bond *b)
{
	return nt_bond_tag(
		nt_addrs_tag_of(&c->addrs, b->addr), nt_names_at(&c->names, b->name)->tag);
}

/* What is hashed of a life whose address is indexed. */
struct tags {
	uint32_t life, pair;
};

static struct tags
tags_of(uint32_t addr, uint32_t client, uint32_t name, uint8_t source)
{
	return (struct tags){ .life = nt_life_tag(addr, client, name, source),
		.pair = nt_pair_tag(addr, client) };
}

static struct tags
tags_of_life(const struct nt_name_cache *c, const struct nt_life *l)
{
	const struct nt_bond *b = nt_bond_at(c, l->bond);
	const struct nt_addr client = nt_client_addr(&c->addrs, nt_life_client(l));

	return tags_of(nt_addrs_tag_of(&c->addrs, b->addr), nt_addrs_tag(&c->addrs, &client),
		nt_names_at(&c->names, b->name)->tag, l->source);
}

/* The one that was told last of those of one mapping is its present life. */
static bool
is_present(const struct nt_name_cache *c, const struct nt_bond *b, uint32_t life)
{
	const struct nt_life *l = nt_life_at(c, life);

	for (uint32_t id = b->lives; id != life; id = nt_list_next(&c->in_bond, id)) {
		const struct nt_life *other = nt_life_at(c, id);

		if (nt_life_is_to(other, nt_life_client(l)) && other->source == l->source)
			return false;
	}
	return true;
}

void
nt_index_bond(struct nt_name_cache *c, uint32_t bond)
{
	nt_slots_insert(&c->by_bond, bond_tag(c, nt_bond_at(c, bond)), bond);
}

void
nt_index_forget_bond(struct nt_name_cache *c, uint32_t bond)
{
	nt_slots_remove(&c->by_bond, bond_tag(c, nt_bond_at(c, bond)), bond);
}

static void
index_lives(struct nt_name_cache *c, const struct nt_bond *b)
{
	for (uint32_t id = b->lives; id != NT_LIST_NONE; id = nt_list_next(&c->in_bond, id)) {
		const struct tags tags = tags_of_life(c, nt_life_at(c, id));

		if (is_present(c, b, id))
			nt_slots_insert(&c->by_life, tags.life, id);
		link_pair(c, tags.pair, id);
	}
}

void
nt_index_addr(struct nt_name_cache *c, struct nt_interned_addr *a)
{
	for (uint32_t id = a->bonds; id != NT_LIST_NONE; id = nt_list_next(&c->in_addr, id)) {
		nt_index_bond(c, id);
		index_lives(c, nt_bond_at(c, id));
	}
	a->indexed = 1;
}

void
nt_index_life(struct nt_name_cache *c, const struct nt_mapping *m, const struct nt_mapping_keys *k,
	uint32_t life, uint32_t old)
{
	const struct tags tags =
		tags_of((uint32_t)k->addr, (uint32_t)k->client, (uint32_t)k->name, m->source);

	if (old != NT_LIST_NONE)
		nt_slots_replace(&c->by_life, tags.life, old, life);
	else
		nt_slots_insert(&c->by_life, tags.life, life);
	link_pair(c, tags.pair, life);
}

void
nt_index_forget_life(struct nt_name_cache *c, uint32_t life)
{
	const struct tags tags = tags_of_life(c, nt_life_at(c, life));

	nt_slots_remove(&c->by_life, tags.life, life);
	unlink_pair(c, tags.pair, life);
}
