/* SPDX-License-Identifier: BSD-3-Clause */
/* The files that a command line names, looked at before anything is begun or overwritten. */
#ifndef PATHS_H
#define PATHS_H

#include <stdio.h>
#include <sys/stat.h>

#include <nt_base.h>

/*
 * Can each capture (- is standard input) be read, and is none of them a log that is to be written
 * into dir? Prints a line for each that is wrong; opens nothing: a named pipe would lose its
 * writer. Returns an exit status, the worst of all: EXIT_FINE, EXIT_INCOMPLETE or EXIT_USAGE.
 */
int paths_check(FILE *out, const char *dir, char *const *captures, unsigned int count);

/* The log in dir that is this very file, by whatever name; NULL where none is. */
const char *paths_log_that_is(const char *dir, const struct stat *file);

/* Make dir where it is not there; not its parents. 0, or -errno and *err. */
int paths_make_dir(const char *dir, struct nt_error *err);

#endif
