/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Bytes of the wire made harmless, as Zeek's writers do it. Valid UTF-8 is kept. A text that holds
 * anything else (or DEL, a C1 control, a private use or a "special" code point U+FFF0..U+FFFF) has
 * all its bytes beyond ASCII written as \xNN. JSON: quotes, backslashes and controls by JSON's own
 * rules, only NUL is \x00 too: too many readers refuse \u0000. TSV: a backslash is doubled,
 * controls and the set separator are \xNN, and so is the first character of a text that would read
 * as unset
 * ("-") or empty ("(empty)"); an empty text is "(empty)".
 * Room: six bytes for each byte, and NT_TEXT_SLACK. Private to lib/record.
 */
#ifndef NT_RECORD_ESCAPE_H
#define NT_RECORD_ESCAPE_H

#include "text.h"

enum escape_kind {
	ESCAPE_JSON,
	ESCAPE_TSV, /* an element of a vector or set: commas are \xNN */
	ESCAPE_TSV_TEXT, /* a cell of its own */
};

/* All cases. Returns the end of the text. */
char *nt_escape_slow(char *p, const char *s, size_t len, enum escape_kind kind);

#define ESCAPE_BYTES(b) (UINT64_C(0x0101010101010101) * (b))

/* Bit 7 of some byte is set iff some byte is below n (n <= 0x80), and no byte has its bit 7 set. */
NT_TEXT_INLINE uint64_t
escape_below(uint64_t w, uint8_t n)
{
	return (w - ESCAPE_BYTES(n)) & ~w;
}

/* Does any of these eight bytes need a thought? Zero bytes don't count. */
NT_TEXT_INLINE bool
escape_any(uint64_t w, enum escape_kind kind)
{
	const uint8_t beside = kind == ESCAPE_JSON ? '"' : kind == ESCAPE_TSV ? ',' : '\\';
	uint64_t special = ESCAPE_BYTES(beside);

	return ((w | escape_below(w, 0x20) | escape_below(w ^ ESCAPE_BYTES('\\'), 1) |
			escape_below(w ^ special, 1) | escape_below(w ^ ESCAPE_BYTES(0x7f), 1)) &
		       ESCAPE_BYTES(0x80)) != 0;
}

/* The one to seven bytes of a short text, in pieces that may overlap; missing ones are spaces. */
NT_TEXT_INLINE uint64_t
escape_load_short(const char *s, size_t len)
{
	uint64_t w;

	if (len >= 4) {
		uint32_t lo, hi;
		memcpy(&lo, s, 4);
		memcpy(&hi, s + len - 4, 4);
		w = lo | (uint64_t)hi << (len - 4) * 8;
	} else {
		w = (uint8_t)s[0] | (uint64_t)(uint8_t)s[len / 2] << len / 2 * 8 |
		    (uint64_t)(uint8_t)s[len - 1] << (len - 1) * 8;
	}
	return w | ESCAPE_BYTES(' ') << len * 8;
}

/* A text of the wire, len >= 0. Plain names go eight bytes at a time. */
NT_TEXT_INLINE char *
escape_text(char *p, const char *s, size_t len, enum escape_kind kind)
{
	uint64_t w;
	size_t i;

	if (nt_unlikely(len < 8)) {
		if (len == 0 || escape_any(w = escape_load_short(s, len), kind) ||
			(kind != ESCAPE_JSON && len == 1 && *s == '-') ||
			(kind != ESCAPE_JSON && len == 7 && *s == '('))
			return nt_escape_slow(p, s, len, kind);
		text_store8(p, w);
		return p + len;
	}
	for (i = 0; i + 8 <= len; i += 8) {
		w = text_load8(s + i);
		if (nt_unlikely(escape_any(w, kind)))
			return nt_escape_slow(p, s, len, kind);
		text_store8(p + i, w);
	}
	w = text_load8(s + len - 8);
	if (nt_unlikely(escape_any(w, kind)))
		return nt_escape_slow(p, s, len, kind);
	text_store8(p + len - 8, w);
	return p + len;
}

#endif
