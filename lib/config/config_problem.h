/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * What is wrong with a configuration, told line by line. Private to the library. Whatever bytes
 * come in, one problem is one line of printable text. Owner: the caller's stack.
 */
#ifndef NT_CONFIG_PROBLEM_H
#define NT_CONFIG_PROBLEM_H

#include "nt_config.h"

/* Lines told; of the rest only the number is. */
#define CONFIG_PROBLEMS_MAX 1000

struct config_problems {
	nt_config_complain *complain; /* may be NULL */
	void *arg;
	const char *file; /* NULL for a command line */
	unsigned int count;
};

/* "file: path: text"; path may be NULL. Cut to some 1000 bytes. */
void config_problem(struct config_problems *p, const char *path, const char *fmt, ...)
	NT_PRINTF(3, 4);
/* To be called at the end: how many were not told. 0 or -EINVAL. */
int config_problems_end(const struct config_problems *p);

#endif
