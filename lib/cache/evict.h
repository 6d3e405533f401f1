/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Forgetting: in time, and before it where a cap is reached, the one that expires first. Each call
 * does a bounded amount of work.
 */
#ifndef NT_CACHE_EVICT_H
#define NT_CACHE_EVICT_H

#include <nt_fault.h>

#include "store.h"

/* Room for one mapping more, where nt_evict_has_room said no. False: there is still none. */
bool nt_evict_make_room(struct nt_name_cache *c, uint16_t name_len);
void nt_evict_to_caps(struct nt_name_cache *c, uint32_t addr);

/* Is there? Pools are larger than the caps by what one mapping can need: see nt_name_cache_new. */
static inline bool
nt_evict_has_room(const struct nt_name_cache *c, uint16_t name_len)
{
	return nt_addrs_used(&c->addrs) + 2 <= c->addrs.max &&
	       nt_names_has_room(&c->names, name_len) && !nt_fault(NT_FAULT_CACHE_ROOM);
}

/* Back to the caps, after a mapping of this address. */
static inline void
nt_evict_trim(struct nt_name_cache *c, uint32_t addr)
{
	const struct nt_name_cache_config *cfg = &c->cfg;

	if (nt_unlikely(nt_store_versions(c) > cfg->max_mappings ||
			nt_addrs_at(&c->addrs, addr)->lives > cfg->max_mappings_per_address ||
			nt_addrs_used(&c->addrs) > cfg->max_addresses ||
			c->names.used > cfg->max_names))
		nt_evict_to_caps(c, addr);
}

#endif
