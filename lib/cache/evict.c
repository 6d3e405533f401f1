/* SPDX-License-Identifier: BSD-3-Clause */
#include "evict.h"

/*
 * Addresses and names are shared: the mapping that expires first need not be the last one of its
 * address. So many are given up at once to get one free; where that does not do, the mapping that
 * wanted it is refused, and the next one goes on.
 */
#define EVICT_STEPS 64

/*
 * The life to be forgotten first, to within a slot of the wheel. What has been refreshed since it
 * was put is put again on the way: once per refresh at most, so that is paid for by adding.
 */
static uint32_t
earliest_life(struct nt_name_cache *c)
{
	uint32_t id = NT_LIST_NONE;

	for (unsigned int i = 0; i < EVICT_STEPS; i++) {
		struct nt_life *l;
		uint16_t slot;
		int64_t tick;

		id = nt_wheel_earliest(&c->wheel, &tick);
		if (id == NT_LIST_NONE)
			break;
		l = nt_life_at(c, id);
		slot = l->wheel_slot;
		if (nt_wheel_tick(nt_life_deadline_ns(c, l)) <= tick)
			break;
		nt_store_reschedule(c, id);
		if (l->wheel_slot == slot)
			break;
	}
	return id;
}

static void
note_loss(struct nt_name_cache *c, int64_t until_ns)
{
	c->lost_until_ns = NT_MAX(c->lost_until_ns, until_ns);
}

static void
give_up(struct nt_name_cache *c, uint32_t life)
{
	note_loss(c, nt_life_expires_ns(nt_life_at(c, life)) + c->cfg.stale_for_ns);
	nt_store_drop(c, life);
}

static bool
evict_life(struct nt_name_cache *c, uint64_t *counter)
{
	uint32_t id = earliest_life(c);

	if (id == NT_LIST_NONE)
		return false;
	give_up(c, id);
	++*counter;
	return true;
}

/* One version, be it superseded or the last of its life. */
static void
evict_version(struct nt_name_cache *c)
{
	const struct nt_past *p = nt_past_oldest(&c->past);
	uint32_t id = earliest_life(c);

	if (p != NULL &&
		(id == NT_LIST_NONE || p->superseded_ns + c->cfg.pin_after_ns <=
					       nt_life_deadline_ns(c, nt_life_at(c, id)))) {
		note_loss(c, p->superseded_ns + 1);
		nt_past_pop(&c->past);
	} else if (id != NT_LIST_NONE) {
		give_up(c, id);
	}
	c->stats.evicted_mappings++;
}

static bool
has_addresses(const struct nt_name_cache *c)
{
	return nt_addrs_used(&c->addrs) + 2 <= c->addrs.max;
}

static bool
has_room(const struct nt_name_cache *c, uint16_t name_len)
{
	return has_addresses(c) && nt_names_has_room(&c->names, name_len);
}

bool
nt_evict_make_room(struct nt_name_cache *c, uint16_t name_len)
{
	struct nt_name_cache_stats *s = &c->stats;
	unsigned int i;

	if (has_room(c, name_len)) { /* a fault on purpose said that there was none */
		evict_life(c, &s->evicted_names);
		return false;
	}
	for (i = 0; i < EVICT_STEPS && !has_addresses(c); i++)
		evict_life(c, &s->evicted_addresses);
	for (i = 0; i < EVICT_STEPS && !nt_names_has_room(&c->names, name_len); i++)
		evict_life(c, &s->evicted_names);
	return has_room(c, name_len);
}

/* The life told longest ago of the bond told of longest ago. */
static void
evict_of_address(struct nt_name_cache *c, struct nt_interned_addr *a)
{
	uint32_t bond = nt_list_at(nt_in_addr(c), a->bonds)->prev;

	a->trimmed = true;
	nt_store_drop(c, nt_list_at(nt_in_bond(c), nt_bond_at(c, bond)->lives)->prev);
	c->stats.evicted_per_address++;
}

void
nt_evict_to_caps(struct nt_name_cache *c, uint32_t addr)
{
	const struct nt_name_cache_config *cfg = &c->cfg;
	struct nt_interned_addr *a = nt_addrs_at(&c->addrs, addr);
	unsigned int i;

	/* Two for one that came: so that a cap that was lowered is come to. */
	for (i = 0; i < 2 && a->lives > cfg->max_mappings_per_address; i++)
		evict_of_address(c, a);
	if (nt_store_versions(c) > cfg->max_mappings)
		evict_version(c);
	for (i = 0; i < EVICT_STEPS && nt_addrs_used(&c->addrs) > cfg->max_addresses; i++)
		evict_life(c, &c->stats.evicted_addresses);
	for (i = 0; i < EVICT_STEPS && c->names.used > cfg->max_names; i++)
		evict_life(c, &c->stats.evicted_names);
}

/* A cap in effect is on its way to the one wanted: down as room is given up, up at once. */
static uint32_t
cap_now(uint32_t now, uint32_t wanted, uint32_t used)
{
	return NT_MAX(wanted, NT_MIN(now, used));
}

static void
lower_caps(struct nt_name_cache *c)
{
	struct nt_name_cache_config *cfg = &c->cfg;
	const struct nt_name_cache_caps *want = &c->caps;

	cfg->max_mappings = cap_now(cfg->max_mappings, want->max_mappings, nt_store_versions(c));
	cfg->max_addresses =
		cap_now(cfg->max_addresses, want->max_addresses, nt_addrs_used(&c->addrs));
	cfg->max_names = cap_now(cfg->max_names, want->max_names, c->names.used);
}

void
nt_name_cache_set_caps(struct nt_name_cache *c, const struct nt_name_cache_caps *caps)
{
	const struct nt_name_cache_config *made = &c->made;

	c->caps = (struct nt_name_cache_caps){
		.max_mappings = NT_MIN(caps->max_mappings, made->max_mappings),
		.max_addresses = NT_MIN(caps->max_addresses, made->max_addresses),
		.max_names = NT_MIN(caps->max_names, made->max_names),
		.max_mappings_per_address =
			NT_MIN(caps->max_mappings_per_address, made->max_mappings_per_address),
	};
	c->cfg.max_mappings_per_address = c->caps.max_mappings_per_address;
	lower_caps(c);
}

/* One mapping beyond a cap; false: none is, or names are held by connections only. */
static bool
shrink_by_one(struct nt_name_cache *c)
{
	const struct nt_name_cache_caps *want = &c->caps;

	if (nt_addrs_used(&c->addrs) > want->max_addresses)
		return evict_life(c, &c->stats.evicted_addresses);
	if (c->names.used > want->max_names)
		return evict_life(c, &c->stats.evicted_names);
	if (nt_store_versions(c) <= want->max_mappings)
		return false;
	evict_version(c);
	return true;
}

bool
nt_name_cache_shrink(struct nt_name_cache *c, unsigned int max)
{
	bool more = true;

	while (max-- > 0 && more)
		more = shrink_by_one(c);
	lower_caps(c);
	return more;
}
