/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Takes snapshots of a running sensor: every run.snapshot_interval, by a thread of its own, for a
 * large cache takes seconds; and the last one when all is over. Says on standard error what goes
 * wrong, once for as long as it lasts.
 */
#ifndef SNAPSHOT_KEEPER_H
#define SNAPSHOT_KEEPER_H

#include <nt_config.h>

#include "snapshot.h"

struct snapshot_keeper;

/* config: run.snapshot and run.snapshot_interval; borrowed. NULL and errno. */
struct snapshot_keeper *snapshot_keeper_new(
	const struct nt_config *config, const struct snapshot_source *from);
/* The worker's lcore runs. 0 or -errno. */
int snapshot_keeper_start(struct snapshot_keeper *k);
/* It has ended: the last snapshot. */
void snapshot_keeper_finish(struct snapshot_keeper *k);
void snapshot_keeper_free(struct snapshot_keeper *k); /* NULL is fine */

#endif
