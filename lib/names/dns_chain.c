/* SPDX-License-Identifier: BSD-3-Clause */
#include "dns_record.h"

/* CNAMEs in one message, on the chain or beside it: some more than a chain may have. */
#define CNAMES_MAX (NT_DNS_CHAIN_MAX + 6)

/* A name that the question reaches. */
struct chain_node {
	const char *text;
	uint16_t len;
	uint16_t place;
	uint32_t ttl_sec; /* the least of the CNAMEs that lead here */
};

/* The names from the question on, each the CNAME of the one before it. */
struct chain {
	struct dns_reader *r;
	unsigned int count;
	struct chain_node nodes[1 + NT_DNS_CHAIN_MAX];
	struct dns_name targets[NT_DNS_CHAIN_MAX];
};

static int
chain_find_text(const struct chain *c, const struct dns_name *name)
{
	for (unsigned int i = 0; i < c->count; i++) {
		if (dns_name_equal(c->nodes[i].text, c->nodes[i].len, name->text, name->len))
			return (int)i;
	}
	return -1;
}

/*
 * *ret: the node that the record's owner is, -1 where it is none. Nearly always their places are
 * the same, the last node's first of all; else the texts decide.
 */
static enum nt_dns_reason
chain_find(struct chain *c, const struct dns_record *rec, int *ret)
{
	struct dns_name owner;
	enum nt_dns_reason reason;
	size_t end;

	for (unsigned int i = c->count; i-- > 0;) {
		if (c->nodes[i].place == rec->place) {
			*ret = (int)i;
			return NT_DNS_OK;
		}
	}
	reason = dns_name_unpack(c->r, rec->owner, dns_name_text(&owner), &end);
	if (reason == NT_DNS_OK)
		*ret = chain_find_text(c, &owner);
	return reason;
}

/* rec is a CNAME of node `from`. A loop, a branch and an eleventh CNAME break the rules. */
static enum nt_dns_reason
chain_extend(struct chain *c, unsigned int from, const struct dns_record *rec)
{
	struct dns_name scratch;
	bool last = from + 1 == c->count;
	struct dns_name *target = last && from < NT_DNS_CHAIN_MAX ? &c->targets[from] : &scratch;
	size_t end;
	enum nt_dns_reason reason = dns_name_unpack(c->r, rec->rdata, dns_name_text(target), &end);

	if (reason != NT_DNS_OK)
		return reason;
	int known = chain_find_text(c, target);
	if (!last && known == (int)from + 1)
		return NT_DNS_OK; /* the same record twice */
	if (known >= 0 || !last || from >= NT_DNS_CHAIN_MAX)
		return NT_DNS_CHAIN;
	c->nodes[c->count++] = (struct chain_node){
		.text = target->text,
		.len = target->len,
		.place = dns_name_place(c->r, rec->rdata),
		.ttl_sec = NT_MIN(c->nodes[from].ttl_sec, rec->ttl_sec),
	};
	return NT_DNS_OK;
}

/* One pass over the CNAMEs that are left; those that extend the chain leave. */
static enum nt_dns_reason
chain_pass(struct chain *c, const struct dns_record *cnames[], unsigned int *count)
{
	unsigned int left = 0;

	for (unsigned int i = 0; i < *count; i++) {
		int node = -1;
		enum nt_dns_reason reason = chain_find(c, cnames[i], &node);

		if (reason == NT_DNS_OK && node >= 0)
			reason = chain_extend(c, (unsigned int)node, cnames[i]);
		if (reason != NT_DNS_OK)
			return reason;
		if (node < 0)
			cnames[left++] = cnames[i];
	}
	*count = left;
	return NT_DNS_OK;
}

/* Records come in any order, so passes are made until one finds nothing: at most CNAMES_MAX. */
static enum nt_dns_reason
chain_build(struct chain *c, const struct dns_records *records)
{
	const struct dns_record *cnames[CNAMES_MAX];
	unsigned int count = 0, before;

	for (unsigned int i = 0; i < records->count; i++) {
		if (records->at[i].type != NT_DNS_TYPE_CNAME)
			continue;
		if (count == CNAMES_MAX)
			return NT_DNS_WORK;
		cnames[count++] = &records->at[i];
	}
	do {
		before = count;
		enum nt_dns_reason reason = chain_pass(c, cnames, &count);

		if (reason != NT_DNS_OK)
			return reason;
	} while (count > 0 && count < before);
	return NT_DNS_OK;
}

/* A PTR record that the question reaches: its name is that of the address in the question. */
static enum nt_dns_reason
take_pointer(struct nt_dns_message *ret, struct dns_reader *r, const struct dns_record *rec,
	uint32_t ttl_sec, const struct nt_addr *asked)
{
	struct dns_name name;
	size_t end;
	enum nt_dns_reason reason = dns_name_unpack(r, rec->rdata, dns_name_text(&name), &end);

	if (reason == NT_DNS_OK)
		dns_answer_add_copied(ret, rec, ttl_sec, asked, &name);
	return reason;
}

static enum nt_dns_reason
take_record(struct nt_dns_message *ret, struct chain *c, const struct dns_record *rec,
	const struct nt_addr *asked)
{
	int node = -1;
	enum nt_dns_reason reason = chain_find(c, rec, &node);

	if (reason != NT_DNS_OK)
		return reason;
	if (node < 0) {
		ret->refused_chain++;
		return NT_DNS_OK;
	}
	uint32_t ttl_sec = NT_MIN(rec->ttl_sec, c->nodes[node].ttl_sec);
	if (rec->type == NT_DNS_TYPE_PTR)
		return take_pointer(ret, c->r, rec, ttl_sec, asked);
	struct nt_addr addr = dns_record_addr(c->r, rec);
	dns_answer_add(ret, rec, ttl_sec, &addr, ret->qname, ret->qname_len);
	return NT_DNS_OK;
}

enum nt_dns_reason
dns_answers_rooted(
	struct nt_dns_message *ret, struct dns_reader *r, const struct dns_records *records)
{
	struct nt_addr asked;
	bool reverse = dns_name_reverse(ret->qname, ret->qname_len, &asked);
	struct chain c;

	c.r = r;
	c.count = 1;
	c.nodes[0] = (struct chain_node){
		.text = ret->qname,
		.len = ret->qname_len,
		.place = DNS_HEADER_BYTES,
		.ttl_sec = INT32_MAX,
	};
	enum nt_dns_reason reason = chain_build(&c, records);
	for (unsigned int i = 0; i < records->count && reason == NT_DNS_OK; i++) {
		const struct dns_record *rec = &records->at[i];

		/* A PTR record elsewhere than in a reverse zone names no address. */
		if (rec->type == NT_DNS_TYPE_CNAME || (rec->type == NT_DNS_TYPE_PTR && !reverse))
			continue;
		if (nt_unlikely(ret->answer_count == NT_DNS_ANSWERS_MAX))
			ret->refused_limit++; /* whatever it would have been */
		else
			reason = take_record(ret, &c, rec, &asked);
	}
	return reason;
}
