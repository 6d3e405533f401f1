/* SPDX-License-Identifier: BSD-3-Clause */
#include "quic_packet.h"

#define FORM_LONG     0x80
#define FIXED_BIT     0x40
#define TYPE_BITS(b)  ((b) >> 4 & 3)
#define PROTECTED_MIN 20 /* four bytes before the sample, and the sample: RFC 9001 5.4.2 */

uint64_t
quic_varint(struct nt_cursor *c)
{
	uint64_t v = nt_cursor_u8(c);
	unsigned int more = (1u << (v >> 6)) - 1; /* 0, 1, 3 or 7 */

	v &= 0x3f;
	while (more-- > 0)
		v = v << 8 | nt_cursor_u8(c);
	return c->bad ? 0 : v;
}

static bool
cid_read(struct nt_cursor *c, struct quic_cid *ret)
{
	ret->len = nt_cursor_u8(c);
	if (ret->len > QUIC_CID_MAX)
		return false;
	const uint8_t *bytes = nt_cursor_bytes(c, ret->len);
	if (bytes != NULL)
		memcpy(ret->bytes, bytes, ret->len);
	return !c->bad;
}

/* The types follow each other, from Initial on, in every version: RFC 9369 3.2. */
static enum quic_packet_type
type_of(const struct quic_packet *p, uint8_t first)
{
	if (p->number == 0)
		return QUIC_NEGOTIATION;
	if (p->version == NULL)
		return QUIC_UNKNOWN;
	return (enum quic_packet_type)((TYPE_BITS(first) - p->version->initial) & 3);
}

static bool
rest_read(struct nt_cursor *c, struct quic_packet *ret)
{
	if (ret->type == QUIC_INITIAL)
		nt_cursor_skip(c, quic_varint(c)); /* the token */
	uint64_t len = quic_varint(c);
	ret->header_bytes = (size_t)(c->pos - ret->start);
	ret->protected_bytes = (size_t)len;
	nt_cursor_skip(c, len);
	return !c->bad && len >= PROTECTED_MIN;
}

bool
quic_packet_read(struct nt_cursor *c, struct quic_packet *ret)
{
	struct quic_cid scid;

	ret->start = c->pos;
	uint8_t first = nt_cursor_u8(c);
	ret->number = nt_cursor_u32(c);
	if (c->bad || (first & FORM_LONG) == 0)
		return false;
	ret->version = quic_version_find(ret->number);
	ret->type = type_of(ret, first);
	/* RFC 8999: nothing but the long form is the same in all versions. */
	if (ret->version != NULL && (first & FIXED_BIT) == 0)
		return false;
	ret->header_bytes = ret->protected_bytes = 0;
	if (ret->type >= QUIC_RETRY) {
		c->pos = c->end;
		return true;
	}
	return cid_read(c, &ret->dcid) && cid_read(c, &scid) && rest_read(c, ret);
}
