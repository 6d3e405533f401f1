/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The machine's clocks, in nanoseconds. Any thread. What a packet's time is comes from its capture;
 * these are for log headers, rotation, progress, and live sensors.
 */
#ifndef NT_CLOCK_H
#define NT_CLOCK_H

#include <nt_base.h>

/* Since the epoch (UTC), as the system has it: may be set, forward and back. */
int64_t nt_clock_wall_ns(void);

/* Since some moment in the past; never runs backwards, and nobody sets it. */
int64_t nt_clock_monotonic_ns(void);

#endif
