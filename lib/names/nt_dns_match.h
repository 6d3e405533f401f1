/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Which response answers which query. A table of the queries in flight, one per worker: a query and
 * its response have the same two addresses, so one worker sees both. Keyed hash, fixed capacity; a
 * query lives for `life_ns` of the clock, that instant included (judged exactly when it is looked
 * up, so nothing depends on when it is swept); when the table is full the oldest goes first,
 * counted. Owner: one worker.
 */
#ifndef NT_DNS_MATCH_H
#define NT_DNS_MATCH_H

#include <nt_base.h>
#include <nt_hash.h>

enum nt_dns_match_verdict {
	NT_DNS_MATCHED, /* the first response to a query that was seen */
	NT_DNS_UNSOLICITED, /* no query was ever seen on this flow: a tap of responses only */
	NT_DNS_UNMATCHED, /* queries were seen, but not this one, or its life is over: refused */
	NT_DNS_REPEAT, /* the same answer to the same query again */
	NT_DNS_CONFLICT, /* another answer to the same query within its life: refused */
	NT_DNS_VERDICTS
};

struct nt_dns_match;

/* capacity: queries held, rounded up to a power of two. NULL and errno. */
struct nt_dns_match *nt_dns_match_new(
	uint32_t capacity, int64_t life_ns, const struct nt_hash_key *key);
/* Memory that one takes. */
size_t nt_dns_match_bytes(uint32_t capacity);
void nt_dns_match_free(struct nt_dns_match *m);
void nt_dns_match_clear(struct nt_dns_match *m);

/* What tells a query from all others. It is hashed once. */
struct nt_dns_match_key {
	uint64_t flow; /* what tells this connection from all others: its first position */
	uint64_t question;
	uint32_t tag; /* hash of the others */
	uint16_t id;
};

struct nt_dns_match_key nt_dns_match_key(
	const struct nt_dns_match *m, uint64_t flow, uint16_t id, uint64_t question);

/*
 * For a response that follows: its place is asked for, and a step later what lies there, if step 0
 * has brought the place in. Nothing is changed.
 */
void nt_dns_match_ahead(
	const struct nt_dns_match *m, const struct nt_dns_match_key *key, unsigned int step);

/*
 * A query sent again within its life begins its life anew and keeps what is known of its answer;
 * after its life, or after a response that nobody had asked for, it is a new one. It is entered
 * when the next query or response comes: by then its place is there.
 */
void nt_dns_match_query(
	struct nt_dns_match *m, const struct nt_dns_match_key *key, int64_t clock_ns);

/*
 * saw_queries: the flow has carried anything from its client. Unsolicited responses are remembered
 * too, so that their repeats are told.
 */
enum nt_dns_match_verdict nt_dns_match_response(struct nt_dns_match *m,
	const struct nt_dns_match_key *key, bool saw_queries, uint64_t answer, int64_t clock_ns);

/* Queries dropped because the table was full, since it was made. */
uint64_t nt_dns_match_evicted(struct nt_dns_match *m);

#endif
