/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * What telemetry answers, as JSON, from the tables of counters, gauges and configuration
 * (docs/telemetry.md). Ordinary threads only. NULL: no memory.
 */
#ifndef TELEMETRY_ANSWERS_H
#define TELEMETRY_ANSWERS_H

#include <jansson.h>

#include <nt_config.h>
#include <nt_counters.h>
#include <nt_histogram.h>
#include <nt_relay.h>

#include "busiest.h"
#include "worker_gauges.h"

/* Group, unit, name: every counter of the table. */
json_t *answer_counters(const struct nt_counters *counters);

/* The configuration as its printer has it; group: only this one of it, unless it is "". */
json_t *answer_config(const struct nt_config *config, const char *group, struct nt_error *err);

/* The busiest destinations, at most max. */
json_t *answer_top(const struct busiest_view *view, uint32_t max);

struct answer_worker {
	const struct nt_counters *counters;
	const struct worker_gauges *gauges;
	struct nt_histogram lag; /* lately */
	uint64_t beats;
};
json_t *answer_worker(const struct nt_config *config, const struct answer_worker *w);

/* propagation: lately. */
json_t *answer_relay(const struct nt_relay_stats *stats, const struct nt_histogram *propagation);

struct answer_port {
	const char *name, *driver;
	unsigned int queues;
	bool symmetric;
	uint64_t packets, bytes, missed, errors, no_mbuf;
};
json_t *answer_port(const struct answer_port *p);

#endif
