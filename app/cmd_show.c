/* SPDX-License-Identifier: BSD-3-Clause */
#include <stdio.h>
#include <string.h>

#include "client_args.h"
#include "commands.h"
#include "show.h"

static const char help[] =
	"usage: nametap show [OPTION]... [stats|workers|config|ports]\n"
	"\n"
	"Asks a running sensor (`nametap run`) what it counts (stats, the default), how its\n"
	"workers are, what its configuration is, or what its ports count.\n"
	"\n"
	"      --all             counters that are zero, too\n" CLIENT_ARGS_HELP "\n"
	"Exit status: 0; 1 no sensor is running, or it does not answer; 2 wrong command line.\n";

static const struct {
	const char *name, *command;
	void (*print)(const json_t *answer, bool all, FILE *out);
} subjects[] = {
	{ "stats", "/nametap/stats", show_stats },
	{ "workers", "/nametap/workers", show_workers },
	{ "config", "/nametap/config", show_config },
	{ "ports", "/nametap/ports", show_ports },
};

static int
show(const struct client_args *a, unsigned int i)
{
	struct nt_error err;
	int status;
	struct telemetry_client *c = client_args_open(a, &status);
	if (c == NULL)
		return status;
	json_t *answer = telemetry_client_ask(c, subjects[i].command, NULL, &err);
	telemetry_client_close(c);
	if (answer == NULL) {
		fprintf(stderr, "nametap: %s\n", err.msg);
		return EXIT_INCOMPLETE;
	}
	if (subjects[i].print == show_config)
		answer = show_config_restore(answer);
	if (a->json)
		show_json(answer, stdout);
	else
		subjects[i].print(answer, a->flag, stdout);
	json_decref(answer);
	return EXIT_FINE;
}

int
cmd_show(int argc, char **argv)
{
	struct client_args a;
	const int status = client_args_parse(&a, argc, argv, "all", help);
	if (status != -1)
		return status;
	const char *what = a.operand_count > 0 ? a.operands[0] : subjects[0].name;
	if (a.operand_count <= 1)
		for (unsigned int i = 0; i < NT_ARRAY_SIZE(subjects); i++)
			if (strcmp(what, subjects[i].name) == 0)
				return show(&a, i);
	fprintf(stderr,
		"nametap: '%s' can't be shown: stats, workers, config or ports, one at a time\n",
		a.operand_count > 1 ? a.operands[1] : what);
	return EXIT_USAGE;
}
