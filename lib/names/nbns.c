/* SPDX-License-Identifier: BSD-3-Clause */
#include <string.h>

#include <nt_cursor.h>
#include <nt_nbns.h>

#define HEADER_BYTES  12
#define ENCODED_BYTES 32 /* RFC 1001 14.1: two letters an octet */
#define SCOPE_MAX     (255 - 1 - ENCODED_BYTES) /* RFC 1002 4.1: a name is at most 255 octets */
#define SUFFIX_AT     15
#define STATUS_BYTES  18 /* RFC 1002 4.2.18: a name and its flags */

#define FLAG_RESPONSE 0x8000
#define RCODE_MASK    0x000f
#define GROUP_BIT     0x8000 /* of NB_FLAGS and NAME_FLAGS: RFC 1002 4.2.1.3, 4.2.18 */
#define TYPE_NB	      0x20
#define TYPE_NBSTAT   0x21
#define CLASS_IN      1

/* RFC 1002 4.2.1.1 */
enum {
	OP_QUERY = 0,
	OP_REGISTRATION = 5,
	OP_REFRESH = 8,
	OP_REFRESH_ALT = 9, /* what the text of the RFC says, and some send */
	OP_MULTIHOMED = 15,
};

/* Suffixes of machines. */
enum {
	SUFFIX_WORKSTATION = 0x00,
	SUFFIX_SERVER = 0x20,
};

static bool
is_machine(uint8_t suffix)
{
	return suffix == SUFFIX_WORKSTATION || suffix == SUFFIX_SERVER;
}

/* Lower case, without the padding. An empty name and the wildcard are no names: false. */
static bool
name_text(struct nt_nbns_message *ret, const uint8_t raw[SUFFIX_AT + 1])
{
	unsigned int len = SUFFIX_AT;

	while (len > 0 && (raw[len - 1] == ' ' || raw[len - 1] == '\0'))
		len--;
	if (len == 0 || raw[0] == '*')
		return false;
	for (unsigned int i = 0; i < len; i++) {
		const uint8_t b = raw[i];

		ret->name[i] = (char)(b >= 'A' && b <= 'Z' ? b + ('a' - 'A') : b);
	}
	ret->name_len = (uint8_t)len;
	ret->suffix = raw[SUFFIX_AT];
	return true;
}

/* RFC 1001 14.1 */
static bool
decode(const uint8_t *encoded, uint8_t raw[SUFFIX_AT + 1])
{
	for (unsigned int i = 0; i <= SUFFIX_AT; i++) {
		const unsigned int high = encoded[2 * i] - 'A', low = encoded[2 * i + 1] - 'A';

		if (high > 15 || low > 15)
			return false;
		raw[i] = (uint8_t)(high << 4 | low);
	}
	return true;
}

/* Labels of a scope id: bounded, not kept. Ends: each label takes of a bounded length. */
static bool
skip_scope(struct nt_cursor *c)
{
	size_t room = SCOPE_MAX;

	for (;;) {
		const uint8_t label = nt_cursor_u8(c);

		if (c->bad || label > 63 || (size_t)label + 1 > room)
			return false;
		if (label == 0)
			return true;
		nt_cursor_skip(c, label);
		room -= (size_t)label + 1;
	}
}

static enum nt_nbns_reason
read_name(struct nt_cursor *c, uint8_t raw[SUFFIX_AT + 1])
{
	if (nt_cursor_u8(c) != ENCODED_BYTES)
		return c->bad ? NT_NBNS_SHORT : NT_NBNS_NAME;
	const uint8_t *encoded = nt_cursor_bytes(c, ENCODED_BYTES);
	if (encoded == NULL)
		return NT_NBNS_SHORT;
	if (!decode(encoded, raw) || !skip_scope(c))
		return c->bad ? NT_NBNS_SHORT : NT_NBNS_NAME;
	return NT_NBNS_OK;
}

/* A record's owner: a name, or the pointer to the question's that RFC 1002 4.2 has. */
static enum nt_nbns_reason
read_owner(struct nt_cursor *c, uint8_t raw[SUFFIX_AT + 1])
{
	if (nt_cursor_left(c) < 2)
		return NT_NBNS_SHORT;
	if ((c->pos[0] & 0xc0) != 0xc0)
		return read_name(c, raw);
	const size_t target = (size_t)(c->pos[0] & 0x3f) << 8 | c->pos[1];
	if (target < HEADER_BYTES || target >= nt_cursor_offset(c))
		return NT_NBNS_NAME;
	struct nt_cursor there = *c;
	nt_cursor_seek(&there, target);
	nt_cursor_skip(c, 2);
	return read_name(&there, raw);
}

static void
take_addr(struct nt_nbns_message *ret, const uint8_t *bytes)
{
	const struct nt_addr addr = nt_addr_v4(bytes);

	if (nt_addr_is_unusable(&addr) || ret->addr_count == NT_NBNS_ADDRS_MAX)
		ret->refused++;
	else
		ret->addrs[ret->addr_count++] = addr;
}

/* RFC 1002 4.2.1.3: flags and address, once for each interface. */
static enum nt_nbns_reason
read_addrs(struct nt_nbns_message *ret, struct nt_cursor *data)
{
	const size_t len = nt_cursor_left(data);

	if (len == 0 || len % 6 != 0)
		return NT_NBNS_RDLENGTH;
	for (size_t i = 0; i < len / 6; i++) {
		const uint16_t flags = nt_cursor_u16(data);
		const uint8_t *bytes = nt_cursor_bytes(data, 4);

		if (flags & GROUP_BIT)
			return NT_NBNS_NOTHING;
		take_addr(ret, bytes);
	}
	return NT_NBNS_OK;
}

/* RFC 1002 4.2.18: the names of the sender. Its workstation name, else its server name. */
static enum nt_nbns_reason
read_status(struct nt_nbns_message *ret, struct nt_cursor *data)
{
	const unsigned int count = nt_cursor_u8(data);
	bool found = false;

	if (data->bad || nt_cursor_left(data) < (size_t)count * STATUS_BYTES)
		return NT_NBNS_RDLENGTH;
	for (unsigned int i = 0; i < count; i++) {
		const uint8_t *raw = nt_cursor_bytes(data, SUFFIX_AT + 1);
		const uint16_t flags = nt_cursor_u16(data);
		const uint8_t suffix = raw[SUFFIX_AT];

		if ((flags & GROUP_BIT) || !is_machine(suffix))
			continue;
		if ((found && suffix != SUFFIX_WORKSTATION) || !name_text(ret, raw))
			continue;
		found = true;
		if (suffix == SUFFIX_WORKSTATION)
			break;
	}
	ret->from_sender = true;
	return found ? NT_NBNS_OK : NT_NBNS_NOTHING;
}

static enum nt_nbns_reason
read_record(struct nt_nbns_message *ret, struct nt_cursor *c)
{
	uint8_t raw[SUFFIX_AT + 1];
	const enum nt_nbns_reason reason = read_owner(c, raw);

	if (reason != NT_NBNS_OK)
		return reason;
	const uint16_t type = nt_cursor_u16(c), class = nt_cursor_u16(c);
	ret->ttl_sec = nt_cursor_u32(c);
	const uint16_t rdlength = nt_cursor_u16(c);
	if (c->bad)
		return NT_NBNS_SHORT;
	struct nt_cursor data = nt_cursor_sub(c, rdlength);
	if (data.bad)
		return NT_NBNS_SHORT;
	if (class != CLASS_IN)
		return NT_NBNS_NOTHING;
	if (type == TYPE_NBSTAT)
		return ret->response ? read_status(ret, &data) : NT_NBNS_NOTHING;
	if (type != TYPE_NB || !is_machine(raw[SUFFIX_AT]) || !name_text(ret, raw))
		return NT_NBNS_NOTHING;
	return read_addrs(ret, &data);
}

static enum nt_nbns_reason
skip_question(struct nt_cursor *c)
{
	uint8_t raw[SUFFIX_AT + 1];
	const enum nt_nbns_reason reason = read_name(c, raw);

	nt_cursor_skip(c, 4);
	if (reason != NT_NBNS_OK)
		return reason;
	return c->bad ? NT_NBNS_SHORT : NT_NBNS_OK;
}

/* Whether messages of this kind say who has a name. */
static bool
says_owner(unsigned int opcode, bool response)
{
	switch (opcode) {
	case OP_QUERY:
		return response;
	case OP_REGISTRATION:
	case OP_REFRESH:
	case OP_REFRESH_ALT:
	case OP_MULTIHOMED:
		return true;
	default: /* releases, WACK */
		return false;
	}
}

enum nt_nbns_reason
nt_nbns_parse(struct nt_nbns_message *ret, const uint8_t *msg, size_t len)
{
	struct nt_cursor c = nt_cursor_init(msg, len);

	ret->name_len = 0;
	ret->addr_count = ret->refused = 0;
	ret->from_sender = false;
	nt_cursor_skip(&c, 2);
	const uint16_t flags = nt_cursor_u16(&c);
	const uint16_t questions = nt_cursor_u16(&c), answers = nt_cursor_u16(&c);
	const uint16_t authority = nt_cursor_u16(&c), additional = nt_cursor_u16(&c);
	if (c.bad)
		return NT_NBNS_SHORT;
	ret->response = flags & FLAG_RESPONSE;
	if (!says_owner(flags >> 11 & 0xf, ret->response) || (flags & RCODE_MASK) != 0)
		return NT_NBNS_NOTHING;
	/* A response has one answer; a request one question and one additional record. */
	if (ret->response ? answers != 1 || questions > 1
			  : questions != 1 || answers != 0 || authority != 0 || additional != 1)
		return NT_NBNS_NOTHING;
	const enum nt_nbns_reason reason = questions > 0 ? skip_question(&c) : NT_NBNS_OK;
	return reason == NT_NBNS_OK ? read_record(ret, &c) : reason;
}
