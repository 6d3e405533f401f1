/* SPDX-License-Identifier: BSD-3-Clause */
#include "dns_svcb.h"

#define MDNS_CLASS_BIT	   0x8000 /* cache-flush, unicast-response: RFC 6762 18.12, 18.13 */
#define QUESTION_MIN_BYTES 5 /* the root, type, class */
#define RECORD_MIN_BYTES   11 /* the root, type, class, TTL, RDLENGTH */
#define FLAG_RESPONSE	   0x8000
#define FLAG_TRUNCATED	   0x0200

/* How many questions and records the header claims. */
struct counts {
	unsigned int question, answer, authority, additional;
};

static const char *const reason_names[NT_DNS_REASONS] = {
	[NT_DNS_OK] = "ok",
	[NT_DNS_SHORT] = "short",
	[NT_DNS_NOT_QUERY] = "not_query",
	[NT_DNS_QDCOUNT] = "qdcount",
	[NT_DNS_COUNTS] = "counts",
	[NT_DNS_POINTER] = "pointer",
	[NT_DNS_LABEL] = "label",
	[NT_DNS_NAME_LONG] = "name_long",
	[NT_DNS_RDLENGTH] = "rdlength",
	[NT_DNS_CHAIN] = "chain",
	[NT_DNS_WORK] = "work",
	[NT_DNS_TRUNCATED] = "truncated",
	[NT_DNS_RCODE] = "rcode",
	[NT_DNS_CLASS] = "class",
};

const char *
nt_dns_reason_name(enum nt_dns_reason r)
{
	return (unsigned int)r < NT_DNS_REASONS ? reason_names[r] : "unknown";
}

/* Everything but the rooms, which would cost more than the message. */
static void
message_reset(struct nt_dns_message *m)
{
	m->id = m->qtype = m->qclass = m->qname_len = 0;
	m->opcode = m->rcode = 0;
	m->response = m->truncated = m->unread = false;
	m->answer_count = m->refused_chain = m->refused_unusable = m->refused_limit = 0;
	m->refused_svcb = 0;
	m->names_len = 0;
}

static unsigned int
be16(const uint8_t *p)
{
	return (unsigned int)p[0] << 8 | p[1];
}

/* RFC 1035 4.1.1 */
static void
header_read(struct nt_dns_message *ret, const uint8_t *msg)
{
	const unsigned int flags = be16(msg + 2);

	ret->id = (uint16_t)be16(msg);
	ret->response = flags & FLAG_RESPONSE;
	ret->opcode = flags >> 11 & 0xf;
	ret->truncated = flags & FLAG_TRUNCATED;
	ret->rcode = flags & 0xf;
}

static struct counts
counts_read(const uint8_t *msg)
{
	return (struct counts){
		.question = be16(msg + 4),
		.answer = be16(msg + 6),
		.authority = be16(msg + 8),
		.additional = be16(msg + 10),
	};
}

/* RFC 9267 6: counts are claims too. Said before any record is read. */
static enum nt_dns_reason
counts_check(const struct counts *n, size_t len)
{
	unsigned int records = n->answer + n->authority + n->additional;
	size_t least = n->question * QUESTION_MIN_BYTES + records * RECORD_MIN_BYTES;

	return DNS_HEADER_BYTES + least > len ? NT_DNS_COUNTS : NT_DNS_OK;
}

/* The question at the cursor: RFC 1035 4.1.2 */
static inline enum nt_dns_reason
question_read(struct nt_dns_message *ret, struct dns_reader *r)
{
	size_t start = nt_cursor_offset(&r->c), end = start;
	struct dns_text name = { .text = ret->qname, .len = &ret->qname_len };
	enum nt_dns_reason reason = dns_name_unpack(r, start, name, &end);

	if (reason != NT_DNS_OK)
		return reason;
	dns_spelled_out(r, start, end);
	nt_cursor_seek(&r->c, end);
	const uint8_t *p = nt_cursor_bytes(&r->c, 4);
	if (p == NULL)
		return NT_DNS_SHORT;
	ret->qtype = (uint16_t)be16(p);
	ret->qclass = (uint16_t)be16(p + 2);
	return NT_DNS_OK;
}

/* The other questions of a multicast message. */
static enum nt_dns_reason
questions_skip(struct dns_reader *r, unsigned int count)
{
	for (unsigned int i = 0; i < count; i++) {
		size_t end = 0;
		enum nt_dns_reason reason =
			dns_spend(r, 1) ? dns_name_skip(r, nt_cursor_offset(&r->c), &end)
					: NT_DNS_WORK;

		if (reason != NT_DNS_OK)
			return reason;
		nt_cursor_seek(&r->c, end);
		nt_cursor_skip(&r->c, 4);
		if (r->c.bad)
			return NT_DNS_SHORT;
	}
	return NT_DNS_OK;
}

/* RFC 9460 4: what a service binding needs stands in the additional section. */
static bool
asks_for_svcb(const struct nt_dns_message *m)
{
	return m->qtype == NT_DNS_TYPE_SVCB || m->qtype == NT_DNS_TYPE_HTTPS;
}

/* What is beyond a bound is not read; what was read before counts. */
static enum nt_dns_reason
section_read(struct nt_dns_message *m, struct dns_reader *r, unsigned int count,
	uint16_t ignored_class_bits, struct dns_records *keep)
{
	enum nt_dns_reason reason =
		count > 0 ? dns_records_read(r, count, ignored_class_bits, keep) : NT_DNS_OK;

	m->refused_limit += reason == NT_DNS_WORK && keep != NULL;
	m->unread |= reason == NT_DNS_WORK && keep == NULL;
	return reason;
}

/* Reading has half of the work that is left, so that what was read can be taken. */
static enum nt_dns_reason
sections_read(struct nt_dns_message *m, struct dns_reader *r, const struct counts *n,
	enum nt_dns_mode mode, struct dns_records *ret)
{
	const uint16_t ignored = mode == NT_DNS_UNICAST ? 0 : MDNS_CLASS_BIT;
	const bool keep_additional = mode != NT_DNS_UNICAST || asks_for_svcb(m);
	const unsigned int to_take = r->work / 2;
	enum nt_dns_reason reason = NT_DNS_OK;

	r->work -= to_take;
	ret->count = 0;
	ret->taken = !keep_additional && dns_answers_plain(m, r, n->answer, to_take);
	if (!ret->taken)
		reason = section_read(m, r, n->answer, ignored, ret);
	ret->answers = ret->count;
	if (reason == NT_DNS_OK)
		reason = section_read(m, r, n->authority, ignored, NULL);
	if (reason == NT_DNS_OK)
		reason = section_read(m, r, n->additional, ignored, keep_additional ? ret : NULL);
	r->work += to_take;
	return reason == NT_DNS_WORK ? NT_DNS_OK : reason;
}

static enum nt_dns_reason
question_unicast(
	struct nt_dns_message *ret, struct dns_reader *r, const struct counts *n, size_t len)
{
	enum nt_dns_reason reason;

	if (n->question != 1)
		return NT_DNS_QDCOUNT;
	reason = question_read(ret, r);
	if (reason != NT_DNS_OK)
		return reason;
	if (ret->response && ret->truncated)
		return NT_DNS_TRUNCATED;
	if (ret->response && ret->rcode != 0)
		return NT_DNS_RCODE;
	if (ret->response && ret->qclass != DNS_CLASS_IN)
		return NT_DNS_CLASS;
	return counts_check(n, len);
}

/* RFC 6762 18: TC means nothing in responses, a rcode drops the message. */
static enum nt_dns_reason
questions_multicast(
	struct nt_dns_message *ret, struct dns_reader *r, const struct counts *n, size_t len)
{
	enum nt_dns_reason reason = counts_check(n, len);

	if (reason == NT_DNS_OK && n->question > 0) {
		reason = question_read(ret, r);
		ret->qclass &= (uint16_t)~MDNS_CLASS_BIT;
		if (reason == NT_DNS_OK)
			reason = questions_skip(r, n->question - 1);
	}
	if (reason != NT_DNS_OK)
		return reason;
	return ret->response && ret->rcode != 0 ? NT_DNS_RCODE : NT_DNS_OK;
}

enum nt_dns_reason
nt_dns_parse_question(
	struct nt_dns_message *ret, const uint8_t *msg, size_t len, enum nt_dns_mode mode)
{
	struct dns_reader r = { .c = nt_cursor_init(msg, len), .work = DNS_WORK_MAX };
	enum nt_dns_reason reason;

	message_reset(ret);
	if (len < DNS_HEADER_BYTES)
		return NT_DNS_SHORT;
	header_read(ret, msg);
	if (len > UINT16_MAX)
		return NT_DNS_WORK; /* offsets have 16 bits; no transport carries more */
	if (ret->opcode != 0)
		return NT_DNS_NOT_QUERY;
	const struct counts n = counts_read(msg);
	nt_cursor_skip(&r.c, DNS_HEADER_BYTES);
	reason = mode == NT_DNS_UNICAST ? question_unicast(ret, &r, &n, len)
					: questions_multicast(ret, &r, &n, len);
	ret->records_at = (uint16_t)nt_cursor_offset(&r.c);
	ret->work = (uint16_t)r.work;
	ret->question_bytes = r.spelled_bytes;
	return reason;
}

enum nt_dns_reason
nt_dns_parse_records(
	struct nt_dns_message *m, const uint8_t *msg, size_t len, enum nt_dns_mode mode)
{
	struct dns_reader r = {
		.c = nt_cursor_init(msg, len),
		.work = m->work,
		.spelled = DNS_HEADER_BYTES,
		.spelled_bytes = m->question_bytes,
	};
	struct dns_records records;
	enum nt_dns_reason reason;

	if (!m->response)
		return NT_DNS_OK;
	const struct counts n = counts_read(msg);
	nt_cursor_skip(&r.c, m->records_at);
	reason = sections_read(m, &r, &n, mode, &records);
	if (reason == NT_DNS_OK && !records.taken)
		reason = mode == NT_DNS_UNICAST ? dns_answers_rooted(m, &r, &records)
						: dns_answers_owned(m, &r, &records);
	if (reason != NT_DNS_OK)
		m->answer_count = 0; /* whatever breaks a rule drops the whole message */
	return reason;
}

enum nt_dns_reason
nt_dns_parse(struct nt_dns_message *ret, const uint8_t *msg, size_t len, enum nt_dns_mode mode)
{
	const enum nt_dns_reason reason = nt_dns_parse_question(ret, msg, len, mode);

	return reason == NT_DNS_OK ? nt_dns_parse_records(ret, msg, len, mode) : reason;
}
