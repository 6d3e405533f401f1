/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * A mark: a position that one lcore publishes for others, with the clock there. R is the reader's,
 * T a worker's, W the watermark (docs/architecture.md has the argument). One writer, any reader.
 *
 * The clock of a mark is at most that of the packet behind its position: who stops before a packet
 * may tell that one's. So clock > t says that everything with a clock of t or less lies at or
 * before the position; clock >= t does not.
 *
 * The two words are not read at once, but what a reader gets is safe: the clock is stored after the
 * position and loaded before it, so a clock can only be too old for the position it comes with. And
 * everything that the writer did before it released the position is seen by whoever acquires it.
 */
#ifndef NT_MARK_H
#define NT_MARK_H

#include <stdatomic.h>

#include <nt_base.h>

struct nt_mark {
	_Atomic uint64_t position;
	_Atomic int64_t clock_ns;
} NT_CACHE_ALIGNED;

/* A mark's value as read. */
struct nt_mark_value {
	uint64_t position;
	int64_t clock_ns;
};

void nt_mark_init(struct nt_mark *m);
void nt_mark_release(struct nt_mark *m, uint64_t position, int64_t clock_ns);
struct nt_mark_value nt_mark_acquire(const struct nt_mark *m);

#endif
