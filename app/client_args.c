/* SPDX-License-Identifier: BSD-3-Clause */
#include <stdio.h>

#include "client_args.h"
#include "command_line.h"
#include "commands.h"

static int
take_option(void *arg, int c, const char *value)
{
	struct client_args *a = arg;
	if (c == 'p')
		a->prefix = value;
	else if (c == 'c')
		a->config_path = value;
	else if (c == 'j')
		a->json = true;
	else if (c == 'f')
		a->flag = true;
	return EXIT_FINE;
}

int
client_args_parse(struct client_args *a, int argc, char **argv, const char *flag, const char *help)
{
	const struct option options[] = {
		{ "prefix", required_argument, NULL, 'p' },
		{ "config", required_argument, NULL, 'c' },
		{ "json", no_argument, NULL, 'j' },
		{ "help", no_argument, NULL, 'h' },
		{ flag, no_argument, NULL, 'f' },
		{ 0 },
	};
	const struct command_options o = { .command = argv[0],
		.help = help,
		.short_options = ":c:h",
		.long_options = options,
		.take = take_option };
	*a = (struct client_args){ .command = argv[0] };
	const int status = command_parse(&o, a, argc, argv);
	if (status != -1)
		return status;
	a->operands = argv + optind;
	a->operand_count = (unsigned int)(argc - optind);
	return -1;
}

static void
complain(void *arg, const char *line)
{
	(void)arg;
	fprintf(stderr, "nametap: %s\n", line);
}

struct telemetry_client *
client_args_open(const struct client_args *a, int *ret_status)
{
	static struct nt_config config;
	struct nt_error err;
	nt_config_default(&config);
	*ret_status = EXIT_USAGE;
	if (a->config_path != NULL && nt_config_load(&config, a->config_path, complain, NULL) != 0)
		return NULL;
	struct telemetry_client *c =
		telemetry_client_open(a->prefix != NULL ? a->prefix : config.run.prefix.text, &err);
	*ret_status = EXIT_INCOMPLETE;
	if (c == NULL)
		fprintf(stderr, "nametap: %s\n", err.msg);
	return c;
}
