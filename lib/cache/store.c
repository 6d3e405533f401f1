/* SPDX-License-Identifier: BSD-3-Clause */
#include "store.h"

static bool
is_life_of(const struct nt_name_cache *c, const struct nt_life *l, const struct nt_mapping *m)
{
	const struct nt_bond *b = nt_bond_at(c, l->bond);

	if (l->source != m->source ||
		(l->client == NT_LIST_NONE) != (m->client.family == NT_FAMILY_NONE))
		return false;
	return nt_addrs_is(&c->addrs, b->addr, &m->addr) &&
	       (l->client == NT_LIST_NONE || nt_addrs_is(&c->addrs, l->client, &m->client)) &&
	       nt_names_is(&c->names, b->name, m->name, m->name_len);
}

uint32_t
nt_store_find(const struct nt_name_cache *c, const struct nt_mapping *m, uint32_t tag)
{
	uint32_t at = nt_slots_home(&c->by_life, tag), id;

	while ((id = nt_slots_match(&c->by_life, tag, &at)) != NT_LIST_NONE)
		if (is_life_of(c, nt_life_at(c, id), m))
			break;
	return id;
}

uint32_t
nt_store_bond(const struct nt_name_cache *c, uint32_t tag, uint32_t addr, uint32_t name)
{
	uint32_t at = nt_slots_home(&c->by_bond, tag), id;

	while ((id = nt_slots_match(&c->by_bond, tag, &at)) != NT_LIST_NONE) {
		const struct nt_bond *b = nt_bond_at(c, id);

		if (b->addr == addr && b->name == name)
			break;
	}
	return id;
}

uint32_t
nt_store_pair(const struct nt_name_cache *c, uint32_t tag, uint32_t addr, uint32_t client)
{
	uint32_t at = nt_slots_home(&c->by_pair, tag), id;

	while ((id = nt_slots_match(&c->by_pair, tag, &at)) != NT_LIST_NONE) {
		const struct nt_life *l = nt_life_at(c, id);

		if (l->client == client && nt_bond_at(c, l->bond)->addr == addr)
			break;
	}
	return id;
}

/* As the last of its pair, so that the index need not change. */
static void
link_pair(struct nt_name_cache *c, const struct nt_told *t, uint32_t life)
{
	uint32_t tag = nt_pair_tag(t->addr_tag, t->client_tag);
	uint32_t head = nt_store_pair(c, tag, t->addr, t->client);

	if (head == NT_LIST_NONE)
		nt_slots_insert(&c->by_pair, tag, life);
	nt_list_push_back(&c->in_pair, &head, life);
}

static void
unlink_pair(struct nt_name_cache *c, const struct nt_told *t, uint32_t life)
{
	uint32_t tag = nt_pair_tag(t->addr_tag, t->client_tag);
	uint32_t head = nt_store_pair(c, tag, t->addr, t->client), old = head;

	nt_list_remove(&c->in_pair, &head, life);
	if (head == NT_LIST_NONE)
		nt_slots_remove(&c->by_pair, tag, old);
	else if (head != old)
		nt_slots_replace(&c->by_pair, tag, old, head);
}

static uint32_t
take_bond(struct nt_name_cache *c, const struct nt_told *t)
{
	uint32_t tag = nt_bond_tag(t->addr_tag, t->name_tag);
	uint32_t id = nt_store_bond(c, tag, t->addr, t->name);
	struct nt_interned_addr *a = nt_addrs_at(&c->addrs, t->addr);
	struct nt_interned_name *n = nt_names_at(&c->names, t->name);

	if (id != NT_LIST_NONE)
		return id;
	id = nt_pool_take(&c->bonds);
	*nt_bond_at(c, id) = (struct nt_bond){
		.addr = t->addr, .name = t->name, .lives = NT_LIST_NONE, .last_expires = INT32_MIN
	};
	a->refs++;
	n->refs++;
	nt_list_push_front(&c->in_addr, &a->bonds, id);
	nt_list_push_front(&c->in_name, &n->bonds, id);
	nt_slots_insert(&c->by_bond, tag, id);
	return id;
}

static void
drop_bond(struct nt_name_cache *c, const struct nt_told *t, uint32_t id)
{
	nt_list_remove(&c->in_addr, &nt_addrs_at(&c->addrs, t->addr)->bonds, id);
	nt_list_remove(&c->in_name, &nt_names_at(&c->names, t->name)->bonds, id);
	nt_slots_remove(&c->by_bond, nt_bond_tag(t->addr_tag, t->name_tag), id);
	nt_pool_give(&c->bonds, id);
	nt_names_give(&c->names, t->name);
	nt_addrs_give(&c->addrs, t->addr);
}

/* A life was told again: it and its bond become the latest of theirs. */
static void
touch(struct nt_name_cache *c, uint32_t life)
{
	const struct nt_life *l = nt_life_at(c, life);
	struct nt_bond *b = nt_bond_at(c, l->bond);

	b->last_position = l->position;
	b->last_expires = NT_MAX(b->last_expires, nt_bond_expires(nt_life_expires_ns(l)));
	nt_list_to_front(&c->in_bond, &b->lives, life);
	nt_list_to_front(&c->in_addr, &nt_addrs_at(&c->addrs, b->addr)->bonds, l->bond);
	nt_list_to_front(&c->in_name, &nt_names_at(&c->names, b->name)->bonds, l->bond);
}

static uint32_t
life_tag(const struct nt_told *t)
{
	return nt_life_tag(t->addr_tag, t->client_tag, t->name_tag, t->source);
}

void
nt_store_begin(
	struct nt_name_cache *c, const struct nt_told *t, const struct nt_version *v, uint32_t old)
{
	uint32_t bond = take_bond(c, t), id = nt_pool_take(&c->lives);
	struct nt_life *l = nt_life_at(c, id);

	*l = (struct nt_life){
		.position = v->position,
		.seen_ns = v->seen_ns,
		.bond = bond,
		.client = t->client,
		.past = NT_LIST_NONE,
		.ttl_ms = v->ttl_ms,
		.index = v->index,
		.source = t->source,
	};
	if (t->client != NT_LIST_NONE)
		nt_addrs_at(&c->addrs, t->client)->refs++;
	nt_addrs_at(&c->addrs, t->addr)->lives++;
	if (old != NT_LIST_NONE)
		nt_slots_replace(&c->by_life, life_tag(t), old, id);
	else
		nt_slots_insert(&c->by_life, life_tag(t), id);
	link_pair(c, t, id);
	nt_list_push_front(&c->in_bond, &nt_bond_at(c, bond)->lives, id);
	touch(c, id);
	l->wheel_slot = nt_wheel_put(&c->wheel, &c->in_wheel, id, nt_life_deadline_ns(c, l));
}

static void
keep_first(struct nt_name_cache *c, uint32_t id, struct nt_life *l)
{
	if (l->told_again)
		return;
	c->firsts[id] = nt_life_first(c, id, l);
	c->firsts_touched = NT_MAX(c->firsts_touched, id + 1);
	l->told_again = 1;
}

void
nt_store_refresh(struct nt_name_cache *c, uint32_t life, const struct nt_version *v)
{
	struct nt_life *l = nt_life_at(c, life);

	keep_first(c, life, l);
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

static struct nt_told
told_of(const struct nt_name_cache *c, const struct nt_life *l, const struct nt_bond *b)
{
	const struct nt_addrs *a = &c->addrs;

	return (struct nt_told){
		.addr = b->addr,
		.client = l->client,
		.name = b->name,
		.addr_tag = nt_addrs_tag_of(a, b->addr),
		.client_tag = l->client != NT_LIST_NONE ? nt_addrs_tag_of(a, l->client) : 0,
		.name_tag = nt_names_at(&c->names, b->name)->tag,
		.source = l->source,
	};
}

void
nt_store_drop(struct nt_name_cache *c, uint32_t life)
{
	struct nt_life l = *nt_life_at(c, life);
	struct nt_bond *b = nt_bond_at(c, l.bond);
	const struct nt_told t = told_of(c, &l, b);

	nt_wheel_remove(&c->wheel, &c->in_wheel, life, l.wheel_slot);
	nt_slots_remove(&c->by_life, life_tag(&t), life);
	unlink_pair(c, &t, life);
	nt_list_remove(&c->in_bond, &b->lives, life);
	nt_addrs_at(&c->addrs, t.addr)->lives--;
	nt_pool_give(&c->lives, life);
	nt_life_at(c, life)->bond = NT_LIST_NONE; /* for who walks over the pool */
	if (b->lives == NT_LIST_NONE)
		drop_bond(c, &t, l.bond);
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
