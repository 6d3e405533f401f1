/* SPDX-License-Identifier: BSD-3-Clause */
#ifndef TG_LOOKUPS_H
#define TG_LOOKUPS_H

/* What each host has looked up and may still use: its stub resolver's cache. */

#include <stdbool.h>
#include <stdint.h>

struct tg_lookup_entry {
	uint64_t key; /* 0: empty */
	uint64_t from_ns, until_ns;
	uint32_t rot;
	bool v6; /* asked over IPv6 */
};

struct tg_lookups {
	struct tg_lookup_entry *table; /* owned; a power of two */
	uint64_t room, used;
};

/* 0 or -ENOMEM. */
int tg_lookups_init(struct tg_lookups *l);
void tg_lookups_fini(struct tg_lookups *l);

/* The entry of this host and name, empty (until_ns 0) if it is new. NULL: no memory. Good until
 * the next call. */
struct tg_lookup_entry *tg_lookups_get(struct tg_lookups *l, uint32_t host, uint32_t name);

#endif
