/* SPDX-License-Identifier: BSD-3-Clause */
/* The progress line on a terminal: share of the bytes, packets/s, connections, hit rate. */
#ifndef PROGRESS_H
#define PROGRESS_H

#include <nt_counters.h>

#include "reader.h"

struct progress {
	bool wanted, shown;
	unsigned int calls;
	int64_t last_ns, started_ns; /* CLOCK_MONOTONIC */
};

void progress_init(struct progress *p, bool wanted);
bool progress_due(struct progress *p);
void progress_show(
	struct progress *p, const struct reader_progress *reader, const struct nt_counters *now);
/* Wipe the line. */
void progress_end(struct progress *p);

#endif
