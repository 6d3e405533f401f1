/* SPDX-License-Identifier: BSD-3-Clause */
#include "addrs.h"

size_t
nt_addrs_needs(uint32_t max)
{
	return nt_pool_needs(NT_ADDRS_IPV4_BYTES, max) + nt_pool_needs(NT_ADDRS_LONG_BYTES, max) +
	       nt_slots_needs(max);
}

int
nt_addrs_init(struct nt_addrs *a, const struct nt_hash_key *key, uint32_t max)
{
	int rc = nt_pool_init(&a->ipv4, NT_ADDRS_IPV4_BYTES, max);

	a->key = *key;
	a->max = max;
	if (rc == 0)
		rc = nt_pool_init(&a->others, NT_ADDRS_LONG_BYTES, max);
	if (rc == 0)
		rc = nt_slots_init(&a->slots, max);
	return rc;
}

void
nt_addrs_fini(struct nt_addrs *a)
{
	nt_pool_fini(&a->ipv4);
	nt_pool_fini(&a->others);
	nt_slots_fini(&a->slots);
}

uint32_t
nt_addrs_tag(const struct nt_addrs *a, const struct nt_addr *addr)
{
	return (uint32_t)nt_addr_key(&a->key, addr);
}

struct nt_addr
nt_addrs_get(const struct nt_addrs *a, uint32_t id)
{
	const struct nt_interned_addr *e = nt_addrs_at(a, id);
	struct nt_addr ret;

	if (!(id & NT_ADDRS_LONG))
		return nt_addr_v4(e->bytes);
	memcpy(&ret, e->bytes, sizeof(ret));
	return ret;
}

uint32_t
nt_addrs_tag_of(const struct nt_addrs *a, uint32_t id)
{
	const struct nt_addr addr = nt_addrs_get(a, id);

	return nt_addrs_tag(a, &addr);
}

uint32_t
nt_addrs_find(const struct nt_addrs *a, uint32_t tag, const struct nt_addr *addr)
{
	uint32_t at = nt_slots_home(&a->slots, tag), id;

	if (addr->family == NT_FAMILY_NONE)
		return NT_LIST_NONE;
	while ((id = nt_slots_match(&a->slots, tag, &at)) != NT_LIST_NONE) {
		if (nt_addrs_is(a, id, addr))
			break;
	}
	return id;
}

static struct nt_long_addr *
long_addr(const struct nt_addrs *a, uint32_t id)
{
	return (void *)nt_addrs_at(a, id)->bytes;
}

uint32_t
nt_addrs_add(struct nt_addrs *a, uint32_t tag, const struct nt_addr *addr)
{
	const bool ipv4 = addr->family == NT_FAMILY_IPV4;
	uint32_t id = NT_LIST_NONE;
	struct nt_interned_addr *e;

	if (nt_addrs_used(a) < a->max)
		id = nt_pool_take(ipv4 ? &a->ipv4 : &a->others);
	if (id == NT_LIST_NONE)
		return NT_LIST_NONE;
	id |= ipv4 ? 0 : NT_ADDRS_LONG;
	e = nt_addrs_at(a, id);
	*e = (struct nt_interned_addr){ .bonds = NT_LIST_NONE };
	if (ipv4)
		memcpy(e->bytes, addr->bytes, 4);
	else
		*long_addr(a, id) = (struct nt_long_addr){ .addr = *addr };
	nt_slots_insert(&a->slots, tag, id);
	return id;
}

void
nt_addrs_unname(struct nt_addrs *a, uint32_t id)
{
	const bool is_long = (id & NT_ADDRS_LONG) != 0;

	if (nt_addrs_at(a, id)->bonds != NT_LIST_NONE || (is_long && long_addr(a, id)->holds > 0))
		return;
	nt_slots_remove(&a->slots, nt_addrs_tag_of(a, id), id);
	if (is_long)
		nt_pool_give(&a->others, id ^ NT_ADDRS_LONG);
	else
		nt_pool_give(&a->ipv4, id);
}

void
nt_addrs_hold(struct nt_addrs *a, uint32_t id)
{
	long_addr(a, id)->holds++;
}

void
nt_addrs_release(struct nt_addrs *a, uint32_t id)
{
	long_addr(a, id)->holds--;
	nt_addrs_unname(a, id);
}

size_t
nt_addrs_bytes(const struct nt_addrs *a)
{
	return nt_pool_bytes(&a->ipv4) + nt_pool_bytes(&a->others) + nt_slots_bytes(&a->slots);
}
