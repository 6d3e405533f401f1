/* SPDX-License-Identifier: BSD-3-Clause */
#include <string.h>

#include "datagram.h"

#define IPV4_MIN       20
#define IPV4_MAX       60
#define IPV4_LENGTH_AT 2
#define IPV4_FRAG_AT   6
#define IPV4_SUM_AT    10
#define IPV4_DF	       0x40
#define IPV6_MIN       40
#define IPV6_LENGTH_AT 4
#define NEXT_FRAGMENT  44
#define IPV6_FRAGMENT  8 /* bytes of the fragment header */

static_assert(IPV6_MIN + 65535 + NT_DATAGRAM_LINK_MAX == NT_DATAGRAM_MAX, "room for the longest");
static_assert(NT_DATAGRAM_HEAD_MAX >= IPV4_MAX, "any IPv4 header is kept");

bool
datagram_fragment_fits(const struct nt_fragment *f)
{
	if (f->link_len > NT_DATAGRAM_LINK_MAX || f->l3_len > NT_DATAGRAM_HEAD_MAX)
		return false;
	if (f->offset >= PAYLOAD_MAX || f->payload_len > PAYLOAD_MAX - f->offset)
		return false;
	if (f->src.family == NT_FAMILY_IPV4)
		return f->l3_len >= IPV4_MIN && f->l3_len <= IPV4_MAX;
	return f->l3_len >= IPV6_MIN && f->next_at < f->l3_len;
}

void
datagram_take_head(struct datagram *g, const struct nt_fragment *f)
{
	g->head_len = (uint16_t)f->l3_len;
	g->next_at = (uint16_t)f->next_at;
	g->proto = f->proto;
	memcpy(g->head, f->l3, f->l3_len);
}

static void
put_be16(uint8_t *p, uint32_t v)
{
	p[0] = (uint8_t)(v >> 8);
	p[1] = (uint8_t)v;
}

/* RFC 1071. */
static uint32_t
ipv4_checksum(const uint8_t *h, uint32_t len)
{
	uint32_t sum = 0;

	for (uint32_t i = 0; i + 1 < len; i += 2)
		sum += (uint32_t)h[i] << 8 | h[i + 1];
	sum = (sum & 0xffff) + (sum >> 16);
	sum = (sum & 0xffff) + (sum >> 16);
	return ~sum & 0xffff;
}

static void
finish_ipv4(uint8_t *h, uint32_t head_len, uint32_t total)
{
	put_be16(h + IPV4_LENGTH_AT, total);
	h[IPV4_FRAG_AT] &= IPV4_DF;
	h[IPV4_FRAG_AT + 1] = 0;
	put_be16(h + IPV4_SUM_AT, 0);
	put_be16(h + IPV4_SUM_AT, ipv4_checksum(h, head_len));
}

/* Length of header and payload as the 16 bits of the header tell it. */
static uint32_t
total_length(const struct datagram *g)
{
	uint32_t length = g->head_len + g->end;

	if (g->src.family == NT_FAMILY_IPV4)
		return length & 0xffff;
	return IPV6_MIN + ((length - IPV6_MIN) & 0xffff);
}

/* Extension headers: a further fragment header may be among them (RFC 8200, 4.5). */
static bool
is_extension(uint8_t next)
{
	return next == 0 || next == 43 || next == NEXT_FRAGMENT || next == 51 || next == 60;
}

/*
 * An "atomic" fragment header stays where extension headers follow it, so that a fragment header
 * among them is not taken for one of this datagram's, which is whole. Its length, or 0.
 */
static uint32_t
keep_fragment_header(const struct datagram *g, uint32_t total, uint8_t *out)
{
	if (g->src.family != NT_FAMILY_IPV6 || !is_extension(g->proto) ||
		total + IPV6_FRAGMENT > IPV6_MIN + 65535)
		return 0;
	memset(out, 0, IPV6_FRAGMENT);
	out[0] = g->proto;
	put_be16(out + 4, g->id >> 16);
	put_be16(out + 6, g->id);
	return IPV6_FRAGMENT;
}

uint32_t
datagram_write(const struct datagram *g, const struct page_pool *pool, const struct nt_fragment *f,
	uint8_t *out)
{
	uint32_t total = total_length(g), kept;
	uint8_t *h = out + f->link_len;

	if (total < g->head_len)
		return 0;
	memcpy(out, f->link, f->link_len);
	memcpy(h, g->head, g->head_len);
	kept = keep_fragment_header(g, total, h + g->head_len);
	payload_copy(pool, &g->payload, h + g->head_len + kept, total - g->head_len);
	if (g->src.family == NT_FAMILY_IPV4) {
		finish_ipv4(h, g->head_len, total);
	} else {
		put_be16(h + IPV6_LENGTH_AT, total + kept - IPV6_MIN);
		h[g->next_at] = kept > 0 ? NEXT_FRAGMENT : g->proto;
	}
	return f->link_len + total + kept;
}
