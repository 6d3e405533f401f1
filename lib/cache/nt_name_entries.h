/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * What is in a name cache, entry by entry: for people who ask, and for who wants to keep all of it.
 * An entry is a life (nt_name_cache.h): one name of one address, told to one client by one source,
 * from when it was learnt until it was told last.
 *
 * Owner: the cache's worker; nothing is changed. Every call does bounded work, however much there
 * is: NT_NAME_ENTRIES_STEPS entries are looked at at most, so that a worker can answer between two
 * bursts (0.1 us each where nothing is in cache: 50 us).
 */
#ifndef NT_NAME_ENTRIES_H
#define NT_NAME_ENTRIES_H

#include "nt_name_cache.h"

#define NT_NAME_ENTRIES_STEPS 512

struct nt_name_entry {
	struct nt_addr addr, client; /* client of family NONE: told to nobody in particular */
	uint64_t first_position, position; /* when it was learnt, and told last */
	int64_t first_seen_ns, seen_ns; /* likewise, of the clock */
	int64_t expires_ns; /* of what was told last */
	uint32_t superseded; /* versions before that which are still held, as far as counted */
	uint16_t index; /* of what was told last */
	uint8_t source; /* enum nt_source */
	uint16_t name_len;
	char name[NT_MAPPING_NAME_MAX + 1]; /* ends in NUL */
};

/* Where answers go, and what came of it. */
struct nt_name_entries {
	struct nt_name_entry *entry; /* the caller's */
	uint32_t room;
	uint32_t count;
	bool more; /* there are others, for which there was no room */
	bool cut; /* there may be others: the bound on steps was met */
};

/*
 * The names of an address: the one told last first, and of each the life told last first. The first
 * `skip` of them are left out: what one call had no room for, the next one tells.
 */
void nt_name_entries_of_addr(const struct nt_name_cache *c, const struct nt_addr *addr,
	uint32_t skip, struct nt_name_entries *ret);

/* The same of a name (lower case): its addresses. */
void nt_name_entries_of_name(const struct nt_name_cache *c, const char *name, uint16_t len,
	uint32_t skip, struct nt_name_entries *ret);

/*
 * All of the cache, in slices: *cursor is 0 at first and NT_NAME_NONE after the last. What is there
 * from the first call to the last is told exactly once, in no order; what comes or goes meanwhile,
 * once or not at all. A slice may have no entries and not be the last. Between calls the cache may
 * be changed, but not emptied (nt_name_cache_clear).
 */
void nt_name_entries_walk(
	const struct nt_name_cache *c, uint32_t *cursor, struct nt_name_entries *ret);

#endif
