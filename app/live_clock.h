/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The clock of a live sensor: a counter (the TSC, or that of a card) disciplined to the system's
 * clocks. It begins at wall time and then follows CLOCK_MONOTONIC, so it goes at the rate of a wall
 * clock that is kept by NTP, but whoever sets the wall clock does not move it: timers measure with
 * it. What the wall clock says meanwhile is told as an offset, for what people read.
 *
 * One writer (whoever calls live_clock_update, every 100 ms or so), any number of readers on any
 * thread, without locks: a sequence number guards the few words that are published.
 */
#ifndef LIVE_CLOCK_H
#define LIVE_CLOCK_H

#include <stdatomic.h>

#include <nt_base.h>

/* How often it wants to be told, about. */
#define LIVE_CLOCK_UPDATE_NS (NT_NS_PER_SEC / 10)

/* The three clocks at one moment, as nearly as can be told. */
struct live_clock_sample {
	uint64_t count;
	int64_t monotonic_ns, wall_ns;
};

struct live_clock {
	/* published */
	_Atomic uint32_t sequence; /* odd while it is being written */
	_Atomic uint64_t base_count;
	_Atomic int64_t base_ns;
	_Atomic uint64_t rate; /* ns per count, in units of 2^-32 */
	_Atomic int64_t offset_ns; /* clock less wall time */

	/* the writer's */
	int64_t ahead_ns; /* clock less CLOCK_MONOTONIC, where it is right */
	double measured; /* ns per count */
	struct live_clock_sample since; /* what it is measured from */
} NT_CACHE_ALIGNED;

/* Before any reader. hz: of the counter, as far as it is known; 0: it is not (readers get the time
 * of the last update until there were two). */
void live_clock_begin(struct live_clock *c, const struct live_clock_sample *now, uint64_t hz);
void live_clock_update_at(struct live_clock *c, const struct live_clock_sample *now);

/* The same for the TSC. */
void live_clock_begin_tsc(struct live_clock *c);
void live_clock_update(struct live_clock *c);

/* What it is when the counter has that value; never less for a later one, but by a few ns while it
 * is being slewed: who needs that takes the running maximum. */
int64_t live_clock_at(const struct live_clock *c, uint64_t count);
int64_t live_clock_now(const struct live_clock *c); /* of the TSC */
/* Clock less wall time: what to take off before people see it. */
int64_t live_clock_offset_ns(const struct live_clock *c);

#endif
