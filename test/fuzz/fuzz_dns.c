/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The input is one DNS message, read in both modes. What must hold of whatever comes out: answers
 * within their bounds, names inside the message's own storage, in lower case, and none without OK.
 * Most messages are read in fewer steps than all could be: the outcome is the same.
 */
#include <stdlib.h>
#include <string.h>

#include <nt_dns.h>
#include <nt_dns_confirm.h>

#include "../unit/names/dns_general.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

#define CHECK(condition)                                                                           \
	do {                                                                                       \
		if (!(condition))                                                                  \
			abort();                                                                   \
	} while (0)

static void
check_text(const char *text, size_t len)
{
	CHECK(len <= NT_DNS_NAME_MAX);
	for (size_t i = 0; i < len; i++) {
		CHECK(text[i] < 'A' || text[i] > 'Z');
		CHECK(text[i] != '\\' || (len - i >= 4 && text[i + 1] == 'x'));
	}
}

static bool
inside(const char *text, size_t len, const char *room, size_t used)
{
	uintptr_t at = (uintptr_t)text, from = (uintptr_t)room;

	return at >= from && at - from <= used && used - (at - from) >= len;
}

static void
check_answer(const struct nt_dns_message *m, unsigned int i, enum nt_dns_mode mode)
{
	const struct nt_dns_answer *a = &m->answers[i];

	CHECK(a->index == i);
	CHECK(a->name_len > 0);
	CHECK(inside(a->name, a->name_len, m->qname, m->qname_len) ||
		inside(a->name, a->name_len, m->names, m->names_len));
	check_text(a->name, a->name_len);
	const bool hint = a->type == NT_DNS_TYPE_SVCB || a->type == NT_DNS_TYPE_HTTPS;
	if (a->type == NT_DNS_TYPE_A || a->type == NT_DNS_TYPE_AAAA)
		CHECK(a->addr.family ==
			(a->type == NT_DNS_TYPE_A ? NT_FAMILY_IPV4 : NT_FAMILY_IPV6));
	else
		CHECK(a->type == NT_DNS_TYPE_PTR || hint);
	CHECK(!hint || mode == NT_DNS_UNICAST);
	CHECK(!nt_addr_is_unusable(&a->addr));
	CHECK(a->ttl_sec <= INT32_MAX);
	CHECK(mode == NT_DNS_UNICAST || a->ttl_sec > 0);
	if (mode == NT_DNS_UNICAST && a->type != NT_DNS_TYPE_PTR)
		CHECK(a->name == m->qname && a->name_len == m->qname_len);
}

static void
check_message(const struct nt_dns_message *m, enum nt_dns_reason reason, enum nt_dns_mode mode)
{
	CHECK(reason < NT_DNS_REASONS);
	CHECK(nt_dns_reason_name(reason)[0] != '\0');
	CHECK(m->answer_count <= NT_DNS_ANSWERS_MAX);
	CHECK(m->names_len <= NT_DNS_NAMES_ROOM);
	check_text(m->qname, m->qname_len);
	if (reason != NT_DNS_OK || !m->response)
		CHECK(m->answer_count == 0);
	if (m->answer_count > 0)
		CHECK(m->opcode == 0 && m->rcode == 0);
	if (m->answer_count > 0 && mode == NT_DNS_UNICAST)
		CHECK(!m->truncated && m->qclass == 1);
	for (unsigned int i = 0; i < m->answer_count; i++)
		check_answer(m, i, mode);
}

/* Nothing may depend on what the message's storage held before, nor on the way it is read. */
static void
check_mode(const uint8_t *data, size_t size, enum nt_dns_mode mode)
{
	static struct nt_dns_message m[2];
	enum nt_dns_reason reason[2];

	for (int i = 0; i < 2; i++) {
		memset(&m[i], i == 0 ? 0x00 : 0xff, sizeof(m[i]));
		reason[i] = i == 0 ? nt_dns_parse(&m[i], data, size, mode)
				   : dns_general_parse(&m[i], data, size, mode);
		check_message(&m[i], reason[i], mode);
	}
	CHECK(reason[0] == reason[1]);
	CHECK(dns_general_same(&m[0], &m[1]));
	CHECK(nt_dns_question_digest(&m[0]) == nt_dns_question_digest(&m[1]));
	CHECK(nt_dns_answers_digest(&m[0]) == nt_dns_answers_digest(&m[1]));
}

/* A query without answers that can be read shows that a connection speaks DNS. */
static void
check_query(const uint8_t *data, size_t size)
{
	static struct nt_dns_message m;

	if (nt_dns_parse(&m, data, size, NT_DNS_UNICAST) != NT_DNS_OK || m.response ||
		(data[6] | data[7]) != 0)
		return;
	CHECK(nt_dns_confirm(data, size, false) == NT_DNS_CONFIRM_YES);
	CHECK(nt_dns_confirm(data, size, true) == NT_DNS_CONFIRM_YES);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	check_mode(data, size, NT_DNS_UNICAST);
	check_mode(data, size, NT_DNS_MULTICAST);
	check_query(data, size);
	CHECK(nt_dns_confirm(data, size, false) <= NT_DNS_CONFIRM_VIOLATION);
	CHECK(nt_dns_confirm(data, size, true) != NT_DNS_CONFIRM_OPCODE);
	return 0;
}
