/* SPDX-License-Identifier: BSD-3-Clause */
#include "nt_telemetry_args.h"

#include <string.h>

/* Of what was given, as much as a message shows. */
#define SHOWN_MAX 64

static bool
is_plain(char c)
{
	return c > ' ' && c <= '~' && c != '\\';
}

static int
refuse(struct nt_error *err, const char *what, const char *given)
{
	char shown[SHOWN_MAX + 1];
	size_t n = 0;

	for (; n < SHOWN_MAX && given[n] != '\0'; n++)
		shown[n] = (char)(given[n] >= ' ' && given[n] <= '~' ? given[n] : '?');
	shown[n] = '\0';
	return nt_error_set(err, -EINVAL, "%s: '%s%s'", what, shown, given[n] != '\0' ? "..." : "");
}

/* Digits only, below 2^32. */
static bool
parse_number(const char *text, uint32_t *ret)
{
	uint64_t n = 0;

	if (*text == '\0')
		return false;
	for (; *text != '\0'; text++) {
		if (*text < '0' || *text > '9')
			return false;
		n = n * 10 + (uint64_t)(*text - '0');
		if (n > UINT32_MAX)
			return false;
	}
	*ret = (uint32_t)n;
	return true;
}

static bool
parse_word(const char *text, char *ret)
{
	size_t len = strlen(text);

	if (len > NT_TELEMETRY_WORD_MAX)
		return false;
	for (size_t i = 0; i < len; i++) {
		const char c = text[i];

		if (c != '_' && !(c >= 'a' && c <= 'z') && !(c >= 'A' && c <= 'Z') &&
			!(c >= '0' && c <= '9'))
			return false;
	}
	memcpy(ret, text, len + 1);
	return true;
}

static int
hex(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	if (c >= 'a' && c <= 'f')
		return c - 'a' + 10;
	return c >= 'A' && c <= 'F' ? c - 'A' + 10 : -1;
}

/* One byte of a name from the text at *at, which moves behind it; -1: there is none. */
static int
take_byte(const char **at)
{
	const char *s = *at;
	int high, low;

	if (is_plain(*s) || *s == ' ') {
		++*at;
		return *s;
	}
	if (s[0] != '\\' || s[1] != 'x')
		return -1;
	high = hex(s[2]);
	low = high < 0 ? -1 : hex(s[3]);
	if (low < 0)
		return -1;
	*at += 4;
	return high << 4 | low;
}

static bool
parse_name(const char *text, struct nt_telemetry_args *ret)
{
	size_t len = 0;

	while (*text != '\0') {
		const int byte = take_byte(&text);

		if (byte < 0 || len == NT_TELEMETRY_NAME_MAX + 1)
			return false;
		ret->name[len++] = (char)(byte >= 'A' && byte <= 'Z' ? byte - 'A' + 'a' : byte);
	}
	if (len > 1 && ret->name[len - 1] == '.')
		len--;
	if (len == 0 || len > NT_TELEMETRY_NAME_MAX)
		return false;
	ret->name[len] = '\0';
	ret->name_len = (uint16_t)len;
	return true;
}

/* "WHAT" or "WHAT,N": what stands before the last comma where a number follows it. */
static bool
split_number(const char *params, char *ret, size_t room, uint32_t *ret_number)
{
	const char *comma = strrchr(params, ',');
	size_t len = strlen(params);

	if (comma != NULL && parse_number(comma + 1, ret_number))
		len = (size_t)(comma - params);
	if (len >= room)
		return false;
	memcpy(ret, params, len);
	ret[len] = '\0';
	return true;
}

static int
parse_what(enum nt_telemetry_form form, const char *params, struct nt_telemetry_args *ret,
	struct nt_error *err)
{
	char what[NT_TELEMETRY_TEXT_MAX + 1]; /* with the dot at the end */
	const bool fits = split_number(params, what, sizeof(what), &ret->number);

	if (form == NT_TELEMETRY_ADDR) {
		if (!fits || nt_addr_parse(what, &ret->addr) != 0)
			return refuse(err, "not an IPv4 or IPv6 address", params);
		return 0;
	}
	if (!fits || !parse_name(what, ret))
		return refuse(err, "not a name of 1 to 255 bytes", params);
	return 0;
}

int
nt_telemetry_args_parse(enum nt_telemetry_form form, const char *params,
	struct nt_telemetry_args *ret, struct nt_error *err)
{
	memset(ret, 0, sizeof(*ret));
	ret->given = params != NULL && *params != '\0';
	if (!ret->given) {
		if (form == NT_TELEMETRY_ADDR)
			return nt_error_set(err, -EINVAL, "an address is missing: COMMAND,ADDRESS");
		if (form == NT_TELEMETRY_NAME)
			return nt_error_set(err, -EINVAL, "a name is missing: COMMAND,NAME");
		return 0;
	}
	switch (form) {
	case NT_TELEMETRY_NOTHING:
		return refuse(err, "this command takes no parameter", params);
	case NT_TELEMETRY_NUMBER:
		return parse_number(params, &ret->number) ? 0 : refuse(err, "not a number", params);
	case NT_TELEMETRY_WORD:
		return parse_word(params, ret->word) ? 0 : refuse(err, "not a word", params);
	default:
		return parse_what(form, params, ret, err);
	}
}

size_t
nt_telemetry_name_text(const char *name, size_t len, char out[NT_TELEMETRY_TEXT_MAX])
{
	static const char digits[] = "0123456789abcdef";
	size_t n = 0;

	for (size_t i = 0; i < NT_MIN(len, NT_TELEMETRY_NAME_MAX); i++) {
		const uint8_t byte = (uint8_t)name[i];

		if (is_plain(name[i]) || byte == ' ') {
			out[n++] = name[i];
			continue;
		}
		out[n++] = '\\';
		out[n++] = 'x';
		out[n++] = digits[byte >> 4];
		out[n++] = digits[byte & 15];
	}
	out[n] = '\0';
	return n;
}
