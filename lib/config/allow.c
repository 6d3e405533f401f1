/* SPDX-License-Identifier: BSD-3-Clause */
#include "nt_allow.h"

#include <stdio.h>
#include <string.h>

#define PROTO_TCP 6
#define PROTO_UDP 17

/* A protocol at the end, or alone, is taken off: its number, 0 where there is none. */
static uint8_t
take_proto(char *text)
{
	char *slash = strrchr(text, '/');
	const char *word = slash != NULL ? slash + 1 : text;
	uint8_t proto = 0;

	if (slash == text) /* nothing before it */
		return 0;
	if (strcmp(word, "tcp") == 0)
		proto = PROTO_TCP;
	else if (strcmp(word, "udp") == 0)
		proto = PROTO_UDP;
	if (proto != 0)
		*(slash != NULL ? slash : text) = '\0';
	return proto;
}

static bool
is_number(const char *text)
{
	return *text != '\0' && text[strspn(text, "0123456789")] == '\0';
}

/* 1 .. 65535, without leading zeros. */
static int
parse_port(const char *text, uint16_t *ret)
{
	uint32_t n = 0;

	if (!is_number(text) || *text == '0' || strlen(text) > 5)
		return -EINVAL;
	for (; *text != '\0'; text++)
		n = n * 10 + (uint32_t)(*text - '0');
	if (n > UINT16_MAX)
		return -EINVAL;
	*ret = (uint16_t)n;
	return 0;
}

/* Where the host ends, and the port begins (NULL: there is none). False: it can't be either. */
static bool
divide(char *text, bool has_proto, char **ret_host, char **ret_port)
{
	char *colon = strchr(text, ':'), *end = strchr(text, ']');

	*ret_host = text;
	*ret_port = NULL;
	if (text[0] == '[') {
		if (end == NULL || (end[1] != '\0' && end[1] != ':'))
			return false;
		*ret_host = text + 1;
		*ret_port = end[1] == ':' ? end + 2 : NULL;
		*end = '\0';
		return strchr(*ret_host, ':') != NULL;
	}
	if (colon != NULL && strchr(colon + 1, ':') == NULL) {
		*colon = '\0';
		*ret_port = colon + 1;
	} else if (colon == NULL && has_proto && is_number(text)) {
		*ret_host = text + strlen(text);
		*ret_port = text;
	}
	return true;
}

static int
parse_net(const char *text, struct nt_net *ret)
{
	struct nt_netset set = { 0 };
	const int rc = nt_netset_add(&set, text);

	if (rc >= 0)
		*ret = set.nets[0];
	return rc > 0 ? -EDOM : rc;
}

int
nt_allow_parse(const char *text, struct nt_allow *ret)
{
	struct nt_allow a = { .net.addr.family = NT_FAMILY_NONE };
	char copy[NT_ALLOW_STRLEN], *host, *port;
	const size_t len = strlen(text);

	if (len >= sizeof(copy))
		return -EINVAL;
	memcpy(copy, text, len + 1);
	a.proto = take_proto(copy);
	if (a.proto != 0 && *copy == '\0') { /* alone */
		*ret = a;
		return 0;
	}
	if (!divide(copy, a.proto != 0, &host, &port))
		return -EINVAL;
	if (port != NULL && parse_port(port, &a.port) < 0)
		return -EINVAL;
	/* Without an address there has to be a port. */
	const int rc = *host != '\0' || port == NULL ? parse_net(host, &a.net) : 0;
	if (rc == 0)
		*ret = a;
	return rc;
}

static unsigned int
bits_of(const struct nt_addr *a)
{
	return a->family == NT_FAMILY_IPV4 ? 32 : 128;
}

static int
format_net(const struct nt_allow *a, char *out, size_t room)
{
	const struct nt_net *net = &a->net;
	const bool brackets = net->addr.family == NT_FAMILY_IPV6 && a->port != 0;
	char addr[NT_ADDR_STRLEN], prefix[8] = "";

	if (net->addr.family == NT_FAMILY_NONE)
		return 0;
	nt_addr_format(&net->addr, addr);
	if (net->prefix_len != bits_of(&net->addr))
		(void)snprintf(prefix, sizeof(prefix), "/%u", net->prefix_len);
	/* As text, an IPv4-mapped address is IPv4. */
	return snprintf(out, room, "%s%s%s%s%s", brackets ? "[" : "",
		nt_addr_is_mapped(&net->addr) ? "::ffff:" : "", addr, prefix, brackets ? "]" : "");
}

size_t
nt_allow_format(const struct nt_allow *a, char out[NT_ALLOW_STRLEN])
{
	size_t len = (size_t)format_net(a, out, NT_ALLOW_STRLEN);
	const bool bare = len == 0 && a->proto != 0; /* "123/udp" */

	out[len] = '\0';
	if (a->port != 0)
		len += (size_t)snprintf(
			out + len, NT_ALLOW_STRLEN - len, "%s%u", bare ? "" : ":", a->port);
	if (a->proto != 0)
		len += (size_t)snprintf(out + len, NT_ALLOW_STRLEN - len, "%s%s",
			len != 0 ? "/" : "", a->proto == PROTO_TCP ? "tcp" : "udp");
	return len;
}

static bool
net_has(const struct nt_net *net, const struct nt_addr *addr)
{
	const unsigned int whole = net->prefix_len / 8, rest = net->prefix_len % 8;

	if (net->addr.family == NT_FAMILY_NONE)
		return true;
	if (net->addr.family != addr->family || memcmp(net->addr.bytes, addr->bytes, whole) != 0)
		return false;
	return rest == 0 || ((net->addr.bytes[whole] ^ addr->bytes[whole]) >> (8 - rest)) == 0;
}

bool
nt_allow_list_has(
	const struct nt_allow_list *list, const struct nt_addr *addr, uint16_t port, uint8_t proto)
{
	for (uint32_t i = 0; i < list->count; i++) {
		const struct nt_allow *a = &list->entries[i];

		if ((a->port == 0 || a->port == port) && (a->proto == 0 || a->proto == proto) &&
			net_has(&a->net, addr))
			return true;
	}
	return false;
}
