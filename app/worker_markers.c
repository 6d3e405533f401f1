/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Markers among the packets: places where every worker settles, that is, where everything up to
 * there is processed, expired, known to the cache and written, the same in all of them.
 */
#include <string.h>

#include <nt_fault.h>

#include "control_stats.h"
#include "worker_priv.h"

/*
 * Wait until W has come to the marker, for then nothing is under way any more, and make every
 * record that is due. Other workers are waited for; they come to the same marker, and the reader
 * has flushed.
 */
static void
settle(struct worker *w, const struct nt_packet_meta *at)
{
	w->done.position = NT_MAX(w->done.position, at->position);
	/* What has begun is judged by what is known here; more would be waited for too long. */
	w->judging.all_from = at->position;
	while (w->W.position < at->position || nt_flow_ended(w->flows) != NT_FLOW_NONE ||
		w->judging.waiting != 0 || mismatches_wait(w)) {
		worker_wait(w);
		records_advance(w, WORKER_BURST);
	}
	w->judging.all_from = NT_POSITION_END;
	nt_verdicts_settle(w->judging.verdicts);
	notices_expire(w, at->clock_ns);
}

/* Everything ends here, is written and forgotten (docs/architecture.md). */
static void
end_epoch(struct worker *w, const struct nt_packet_meta *at)
{
	while (flows_end_all(w, WORKER_BURST))
		records_advance(w, WORKER_BURST);
	settle(w, at);
	notices_expire(w, INT64_MAX);
	verdicts_begin_epoch(w, at->clock_ns);
	nt_name_cache_clear(w->names);
	nt_name_cache_clear(w->asserted);
	nt_dns_match_clear(w->queries);
	hosts_clear(w);
	trust_begin_epoch(w);
	w->epoch_offset_ns = at->ts_ns;
	count(w, NT_COUNTER_EPOCHS, 1);
}

bool
send_stats(struct worker *w, enum record_kind kind, int64_t ts_ns)
{
	struct stats_msg m = {
		.head = { .size = offsetof(struct stats_msg, spare), .kind = kind },
		.ts_ns = ts_ns,
	};
	worker_observe(w);
	control_stats_fill(&w->gauges, &m.fill);
	memcpy(m.counters, w->counters.n, sizeof(m.counters));
	return !nt_fault(NT_FAULT_RECORDS_FULL) && nt_msg_ring_put(w->records, &m.head);
}

/* What expires by its end belongs to the interval, whenever the wheel would have got there. */
static void
end_interval(struct worker *w, const struct nt_packet_meta *at)
{
	while (flows_expire(w, at->clock_ns))
		records_advance(w, WORKER_BURST);
	settle(w, at);
	while (!send_stats(w, RECORD_STATS, at->ts_ns))
		worker_wait(w);
}

void
add_distribute_counts(struct worker *w, const uint8_t *bytes)
{
	struct distribute_counts counts;
	memcpy(&counts, bytes, sizeof(counts));
	for (unsigned int i = 0; i < DISTRIBUTE_COUNTERS; i++)
		count(w, (enum nt_counter)(DISTRIBUTE_FIRST + i), counts.n[i]);
}

void
marker_packet(struct worker *w, enum mbuf_kind kind, const struct nt_packet_meta *at)
{
	/* The clock is the same for all workers here: so is what their timers make of it. */
	w->done.clock_ns = at->clock_ns;
	if (kind == MBUF_EPOCH)
		end_epoch(w, at);
	else
		end_interval(w, at);
}
