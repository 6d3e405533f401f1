/* SPDX-License-Identifier: BSD-3-Clause */
#include "dns_reach.h"

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

static void
take_hint(struct nt_dns_message *ret, const struct dns_record *rec, uint32_t ttl_sec,
	const struct nt_addr *addr)
{
	dns_answer_add(ret, rec, ttl_sec, addr, ret->qname, ret->qname_len);
}

/* RFC 9460 7.3: addresses of the target, so of whatever was asked for. */
static enum nt_dns_reason
take_hints(struct nt_dns_message *ret, struct dns_reader *r, const struct dns_record *rec,
	uint32_t ttl_sec)
{
	struct dns_svcb svcb;
	struct nt_addr addr;
	enum nt_dns_reason reason = dns_svcb_read(r, rec, &svcb);

	if (reason == NT_DNS_RDLENGTH) {
		ret->refused_svcb++;
		return NT_DNS_OK;
	}
	/* Ends: 64 KiB of hints, of which those beyond the bound are counted. */
	while (reason == NT_DNS_OK && nt_cursor_left(&svcb.hint4) >= 4) {
		addr = nt_addr_v4(nt_cursor_bytes(&svcb.hint4, 4));
		take_hint(ret, rec, ttl_sec, &addr);
	}
	while (reason == NT_DNS_OK && nt_cursor_left(&svcb.hint6) >= 16) {
		addr = nt_addr_v6(nt_cursor_bytes(&svcb.hint6, 16));
		take_hint(ret, rec, ttl_sec, &addr);
	}
	return reason;
}

static enum nt_dns_reason
take_record(struct nt_dns_message *ret, struct dns_reach *c, const struct dns_record *rec,
	bool answer, const struct nt_addr *asked)
{
	int node = -1;
	enum nt_dns_reason reason = dns_reach_find(c, rec, &node);

	if (reason != NT_DNS_OK)
		return reason;
	if (node < 0) {
		ret->refused_chain += answer; /* what is additional may be about anything */
		return NT_DNS_OK;
	}
	uint32_t ttl_sec = NT_MIN(rec->ttl_sec, c->nodes[node].ttl_sec);
	if (dns_record_is_svcb(rec))
		return take_hints(ret, c->r, rec, ttl_sec);
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
	struct dns_reach c;

	enum nt_dns_reason reason = dns_reach_build(&c, r, ret, records);
	for (unsigned int i = 0; i < records->count && reason == NT_DNS_OK; i++) {
		const struct dns_record *rec = &records->at[i];

		/* A PTR record elsewhere than in a reverse zone names no address. */
		if (rec->type == NT_DNS_TYPE_CNAME || (rec->type == NT_DNS_TYPE_PTR && !reverse))
			continue;
		if (nt_unlikely(ret->answer_count == NT_DNS_ANSWERS_MAX))
			ret->refused_limit++; /* whatever it would have been */
		else
			reason = dns_spend(r, DNS_WORK_ANSWER)
					 ? take_record(ret, &c, rec, i < records->answers, &asked)
					 : NT_DNS_WORK;
		if (nt_unlikely(reason == NT_DNS_WORK)) {
			ret->refused_limit += records->count - i;
			return NT_DNS_OK;
		}
	}
	return reason;
}
