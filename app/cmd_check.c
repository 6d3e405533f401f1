/* SPDX-License-Identifier: BSD-3-Clause */
#include <stdio.h>
#include <string.h>

#include <jansson.h>

#include "budget.h"
#include "command_line.h"
#include "commands.h"
#include "eal_args.h"
#include "live.h"
#include "preflight.h"

struct check_args {
	const char *config_path;
	struct command_sets sets;
	bool json;
	char *const *eal; /* what follows -- */
	int eal_count;
};

/* Problems of the configuration: to stderr, or in a list. */
struct told {
	json_t *list; /* NULL: stderr */
};

static const char help[] =
	"usage: nametap check [OPTION]... [-- EAL OPTION...]\n"
	"\n"
	"Tells what would keep `nametap run` from working with this configuration, or slow "
	"it\n"
	"down, without starting it: huge pages, ports, CPUs, memory, files. Each line ends "
	"in\n"
	"the command that mends it. The memory of all tables and the options for DPDK's EAL\n"
	"follow.\n"
	"\n"
	"  -c, --config FILE     configuration (JSON)\n"
	"      --set KEY=VALUE   one key of the configuration, for instance workers=4\n"
	"      --json            one JSON object\n"
	"  -h, --help\n"
	"\n"
	"Exit status: 0 nothing is missing (there may be warnings); 1 something is; 2 wrong\n"
	"command line or configuration.\n";

static const struct option options[] = {
	{ "config", required_argument, NULL, 'c' },
	{ "set", required_argument, NULL, 's' },
	{ "json", no_argument, NULL, 'J' },
	{ "help", no_argument, NULL, 'h' },
	{ 0 },
};

static int
take_option(void *arg, int c, const char *value)
{
	struct check_args *a = arg;
	switch (c) {
	case 'c':
		a->config_path = value;
		return EXIT_FINE;
	case 's':
		return command_add_set(&a->sets, "check", value);
	case 'J':
		a->json = true;
		return EXIT_FINE;
	}
	return EXIT_FINE;
}

/* -1: go on; else the exit status. */
static int
parse_args(struct check_args *a, int argc, char **argv)
{
	const struct command_options o = { .command = "check",
		.help = help,
		.short_options = "+:c:h",
		.long_options = options,
		.take = take_option };
	const int status = command_parse(&o, a, argc, argv);
	if (status != -1)
		return status;
	const int eal = command_eal_options("check", "one argument too many: ", argc, argv);
	if (eal != EXIT_FINE)
		return eal;
	a->eal = argv + optind;
	a->eal_count = argc - optind;
	return -1;
}

static void
complain(void *arg, const char *line)
{
	const struct told *t = arg;
	if (t->list != NULL)
		(void)json_array_append_new(t->list, json_string(line));
	else
		fprintf(stderr, "nametap: %s\n", line);
}

/* All problems are told, not only the first. */
static bool
make_config(struct nt_config *cfg, const struct check_args *a, struct told *t)
{
	nt_config_default(cfg);
	const bool loaded = command_load(cfg, a->config_path, &a->sets, complain, t);
	return nt_config_check(cfg, complain, t) == 0 && loaded;
}

static int
make_eal_args(struct eal_args *ret, const struct check_args *a, const struct nt_config *cfg,
	unsigned int dpdk_mb)
{
	const struct eal_want want = {
		.lcores = live_lcores(cfg),
		.memory_mb = dpdk_mb,
		.extra = a->eal,
		.extra_count = a->eal_count,
	};
	struct nt_error err;
	const int code = eal_args_live(ret, cfg, &want, &err);
	if (code != 0)
		fprintf(stderr, "nametap: %s\n", err.msg);
	return code;
}

static void
put(json_t *object, const char *key, json_t *value)
{
	(void)json_object_set_new(object, key, value);
}

static json_t *
findings_json(const struct preflight *p, bool errors)
{
	json_t *ret = json_array();
	for (unsigned int i = 0; i < p->count; i++) {
		const struct preflight_finding *f = &p->findings[i];
		json_t *one = json_object();
		put(one, "what", json_string(f->what));
		put(one, "do", json_string(f->todo));
		if (f->error == errors)
			(void)json_array_append(ret, one);
		json_decref(one);
	}
	return ret;
}

static json_t *
budget_json(const struct budget *b)
{
	json_t *ret = json_array();
	for (unsigned int i = 0; i < b->count; i++) {
		const struct budget_row *r = &b->rows[i];
		json_t *one = json_object();
		put(one, "what", json_string(r->what));
		put(one, "entries", json_integer((json_int_t)r->entries));
		put(one, "bytes", json_integer((json_int_t)r->bytes));
		put(one, "copies", json_integer(r->copies));
		(void)json_array_append_new(ret, one);
	}
	return ret;
}

static json_t *
eal_json(const struct eal_args *args)
{
	json_t *ret = json_array();
	for (int i = 1; i < args->argc; i++)
		(void)json_array_append_new(ret, json_string(args->argv[i]));
	return ret;
}

static void
print_json(json_t *root)
{
	(void)json_dumpf(root, stdout, JSON_COMPACT);
	putchar('\n');
	json_decref(root);
}

static void
print_all(const struct check_args *a, const struct preflight *p, const struct budget *b,
	const struct eal_args *eal)
{
	static char line[sizeof(eal->text)];
	if (a->json) {
		json_t *root = json_object();
		put(root, "errors", findings_json(p, true));
		put(root, "warnings", findings_json(p, false));
		put(root, "memory", budget_json(b));
		put(root, "memory_bytes", json_integer((json_int_t)budget_tables_bytes(b)));
		put(root, "dpdk_bytes", json_integer((json_int_t)b->dpdk_bytes));
		put(root, "eal", eal_json(eal));
		print_json(root);
		return;
	}
	budget_print(stdout, b);
	eal_args_line(eal, line, sizeof(line));
	printf("\nEAL options: %s\n\n", line);
	preflight_print(stdout, p, false);
	printf("%u error%s, %u warning%s\n", p->errors, p->errors == 1 ? "" : "s", p->warnings,
		p->warnings == 1 ? "" : "s");
}

static int
check(const struct check_args *a, const struct nt_config *cfg)
{
	static struct preflight p;
	static struct eal_args eal;
	struct budget b;
	p = (struct preflight){
		.config = cfg,
		.root = "",
		.dpdk_mb = preflight_dpdk_mb(cfg),
		.eal = a->eal,
		.eal_count = a->eal_count,
	};
	if (make_eal_args(&eal, a, cfg, p.dpdk_mb) != 0)
		return EXIT_USAGE;
	budget_live(&b, cfg, p.dpdk_mb);
	preflight_look(&p);
	print_all(a, &p, &b, &eal);
	return p.errors != 0 ? EXIT_INCOMPLETE : EXIT_FINE;
}

int
cmd_check(int argc, char **argv)
{
	struct check_args a = { .json = false };
	static struct nt_config cfg;
	const int status = parse_args(&a, argc, argv);
	if (status != -1)
		return status;
	struct told t = { .list = a.json ? json_array() : NULL };
	if (!make_config(&cfg, &a, &t)) {
		if (t.list != NULL)
			print_json(json_pack("{s:o}", "problems", t.list));
		return EXIT_USAGE;
	}
	json_decref(t.list);
	return check(&a, &cfg);
}
