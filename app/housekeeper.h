/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * What a live sensor does beside, by an ordinary thread that may make system calls: the clock is
 * disciplined, ports are asked for what they dropped, lcores are watched, systemd is told, logs are
 * opened again, and what people should know is said on standard error.
 */
#ifndef HOUSEKEEPER_H
#define HOUSEKEEPER_H

#include <stdatomic.h>

#include "control.h"
#include "distributor.h"
#include "live_clock.h"
#include "port.h"
#include "settings.h"

struct housekeeper_config {
	const struct nt_config *config; /* borrowed, as everything here */
	struct live_clock *clock;
	struct ports *ports;
	struct worker **workers;
	unsigned int worker_count;
	struct rx *const *rx; /* the workers' */
	const struct distributor *distributor; /* NULL: there is none */
	const struct control *control;
	struct nt_sink *sink;
	atomic_bool *reopen; /* set by a signal handler */
	const atomic_bool *stop;
};

struct housekeeper;

/* Makes it, without its thread: NULL and errno. */
struct housekeeper *housekeeper_new(const struct housekeeper_config *cfg);
/* All lcores run: starts the thread, and tells systemd that the sensor is ready. 0 or -errno. */
int housekeeper_start(struct housekeeper *h, const struct control *control);
/* All lcores have ended: the last look at the ports, and the thread is over. Fine without one. */
void housekeeper_stop(struct housekeeper *h);
void housekeeper_free(struct housekeeper *h); /* NULL is fine */

/* Where it finds other settings. */
struct settings_box *housekeeper_settings(struct housekeeper *h);

/* What the ports and the distributor count; any thread. */
const struct nt_counters *housekeeper_counters(const struct housekeeper *h);

#endif
