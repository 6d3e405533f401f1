/* SPDX-License-Identifier: BSD-3-Clause */
#include "dns_svcb.h"

/*
 * What nearly all responses are: a chain of CNAMEs from the question, in order, and the addresses
 * of its end. Nothing is kept to be looked at again, and the names on the way are compared by what
 * is the same of equal ones.
 */

/* Of names of that many octets the text fits, even if all of it has to be escaped. */
#define NAME_PLAIN_MAX 63

/* How far the chain has come. */
struct chain {
	uint16_t place; /* of the name that comes next: all addresses are its own */
	uint32_t ttl_sec; /* the least up to there */
	unsigned int links;
	unsigned int work; /* that taking all this would have cost, at most */
	uint32_t seen[NT_DNS_CHAIN_MAX]; /* sums of the names that were come through */
};

/* A name that is stepped through, pointers and all. */
struct walk {
	size_t end; /* behind its first pointer or its root */
	unsigned int skipped; /* steps for the labels up to there */
	unsigned int work; /* what unpacking it costs at most */
	unsigned int wire; /* octets when it is spelled out */
	uint32_t sum; /* of what is the same for names that are */
};

/* False where anything is wrong, or the name is a long one. */
static bool
name_walk(struct walk *ret, const struct dns_reader *r, size_t offset)
{
	const uint8_t *p = r->c.start + offset, *limit = r->c.end;
	unsigned int wire = 1, labels = 0, pointers = 0, far = 0;
	uint32_t sum = 0;

	ret->end = 0;
	/* Ends: each round takes octets of which there are few, or goes back. */
	for (;;) {
		if (nt_unlikely(p >= limit))
			return false;
		const unsigned int len = *p;
		if (len == 0)
			break;
		if (DNS_LABEL_TYPE(len) == 0) {
			wire += 1 + len;
			if (nt_unlikely(wire > NAME_PLAIN_MAX || (size_t)(limit - p) <= len))
				return false;
			/* Its first and its last letter, in whatever case. */
			sum = sum * 33 + (((unsigned int)p[len] << 8 | p[1]) | 0x2020);
			labels++;
			p += 1 + len;
			continue;
		}
		if (nt_unlikely(DNS_LABEL_TYPE(len) != DNS_POINTER_BITS || limit - p < 2))
			return false;
		const size_t target = DNS_POINTER_TO(p);
		if (nt_unlikely(target >= offset || target < DNS_HEADER_BYTES ||
				++pointers > NT_DNS_POINTERS_MAX))
			return false;
		if (ret->end == 0) {
			ret->end = (size_t)(p - r->c.start) + 2;
			ret->skipped = labels + 1;
		}
		far += 1 + (len & 0x3f) / 8;
		limit = r->c.start + offset;
		offset = target;
		p = r->c.start + target;
	}
	if (ret->end == 0) {
		ret->end = (size_t)(p - r->c.start) + 1;
		ret->skipped = labels;
	}
	ret->work = 2 + labels + far + wire / 8 + wire / 4;
	ret->wire = wire;
	ret->sum = sum ^ wire << 24;
	return true;
}

/* Not the question, which is spelled out, nor any that the chain has come through. */
static bool
is_new(const struct chain *c, const struct dns_reader *r, const struct walk *name,
	unsigned int question_bytes)
{
	struct walk question;

	for (unsigned int i = 0; i < c->links; i++) {
		if (c->seen[i] == name->sum)
			return false;
	}
	return name->wire != question_bytes ||
	       (name_walk(&question, r, DNS_HEADER_BYTES) && question.sum != name->sum);
}

/* A CNAME of the name that comes next; its target comes next then. */
static bool
take_cname(const struct nt_dns_message *m, struct chain *c, struct dns_reader *r,
	const struct dns_record *rec)
{
	struct walk name;

	if (c->links == NT_DNS_CHAIN_MAX || !name_walk(&name, r, rec->rdata) ||
		name.end != (size_t)rec->rdata + rec->rdlength || !dns_spend(r, name.skipped) ||
		!is_new(c, r, &name, m->question_bytes))
		return false;
	c->seen[c->links++] = name.sum;
	c->work += DNS_WORK_LINK + name.work;
	c->place = dns_name_place(r, rec->rdata);
	c->ttl_sec = NT_MIN(c->ttl_sec, rec->ttl_sec);
	return true;
}

static bool
take_address(struct nt_dns_message *m, struct chain *c, const struct dns_reader *r,
	const struct dns_record *rec)
{
	struct nt_addr addr;

	if (rec->rdlength != (rec->type == NT_DNS_TYPE_A ? 4 : 16))
		return false;
	addr = dns_record_addr(r, rec);
	if (nt_unlikely(nt_addr_is_unusable(&addr)))
		return false;
	dns_answer_put(
		m, rec->type, NT_MIN(c->ttl_sec, rec->ttl_sec), &addr, m->qname, m->qname_len);
	c->work += DNS_WORK_ANSWER;
	return true;
}

static bool
take(struct nt_dns_message *m, struct chain *c, struct dns_reader *r, unsigned int count)
{
	for (unsigned int i = 0; i < count; i++) {
		struct dns_record rec;

		if (nt_unlikely(dns_record_read(r, &rec) != NT_DNS_OK))
			return false;
		if (!dns_record_names(&rec, 0))
			continue;
		if (nt_unlikely(rec.place != c->place))
			return false;
		if (rec.type == NT_DNS_TYPE_CNAME) {
			if (nt_unlikely(!take_cname(m, c, r, &rec)))
				return false;
		} else if (nt_unlikely(rec.type != NT_DNS_TYPE_A && rec.type != NT_DNS_TYPE_AAAA) ||
			   nt_unlikely(!take_address(m, c, r, &rec))) {
			return false;
		}
	}
	return true;
}

bool
dns_answers_plain(
	struct nt_dns_message *m, struct dns_reader *r, unsigned int count, unsigned int to_take)
{
	const struct dns_reader before = *r;
	struct chain c;

	c.place = DNS_HEADER_BYTES;
	c.ttl_sec = INT32_MAX;
	c.links = c.work = 0;
	if (nt_likely(count <= NT_DNS_ANSWERS_MAX && m->qname_len != 0 && take(m, &c, r, count) &&
		      c.work <= to_take))
		return true;
	*r = before;
	m->answer_count = 0;
	return false;
}
