/* SPDX-License-Identifier: BSD-3-Clause */
/* The subcommands, and what all of them end with. */
#ifndef COMMANDS_H
#define COMMANDS_H

enum exit_status {
	EXIT_FINE = 0,
	EXIT_INCOMPLETE = 1, /* something could not be read or written to its end */
	EXIT_USAGE = 2, /* wrong command line or configuration */
	EXIT_INTERNAL = 3, /* the books do not balance: a fault of ours */
};

/* argv[0] is the subcommand's name. */
int cmd_bench(int argc, char **argv);
int cmd_check(int argc, char **argv);
int cmd_lookup(int argc, char **argv);
int cmd_read(int argc, char **argv);
int cmd_reload(int argc, char **argv);
int cmd_run(int argc, char **argv);
int cmd_show(int argc, char **argv);
int cmd_top(int argc, char **argv);

#endif
