/* SPDX-License-Identifier: BSD-3-Clause */
/* What `nametap read` and `run` say at their end, and whether its books balance. */
#ifndef SUMMARY_H
#define SUMMARY_H

#include <stdio.h>

#include <nt_config.h>
#include <nt_counters.h>
#include <nt_sink.h>

struct summary {
	const char *dir;
	bool rotated; /* conn.log was renamed when it was done */
	unsigned int workers;
	bool live; /* else packets_read were, by the reader */
	uint64_t packets_read;
	uint64_t rx_room; /* live: packets that the queues of all ports hold */
	double seconds;
	const struct nt_counters *counters;
	const struct nt_sink_stats *sink;
};

void summary_print(FILE *out, const struct summary *s);

/*
 * Every packet, mapping and record is accounted for (DESIGN: accounting). Prints one line for each
 * sum that does not hold; returns how many.
 */
unsigned int summary_check(FILE *out, const struct summary *s);

#endif
