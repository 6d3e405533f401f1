/* SPDX-License-Identifier: BSD-3-Clause */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include <nt_fault.h>
#include <nt_dns_stream.h>
#include <nt_mem.h>

#define BUFFER_BYTES ((size_t)NT_DNS_STREAM_MESSAGE_MAX + 1)
#define COUNT_MAX    (UINT32_C(1) << 16) /* 4 GiB */

enum {
	STATE_SIZE_HIGH,
	STATE_SIZE_LOW,
	STATE_MESSAGE,
	STATE_SKIPPING, /* a message there was no buffer for */
	STATE_WHOLE, /* the message in the buffer was handed out: the buffer is free next time */
	STATE_ENDED,
};

struct nt_dns_buffers {
	uint8_t *room;
	uint32_t *free; /* a stack of numbers */
	uint32_t count, free_count;
	uint64_t refused;
};

size_t
nt_dns_buffers_bytes(uint32_t count)
{
	return sizeof(struct nt_dns_buffers) + count * sizeof(uint32_t) +
	       nt_mem_mapped(count * BUFFER_BYTES);
}

struct nt_dns_buffers *
nt_dns_buffers_new(uint32_t count)
{
	if (count == 0 || count > COUNT_MAX) {
		errno = EINVAL;
		return NULL;
	}
	struct nt_dns_buffers *b = calloc(1, sizeof(*b));
	if (b == NULL)
		return NULL;
	b->count = b->free_count = count;
	b->free = calloc(count, sizeof(*b->free));
	b->room = nt_mem_map(count * BUFFER_BYTES);
	if (b->free == NULL || b->room == NULL) {
		nt_dns_buffers_free(b);
		errno = ENOMEM;
		return NULL;
	}
	for (uint32_t i = 0; i < count; i++)
		b->free[i] = count - 1 - i; /* the first ones are used first, and again */
	return b;
}

void
nt_dns_buffers_free(struct nt_dns_buffers *b)
{
	if (b == NULL)
		return;
	if (b->room != NULL)
		nt_mem_unmap(b->room, b->count * BUFFER_BYTES);
	free(b->free);
	free(b);
}

uint64_t
nt_dns_buffers_refused(const struct nt_dns_buffers *b)
{
	return b->refused;
}

static uint8_t *
buffer_of(const struct nt_dns_buffers *b, const struct nt_dns_stream *s)
{
	return b->room + (s->buffer - 1) * BUFFER_BYTES;
}

static void
give_back(struct nt_dns_stream *s, struct nt_dns_buffers *b)
{
	if (s->buffer == 0)
		return;
	b->free[b->free_count++] = s->buffer - 1;
	s->buffer = 0;
}

/* A message has begun and is not all there. */
static void
begin_partial(struct nt_dns_stream *s, struct nt_dns_buffers *b)
{
	if (b->free_count == 0 || nt_fault(NT_FAULT_DNS_BUFFER)) {
		b->refused++;
		s->state = STATE_SKIPPING;
		return;
	}
	s->buffer = b->free[--b->free_count] + 1;
}

/* Moves what is there of the message. True when it has come to its end. */
static bool
read_message(struct nt_dns_stream *s, struct nt_dns_buffers *b, struct nt_cursor *in)
{
	const size_t n = NT_MIN(nt_cursor_left(in), (size_t)(s->size - s->have));
	const uint8_t *bytes = nt_cursor_bytes(in, n);

	if (s->state == STATE_MESSAGE && n > 0)
		memcpy(buffer_of(b, s) + s->have, bytes, n);
	s->have = (uint16_t)(s->have + n);
	return s->have == s->size;
}

/* The length is known. True when the message is whole in *in; else reading it begins. */
static bool
in_one_piece(struct nt_dns_stream *s, struct nt_dns_buffers *b, const struct nt_cursor *in)
{
	s->have = 0;
	s->state = STATE_MESSAGE;
	if (nt_cursor_left(in) >= s->size)
		return true;
	begin_partial(s, b);
	return false;
}

bool
nt_dns_stream_next(struct nt_dns_stream *s, struct nt_dns_buffers *b, struct nt_cursor *in,
	const uint8_t **ret_msg, size_t *ret_len)
{
	/* Ends: each round but the one after a handed-out message takes an octet. */
	while (nt_cursor_left(in) > 0 && s->state != STATE_ENDED) {
		switch (s->state) {
		case STATE_WHOLE:
			give_back(s, b);
			s->state = STATE_SIZE_HIGH;
			break;
		case STATE_SIZE_HIGH:
			s->size = (uint16_t)(nt_cursor_u8(in) << 8);
			s->state = STATE_SIZE_LOW;
			break;
		case STATE_SIZE_LOW:
			s->size |= nt_cursor_u8(in);
			if (!in_one_piece(s, b, in))
				break;
			*ret_len = s->size;
			*ret_msg = nt_cursor_bytes(in, s->size);
			s->state = STATE_SIZE_HIGH;
			return true;
		default:
			if (!read_message(s, b, in))
				break;
			if (s->state == STATE_SKIPPING) {
				s->state = STATE_SIZE_HIGH;
				break;
			}
			*ret_len = s->size;
			*ret_msg = buffer_of(b, s);
			s->state = STATE_WHOLE;
			return true;
		}
	}
	if (s->state == STATE_WHOLE) {
		give_back(s, b);
		s->state = STATE_SIZE_HIGH;
	}
	nt_cursor_skip(in, nt_cursor_left(in));
	return false;
}

const uint8_t *
nt_dns_stream_partial(
	const struct nt_dns_stream *s, const struct nt_dns_buffers *b, size_t *ret_len)
{
	if (s->state != STATE_MESSAGE || s->buffer == 0 || s->have == 0)
		return NULL;
	*ret_len = s->have;
	return buffer_of(b, s);
}

void
nt_dns_stream_end(struct nt_dns_stream *s, struct nt_dns_buffers *b)
{
	give_back(s, b);
	s->state = STATE_ENDED;
}
