/* SPDX-License-Identifier: BSD-3-Clause */
#ifndef TG_BYTES_H
#define TG_BYTES_H

/* Appends numbers (network order), bytes and lengths to a buffer that is large enough. */

#include <stdint.h>
#include <string.h>

#include "rng.h"

struct tg_bytes {
	uint8_t *at;
};

static inline void
tg_put8(struct tg_bytes *b, unsigned v)
{
	*b->at++ = (uint8_t)v;
}

static inline void
tg_put16(struct tg_bytes *b, unsigned v)
{
	tg_put8(b, v >> 8 & 0xff);
	tg_put8(b, v & 0xff);
}

static inline void
tg_put24(struct tg_bytes *b, uint32_t v)
{
	tg_put8(b, v >> 16 & 0xff);
	tg_put16(b, v & 0xffff);
}

static inline void
tg_put32(struct tg_bytes *b, uint32_t v)
{
	tg_put16(b, v >> 16);
	tg_put16(b, v & 0xffff);
}

static inline void
tg_put(struct tg_bytes *b, const void *data, size_t len)
{
	memcpy(b->at, data, len);
	b->at += len;
}

static inline void
tg_put_text(struct tg_bytes *b, const char *text)
{
	tg_put(b, text, strlen(text));
}

static inline void
tg_put_fill(struct tg_bytes *b, uint8_t v, size_t len)
{
	memset(b->at, v, len);
	b->at += len;
}

static inline void
tg_put_random(struct tg_bytes *b, struct tg_rng *rng, size_t len)
{
	while (len-- > 0)
		tg_put8(b, (unsigned)(tg_rng_next(rng) >> 56));
}

/* Room for a length of n bytes, which tg_put_length() sets to what came after it. */
static inline uint8_t *
tg_put_room(struct tg_bytes *b, unsigned n)
{
	uint8_t *room = b->at;

	tg_put_fill(b, 0, n);
	return room;
}

static inline void
tg_put_length(const struct tg_bytes *b, uint8_t *room, unsigned n)
{
	size_t len = (size_t)(b->at - room) - n;

	while (n-- > 0) {
		room[n] = (uint8_t)len;
		len >>= 8;
	}
}

#endif
