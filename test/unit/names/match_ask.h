/* SPDX-License-Identifier: BSD-3-Clause */
/* Queries and responses of whole keys, for tests. */
#ifndef MATCH_ASK_H
#define MATCH_ASK_H

#include <nt_dns_match.h>

static inline void
match_ask(struct nt_dns_match *m, uint64_t flow, uint16_t id, uint64_t question, int64_t clock_ns)
{
	const struct nt_dns_match_key key = nt_dns_match_key(m, flow, id, question);

	nt_dns_match_query(m, &key, clock_ns);
}

static inline enum nt_dns_match_verdict
match_respond(struct nt_dns_match *m, uint64_t flow, bool saw_queries, uint16_t id,
	uint64_t question, uint64_t answer, int64_t clock_ns)
{
	const struct nt_dns_match_key key = nt_dns_match_key(m, flow, id, question);

	nt_dns_match_ahead(m, &key, 0);
	nt_dns_match_ahead(m, &key, 1);
	return nt_dns_match_response(m, &key, saw_queries, answer, clock_ns);
}

#endif
