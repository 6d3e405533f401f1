/* SPDX-License-Identifier: BSD-3-Clause */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <nt_telemetry_args.h>

#include "client_args.h"
#include "commands.h"
#include "show.h"

/* Requests for one list; a list is bounded (telemetry_names.h), this is for broken sensors. */
#define PAGES_MAX 256

static const char help[] =
	"usage: nametap lookup [OPTION]... ADDRESS|NAME\n"
	"\n"
	"Asks a running sensor (`nametap run`) which names an address had, or which addresses a\n"
	"name: who looked it up or asserted it, when first and last, and until when it holds.\n"
	"\n" CLIENT_ARGS_HELP "\n"
	"Exit status: 0, also where nothing is known; 1 no sensor is running, or it does not\n"
	"answer; 2 wrong command line.\n";

/* The members of a page's list, in the order of their numbers. Returns how many. */
static unsigned int
take_page(json_t *list, const json_t *page, unsigned int from)
{
	char key[16];
	unsigned int n = 0;
	for (;; n++) {
		snprintf(key, sizeof(key), "%u", from + n);
		json_t *e = json_object_get(page, key);
		if (e == NULL)
			return n;
		(void)json_array_append(list, e);
	}
}

/* All pages: the last one's answer, whose list is `list`. NULL and *err. */
static json_t *
ask_pages(struct telemetry_client *c, bool by_addr, const char *what, json_t *list,
	struct nt_error *err)
{
	const char *command = by_addr ? "/nametap/lookup" : "/nametap/reverse";
	json_t *answer = NULL;
	unsigned int from = 0, taken;
	for (unsigned int page = 0; page < PAGES_MAX; page++) {
		char params[NT_TELEMETRY_TEXT_MAX + 16];
		snprintf(params, sizeof(params), "%s,%u", what, from);
		json_decref(answer);
		answer = telemetry_client_ask(c, command, params, err);
		if (answer == NULL)
			return NULL;
		taken = take_page(
			list, json_object_get(answer, by_addr ? "names" : "addresses"), from);
		from += taken;
		if (taken == 0 || telemetry_u64(answer, "more") == 0)
			break;
	}
	return answer;
}

/* One object, its list an array. */
static void
print_json(json_t *answer, json_t *list, bool by_addr)
{
	(void)json_object_set(answer, by_addr ? "names" : "addresses", list);
	(void)json_object_del(answer, "more");
	show_json(answer, stdout);
}

static int
lookup(const struct client_args *a, bool by_addr, const char *what)
{
	struct nt_error err;
	int status;
	struct telemetry_client *c = client_args_open(a, &status);
	if (c == NULL)
		return status;
	json_t *list = json_array(), *answer = ask_pages(c, by_addr, what, list, &err);
	telemetry_client_close(c);
	if (answer == NULL)
		fprintf(stderr, "nametap: %s\n", err.msg);
	else if (a->json)
		print_json(answer, list, by_addr);
	else
		show_names(answer, list, by_addr, stdout);
	status = answer == NULL ? EXIT_INCOMPLETE : EXIT_FINE;
	json_decref(answer);
	json_decref(list);
	return status;
}

/* Digits and dots only, a colon, or a prefix length: no name is like that. */
static bool
is_like_an_address(const char *what)
{
	return what[strspn(what, "0123456789.")] == '\0' || strpbrk(what, ":/") != NULL;
}

int
cmd_lookup(int argc, char **argv)
{
	struct client_args a;
	struct nt_telemetry_args parsed;
	struct nt_error err;
	const int status = client_args_parse(&a, argc, argv, NULL, help);
	if (status != -1)
		return status;
	if (a.operand_count != 1) {
		fputs("nametap: one address or name is wanted; `nametap lookup --help` says more\n",
			stderr);
		return EXIT_USAGE;
	}
	/* What is no address is a name; a number behind a comma is ours to add. */
	const char *what = a.operands[0];
	const bool by_addr = nt_addr_parse(what, &parsed.addr) == 0;
	if (!by_addr && is_like_an_address(what)) {
		fprintf(stderr, "nametap: %s is not an address or a name\n", what);
		return EXIT_USAGE;
	}
	if (!by_addr && nt_telemetry_args_parse(NT_TELEMETRY_NAME, what, &parsed, &err) != 0) {
		fprintf(stderr, "nametap: %s\n", err.msg);
		return EXIT_USAGE;
	}
	return lookup(&a, by_addr, what);
}
