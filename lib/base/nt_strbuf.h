/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * A text buffer of fixed room whose error sticks: append what you like, check `full` once. It never
 * allocates and never writes past its room; it does not end in a NUL unless nt_strbuf_cstr is
 * asked. What did not fit is left out whole, and so is everything after it.
 */
#ifndef NT_STRBUF_H
#define NT_STRBUF_H

#include <string.h>

#include "nt_addr.h"
#include "nt_base.h"

struct nt_strbuf {
	char *data; /* owned by the caller */
	size_t len;
	size_t room;
	bool full;
};

static inline struct nt_strbuf
nt_strbuf_init(char *data, size_t room)
{
	return (struct nt_strbuf){ .data = data, .room = room };
}

/* Make sure that n more bytes fit; false (and full) otherwise. */
static inline bool
nt_strbuf_reserve(struct nt_strbuf *b, size_t n)
{
	if (nt_unlikely(b->full || b->room - b->len < n))
		b->full = true;
	return !b->full;
}

static inline void
nt_strbuf_mem(struct nt_strbuf *b, const void *bytes, size_t len)
{
	if (nt_strbuf_reserve(b, len)) {
		memcpy(b->data + b->len, bytes, len);
		b->len += len;
	}
}

static inline void
nt_strbuf_char(struct nt_strbuf *b, char c)
{
	if (nt_strbuf_reserve(b, 1))
		b->data[b->len++] = c;
}

#define nt_strbuf_lit(b, literal) nt_strbuf_mem((b), "" literal, sizeof(literal) - 1)

void nt_strbuf_str(struct nt_strbuf *b, const char *s);
void nt_strbuf_u64(struct nt_strbuf *b, uint64_t v);
void nt_strbuf_i64(struct nt_strbuf *b, int64_t v);
/* Nanoseconds as seconds with six decimals, rounded to nearest as Zeek's %.6f does (any sign). */
void nt_strbuf_seconds(struct nt_strbuf *b, int64_t ns);
/* A finite double with the given number of decimals (0 to 9). */
void nt_strbuf_double(struct nt_strbuf *b, double v, unsigned int decimals);
void nt_strbuf_addr(struct nt_strbuf *b, const struct nt_addr *a);
/* The text with a NUL behind it (for messages); cut where it is full. */
const char *nt_strbuf_cstr(struct nt_strbuf *b);

#endif
