/* SPDX-License-Identifier: BSD-3-Clause */
/* The indexes of pairs, bonds and lives whose addresses have more than a few. */
#include "index.h"

static uint32_t
seek_pair(const struct nt_name_cache *c, uint32_t tag)
{
	return nt_slots_seek(&c->by_pair, tag, nt_slots_home(&c->by_pair, tag));
}

/* at: seek_pair of the tag. */
static void
link_pair(struct nt_name_cache *c, uint32_t at, uint32_t tag, uint32_t life)
{
	uint32_t head = nt_slots_id(&c->by_pair, at);

	nt_list_push_front(nt_in_pair(c), &head, life);
	nt_slots_put(&c->by_pair, at, tag, life);
}

static void
unlink_pair(struct nt_name_cache *c, uint32_t tag, uint32_t life)
{
	uint32_t head = nt_store_pair(c, tag), old = head;

	nt_list_remove(nt_in_pair(c), &head, life);
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

static struct nt_life_tags
tags_of(uint32_t addr, uint32_t client, uint32_t name, uint8_t source)
{
	return (struct nt_life_tags){ .life = nt_life_tag(addr, client, name, source),
		.pair = nt_pair_tag(addr, client) };
}

static struct nt_life_tags
tags_of_life(const struct nt_name_cache *c, const struct nt_life *l)
{
	const struct nt_bond *b = nt_bond_at(c, l->bond);
	const struct nt_addr client = nt_client_addr(&c->addrs, nt_life_client(l));

	return tags_of(nt_addrs_tag_of(&c->addrs, b->addr), nt_addrs_tag(&c->addrs, &client),
		nt_names_at(&c->names, b->name)->tag, l->source);
}

/* The one that began last of those of one mapping is its present life. */
static bool
is_present(const struct nt_name_cache *c, uint32_t head, uint32_t life)
{
	const struct nt_life *l = nt_life_at(c, life);

	for (uint32_t id = head; id != life; id = nt_list_next(nt_in_pair(c), id)) {
		const struct nt_life *other = nt_life_at(c, id);

		if (other->bond == l->bond && nt_life_is_to(other, nt_life_client(l)) &&
			other->source == l->source)
			return false;
	}
	return true;
}

static void
add_life(struct nt_name_cache *c, uint32_t tag, uint32_t life)
{
	nt_slots_insert(&c->by_life, tag, life);
	nt_life_at(c, life)->by_life = 1;
}

static void
take_life(struct nt_name_cache *c, uint32_t tag, uint32_t life)
{
	if (!nt_life_at(c, life)->by_life)
		return;
	nt_slots_remove(&c->by_life, tag, life);
	nt_life_at(c, life)->by_life = 0;
}

/* Up to one more than a few. */
static unsigned int
pair_length(const struct nt_name_cache *c, uint32_t head)
{
	unsigned int n = 0;

	for (uint32_t id = head; id != NT_LIST_NONE && n <= NT_STORE_PAIR_FEW;
		id = nt_list_next(nt_in_pair(c), id))
		n++;
	return n;
}

/* From now on it is more than a few. */
static void
index_pair(struct nt_name_cache *c, uint32_t head)
{
	for (uint32_t id = head; id != NT_LIST_NONE; id = nt_list_next(nt_in_pair(c), id))
		if (!nt_life_at(c, id)->by_life && is_present(c, head, id))
			add_life(c, tags_of_life(c, nt_life_at(c, id)).life, id);
}

static void
add_bond(struct nt_name_cache *c, uint32_t bond)
{
	nt_slots_insert(&c->by_bond, bond_tag(c, nt_bond_at(c, bond)), bond);
}

/* Of an address that has one more than a few. */
static void
index_bonds(struct nt_name_cache *c, struct nt_interned_addr *a)
{
	for (uint32_t id = a->bonds; id != NT_LIST_NONE; id = nt_list_next(nt_in_addr(c), id))
		nt_slots_prefetch(&c->by_bond, bond_tag(c, nt_bond_at(c, id)));
	for (uint32_t id = a->bonds; id != NT_LIST_NONE; id = nt_list_next(nt_in_addr(c), id))
		add_bond(c, id);
	a->bonds_indexed = 1;
}

static bool
has_few_bonds(const struct nt_name_cache *c, const struct nt_interned_addr *a)
{
	unsigned int n = 0;

	for (uint32_t id = a->bonds; id != NT_LIST_NONE && n <= NT_STORE_FEW;
		id = nt_list_next(nt_in_addr(c), id))
		n++;
	return n <= NT_STORE_FEW;
}

void
nt_index_bond(struct nt_name_cache *c, uint32_t bond)
{
	struct nt_interned_addr *a = nt_addrs_at(&c->addrs, nt_bond_at(c, bond)->addr);

	if (a->bonds_indexed)
		add_bond(c, bond);
	else if (!has_few_bonds(c, a))
		index_bonds(c, a);
}

void
nt_index_forget_bond(struct nt_name_cache *c, uint32_t bond)
{
	const struct nt_bond *b = nt_bond_at(c, bond);

	if (nt_addrs_at(&c->addrs, b->addr)->bonds_indexed)
		nt_slots_remove(&c->by_bond, bond_tag(c, b), bond);
}

/* The lives of an address, on their way into the indexes. */
struct entries {
	unsigned int lives;
	struct {
		uint32_t id, tag;
	} life[NT_STORE_FEW];
};

/* The slots are asked for all at once. */
static void
collect(struct nt_name_cache *c, const struct nt_interned_addr *a, struct entries *e)
{
	e->lives = 0;
	for (uint32_t bond = a->bonds; bond != NT_LIST_NONE;
		bond = nt_list_next(nt_in_addr(c), bond)) {
		for (uint32_t id = nt_bond_at(c, bond)->lives; id != NT_LIST_NONE;
			id = nt_list_next(nt_in_bond(c), id)) {
			const uint32_t pair = tags_of_life(c, nt_life_at(c, id)).pair;

			nt_slots_prefetch(&c->by_pair, pair);
			e->life[e->lives].id = id;
			e->life[e->lives++].tag = pair;
		}
	}
}

/* Of each bond those that began last come to the front. */
uint32_t
nt_index_addr(struct nt_name_cache *c, struct nt_interned_addr *a, const struct nt_mapping_keys *k)
{
	struct entries e;

	collect(c, a, &e);
	for (unsigned int i = e.lives; i-- > 0;)
		link_pair(c, seek_pair(c, e.life[i].tag), e.life[i].tag, e.life[i].id);
	a->indexed = 1;
	return seek_pair(c, k->pair);
}

void
nt_index_life(struct nt_name_cache *c, const struct nt_mapping *m, const struct nt_mapping_keys *k,
	uint32_t life, const struct nt_place *p)
{
	const uint32_t head = nt_slots_id(&c->by_pair, p->pair_at);
	const unsigned int length = pair_length(c, head);

	if (nt_unlikely(length >= NT_STORE_PAIR_FEW || p->life != NT_LIST_NONE)) {
		const uint32_t tag = nt_life_tag(
			(uint32_t)k->addr, (uint32_t)k->client, (uint32_t)k->name, m->source);

		if (length == NT_STORE_PAIR_FEW)
			index_pair(c, head);
		if (p->life != NT_LIST_NONE)
			take_life(c, tag, p->life);
		if (length >= NT_STORE_PAIR_FEW)
			add_life(c, tag, life);
	}
	link_pair(c, p->pair_at, k->pair, life);
}

void
nt_index_forget_life(struct nt_name_cache *c, uint32_t life)
{
	const struct nt_life_tags tags =
		c->soon.life == life ? c->soon.tags : tags_of_life(c, nt_life_at(c, life));

	take_life(c, tags.life, life);
	unlink_pair(c, tags.pair, life);
}

void
nt_index_forget_ahead(struct nt_name_cache *c, uint32_t life)
{
	const struct nt_life *l = nt_life_at(c, life);

	if (!nt_addrs_at(&c->addrs, nt_bond_at(c, l->bond)->addr)->indexed)
		return;
	c->soon.life = life;
	c->soon.tags = tags_of_life(c, l);
	nt_slots_prefetch(&c->by_pair, c->soon.tags.pair);
}
