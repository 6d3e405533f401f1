/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * What a sensor knows of names, kept over a restart: written now and then and at the end by an
 * ordinary thread, which asks a worker for it slice by slice; all caches are replicas, so any
 * worker's will do.
 */
#ifndef SNAPSHOT_H
#define SNAPSHOT_H

#include <nt_snapshot.h>

#include "worker.h"

struct snapshot_source {
	struct worker *worker;
	bool running; /* its lcore is: it is asked; else it is looked into */
	int64_t began_ns; /* since when the sensor has watched without a break */
	struct nt_hash_key names_key; /* the worker's */
};

/* Ordinary thread. 0, or -errno and *err (one line): what is at path is what was. */
int snapshot_take(const char *path, const struct snapshot_source *from, struct nt_error *err);

struct snapshot_restored {
	uint64_t mappings, tolds;
	bool told_differs; /* of another kind of machine: what was told could not be used */
};

/*
 * Every worker gets what s has; before they run, and made with the key in its head. now_ns: the
 * stream begins, and what was told since the snapshot was taken has been missed.
 */
struct snapshot_restored snapshot_restore(const struct nt_snapshot *s,
	struct worker *const *workers, unsigned int worker_count, int64_t now_ns);

#endif
