/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Reading the configuration again while the sensor runs. The file is checked whole; what can change
 * at run time is put into settings of their own and handed to everybody who uses it (settings.h).
 * What is wrong in the file, and keys that can't change, change nothing and are told.
 *
 * One thread at a time (telemetry sees to that).
 */
#ifndef RELOAD_H
#define RELOAD_H

#include <jansson.h>

#include "command_line.h"
#include "settings.h"

/* Control, the housekeeper, the workers. */
#define RELOAD_TAKERS_MAX (NT_CONFIG_WORKERS_MAX + 2)

struct reload_source {
	const char *path; /* NULL: there is no file to read again */
	const struct command_sets *sets; /* over it, as at the start */
};

struct reloader_config {
	struct reload_source source;
	const struct nt_config *begun; /* what the sensor was started with; stays */
	const atomic_bool *stop; /* the end has begun: nothing is reloaded any more */
	void (*say)(void *arg, const char *line); /* what was done; may be NULL */
	void *say_arg;
};

struct reloader;

struct reloader *reloader_new(const struct reloader_config *cfg); /* NULL and errno */
/* Nobody looks at any settings any more. */
void reloader_free(struct reloader *r); /* NULL is fine */
/* Before the first reload. */
void reloader_add_taker(struct reloader *r, const char *name, struct settings_box *box);

/* What the sensor runs with: as of the start, or of the last reload. Stays until the next but one.
 */
const struct nt_config *reloader_config(const struct reloader *r);

/*
 * An object: "changed": keys that were taken over; "restart": keys that need a restart;
 * "above_start": caps for which there is no room without one; "late": who has not taken it yet, for
 * he stands still, and will when he goes on. Or "problems": lines that say what is wrong; then
 * nothing has changed. NULL and *err: nothing could be done.
 */
json_t *reloader_reload(struct reloader *r, struct nt_error *err);

#endif
