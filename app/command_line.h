/* SPDX-License-Identifier: BSD-3-Clause */
/* What `nametap read` and `nametap run` share: making the configuration, and signals. */
#ifndef COMMAND_LINE_H
#define COMMAND_LINE_H

#include <stdatomic.h>

#include <nt_config.h>

#define COMMAND_SETS_MAX 256

/* Assignments KEY=VALUE, in the order given. */
struct command_sets {
	const char *sets[COMMAND_SETS_MAX];
	unsigned int count;
};

/* False: too many. */
bool command_add_set(struct command_sets *s, const char *assignment);

/*
 * The file (NULL: none) over what *cfg has, then the assignments, then what spans keys. All
 * problems are told on standard error, not only the first. An exit status.
 */
int command_config(struct nt_config *cfg, const char *path, const struct command_sets *sets);

/* Tell an error; EXIT_INCOMPLETE. */
int command_failed(const struct nt_error *err);

/* Set by signal handlers: SIGINT and SIGTERM (the second ends the process the hard way), SIGHUP. */
extern atomic_bool command_stop, command_reopen;
void command_catch_signals(void);

#endif
