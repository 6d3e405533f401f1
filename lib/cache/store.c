/* SPDX-License-Identifier: BSD-3-Clause */
#include "store.h"

/* The three indexes share a key; the first word's top bits tell them apart (numbers are below
 * 2^30). */
static uint32_t
tag_of(const struct nt_name_cache *c, uint64_t a, uint64_t b)
{
	uint64_t words[2] = { a, b };

	return (uint32_t)nt_hash_words(&c->key, words, 2);
}

static uint32_t
life_tag(const struct nt_name_cache *c, const struct nt_told *t)
{
	return tag_of(c, t->addr | (uint64_t)t->client << 32, t->name | (uint64_t)t->source << 32);
}

static uint32_t
bond_tag(const struct nt_name_cache *c, uint32_t addr, uint32_t name)
{
	return tag_of(c, addr | (uint64_t)name << 32, UINT64_C(1) << 40);
}

static uint32_t
pair_tag(const struct nt_name_cache *c, uint32_t addr, uint32_t client)
{
	return tag_of(c, addr | (uint64_t)client << 32, UINT64_C(2) << 40);
}

uint32_t
nt_store_find(const struct nt_name_cache *c, const struct nt_told *t)
{
	uint32_t tag = life_tag(c, t), at = nt_slots_home(&c->by_life, tag), id;

	/* What a new life will want: four lines that arrive together and not one by one. */
	nt_slots_prefetch(&c->by_life, tag);
	nt_slots_prefetch(&c->by_bond, bond_tag(c, t->addr, t->name));
	nt_slots_prefetch(&c->by_pair, pair_tag(c, t->addr, t->client));
	nt_prefetch(nt_pool_at(&c->lives, nt_pool_next(&c->lives)));
	while ((id = nt_slots_match(&c->by_life, tag, &at)) != NT_LIST_NONE) {
		const struct nt_life *l = nt_life_at(c, id);
		const struct nt_bond *b = nt_bond_at(c, l->bond);

		if (l->client == t->client && l->source == t->source && b->addr == t->addr &&
			b->name == t->name)
			break;
	}
	return id;
}

static uint32_t
find_bond(const struct nt_name_cache *c, uint32_t tag, uint32_t addr, uint32_t name)
{
	uint32_t at = nt_slots_home(&c->by_bond, tag), id;

	while ((id = nt_slots_match(&c->by_bond, tag, &at)) != NT_LIST_NONE) {
		const struct nt_bond *b = nt_bond_at(c, id);

		if (b->addr == addr && b->name == name)
			break;
	}
	return id;
}

static uint32_t
find_pair(const struct nt_name_cache *c, uint32_t tag, uint32_t addr, uint32_t client)
{
	uint32_t at = nt_slots_home(&c->by_pair, tag), id;

	while ((id = nt_slots_match(&c->by_pair, tag, &at)) != NT_LIST_NONE) {
		const struct nt_life *l = nt_life_at(c, id);

		if (l->client == client && nt_bond_at(c, l->bond)->addr == addr)
			break;
	}
	return id;
}

uint32_t
nt_store_bond(const struct nt_name_cache *c, uint32_t addr, uint32_t name)
{
	return find_bond(c, bond_tag(c, addr, name), addr, name);
}

uint32_t
nt_store_pair(const struct nt_name_cache *c, uint32_t addr, uint32_t client)
{
	return find_pair(c, pair_tag(c, addr, client), addr, client);
}

/* As the last of its pair, so that the index need not change. */
static void
link_pair(struct nt_name_cache *c, uint32_t addr, uint32_t client, uint32_t life)
{
	uint32_t tag = pair_tag(c, addr, client);
	uint32_t head = find_pair(c, tag, addr, client);

	if (head == NT_LIST_NONE)
		nt_slots_insert(&c->by_pair, tag, life);
	nt_list_push_back(&c->in_pair, &head, life);
}

static void
unlink_pair(struct nt_name_cache *c, uint32_t addr, uint32_t client, uint32_t life)
{
	uint32_t tag = pair_tag(c, addr, client);
	uint32_t head = find_pair(c, tag, addr, client), old = head;

	nt_list_remove(&c->in_pair, &head, life);
	if (head == NT_LIST_NONE)
		nt_slots_remove(&c->by_pair, tag, old);
	else if (head != old)
		nt_slots_replace(&c->by_pair, tag, old, head);
}

static uint32_t
take_bond(struct nt_name_cache *c, uint32_t addr, uint32_t name)
{
	uint32_t tag = bond_tag(c, addr, name), id = find_bond(c, tag, addr, name);
	struct nt_interned_addr *a = nt_addrs_at(&c->addrs, addr);

	if (id != NT_LIST_NONE)
		return id;
	id = nt_pool_take(&c->bonds);
	*nt_bond_at(c, id) = (struct nt_bond){
		.addr = addr, .name = name, .lives = NT_LIST_NONE, .last_expires_ns = INT64_MIN
	};
	a->refs++;
	nt_names_at(&c->names, name)->refs++;
	nt_list_push_front(&c->in_addr, &a->bonds, id);
	nt_list_push_front(&c->in_name, &nt_names_at(&c->names, name)->bonds, id);
	nt_slots_insert(&c->by_bond, tag, id);
	return id;
}

static void
drop_bond(struct nt_name_cache *c, uint32_t id)
{
	struct nt_bond b = *nt_bond_at(c, id);

	nt_list_remove(&c->in_addr, &nt_addrs_at(&c->addrs, b.addr)->bonds, id);
	nt_list_remove(&c->in_name, &nt_names_at(&c->names, b.name)->bonds, id);
	nt_slots_remove(&c->by_bond, bond_tag(c, b.addr, b.name), id);
	nt_pool_give(&c->bonds, id);
	nt_names_give(&c->names, b.name);
	nt_addrs_give(&c->addrs, b.addr);
}

/* A life was told again: it and its bond become the latest of theirs. */
static void
touch(struct nt_name_cache *c, uint32_t life)
{
	const struct nt_life *l = nt_life_at(c, life);
	struct nt_bond *b = nt_bond_at(c, l->bond);

	b->last_position = l->position;
	b->last_expires_ns = NT_MAX(b->last_expires_ns, nt_life_expires_ns(l));
	nt_list_to_front(&c->in_bond, &b->lives, life);
	nt_list_to_front(&c->in_addr, &nt_addrs_at(&c->addrs, b->addr)->bonds, l->bond);
	nt_list_to_front(&c->in_name, &nt_names_at(&c->names, b->name)->bonds, l->bond);
}

void
nt_store_begin(
	struct nt_name_cache *c, const struct nt_told *t, const struct nt_version *v, uint32_t old)
{
	uint32_t bond = take_bond(c, t->addr, t->name), id = nt_pool_take(&c->lives);
	struct nt_life *l = nt_life_at(c, id);

	*l = (struct nt_life){
		.position = v->position,
		.first_position = v->position,
		.seen_ns = v->seen_ns,
		.first_seen_ns = v->seen_ns,
		.bond = bond,
		.client = t->client,
		.past = NT_LIST_NONE,
		.ttl_ms = v->ttl_ms,
		.index = v->index,
		.first_index = v->index,
		.source = t->source,
	};
	if (t->client != NT_LIST_NONE)
		nt_addrs_at(&c->addrs, t->client)->refs++;
	nt_addrs_at(&c->addrs, t->addr)->lives++;
	if (old != NT_LIST_NONE)
		nt_slots_replace(&c->by_life, life_tag(c, t), old, id);
	else
		nt_slots_insert(&c->by_life, life_tag(c, t), id);
	link_pair(c, t->addr, t->client, id);
	nt_list_push_front(&c->in_bond, &nt_bond_at(c, bond)->lives, id);
	touch(c, id);
	l->wheel_slot = nt_wheel_put(&c->wheel, &c->in_wheel, id, nt_life_deadline_ns(c, l));
}

void
nt_store_refresh(struct nt_name_cache *c, uint32_t life, const struct nt_version *v)
{
	struct nt_life *l = nt_life_at(c, life);

	/* Twice in one packet: no lookup can tell the first from the second. */
	if (l->position != v->position)
		l->past = nt_past_push(&c->past, &(struct nt_past){ .position = l->position,
							 .seen_ns = l->seen_ns,
							 .superseded_ns = v->seen_ns,
							 .ttl_ms = l->ttl_ms,
							 .life = life,
							 .older = l->past,
							 .index = l->index });
	l->position = v->position;
	l->seen_ns = v->seen_ns;
	l->ttl_ms = v->ttl_ms;
	l->index = v->index;
	touch(c, life);
}

void
nt_store_drop(struct nt_name_cache *c, uint32_t life)
{
	struct nt_life l = *nt_life_at(c, life);
	struct nt_bond *b = nt_bond_at(c, l.bond);
	struct nt_told t = { b->addr, l.client, b->name, l.source };

	nt_wheel_remove(&c->wheel, &c->in_wheel, life, l.wheel_slot);
	nt_slots_remove(&c->by_life, life_tag(c, &t), life);
	unlink_pair(c, t.addr, t.client, life);
	nt_list_remove(&c->in_bond, &b->lives, life);
	nt_addrs_at(&c->addrs, t.addr)->lives--;
	nt_pool_give(&c->lives, life);
	nt_life_at(c, life)->bond = NT_LIST_NONE; /* for who walks over the pool */
	if (b->lives == NT_LIST_NONE)
		drop_bond(c, l.bond);
	if (t.client != NT_LIST_NONE)
		nt_addrs_give(&c->addrs, t.client);
}

void
nt_store_reschedule(struct nt_name_cache *c, uint32_t life)
{
	struct nt_life *l = nt_life_at(c, life);

	nt_wheel_remove(&c->wheel, &c->in_wheel, life, l->wheel_slot);
	l->wheel_slot = nt_wheel_put(&c->wheel, &c->in_wheel, life, nt_life_deadline_ns(c, l));
}
