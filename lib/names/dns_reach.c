/* SPDX-License-Identifier: BSD-3-Clause */
#include "dns_reach.h"

/* CNAMEs in one message, on the chain or beside it: some more than a chain may have. */
#define CNAMES_MAX (NT_DNS_CHAIN_MAX + 6)
/* Bindings whose targets are followed: RFC 9460 knows no bound, zones have one to four. */
#define BINDINGS_MAX 16

static int
find_text(const struct dns_reach *c, const struct dns_name *name)
{
	for (unsigned int i = 0; i < c->count; i++) {
		if (dns_name_equal(c->nodes[i].text, c->nodes[i].len, name->text, name->len))
			return (int)i;
	}
	return -1;
}

/* A record that leads from name to name. Its owner is looked for in each pass, but unpacked once.
 */
struct link {
	const struct dns_record *rec;
	unsigned int
		work; /* that unpacking the owner cost, and costs each time; 0: it was not yet */
	struct dns_name owner;
};

static enum nt_dns_reason
owner_unpack(struct dns_reader *r, struct link *l)
{
	const unsigned int before = r->work;
	size_t end;

	if (l->work != 0)
		return dns_spend(r, l->work) ? NT_DNS_OK : NT_DNS_WORK;
	const enum nt_dns_reason reason =
		dns_name_unpack(r, l->rec->owner, dns_name_text(&l->owner), &end);
	l->work = before - r->work;
	return reason;
}

/* Nearly always places are the same, the last node's first of all. */
static inline bool
find_place(const struct dns_reach *c, uint16_t place, int *ret_node)
{
	for (unsigned int i = c->count; i-- > 0;) {
		if (c->nodes[i].place == place) {
			*ret_node = (int)i;
			return true;
		}
	}
	*ret_node = c->found_node;
	return c->found_place == place;
}

/* Else the texts decide. */
static enum nt_dns_reason
find_owner(struct dns_reach *c, struct link *l, int *ret_node)
{
	const enum nt_dns_reason reason = owner_unpack(c->r, l);

	if (reason == NT_DNS_OK) {
		*ret_node = c->found_node = find_text(c, &l->owner);
		c->found_place = l->rec->place;
	}
	return reason;
}

static enum nt_dns_reason
find_once(struct dns_reach *c, const struct dns_record *rec, int *ret_node)
{
	struct link l;

	l.rec = rec;
	l.work = 0;
	return find_owner(c, &l, ret_node);
}

enum nt_dns_reason
dns_reach_find(struct dns_reach *c, const struct dns_record *rec, int *ret_node)
{
	return find_place(c, rec->place, ret_node) ? NT_DNS_OK : find_once(c, rec, ret_node);
}

static bool
leads_to(const struct dns_reach *c, int ancestor, int node)
{
	/* Ends: parents stand before their children. */
	while (node >= 0 && node != ancestor)
		node = c->nodes[node].parent;
	return node == ancestor;
}

/* Where the next target is unpacked to. */
static struct dns_name *
room(struct dns_reach *c, struct dns_name *scratch)
{
	return c->count <= DNS_REACH_MAX ? &c->targets[c->count - 1] : scratch;
}

/* target is where room() said, and there is some left. */
static int
add_node(struct dns_reach *c, int from, const struct dns_name *target, const struct dns_record *rec,
	uint16_t at)
{
	c->found_place = 0; /* what was none may be this one */
	c->nodes[c->count] = (struct dns_reached){
		.text = target->text,
		.len = target->len,
		.place = dns_name_place(c->r, at),
		.ttl_sec = NT_MIN(c->nodes[from].ttl_sec, rec->ttl_sec),
		.parent = (int16_t)from,
		.cname = -1,
		.depth = (uint16_t)(c->nodes[from].depth + 1),
	};
	return (int)c->count++;
}

/* rec is a CNAME of node `from`. A loop, a branch and an eleventh step break the rules. */
static enum nt_dns_reason
add_cname(struct dns_reach *c, int from, const struct dns_record *rec)
{
	struct dns_name scratch;
	struct dns_name *target = room(c, &scratch);
	size_t end;
	enum nt_dns_reason reason = dns_name_unpack(c->r, rec->rdata, dns_name_text(target), &end);

	if (reason != NT_DNS_OK)
		return reason;
	int known = find_text(c, target);
	if (c->nodes[from].cname >= 0)
		return known == c->nodes[from].cname ? NT_DNS_OK : NT_DNS_CHAIN;
	if (known >= 0 && leads_to(c, known, from))
		return NT_DNS_CHAIN;
	if (known < 0 && (c->nodes[from].depth >= NT_DNS_CHAIN_MAX || target == &scratch))
		return NT_DNS_CHAIN;
	c->nodes[from].cname =
		(int16_t)(known >= 0 ? known : add_node(c, from, target, rec, rec->rdata));
	return NT_DNS_OK;
}

/*
 * rec binds node `from` to its target: one more name, unless it is known. Several are usual, loops
 * lead to what is known, and what is too much is left out, since other bindings still hold.
 */
static enum nt_dns_reason
add_binding(struct dns_reach *c, int from, const struct dns_record *rec, struct nt_dns_message *m)
{
	struct dns_name scratch;
	struct dns_name *target = room(c, &scratch);
	struct dns_svcb svcb;
	size_t end;
	enum nt_dns_reason reason = dns_svcb_read(c->r, rec, &svcb);

	if (reason == NT_DNS_WORK)
		return reason;
	if (reason != NT_DNS_OK || svcb.self)
		return NT_DNS_OK; /* malformed ones are counted where hints are taken */
	reason = dns_name_unpack(c->r, svcb.target, dns_name_text(target), &end);
	if (reason != NT_DNS_OK || find_text(c, target) >= 0)
		return reason;
	if (c->nodes[from].depth >= NT_DNS_CHAIN_MAX || target == &scratch)
		m->refused_limit++;
	else
		add_node(c, from, target, rec, svcb.target);
	return NT_DNS_OK;
}

/* One pass over the records that are left; those that a known name owns leave. */
static enum nt_dns_reason
pass(struct dns_reach *c, struct nt_dns_message *m, struct link *links[], unsigned int *count)
{
	unsigned int left = 0;

	for (unsigned int i = 0; i < *count; i++) {
		const struct dns_record *rec = links[i]->rec;
		int node;
		enum nt_dns_reason reason = NT_DNS_OK;

		if (!dns_spend(c->r, DNS_WORK_LINK))
			return NT_DNS_WORK;
		if (!find_place(c, rec->place, &node))
			reason = find_owner(c, links[i], &node);
		if (reason == NT_DNS_OK && node >= 0)
			reason = rec->type == NT_DNS_TYPE_CNAME ? add_cname(c, node, rec)
								: add_binding(c, node, rec, m);
		if (reason != NT_DNS_OK)
			return reason;
		if (node < 0)
			links[left++] = links[i];
	}
	*count = left;
	return NT_DNS_OK;
}

static enum nt_dns_reason
collect(const struct dns_records *records, struct link *links, unsigned int *ret)
{
	unsigned int cnames = 0, bindings = 0;

	for (unsigned int i = 0; i < records->count; i++) {
		const struct dns_record *rec = &records->at[i];

		if (rec->type == NT_DNS_TYPE_CNAME && cnames++ == CNAMES_MAX)
			return NT_DNS_WORK;
		if (rec->type == NT_DNS_TYPE_CNAME ||
			(dns_record_is_svcb(rec) && bindings++ < BINDINGS_MAX)) {
			links[*ret].rec = rec;
			links[(*ret)++].work = 0;
		}
	}
	return NT_DNS_OK;
}

/* Records come in any order, so passes are made until one finds nothing: as many as records. */
enum nt_dns_reason
dns_reach_build(struct dns_reach *ret, struct dns_reader *r, struct nt_dns_message *m,
	const struct dns_records *records)
{
	struct link links[CNAMES_MAX + BINDINGS_MAX], *rest[CNAMES_MAX + BINDINGS_MAX];
	unsigned int count = 0, before;

	ret->r = r;
	ret->count = 1;
	ret->found_place = 0;
	ret->nodes[0] = (struct dns_reached){
		.text = m->qname,
		.len = m->qname_len,
		.place = DNS_HEADER_BYTES,
		.ttl_sec = INT32_MAX,
		.parent = -1,
		.cname = -1,
	};
	enum nt_dns_reason reason = collect(records, links, &count);
	for (unsigned int i = 0; i < count; i++)
		rest[i] = &links[i];
	do {
		before = count;
		if (reason == NT_DNS_OK)
			reason = pass(ret, m, rest, &count);
	} while (reason == NT_DNS_OK && count > 0 && count < before);
	return reason;
}
