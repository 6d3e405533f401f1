/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * What every sensor is made of, wherever its packets come from: the relay, the workers, control,
 * and the lcores that they run on. Caller: the main lcore.
 */
#ifndef PIPELINE_H
#define PIPELINE_H

#include "control.h"
#include "lcores.h"

struct pipeline {
	const struct nt_config *config; /* borrowed */
	unsigned int worker_count;
	struct nt_relay *relay;
	struct worker *workers[NT_CONFIG_WORKERS_MAX];
	struct control *control;
	struct lcores lcores;
};

/* In this order; each 0 or -errno. */
int pipeline_make_relay(struct pipeline *p, enum nt_relay_pacing pacing);
/* The next one; config, index and relay are set here. */
int pipeline_make_worker(struct pipeline *p, unsigned int index, struct worker_config cfg);
/* Config, relay and workers are set here. */
int pipeline_make_control(struct pipeline *p, struct control_config cfg);
/* Also of what was made in part. */
void pipeline_free(struct pipeline *p);

/* The workers' lcores are the next ones. */
void pipeline_add_workers(struct pipeline *p);

/* *err for a step that failed. */
int pipeline_failed(const struct pipeline *p, int code, struct nt_error *err);

#endif
