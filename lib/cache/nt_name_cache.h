/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The names that addresses had: per-lcore cache, address -> mappings, with every lookup a version.
 * Owner: one worker, no other thread. Fixed memory, no allocation after _new, nothing sweeps.
 *
 * Mappings are added in the order of (position, index), the same in every worker, so that all
 * caches are replicas of one another at the same position. A mapping is (address, name, client,
 * source); each time it is told is a version of it. A connection is resolved some time after it
 * ended, so lookups look into the past: what counts is what was known at its start.
 *
 * The rule (struct nt_name_query -> struct nt_name_result), best group first, vals from the first
 * that has any; S = start_clock_ns; the version in effect at the start is the mapping's latest with
 * position <= start_position:
 *   client   told to any of the query's clients (one host, its addresses), in effect at the start,
 *            expires > S: latest first. But where even the latest was seen reuse_after or longer
 *            before S, first the one whose life began first (see "Lives"; its version in effect at
 *            the start counts), then the others as before: who connects without having just looked
 *            anything up goes back to a name, and the one known for longest is the likeliest
 *   other    the same, told to anyone else (or to nobody in particular)
 *   stale    in effect at the start, expires <= S < expires + stale_for: client's first, latest
 *            first
 *   late     learnt in (start_position, end_position] and alive at the end: client's first,
 *            earliest first
 *   reverse  PTR answers, told to whomever: in effect at the start and S < expires + stale_for,
 *            latest first; where there are none, late ones, earliest first
 *
 * "Latest" is by (position, index). A name stands once. PTR answers are only ever `reverse`.
 *
 * Two more questions are of the same kind. Of one name: the best group, `reverse` excepted, that
 * this very name of the address is in; who prefers it puts it first (nt_name_result_prefer). Of a
 * name's addresses: those for which the name, told to anyone, was in effect at the start and S <
 * expires + stale_for, latest first.
 *
 * Lives. A mapping told again is the same one if it had not been expired for stale_for or more: its
 * life goes on. Else it begins another life. "Learnt" is the first version of a life, so a name
 * that was known long before the connection and refreshed during it is not late, and one that had
 * been forgotten can be. Alive at the end: of the life that the mapping is in at end_position, the
 * latest version with position <= end_position has expires + stale_for > end_clock_ns.
 *
 * The same answer at any moment. What is said here is said of each mapping by itself, so it holds
 * whatever is asked of: all names of an address, one of them, or the addresses of a name; as long
 * as whoever asks B has asked A the same, of the same clients. Let P be the latest purge clock. Two
 * kinds of lookup are promised:
 *
 *   A  start_clock_ns + pin_after >= P, final or not
 *   B  final, end_clock_ns + hold >= P, for a connection that was looked up (final = false) while A
 *      still held for it and got nothing or `reverse`
 *
 * Where B answers `late`, take it; else keep what A answered; where A answered nothing, take what B
 * answers. So a name to ask for is known when A is asked, or does not count: that is decided by the
 * clock at which it became known, for which start_clock_ns + pin_after is too late.
 *
 * What is added later has a position after end_position, and every comparison is bounded by one of
 * the two positions; so adding changes nothing. What purging takes away is not missed:
 *
 *   1. A superseded version goes when P > successor's seen + pin_after. For A that means S >
 * successor's seen, hence start_position is after the successor, which hides it. (Strictly after:
 * equal stamps say nothing about positions.) B needs none: had the version been in effect at the
 * start and not expired for stale_for, A would have found it; had it been expired so long, its
 *      successor would have begun another life and not superseded it.
 *   2. A life goes when P > expires of its latest version + stale_for + max(pin_after, hold), after
 * the versions which that one superseded (their time is earlier). For A, S > expires + stale_for:
 * no group on time wants it; the end is not before S, so it was not alive there. For B likewise.
 *   3. `late` needs a life's first position (kept in it) and whether it was alive at the end: its
 * latest version shows that, unless its position is after the end; but then that one continued the
 * same life, so its seen, and the end before it, are before the expiry (+ stale_for) of the version
 * in effect at the end: alive. So superseded versions are not needed.
 *   4. A life that is told again has not been purged if it is to go on: what is added has seen >= P
 *      (the caller's part), and a purged life has expires + stale_for < P.
 * None of it holds for what a cap took away (counted), nor for a lookup that met its bound on steps
 * (lookup_cut); see search.h for where that lies.
 */
#ifndef NT_NAME_CACHE_H
#define NT_NAME_CACHE_H

#include "nt_mapping_keys.h"

#define NT_NAME_VALS_MAX 32 /* bound of names.max_per_record */
#define NT_NAME_NONE	 UINT32_MAX

#define NT_NAME_CLIENTS_MAX 65 /* addresses of one host that count: all of nt_hosts.h */
#define NT_NAME_ADDRS_MAX   8 /* addresses of one name that are told */

struct nt_name_cache_config {
	uint32_t max_mappings; /* versions held */
	uint32_t max_addresses; /* addresses with names, and clients that are not IPv4, together */
	uint32_t max_names; /* different names */
	uint64_t max_name_bytes; /* room for their text */
	uint32_t max_mappings_per_address; /* lives; beyond, the one told longest ago goes */
	uint32_t max_per_record; /* names in a result, 1 .. NT_NAME_VALS_MAX */
	int64_t pin_after_ns;
	int64_t reuse_after_ns; /* INT64_MAX: `client` is the latest first, always */
	int64_t stale_for_ns;
	int64_t hold_ns; /* how long after stale_for a mapping is still kept for `late` (the longest
			  * timeout of a connection: by then every connection that could ask has) */
};

struct nt_name_cache;

/* NULL and errno. key is copied. */
struct nt_name_cache *nt_name_cache_new(
	const struct nt_name_cache_config *cfg, const struct nt_hash_key *key);
/* Memory that one takes when it is full. */
size_t nt_name_cache_bytes(const struct nt_name_cache_config *cfg);
void nt_name_cache_free(struct nt_name_cache *c); /* NULL is fine */

/*
 * In the order of (position, index). The name is copied (interned). The expiry is kept to the
 * millisecond, rounded up, and at most 49 days after seen. At a cap, what expires first goes.
 */
enum nt_name_added nt_name_cache_add(struct nt_name_cache *c, const struct nt_mapping *m);

/* The same by keys made with the cache's key. */
enum nt_name_added nt_name_cache_add_keyed(
	struct nt_name_cache *c, const struct nt_mapping *m, const struct nt_mapping_keys *k);
/*
 * For n mappings that are to be added soon: step 0, 1 .. NT_NAME_CACHE_STEPS - 1 ask for what each
 * will want from memory; every step follows what the one before has brought in, so n should not be
 * small. Nothing is changed, and what is said may be out of date when it counts.
 */
#define NT_NAME_CACHE_STEPS 5
void nt_name_cache_ahead(const struct nt_name_cache *c, struct nt_mapping_keys *const k[],
	unsigned int n, unsigned int step);

/* Is this very mapping (address, name, client, source) known already, and not expired at its seen?
 */
bool nt_name_cache_has(const struct nt_name_cache *c, const struct nt_mapping *m);

/*
 * Drop, up to max steps of work, what no lookup can need once clock_ns has been reached by all.
 * What is added later is not seen before clock_ns. The argument above says which lookups that
 * leaves.
 */
void nt_name_cache_purge(struct nt_name_cache *c, int64_t clock_ns, unsigned int max);

/*
 * Forget everything but names that are held (an epoch begins: positions and times start anew).
 * Takes as long as there are mappings. May be called only between lookups.
 */
void nt_name_cache_clear(struct nt_name_cache *c);

/* As in the configuration; none is more than there was room made for. */
struct nt_name_cache_caps {
	uint32_t max_mappings, max_addresses, max_names, max_mappings_per_address;
};

/*
 * Other caps from now on. What is beyond them goes little by little: by nt_name_cache_shrink (that
 * of one address as something is added to it); until then there is room for as much as there is.
 */
void nt_name_cache_set_caps(struct nt_name_cache *c, const struct nt_name_cache_caps *caps);
/*
 * Give up, up to max mappings, what is beyond the caps, as they do when they are reached: counted.
 * False: nothing is.
 */
bool nt_name_cache_shrink(struct nt_name_cache *c, unsigned int max);

struct nt_name_query {
	struct nt_addr addr;
	/* The addresses of the host that asks; none: group `other` has everything. The caller's. */
	const struct nt_addr *clients;
	unsigned int client_count; /* those after NT_NAME_CLIENTS_MAX are nobody's */
	/* Its first packet and its last; lookups that are not final look at the start only. */
	uint64_t start_position, end_position;
	int64_t start_clock_ns, end_clock_ns; /* the clock at those positions */
	/* nt_addr_key of addr, nt_hash_bytes of the name that is asked for; 0: made of them. */
	uint64_t addr_key, name_key;
};

struct nt_name_result {
	uint8_t match; /* enum nt_match; NONE: no names */
	uint8_t source; /* enum nt_source of the first */
	uint8_t count;
	uint64_t position; /* of the version that gave the first */
	bool more; /* there were more than max_per_record */
	bool eldest; /* the first stands there for having been known longest */
	int64_t age_ns; /* start - seen of the first (late: when it was learnt, so negative) */
	uint32_t names[NT_NAME_VALS_MAX]; /* ids, best first */
};

/*
 * Has the address with this key names? False: lookups of it find nothing, whoever asks. For one in
 * 2^32 that has none it is true.
 */
bool nt_name_cache_names(const struct nt_name_cache *c, uint64_t addr_key);

/*
 * final: the connection has ended; false: it goes on and is being pinned, so `late` and late PTRs
 * are left out. Returns true where the result has names.
 */
bool nt_name_cache_lookup(struct nt_name_cache *c, const struct nt_name_query *q, bool final,
	struct nt_name_result *ret);

/*
 * The same of one name only (text in lower case; may be unknown, or empty): O(1) in the names of
 * the address. names[0] is it.
 */
bool nt_name_cache_lookup_name(struct nt_name_cache *c, const struct nt_name_query *q,
	const char *name, uint16_t len, bool final, struct nt_name_result *ret);

/*
 * Does what nt_name_cache_lookup found say all that nt_name_cache_lookup_name would find of this
 * name? The client was told it, and nothing later. Then *ret is that.
 */
bool nt_name_result_of(const struct nt_name_cache *c, const struct nt_name_result *r,
	const char *name, uint16_t len, struct nt_name_result *ret);

/*
 * Put first->names[0], found as `first` says, before the names of r, which stay as they are; max:
 * max_per_record.
 */
void nt_name_result_prefer(
	struct nt_name_result *r, const struct nt_name_result *first, unsigned int max);

struct nt_name_addrs {
	uint8_t count;
	bool more; /* there were more than NT_NAME_ADDRS_MAX */
	struct nt_addr addrs[NT_NAME_ADDRS_MAX];
};

/*
 * The addresses that lookups gave for a name, as of the start of q (of which only that counts).
 * True where there are any.
 */
bool nt_name_cache_addrs(struct nt_name_cache *c, const struct nt_name_query *q, const char *name,
	uint16_t len, struct nt_name_addrs *ret);

/*
 * Do lookups have this name at other addresses only? They gave it addresses of the family of
 * q->addr, which are returned, as of the start of q (of which only that and the address count); not
 * this one, nor up to until_ns. To be asked as A, when everything seen up to until_ns was added.
 * False, too, where that can't be said, for what was given up at a cap.
 */
bool nt_name_cache_contradicts(struct nt_name_cache *c, const struct nt_name_query *q,
	const char *name, uint16_t len, int64_t until_ns, struct nt_name_addrs *ret);

/*
 * For lookups that come soon of an address and, maybe, of a name: as nt_name_cache_ahead, steps 0
 * .. NT_NAME_LOOKUP_STEPS - 1, as long as true is returned. Between them nothing is added or
 * purged.
 */
#define NT_NAME_LOOKUP_STEPS (3 + NT_NAME_ADDRS_MAX + 1)
struct nt_lookup_keys {
	uint64_t addr, name; /* nt_addr_key; nt_hash_bytes, 0: none */
	uint64_t client; /* nt_addr_key of who asks, 0: nobody; changed by the steps */
	uint32_t addr_id, name_id; /* the cache's own, between steps */
};
bool nt_name_cache_lookup_ahead(
	const struct nt_name_cache *c, struct nt_lookup_keys *k, unsigned int step);

/* The text of a name (not NUL-terminated), valid while it is in the cache or held. */
const char *nt_name_text(const struct nt_name_cache *c, uint32_t id, uint16_t *ret_len);
/*
 * Keep a name beyond its mappings (pinned to a connection); each hold wants its release. Names held
 * count against max_names.
 */
void nt_name_hold(struct nt_name_cache *c, uint32_t id);
void nt_name_release(struct nt_name_cache *c, uint32_t id);

struct nt_name_cache_stats {
	uint32_t addresses, names, mappings; /* held now */
	uint64_t added_new, added_refreshed, added_refused;
	uint64_t expired; /* versions purged in their time */
	uint64_t evicted_mappings; /* by max_mappings */
	uint64_t evicted_addresses; /* versions lost by max_addresses */
	uint64_t evicted_names; /* versions lost by max_names or max_name_bytes */
	uint64_t evicted_per_address;
	uint64_t lookup_cut; /* lookups that met the bound on steps */
	uint64_t bytes; /* memory that was ever used; indexes in whole, if at all */
	uint64_t name_bytes; /* of these, names, their text and their index */
	uint32_t longest_probe; /* slots looked at by the worst insert into any index */
};
void nt_name_cache_stats(const struct nt_name_cache *c, struct nt_name_cache_stats *ret);

#endif
