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
	struct dns_record at[DNS_RECORDS_MAX];
};

/*
 * Read count records at the cursor. Those that may name something are added to keep, if it is not
 * NULL, where their class, less the bits of ignored_class_bits, is IN.
 */
enum nt_dns_reason dns_records_read(struct dns_reader *r, unsigned int count,
	uint16_t ignored_class_bits, struct dns_records *keep);

/* Answers reached from the question in ret through CNAMEs and service bindings, added to ret. */
enum nt_dns_reason dns_answers_rooted(
	struct nt_dns_message *ret, struct dns_reader *r, const struct dns_records *records);

/* Answers that their own owners name (RFC 6762), added to ret. */
enum nt_dns_reason dns_answers_owned(
	struct nt_dns_message *ret, struct dns_reader *r, const struct dns_records *records);

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
