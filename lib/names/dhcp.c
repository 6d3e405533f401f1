/* SPDX-License-Identifier: BSD-3-Clause */
#include <string.h>

#include <nt_cursor.h>

#include "dhcp_name.h"

/* RFC 2131 2 */
#define OP_REQUEST   1
#define OP_REPLY     2
#define HTYPE_AT     1
#define HLEN_AT	     2
#define CIADDR_AT    12
#define YIADDR_AT    16
#define CHADDR_AT    28
#define SNAME_AT     44
#define SNAME_BYTES  64
#define FILE_AT	     108
#define FILE_BYTES   128
#define COOKIE_AT    236
#define COOKIE	     0x63825363
#define OPTIONS_AT   NT_DHCP_BYTES_MIN
#define OVERLOAD_MAX 3

#define FQDN_FIXED   3 /* flags and two result codes: RFC 4702 2 */
#define FQDN_ENCODED 0x04 /* E: labels, not text */

enum {
	OPTION_PAD = 0,
	OPTION_HOST_NAME = 12,
	OPTION_REQUESTED = 50,
	OPTION_LEASE = 51,
	OPTION_OVERLOAD = 52,
	OPTION_TYPE = 53,
	OPTION_FQDN = 81,
	OPTION_END = 255,
};

enum {
	TYPE_REQUEST = 3,
	TYPE_ACK = 5,
	TYPE_INFORM = 8,
};

/* An option that may come in parts (RFC 3396). */
struct long_option {
	size_t len;
	uint8_t bytes[NT_DHCP_NAME_MAX + FQDN_FIXED];
};

struct options {
	struct long_option host, fqdn;
	uint32_t lease_sec;
	uint8_t type, overload;
	bool has_requested;
	struct nt_addr requested;
};

static enum nt_dhcp_reason
append(struct long_option *o, const uint8_t *bytes, size_t len)
{
	if (len > sizeof(o->bytes) - o->len)
		return NT_DHCP_NAME;
	memcpy(o->bytes + o->len, bytes, len);
	o->len += len;
	return NT_DHCP_OK;
}

static enum nt_dhcp_reason
take_option(struct options *o, unsigned int code, const uint8_t *bytes, size_t len)
{
	struct nt_cursor c = nt_cursor_init(bytes, len);

	switch (code) {
	case OPTION_HOST_NAME:
		return append(&o->host, bytes, len);
	case OPTION_FQDN:
		return append(&o->fqdn, bytes, len);
	case OPTION_REQUESTED:
		if (len != 4)
			return NT_DHCP_OPTION;
		o->requested = nt_addr_v4(bytes);
		o->has_requested = true;
		return NT_DHCP_OK;
	case OPTION_LEASE:
		o->lease_sec = nt_cursor_u32(&c);
		return len == 4 ? NT_DHCP_OK : NT_DHCP_OPTION;
	case OPTION_TYPE:
		o->type = nt_cursor_u8(&c);
		return len == 1 ? NT_DHCP_OK : NT_DHCP_OPTION;
	case OPTION_OVERLOAD:
		o->overload = nt_cursor_u8(&c);
		return len == 1 && o->overload <= OVERLOAD_MAX ? NT_DHCP_OK : NT_DHCP_OPTION;
	default:
		return NT_DHCP_OK;
	}
}

/* Ends with the bytes: each round takes one at least. An end that is missing is no fault. */
static enum nt_dhcp_reason
read_options(struct options *o, struct nt_cursor c)
{
	while (nt_cursor_left(&c) > 0) {
		const uint8_t code = nt_cursor_u8(&c);

		if (code == OPTION_PAD)
			continue;
		if (code == OPTION_END)
			break;
		const uint8_t len = nt_cursor_u8(&c);
		const uint8_t *bytes = nt_cursor_bytes(&c, len);
		if (bytes == NULL)
			return NT_DHCP_SHORT;
		const enum nt_dhcp_reason reason = take_option(o, code, bytes, len);
		if (reason != NT_DHCP_OK)
			return reason;
	}
	return NT_DHCP_OK;
}

/* RFC 2132 9.3: options go on in the fields file, then sname. */
static enum nt_dhcp_reason
read_all_options(struct options *o, const uint8_t *msg, size_t len)
{
	enum nt_dhcp_reason reason =
		read_options(o, nt_cursor_init(msg + OPTIONS_AT, len - OPTIONS_AT));
	const uint8_t overload = o->overload;

	if (reason == NT_DHCP_OK && (overload & 1))
		reason = read_options(o, nt_cursor_init(msg + FILE_AT, FILE_BYTES));
	if (reason == NT_DHCP_OK && (overload & 2))
		reason = read_options(o, nt_cursor_init(msg + SNAME_AT, SNAME_BYTES));
	return reason;
}

static enum nt_dhcp_reason
take_names(struct nt_dhcp_message *ret, const struct options *o)
{
	const struct long_option *host = &o->host, *fqdn = &o->fqdn;
	enum nt_dhcp_reason reason = NT_DHCP_OK;

	if (host->len > 0)
		reason = dhcp_add_text(ret, host->bytes, host->len);
	if (fqdn->len == 0 || reason != NT_DHCP_OK)
		return reason;
	if (fqdn->len < FQDN_FIXED)
		return NT_DHCP_OPTION;
	const uint8_t *name = fqdn->bytes + FQDN_FIXED;
	const size_t len = fqdn->len - FQDN_FIXED;
	return fqdn->bytes[0] & FQDN_ENCODED ? dhcp_add_labels(ret, name, len)
					     : dhcp_add_text(ret, name, len);
}

/* The address that the message is about, RFC 2131 4.3.2 and 4.3.5. False where it is none. */
static bool
address(const struct options *o, const uint8_t *msg, struct nt_addr *ret)
{
	const struct nt_addr ci = nt_addr_v4(msg + CIADDR_AT), yi = nt_addr_v4(msg + YIADDR_AT);

	if (msg[0] == OP_REPLY) {
		*ret = nt_addr_is_unusable(&yi) ? ci : yi;
		return o->type == TYPE_ACK;
	}
	*ret = o->type == TYPE_REQUEST && o->has_requested ? o->requested : ci;
	return o->type == TYPE_REQUEST || o->type == TYPE_INFORM;
}

/* Hardware type 1 is Ethernet, of six octets (RFC 1700). */
static void
take_mac(struct nt_dhcp_message *ret, const uint8_t *msg)
{
	ret->has_mac = !ret->asked && msg[HTYPE_AT] == 1 && msg[HLEN_AT] == sizeof(ret->mac);
	if (ret->has_mac)
		memcpy(ret->mac, msg + CHADDR_AT, sizeof(ret->mac));
}

enum nt_dhcp_reason
nt_dhcp_parse(struct nt_dhcp_message *ret, const uint8_t *msg, size_t len)
{
	struct nt_cursor c = nt_cursor_init(msg, len);
	struct options o;
	struct nt_addr addr;

	dhcp_reset(ret);
	nt_cursor_seek(&c, COOKIE_AT);
	const uint32_t cookie = nt_cursor_u32(&c);
	if (c.bad)
		return NT_DHCP_SHORT;
	if (cookie != COOKIE || (msg[0] != OP_REQUEST && msg[0] != OP_REPLY))
		return NT_DHCP_COOKIE;
	memset(&o, 0, sizeof(o));
	enum nt_dhcp_reason reason = read_all_options(&o, msg, len);
	if (reason != NT_DHCP_OK)
		return reason;
	if (!address(&o, msg, &addr))
		return NT_DHCP_NOTHING;
	reason = take_names(ret, &o);
	if (reason != NT_DHCP_OK)
		return reason;
	ret->asked = msg[0] == OP_REQUEST;
	ret->lease_sec = o.lease_sec;
	dhcp_add_addr(ret, &addr);
	take_mac(ret, msg);
	return ret->addr_count > 0 && (ret->name_count > 0 || ret->has_mac) ? NT_DHCP_OK
									    : NT_DHCP_NOTHING;
}

bool
nt_dhcp_confirm(const uint8_t *msg, size_t len)
{
	struct nt_cursor c = nt_cursor_init(msg, len);

	nt_cursor_seek(&c, COOKIE_AT);
	if (nt_cursor_u32(&c) != COOKIE || c.bad)
		return false;
	/* Ends with the bytes: each round takes one at least. */
	while (nt_cursor_left(&c) > 0) {
		const uint8_t code = nt_cursor_u8(&c);

		if (code == OPTION_END)
			return true;
		if (code != OPTION_PAD)
			nt_cursor_bytes(&c, nt_cursor_u8(&c));
		if (c.bad)
			return false;
	}
	return false;
}
