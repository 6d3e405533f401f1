/* SPDX-License-Identifier: BSD-3-Clause */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "bench.h"
#include "command_line.h"
#include "commands.h"

#define SECONDS_MAX 3600.0
#define FLOWS_MAX   (UINT32_C(1) << 28)
#define PACKETS_MAX UINT64_C(1000000000000)

struct bench_args {
	struct bench_options o;
	struct command_sets sets;
	char workers[64];
	bool json;
};

static const char help[] =
	"usage: nametap bench [OPTION]... CAPTURE\n"
	"\n"
	"Measures what the sensor costs on this machine: the capture is loaded into memory,\n"
	"played with as many connections as asked for through the real workers, and records,\n"
	"relay and memory are measured beside it. Cycles are those of the time stamp "
	"counter;\n"
	"the probe, the least that finding a connection costs here, makes them comparable.\n"
	"\n"
	"  -j, --workers N     worker lcores, 1 to 16 (default 1: in turns with the control\n"
	"                      lcore; more: each in a thread of its own)\n"
	"      --flows N       connections open at once: copies of the capture with "
	"addresses\n"
	"                      of their own play together (default: the capture's own)\n"
	"      --seconds S     how long is measured (default 5)\n"
	"      --packets N     only so many packets, and nothing measured beside them: for\n"
	"                      programs that count instructions\n"
	"      --no-names      the same as --set names.enabled=false\n"
	"      --set KEY=VALUE one key of the configuration\n"
	"      --json          one object on one line\n"
	"  -h, --help\n"
	"\n"
	"Reserve 2 MiB pages first: echo 1024 > /proc/sys/vm/nr_hugepages\n"
	"\n"
	"Exit status: 0; 1 the capture could not be read, or there is not enough memory;\n"
	"2 wrong command line or configuration.\n";

static int
usage_error(const char *what, const char *which)
{
	return command_usage_error("bench", what, which);
}

static int
take_workers(struct bench_args *a, const char *value)
{
	if (snprintf(a->workers, sizeof(a->workers), "workers=%s", value) >=
		(int)sizeof(a->workers))
		return usage_error("no number of workers: ", value);
	return command_add_set(&a->sets, "bench", a->workers);
}

/* 1 to max; 0: it is no such number. */
static unsigned long
number(const char *value, unsigned long max)
{
	char *end;
	errno = 0;
	const unsigned long n = strtoul(value, &end, 10);
	return errno == 0 && *end == '\0' && *value >= '0' && *value <= '9' && n <= max ? n : 0;
}

static int
take_flows(struct bench_args *a, const char *value)
{
	a->o.flows = (uint32_t)number(value, FLOWS_MAX);
	if (a->o.flows == 0)
		return usage_error("--flows takes a number from 1 to 268435456, not ", value);
	return EXIT_FINE;
}

static int
take_packets(struct bench_args *a, const char *value)
{
	a->o.packets = number(value, PACKETS_MAX);
	if (a->o.packets == 0)
		return usage_error("--packets takes a number from 1 to 10^12, not ", value);
	return EXIT_FINE;
}

static int
take_seconds(struct bench_args *a, const char *value)
{
	char *end;
	a->o.seconds = strtod(value, &end);
	if (end == value || *end != '\0' || !(a->o.seconds > 0 && a->o.seconds <= SECONDS_MAX))
		return usage_error("--seconds takes a number above 0, up to 3600, not ", value);
	return EXIT_FINE;
}

static const struct option options[] = {
	{ "workers", required_argument, NULL, 'j' },
	{ "flows", required_argument, NULL, 'f' },
	{ "seconds", required_argument, NULL, 't' },
	{ "packets", required_argument, NULL, 'p' },
	{ "no-names", no_argument, NULL, 'n' },
	{ "set", required_argument, NULL, 's' },
	{ "json", no_argument, NULL, 'J' },
	{ "help", no_argument, NULL, 'h' },
	{ 0 },
};

static int
take_option(void *arg, int c, const char *value)
{
	struct bench_args *a = arg;
	switch (c) {
	case 'j':
		return take_workers(a, value);
	case 'f':
		return take_flows(a, value);
	case 'p':
		return take_packets(a, value);
	case 't':
		return take_seconds(a, value);
	case 's':
		return command_add_set(&a->sets, "bench", value);
	case 'n':
		return command_add_set(&a->sets, "bench", "names.enabled=false");
	case 'J':
		a->json = true;
		return EXIT_FINE;
	}
	return EXIT_FINE;
}

/* -1: go on; else the exit status. */
static int
parse_args(struct bench_args *a, int argc, char **argv)
{
	const struct command_options o = { .command = "bench",
		.help = help,
		.short_options = ":j:h",
		.long_options = options,
		.take = take_option };
	const int status = command_parse(&o, a, argc, argv);
	if (status != -1)
		return status;
	if (optind == argc)
		return usage_error("no capture given", "");
	if (optind + 1 != argc)
		return usage_error("one capture only, what is ", argv[optind + 1]);
	a->o.path = argv[optind];
	return -1;
}

int
cmd_bench(int argc, char **argv)
{
	static struct nt_config cfg;
	struct bench_args a = { .o = { .config = &cfg, .seconds = 5 } };
	struct bench_result result;
	struct nt_error err;
	int status = parse_args(&a, argc, argv);
	if (status != -1)
		return status;
	nt_config_default(&cfg);
	cfg.notice.warm_up_ns = 0;
	status = command_config(&cfg, NULL, &a.sets);
	if (status != EXIT_FINE)
		return status;
	if (bench_run(&a.o, &result, &err) != 0)
		return command_failed(&err);
	if (!result.hugetlb && a.o.packets == 0)
		fputs("nametap: no free 2 MiB pages for EAL, mbufs are on small ones; "
		      "`echo 1024 > /proc/sys/vm/nr_hugepages` reserves some\n",
			stderr);
	(a.json ? bench_print_json : bench_print)(stdout, &a.o, &result);
	return EXIT_FINE;
}
