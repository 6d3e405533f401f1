/* SPDX-License-Identifier: BSD-3-Clause */
/* What `nametap top` knows of a sensor at one moment, taken from answers of telemetry. */
#ifndef TOP_SAMPLE_H
#define TOP_SAMPLE_H

#include <jansson.h>

#include <nt_addr.h>
#include <nt_config.h>
#include <nt_counters.h>

#include "worker_gauges.h"

#define TOP_DESTINATIONS 60

/* Times that were not told: nothing was measured lately. */
#define TOP_NO_USEC UINT64_MAX

struct top_worker {
	uint64_t packets;
	uint64_t gauges[WORKER_GAUGE_COUNT];
	uint64_t lag_p50_usec, lag_p99_usec;
};

struct top_destination {
	char address[NT_ADDR_STRLEN];
	uint64_t conns, error, bytes;
	bool local;
};

struct top_sample {
	int64_t at_ns; /* CLOCK_MONOTONIC, here */
	int64_t uptime_ns;
	char version[32], sensor[NT_CONFIG_TEXT_MAX + 1];
	uint64_t counters[NT_COUNTER_COUNT];
	uint64_t most[WORKER_GAUGE_COUNT]; /* what fills a gauge; 0: not told */
	struct top_worker workers[NT_CONFIG_WORKERS_MAX];
	unsigned int worker_count;
	uint64_t propagation_p50_usec, propagation_p99_usec;
	struct top_destination destinations[TOP_DESTINATIONS];
	unsigned int destination_count;
	int64_t destinations_since_ns;
};

/* Answers of /nametap/stats, /workers, /config and /top; any may lack anything. */
void top_sample_make(struct top_sample *ret, const json_t *stats, const json_t *workers,
	const json_t *config, const json_t *top);

/* What `nametap top --json` tells: rates from before to now. */
json_t *top_sample_json(const struct top_sample *now, const struct top_sample *before);

/* --- what is made of two samples ------------------------------------------------------------- */

/* A second, from before to now; 0 where a counter began anew. */
double top_rate(const struct top_sample *now, const struct top_sample *before, enum nt_counter id);
/* part of whole since before, or since the beginning where there was nothing since; 0 .. 100, -1:
 * nothing at all. */
double top_percent(const struct top_sample *now, const struct top_sample *before,
	enum nt_counter part, enum nt_counter whole);
/* The sum of a gauge over the workers. */
uint64_t top_gauge(const struct top_sample *now, enum worker_gauge id);

/* What was lost, most of it lately first: up to max of the counters that are not zero. */
unsigned int top_losses(const struct top_sample *now, const struct top_sample *before,
	enum nt_counter *ret, unsigned int max);

#endif
