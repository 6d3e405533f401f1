/* SPDX-License-Identifier: BSD-3-Clause */
#include <getopt.h>
#include <stdio.h>
#include <string.h>

#include "client_args.h"
#include "commands.h"

static int
usage_error(const struct client_args *a, const char *what, const char *which)
{
	fprintf(stderr, "nametap: %s%s; `nametap %s --help` says more\n", what, which, a->command);
	return EXIT_USAGE;
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
	int c;
	*a = (struct client_args){ .command = argv[0] };
	opterr = 0;
	optind = 1;
	while ((c = getopt_long(argc, argv, ":c:h", options, NULL)) != -1) {
		if (c == 'h') {
			fputs(help, stdout);
			return EXIT_FINE;
		}
		if (c == 'p')
			a->prefix = optarg;
		else if (c == 'c')
			a->config_path = optarg;
		else if (c == 'j')
			a->json = true;
		else if (c == 'f')
			a->flag = true;
		else
			return usage_error(a,
				c == ':' ? "an argument is missing after " : "unknown option ",
				argv[optind - 1]);
	}
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
