/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The control lcore (EAL's main lcore): relays mappings, moves the watermark, turns records into
 * lines and hands them to the writer thread, writes namecache.log, and watches it all.
 */
#ifndef CONTROL_H
#define CONTROL_H

#include <stdatomic.h>

#include <nt_config.h>
#include <nt_counters.h>
#include <nt_relay.h>
#include <nt_sink.h>

#include "busiest.h"
#include "live_clock.h"
#include "port.h"
#include "reader.h"
#include "worker.h"

/* What a live sensor's control needs beside. */
struct control_live {
	const struct live_clock *clock; /* borrowed */
	int64_t shift_ns; /* the clock less that of the stream: files are replayed with their own
			   */
	const struct nt_counters *counters; /* the housekeeper's: what ports count */
	struct ports *ports; /* borrowed; asked anew for each line of namecache.log */
	struct rx *const *rx; /* borrowed: the workers' */
	struct busiest *busiest; /* borrowed; control's while it runs */
	enum nt_config_idle idle;
};

struct control_config {
	const struct nt_config *config; /* borrowed, ro */
	struct nt_relay *relay;
	struct worker **workers;
	unsigned int worker_count;
	const _Atomic int64_t *began_ns; /* the stream's first packet; ro */
	const struct reader *reader; /* for progress only; NULL without */
	const struct control_live *live; /* borrowed; NULL: offline */
	struct nt_sink *sink;
	atomic_bool *reopen; /* set by a signal handler: the logs are to be opened again */
	/* Offline set when a log can't be written: the reader stops. Live: the end has begun. */
	atomic_bool *stop;
	bool progress; /* a progress line on standard error */
	bool moves_no_watermark; /* offline: the worker, who is alone, does it himself */
};

struct control;

/* What the logs look like, by the configuration (borrowed: the sensor's name). */
struct nt_log_config control_log_config(const struct nt_config *cfg);

struct control *control_new(const struct control_config *cfg); /* NULL and errno */
void control_free(struct control *c); /* NULL is fine */

/* Until every worker has said that it is done. */
void control_run(struct control *c);
void control_run_live(struct control *c);

/* One round of it, for who times it: how much was done. Over when every worker has said so. */
unsigned int control_step(struct control *c);
bool control_is_done(const struct control *c);

/* The sum of all counters: the workers', its own, and live the housekeeper's. */
void control_sum(const struct control *c, struct nt_counters *ret);
const struct nt_counters *control_counters(const struct control *c); /* its own; any thread */

/* Live: where it finds other settings (settings.h). */
struct settings_box *control_settings(struct control *c);

/* Live, any thread: rounds of its loop. */
uint64_t control_beats(const struct control *c);

#endif
