/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * How full a worker is, in one table: what goes up and down, beside the counters (nt_counters.h),
 * which only grow. As of about a second ago, written by the worker, read by any thread.
 */
#ifndef WORKER_GAUGES_H
#define WORKER_GAUGES_H

#include <stdatomic.h>

#include <nt_base.h>

/* id, name, what fills it (a key of the configuration, or ""), help */
/* clang-format off */
#define WORKER_GAUGES(X) \
	X(FLOWS, flows, "flow.max", "connections that are open") \
	X(FLOWS_ENDED, flows_ended, "flow.max", "connections that have ended and wait to be written") \
	X(FLOW_LONGEST_BUCKET, flow_longest_bucket, "", "most buckets chained in one place of the connections' table so far") \
	X(CACHE_LONGEST_PROBE, cache_longest_probe, "", "most places looked at for one entry of the name cache so far") \
	X(CACHE_ADDRESSES, cache_addresses, "names.max_addresses", "addresses in the name cache") \
	X(CACHE_NAMES, cache_names, "names.max_names", "names in the name cache") \
	X(CACHE_MAPPINGS, cache_mappings, "names.max_mappings", "mappings in the name cache") \
	X(ASSERTED_MAPPINGS, asserted_mappings, "names.max_asserted", "server names that connections asserted") \
	X(OUT_RING, out_ring, "", "units in the ring of mappings to control") \
	X(OUT_RING_SIZE, out_ring_size, "", "units that it holds") \
	X(RECORD_RING, record_ring, "", "units in the ring of records to control") \
	X(RECORD_RING_SIZE, record_ring_size, "", "units that it holds")
/* clang-format on */

enum worker_gauge {
#define WORKER_GAUGES_ID(id, name, key, help) WORKER_GAUGE_##id,
	WORKER_GAUGES(WORKER_GAUGES_ID)
#undef WORKER_GAUGES_ID
	WORKER_GAUGE_COUNT
};

struct worker_gauge_info {
	const char *name, *key, *help;
};
/* NULL past the last. */
const struct worker_gauge_info *worker_gauge_info(unsigned int id);

struct worker_gauges {
	_Atomic uint64_t n[WORKER_GAUGE_COUNT]; /* the worker: wo, others: ro */
};

static inline uint64_t
worker_gauge_read(const struct worker_gauges *g, enum worker_gauge id)
{
	return atomic_load_explicit(&g->n[id], memory_order_relaxed);
}

static inline void
worker_gauge_set(struct worker_gauges *g, enum worker_gauge id, uint64_t n)
{
	atomic_store_explicit(&g->n[id], n, memory_order_relaxed);
}

#endif
