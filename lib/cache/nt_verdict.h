/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Did a lookup return the address that a connection went to? What `resp_lookup` says, and when it
 * can't be said. Answers for a connection that began at S (all times are the clock's):
 *
 *   client   the address was told to the client at or before S + grace, expired since or not
 *   other    it was told to somebody, or to nobody in particular, by then
 *   none     it was not, and had it been it would have been seen
 *   unknown  it was not, but an answer may have escaped; why is enum nt_unknown
 *
 * A pure function of what was fed with a time up to S + grace, as long as nothing was given up for
 * want of room; so it may be asked at any time after that. Owner: one worker; fed with the same
 * sequence in all of them. Fixed memory, no allocation after _new; any call's work is bounded.
 */
#ifndef NT_VERDICT_H
#define NT_VERDICT_H

#include "nt_mapping_keys.h"

#include "nt_told.h"

enum nt_verdict {
	NT_VERDICT_NOT_JUDGED,
	NT_VERDICT_CLIENT,
	NT_VERDICT_OTHER,
	NT_VERDICT_NONE,
	NT_VERDICT_UNKNOWN,
	NT_VERDICTS
};

/* In the order in which they are looked for; each is a counter. */
enum nt_unknown {
	NT_UNKNOWN_JOINED, /* the connection's beginning was not seen: it is older than it looks */
	NT_UNKNOWN_WARM_UP, /* the sensor has not watched for long enough */
	NT_UNKNOWN_EARLY, /* it had to be judged before all up to S + grace was fed */
	NT_UNKNOWN_FORGOTTEN, /* something told within the look-back was given up for want of room
			       */
	NT_UNKNOWN_ENCRYPTED, /* the client uses encrypted DNS */
	/* an answer that may have held it was not read (nt_verdicts_lost) */
	NT_UNKNOWN_TRUNCATED, /* cut by its server, and not asked for again over TCP */
	NT_UNKNOWN_FRAGMENTED, /* in fragments, of which not all were seen */
	NT_UNKNOWN_MALFORMED,
	NT_UNKNOWN_REFUSED, /* answers that no query asked for, out of chain, beyond a bound */
	NT_UNKNOWN_GAP, /* DNS over TCP with bytes missing */
	NT_UNKNOWN_DROPPED, /* packets or mappings were dropped */
	NT_UNKNOWN_REASONS
};

struct nt_verdict_config {
	uint32_t max_told; /* as nt_told_new: (address, client) pairs remembered */
	uint32_t max_clients; /* likewise: clients with lost answers, and with encrypted DNS */
	int64_t grace_ns;
	int64_t warm_up_ns; /* from the beginning of the stream */
	int64_t look_back_ns;
	int64_t lost_for_ns; /* for so long a lost answer counts */
	int64_t hidden_for_ns; /* and a sight of encrypted DNS */
};

struct nt_verdicts;

/* NULL and errno. */
struct nt_verdicts *nt_verdicts_new(
	const struct nt_verdict_config *cfg, const struct nt_hash_key *key);
/* Memory that one takes when it is full. */
size_t nt_verdicts_bytes(const struct nt_verdict_config *cfg);
void nt_verdicts_free(struct nt_verdicts *v); /* NULL is fine */
void nt_verdicts_clear(struct nt_verdicts *v);

/* From now on its max_told (as nt_told_set_cap), warm_up_ns and look_back_ns count. */
void nt_verdicts_change(struct nt_verdicts *v, const struct nt_verdict_config *cfg);
bool nt_verdicts_shrink(struct nt_verdicts *v, unsigned int max); /* nt_told_shrink */

/* What is fed comes in the order of positions: times never run backwards. */

/* Reverse lookups and server names explain nothing: they are left out. k: made with its key. */
void nt_verdicts_mapping(
	struct nt_verdicts *v, const struct nt_mapping *m, const struct nt_mapping_keys *k);
/* For n mappings that come soon: ask for what they will want from memory, in steps 0 ..
 * NT_TOLD_STEPS
 * - 1. */
void nt_verdicts_ahead(const struct nt_verdicts *v, struct nt_mapping_keys *const k[],
	unsigned int n, unsigned int step);
/*
 * An answer was not read. addr: of family NONE where it is not known what it held. client: who
 * asked, or of family NONE where that is not known, and then it could have been anybody.
 */
void nt_verdicts_lost(struct nt_verdicts *v, enum nt_unknown why, const struct nt_addr *addr,
	const struct nt_addr *client, int64_t seen_ns);
/*
 * Of an answer only a part was seen so far (TRUNCATED, FRAGMENTED); the question is a number that
 * tells it from others of the client. And: that question was answered in full. Where that is not
 * later than the grace, nothing was lost.
 */
void nt_verdicts_cut(struct nt_verdicts *v, enum nt_unknown why, const struct nt_addr *client,
	uint64_t question, int64_t seen_ns);
void nt_verdicts_answered(
	struct nt_verdicts *v, const struct nt_addr *client, uint64_t question, int64_t seen_ns);
/* All that was fed is all that counts for it: the same moment in all workers. */
void nt_verdicts_settle(struct nt_verdicts *v);
void nt_verdicts_hidden(struct nt_verdicts *v, const struct nt_addr *client, int64_t seen_ns);

struct nt_verdict_query {
	struct nt_addr addr; /* the responder's */
	const struct nt_addr *clients; /* the originator's addresses, at least one */
	unsigned int client_count;
	int64_t start_ns; /* S */
	int64_t began_ns; /* when the stream began */
	bool joined; /* the connection's beginning was not seen */
	bool early; /* asked before everything up to S + grace was fed */
	bool links_lost; /* addresses of the client's host may have been forgotten */
};

/* *ret_why is set for UNKNOWN. Never NOT_JUDGED. Those that can wait come in the order of S. */
enum nt_verdict nt_verdicts_judge(
	struct nt_verdicts *v, const struct nt_verdict_query *q, enum nt_unknown *ret_why);

/* May an answer have escaped that told of the address, whatever the others did? Likewise. */
bool nt_verdicts_escaped(
	struct nt_verdicts *v, const struct nt_verdict_query *q, enum nt_unknown *ret_why);

/* The memory of what was told: to be kept over a restart. */
struct nt_told_table *nt_verdicts_told(struct nt_verdicts *v);

/* The addresses told that are remembered were so many too many, since it was made. */
uint64_t nt_verdicts_evicted(const struct nt_verdicts *v);

#endif
