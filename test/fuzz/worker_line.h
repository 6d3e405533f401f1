/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The whole sensor for one capture, in one thread and without EAL: capture, distributor, workers,
 * relay and the lines that records become; what stands between lcores are queues of a few packets.
 * Aborts where a line is broken, or the lcores wait for each other for ever.
 */
#ifndef WORKER_LINE_H
#define WORKER_LINE_H

#include <nt_config.h>
#include <nt_counters.h>

struct line_options {
	unsigned int workers;
	bool live; /* nothing is waited for */
};

/* What came of it. */
struct line_result {
	uint64_t packets; /* that the capture had */
	uint64_t conns, notices; /* lines */
	uint64_t digest; /* of the lines of conn.log, in any order */
	struct nt_counters counters;
};

/* The capture lies at path. False: it is none, and nothing was begun. */
bool line_run(const char *path, const struct nt_config *cfg, const struct line_options *options,
	struct line_result *ret);

#endif
