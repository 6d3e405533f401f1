/* SPDX-License-Identifier: BSD-3-Clause */
#include "store.h"

const char *
nt_name_text(const struct nt_name_cache *c, uint32_t id, uint16_t *ret_len)
{
	const struct nt_interned_name *n = nt_names_at(&c->names, id);

	*ret_len = n->len;
	return n->text;
}

void
nt_name_hold(struct nt_name_cache *c, uint32_t id)
{
	nt_names_at(&c->names, id)->refs++;
}

void
nt_name_release(struct nt_name_cache *c, uint32_t id)
{
	nt_names_give(&c->names, id);
}

/* Of those that nothing was ever put into, nothing was touched. */
static size_t
index_bytes(const struct nt_slots *t)
{
	return t->longest == 0 ? 0 : nt_slots_bytes(t);
}

/* Groups are found by a number for each that there are lives of. */
static size_t
firsts_bytes(const struct nt_name_cache *c)
{
	const struct nt_firsts *f = &c->firsts;

	if (f->groups == 0)
		return 0;
	return (size_t)f->groups * NT_FIRSTS_GROUP * sizeof(*f->first) +
	       (c->lives.fresh / NT_FIRSTS_GROUP + 1) * sizeof(*f->group1);
}

static uint64_t
bytes_in_use(const struct nt_name_cache *c)
{
	return sizeof(*c) + nt_addrs_bytes(&c->addrs) + nt_names_bytes(&c->names) +
	       nt_pool_bytes(&c->lives) + firsts_bytes(c) + nt_pool_bytes(&c->bonds) +
	       sizeof(struct nt_past) * c->past.touched + index_bytes(&c->by_life) +
	       index_bytes(&c->by_bond) + index_bytes(&c->by_pair);
}

static uint32_t
longest_probe(const struct nt_name_cache *c)
{
	uint32_t tables = NT_MAX(c->addrs.slots.longest, c->names.slots.longest);
	uint32_t own = NT_MAX(c->by_life.longest, NT_MAX(c->by_bond.longest, c->by_pair.longest));

	return NT_MAX(tables, own);
}

void
nt_name_cache_stats(const struct nt_name_cache *c, struct nt_name_cache_stats *ret)
{
	*ret = c->stats;
	ret->addresses = nt_addrs_used(&c->addrs);
	ret->names = c->names.used;
	ret->mappings = nt_store_versions(c);
	ret->bytes = bytes_in_use(c);
	ret->name_bytes = nt_names_bytes(&c->names);
	ret->longest_probe = longest_probe(c);
}
