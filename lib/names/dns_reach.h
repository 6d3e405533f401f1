/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The names that a question reaches through its message's own CNAMEs and service bindings: private
 * to lib/names. A tree that has the question as its root: a name has one CNAME, and may have
 * several bindings.
 */
#ifndef DNS_REACH_H
#define DNS_REACH_H

#include "dns_svcb.h"

/*
 * Targets in one message. CNAMEs alone make a chain of NT_DNS_CHAIN_MAX; bindings have a few
 * targets beside it, each with its own CNAME.
 */
#define DNS_REACH_MAX (2 * NT_DNS_CHAIN_MAX)

/* A name that the question reaches. */
struct dns_reached {
	const char *text;
	uint16_t len;
	uint16_t place;
	uint32_t ttl_sec; /* the least of the records that lead here */
	int16_t parent; /* node, -1: the question */
	int16_t cname; /* node that is its CNAME, -1: it has none */
	uint16_t depth; /* steps from the question */
};

struct dns_reach {
	struct dns_reader *r;
	unsigned int count;
	uint16_t found_place; /* the last one that the texts decided, 0: none */
	int found_node;
	struct dns_reached nodes[1 + DNS_REACH_MAX];
	struct dns_name targets[DNS_REACH_MAX];
};

/* Everything that the question in m reaches. Targets left out are counted in m->refused_limit. */
enum nt_dns_reason dns_reach_build(struct dns_reach *ret, struct dns_reader *r,
	struct nt_dns_message *m, const struct dns_records *records);

/* *ret_node: the node that the record's owner is, -1 where it is none. */
enum nt_dns_reason dns_reach_find(struct dns_reach *c, const struct dns_record *rec, int *ret_node);

#endif
