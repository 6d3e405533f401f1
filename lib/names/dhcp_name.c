/* SPDX-License-Identifier: BSD-3-Clause */
#include <string.h>

#include "dhcp_name.h"

void
dhcp_reset(struct nt_dhcp_message *ret)
{
	ret->asked = ret->has_mac = false;
	ret->lease_sec = 0;
	ret->addr_count = ret->name_count = ret->refused = 0;
}

void
dhcp_add_addr(struct nt_dhcp_message *ret, const struct nt_addr *addr)
{
	for (unsigned int i = 0; i < ret->addr_count; i++)
		if (nt_addr_equal(&ret->addrs[i], addr))
			return;
	if (nt_addr_is_unusable(addr) || ret->addr_count == NT_DHCP_ADDRS_MAX)
		ret->refused++;
	else
		ret->addrs[ret->addr_count++] = *addr;
}

static char
lower(uint8_t b)
{
	return (char)(b >= 'A' && b <= 'Z' ? b + ('a' - 'A') : b);
}

/* The name that was put behind the last one becomes one, unless it is the same or none. */
static void
keep(struct nt_dhcp_message *ret)
{
	const struct nt_dhcp_name *last = &ret->names[ret->name_count];

	for (unsigned int i = 0; i < ret->name_count; i++) {
		const struct nt_dhcp_name *n = &ret->names[i];

		if (n->len == last->len && memcmp(n->text, last->text, n->len) == 0)
			return;
	}
	if (last->len > 0)
		ret->name_count++;
}

enum nt_dhcp_reason
dhcp_add_text(struct nt_dhcp_message *ret, const uint8_t *bytes, size_t len)
{
	struct nt_dhcp_name *name = &ret->names[ret->name_count];
	const uint8_t *nul = len > 0 ? memchr(bytes, '\0', len) : NULL;

	if (nul != NULL)
		len = (size_t)(nul - bytes);
	if (len > 0 && bytes[len - 1] == '.')
		len--;
	if (len > NT_DHCP_NAME_MAX || ret->name_count == NT_DHCP_NAMES_MAX)
		return NT_DHCP_NAME;
	for (size_t i = 0; i < len; i++)
		name->text[i] = lower(bytes[i]);
	name->len = (uint16_t)len;
	keep(ret);
	return NT_DHCP_OK;
}

/* A dot or a backslash inside a label would want an escape: no host is called so. */
static bool
append_label(struct nt_dhcp_name *name, const uint8_t *label, size_t len)
{
	if (name->len + (name->len > 0) + len > NT_DHCP_NAME_MAX)
		return false;
	if (name->len > 0)
		name->text[name->len++] = '.';
	for (size_t i = 0; i < len; i++) {
		if (label[i] == '.' || label[i] == '\\')
			return false;
		name->text[name->len++] = lower(label[i]);
	}
	return true;
}

enum nt_dhcp_reason
dhcp_add_labels(struct nt_dhcp_message *ret, const uint8_t *bytes, size_t len)
{
	struct nt_dhcp_name *name = &ret->names[ret->name_count];
	size_t at = 0;

	if (ret->name_count == NT_DHCP_NAMES_MAX)
		return NT_DHCP_NAME;
	name->len = 0;
	while (at < len && bytes[at] != 0) {
		const size_t label = bytes[at++];

		if (label > 63 || label > len - at || !append_label(name, bytes + at, label))
			return NT_DHCP_NAME;
		at += label;
	}
	keep(ret);
	return NT_DHCP_OK;
}
