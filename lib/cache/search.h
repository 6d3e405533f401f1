/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The walks of a lookup: what of an address, of one of its names, or of a name's addresses belongs
 * to a group of the rule (nt_name_cache.h). Owner: one thread; a search lives as long as one call.
 */
#ifndef NT_CACHE_SEARCH_H
#define NT_CACHE_SEARCH_H

#include "picks.h"
#include "store.h"

/*
 * Lives, bonds and superseded versions that one walk looks at. An address with 200 names and 300
 * clients, each of them asking once in 15 minutes, is told of 67 times a second: 4000 times in the
 * minute until a connection is pinned, and only what came after its start has to be walked over.
 */
#define NT_SEARCH_STEPS 4096

/* What a walk wants of a life. */
enum nt_want {
	NT_WANT_VALID, /* in effect at the start, not expired */
	NT_WANT_STALE, /* expired by less than stale_for */
	NT_WANT_KNOWN, /* either */
	NT_WANT_LATE,
};

struct nt_search {
	const struct nt_name_cache *c;
	const struct nt_name_query *q; /* its times within nt_cache_clamp_time */
	enum nt_want want;
	bool reverse; /* PTR answers, and nothing else */
	bool cut;
	unsigned int steps; /* left */
	uint32_t addr, addr_tag;
	uint32_t bond; /* this name of the address only, or NT_LIST_NONE */
	unsigned int client_count;
	struct nt_client clients[NT_NAME_CLIENTS_MAX]; /* those that may have been told something */
	struct nt_picks picks;
	struct nt_pick eldest; /* of what nt_search_own found: the life that began first */
};

/* What the client itself was told. */
void nt_search_own(struct nt_search *s);
/* What anybody was told. The client's own, if it comes up again, loses to itself. */
void nt_search_anyone(struct nt_search *s);
/* The addresses of a name, told to anybody: a pick's name is the number of an address. */
void nt_search_name(struct nt_search *s, uint32_t name);

#endif
