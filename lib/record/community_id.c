/* SPDX-License-Identifier: BSD-3-Clause */
#include "nt_community_id.h"

#include <stdlib.h>
#include <string.h>

#include <openssl/evp.h>

enum {
	PROTO_ICMP = 1,
	PROTO_TCP = 6,
	PROTO_UDP = 17,
	PROTO_ICMP6 = 58,
	PROTO_SCTP = 132,
};

/* Seed, two addresses, protocol and a zero byte, two ports. */
#define INPUT_MAX (2 + 2 * 16 + 2 + 4)

struct nt_community_id {
	EVP_MD *sha1;
	EVP_MD_CTX *ctx;
	uint16_t seed;
};

struct nt_community_id *
nt_community_id_new(uint16_t seed)
{
	struct nt_community_id *c = calloc(1, sizeof(*c));

	if (c == NULL)
		return NULL;
	c->seed = seed;
	c->sha1 = EVP_MD_fetch(NULL, "SHA1", NULL);
	c->ctx = EVP_MD_CTX_new();
	if (c->sha1 == NULL || c->ctx == NULL) {
		const int code = c->sha1 == NULL ? ENOTSUP : ENOMEM;
		nt_community_id_free(c);
		errno = code;
		return NULL;
	}
	return c;
}

void
nt_community_id_free(struct nt_community_id *c)
{
	if (c == NULL)
		return;
	EVP_MD_CTX_free(c->ctx);
	EVP_MD_free(c->sha1);
	free(c);
}

/* Types that have an answer, by their number; two ways of one exchange are one flow. */
static bool
is_two_way(uint8_t ip_proto, uint16_t type)
{
	/* echo, router, timestamp, information, mask */
	const uint32_t icmp = UINT32_C(1) << 0 | UINT32_C(1) << 8 | UINT32_C(3) << 9 |
			      UINT32_C(15) << 13 | UINT32_C(3) << 17;

	if (ip_proto == PROTO_ICMP)
		return type < 32 && (icmp >> type & 1) != 0;
	/* echo; listener query and report; router; neighbour; node information; home agent */
	return (type >= 128 && type <= 131) || (type >= 133 && type <= 136) || type == 139 ||
	       type == 140 || type == 144 || type == 145;
}

/* Are there ports in what is hashed, and may the ends change places? */
static bool
has_ports(uint8_t ip_proto)
{
	return ip_proto == PROTO_TCP || ip_proto == PROTO_UDP || ip_proto == PROTO_SCTP ||
	       ip_proto == PROTO_ICMP || ip_proto == PROTO_ICMP6;
}

static bool
is_one_way(const struct nt_community_id_flow *f)
{
	return (f->ip_proto == PROTO_ICMP || f->ip_proto == PROTO_ICMP6) &&
	       !is_two_way(f->ip_proto, f->orig_p);
}

/* The smaller address and port come first. */
static bool
is_ordered(const struct nt_community_id_flow *f, size_t addr_len)
{
	const int order = memcmp(f->orig_h.bytes, f->resp_h.bytes, addr_len);

	return order < 0 || (order == 0 && f->orig_p <= f->resp_p);
}

static uint8_t *
put_be16(uint8_t *p, uint16_t v)
{
	*p++ = (uint8_t)(v >> 8);
	*p++ = (uint8_t)v;
	return p;
}

static size_t
put_input(const struct nt_community_id *c, const struct nt_community_id_flow *f, uint8_t *in)
{
	const size_t addr_len = f->orig_h.family == NT_FAMILY_IPV4 ? 4 : 16;
	const bool keep = is_one_way(f) || is_ordered(f, addr_len);
	const struct nt_addr *first = keep ? &f->orig_h : &f->resp_h;
	const struct nt_addr *second = keep ? &f->resp_h : &f->orig_h;
	uint8_t *p = put_be16(in, c->seed);

	memcpy(p, first->bytes, addr_len);
	memcpy(p + addr_len, second->bytes, addr_len);
	p += 2 * addr_len;
	*p++ = f->ip_proto;
	*p++ = 0;
	if (has_ports(f->ip_proto)) {
		p = put_be16(p, keep ? f->orig_p : f->resp_p);
		p = put_be16(p, keep ? f->resp_p : f->orig_p);
	}
	return (size_t)(p - in);
}

bool
nt_community_id_make(struct nt_community_id *c, const struct nt_community_id_flow *f,
	uint8_t ret[NT_COMMUNITY_ID_BYTES])
{
	uint8_t in[INPUT_MAX];
	size_t len;

	if (f->orig_h.family != f->resp_h.family || f->orig_h.family == NT_FAMILY_NONE)
		return false;
	/* an ID without the ports it has to have would be that of no other tool */
	if (f->ip_proto == PROTO_SCTP && f->orig_p == 0 && f->resp_p == 0)
		return false;
	len = put_input(c, f, in);
	return EVP_DigestInit_ex2(c->ctx, c->sha1, NULL) == 1 &&
	       EVP_DigestUpdate(c->ctx, in, len) == 1 && EVP_DigestFinal_ex(c->ctx, ret, NULL) == 1;
}

/* RFC 4648 section 4: three bytes are four digits; 20 bytes end in two bytes and one "=". */
size_t
nt_community_id_format(const uint8_t id[NT_COMMUNITY_ID_BYTES], char out[NT_COMMUNITY_ID_STRLEN])
{
	static const char digits[] =
		"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
	char *p = out;

	*p++ = '1';
	*p++ = ':';
	for (unsigned int i = 0; i < NT_COMMUNITY_ID_BYTES; i += 3) {
		const uint32_t last = i + 2 < NT_COMMUNITY_ID_BYTES ? id[i + 2] : 0;
		const uint32_t v = (uint32_t)id[i] << 16 | (uint32_t)id[i + 1] << 8 | last;

		*p++ = digits[v >> 18];
		*p++ = digits[v >> 12 & 63];
		*p++ = digits[v >> 6 & 63];
		*p++ = digits[v & 63];
	}
	p[-1] = '=';
	*p = '\0';
	return (size_t)(p - out);
}
