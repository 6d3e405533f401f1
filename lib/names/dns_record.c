/* SPDX-License-Identifier: BSD-3-Clause */
#include "dns_record.h"

#define CLASS_IN	   1
#define RECORD_FIXED_BYTES 10 /* type, class, TTL, RDLENGTH: RFC 1035 4.1.3 */

static inline uint16_t
be16(const uint8_t *p)
{
	return (uint16_t)(p[0] << 8 | p[1]);
}

static inline uint32_t
be32(const uint8_t *p)
{
	return (uint32_t)be16(p) << 16 | be16(p + 2);
}

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
	default:
		reason = dns_name_skip(r, rec->rdata, &end);
		if (reason != NT_DNS_OK)
			return reason;
		return end == (size_t)rec->rdata + rec->rdlength ? NT_DNS_OK : NT_DNS_RDLENGTH;
	}
}

/* Step over an owner. Most are nothing but a pointer. */
static inline enum nt_dns_reason
owner_skip(struct dns_reader *r)
{
	const uint8_t *p = r->c.pos;
	size_t start = nt_cursor_offset(&r->c), end = 0;

	if (nt_likely(r->c.end - p >= 2 && DNS_LABEL_TYPE(p[0]) == DNS_POINTER_BITS)) {
		size_t target = DNS_POINTER_TO(p);

		r->c.pos += 2;
		return target < start && target >= DNS_HEADER_BYTES ? NT_DNS_OK : NT_DNS_POINTER;
	}
	enum nt_dns_reason reason = dns_name_skip(r, start, &end);
	if (reason == NT_DNS_OK)
		nt_cursor_seek(&r->c, end);
	return reason;
}

static enum nt_dns_reason
record_read(struct dns_reader *r, struct dns_record *ret)
{
	ret->owner = (uint16_t)nt_cursor_offset(&r->c);
	enum nt_dns_reason reason = dns_spend(r, 1) ? owner_skip(r) : NT_DNS_WORK;

	if (nt_unlikely(reason != NT_DNS_OK))
		return reason;
	const uint8_t *p = nt_cursor_bytes(&r->c, RECORD_FIXED_BYTES);
	if (nt_unlikely(p == NULL))
		return NT_DNS_SHORT;

	uint32_t ttl_sec = be32(p + 4);
	ret->type = be16(p);
	ret->class = be16(p + 2);
	ret->ttl_sec = ttl_sec > INT32_MAX ? 0 : ttl_sec; /* RFC 2181 8 */
	ret->rdlength = be16(p + 8);
	ret->rdata = (uint16_t)nt_cursor_offset(&r->c);
	return nt_cursor_bytes(&r->c, ret->rdlength) != NULL ? NT_DNS_OK : NT_DNS_SHORT;
}

static inline bool
names_something(const struct dns_record *rec, uint16_t ignored_class_bits)
{
	return (rec->type == NT_DNS_TYPE_A || rec->type == NT_DNS_TYPE_AAAA ||
		       rec->type == NT_DNS_TYPE_CNAME || rec->type == NT_DNS_TYPE_PTR) &&
	       (rec->class & ~ignored_class_bits) == CLASS_IN;
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
		rec->place = dns_name_place(r, rec->owner);
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
