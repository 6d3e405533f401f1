/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Records of a DNS message that may name something, collected before any of them is judged, since
 * they come in any order: private to lib/names.
 */
#ifndef DNS_RECORD_H
#define DNS_RECORD_H

#include "dns_name.h"

/*
 * Records of a message that are kept: all the addresses that are taken, and half as many others,
 * so that reading the rest leaves work for taking them. 64 KiB could hold 4,000 and more.
 */
#define DNS_RECORDS_MAX 96

/* One of type A, AAAA, CNAME or PTR whose rdata has the right form; or SVCB or HTTPS. */
struct dns_record {
	uint16_t owner; /* offset */
	uint16_t place; /* dns_name_place of the owner */
	uint16_t type;
	uint16_t class;
	uint16_t rdata; /* offset */
	uint16_t rdlength;
	uint32_t ttl_sec;
};

struct dns_records {
	unsigned int count;
	unsigned int answers; /* of them, those of the answer section */
	bool taken; /* those of the answer section are none of these, but taken already */
	struct dns_record at[DNS_RECORDS_MAX];
};

#define DNS_CLASS_IN	       1
#define DNS_RECORD_FIXED_BYTES 10 /* type, class, TTL, RDLENGTH: RFC 1035 4.1.3 */

/* Of these types (all below 32) a record may name something. */
#define DNS_NAMING_TYPES                                                                           \
	(UINT32_C(1) << NT_DNS_TYPE_A | UINT32_C(1) << NT_DNS_TYPE_CNAME |                         \
		UINT32_C(1) << NT_DNS_TYPE_PTR | UINT32_C(1) << NT_DNS_TYPE_AAAA)

static inline bool
dns_record_is_svcb(const struct dns_record *rec)
{
	return rec->type == NT_DNS_TYPE_SVCB || rec->type == NT_DNS_TYPE_HTTPS;
}

static inline bool
dns_record_names(const struct dns_record *rec, uint16_t ignored_class_bits)
{
	bool naming = rec->type < 32 ? DNS_NAMING_TYPES >> rec->type & 1 : dns_record_is_svcb(rec);

	return naming && (rec->class & ~ignored_class_bits) == DNS_CLASS_IN;
}

/* Steps over the owner at the cursor, which is not the one before and no pointer. */
enum nt_dns_reason dns_owner_step(struct dns_reader *r);

/* The record at the cursor, which is stepped over, but for what is wrong with its rdata. */
static inline enum nt_dns_reason
dns_record_read(struct dns_reader *r, struct dns_record *ret)
{
	const uint8_t *p = r->c.pos;
	const uint16_t owner = (uint16_t)(p - r->c.start);
	uint16_t place;

	if (nt_unlikely(!dns_spend(r, DNS_WORK_RECORD)))
		return NT_DNS_WORK;
	if (nt_likely(r->c.end - p >= 2 && DNS_LABEL_TYPE(p[0]) == DNS_POINTER_BITS)) {
		const uint16_t target = DNS_POINTER_TO(p);

		if (nt_unlikely(target >= owner || target < DNS_HEADER_BYTES))
			return NT_DNS_POINTER;
		place = dns_name_place(r, target);
		p += 2;
	} else if (dns_spelled_again(r)) { /* as those mostly say who spell owners out */
		place = r->spelled;
		p += r->spelled_bytes;
	} else {
		enum nt_dns_reason reason = dns_owner_step(r);

		if (nt_unlikely(reason != NT_DNS_OK))
			return reason;
		place = owner;
		p = r->c.pos;
	}
	if (nt_unlikely(r->c.end - p < DNS_RECORD_FIXED_BYTES))
		return NT_DNS_SHORT;

	uint64_t fixed; /* all but RDLENGTH, in one load */
	memcpy(&fixed, p, sizeof(fixed));
	fixed = __builtin_bswap64(fixed);
	const uint16_t rdlength = (uint16_t)(p[8] << 8 | p[9]);
	p += DNS_RECORD_FIXED_BYTES;
	if (nt_unlikely(r->c.end - p < rdlength))
		return NT_DNS_SHORT;
	r->c.pos = p + rdlength;
	*ret = (struct dns_record){
		.owner = owner,
		.place = place,
		.type = (uint16_t)(fixed >> 48),
		.class = (uint16_t)(fixed >> 32),
		.rdata = (uint16_t)(p - r->c.start),
		.rdlength = rdlength,
		/* RFC 2181 8 */
		.ttl_sec = (uint32_t)fixed > INT32_MAX ? 0 : (uint32_t)fixed,
	};
	return NT_DNS_OK;
}

/*
 * Read count records at the cursor. Those that may name something are added to keep, if it is not
 * NULL, where their class, less the bits of ignored_class_bits, is IN.
 */
enum nt_dns_reason dns_records_read(struct dns_reader *r, unsigned int count,
	uint16_t ignored_class_bits, struct dns_records *keep);

/*
 * The same and dns_answers_rooted at once, of the answer section's `count` records: where they are
 * a chain and its addresses, as most are. False: they are not, or something is wrong with one, or
 * the work (r->work for reading, to_take) may not do; then nothing was done.
 */
bool dns_answers_plain(
	struct nt_dns_message *m, struct dns_reader *r, unsigned int count, unsigned int to_take);

/* Answers reached from the question in ret through CNAMEs and service bindings, added to ret. */
enum nt_dns_reason dns_answers_rooted(
	struct nt_dns_message *ret, struct dns_reader *r, const struct dns_records *records);

/* Answers that their own owners name (RFC 6762), added to ret. */
enum nt_dns_reason dns_answers_owned(
	struct nt_dns_message *ret, struct dns_reader *r, const struct dns_records *records);

/* There is room. */
static inline void
dns_answer_put(struct nt_dns_message *ret, unsigned int type, uint32_t ttl_sec,
	const struct nt_addr *addr, const char *name, uint16_t name_len)
{
	struct nt_dns_answer *a = &ret->answers[ret->answer_count];

	a->addr = *addr;
	a->ttl_sec = ttl_sec;
	a->type = (uint16_t)type;
	a->index = (uint16_t)ret->answer_count++;
	a->name_len = name_len;
	a->name = name;
}

/* Take one answer, or count why not. */
void dns_answer_add(struct nt_dns_message *ret, const struct dns_record *rec, uint32_t ttl_sec,
	const struct nt_addr *addr, const char *name, uint16_t name_len);
/* Likewise, where the name has to be kept in ret->names first. */
void dns_answer_add_copied(struct nt_dns_message *ret, const struct dns_record *rec,
	uint32_t ttl_sec, const struct nt_addr *addr, const struct dns_name *name);

/* The address in an A or AAAA record. */
static inline struct nt_addr
dns_record_addr(const struct dns_reader *r, const struct dns_record *rec)
{
	const uint8_t *rdata = r->c.start + rec->rdata;

	return rec->type == NT_DNS_TYPE_A ? nt_addr_v4(rdata) : nt_addr_v6(rdata);
}

#endif
