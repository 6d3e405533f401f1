/* SPDX-License-Identifier: BSD-3-Clause */
#include "dns_msg.h"

#include <stdio.h>
#include <string.h>

/* A chain of 8 aliases of 4 labels, the question's labels, and the SOA's. */
#define SUFFIXES 128

/* A message being built; suffixes are the names it already has, for compression. */
struct builder {
	uint8_t *at;
	uint8_t *start;
	unsigned n_suffixes;
	struct {
		const char *text;
		uint16_t offset;
	} suffix[SUFFIXES];
};

static void
put8(struct builder *b, unsigned v)
{
	*b->at++ = (uint8_t)v;
}

static void
put16(struct builder *b, unsigned v)
{
	put8(b, v >> 8);
	put8(b, v & 0xff);
}

static void
put32(struct builder *b, uint32_t v)
{
	put16(b, v >> 16);
	put16(b, v & 0xffff);
}

static bool
put_pointer(struct builder *b, const char *text)
{
	for (unsigned i = 0; i < b->n_suffixes; i++) {
		if (strcmp(b->suffix[i].text, text) == 0) {
			put16(b, 0xc000 | b->suffix[i].offset);
			return true;
		}
	}
	return false;
}

static void
remember(struct builder *b, const char *text)
{
	size_t offset = (size_t)(b->at - b->start);

	if (b->n_suffixes == SUFFIXES || offset >= 0x4000)
		return;
	b->suffix[b->n_suffixes].text = text;
	b->suffix[b->n_suffixes++].offset = (uint16_t)offset;
}

/* text has no final dot and must outlive the builder. */
static void
put_name(struct builder *b, const char *text)
{
	while (*text != '\0') {
		size_t len = strcspn(text, ".");

		if (put_pointer(b, text))
			return;
		remember(b, text);
		put8(b, (unsigned)len);
		memcpy(b->at, text, len);
		b->at += len;
		text += len + (text[len] == '.');
	}
	put8(b, 0);
}

/* Upper case where a bit of case_bits is set (draft-vixie-dnsext-dns0x20). */
static void
randomise_case(uint8_t *p, const uint8_t *end, uint64_t case_bits)
{
	for (unsigned i = 0; p < end; p++, i++)
		if (*p >= 'a' && *p <= 'z' && (case_bits >> (i % 64) & 1))
			*p = (uint8_t)(*p - 'a' + 'A');
}

/* What the chain ends in. HTTPS is one record, or none. */
static unsigned
final_records(const struct tg_dns *d)
{
	if (d->qtype == TG_HTTPS)
		return d->n_addresses + d->n_hints6 > 0;
	return d->n_addresses + (d->ptr[0] != '\0');
}

static void
put_question(struct builder *b, const struct tg_dns *d, uint16_t flags)
{
	unsigned answers = d->truncated ? 0 : d->n_chain + final_records(d) + (d->extra[0] != 0);
	bool response = flags & 0x8000;
	uint8_t *name;

	put16(b, d->id);
	put16(b, flags);
	put16(b, 1);
	put16(b, response ? answers : 0);
	put16(b, response && !d->truncated && final_records(d) == 0);
	put16(b, d->edns);
	name = b->at;
	put_name(b, d->qname);
	randomise_case(name, b->at, d->case_bits);
	put16(b, d->qtype);
	put16(b, 1);
}

/* Owner, type, class IN, TTL; the length is set by end_record(). */
static uint8_t *
begin_record(struct builder *b, const char *owner, unsigned type, uint32_t ttl)
{
	put_name(b, owner);
	put16(b, type);
	put16(b, 1);
	put32(b, ttl);
	put16(b, 0);
	return b->at;
}

static void
end_record(struct builder *b, uint8_t *rdata)
{
	size_t len = (size_t)(b->at - rdata);

	rdata[-2] = (uint8_t)(len >> 8);
	rdata[-1] = (uint8_t)len;
}

static void
put_opt(struct builder *b)
{
	put8(b, 0);
	put16(b, 41);
	put16(b, TG_DNS_MAX_BYTES);
	put32(b, 0);
	put16(b, 0);
}

/* The negative answer's SOA (RFC 2308). */
static void
put_soa(struct builder *b, uint32_t ttl)
{
	uint8_t *rdata = begin_record(b, "example", TG_SOA, ttl);

	put_name(b, "ns1.example");
	put_name(b, "hostmaster.example");
	put32(b, 2024010101);
	put32(b, 7200);
	put32(b, 900);
	put32(b, 1209600);
	put32(b, ttl);
	end_record(b, rdata);
}

static void
put_hints(struct builder *b, unsigned key, const uint8_t (*addresses)[16], unsigned n, size_t alen)
{
	if (n == 0)
		return;
	put16(b, key);
	put16(b, n * (unsigned)alen);
	for (unsigned i = 0; i < n; i++) {
		memcpy(b->at, addresses[i], alen);
		b->at += alen;
	}
}

/* ServiceMode of the owner itself (RFC 9460): alpn h2 and h3, ipv4hint, ipv6hint. */
static void
put_https(struct builder *b, const struct tg_dns *d, const char *owner)
{
	static const uint8_t alpn[] = { 0, 1, 0, 6, 2, 'h', '2', 2, 'h', '3' };
	uint8_t *rdata = begin_record(b, owner, TG_HTTPS, d->ttl_sec);

	put16(b, 1);
	put8(b, 0);
	memcpy(b->at, alpn, sizeof(alpn));
	b->at += sizeof(alpn);
	put_hints(b, 4, d->addresses, d->n_addresses, 4);
	put_hints(b, 6, d->hints6, d->n_hints6, 16);
	end_record(b, rdata);
}

static void
put_addresses(struct builder *b, const struct tg_dns *d, const char *owner)
{
	size_t alen = d->qtype == TG_AAAA ? 16 : 4;
	uint8_t *rdata;

	for (unsigned i = 0; i < d->n_addresses; i++) {
		rdata = begin_record(b, owner, d->qtype, d->ttl_sec);
		memcpy(b->at, d->addresses[i], alen);
		b->at += alen;
		end_record(b, rdata);
	}
}

static void
put_extra(struct builder *b, const struct tg_dns *d)
{
	uint8_t *rdata = begin_record(b, d->extra, TG_A, d->ttl_sec);

	memcpy(b->at, d->extra_address, 4);
	b->at += 4;
	end_record(b, rdata);
}

static void
put_answers(struct builder *b, const struct tg_dns *d)
{
	const char *owner = d->qname;
	uint8_t *rdata;

	for (unsigned i = 0; i < d->n_chain; i++) {
		/* Aliases live longer, so that the address decides how long a client keeps all. */
		rdata = begin_record(b, owner, TG_CNAME, d->ttl_sec + 60 * (i & 1));
		owner = d->chain[i];
		put_name(b, owner);
		end_record(b, rdata);
	}
	if (d->qtype == TG_HTTPS && final_records(d) > 0)
		put_https(b, d, owner);
	else
		put_addresses(b, d, owner);
	if (d->ptr[0] != '\0') {
		rdata = begin_record(b, owner, TG_PTR, d->ttl_sec);
		put_name(b, d->ptr);
		end_record(b, rdata);
	}
	if (d->extra[0] != '\0')
		put_extra(b, d);
	if (final_records(d) == 0)
		put_soa(b, d->ttl_sec);
}

static void
start(struct builder *b, uint8_t *out)
{
	b->at = b->start = out;
	b->n_suffixes = 0;
}

size_t
tg_dns_query(const struct tg_dns *d, uint8_t *out)
{
	struct builder b;

	start(&b, out);
	put_question(&b, d, 0x0100); /* RD */
	if (d->edns)
		put_opt(&b);
	return (size_t)(b.at - b.start);
}

/* QR, RD, RA, and perhaps TC. */
size_t
tg_dns_response(const struct tg_dns *d, uint8_t *out)
{
	struct builder b;

	start(&b, out);
	put_question(&b, d, (uint16_t)(0x8180 | d->rcode | (d->truncated ? 0x0200 : 0)));
	if (!d->truncated)
		put_answers(&b, d);
	if (d->edns)
		put_opt(&b);
	return (size_t)(b.at - b.start);
}

void
tg_dns_reverse_name(const uint8_t *addr, bool v6, char out[TG_DNS_QNAME])
{
	static const char hex[] = "0123456789abcdef";

	if (!v6) {
		snprintf(out, TG_DNS_QNAME, "%u.%u.%u.%u.in-addr.arpa", addr[3], addr[2], addr[1],
			addr[0]);
		return;
	}
	for (unsigned i = 0; i < 16; i++) {
		out[4 * i] = hex[addr[15 - i] & 15];
		out[4 * i + 1] = '.';
		out[4 * i + 2] = hex[addr[15 - i] >> 4];
		out[4 * i + 3] = '.';
	}
	memcpy(out + 64, "ip6.arpa", 9);
}
