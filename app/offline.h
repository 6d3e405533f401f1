/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The whole sensor for capture files, put together: reader lcore -> net_ring port with a queue per
 * worker -> worker lcores -> control lcore (this thread) -> writer thread.
 */
#ifndef OFFLINE_H
#define OFFLINE_H

#include <nt_counters.h>
#include <nt_sink.h>

#include "names_log.h"
#include "reader.h"

struct offline_config {
	const struct nt_config *config;
	char *const *paths;
	unsigned int path_count;
	const char *filter; /* or NULL */
	struct nt_sink *sink;
	atomic_bool *stop, *reopen; /* as control.h has them */
	bool progress;
	struct names_log *names_log; /* or NULL */
};

struct offline;

/* Start EAL, make tables, rings and the port. NULL and *err. Once per process (EAL). */
struct offline *offline_new(const struct offline_config *cfg, struct nt_error *err);
/* Read everything: returns when all workers are done. 0 or -errno and *err (an lcore can't start).
 */
int offline_run(struct offline *o, struct nt_error *err);
void offline_free(struct offline *o); /* NULL is fine */

/* After offline_run. */
void offline_counters(const struct offline *o, struct nt_counters *ret);
const char *offline_failure(const struct offline *o, unsigned int i);
uint64_t offline_packets_read(const struct offline *o);

#endif
