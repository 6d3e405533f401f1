/* SPDX-License-Identifier: BSD-3-Clause */
#include <nt_cursor.h>

#include "dhcp_name.h"

/* RFC 8415 7.3 */
enum {
	TYPE_REQUEST = 3,
	TYPE_RENEW = 5,
	TYPE_REBIND = 6,
	TYPE_REPLY = 7,
	TYPE_RELAY_FORW = 12,
	TYPE_RELAY_REPL = 13,
};

/* RFC 8415 21, RFC 4704 4 */
enum {
	OPTION_IA_NA = 3,
	OPTION_IA_TA = 4,
	OPTION_IAADDR = 5,
	OPTION_RELAY_MSG = 9,
	OPTION_STATUS = 13,
	OPTION_FQDN = 39,
};

#define RELAY_FIXED 33 /* hop count, link and peer addresses, behind the type */
#define IA_NA_FIXED 12
#define IA_TA_FIXED 4

/* The next option, or false at the end; what does not fit leaves c bad. */
static bool
next_option(struct nt_cursor *c, unsigned int *ret_code, struct nt_cursor *ret_data)
{
	if (c->bad || nt_cursor_left(c) == 0)
		return false;
	*ret_code = nt_cursor_u16(c);
	const uint16_t len = nt_cursor_u16(c);
	*ret_data = nt_cursor_sub(c, len);
	return !c->bad;
}

/* A status other than success (0) takes back what stands beside it. */
static bool
is_refusal(struct nt_cursor data)
{
	return nt_cursor_u16(&data) != 0;
}

static enum nt_dhcp_reason
take_iaaddr(struct nt_dhcp_message *ret, struct nt_cursor data)
{
	const uint8_t *bytes = nt_cursor_bytes(&data, 16);

	nt_cursor_skip(&data, 4); /* preferred lifetime */
	const uint32_t valid = nt_cursor_u32(&data);
	if (data.bad)
		return NT_DHCP_OPTION;
	unsigned int code;
	struct nt_cursor inner;
	while (next_option(&data, &code, &inner))
		if (code == OPTION_STATUS && is_refusal(inner))
			return NT_DHCP_OK;
	if (data.bad)
		return NT_DHCP_OPTION;
	if (valid == 0 && !ret->asked)
		return NT_DHCP_OK; /* RFC 8415 18.2.10.1: take it off */
	const struct nt_addr addr = nt_addr_v6(bytes);
	dhcp_add_addr(ret, &addr);
	if (valid > 0 && (ret->lease_sec == 0 || valid < ret->lease_sec))
		ret->lease_sec = valid;
	return NT_DHCP_OK;
}

static enum nt_dhcp_reason
take_ia(struct nt_dhcp_message *ret, struct nt_cursor data, size_t fixed)
{
	enum nt_dhcp_reason reason = NT_DHCP_OK;
	struct nt_cursor inner;
	unsigned int code;

	nt_cursor_skip(&data, fixed);
	while (reason == NT_DHCP_OK && next_option(&data, &code, &inner)) {
		if (code == OPTION_STATUS && is_refusal(inner))
			return NT_DHCP_OK;
		if (code == OPTION_IAADDR)
			reason = take_iaaddr(ret, inner);
	}
	return data.bad ? NT_DHCP_OPTION : reason;
}

static enum nt_dhcp_reason
take_fqdn(struct nt_dhcp_message *ret, struct nt_cursor data)
{
	nt_cursor_skip(&data, 1); /* flags */
	const size_t len = nt_cursor_left(&data);
	if (data.bad)
		return NT_DHCP_OPTION;
	return dhcp_add_labels(ret, nt_cursor_bytes(&data, len), len);
}

static enum nt_dhcp_reason
take_option(struct nt_dhcp_message *ret, unsigned int code, struct nt_cursor data)
{
	switch (code) {
	case OPTION_IA_NA:
		return take_ia(ret, data, IA_NA_FIXED);
	case OPTION_IA_TA:
		return take_ia(ret, data, IA_TA_FIXED);
	case OPTION_FQDN:
		return take_fqdn(ret, data);
	default:
		return NT_DHCP_OK;
	}
}

static enum nt_dhcp_reason
read_message(struct nt_dhcp_message *ret, unsigned int type, struct nt_cursor c)
{
	enum nt_dhcp_reason reason = NT_DHCP_OK;
	struct nt_cursor data;
	unsigned int code;

	ret->asked = type != TYPE_REPLY;
	if (ret->asked && type != TYPE_REQUEST && type != TYPE_RENEW && type != TYPE_REBIND)
		return NT_DHCP_NOTHING;
	nt_cursor_skip(&c, 3); /* transaction id */
	while (reason == NT_DHCP_OK && next_option(&c, &code, &data)) {
		if (code == OPTION_STATUS && is_refusal(data))
			return NT_DHCP_NOTHING;
		reason = take_option(ret, code, data);
	}
	if (c.bad)
		return NT_DHCP_SHORT;
	if (reason != NT_DHCP_OK)
		return reason;
	return ret->addr_count > 0 && ret->name_count > 0 ? NT_DHCP_OK : NT_DHCP_NOTHING;
}

/* Go to the message inside a relay's: its type behind, c at what follows that. */
static enum nt_dhcp_reason
unwrap(struct nt_cursor *c, unsigned int *ret_type)
{
	struct nt_cursor data;
	unsigned int code;

	nt_cursor_skip(c, RELAY_FIXED);
	while (next_option(c, &code, &data)) {
		if (code != OPTION_RELAY_MSG)
			continue;
		*c = data;
		*ret_type = nt_cursor_u8(c);
		return c->bad ? NT_DHCP_SHORT : NT_DHCP_OK;
	}
	return c->bad ? NT_DHCP_SHORT : NT_DHCP_NOTHING;
}

enum nt_dhcp_reason
nt_dhcp6_parse(struct nt_dhcp_message *ret, const uint8_t *msg, size_t len)
{
	struct nt_cursor c = nt_cursor_init(msg, len);
	unsigned int type = nt_cursor_u8(&c);

	dhcp_reset(ret);
	if (c.bad)
		return NT_DHCP_SHORT;
	for (unsigned int depth = 0; type == TYPE_RELAY_FORW || type == TYPE_RELAY_REPL; depth++) {
		if (depth == NT_DHCP_RELAYS_MAX)
			return NT_DHCP_RELAY;
		const enum nt_dhcp_reason reason = unwrap(&c, &type);
		if (reason != NT_DHCP_OK)
			return reason;
	}
	return read_message(ret, type, c);
}
