/* SPDX-License-Identifier: BSD-3-Clause */
/* What `nametap show`, `lookup` and `top` have in common: which sensor, and as JSON or for people.
 */
#ifndef CLIENT_ARGS_H
#define CLIENT_ARGS_H

#include <nt_config.h>

#include "telemetry_client.h"

struct client_args {
	const char *command; /* argv[0] */
	const char *prefix, *config_path; /* NULL: not given */
	bool json;
	bool flag; /* the command's own option was given */
	char *const *operands;
	unsigned int operand_count;
};

/*
 * flag: the name of an option that only this command has ("all"), or NULL. -1: go on; else an exit
 * status: help was asked for (printed), or something was wrong (told).
 */
int client_args_parse(
	struct client_args *a, int argc, char **argv, const char *flag, const char *help);

/* What options stand in every help text. */
#define CLIENT_ARGS_HELP                                                                           \
	"      --prefix PREFIX   the sensor's run.prefix (default: nametap)\n"                     \
	"  -c, --config FILE     the sensor's configuration, for its run.prefix\n"                 \
	"      --json            as JSON\n"                                                        \
	"  -h, --help\n"

/* Connect to the sensor that was meant; what fails is told. NULL: *ret_status is for exit. */
struct telemetry_client *client_args_open(const struct client_args *a, int *ret_status);

#endif
