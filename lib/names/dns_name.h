/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Names in DNS messages (RFC 1035 3.1, 4.1.4): private to lib/names. A name is stepped over
 * (_skip), which follows no pointer, or unpacked into text. Both charge the message's work, so that
 * all the names of a message together cost no more than DNS_WORK_MAX steps.
 */
#ifndef DNS_NAME_H
#define DNS_NAME_H

#include <nt_base.h>
#include <nt_cursor.h>
#include <nt_dns.h>

static_assert(__BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__, "words are masked from their first byte");

#define DNS_ONES UINT64_C(0x0101010101010101)
#define DNS_TOPS (DNS_ONES << 7)

/* A to Z in lower case, in each of eight bytes; other bytes, those above 127 too, stay. */
static inline uint64_t
dns_lower_bytes(uint64_t w)
{
	uint64_t low = w & ~DNS_TOPS;
	uint64_t from_a = low + DNS_ONES * (0x80 - 'A');
	uint64_t past_z = low + DNS_ONES * (0x7f - 'Z');

	return w | ((from_a ^ past_z) & ~w & DNS_TOPS) >> 2;
}

#define DNS_HEADER_BYTES  12
#define DNS_NAME_WIRE_MAX 255 /* RFC 1035 2.3.4, the root's octet included */
#define DNS_POINTER_BITS  0xc0
#define DNS_LABEL_TYPE(b) ((b)&0xc0)
#define DNS_POINTER_TO(p) ((uint16_t)(((p)[0] & 0x3f) << 8 | (p)[1]))

/*
 * Steps a message may cost, each of up to 85 instructions: two for a record, two for a name that is
 * unpacked, two for an answer taken and one each time that a CNAME or a binding is looked at; one
 * for each label or pointer, and for each eight octets of a label that is unpacked, three times
 * that where it has something to escape. An answer of 64 addresses costs 260 where owners are
 * pointers, or the same name spelled out each time; one of 20 with owners spelled out that differ,
 * if only in case, about 320. Half of what the question leaves is for reading, half for taking what
 * was read. So no message costs more than 20 times the median one (docs/hostile-input.md).
 */
#define DNS_WORK_MAX	370
#define DNS_WORK_RECORD 2
#define DNS_WORK_ANSWER 2
#define DNS_WORK_LINK	1

struct dns_reader {
	struct nt_cursor c; /* over the message, at most 65,535 bytes */
	unsigned int work; /* steps that are left */
	/* The last owner that was spelled out, before there is one the question: 0 bytes: none. */
	uint16_t spelled, spelled_bytes;
};

/* Where a name's text goes. */
struct dns_text {
	char *text; /* room for NT_DNS_NAME_MAX + 1 */
	uint16_t *len;
};

struct dns_name {
	uint16_t len;
	char text[NT_DNS_NAME_MAX + 1]; /* as nt_dns_message.qname, no NUL */
};

static inline struct dns_text
dns_name_text(struct dns_name *name)
{
	return (struct dns_text){ .text = name->text, .len = &name->len };
}

static inline bool
dns_spend(struct dns_reader *r, unsigned int steps)
{
	if (nt_unlikely(r->work < steps))
		return false;
	r->work -= steps;
	return true;
}

/*
 * The name at offset as text, and the offset behind it. *ret.len and *ret_end are untouched on
 * failure, the text is not. NT_DNS_OK, SHORT, POINTER, LABEL, NAME_LONG (of the wire form, or of
 * the text with its escapes) or WORK.
 */
enum nt_dns_reason dns_name_unpack(
	struct dns_reader *r, size_t offset, struct dns_text ret, size_t *ret_end);

/* The offset behind the name at offset. Its first pointer is checked, not followed. Likewise. */
enum nt_dns_reason dns_name_skip(struct dns_reader *r, size_t offset, size_t *ret_end);

/*
 * Where the name at offset, which is inside the message, really starts: names with the same place
 * are equal; others may be. A pointer to a mere pointer is as far as senders go, so only one more
 * is followed here.
 */
static inline uint16_t
dns_name_place(const struct dns_reader *r, size_t offset)
{
	const uint8_t *p = r->c.start + offset;

	if (nt_likely(r->c.end - p < 2 || DNS_LABEL_TYPE(p[0]) != DNS_POINTER_BITS))
		return (uint16_t)offset;
	size_t target = DNS_POINTER_TO(p);
	return (uint16_t)(target < offset && target >= DNS_HEADER_BYTES ? target : offset);
}

static inline void
dns_spelled_out(struct dns_reader *r, size_t start, size_t end)
{
	r->spelled = (uint16_t)start;
	r->spelled_bytes = (uint16_t)(end - start);
}

/*
 * Does the name at the cursor have the bytes of the one that was spelled out last? Then it is the
 * same, whatever they are: pointers count from the message's start.
 */
static inline bool
dns_spelled_again(const struct dns_reader *r)
{
	const size_t len = r->spelled_bytes;

	return len > 0 && (size_t)(r->c.end - r->c.pos) >= len &&
	       *r->c.pos == r->c.start[r->spelled] &&
	       memcmp(r->c.pos, r->c.start + r->spelled, len) == 0;
}

/* The address a reverse name stands for (RFC 1035 3.5, RFC 3596 2.5): all of it and nothing else.
 */
bool dns_name_reverse(const char *text, size_t len, struct nt_addr *ret);

static inline bool
dns_name_equal(const char *a, size_t a_len, const char *b, size_t b_len)
{
	return a_len == b_len && memcmp(a, b, a_len) == 0;
}

#endif
