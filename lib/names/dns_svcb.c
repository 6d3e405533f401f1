/* SPDX-License-Identifier: BSD-3-Clause */
#include "dns_svcb.h"

#define PRIORITY_ALIAS 0 /* RFC 9460 2.4.1 */

/* RFC 9460 14.3.2; those whose form is known here. */
enum {
	KEY_MANDATORY = 0,
	KEY_ALPN = 1,
	KEY_NO_DEFAULT_ALPN = 2,
	KEY_PORT = 3,
	KEY_IPV4HINT = 4,
	KEY_IPV6HINT = 6,
};

/* RFC 9460 2.2: the TargetName is not compressed. */
static bool
target_skip(struct nt_cursor *c)
{
	unsigned int wire = 0, len;

	/* Ends: at most 127 labels fit 255 octets. */
	do {
		len = nt_cursor_u8(c);
		wire += 1 + len;
		if (c->bad || DNS_LABEL_TYPE(len) != 0 || wire > DNS_NAME_WIRE_MAX)
			return false;
		nt_cursor_skip(c, len);
	} while (len != 0);
	return true;
}

/* RFC 9460 8: keys in ascending order, not its own. */
static bool
mandatory_is_right(struct nt_cursor list)
{
	unsigned int before = KEY_MANDATORY;

	if (nt_cursor_left(&list) == 0)
		return false;
	while (nt_cursor_left(&list) > 0) {
		unsigned int key = nt_cursor_u16(&list);

		if (list.bad || key <= before)
			return false;
		before = key;
	}
	return true;
}

/* RFC 9460 7.1.1: one identifier or more, none of them empty. */
static bool
alpn_is_right(struct nt_cursor list)
{
	if (nt_cursor_left(&list) == 0)
		return false;
	while (nt_cursor_left(&list) > 0) {
		unsigned int len = nt_cursor_u8(&list);

		nt_cursor_skip(&list, len);
		if (list.bad || len == 0)
			return false;
	}
	return true;
}

static bool
is_list_of(const struct nt_cursor *value, size_t size)
{
	size_t len = nt_cursor_left(value);

	return len > 0 && len % size == 0;
}

static bool
param_take(struct dns_svcb *ret, unsigned int key, const struct nt_cursor *value)
{
	switch (key) {
	case KEY_MANDATORY:
		return mandatory_is_right(*value);
	case KEY_ALPN:
		return alpn_is_right(*value);
	case KEY_NO_DEFAULT_ALPN:
		return nt_cursor_left(value) == 0;
	case KEY_PORT:
		return nt_cursor_left(value) == 2;
	case KEY_IPV4HINT:
		ret->hint4 = *value;
		return is_list_of(value, 4);
	case KEY_IPV6HINT:
		ret->hint6 = *value;
		return is_list_of(value, 16);
	default:
		return true;
	}
}

/*
 * RFC 9460 2.2: keys in ascending order, each once; all that `mandatory`, which comes first by
 * that, lists are there. Both lists ascend, so what is wanted next is the first not met yet.
 */
static enum nt_dns_reason
params_read(struct dns_reader *r, struct nt_cursor *c, struct dns_svcb *ret)
{
	struct nt_cursor wanted = nt_cursor_init(c->pos, 0);
	unsigned int want = UINT32_MAX;
	int before = -1;

	while (nt_cursor_left(c) > 0) {
		unsigned int key = nt_cursor_u16(c);
		size_t len = nt_cursor_u16(c);
		struct nt_cursor value = nt_cursor_sub(c, len);

		/* An identifier of the list before costs two bytes at least: len / 8 is plenty. */
		if (!dns_spend(r, 1 + (unsigned int)len / 8))
			return NT_DNS_WORK;
		if (c->bad || (int)key <= before || key > want || !param_take(ret, key, &value))
			return NT_DNS_RDLENGTH;
		if (key == KEY_MANDATORY)
			wanted = value;
		if (key == KEY_MANDATORY || key == want)
			want = nt_cursor_left(&wanted) > 0 ? nt_cursor_u16(&wanted) : UINT32_MAX;
		before = (int)key;
	}
	return want == UINT32_MAX && !c->bad ? NT_DNS_OK : NT_DNS_RDLENGTH;
}

enum nt_dns_reason
dns_svcb_read(struct dns_reader *r, const struct dns_record *rec, struct dns_svcb *ret)
{
	const uint8_t *rdata = r->c.start + rec->rdata;
	struct nt_cursor c = nt_cursor_init(rdata, rec->rdlength);
	unsigned int priority = nt_cursor_u16(&c);

	*ret = (struct dns_svcb){
		.target = (uint16_t)(rec->rdata + 2),
		.alias = priority == PRIORITY_ALIAS,
		.self = nt_cursor_left(&c) > 0 && c.pos[0] == 0,
		.hint4 = nt_cursor_init(rdata, 0),
		.hint6 = nt_cursor_init(rdata, 0),
	};
	if (c.bad || !target_skip(&c))
		return NT_DNS_RDLENGTH;
	/* RFC 9460 2.4.2: parameters in AliasMode are ignored. */
	return ret->alias ? NT_DNS_OK : params_read(r, &c, ret);
}
