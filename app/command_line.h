/* SPDX-License-Identifier: BSD-3-Clause */
/* What the subcommands share: reading options, making the configuration, and signals. */
#ifndef COMMAND_LINE_H
#define COMMAND_LINE_H

#include <getopt.h>
#include <stdatomic.h>

#include <nt_config.h>

#define COMMAND_SETS_MAX 256

/* Assignments KEY=VALUE, in the order given. */
struct command_sets {
	const char *sets[COMMAND_SETS_MAX];
	unsigned int count;
};

/* A subcommand's options. */
struct command_options {
	const char *command; /* its name */
	const char *help; /* what -h prints */
	const char
		*short_options; /* as getopt_long has them: with a ':' in front, 'h' among them */
	const struct option *long_options; /* "help" is 'h' */
	/* One option but help; arg is command_parse's. An exit status: EXIT_FINE goes on. */
	int (*take)(void *arg, int c, const char *value);
};

/* -1: go on with argv[optind]; else the exit status: help was asked for, or something is wrong. */
int command_parse(const struct command_options *o, void *arg, int argc, char **argv);

/* Say it in one line that names the command's --help; EXIT_USAGE. */
int command_usage_error(const char *command, const char *what, const char *which);

/* An exit status: there may be too many. */
int command_add_set(struct command_sets *s, const char *command, const char *assignment);

/* For tests: what shall fail how often (nt_fault.h), and at exit how often it did; an exit status.
 */
int command_add_fault(const char *assignment);

/* The words behind --, from argv[optind], are options for EAL; an exit status. */
int command_eal_options(const char *command, const char *stray, int argc, char **argv);

/* The file (NULL: none) over what *cfg has, then the assignments. False: something is wrong. */
bool command_load(struct nt_config *cfg, const char *path, const struct command_sets *sets,
	nt_config_complain *complain, void *arg);

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
