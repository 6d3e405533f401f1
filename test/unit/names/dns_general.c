/* SPDX-License-Identifier: BSD-3-Clause */
#include "../../../lib/names/dns_name.h"
#include "../../../lib/names/dns_svcb.h"
#include "dns_general.h"

/* The same sources, with other names and without the two. */
#undef __SSE2__
#define dns_name_unpack				unpack_by_labels
#define dns_name_skip				skip_by_labels
#define nt_dns_parse				dns_general_parse
#define nt_dns_parse_question			general_question
#define nt_dns_parse_records			general_records
#define nt_dns_reason_name			general_reason_name
#define dns_answers_plain(m, r, count, to_take) ((void)(to_take), false)

enum nt_dns_reason unpack_by_labels(
	struct dns_reader *r, size_t offset, struct dns_text ret, size_t *ret_end);
enum nt_dns_reason skip_by_labels(struct dns_reader *r, size_t offset, size_t *ret_end);
enum nt_dns_reason general_question(
	struct nt_dns_message *ret, const uint8_t *msg, size_t len, enum nt_dns_mode mode);
enum nt_dns_reason general_records(
	struct nt_dns_message *m, const uint8_t *msg, size_t len, enum nt_dns_mode mode);
const char *general_reason_name(enum nt_dns_reason r);

/* NOLINTBEGIN(bugprone-suspicious-include) */
#include "../../../lib/names/dns.c"
#include "../../../lib/names/dns_name.c"
/* NOLINTEND(bugprone-suspicious-include) */

static bool
same_answer(const struct nt_dns_answer *a, const struct nt_dns_answer *b)
{
	return nt_addr_equal(&a->addr, &b->addr) && a->ttl_sec == b->ttl_sec &&
	       a->type == b->type && a->index == b->index &&
	       dns_name_equal(a->name, a->name_len, b->name, b->name_len);
}

bool
dns_general_same(const struct nt_dns_message *a, const struct nt_dns_message *b)
{
	bool same = a->id == b->id && a->qtype == b->qtype && a->qclass == b->qclass &&
		    a->opcode == b->opcode && a->rcode == b->rcode && a->response == b->response &&
		    a->truncated == b->truncated && a->unread == b->unread &&
		    dns_name_equal(a->qname, a->qname_len, b->qname, b->qname_len) &&
		    a->answer_count == b->answer_count && a->refused_chain == b->refused_chain &&
		    a->refused_unusable == b->refused_unusable &&
		    a->refused_limit == b->refused_limit && a->refused_svcb == b->refused_svcb &&
		    a->names_len == b->names_len;

	for (unsigned int i = 0; same && i < a->answer_count; i++)
		same = same_answer(&a->answers[i], &b->answers[i]);
	return same;
}
