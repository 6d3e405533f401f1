/* SPDX-License-Identifier: BSD-3-Clause */
#include <stdlib.h>

#include <nt_mem.h>

#include "evict.h"
#include "store.h"

/* 18 years: two such, the longest TTL (50 days) and NT_CACHE_TIME_MAX_NS are below 2^63. */
#define SPAN_MAX_NS (INT64_C(1) << 59)
#define COUNT_MAX   (UINT32_C(1) << 30)

static bool
config_is_valid(const struct nt_name_cache_config *cfg)
{
	return cfg->max_mappings - 1 < COUNT_MAX && cfg->max_addresses - 1 < COUNT_MAX &&
	       cfg->max_names - 1 < COUNT_MAX && cfg->max_mappings_per_address > 0 &&
	       cfg->max_per_record - 1 < NT_NAME_VALS_MAX && cfg->pin_after_ns >= 0 &&
	       cfg->pin_after_ns <= SPAN_MAX_NS && cfg->stale_for_ns >= 0 &&
	       cfg->stale_for_ns <= SPAN_MAX_NS && cfg->hold_ns >= 0 && cfg->reuse_after_ns >= 0 &&
	       cfg->hold_ns <= SPAN_MAX_NS;
}

static struct nt_name_cache_caps
caps_of(const struct nt_name_cache_config *cfg)
{
	return (struct nt_name_cache_caps){
		.max_mappings = cfg->max_mappings,
		.max_addresses = cfg->max_addresses,
		.max_names = cfg->max_names,
		.max_mappings_per_address = cfg->max_mappings_per_address,
	};
}

/* Groups for all lives: as many as can ever be. */
static size_t
first_groups(const struct nt_name_cache_config *cfg)
{
	return cfg->max_mappings / NT_FIRSTS_GROUP + 1;
}

static size_t
group_bytes(const struct nt_name_cache_config *cfg)
{
	return first_groups(cfg) * sizeof(uint32_t);
}

static size_t
firsts_bytes(const struct nt_name_cache_config *cfg)
{
	return first_groups(cfg) * NT_FIRSTS_GROUP * sizeof(struct nt_life_first);
}

static int
firsts_init(struct nt_name_cache *c)
{
	c->firsts.first = nt_mem_map(firsts_bytes(&c->cfg));
	if (c->firsts.first == NULL)
		return -errno;
	c->firsts.group1 = nt_mem_map(group_bytes(&c->cfg));
	return c->firsts.group1 != NULL ? 0 : -errno;
}

/* One mapping can need two addresses, a name and a version before the caps are looked at again. */
static int
init_tables(struct nt_name_cache *c)
{
	const struct nt_name_cache_config *cfg = &c->cfg;
	int rc = nt_addrs_init(&c->addrs, &c->key, cfg->max_addresses + 2);

	if (rc == 0)
		rc = nt_names_init(&c->names, &c->key, cfg->max_names + 1, cfg->max_name_bytes);
	if (rc == 0)
		rc = nt_pool_init(&c->lives, sizeof(struct nt_life), cfg->max_mappings + 1);
	if (rc == 0)
		rc = firsts_init(c);
	if (rc == 0)
		rc = nt_pool_init(&c->bonds, sizeof(struct nt_bond), cfg->max_mappings + 1);
	if (rc == 0)
		rc = nt_past_init(&c->past, cfg->max_mappings + 1);
	if (rc == 0)
		rc = nt_slots_init(&c->by_life, cfg->max_mappings + 1);
	if (rc == 0)
		rc = nt_slots_init(&c->by_bond, cfg->max_mappings + 1);
	if (rc == 0)
		rc = nt_slots_init(&c->by_pair, cfg->max_mappings + 1);
	return rc;
}

size_t
nt_name_cache_bytes(const struct nt_name_cache_config *cfg)
{
	const uint32_t mappings = cfg->max_mappings + 1;

	return sizeof(struct nt_name_cache) + nt_addrs_needs(cfg->max_addresses + 2) +
	       nt_names_needs(cfg->max_names + 1, cfg->max_name_bytes) +
	       nt_pool_needs(sizeof(struct nt_life), mappings) + nt_mem_mapped(firsts_bytes(cfg)) +
	       nt_mem_mapped(group_bytes(cfg)) + nt_pool_needs(sizeof(struct nt_bond), mappings) +
	       nt_past_needs(mappings) + 3 * nt_slots_needs(mappings);
}

struct nt_name_cache *
nt_name_cache_new(const struct nt_name_cache_config *cfg, const struct nt_hash_key *key)
{
	struct nt_name_cache *c;
	int rc;

	if (!config_is_valid(cfg)) {
		errno = EINVAL;
		return NULL;
	}
	c = calloc(1, sizeof(*c));
	if (c == NULL)
		return NULL;
	c->cfg = *cfg;
	c->cfg.max_mappings_per_address = NT_MIN(cfg->max_mappings_per_address, NT_ADDRS_LIVES_MAX);
	c->made = c->cfg;
	c->caps = caps_of(&c->cfg);
	c->key = *key;
	rc = init_tables(c);
	if (rc < 0) {
		nt_name_cache_free(c);
		errno = -rc;
		return NULL;
	}
	nt_wheel_init(&c->wheel);
	c->soon.life = NT_LIST_NONE;
	c->lost_until_ns = INT64_MIN;
	return c;
}

void
nt_name_cache_free(struct nt_name_cache *c)
{
	if (c == NULL)
		return;
	nt_addrs_fini(&c->addrs);
	nt_names_fini(&c->names);
	nt_pool_fini(&c->lives);
	nt_mem_unmap(c->firsts.first, firsts_bytes(&c->made));
	nt_mem_unmap(c->firsts.group1, group_bytes(&c->made));
	nt_pool_fini(&c->bonds);
	nt_past_fini(&c->past);
	nt_slots_fini(&c->by_life);
	nt_slots_fini(&c->by_bond);
	nt_slots_fini(&c->by_pair);
	free(c);
}

static bool
mapping_is_valid(const struct nt_name_cache *c, const struct nt_mapping *m)
{
	return m->addr.family != NT_FAMILY_NONE && m->name_len >= 1 &&
	       m->name_len <= NT_MAPPING_NAME_MAX && m->source > NT_SOURCE_NONE &&
	       m->source < NT_SOURCES &&
	       (m->position > c->last_position ||
		       (m->position == c->last_position && m->index >= c->last_index));
}

static struct nt_version
version_of(const struct nt_mapping *m)
{
	int64_t seen_ns = nt_cache_clamp_time(m->seen_ns),
		expires_ns = nt_cache_clamp_time(m->expires_ns);
	uint64_t ttl_ms = 0;

	if (expires_ns > seen_ns)
		ttl_ms = ((uint64_t)expires_ns - (uint64_t)seen_ns + 999999) / 1000000;
	return (struct nt_version){ .position = m->position,
		.seen_ns = seen_ns,
		.ttl_ms = (uint32_t)NT_MIN(ttl_ms, UINT32_MAX),
		.index = m->index };
}

static bool
goes_on(const struct nt_name_cache *c, uint32_t life, const struct nt_version *v)
{
	return life != NT_LIST_NONE &&
	       v->seen_ns < nt_life_expires_ns(nt_life_at(c, life)) + c->cfg.stale_for_ns;
}

static enum nt_name_added
refresh(struct nt_name_cache *c, uint32_t life, const struct nt_version *v)
{
	nt_store_refresh(c, life, v);
	c->stats.added_refreshed++;
	nt_evict_trim(c, nt_bond_at(c, nt_life_at(c, life)->bond)->addr);
	return NT_NAME_REFRESHED;
}

static enum nt_name_added
begin(struct nt_name_cache *c, const struct nt_mapping *m, const struct nt_mapping_keys *k,
	const struct nt_version *v, struct nt_place *p)
{
	nt_evict_trim(c, nt_store_begin(c, m, k, v, p));
	c->stats.added_new++;
	return NT_NAME_NEW;
}

static enum nt_name_added
refuse(struct nt_name_cache *c, const struct nt_mapping *m)
{
	c->lost_until_ns =
		NT_MAX(c->lost_until_ns, nt_cache_clamp_time(m->expires_ns) + c->cfg.stale_for_ns);
	c->stats.added_refused++;
	return NT_NAME_REFUSED;
}

enum nt_name_added
nt_name_cache_add_keyed(
	struct nt_name_cache *c, const struct nt_mapping *m, const struct nt_mapping_keys *k)
{
	struct nt_version v;
	struct nt_place p;
	bool old;

	if (!mapping_is_valid(c, m))
		return refuse(c, m);
	v = version_of(m);
	nt_store_find(c, m, k, &p);
	old = goes_on(c, p.life, &v);
	if (!old && nt_unlikely(!nt_evict_has_room(c, m->name_len))) {
		if (!nt_evict_make_room(c, m->name_len))
			return refuse(c, m);
		nt_store_find(c, m, k, &p); /* it may have been made of these */
	}
	c->last_position = m->position;
	c->last_index = m->index;
	nt_wheel_start(&c->wheel, v.seen_ns);
	return old ? refresh(c, p.life, &v) : begin(c, m, k, &v, &p);
}

enum nt_name_added
nt_name_cache_add(struct nt_name_cache *c, const struct nt_mapping *m)
{
	struct nt_mapping_keys k;

	nt_mapping_keys_of(&c->key, m, &k);
	return nt_name_cache_add_keyed(c, m, &k);
}

bool
nt_name_cache_has(const struct nt_name_cache *c, const struct nt_mapping *m)
{
	struct nt_mapping_keys k;
	struct nt_place p;

	nt_mapping_keys_of(&c->key, m, &k);
	nt_store_find(c, m, &k, &p);
	return p.life != NT_LIST_NONE && nt_life_expires_ns(nt_life_at(c, p.life)) > m->seen_ns;
}
