/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * What a running sensor tells over DPDK's telemetry socket: /nametap/stats, /workers, /config,
 * /ports, /lookup, /reverse, /top; and /reload, which changes something (docs/telemetry.md). The
 * commands run in threads of DPDK's, one per client; they read what others publish and ask workers
 * what only they may look at.
 */
#ifndef TELEMETRY_H
#define TELEMETRY_H

#include "busiest.h"
#include "live_view.h"
#include "reload.h"

/*
 * Once, after EAL has started. DPDK has no way to take a command back: until telemetry_stop, all
 * commands look at the view, afterwards they tell that the sensor is ending. 0, or -errno.
 */
int telemetry_start(
	const struct live_view *view, const struct busiest *busiest, struct reloader *reloader);
/* No command looks at what telemetry_start was given any more. May be called without it. */
void telemetry_stop(void);

#endif
