/* SPDX-License-Identifier: BSD-3-Clause */
#include "names.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const char *const hosts[] = { "www", "api", "cdn", "static", "mail", "login", "img", "app" };
static const char *const words[] = {
	"acorn",
	"birch",
	"cobalt",
	"delta",
	"ember",
	"falcon",
	"garnet",
	"harbor",
	"indigo",
	"jasper",
	"kestrel",
	"lumen",
	"meadow",
	"nimbus",
	"onyx",
	"prairie",
	"quartz",
	"raven",
	"sierra",
	"tundra",
	"umber",
	"velvet",
	"willow",
	"zephyr",
};
static const char *const tops[] = { "com", "net", "org", "io", "co.uk", "de", "example", "info" };

#define PICK(array, h) ((array)[(h) % (sizeof(array) / sizeof((array)[0]))])

static void
make_group(struct tg_names *n, const struct tg_options *o, struct tg_rng *rng, uint32_t server)
{
	struct tg_group *g = &n->groups[n->n_groups++];
	uint64_t left = o->servers - server;
	uint64_t size = tg_rng_between(rng, 1, o->answers);

	g->first_server = server;
	g->n_servers = (uint32_t)(size < left ? size : left);
	g->first_name = n->n_names;
	g->n_names = (uint32_t)tg_rng_between(rng, 1, o->names_per_address);
	/* A quarter stays without IPv6, unless all is IPv6. */
	g->v6 = tg_rng_chance(rng, 0.75) && o->ipv6_share > 0;
	g->v6 |= o->ipv6_share == 1;
	g->local = tg_rng_chance(rng, o->local_share);
	n->n_names += g->n_names;
}

static void
shuffle(uint32_t *a, uint32_t n, struct tg_rng *rng)
{
	for (uint32_t i = 0; i < n; i++)
		a[i] = i;
	for (uint32_t i = n - 1; i > 0; i--) {
		uint32_t j = (uint32_t)tg_rng_below(rng, i + 1u);
		uint32_t t = a[i];

		a[i] = a[j];
		a[j] = t;
	}
}

int
tg_names_init(struct tg_names *n, const struct tg_options *o, struct tg_rng *rng)
{
	memset(n, 0, sizeof(*n));
	n->salt = tg_rng_next(rng);
	n->max_chain = (unsigned)o->max_chain;
	n->cname_share = o->cname_share;
	n->groups = calloc(o->servers, sizeof(*n->groups));
	if (n->groups == NULL)
		return -ENOMEM;
	for (uint32_t s = 0; s < o->servers; s += n->groups[n->n_groups - 1].n_servers)
		make_group(n, o, rng, s);
	n->group_of = calloc(n->n_names, sizeof(*n->group_of));
	n->by_rank = calloc(n->n_names, sizeof(*n->by_rank));
	if (n->group_of == NULL || n->by_rank == NULL)
		return -ENOMEM;
	for (uint32_t g = 0; g < n->n_groups; g++)
		for (uint32_t i = 0; i < n->groups[g].n_names; i++)
			n->group_of[n->groups[g].first_name + i] = g;
	shuffle(n->by_rank, n->n_names, rng);
	return tg_zipf_init(&n->zipf, n->n_names);
}

void
tg_names_fini(struct tg_names *n)
{
	free(n->groups);
	free(n->group_of);
	free(n->by_rank);
	tg_zipf_fini(&n->zipf);
}

uint32_t
tg_names_popular(const struct tg_names *n, struct tg_rng *rng)
{
	return n->by_rank[tg_zipf_draw(&n->zipf, rng)];
}

uint32_t
tg_names_any(const struct tg_names *n, struct tg_rng *rng)
{
	return (uint32_t)tg_rng_below(rng, n->n_names);
}

const struct tg_group *
tg_names_group(const struct tg_names *n, uint32_t name)
{
	return &n->groups[n->group_of[name]];
}

unsigned
tg_names_addresses(const struct tg_names *n, uint32_t name)
{
	return 1 + (unsigned)(tg_hash(n->salt, name) % tg_names_group(n, name)->n_servers);
}

uint32_t
tg_names_server(const struct tg_names *n, uint32_t name, uint32_t rot, unsigned i)
{
	const struct tg_group *g = tg_names_group(n, name);

	return g->first_server + (rot + i) % g->n_servers;
}

unsigned
tg_names_chain(const struct tg_names *n, uint32_t name)
{
	uint64_t h = tg_hash(n->salt + 1, name);

	if ((double)(h >> 32) * 0x1p-32 >= n->cname_share)
		return 0;
	return 1 + (unsigned)((h & 0xffff) % n->max_chain);
}

void
tg_names_text(const struct tg_names *n, uint32_t name, char out[TG_NAME_SIZE])
{
	uint64_t h = tg_hash(n->salt + 2, name);

	if (tg_names_group(n, name)->local)
		snprintf(out, TG_NAME_SIZE, "%s-%u.corp.internal", PICK(words, h >> 8), name);
	else
		snprintf(out, TG_NAME_SIZE, "%s.%s%u.%s", PICK(hosts, h), PICK(words, h >> 8), name,
			PICK(tops, h >> 16));
}

void
tg_names_alias(const struct tg_names *n, uint32_t name, unsigned k, char out[TG_NAME_SIZE])
{
	uint64_t h = tg_hash(n->salt + 3 + k, name);

	snprintf(out, TG_NAME_SIZE, "e%u-%u.%s.edge-%s.net", name, k, PICK(words, h),
		PICK(words, h >> 8));
}
