/* SPDX-License-Identifier: BSD-3-Clause */
/* Teredo (RFC 4380): IPv6 behind an authentication header, an origin indication, both or none. */
#include "encap.h"

#define HEADER_ORIGIN	      0
#define HEADER_AUTHENTICATION 1

#define ORIGIN_LEN 8
/* Type, two lengths; behind what they count a nonce and a byte. */
#define AUTHENTICATION_MIN   4
#define AUTHENTICATION_FIXED (AUTHENTICATION_MIN + 8 + 1)

static uint32_t
authentication_length(const uint8_t *h)
{
	return AUTHENTICATION_FIXED + h[2] + h[3];
}

/* Steps over either header, if it is there. False where it is not all there. */
static bool
skip_header(struct nt_encap_bytes *b, uint16_t type)
{
	uint32_t len;

	if (b->len < 2 || nt_be16(b->at) != type)
		return true;
	if (type == HEADER_ORIGIN)
		len = ORIGIN_LEN;
	else if (b->len >= AUTHENTICATION_MIN)
		len = authentication_length(b->at);
	else
		return false;
	if (b->len < len)
		return false;
	nt_encap_bytes_step(b, len);
	return true;
}

/* Nothing but an IPv6 header opens a way; Zeek lets bytes lie behind it. */
static bool
is_bubble(const struct nt_encap_bytes *b)
{
	struct nt_layers l = { .pos = b->at, .left = b->len, .wire_left = b->len };
	struct nt_packet p = { 0 };

	(void)nt_ip_decode(&p, &l);
	return p.proto == NT_IP_NONE && l.pos == b->at + p.ip_len;
}

void
nt_encap_teredo(struct nt_encap *e, struct nt_encap_bytes b)
{
	enum nt_inner_ip inner;

	e->verdict = NT_ENCAP_VIOLATES;
	if (!skip_header(&b, HEADER_AUTHENTICATION) || !skip_header(&b, HEADER_ORIGIN))
		return;
	inner = nt_encap_inner_ip(&b, 6);
	if (inner != NT_INNER_FITS && !(inner == NT_INNER_LONG && is_bubble(&b)))
		return;
	e->verdict = NT_ENCAP_CONFIRMS_HALF;
	nt_encap_open(e, &b, NT_LINK_RAW);
}

/* Teredo's prefix, 2001::/32. */
static bool
has_prefix(const uint8_t *addr)
{
	return nt_be32(addr) == 0x20010000;
}

/*
 * Zeek's test word for word: the second byte alone tells the headers apart, so IPv6 can pass for
 * them too.
 */
bool
nt_encap_is_teredo(const struct nt_encap_bytes *b)
{
	struct nt_encap_bytes rest = *b;
	uint16_t type;

	if (b->len < NT_IPV6_MIN)
		return false;
	if (b->at[0] >> 4 == 6) {
		if (has_prefix(b->at + 8) || has_prefix(b->at + 24))
			return true;
	} else if (b->at[0] != 0) {
		return false;
	}
	type = b->at[1];
	if (type == HEADER_AUTHENTICATION) {
		uint32_t len = authentication_length(b->at);

		if (b->len < len + NT_IPV6_MIN)
			return false;
		nt_encap_bytes_step(&rest, len);
		type = nt_be16(rest.at);
	}
	if (type != HEADER_ORIGIN || rest.len < ORIGIN_LEN + NT_IPV6_MIN)
		return false;
	return rest.at[ORIGIN_LEN] >> 4 == 6;
}
