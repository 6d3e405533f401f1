/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * A cursor over bytes from the wire whose error sticks: read several fields, check `bad` once.
 * Nothing is ever read outside [start, end); a read that does not fit returns 0 and sets `bad`,
 * and so does every read after it. Big-endian. Any thread, no allocation.
 */
#ifndef NT_CURSOR_H
#define NT_CURSOR_H

#include <string.h>

#include "nt_base.h"

struct nt_cursor {
	const uint8_t *start;
	const uint8_t *pos;
	const uint8_t *end;
	bool bad;
};

static inline struct nt_cursor
nt_cursor_init(const void *bytes, size_t len)
{
	const uint8_t *b = bytes;
	return (struct nt_cursor){ .start = b, .pos = b, .end = b + len };
}

static inline size_t
nt_cursor_left(const struct nt_cursor *c)
{
	return c->bad ? 0 : (size_t)(c->end - c->pos);
}

static inline size_t
nt_cursor_offset(const struct nt_cursor *c)
{
	return (size_t)(c->pos - c->start);
}

/* The next len bytes, stepped over; NULL (and bad) where there are fewer. */
static inline const uint8_t *
nt_cursor_bytes(struct nt_cursor *c, size_t len)
{
	if (nt_unlikely(nt_cursor_left(c) < len)) {
		c->bad = true;
		return NULL;
	}
	const uint8_t *p = c->pos;
	c->pos += len;
	return p;
}

static inline void
nt_cursor_skip(struct nt_cursor *c, size_t len)
{
	(void)nt_cursor_bytes(c, len);
}

/* Go to an offset from the start; past the end is bad. */
static inline void
nt_cursor_seek(struct nt_cursor *c, size_t offset)
{
	if (nt_unlikely(c->bad || offset > (size_t)(c->end - c->start)))
		c->bad = true;
	else
		c->pos = c->start + offset;
}

static inline uint8_t
nt_cursor_u8(struct nt_cursor *c)
{
	const uint8_t *p = nt_cursor_bytes(c, 1);
	return p != NULL ? p[0] : 0;
}

static inline uint16_t
nt_cursor_u16(struct nt_cursor *c)
{
	const uint8_t *p = nt_cursor_bytes(c, 2);
	return p != NULL ? (uint16_t)(p[0] << 8 | p[1]) : 0;
}

static inline uint32_t
nt_cursor_u32(struct nt_cursor *c)
{
	const uint8_t *p = nt_cursor_bytes(c, 4);
	return p == NULL ? 0
			 : (uint32_t)p[0] << 24 | (uint32_t)p[1] << 16 | (uint32_t)p[2] << 8 | p[3];
}

/* A cursor over the next len bytes, which are stepped over; bad (and empty) where they don't fit.
 */
static inline struct nt_cursor
nt_cursor_sub(struct nt_cursor *c, size_t len)
{
	const uint8_t *p = nt_cursor_bytes(c, len);
	if (p == NULL)
		return (struct nt_cursor){
			.start = c->end, .pos = c->end, .end = c->end, .bad = true
		};
	return nt_cursor_init(p, len);
}

#endif
