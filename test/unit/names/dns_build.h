/* SPDX-License-Identifier: BSD-3-Clause */
/* Builds DNS messages byte by byte, wrong ones too: nothing is checked or computed unasked. */
#ifndef DNS_BUILD_H
#define DNS_BUILD_H

#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <setjmp.h>
#include <cmocka.h>

#include <nt_dns.h>

#include "dns_general.h"

#define QUERY	 0x0100 /* flags: RD */
#define RESPONSE 0x8180 /* flags: QR, RD, RA */
#define IN	 1
#define QNAME_AT 12 /* offset of the question's name */

struct wire {
	size_t len;
	uint8_t bytes[70000];
};

static inline void
put(struct wire *w, const void *bytes, size_t len)
{
	assert_true(w->len + len <= sizeof(w->bytes));
	memcpy(w->bytes + w->len, bytes, len);
	w->len += len;
}

static inline void
put8(struct wire *w, unsigned int v)
{
	uint8_t b = (uint8_t)v;

	put(w, &b, 1);
}

static inline void
put16(struct wire *w, unsigned int v)
{
	put8(w, v >> 8);
	put8(w, v & 0xff);
}

static inline void
put32(struct wire *w, uint32_t v)
{
	put16(w, v >> 16);
	put16(w, v & 0xffff);
}

static inline void
put_labels(struct wire *w, const char *name)
{
	while (*name != '\0') {
		size_t n = strcspn(name, ".");

		put8(w, (unsigned int)n);
		put(w, name, n);
		name += n + (name[n] == '.');
	}
}

static inline void
put_name(struct wire *w, const char *name)
{
	put_labels(w, name);
	put8(w, 0);
}

static inline void
put_pointer(struct wire *w, size_t offset)
{
	put16(w, 0xc000 | (unsigned int)offset);
}

static inline void
put_header(struct wire *w, unsigned int flags, unsigned int qd, unsigned int an, unsigned int ns,
	unsigned int ar)
{
	w->len = 0;
	put16(w, 0x1234);
	put16(w, flags);
	put16(w, qd);
	put16(w, an);
	put16(w, ns);
	put16(w, ar);
}

static inline void
put_question(struct wire *w, const char *name, unsigned int type)
{
	put_name(w, name);
	put16(w, type);
	put16(w, IN);
}

/* What stands behind a record's owner. */
static inline void
put_fixed(struct wire *w, unsigned int type, uint32_t ttl, unsigned int rdlength)
{
	put16(w, type);
	put16(w, IN);
	put32(w, ttl);
	put16(w, rdlength);
}

static inline void
put_a(struct wire *w, uint32_t ttl, const char *text)
{
	struct nt_addr addr;

	assert_int_equal(nt_addr_parse(text, &addr), 0);
	bool v4 = addr.family == NT_FAMILY_IPV4;
	put_fixed(w, v4 ? NT_DNS_TYPE_A : NT_DNS_TYPE_AAAA, ttl, v4 ? 4 : 16);
	put(w, addr.bytes, v4 ? 4 : 16);
}

/* A record whose rdata is a name without compression. */
static inline void
put_named(struct wire *w, unsigned int type, uint32_t ttl, const char *name)
{
	put_fixed(w, type, ttl, (unsigned int)strlen(name) + 2);
	put_name(w, name);
}

/* A response to one question of type A for name, answers to follow. */
static inline void
put_response(struct wire *w, const char *name, unsigned int type, unsigned int answers)
{
	put_header(w, RESPONSE, 1, answers, 0, 0);
	put_question(w, name, type);
}

/*
 * The message ends where its allocation ends; what ret held before must not matter, nor whether it
 * is read as most messages are.
 */
static inline enum nt_dns_reason
parse_cut(struct nt_dns_message *ret, const struct wire *w, size_t len, enum nt_dns_mode mode)
{
	static struct nt_dns_message other;
	uint8_t *copy = malloc(len > 0 ? len : 1);

	memcpy(copy, w->bytes, len);
	memset(ret, 0xa5, sizeof(*ret));
	enum nt_dns_reason reason = nt_dns_parse(ret, copy, len, mode);
	assert_int_equal(dns_general_parse(&other, copy, len, mode), reason);
	assert_true(dns_general_same(ret, &other));
	free(copy);
	return reason;
}

static inline enum nt_dns_reason
parse(struct nt_dns_message *ret, const struct wire *w)
{
	return parse_cut(ret, w, w->len, NT_DNS_UNICAST);
}

static inline enum nt_dns_reason
parse_mdns(struct nt_dns_message *ret, const struct wire *w)
{
	return parse_cut(ret, w, w->len, NT_DNS_MULTICAST);
}

#define assert_reason(got, want)                                                                   \
	assert_string_equal(nt_dns_reason_name(got), nt_dns_reason_name(want))

static inline void
assert_answer(const struct nt_dns_message *m, unsigned int i, unsigned int type, const char *name,
	const char *addr, uint32_t ttl)
{
	struct nt_addr want;

	assert_true(i < m->answer_count);
	assert_int_equal(nt_addr_parse(addr, &want), 0);
	assert_int_equal(m->answers[i].type, type);
	assert_int_equal(m->answers[i].index, i);
	assert_int_equal(m->answers[i].ttl_sec, ttl);
	assert_true(nt_addr_equal(&m->answers[i].addr, &want));
	assert_int_equal(m->answers[i].name_len, strlen(name));
	assert_memory_equal(m->answers[i].name, name, strlen(name));
}

#endif
