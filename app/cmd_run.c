/* SPDX-License-Identifier: BSD-3-Clause */
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#include <nt_clock.h>

#include "budget.h"
#include "command_line.h"
#include "commands.h"
#include "control.h"
#include "live.h"
#include "paths.h"
#include "preflight.h"
#include "sizes.h"
#include "summary.h"

struct run_args {
	const char *config_path;
	struct command_sets sets;
	bool quiet, force;
	char *const *eal; /* what follows -- */
	int eal_count;
};

static const char help[] =
	"usage: nametap run -c FILE [--set KEY=VALUE]... [-- EAL OPTIONS]\n"
	"\n"
	"Watches live traffic and writes conn.log, notice.log and namecache.log to run.dir:\n"
	"every connection, with the names that its ends had when it began. Ports, cores,\n"
	"memory and all else come from the configuration; what follows -- is for DPDK.\n"
	"\n"
	"  -c, --config FILE     configuration (JSON)\n"
	"      --set KEY=VALUE   one key of the configuration, for instance workers=4\n"
	"  -q, --quiet           tell only what goes wrong\n"
	"      --force           start although something is missing (`nametap check`)\n"
	"  -h, --help\n"
	"\n"
	"SIGTERM and SIGINT end it: what was received is processed, all connections are\n"
	"written; a second one ends it at once. SIGHUP closes the logs and opens them again.\n"
	"systemd is told when it is ready, and that all goes on (Type=notify, WatchdogSec).\n"
	"\n"
	"Exit status: 0 a signal ended it; 1 it could not start, or lines of logs are\n"
	"lost; 2 wrong command line or configuration; 3 internal error.\n";

static int
usage_error(const char *what, const char *which)
{
	return command_usage_error("run", what, which);
}

static const struct option options[] = {
	{ "config", required_argument, NULL, 'c' },
	{ "set", required_argument, NULL, 's' },
	{ "fault", required_argument, NULL, 'x' }, /* builds with faults */
	{ "quiet", no_argument, NULL, 'q' },
	{ "force", no_argument, NULL, 'f' },
	{ "help", no_argument, NULL, 'h' },
	{ 0 },
};

static int
take_option(void *arg, int c, const char *value)
{
	struct run_args *a = arg;
	switch (c) {
	case 'c':
		a->config_path = value;
		return EXIT_FINE;
	case 's':
		return command_add_set(&a->sets, "run", value);
	case 'x':
		return command_add_fault(value);
	case 'q':
		a->quiet = true;
		return EXIT_FINE;
	case 'f':
		a->force = true;
		return EXIT_FINE;
	}
	return EXIT_FINE;
}

/* -1: go on; else the exit status. */
static int
parse_args(struct run_args *a, int argc, char **argv)
{
	const struct command_options o = { .command = "run",
		.help = help,
		.short_options = "+:c:qh",
		.long_options = options,
		.take = take_option };
	const int status = command_parse(&o, a, argc, argv);
	if (status != -1)
		return status;
	const int eal = command_eal_options("run", "what is this for: ", argc, argv);
	if (eal != EXIT_FINE)
		return eal;
	if (a->config_path == NULL)
		return usage_error("no configuration given (-c FILE)", "");
	a->eal = argv + optind;
	a->eal_count = argc - optind;
	return -1;
}

static void
say(void *arg, const char *line)
{
	const struct run_args *a = arg;
	if (!a->quiet)
		fprintf(stderr, "nametap: %s\n", line);
}

/* A log of before is kept: it goes on, or, where logs are rotated, has a name of its own. */
static struct nt_sink *
open_sink(const struct nt_config *cfg, struct nt_error *err)
{
	const bool rotates = cfg->log.rotate_interval_ns != 0 || cfg->log.rotate_bytes != 0;
	const struct nt_sink_config sink = {
		.dir = cfg->run.dir.text,
		.log = control_log_config(cfg),
		.block_bytes = SINK_BLOCK_BYTES,
		.blocks = SINK_BLOCKS,
		.existing = rotates ? NT_SINK_ROTATE_AWAY : NT_SINK_APPEND,
		.clock = NT_SINK_WALL,
		.rotate_interval_ns = cfg->log.rotate_interval_ns,
		.rotate_bytes = cfg->log.rotate_bytes,
		.keep_trying = true,
	};
	return paths_make_dir(cfg->run.dir.text, err) != 0 ? NULL : nt_sink_new(&sink, err);
}

static uint64_t
rx_room(const struct live_view *v)
{
	uint64_t queues = 0;
	for (unsigned int i = 0; i < v->ports->count; i++)
		queues += v->ports->ports[i].queues;
	return queues * v->config->port.descriptors;
}

/* What was done, and whether the sums hold. */
static int
conclude(const struct run_args *a, const struct live_view *v, const struct nt_sink_stats *sink,
	int64_t began_ns)
{
	struct nt_counters counters;
	live_view_sum(v, &counters);
	nt_sink_count_lost(sink, &counters); /* the last, too */
	const struct summary s = {
		.dir = v->config->run.dir.text,
		.rotated =
			v->config->log.rotate_interval_ns != 0 || v->config->log.rotate_bytes != 0,
		.workers = v->worker_count,
		.live = true,
		.rx_room = rx_room(v),
		.seconds = (double)(nt_clock_monotonic_ns() - began_ns) / 1e9,
		.counters = &counters,
		.sink = sink,
	};
	if (!a->quiet)
		summary_print(stderr, &s);
	if (summary_check(stderr, &s) != 0)
		return EXIT_INTERNAL;
	return nt_sink_lost(sink) != 0 ? EXIT_INCOMPLETE : EXIT_FINE;
}

/* Options of DPDK's that the user gave may be to blame. */
static int
failed(const struct run_args *a, int code, const struct nt_error *err)
{
	const int status = command_failed(err);
	return a->eal_count != 0 && (code == -EINVAL || code == -ENODEV) ? EXIT_USAGE : status;
}

static int
run(struct run_args *a, const struct nt_config *cfg, struct eal_args *eal, struct nt_sink *sink)
{
	struct nt_error err;
	struct nt_sink_stats stats;
	const struct live_config lc = {
		.config = cfg,
		.eal = eal,
		.sink = sink,
		.stop = &command_stop,
		.reopen = &command_reopen,
		.source = { .path = a->config_path, .sets = &a->sets },
		.say = say,
		.say_arg = a,
	};
	int status = EXIT_FINE;
	struct live *l = live_new(&lc, &err);
	int code = l == NULL ? -errno : 0;
	const int64_t began_ns = nt_clock_monotonic_ns();
	if (code == 0)
		code = live_run(l, &err);
	if (code != 0)
		status = failed(a, code, &err);
	if (nt_sink_close(sink, &stats, &err) != 0)
		status = command_failed(&err);
	if (l != NULL) {
		const int concluded = conclude(a, live_view(l), &stats, began_ns);
		status = NT_MAX(status, concluded);
	}
	live_free(l);
	return status;
}

/* What it will take, before it takes it. */
static int
make_eal_args(const struct run_args *a, const struct nt_config *cfg, struct eal_args *ret)
{
	char line[4096];
	struct nt_error err;
	struct budget budget;
	const struct eal_want want = {
		.lcores = live_lcores(cfg),
		.memory_mb = preflight_dpdk_mb(cfg),
		.extra = a->eal,
		.extra_count = a->eal_count,
	};
	if (eal_args_live(ret, cfg, &want, &err) != 0) {
		command_failed(&err);
		return EXIT_USAGE;
	}
	if (a->quiet)
		return EXIT_FINE;
	budget_live(&budget, cfg, want.memory_mb);
	budget_print(stderr, &budget);
	eal_args_line(ret, line, sizeof(line));
	fprintf(stderr, "nametap: EAL: %s\n", line);
	return EXIT_FINE;
}

/* What is missing is told better now than by DPDK. */
static int
look_ahead(const struct run_args *a, const struct nt_config *cfg)
{
	static struct preflight p;
	p = (struct preflight){
		.config = cfg,
		.root = "",
		.dpdk_mb = preflight_dpdk_mb(cfg),
		.eal = a->eal,
		.eal_count = a->eal_count,
	};
	preflight_look(&p);
	preflight_print(stderr, &p, a->quiet);
	return p.errors == 0 || (a->force && !p.would_destroy) ? EXIT_FINE : EXIT_INCOMPLETE;
}

int
cmd_run(int argc, char **argv)
{
	struct run_args a = { 0 };
	static struct nt_config cfg;
	static struct eal_args eal;
	struct nt_error err;
	int status = parse_args(&a, argc, argv);
	if (status != -1)
		return status;
	/* EAL's files, the telemetry socket among them, are nobody else's. */
	umask(umask(0) | S_IRWXO | S_IWGRP);
	nt_config_default(&cfg);
	status = command_config(&cfg, a.config_path, &a.sets);
	if (status == EXIT_FINE)
		status = make_eal_args(&a, &cfg, &eal);
	if (status == EXIT_FINE)
		status = look_ahead(&a, &cfg);
	if (status != EXIT_FINE)
		return status;
	struct nt_sink *sink = open_sink(&cfg, &err);
	if (sink == NULL)
		return command_failed(&err);
	command_catch_signals();
	return run(&a, &cfg, &eal, sink);
}
