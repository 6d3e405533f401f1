/* SPDX-License-Identifier: BSD-3-Clause */
#include "index.h"

static uint32_t
new_bond(struct nt_name_cache *c, uint32_t addr, uint32_t name)
{
	const uint32_t id = nt_pool_take(&c->bonds);

	*nt_bond_at(c, id) = (struct nt_bond){
		.addr = addr, .name = name, .lives = NT_LIST_NONE, .last_expires = INT32_MIN
	};
	nt_list_push_front(nt_in_addr(c), &nt_addrs_at(&c->addrs, addr)->bonds, id);
	nt_list_push_front(nt_in_name(c), &nt_names_at(&c->names, name)->bonds, id);
	return id;
}

static uint32_t
take_bond(struct nt_name_cache *c, const struct nt_mapping *m, const struct nt_mapping_keys *k,
	const struct nt_place *p)
{
	uint32_t addr = p->addr, id;

	if (p->bond != NT_LIST_NONE)
		return p->bond;
	if (addr == NT_LIST_NONE)
		addr = nt_addrs_add(&c->addrs, (uint32_t)k->addr, &m->addr);
	id = new_bond(c, addr, nt_names_take(&c->names, (uint32_t)k->name, m->name, m->name_len));
	nt_index_bond(c, id);
	return id;
}

static void
drop_bond(struct nt_name_cache *c, uint32_t id)
{
	const struct nt_bond b = *nt_bond_at(c, id);
	struct nt_interned_addr *a = nt_addrs_at(&c->addrs, b.addr);
	struct nt_interned_name *n = nt_names_at(&c->names, b.name);

	nt_index_forget_bond(c, id);
	nt_list_remove(nt_in_addr(c), &a->bonds, id);
	nt_list_remove(nt_in_name(c), &n->bonds, id);
	if (a->bonds == NT_LIST_NONE)
		a->indexed = a->bonds_indexed = 0;
	nt_pool_give(&c->bonds, id);
	nt_names_give(&c->names, b.name);
	nt_addrs_unname(&c->addrs, b.addr);
}

/* A life was told: its bond becomes the latest of its address's and its name's. */
static void
touch(struct nt_name_cache *c, const struct nt_life *l, struct nt_bond *b)
{
	b->last_position = l->position;
	b->last_expires = NT_MAX(b->last_expires, nt_bond_expires(nt_life_expires_ns(l)));
	nt_list_to_front(nt_in_addr(c), &nt_addrs_at(&c->addrs, b->addr)->bonds, l->bond);
	nt_list_to_front(nt_in_name(c), &nt_names_at(&c->names, b->name)->bonds, l->bond);
}

/* It may have become known by now: as the mapping's address. */
static void
take_client(struct nt_addrs *a, uint32_t tag, const struct nt_addr *addr, struct nt_client *client)
{
	if (nt_likely(client->kind != NT_CLIENT_OTHER))
		return;
	if (client->id == NT_LIST_NONE)
		client->id = nt_addrs_find(a, tag, addr);
	if (client->id == NT_LIST_NONE)
		client->id = nt_addrs_add(a, tag, addr);
	nt_addrs_hold(a, client->id);
}

uint32_t
nt_store_begin(struct nt_name_cache *c, const struct nt_mapping *m, const struct nt_mapping_keys *k,
	const struct nt_version *v, struct nt_place *p)
{
	const uint32_t bond = take_bond(c, m, k, p), id = nt_pool_take(&c->lives);
	struct nt_bond *b = nt_bond_at(c, bond);
	struct nt_interned_addr *a = nt_addrs_at(&c->addrs, b->addr);
	struct nt_life *l = nt_life_at(c, id);

	take_client(&c->addrs, (uint32_t)k->client, &m->client, &p->client);
	if (a->lives >= NT_STORE_FEW && !a->indexed)
		p->pair_at = nt_index_addr(c, a, k);
	*l = (struct nt_life){
		.position = v->position,
		.seen_ns = v->seen_ns,
		.bond = bond,
		.client = p->client.id,
		.client_kind = p->client.kind,
		.past = NT_LIST_NONE,
		.ttl_ms = v->ttl_ms,
		.index = v->index,
		.source = m->source,
	};
	a->lives++;
	if (a->indexed)
		nt_index_life(c, m, k, id, p);
	nt_list_push_front(nt_in_bond(c), &b->lives, id);
	touch(c, l, b);
	l->wheel_slot = nt_wheel_put(&c->wheel, nt_in_wheel(c), id, nt_life_deadline_ns(c, l));
	return b->addr;
}

static void
keep_first(struct nt_name_cache *c, uint32_t id, struct nt_life *l)
{
	uint32_t *group1 = &c->firsts.group1[id / NT_FIRSTS_GROUP];

	if (l->told_again)
		return;
	if (*group1 == 0)
		*group1 = ++c->firsts.groups;
	*nt_firsts_at(&c->firsts, id) = nt_life_first(c, id, l);
	l->told_again = 1;
}

void
nt_store_refresh(struct nt_name_cache *c, uint32_t life, const struct nt_version *v)
{
	struct nt_life *l = nt_life_at(c, life);
	struct nt_bond *b = nt_bond_at(c, l->bond);

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
	nt_list_to_front(nt_in_bond(c), &b->lives, life);
	touch(c, l, b);
}

/* Lives go in the order of the wheel: what the next ones will want. */
static void
next_ahead(struct nt_name_cache *c, uint32_t next)
{
	c->soon.life = NT_LIST_NONE;
	if (next == NT_LIST_NONE)
		return;
	nt_index_forget_ahead(c, next);
	next = nt_life_at(c, next)->in_wheel.next;
	if (next != NT_LIST_NONE)
		nt_prefetch_write(nt_bond_at(c, nt_life_at(c, next)->bond));
}

void
nt_store_drop(struct nt_name_cache *c, uint32_t life)
{
	const struct nt_life l = *nt_life_at(c, life);
	struct nt_bond *b = nt_bond_at(c, l.bond);
	struct nt_interned_addr *a = nt_addrs_at(&c->addrs, b->addr);

	nt_wheel_remove(&c->wheel, nt_in_wheel(c), life, l.wheel_slot);
	if (a->indexed)
		nt_index_forget_life(c, life);
	next_ahead(c, l.in_wheel.next);
	nt_list_remove(nt_in_bond(c), &b->lives, life);
	a->lives--;
	nt_pool_give(&c->lives, life);
	nt_life_at(c, life)->bond = NT_LIST_NONE; /* for who walks over the pool */
	if (b->lives == NT_LIST_NONE)
		drop_bond(c, l.bond);
	if (l.client_kind == NT_CLIENT_OTHER)
		nt_addrs_release(&c->addrs, l.client);
}

void
nt_store_reschedule(struct nt_name_cache *c, uint32_t life)
{
	struct nt_life *l = nt_life_at(c, life);

	nt_wheel_remove(&c->wheel, nt_in_wheel(c), life, l->wheel_slot);
	l->wheel_slot = nt_wheel_put(&c->wheel, nt_in_wheel(c), life, nt_life_deadline_ns(c, l));
}
