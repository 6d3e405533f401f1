/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Forgetting: in time, and before it where a cap is reached, the one that expires first. Each call
 * does a bounded amount of work.
 */
#ifndef NT_CACHE_EVICT_H
#define NT_CACHE_EVICT_H

#include "store.h"

/*
 * Room for one mapping more, made where there is none: *ret_made. False: there is still none.
 */
bool nt_evict_make_room(struct nt_name_cache *c, uint16_t name_len, bool *ret_made);
/* Back to the caps, after a mapping of this address. */
void nt_evict_trim(struct nt_name_cache *c, uint32_t addr);

#endif
