/* SPDX-License-Identifier: BSD-3-Clause */
#include <string.h>

#include "nt_server_name.h"

#define LABEL_MAX 63

static bool
is_digit(char c)
{
	return c >= '0' && c <= '9';
}

static bool
is_name_char(char c)
{
	return (c >= 'a' && c <= 'z') || is_digit(c) || c == '-' || c == '_';
}

static char
lower(char c)
{
	if (c >= 'A' && c <= 'Z')
		c = (char)(c + ('a' - 'A'));
	return c;
}

static bool
is_hex_digit(char c)
{
	return is_digit(c) || (c >= 'a' && c <= 'f');
}

/* 127 or 0x7f, which end an address in one of its spellings (WHATWG URL 3.5). */
static bool
is_number(const char *label, unsigned int len)
{
	const bool hex = len >= 2 && label[0] == '0' && label[1] == 'x';

	for (unsigned int i = hex ? 2 : 0; i < len; i++)
		if (hex ? !is_hex_digit(label[i]) : !is_digit(label[i]))
			return false;
	return true;
}

/* Into lower case. The last label of a host name is no number (RFC 1123 2.1). */
static bool
check_labels(struct nt_server_name *n)
{
	unsigned int label = 0;

	for (unsigned int i = 0; i < n->len; i++) {
		const char c = n->text[i] = lower(n->text[i]);

		if (c == '.') {
			if (label == 0)
				return false;
			label = 0;
			continue;
		}
		if (!is_name_char(c) || ++label > LABEL_MAX)
			return false;
	}
	return label != 0 && !is_number(n->text + n->len - label, label);
}

bool
nt_server_name_finish(struct nt_server_name *n)
{
	if (n->len != 0 && n->text[n->len - 1] == '.')
		n->len--;
	if ((n->flags & NT_SERVER_NAME_LONG) == 0 && n->len <= NT_SERVER_NAME_MAX &&
		check_labels(n))
		return true;
	n->len = 0;
	return false;
}

static void
trim(struct nt_server_name *n)
{
	unsigned int from = 0;

	while (n->len != 0 && (n->text[n->len - 1] == ' ' || n->text[n->len - 1] == '\t'))
		n->len--;
	while (from < n->len && (n->text[from] == ' ' || n->text[from] == '\t'))
		from++;
	n->len = (uint8_t)(n->len - from);
	memmove(n->text, n->text + from, n->len);
}

bool
nt_server_name_finish_host(struct nt_server_name *n)
{
	unsigned int end;

	trim(n);
	end = n->len;
	while (end != 0 && is_digit(n->text[end - 1]))
		end--;
	if (end != 0 && n->text[end - 1] == ':')
		n->len = (uint8_t)(end - 1);
	return nt_server_name_finish(n);
}
