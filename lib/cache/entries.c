/* SPDX-License-Identifier: BSD-3-Clause */
#include "nt_name_entries.h"

#include "store.h"

/* One call's way through the lists. */
struct tour {
	const struct nt_name_cache *c;
	struct nt_name_entries *ret;
	uint32_t skip; /* entries still to be left out */
	uint32_t steps; /* left */
};

static uint32_t
count_superseded(struct tour *t, uint32_t id, const struct nt_life *l)
{
	const struct nt_past_ring *ring = &t->c->past;
	const struct nt_past *p = nt_past_follow(ring, l->past, id, l->position);
	uint32_t n = 0;

	for (; p != NULL && t->steps > 0; t->steps--) {
		n++;
		p = nt_past_follow(ring, p->older, id, p->position);
	}
	return n;
}

static void
copy_name(const struct nt_name_cache *c, uint32_t name, struct nt_name_entry *ret)
{
	const char *text = nt_name_text(c, name, &ret->name_len);

	memcpy(ret->name, text, ret->name_len);
	ret->name[ret->name_len] = '\0';
}

static void
fill(struct tour *t, uint32_t id, struct nt_name_entry *ret)
{
	const struct nt_name_cache *c = t->c;
	const struct nt_life *l = nt_life_at(c, id);
	const struct nt_bond *b = nt_bond_at(c, l->bond);
	const struct nt_life_first first = nt_life_first(c, id, l);

	*ret = (struct nt_name_entry){
		.addr = nt_addrs_get(&c->addrs, b->addr),
		.first_position = first.position,
		.position = l->position,
		.first_seen_ns = first.seen_ns,
		.seen_ns = l->seen_ns,
		.expires_ns = nt_life_expires_ns(l),
		.superseded = count_superseded(t, id, l),
		.index = l->index,
		.source = l->source,
	};
	ret->client = nt_client_addr(&c->addrs, nt_life_client(l));
	copy_name(c, b->name, ret);
}

/* False: there is no room for this one, or nothing more may be looked at. */
static bool
take(struct tour *t, uint32_t id)
{
	struct nt_name_entries *r = t->ret;

	if (t->steps == 0) {
		r->cut = true;
		return false;
	}
	t->steps--;
	if (t->skip > 0) {
		t->skip--;
		return true;
	}
	if (r->count == r->room) {
		r->more = true;
		return false;
	}
	fill(t, id, &r->entry[r->count++]);
	return true;
}

static bool
take_bond(struct tour *t, const struct nt_bond *b)
{
	for (uint32_t id = b->lives; id != NT_LIST_NONE; id = nt_list_next(nt_in_bond(t->c), id))
		if (!take(t, id))
			return false;
	return true;
}

static struct tour
begin(const struct nt_name_cache *c, uint32_t skip, struct nt_name_entries *ret)
{
	ret->count = 0;
	ret->more = false;
	ret->cut = false;
	return (struct tour){ .c = c, .ret = ret, .skip = skip, .steps = NT_NAME_ENTRIES_STEPS };
}

static void
take_bonds(struct tour *t, struct nt_list_view v, uint32_t head)
{
	for (uint32_t id = head; id != NT_LIST_NONE; id = nt_list_next(v, id))
		if (!take_bond(t, nt_bond_at(t->c, id)))
			break;
}

void
nt_name_entries_of_addr(const struct nt_name_cache *c, const struct nt_addr *addr, uint32_t skip,
	struct nt_name_entries *ret)
{
	struct tour t = begin(c, skip, ret);
	uint32_t id = nt_addrs_find(&c->addrs, nt_addrs_tag(&c->addrs, addr), addr);

	if (id != NT_LIST_NONE)
		take_bonds(&t, nt_in_addr(c), nt_addrs_at(&c->addrs, id)->bonds);
}

void
nt_name_entries_of_name(const struct nt_name_cache *c, const char *name, uint16_t len,
	uint32_t skip, struct nt_name_entries *ret)
{
	struct tour t = begin(c, skip, ret);
	uint32_t id = NT_LIST_NONE;

	if (len > 0 && len <= NT_MAPPING_NAME_MAX)
		id = nt_names_find(&c->names, nt_names_tag(&c->names, name, len), name, len);
	if (id != NT_LIST_NONE)
		take_bonds(&t, nt_in_name(c), nt_names_at(&c->names, id)->bonds);
}

/* A free life's bond is none: nt_store_drop. */
static bool
is_free(const struct nt_name_cache *c, uint32_t id)
{
	return nt_life_at(c, id)->bond == NT_LIST_NONE;
}

void
nt_name_entries_walk(const struct nt_name_cache *c, uint32_t *cursor, struct nt_name_entries *ret)
{
	const uint32_t end = c->lives.fresh;
	struct tour t = begin(c, 0, ret);
	uint32_t id = *cursor;

	for (; id < end && t.steps > 0 && ret->count < ret->room; id++) {
		t.steps--;
		if (!is_free(c, id))
			fill(&t, id, &ret->entry[ret->count++]);
	}
	ret->more = id < end;
	*cursor = ret->more ? id : NT_NAME_NONE;
}
