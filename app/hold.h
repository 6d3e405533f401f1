/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Segments that came before their turn, per direction of a connection, in a fixed pool. Copies are
 * kept in the order of sequence numbers, what came first before what came later; a direction keeps
 * no more than HOLD_MAX bytes' worth of chunks. Owner: one worker.
 */
#ifndef HOLD_H
#define HOLD_H

#include <nt_pool.h>

#define HOLD_NONE  NT_POOL_NONE
#define HOLD_BYTES 2036
/* Zeek keeps 16 KiB above a hole where nothing is acknowledged; ethernet segments fit in one. */
#define HOLD_MAX 16

struct held {
	uint32_t next;
	uint32_t seq;
	uint16_t len;
	uint16_t spare;
	uint8_t data[HOLD_BYTES];
};
static_assert(sizeof(struct held) == 2048, "a power of two");

/* The pool is one of struct held. */
static inline struct held *
held_at(const struct nt_pool *p, uint32_t i)
{
	return nt_pool_at(p, i);
}

/* Keep a copy. False where there is no room, for this direction or at all: nothing is kept then. */
bool hold_add(struct nt_pool *p, uint32_t *list, uint32_t seq, const uint8_t *data, size_t len);
/* Give back the first one. */
void hold_drop(struct nt_pool *p, uint32_t *list);
void hold_drop_all(struct nt_pool *p, uint32_t *list);

#endif
