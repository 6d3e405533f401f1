/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The names that addresses had: per-lcore cache, address -> mappings, with every lookup a version.
 * Owner: one worker, no other thread. Fixed memory, no allocation after _new, nothing sweeps.
 *
 * Mappings are added in the order of (position, index), the same in every worker, so that all
 * caches are replicas of one another at the same position. Because a connection is resolved some
 * time after it ended, lookups look into the past: what counts is what was known at its start, so a
 * version that was superseded by another lookup of the same name by the same client, or expired,
 * stays until the purge clock has passed that by pin_after_ns; until then every lookup gives the
 * same answer, whenever it is made. Connections older than pin_after_ns have been looked up and
 * pinned by then.
 *
 * The rule (struct nt_name_query -> struct nt_name_result), best group first, vals from the first
 * that has any; S = start_clock_ns; the version of a (address, name, client, source) in effect at
 * the start is its latest with position <= start_position:
 *   client   versions told to the query's client, in effect at the start, expires > S: latest first
 *   other    the same, told to anyone else (or to nobody in particular)
 *   stale    in effect at the start, expires <= S < expires + stale_for: client's first, latest
 * first late     first seen at a position in (start_position, end_position]: client's first,
 * earliest first (stale before late; they form one group only if both are wanted: stale wins)
 *   reverse  PTR versions: in effect at the start and not expired longer than stale_for; else late
 * ones "Latest" is by (position, index). A name stands once. PTR mappings are only ever `reverse`.
 * A relearnt mapping is the same one if it had not been expired for stale_for or more; else it is a
 * new one (it can be `late` again).
 */
#ifndef NT_NAME_CACHE_H
#define NT_NAME_CACHE_H

#include <nt_hash.h>
#include <nt_mapping.h>

#define NT_NAME_VALS_MAX 32 /* bound of names.max_per_record */
#define NT_NAME_NONE	 UINT32_MAX

struct nt_name_cache_config {
	uint32_t max_mappings; /* versions held */
	uint32_t max_addresses; /* addresses; clients are bounded by it too */
	uint32_t max_names; /* different names */
	uint64_t max_name_bytes; /* room for their text */
	uint32_t max_mappings_per_address;
	uint32_t max_per_record; /* names in a result, 1 .. NT_NAME_VALS_MAX */
	int64_t pin_after_ns;
	int64_t stale_for_ns;
	int64_t hold_ns; /* how long after stale_for a mapping is still kept for `late` (the longest
			  * timeout of a connection: by then every connection that could ask has) */
};

struct nt_name_cache;

/* NULL and errno. key is copied. */
struct nt_name_cache *nt_name_cache_new(
	const struct nt_name_cache_config *cfg, const struct nt_hash_key *key);
void nt_name_cache_free(struct nt_name_cache *c); /* NULL is fine */

enum nt_name_added {
	NT_NAME_NEW, /* address, name and client were not known together */
	NT_NAME_REFRESHED, /* they were: a new version */
	NT_NAME_REFUSED, /* no room even after evicting (or position order broken, name too long) */
};

/* In the order of (position, index). The name is copied (interned). */
enum nt_name_added nt_name_cache_add(struct nt_name_cache *c, const struct nt_mapping *m);

/* Drop, up to max steps of work, what no lookup can need once clock_ns has been reached by all. */
void nt_name_cache_purge(struct nt_name_cache *c, int64_t clock_ns, unsigned int max);

/* Forget everything but names that are held (an epoch begins). May be called only between lookups.
 */
void nt_name_cache_clear(struct nt_name_cache *c);

struct nt_name_query {
	struct nt_addr addr;
	struct nt_addr client; /* family NONE: no client, group `other` has everything */
	uint64_t start_position, end_position;
	int64_t start_clock_ns, end_clock_ns; /* the clock at those positions */
};

struct nt_name_result {
	uint8_t match; /* enum nt_match; NONE: no names */
	uint8_t source; /* enum nt_source of the first */
	uint8_t count;
	bool more; /* there were more than max_per_record */
	int64_t age_ns; /* start - seen of the first (late: negative) */
	uint32_t names[NT_NAME_VALS_MAX]; /* ids, best first */
};

/*
 * final: the connection has ended; false: it goes on and is being pinned, so `late` and late PTRs
 * are left out. Returns true where the result has names.
 */
bool nt_name_cache_lookup(struct nt_name_cache *c, const struct nt_name_query *q, bool final,
	struct nt_name_result *ret);

/* For staging: bring the lines of this address in. */
void nt_name_cache_prefetch(const struct nt_name_cache *c, const struct nt_addr *addr);

/* The text of a name (not NUL-terminated), valid while it is in the cache or held. */
const char *nt_name_text(const struct nt_name_cache *c, uint32_t id, uint16_t *ret_len);
/* Keep a name beyond its mappings (pinned to a connection); each hold wants its release. */
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
	uint64_t bytes; /* memory that was ever used, indexes in whole */
	uint32_t longest_probe; /* slots looked at by the worst insert into any index */
};
void nt_name_cache_stats(const struct nt_name_cache *c, struct nt_name_cache_stats *ret);

#endif
