/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * What the cache is made of.
 *
 *   address --- bonds, the one told of last first (each: address, name)
 *                 bond --- lives, the one told last first (each: client, source)
 *                            life --- superseded versions, latest first (past.h)
 *   name --- bonds, the one told of last first
 *   (address, client) --- the same lives, the one that began last first
 *
 * Most addresses have a name or two, and a life or two: these are looked through. Where an address
 * has come to have more than NT_STORE_FEW names, its bonds are in an index, and where it has come
 * to have more lives than that, its pairs, as long as it has any. The lives of a pair are looked
 * through, too; a pair that has come to have more than NT_STORE_PAIR_FEW has those that came then
 * in an index of their own.
 *
 * A life is a mapping (address, name, client, source) from when it was learnt, as long as it is
 * relearnt before it has been expired for stale_for; its latest version lies in it. One that comes
 * later begins another life; the old one stays beside it until it is purged.
 */
#ifndef NT_CACHE_STORE_H
#define NT_CACHE_STORE_H

#include "addrs.h"
#include "names.h"
#include "nt_name_cache.h"
#include "past.h"
#include "wheel.h"

/* Times are kept within this, so that no sum of them overflows: 1970 +- 146 years. */
#define NT_CACHE_TIME_MAX_NS ((INT64_C(1) << 62) - 1)

static inline int64_t
nt_cache_clamp_time(int64_t time_ns)
{
	return NT_MAX(-NT_CACHE_TIME_MAX_NS, NT_MIN(time_ns, NT_CACHE_TIME_MAX_NS));
}

#define NT_STORE_FEW	  2
#define NT_STORE_PAIR_FEW 4

/*
 * Whom something was told. Most clients have IPv4 addresses, which are no longer than a number:
 * they are not interned.
 */
enum nt_client_kind {
	NT_CLIENT_NOBODY,
	NT_CLIENT_IPV4, /* id: the four bytes as they are */
	NT_CLIENT_OTHER, /* id: number of an address, NT_LIST_NONE where it has none (yet) */
};

struct nt_client {
	uint32_t id;
	uint8_t kind;
};

/* One cache line. */
struct nt_life {
	uint64_t position;
	int64_t seen_ns;
	struct nt_links in_pair, in_bond, in_wheel; /* in_pair: where the address is indexed */
	uint32_t bond;
	uint32_t client; /* struct nt_client's id */
	uint32_t past;
	uint32_t ttl_ms; /* expires - seen */
	uint16_t index;
	uint16_t wheel_slot;
	uint16_t unused;
	uint8_t source;
	uint8_t client_kind : 2;
	uint8_t told_again : 1; /* its first version lies in nt_firsts */
	uint8_t by_life : 1; /* it is in nt_name_cache.by_life */
};
static_assert(sizeof(struct nt_life) == NT_CACHE_LINE, "the bulk of the memory");

/* The first version of a life that has had others: most have one. */
struct nt_life_first {
	uint64_t position;
	int64_t seen_ns;
	uint16_t index;
};
static_assert(sizeof(struct nt_life_first) == 24, "what lives told again have beside them");

/*
 * Those of so many lives whose numbers follow one another lie together, in the order in which the
 * first of each group was told again: few are, and all over the lives.
 */
#define NT_FIRSTS_GROUP 8
struct nt_firsts {
	struct nt_life_first *first;
	uint32_t *group1; /* by life / NT_FIRSTS_GROUP: the group's place plus 1; 0: none yet */
	uint32_t groups;
};

struct nt_bond {
	uint32_t addr, name;
	uint32_t lives; /* list, the one told last first */
	struct nt_links in_addr, in_name;
	int32_t last_expires; /* no version of it ever expired later: nt_bond_expires */
	uint64_t last_position; /* when it was told last; its life of then may be gone */
};
static_assert(sizeof(struct nt_bond) == 40, "a name of an address");

/* Units of 2^32 ns, rounded up: it only says where looking is in vain. */
static inline int32_t
nt_bond_expires(int64_t expires_ns)
{
	return (int32_t)(expires_ns >> 32) + 1;
}

static inline int64_t
nt_bond_expires_ns(const struct nt_bond *b)
{
	return b->last_expires * (INT64_C(1) << 32);
}

/* What is hashed of a life whose address is indexed. */
struct nt_life_tags {
	uint32_t life, pair;
};

struct nt_name_cache {
	struct nt_name_cache_config cfg; /* its caps: those in effect, on their way to `caps` */
	struct nt_name_cache_config made; /* what there is room for */
	struct nt_name_cache_caps caps;
	struct nt_hash_key key;
	struct nt_addrs addrs;
	struct nt_names names;
	struct nt_pool lives, bonds;
	struct nt_firsts firsts;
	struct nt_slots
		by_life; /* (address, name, client, source) -> its present life, of long pairs */
	struct nt_slots by_bond; /* (address, name) -> bond */
	struct nt_slots
		by_pair; /* (address, client) -> first of its lives, others of its tag too */
	struct nt_past_ring past;
	struct nt_wheel wheel;
	struct {
		uint32_t life; /* to be dropped soon, or none; replaced whenever one is */
		struct nt_life_tags tags;
	} soon;
	uint64_t last_position;
	uint16_t last_index;
	int64_t lost_until_ns; /* what caps made give up could have counted until then */
	struct nt_name_cache_stats stats; /* the counters of it */
};

static inline uint32_t
nt_bond_tag(uint32_t addr_tag, uint32_t name_tag)
{
	return nt_pair_tag(addr_tag, name_tag);
}

/* As nt_pair_tag. */
static inline uint32_t
nt_life_tag(uint32_t addr_tag, uint32_t client_tag, uint32_t name_tag, uint8_t source)
{
	return (uint32_t)((addr_tag * UINT64_C(0x9e3779b97f4a7c15) +
				  client_tag * UINT64_C(0xc2b2ae3d27d4eb4f) +
				  name_tag * UINT64_C(0x165667b19e3779f9) +
				  source * UINT64_C(0xd6e8feb86659fd93)) >>
			  32);
}

/* What a mapping says beside that. */
struct nt_version {
	uint64_t position;
	int64_t seen_ns;
	uint32_t ttl_ms;
	uint16_t index;
};

static inline struct nt_life *
nt_life_at(const struct nt_name_cache *c, uint32_t id)
{
	return &((struct nt_life *)(void *)c->lives.mem)[id];
}

static inline struct nt_bond *
nt_bond_at(const struct nt_name_cache *c, uint32_t id)
{
	return &((struct nt_bond *)(void *)c->bonds.mem)[id];
}

/* The lists that lives and bonds are in. */
static inline struct nt_list_view
nt_in_pair(const struct nt_name_cache *c)
{
	return NT_LIST_VIEW(c->lives.mem, struct nt_life, in_pair);
}

static inline struct nt_list_view
nt_in_bond(const struct nt_name_cache *c)
{
	return NT_LIST_VIEW(c->lives.mem, struct nt_life, in_bond);
}

static inline struct nt_list_view
nt_in_wheel(const struct nt_name_cache *c)
{
	return NT_LIST_VIEW(c->lives.mem, struct nt_life, in_wheel);
}

static inline struct nt_list_view
nt_in_addr(const struct nt_name_cache *c)
{
	return NT_LIST_VIEW(c->bonds.mem, struct nt_bond, in_addr);
}

static inline struct nt_list_view
nt_in_name(const struct nt_name_cache *c)
{
	return NT_LIST_VIEW(c->bonds.mem, struct nt_bond, in_name);
}

/* Where a life's first version is, or will be; its group has a place. */
static inline struct nt_life_first *
nt_firsts_at(const struct nt_firsts *f, uint32_t life)
{
	const size_t group = f->group1[life / NT_FIRSTS_GROUP] - 1;

	return &f->first[group * NT_FIRSTS_GROUP + life % NT_FIRSTS_GROUP];
}

/* How it began. */
static inline struct nt_life_first
nt_life_first(const struct nt_name_cache *c, uint32_t id, const struct nt_life *l)
{
	if (l->told_again)
		return *nt_firsts_at(&c->firsts, id);
	return (struct nt_life_first){ l->position, l->seen_ns, l->index };
}

static inline int64_t
nt_expires_ns(int64_t seen_ns, uint32_t ttl_ms)
{
	return seen_ns + (int64_t)ttl_ms * 1000000;
}

static inline int64_t
nt_life_expires_ns(const struct nt_life *l)
{
	return nt_expires_ns(l->seen_ns, l->ttl_ms);
}

/* When the last lookup that could need it has been made. */
static inline int64_t
nt_life_deadline_ns(const struct nt_name_cache *c, const struct nt_life *l)
{
	return nt_life_expires_ns(l) + c->cfg.stale_for_ns +
	       NT_MAX(c->cfg.pin_after_ns, c->cfg.hold_ns);
}

/* Versions held. */
static inline uint32_t
nt_store_versions(const struct nt_name_cache *c)
{
	return c->lives.used + c->past.count;
}

static inline struct nt_client
nt_life_client(const struct nt_life *l)
{
	return (struct nt_client){ l->client, l->client_kind };
}

static inline bool
nt_life_is_to(const struct nt_life *l, struct nt_client client)
{
	return l->client == client.id && l->client_kind == client.kind;
}

/* A client's address, of family NONE for nobody; and the other way. tag: nt_addrs_tag. */
struct nt_addr nt_client_addr(const struct nt_addrs *a, struct nt_client client);

static inline struct nt_client
nt_client_of(const struct nt_addrs *a, uint32_t tag, const struct nt_addr *addr)
{
	struct nt_client ret = { NT_LIST_NONE, NT_CLIENT_NOBODY };

	if (nt_likely(addr->family == NT_FAMILY_IPV4)) {
		ret.kind = NT_CLIENT_IPV4;
		memcpy(&ret.id, addr->bytes, sizeof(ret.id));
	} else if (addr->family != NT_FAMILY_NONE) {
		ret.kind = NT_CLIENT_OTHER;
		ret.id = nt_addrs_find(a, tag, addr);
	}
	return ret;
}

/* Where a mapping is: its address, this name of it, its present life. NT_LIST_NONE: there is none.
 */
struct nt_place {
	uint32_t addr, bond, life;
	uint32_t pair_at; /* in by_pair, where the address is indexed */
	struct nt_client client;
};

/* k: what nt_name_cache_ahead has found is not looked for again. */
void nt_store_find(const struct nt_name_cache *c, const struct nt_mapping *m,
	const struct nt_mapping_keys *k, struct nt_place *ret);
/*
 * Where an address is indexed: first life of a pair, the one that began last of those that are
 * left, or NT_LIST_NONE. There may be others of the same tag among them. tag: nt_pair_tag.
 */
uint32_t nt_store_pair(const struct nt_name_cache *c, uint32_t tag);
static inline bool
nt_store_is_pair(const struct nt_name_cache *c, const struct nt_life *l, uint32_t addr,
	struct nt_client client)
{
	return nt_life_is_to(l, client) && nt_bond_at(c, l->bond)->addr == addr;
}

/* This name of this address, or NT_LIST_NONE. tag: nt_bond_tag. */
uint32_t nt_store_bond(const struct nt_name_cache *c, uint32_t tag, uint32_t addr, uint32_t name);

/*
 * A new life, which follows that of its place if there is one. There is room (evict.h). Returns the
 * address's number.
 */
uint32_t nt_store_begin(struct nt_name_cache *c, const struct nt_mapping *m,
	const struct nt_mapping_keys *k, const struct nt_version *v, struct nt_place *p);
/* A new version of a life. There is room for the one it supersedes. */
void nt_store_refresh(struct nt_name_cache *c, uint32_t life, const struct nt_version *v);
/* The end of a life. */
void nt_store_drop(struct nt_name_cache *c, uint32_t life);
/* Into the wheel again, by its deadline as it is now. */
void nt_store_reschedule(struct nt_name_cache *c, uint32_t life);

#endif
