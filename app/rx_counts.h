/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * What was received, and lost before workers had it: the ports' counts and those of the ways from
 * them. Any thread; drivers are asked one at a time (port.h), so not where packets wait for it.
 */
#ifndef RX_COUNTS_H
#define RX_COUNTS_H

#include <nt_counters.h>

#include "port.h"
#include "rx.h"

/* Ask all anew, and set in *ret, which is the caller's, the counters that come from there. */
void rx_counts(
	struct ports *p, struct rx *const *rx, unsigned int workers, struct nt_counters *ret);

#endif
