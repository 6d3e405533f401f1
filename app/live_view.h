/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * What others may look at while a live sensor runs: made before it starts, good until it has ended.
 * Any thread; everything behind it is read only, or says itself how it may be read.
 */
#ifndef LIVE_VIEW_H
#define LIVE_VIEW_H

#include <nt_config.h>
#include <nt_counters.h>
#include <nt_relay.h>

#include "live_clock.h"
#include "port.h"
#include "worker.h"

struct live_view {
	const struct nt_config *config; /* as of the start */
	struct worker *const *workers; /* worker.h: counters, gauges, watermark lag, beats */
	unsigned int worker_count;
	const struct nt_relay *relay; /* nt_relay_stats: written by control, read as it is */
	struct ports *ports; /* ports_stats */
	const struct live_clock *clock;
	int64_t started_ns; /* wall time */
	/* Every block of counters there is: the workers', control's, the housekeeper's. */
	const struct nt_counters *counters[NT_CONFIG_WORKERS_MAX + 2];
	unsigned int counters_count;
};

/*
 * The sum of all blocks. What ports received is asked for anew, after what workers have counted of
 * it: else these would seem to have packets that never came.
 */
static inline void
live_view_sum(const struct live_view *v, struct nt_counters *ret)
{
	uint64_t received = 0;
	nt_counters_sum(ret, v->counters, v->counters_count);
	for (unsigned int i = 0; i < v->ports->count; i++) {
		struct port_stats s;
		ports_stats(v->ports, i, &s);
		received += s.packets;
	}
	if (received > nt_counter_read(ret, NT_COUNTER_RX_PACKETS))
		nt_counter_set(ret, NT_COUNTER_RX_PACKETS, received);
}

#endif
