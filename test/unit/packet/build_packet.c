/* SPDX-License-Identifier: BSD-3-Clause */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <stdlib.h>

#include "build_packet.h"

void
put8(struct pkt *b, unsigned int v)
{
	assert_true(b->len < sizeof(b->bytes));
	b->bytes[b->len++] = (uint8_t)v;
}

void
put16(struct pkt *b, unsigned int v)
{
	put8(b, v >> 8);
	put8(b, v & 0xff);
}

void
put32(struct pkt *b, uint32_t v)
{
	put16(b, v >> 16);
	put16(b, v & 0xffff);
}

void
put_zeros(struct pkt *b, uint32_t n)
{
	while (n-- > 0)
		put8(b, 0);
}

void
put_ethernet(struct pkt *b, unsigned int type)
{
	for (unsigned int mac = 2; mac >= 1; mac--) {
		put32(b, 0x02000000);
		put16(b, mac);
	}
	put16(b, type);
}

void
put_ipv4(struct pkt *b, unsigned int proto, unsigned int len)
{
	put16(b, 0x4500);
	put16(b, 20 + len);
	put32(b, 0x12340000);
	put8(b, 64);
	put8(b, proto);
	put16(b, 0);
	put32(b, 0xc0000201);
	put32(b, 0xc6336402);
}

void
put_ipv6(struct pkt *b, unsigned int next, unsigned int len)
{
	put32(b, 0x60000000);
	put16(b, len);
	put8(b, next);
	put8(b, 63);
	for (unsigned int host = 1; host <= 2; host++) {
		put32(b, 0x20010db8);
		put_zeros(b, 11);
		put8(b, host);
	}
}

void
put_tcp(struct pkt *b, unsigned int flags, unsigned int header_len)
{
	put16(b, 1025);
	put16(b, 443);
	put32(b, 0x01020304);
	put32(b, 0x05060708);
	put8(b, header_len / 4 << 4);
	put8(b, flags);
	put16(b, 0x1000);
	put32(b, 0);
	if (header_len > 20)
		put_zeros(b, header_len - 20);
}

void
put_udp(struct pkt *b, unsigned int len)
{
	put16(b, 5353);
	put16(b, 53);
	put16(b, len);
	put16(b, 0);
}

/* A pointer into the copy becomes the same place of the original. */
static void
relocate(const uint8_t **p, const uint8_t *copy, uint32_t len, const struct pkt *b, uint32_t needs)
{
	if (*p == NULL)
		return;
	assert_true(*p >= copy && *p <= copy + len && needs <= (uint32_t)(copy + len - *p));
	*p = b->bytes + (*p - copy);
}

enum nt_packet_reason
decode_cut(struct nt_packet *ret, const struct pkt *b, uint32_t cap_len, uint32_t wire_len, int dlt)
{
	uint8_t *copy = malloc(cap_len ? cap_len : 1);
	struct nt_packet_ends ends;
	struct nt_packet checked;
	enum nt_packet_reason reason;
	bool has_ends;

	memcpy(copy, b->bytes, cap_len);
	memset(ret, 0xa5, sizeof(*ret));
	reason = nt_packet_decode(ret, copy, cap_len, wire_len, dlt);
	has_ends = nt_packet_find_ends(&ends, copy, cap_len, dlt);
	assert_int_equal(ret->reason, reason);
	if (reason == NT_PACKET_OK)
		assert_true(has_ends);
	/* Of lengths that can't be, decode says no before it has read on to the last address. */
	if (ret->src.family != NT_FAMILY_NONE && reason != NT_PACKET_BAD_IP) {
		assert_true(nt_addr_equal(&ends.src, &ret->src));
		assert_true(nt_addr_equal(&ends.dst, &ret->dst));
	}
	checked = *ret;
	nt_packet_verify(&checked); /* for the sanitizer to see */
	assert_true(has_ends || ends.src.family == NT_FAMILY_NONE);
	relocate(&ret->payload, copy, cap_len, b, ret->payload_captured);
	relocate(&ret->l3, copy, cap_len, b, 20);
	relocate(&ret->l4, copy, cap_len, b, 0);
	relocate(&ret->mac, copy, cap_len, b, 12);
	free(copy);
	return reason;
}

enum nt_packet_reason
decode(struct nt_packet *ret, const struct pkt *b, int dlt)
{
	return decode_cut(ret, b, b->len, b->len, dlt);
}

void
decode_every_cut(const struct pkt *b, int dlt)
{
	struct nt_packet p;

	for (uint32_t len = 0; len <= b->len; len++) {
		(void)decode_cut(&p, b, len, b->len, dlt);
		(void)decode_cut(&p, b, len, len, dlt);
	}
}
