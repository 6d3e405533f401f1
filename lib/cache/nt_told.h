/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Which addresses any lookup ever returned, and to whom: the memory behind `resp_lookup`. It
 * outlives the mappings of the name cache, for a claim that no lookup explains a connection must
 * not rest on a name having expired. Owner: one worker; fed with the same sequence in all of them.
 * Fixed memory, no allocation after _new, nothing sweeps; any call's work is bounded.
 *
 * An address, and an address with its client, is one entry each: when it was first told and last.
 * Entries are told apart by 64 bits of a keyed hash only.
 */
#ifndef NT_TOLD_H
#define NT_TOLD_H

#include "nt_mapping_keys.h"

struct nt_told_table;

/* max_entries: 16 .. 2^28. NULL and errno. */
struct nt_told_table *nt_told_new(uint32_t max_entries, const struct nt_hash_key *key);
/* Memory that one takes when it is full. */
size_t nt_told_bytes(uint32_t max_entries);
void nt_told_free(struct nt_told_table *t); /* NULL is fine */
void nt_told_clear(struct nt_told_table *t);

/*
 * Keep no more entries than so many from now on (at most max_entries of _new). What is beyond goes
 * by nt_told_shrink, up to max entries each time; until then there is room for as many as there
 * are. False: no more are beyond.
 */
void nt_told_set_cap(struct nt_told_table *t, uint32_t max_entries);
bool nt_told_shrink(struct nt_told_table *t, unsigned int max);

/*
 * A lookup returned addr to client (family NONE: to nobody in particular), at seen_ns, which never
 * runs backwards. When the table is full, what was told longest ago goes, or nearly so.
 */
void nt_told_add(struct nt_told_table *t, const struct nt_addr *addr, const struct nt_addr *client,
	int64_t seen_ns);

/* The same by keys made with the table's key; and memory asked for before, in steps 0 ..
 * NT_TOLD_STEPS - 1. */
void nt_told_add_keyed(struct nt_told_table *t, uint64_t addr, uint64_t client, int64_t seen_ns);
#define NT_TOLD_STEPS 2
void nt_told_ahead(const struct nt_told_table *t, struct nt_mapping_keys *const k[], unsigned int n,
	unsigned int step);

/* Was it told at or before until_ns? A client of family NONE: to anybody. */
bool nt_told_before(const struct nt_told_table *t, const struct nt_addr *addr,
	const struct nt_addr *client, int64_t until_ns);

/* One entry by itself: a was told to b. What lies under nt_told_add and other memories like it. */
void nt_told_note(
	struct nt_told_table *t, const struct nt_addr *a, const struct nt_addr *b, int64_t seen_ns);
/*
 * The same in steps, with other work in between: its tag, for which the table's lines are asked;
 * what they point to; the note.
 */
uint64_t nt_told_pair(
	const struct nt_told_table *t, const struct nt_addr *a, const struct nt_addr *b);
void nt_told_pair_ahead(const struct nt_told_table *t, uint64_t tag);
void nt_told_note_pair(struct nt_told_table *t, uint64_t tag, int64_t seen_ns);
/* When it was told first, and last; false: never. */
bool nt_told_when(const struct nt_told_table *t, const struct nt_addr *a, const struct nt_addr *b,
	int64_t *ret_first_ns, int64_t *ret_last_ns);

/*
 * The latest time at which anything that was given up for want of room had been told; INT64_MIN:
 * nothing was. What was told later is all there.
 */
int64_t nt_told_lost_ns(const struct nt_told_table *t);

/* --- keeping what there is, over a restart --------------------------------------------------- */

struct nt_told_entry {
	uint64_t tag;
	int64_t first_ns, last_ns;
};

/* Tables of equal marks have the same tags: those of one key, on machines of one kind. */
uint64_t nt_told_mark(const struct nt_told_table *t);
/*
 * All entries, in slices of at most `room`; returns how many. *cursor is 0 at first and UINT32_MAX
 * after the last, in no order. What is there all the while and is not evicted is told
 * once at least.
 */
uint32_t nt_told_walk(
	const struct nt_told_table *t, uint32_t *cursor, struct nt_told_entry *ret, uint32_t room);
/* In the order of last_ns, before anything else is told. */
void nt_told_restore(struct nt_told_table *t, const struct nt_told_entry *e);

struct nt_told_stats {
	uint64_t entries, evicted, bytes;
};
void nt_told_stats(const struct nt_told_table *t, struct nt_told_stats *ret);

#endif
