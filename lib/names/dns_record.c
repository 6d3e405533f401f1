/* SPDX-License-Identifier: BSD-3-Clause */
#include "dns_svcb.h"

#define CLASS_IN	   1
#define RECORD_FIXED_BYTES 10 /* type, class, TTL, RDLENGTH: RFC 1035 4.1.3 */

/* Of these types (all below 32) a record may name something. */
#define NAMING_TYPES                                                                               \
	(UINT32_C(1) << NT_DNS_TYPE_A | UINT32_C(1) << NT_DNS_TYPE_CNAME |                         \
		UINT32_C(1) << NT_DNS_TYPE_PTR | UINT32_C(1) << NT_DNS_TYPE_AAAA)

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

/*
 * Step over an owner. Most are nothing but a pointer to a name; who spells them out mostly says the
 * same one again.
 */
static inline enum nt_dns_reason
owner_skip(struct dns_reader *r, struct dns_record *ret)
{
	const uint8_t *p = r->c.pos;
	size_t start = nt_cursor_offset(&r->c), end = 0;

	ret->owner = ret->place = (uint16_t)start;
	if (nt_likely(r->c.end - p >= 2 && DNS_LABEL_TYPE(p[0]) == DNS_POINTER_BITS)) {
		size_t target = DNS_POINTER_TO(p);

		if (nt_unlikely(target >= start || target < DNS_HEADER_BYTES))
			return NT_DNS_POINTER;
		r->c.pos += 2;
		ret->place = dns_name_place(r, target);
		return NT_DNS_OK;
	}
	if (dns_spelled_again(r)) {
		ret->place = r->spelled;
		r->c.pos += r->spelled_bytes;
		return NT_DNS_OK;
	}
	enum nt_dns_reason reason = dns_name_skip(r, start, &end);
	if (reason == NT_DNS_OK) {
		dns_spelled_out(r, start, end);
		nt_cursor_seek(&r->c, end);
	}
	return reason;
}

static enum nt_dns_reason
record_read(struct dns_reader *r, struct dns_record *ret)
{
	enum nt_dns_reason reason =
		dns_spend(r, DNS_WORK_RECORD) ? owner_skip(r, ret) : NT_DNS_WORK;

	if (nt_unlikely(reason != NT_DNS_OK))
		return reason;
	const uint8_t *p = nt_cursor_bytes(&r->c, RECORD_FIXED_BYTES);
	if (nt_unlikely(p == NULL))
		return NT_DNS_SHORT;

	uint64_t fixed; /* all but RDLENGTH, in one load */
	memcpy(&fixed, p, sizeof(fixed));
	fixed = __builtin_bswap64(fixed);
	ret->type = (uint16_t)(fixed >> 48);
	ret->class = (uint16_t)(fixed >> 32);
	ret->ttl_sec = (uint32_t)fixed;
	if (nt_unlikely(ret->ttl_sec > INT32_MAX))
		ret->ttl_sec = 0; /* RFC 2181 8 */
	ret->rdlength = (uint16_t)(p[8] << 8 | p[9]);
	ret->rdata = (uint16_t)nt_cursor_offset(&r->c);
	return nt_cursor_bytes(&r->c, ret->rdlength) != NULL ? NT_DNS_OK : NT_DNS_SHORT;
}

static inline bool
names_something(const struct dns_record *rec, uint16_t ignored_class_bits)
{
	bool naming = rec->type < 32 ? NAMING_TYPES >> rec->type & 1 : dns_record_is_svcb(rec);

	return naming && (rec->class & ~ignored_class_bits) == CLASS_IN;
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
		enum nt_dns_reason reason = record_read(r, rec);
		if (nt_unlikely(reason != NT_DNS_OK))
			return reason;
		if (keep == NULL || !names_something(rec, ignored_class_bits))
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
	ret->answers[ret->answer_count] = (struct nt_dns_answer){
		.addr = *addr,
		.ttl_sec = ttl_sec,
		.type = rec->type,
		.index = (uint16_t)ret->answer_count,
		.name_len = name_len,
		.name = name,
	};
	ret->answer_count++;
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
