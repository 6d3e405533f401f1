/* SPDX-License-Identifier: BSD-3-Clause */
#include "dns_svcb.h"

/* RFC 9267 5: RDLENGTH is the sender's claim; what the type demands decides. */
static enum nt_dns_reason
rdata_check(struct dns_reader *r, const struct dns_record *rec)
{
	enum nt_dns_reason reason;
	size_t end = 0;

	switch (rec->type) {
	case NT_DNS_TYPE_A:
		return rec->rdlength == 4 ? NT_DNS_OK : NT_DNS_RDLENGTH;
	case NT_DNS_TYPE_AAAA:
		return rec->rdlength == 16 ? NT_DNS_OK : NT_DNS_RDLENGTH;
	case NT_DNS_TYPE_SVCB:
	case NT_DNS_TYPE_HTTPS:
		return NT_DNS_OK; /* read where it counts: a malformed one spoils no other record */
	default:
		reason = dns_name_skip(r, rec->rdata, &end);
		if (reason != NT_DNS_OK)
			return reason;
		return end == (size_t)rec->rdata + rec->rdlength ? NT_DNS_OK : NT_DNS_RDLENGTH;
	}
}

enum nt_dns_reason
dns_owner_step(struct dns_reader *r)
{
	const size_t start = nt_cursor_offset(&r->c);
	size_t end = 0;

	enum nt_dns_reason reason = dns_name_skip(r, start, &end);

	if (reason != NT_DNS_OK)
		return reason;
	dns_spelled_out(r, start, end);
	r->c.pos = r->c.start + end;
	return NT_DNS_OK;
}

enum nt_dns_reason
dns_records_read(struct dns_reader *r, unsigned int count, uint16_t ignored_class_bits,
	struct dns_records *keep)
{
	for (unsigned int i = 0; i < count; i++) {
		struct dns_record scratch;
		struct dns_record *rec = keep != NULL ? &keep->at[keep->count] : &scratch;

		if (nt_unlikely(keep != NULL && keep->count >= DNS_RECORDS_MAX))
			return NT_DNS_WORK;
		enum nt_dns_reason reason = dns_record_read(r, rec);
		if (nt_unlikely(reason != NT_DNS_OK))
			return reason;
		if (keep == NULL || !dns_record_names(rec, ignored_class_bits))
			continue;
		reason = rdata_check(r, rec);
		if (nt_unlikely(reason != NT_DNS_OK))
			return reason;
		keep->count++;
	}
	return NT_DNS_OK;
}

void
dns_answer_add(struct nt_dns_message *ret, const struct dns_record *rec, uint32_t ttl_sec,
	const struct nt_addr *addr, const char *name, uint16_t name_len)
{
	/* The root is no name: whoever had it would be called "". */
	if (nt_addr_is_unusable(addr) || name_len == 0) {
		ret->refused_unusable++;
		return;
	}
	if (ret->answer_count >= NT_DNS_ANSWERS_MAX) {
		ret->refused_limit++;
		return;
	}
	dns_answer_put(ret, rec->type, ttl_sec, addr, name, name_len);
}

void
dns_answer_add_copied(struct nt_dns_message *ret, const struct dns_record *rec, uint32_t ttl_sec,
	const struct nt_addr *addr, const struct dns_name *name)
{
	char *to = ret->names + ret->names_len;
	unsigned int before = ret->answer_count;

	if (sizeof(ret->names) - ret->names_len < name->len) {
		ret->refused_limit++;
		return;
	}
	dns_answer_add(ret, rec, ttl_sec, addr, to, name->len);
	if (ret->answer_count > before) {
		memcpy(to, name->text, name->len);
		ret->names_len += name->len;
	}
}
