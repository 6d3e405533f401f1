/* SPDX-License-Identifier: BSD-3-Clause */
#ifndef TG_NAMES_H
#define TG_NAMES_H

/*
 * Which names exist and which servers they lead to. Servers stand in groups (a site, or a part of a
 * CDN); every name of a group is answered with some of the group's servers, so an address has as
 * many names as its group. All but the groups is derived from the name's number.
 */

#include "options.h"
#include "rng.h"

#define TG_NAME_SIZE 64 /* text of any name made here, with the final NUL */
#define TG_NO_NAME   UINT32_MAX

struct tg_group {
	uint32_t first_server, n_servers;
	uint32_t first_name, n_names;
	bool v6; /* its servers have IPv6 addresses too */
	bool local; /* in private networks */
};

struct tg_names {
	uint64_t salt;
	uint32_t n_groups, n_names;
	unsigned max_chain;
	double cname_share;
	struct tg_group *groups; /* owned */
	uint32_t *group_of; /* owned: by name */
	uint32_t *by_rank; /* owned: the name of a rank of popularity */
	struct tg_zipf zipf;
};

/* 0 or -ENOMEM; fini accepts a half-made one. */
int tg_names_init(struct tg_names *n, const struct tg_options *o, struct tg_rng *rng);
void tg_names_fini(struct tg_names *n);

/* A name by its popularity; or any with the same chance. */
uint32_t tg_names_popular(const struct tg_names *n, struct tg_rng *rng);
uint32_t tg_names_any(const struct tg_names *n, struct tg_rng *rng);

const struct tg_group *tg_names_group(const struct tg_names *n, uint32_t name);

/* Server number i of the answer that was rotated by rot; the count is tg_names_addresses(). */
uint32_t tg_names_server(const struct tg_names *n, uint32_t name, uint32_t rot, unsigned i);
unsigned tg_names_addresses(const struct tg_names *n, uint32_t name);

/* CNAMEs between the name and its addresses. */
unsigned tg_names_chain(const struct tg_names *n, uint32_t name);

void tg_names_text(const struct tg_names *n, uint32_t name, char out[TG_NAME_SIZE]);
/* The target of CNAME number k = 0..chain-1. */
void tg_names_alias(const struct tg_names *n, uint32_t name, unsigned k, char out[TG_NAME_SIZE]);

#endif
