/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The intervals of namecache.log: they end at the multiples of stats.interval in capture time.
 * Whole seconds, and so are epochs' offsets: expiry is, and what expires by an interval's end
 * belongs to it. One owner (the reader).
 */
#ifndef INTERVALS_H
#define INTERVALS_H

#include <nt_base.h>

struct intervals {
	int64_t length_ns;
	int64_t end_ns; /* of the present one, on the clock's scale */
};

/* length_ns is rounded up to whole seconds. */
void intervals_init(struct intervals *v, int64_t length_ns);

/* The stream, or an epoch of it, begins at this clock; offset_ns: clock less capture time. */
void intervals_begin(struct intervals *v, int64_t clock_ns, int64_t offset_ns);

/*
 * Does a packet with this clock lie behind the present interval? Then *ret_end_ns is where that
 * ended, and the present one is the packet's: a long pause ends one interval, not each that lies in
 * it.
 */
bool intervals_pass(struct intervals *v, int64_t clock_ns, int64_t offset_ns, int64_t *ret_end_ns);

#endif
