/* SPDX-License-Identifier: BSD-3-Clause */
#include "addrs.h"

size_t
nt_addrs_needs(uint32_t max)
{
	return nt_pool_needs(sizeof(struct nt_interned_addr), max) + nt_slots_needs(max);
}

int
nt_addrs_init(struct nt_addrs *a, const struct nt_hash_key *key, uint32_t max)
{
	int rc = nt_pool_init(&a->pool, sizeof(struct nt_interned_addr), max);

	a->key = *key;
	if (rc == 0)
		rc = nt_slots_init(&a->slots, max);
	return rc;
}

void
nt_addrs_fini(struct nt_addrs *a)
{
	nt_pool_fini(&a->pool);
	nt_slots_fini(&a->slots);
}

uint32_t
nt_addrs_tag(const struct nt_addrs *a, const struct nt_addr *addr)
{
	return (uint32_t)nt_addr_key(&a->key, addr);
}

uint32_t
nt_addrs_find(const struct nt_addrs *a, uint32_t tag, const struct nt_addr *addr)
{
	uint32_t at = nt_slots_home(&a->slots, tag), id;

	if (addr->family == NT_FAMILY_NONE)
		return NT_LIST_NONE;
	while ((id = nt_slots_match(&a->slots, tag, &at)) != NT_LIST_NONE) {
		if (nt_addr_equal(&nt_addrs_at(a, id)->addr, addr))
			break;
	}
	return id;
}

uint32_t
nt_addrs_take(struct nt_addrs *a, uint32_t tag, const struct nt_addr *addr)
{
	uint32_t id = nt_addrs_find(a, tag, addr);

	if (id == NT_LIST_NONE) {
		id = nt_pool_take(&a->pool);
		if (id == NT_LIST_NONE)
			return NT_LIST_NONE;
		*nt_addrs_at(a, id) =
			(struct nt_interned_addr){ .addr = *addr, .bonds = NT_LIST_NONE };
		nt_slots_insert(&a->slots, tag, id);
	}
	nt_addrs_at(a, id)->refs++;
	return id;
}

void
nt_addrs_give(struct nt_addrs *a, uint32_t id)
{
	struct nt_interned_addr *e = nt_addrs_at(a, id);

	if (--e->refs > 0)
		return;
	nt_slots_remove(&a->slots, nt_addrs_tag(a, &e->addr), id);
	nt_pool_give(&a->pool, id);
}

size_t
nt_addrs_bytes(const struct nt_addrs *a)
{
	return nt_pool_bytes(&a->pool) + nt_slots_bytes(&a->slots);
}
