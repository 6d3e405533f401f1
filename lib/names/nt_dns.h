/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * DNS messages (RFC 1035) read for what names connections: A, AAAA and PTR answers rooted at the
 * question through the message's own CNAME chain, and the address hints of SVCB and HTTPS records
 * (RFC 9460) and addresses of their targets, likewise rooted. Untrusted bytes: RFC 9267 lists what
 * others got wrong. Bounds: pointers strictly backward, at most 16 a name; labels <= 63; 255 octets
 * on the wire while unpacking; a chain of at most 10 CNAMEs; at most 64 addresses taken; the total
 * work per message is bounded. Whatever breaks a rule drops the whole message under one reason.
 * Only the 64 addresses are no such rule: of a message that has more, the first 64 are taken, and
 * the rest is counted (refused_limit). No state, no allocation, any thread.
 */
#ifndef NT_DNS_H
#define NT_DNS_H

#include <nt_addr.h>
#include <nt_base.h>

#define NT_DNS_NAME_MAX	    255 /* bytes of a name's text, without a trailing dot */
#define NT_DNS_ANSWERS_MAX  64
#define NT_DNS_CHAIN_MAX    10
#define NT_DNS_POINTERS_MAX 16
#define NT_DNS_NAMES_ROOM   8192 /* text of the names that are not the question's */

enum nt_dns_type {
	NT_DNS_TYPE_A = 1,
	NT_DNS_TYPE_CNAME = 5,
	NT_DNS_TYPE_PTR = 12,
	NT_DNS_TYPE_AAAA = 28,
	NT_DNS_TYPE_SVCB = 64, /* RFC 9460 */
	NT_DNS_TYPE_HTTPS = 65,
};

/* Why a message gave nothing; OK where it may give something. Each is a counter. */
enum nt_dns_reason {
	NT_DNS_OK,
	NT_DNS_SHORT, /* ends inside the header or a record */
	NT_DNS_NOT_QUERY, /* opcode other than QUERY (NOTIFY, UPDATE, inverse ...) */
	NT_DNS_QDCOUNT, /* a query or response that does not have exactly one question */
	NT_DNS_COUNTS, /* counts that the message cannot hold */
	NT_DNS_POINTER, /* a pointer that is not strictly backward, or too many */
	NT_DNS_LABEL, /* a label type other than plain or pointer */
	NT_DNS_NAME_LONG, /* more than 255 octets */
	NT_DNS_RDLENGTH, /* rdata shorter or longer than its type demands */
	NT_DNS_CHAIN, /* a CNAME chain too long, looping or branching */
	NT_DNS_WORK, /* more work than a message may cost */
	NT_DNS_TRUNCATED, /* TC=1: the answer comes over TCP */
	NT_DNS_RCODE, /* rcode not 0 */
	NT_DNS_CLASS, /* question not of class IN */
	NT_DNS_REASONS
};

const char *nt_dns_reason_name(enum nt_dns_reason r);

struct nt_dns_answer {
	struct nt_addr addr; /* the answer's or the hint's; PTR: the question's */
	uint32_t ttl_sec; /* the least along the chain that led here */
	uint16_t type; /* enum nt_dns_type: A, AAAA, PTR; SVCB or HTTPS for a hint */
	uint16_t index; /* place among the answers taken, from 0 */
	uint16_t name_len;
	const char *name; /* lower case, into the message's own storage; not NUL-terminated */
};

/* About 14 KiB: keep one per worker. Answers point into it, so it is not to be copied. */
struct nt_dns_message {
	uint16_t id;
	uint16_t qtype, qclass;
	uint8_t opcode, rcode;
	bool response, truncated;
	bool unread; /* records that nothing is taken from, beyond the work of a message */
	uint16_t qname_len;
	char qname[NT_DNS_NAME_MAX + 1]; /* lower case, dots between labels; a dot or backslash
					  * inside a label is written \x2e, \x5c */
	unsigned int answer_count;
	struct nt_dns_answer answers[NT_DNS_ANSWERS_MAX];
	unsigned int refused_chain; /* answers not reached from the question */
	unsigned int refused_unusable; /* unspecified, loopback, multicast ...; the root name */
	unsigned int refused_limit; /* beyond NT_DNS_ANSWERS_MAX, or the work that a message may
				     * cost: the first ones count; at least so many */
	unsigned int refused_svcb; /* SVCB and HTTPS records that break the rules of RFC 9460 2.2 */
	/* Where nt_dns_parse_records goes on: the offset, the work left, the question's name. */
	uint16_t records_at, work, question_bytes;
	size_t names_len;
	char names[NT_DNS_NAMES_ROOM];
};

/* How the names of answers are found. */
enum nt_dns_mode {
	NT_DNS_UNICAST, /* rooted at the question */
	NT_DNS_MULTICAST, /* RFC 6762: the record's owner is the name; no question is needed; the
			   * cache-flush and unicast-response bits of classes are ignored */
};

/*
 * Read one message. Queries give the question (and no answers); responses the question and the
 * answers. *ret is filled as far as it got (id and flags at least, from 12 bytes up); answers are
 * there only with NT_DNS_OK. In NT_DNS_UNICAST, a response with rcode != 0, TC, or a class other
 * than IN is a reason; a response without usable answers is OK with answer_count 0.
 */
enum nt_dns_reason nt_dns_parse(
	struct nt_dns_message *ret, const uint8_t *msg, size_t len, enum nt_dns_mode mode);

/*
 * The same in two steps, so that what the question leads to can be asked for between them: the
 * header and the question; then, only after NT_DNS_OK and of the same bytes, the records.
 */
enum nt_dns_reason nt_dns_parse_question(
	struct nt_dns_message *ret, const uint8_t *msg, size_t len, enum nt_dns_mode mode);
enum nt_dns_reason nt_dns_parse_records(
	struct nt_dns_message *m, const uint8_t *msg, size_t len, enum nt_dns_mode mode);

/* Keyless 64-bit digest of the question: name, type, class. */
uint64_t nt_dns_question_digest(const struct nt_dns_message *m);
/*
 * Likewise of the answers (addresses, names other than the question's, types; not TTLs), for
 * telling repeats among the answers to one question.
 */
uint64_t nt_dns_answers_digest(const struct nt_dns_message *m);

#endif
