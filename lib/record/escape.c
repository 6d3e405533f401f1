/* SPDX-License-Identifier: BSD-3-Clause */
#include "escape.h"

/* Length of the well-formed UTF-8 sequence at s (Unicode, table 3-7), 0 if it is none. */
static unsigned int
utf8_len(const uint8_t *s, size_t left)
{
	unsigned int n = s[0] < 0x80 ? 1 : s[0] < 0xc2 ? 0 : s[0] < 0xe0 ? 2 : s[0] < 0xf0 ? 3 : 4;
	uint8_t lo = 0x80, hi = 0xbf;

	if (n == 0 || n > left || s[0] > 0xf4)
		return 0;
	if (s[0] == 0xe0)
		lo = 0xa0; /* else overlong */
	else if (s[0] == 0xed)
		hi = 0x9f; /* else a surrogate */
	else if (s[0] == 0xf0)
		lo = 0x90; /* else overlong */
	else if (s[0] == 0xf4)
		hi = 0x8f; /* else beyond U+10FFFF */
	for (unsigned int i = 1; i < n; i++, lo = 0x80, hi = 0xbf)
		if (s[i] < lo || s[i] > hi)
			return 0;
	return n;
}

/* Code points that Zeek does not let into its logs, of a well-formed sequence of n bytes. */
static bool
is_unwanted(const uint8_t *s, unsigned int n)
{
	uint32_t cp;

	if (n == 1)
		return s[0] == 0x7f;
	if (n == 2)
		return s[0] == 0xc2 && s[1] < 0xa0; /* C1 controls */
	if (n == 4)
		return false;
	cp = (uint32_t)(s[0] & 0x0f) << 12 | (uint32_t)(s[1] & 0x3f) << 6 | (s[2] & 0x3f);
	return (cp >= 0xe000 && cp <= 0xf8ff) || cp >= 0xfff0;
}

static bool
is_clean_utf8(const uint8_t *s, size_t len)
{
	unsigned int n;

	for (size_t i = 0; i < len; i += n) {
		n = utf8_len(s + i, len - i);
		if (n == 0 || is_unwanted(s + i, n))
			return false;
	}
	return true;
}

static char *
put_hex(char *p, const char *prefix, uint8_t c)
{
	static const char digits[] = "0123456789abcdef";

	while (*prefix != '\0')
		*p++ = *prefix++;
	*p++ = digits[c >> 4];
	*p++ = digits[c & 15];
	return p;
}

static char *
put_json(char *p, uint8_t c, bool clean)
{
	static const char shorts[] = "\bb\ff\nn\rr\tt\"\"\\\\";

	for (const char *s = shorts; *s != '\0'; s += 2) {
		if (c == (uint8_t)s[0]) {
			*p++ = '\\';
			*p++ = s[1];
			return p;
		}
	}
	if (c < 0x20 && c != 0)
		return put_hex(p, "\\u00", c);
	if (c == 0 || (c >= 0x7f && !clean))
		return put_hex(p, "\\\\x", c);
	*p++ = (char)c;
	return p;
}

static char *
put_tsv(char *p, uint8_t c, bool clean, bool element)
{
	if (c < 0x20 || (c == ',' && element) || (c >= 0x7f && !clean))
		return put_hex(p, "\\x", c);
	if (c == '\\')
		*p++ = '\\';
	*p++ = (char)c;
	return p;
}

static bool
reads_as_reserved(const char *s, size_t len)
{
	return (len == 1 && *s == '-') || (len == 7 && memcmp(s, "(empty)", 7) == 0);
}

char *
nt_escape_slow(char *p, const char *s, size_t len, enum escape_kind kind)
{
	const uint8_t *b = (const uint8_t *)s;
	bool clean = is_clean_utf8(b, len);
	size_t i = 0;

	if (kind != ESCAPE_JSON && len == 0)
		return text_lit(p, "(empty)");
	if (kind != ESCAPE_JSON && reads_as_reserved(s, len))
		p = put_hex(p, "\\x", b[i++]);
	for (; i < len; i++)
		p = kind == ESCAPE_JSON ? put_json(p, b[i], clean)
					: put_tsv(p, b[i], clean, kind == ESCAPE_TSV);
	return p;
}
