/* SPDX-License-Identifier: BSD-3-Clause */
#include "dns_svcb.h"

/* The owner unpacked last: a host's A and AAAA records follow each other. */
struct owner {
	bool there;
	uint16_t place;
	struct dns_name name;
	const char *kept; /* in ret->names; NULL if no answer took it */
};

static enum nt_dns_reason
owner_unpack(struct owner *o, struct dns_reader *r, const struct dns_record *rec)
{
	if (o->there && o->place == rec->place)
		return NT_DNS_OK;
	o->there = false;
	o->kept = NULL;
	size_t end;
	enum nt_dns_reason reason = dns_name_unpack(r, rec->owner, dns_name_text(&o->name), &end);
	if (reason == NT_DNS_OK) {
		o->there = true;
		o->place = rec->place;
	}
	return reason;
}

static void
take_address(struct nt_dns_message *ret, const struct dns_reader *r, const struct dns_record *rec,
	struct owner *o)
{
	struct nt_addr addr = dns_record_addr(r, rec);
	unsigned int before = ret->answer_count;

	if (o->kept != NULL) {
		dns_answer_add(ret, rec, rec->ttl_sec, &addr, o->kept, o->name.len);
		return;
	}
	dns_answer_add_copied(ret, rec, rec->ttl_sec, &addr, &o->name);
	if (ret->answer_count > before)
		o->kept = ret->answers[before].name;
}

/* RFC 6762 4: reverse mapping; PTR records of services (RFC 6763) are many, and name no address. */
static enum nt_dns_reason
take_pointer(struct nt_dns_message *ret, struct dns_reader *r, const struct dns_record *rec,
	const struct owner *o)
{
	struct dns_name name;
	struct nt_addr addr;

	if (!dns_name_reverse(o->name.text, o->name.len, &addr))
		return NT_DNS_OK;
	size_t end;
	enum nt_dns_reason reason = dns_name_unpack(r, rec->rdata, dns_name_text(&name), &end);
	if (reason == NT_DNS_OK)
		dns_answer_add_copied(ret, rec, rec->ttl_sec, &addr, &name);
	return reason;
}

enum nt_dns_reason
dns_answers_owned(
	struct nt_dns_message *ret, struct dns_reader *r, const struct dns_records *records)
{
	enum nt_dns_reason reason = NT_DNS_OK;
	struct owner owner;

	owner.there = false;
	for (unsigned int i = 0; i < records->count && reason == NT_DNS_OK; i++) {
		const struct dns_record *rec = &records->at[i];

		/* TTL 0 says goodbye: RFC 6762 10.1 */
		if (rec->type == NT_DNS_TYPE_CNAME || dns_record_is_svcb(rec) || rec->ttl_sec == 0)
			continue;
		reason = dns_spend(r, DNS_WORK_ANSWER) ? owner_unpack(&owner, r, rec) : NT_DNS_WORK;
		if (reason == NT_DNS_OK && rec->type == NT_DNS_TYPE_PTR)
			reason = take_pointer(ret, r, rec, &owner);
		else if (reason == NT_DNS_OK)
			take_address(ret, r, rec, &owner);
		if (nt_unlikely(reason == NT_DNS_WORK)) {
			ret->refused_limit += records->count - i;
			return NT_DNS_OK;
		}
	}
	return reason;
}
