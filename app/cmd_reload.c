/* SPDX-License-Identifier: BSD-3-Clause */
#include <stdio.h>

#include "client_args.h"
#include "commands.h"
#include "show.h"

static const char help[] =
	"usage: nametap reload [OPTION]...\n"
	"\n"
	"Has a running sensor (`nametap run`) read its configuration file again, with the --set\n"
	"that it was started with. What can change while it runs (docs/configuration.md: reload)\n"
	"does; keys that need a restart are told and change nothing. Where anything is wrong in\n"
	"the file, all of it is told and nothing changes. No packet is lost by it.\n"
	"\n" CLIENT_ARGS_HELP "\n"
	"Exit status: 0; 1 no sensor is running, or it does not answer, or an lcore stands still\n"
	"and has not taken it yet; 2 wrong command line, or the configuration is refused.\n";

/* The members of a list, each behind some words; returns how many. */
static size_t
print_list(
	const json_t *answer, const char *list, const char *before, const char *behind, FILE *out)
{
	size_t i;
	json_t *e;
	json_array_foreach(json_object_get(answer, list), i, e)
	{
		fprintf(out, "nametap: %s%s%s\n", before, json_string_value(e), behind);
	}
	return i;
}

static void
print_changed(const json_t *answer)
{
	const json_t *keys = json_object_get(answer, "changed");
	size_t i;
	json_t *key;
	if (json_array_size(keys) == 0)
		fputs("nothing that can change at run time differs", stdout);
	json_array_foreach(keys, i, key)
	{
		printf("%s%s", i == 0 ? "reloaded: " : ", ", json_string_value(key));
	}
	putchar('\n');
}

static void
print_answer(const json_t *answer)
{
	if (print_list(answer, "problems", "", "", stderr) != 0) {
		if (json_object_get(answer, "more") != NULL)
			fputs("nametap: and more problems\n", stderr);
		return;
	}
	print_changed(answer);
	print_list(answer, "restart", "needs a restart: ", "", stderr);
	print_list(answer, "above_start", "needs a restart: ", " (more than at the start)", stderr);
	print_list(answer, "late", "", " stands still, and takes it over when it goes on", stderr);
}

static int
status_of(const json_t *answer)
{
	if (json_array_size(json_object_get(answer, "problems")) != 0)
		return EXIT_USAGE;
	return json_array_size(json_object_get(answer, "late")) != 0 ? EXIT_INCOMPLETE : EXIT_FINE;
}

/* Its lists are arrays again. */
static void
restore(json_t *answer)
{
	static const char *const lists[] = { "changed", "restart", "above_start", "late",
		"problems" };
	for (size_t i = 0; i < NT_ARRAY_SIZE(lists); i++) {
		const json_t *list = json_object_get(answer, lists[i]);
		if (list != NULL)
			(void)json_object_set_new(answer, lists[i], show_list(list));
	}
}

int
cmd_reload(int argc, char **argv)
{
	struct client_args a;
	struct nt_error err;
	int status = client_args_parse(&a, argc, argv, NULL, help);
	if (status != -1)
		return status;
	if (a.operand_count != 0) {
		fprintf(stderr,
			"nametap: what is this for: %s; `nametap reload --help` says more\n",
			a.operands[0]);
		return EXIT_USAGE;
	}
	struct telemetry_client *c = client_args_open(&a, &status);
	if (c == NULL)
		return status;
	json_t *answer = telemetry_client_ask(c, "/nametap/reload", NULL, &err);
	telemetry_client_close(c);
	if (answer == NULL) {
		fprintf(stderr, "nametap: %s\n", err.msg);
		return EXIT_INCOMPLETE;
	}
	restore(answer);
	if (a.json)
		show_json(answer, stdout);
	else
		print_answer(answer);
	status = status_of(answer);
	json_decref(answer);
	return status;
}
