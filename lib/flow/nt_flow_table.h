/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The connections of one worker: keyed hash, signature buckets of one cache line (signatures and
 * indexes; overflow buckets are chained, the longest chain is exported), entries in fixed arrays.
 * Fixed memory, no allocation after _new, nothing sweeps, nothing is touched before it is used.
 * Owner: one worker, no other thread.
 *
 * Burst: compute all hashes, nt_flow_prefetch_bucket each, then nt_flow_prefetch_entry each (reads
 * the bucket, prefetches the two lines of the likely entry), then find and process one by one;
 * flows may be made and ended in between.
 *
 * Life of an entry: insert -> (find ...) -> unlink: the connection ended, it can't be found any
 * more but keeps its state, at the tail of the ended list -> release.
 *
 * Expiry: a timing wheel of one-second slots (range NT_FLOW_WHEEL_SEC, farther deadlines come back
 * early, to be scheduled again). A flow is scheduled at or before its deadline; keeping traffic
 * doesn't touch the wheel. It is handed out at the first whole second of the clock that is not
 * before its deadline: never early, less than a second late. Expiry lists only decide when somebody
 * looks at the flow, the deadline decides. The first nt_flow_due brings the clock: what was
 * scheduled before it is handed out by it, to be scheduled again.
 */
#ifndef NT_FLOW_TABLE_H
#define NT_FLOW_TABLE_H

#include <nt_hash.h>

#include "nt_flow.h"

#define NT_FLOW_WHEEL_SEC 4096

struct nt_flow_table;

/* max_flows entries exactly (2 .. 2^31). key is copied. NULL and errno. */
struct nt_flow_table *nt_flow_table_new(uint32_t max_flows, const struct nt_hash_key *key);
/* Memory that one of so many flows takes when it is full. */
size_t nt_flow_table_bytes(uint32_t max_flows);
/*
 * From now on nt_flow_insert makes no more than so many, ended ones included (at most max_flows of
 * _new). Where there are more already, it finds the table full; who lowers it does so along with
 * what goes.
 */
void nt_flow_table_set_limit(struct nt_flow_table *t, uint32_t max_flows);
void nt_flow_table_free(struct nt_flow_table *t); /* NULL is fine */

static inline uint64_t nt_flow_hash(const struct nt_flow_table *t, const struct nt_flow_key *key);
static inline void nt_flow_prefetch_bucket(const struct nt_flow_table *t, uint64_t hash);
/*
 * Returns the likely entry, or NT_FLOW_NONE where nothing is likely. As long as nt_flow_unlinks
 * returns the same, it is the one that nt_flow_find returns if its key is equal.
 */
static inline uint32_t nt_flow_prefetch_entry(const struct nt_flow_table *t, uint64_t hash);
/* Ask for memory: of the entry itself; of its cold part alone; of what is linked with it where it
 * is scheduled, or among the young ones, which has it asked for already; of the entry to be taken
 * next.
 */
static inline void nt_flow_prefetch(const struct nt_flow_table *t, uint32_t idx);
static inline void nt_flow_prefetch_cold(const struct nt_flow_table *t, uint32_t idx);
static inline void nt_flow_prefetch_scheduled(const struct nt_flow_table *t, uint32_t idx);
static inline void nt_flow_prefetch_young(const struct nt_flow_table *t, uint32_t idx);
static inline void nt_flow_prefetch_insert(const struct nt_flow_table *t);
/* How often nt_flow_unlink was called, modulo 2^32. */
static inline uint32_t nt_flow_unlinks(const struct nt_flow_table *t);

/* Hash so many keys and prefetch their buckets: faster than one by one. */
struct nt_flow_lookup {
	struct nt_flow_key key;
	uint64_t hash;
};
void nt_flow_hash_burst(
	const struct nt_flow_table *t, struct nt_flow_lookup *lookups, unsigned int n);

/* NT_FLOW_NONE where there is none. */
static inline uint32_t nt_flow_find(
	const struct nt_flow_table *t, const struct nt_flow_key *key, uint64_t hash);

/*
 * A new entry: key set, everything else zero but pins and extra (NT_FLOW_NONE); at the tail of the
 * young list; not scheduled. NT_FLOW_NONE when the table is full, or no bucket is left for its hash
 * (with a keyed hash, never): evict first what nt_flow_victim says. The key must not be there
 * already.
 */
uint32_t nt_flow_insert(struct nt_flow_table *t, const struct nt_flow_key *key, uint64_t hash);

static inline struct nt_flow *nt_flow_at(const struct nt_flow_table *t, uint32_t idx);
static inline struct nt_flow_cold *nt_flow_cold_at(const struct nt_flow_table *t, uint32_t idx);

/* Have it handed out once the clock reaches deadline_ns (moved if it is scheduled). Not if ended.
 */
void nt_flow_schedule(struct nt_flow_table *t, uint32_t idx, int64_t deadline_ns);
/*
 * When it is scheduled for: a second's precision, never later than asked, so that only an earlier
 * deadline than this needs another nt_flow_schedule. INT64_MAX: not; INT64_MIN: by the next call.
 */
int64_t nt_flow_scheduled_ns(const struct nt_flow_table *t, uint32_t idx);

/*
 * Hand out up to max flows that are to be looked at by clock_ns, taken off the wheel; the caller
 * schedules each again (after clock_ns, or it comes back at once) or ends it. Fewer than max: there
 * are no more for this clock. Bounded work also across pauses of any length. The clock never runs
 * backwards (an earlier one counts as the last).
 */
unsigned int nt_flow_due(
	struct nt_flow_table *t, int64_t clock_ns, uint32_t *ret_idx, unsigned int max);
/*
 * Every flow scheduled for this clock or before has been handed out. What nt_flow_due was last
 * asked for, or less: less than a second less where flows are scheduled for the second that has
 * begun, and more where it returned max and left some, or something overdue was scheduled since. So
 * it is no measure for calling nt_flow_due again: its count is. INT64_MIN before the first
 * nt_flow_due.
 */
int64_t nt_flow_due_through(const struct nt_flow_table *t);

/*
 * For eviction, asked before nt_flow_victim: which young flows have come to nothing? Each once, the
 * oldest first, ended ones too. So what a flood has made goes, in its order, and what has got any
 * further is passed over for good. NT_FLOW_NONE where only the youngest are left, an eighth of
 * max_flows, which have had little time for it; and where the last insert found no bucket: then
 * only nt_flow_victim helps.
 */
uint32_t nt_flow_sift(struct nt_flow_table *t);
bool nt_flow_is_live(const struct nt_flow_table *t, uint32_t idx); /* it has not ended */

/*
 * What goes first when the table is full: a flow of the nearest second on the wheel (embryonic ones
 * have the shortest deadlines); NT_FLOW_NONE when none is scheduled. O(1). Traffic doesn't move
 * flows on the wheel, so the real deadline may be later: schedule it again then and ask once more.
 * That moves each flow once in its timeout, and floods don't drive out what has traffic. Where the
 * last insert found no bucket, it is one that makes room in the right one.
 */
uint32_t nt_flow_victim(struct nt_flow_table *t);

/* The connection ended: out of hash and wheel, to the tail of the ended list. */
void nt_flow_unlink(struct nt_flow_table *t, uint32_t idx);
/* The same where the hash of its key is at hand. */
void nt_flow_unlink_hashed(struct nt_flow_table *t, uint32_t idx, uint64_t hash);
/* The oldest ended flow, NT_FLOW_NONE where there is none. */
uint32_t nt_flow_ended(const struct nt_flow_table *t);
/* The one that ended after an ended one. */
uint32_t nt_flow_ended_next(const struct nt_flow_table *t, uint32_t idx);
/* Free an ended flow: out of the ended and young lists. */
void nt_flow_release(struct nt_flow_table *t, uint32_t idx);

/* The oldest flow on the young list (by insertion; ended ones too), NT_FLOW_NONE: it is empty. */
uint32_t nt_flow_young(const struct nt_flow_table *t);
/* The one that began after one of them. */
uint32_t nt_flow_young_next(const struct nt_flow_table *t, uint32_t idx);
/* Nothing happens where it is off the list already. */
void nt_flow_young_remove(struct nt_flow_table *t, uint32_t idx);

/* Any live (not ended) flow, for the end of input; NT_FLOW_NONE when there is none. O(1). */
uint32_t nt_flow_any(struct nt_flow_table *t);

struct nt_flow_table_stats {
	uint32_t live; /* findable */
	uint32_t ended; /* unlinked, not yet released */
	uint32_t longest; /* most buckets chained in one place so far */
	uint64_t crowded; /* inserts that found no bucket left */
	uint64_t bytes; /* memory of the whole table */
};
void nt_flow_table_stats(const struct nt_flow_table *t, struct nt_flow_table_stats *ret);

#include "flow_table_priv.h" /* the inline functions */

#endif
