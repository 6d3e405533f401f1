/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The whole live sensor, put together: ports -> [distributor lcore ->] worker lcores -> control
 * lcore (this thread) -> writer thread; and the housekeeper beside.
 */
#ifndef LIVE_H
#define LIVE_H

#include <nt_counters.h>
#include <nt_sink.h>

#include "eal_args.h"
#include "live_view.h"
#include "reload.h"

struct live_config {
	const struct nt_config *config;
	struct eal_args *eal; /* must stay */
	struct nt_sink *sink;
	atomic_bool *stop, *reopen; /* as control.h has them */
	struct reload_source source; /* of the configuration: what a reload reads again */
	void (*say)(void *arg, const char *line); /* what ports are and can do; may be NULL */
	void *say_arg;
};

struct live;

/* Lcores beside the main one that the configuration may need. */
unsigned int live_lcores(const struct nt_config *config);

/* Start EAL, open ports, make tables and rings. NULL and *err. Once per process (EAL). */
struct live *live_new(const struct live_config *cfg, struct nt_error *err);
/* Returns when all that was received before `stop` is written. 0 or -errno and *err (nothing
 * began).
 */
int live_run(struct live *l, struct nt_error *err);
void live_free(struct live *l); /* NULL is fine */

/* For as long as there is l. */
const struct live_view *live_view(const struct live *l);

#endif
