/* SPDX-License-Identifier: BSD-3-Clause */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include <pcap/pcap.h>

#include <nt_clock.h>

#include "command_line.h"
#include "commands.h"
#include "control.h"
#include "offline.h"
#include "paths.h"
#include "sizes.h"
#include "summary.h"

#define KEY_MAX 64

struct read_args {
	const char *dir, *config_path, *filter, *names_path;
	struct command_sets sets;
	char workers[KEY_MAX], format[KEY_MAX]; /* assignments made of options */
	bool quiet;
	char *const *paths;
	unsigned int path_count;
};

static const char help[] =
	"usage: nametap read [OPTION]... CAPTURE...\n"
	"\n"
	"Reads captures (pcap, pcapng, gzip; - is standard input) as one stream, in the "
	"order\n"
	"given, and writes conn.log and namecache.log: every connection, with the names that\n"
	"its ends had when it began; and notice.log: connections that no lookup explains.\n"
	"\n"
	"  -j, --workers N       worker lcores, 1 to 16 (default 1)\n"
	"  -o, --output DIR      where the logs go (default: here); made if need be; logs "
	"there\n"
	"                        are replaced, but not one that is to be read as a capture\n"
	"  -c, --config FILE     configuration (JSON)\n"
	"      --set KEY=VALUE   one key of the configuration, for instance "
	"names.stale_for=600\n"
	"      --format FORMAT   json (default) or tsv\n"
	"      --filter EXPR     only packets that this libpcap filter takes\n"
	"      --names FILE      write every name learnt to FILE (JSON or TSV, as the logs)\n"
	"  -q, --quiet           no progress, no summary; errors are still told\n"
	"  -h, --help\n"
	"\n"
	"SIGINT and SIGTERM end it early: what was read is written. SIGHUP closes the logs "
	"and\n"
	"opens them again.\n"
	"\n"
	"Exit status: 0, also where a signal ended it; 1 a capture or log could not be read\n"
	"or written to its end (what was read is written); 2 wrong command line or\n"
	"configuration, nothing was begun; 3 internal error.\n";

static int
usage_error(const char *what, const char *which)
{
	return command_usage_error("read", what, which);
}

/* -j and --format are keys of the configuration as well: they become assignments. */
static int
add_key(struct read_args *a, char (*store)[KEY_MAX], const char *key, const char *value)
{
	if (snprintf(*store, KEY_MAX, "%s=%s", key, value) >= KEY_MAX)
		return usage_error("no value for this option: ", value);
	return command_add_set(&a->sets, "read", *store);
}

static const struct option options[] = {
	{ "workers", required_argument, NULL, 'j' },
	{ "output", required_argument, NULL, 'o' },
	{ "config", required_argument, NULL, 'c' },
	{ "set", required_argument, NULL, 's' },
	{ "format", required_argument, NULL, 'f' },
	{ "filter", required_argument, NULL, 'F' },
	{ "names", required_argument, NULL, 'n' },
	{ "fault", required_argument, NULL, 'x' }, /* builds with faults */
	{ "quiet", no_argument, NULL, 'q' },
	{ "help", no_argument, NULL, 'h' },
	{ 0 },
};

static int
take_option(void *arg, int c, const char *value)
{
	struct read_args *a = arg;
	switch (c) {
	case 'j':
		return add_key(a, &a->workers, "workers", value);
	case 'f':
		return add_key(a, &a->format, "log.format", value);
	case 's':
		return command_add_set(&a->sets, "read", value);
	case 'o':
		a->dir = value;
		return *value != '\0' ? EXIT_FINE : usage_error("-o names no directory", "");
	case 'c':
		a->config_path = value;
		return EXIT_FINE;
	case 'F':
		a->filter = value;
		return EXIT_FINE;
	case 'n':
		a->names_path = value;
		return EXIT_FINE;
	case 'x':
		return command_add_fault(value);
	case 'q':
		a->quiet = true;
		return EXIT_FINE;
	}
	return EXIT_FINE;
}

/* -1: go on; else the exit status. */
static int
parse_args(struct read_args *a, int argc, char **argv)
{
	const struct command_options o = { .command = "read",
		.help = help,
		.short_options = ":j:o:c:qh",
		.long_options = options,
		.take = take_option };
	const int status = command_parse(&o, a, argc, argv);
	if (status != -1)
		return status;
	if (optind == argc)
		return usage_error("no capture given", "");
	a->paths = argv + optind;
	a->path_count = (unsigned int)(argc - optind);
	return -1;
}

/* Is the filter one at all? On which captures it can be used turns out when they are opened. */
static int
check_filter(const char *filter)
{
	struct bpf_program prog;
	pcap_t *dead = pcap_open_dead(DLT_EN10MB, 262144);
	int status = EXIT_FINE;
	if (dead == NULL || pcap_compile(dead, &prog, filter, 1, PCAP_NETMASK_UNKNOWN) != 0) {
		fprintf(stderr, "nametap: --filter '%s': %s\n", filter,
			dead != NULL ? pcap_geterr(dead) : "out of memory");
		status = EXIT_USAGE;
	} else {
		pcap_freecode(&prog);
	}
	if (dead != NULL)
		pcap_close(dead);
	return status;
}

static struct nt_sink *
open_sink(const struct read_args *a, const struct nt_config *cfg, struct nt_error *err)
{
	const struct nt_sink_config sink = {
		.dir = a->dir,
		.log = control_log_config(cfg),
		.block_bytes = SINK_BLOCK_BYTES,
		.blocks = SINK_BLOCKS,
		.clock = NT_SINK_CAPTURE,
		.rotate_interval_ns = cfg->log.rotate_interval_ns,
		.rotate_bytes = cfg->log.rotate_bytes,
	};
	return paths_make_dir(a->dir, err) != 0 ? NULL : nt_sink_new(&sink, err);
}

/* What went wrong, what was done, and whether the sums hold. */
static int
conclude(const struct read_args *a, const struct nt_config *cfg, const struct offline *o,
	const struct nt_sink_stats *sink, int64_t began_ns)
{
	int status = EXIT_FINE;
	struct nt_counters counters;
	offline_counters(o, &counters);
	nt_sink_count_lost(sink, &counters);
	const struct summary s = {
		.dir = a->dir,
		.rotated = cfg->log.rotate_interval_ns != 0 || cfg->log.rotate_bytes != 0,
		.workers = cfg->workers,
		.packets_read = offline_packets_read(o),
		.seconds = (double)(nt_clock_monotonic_ns() - began_ns) / 1e9,
		.counters = &counters,
		.sink = sink,
	};
	if (!a->quiet)
		summary_print(stderr, &s);
	const char *line;
	for (unsigned int i = 0; (line = offline_failure(o, i)) != NULL; i++) {
		fprintf(stderr, "nametap: %s\n", line);
		status = EXIT_INCOMPLETE;
	}
	return summary_check(stderr, &s) != 0 ? EXIT_INTERNAL : status;
}

/* names.log, when all is done. */
static int
write_names(const struct read_args *a, const struct nt_config *cfg, const struct names_log *names)
{
	const struct nt_log_config log = control_log_config(cfg);
	struct nt_error err;
	if (names_log_refused(names) != 0)
		fprintf(stderr,
			"nametap: %" PRIu64 " names had no room in %s; raise names.max_mappings\n",
			names_log_refused(names), a->names_path);
	return names_log_write(names, a->names_path, &log, &err) != 0 ? command_failed(&err)
								      : EXIT_FINE;
}

static int
run(const struct read_args *a, const struct nt_config *cfg, struct nt_sink *sink,
	struct names_log *names)
{
	struct nt_error err;
	struct nt_sink_stats stats;
	const struct offline_config oc = {
		.config = cfg,
		.paths = a->paths,
		.path_count = a->path_count,
		.filter = a->filter,
		.sink = sink,
		.stop = &command_stop,
		.reopen = &command_reopen,
		.names_log = names,
		.progress = !a->quiet && isatty(STDERR_FILENO),
	};
	const int64_t began_ns = nt_clock_monotonic_ns();
	struct offline *o = offline_new(&oc, &err);
	int status = EXIT_FINE;
	if (o == NULL || offline_run(o, &err) != 0)
		status = command_failed(&err);
	if (nt_sink_close(sink, &stats, &err) != 0)
		status = command_failed(&err);
	if (o != NULL) {
		const int concluded = conclude(a, cfg, o, &stats, began_ns);
		status = NT_MAX(status, concluded);
	}
	if (o != NULL && names != NULL) {
		const int written = write_names(a, cfg, names);
		status = NT_MAX(status, written);
	}
	offline_free(o);
	return status;
}

int
cmd_read(int argc, char **argv)
{
	struct read_args a = { .dir = "." };
	static struct nt_config cfg;
	struct nt_error err;
	int status = parse_args(&a, argc, argv);
	if (status != -1)
		return status;
	nt_config_default(&cfg);
	cfg.notice.warm_up_ns = 0; /* a capture is all there is */
	status = command_config(&cfg, a.config_path, &a.sets);
	if (status == EXIT_FINE && a.filter != NULL)
		status = check_filter(a.filter);
	/* before anything is begun or overwritten: a name mistyped is no reason to read half */
	if (status == EXIT_FINE)
		status = paths_check(stderr, a.dir, a.paths, a.path_count);
	if (status != EXIT_FINE)
		return status;
	struct nt_sink *sink = open_sink(&a, &cfg, &err);
	if (sink == NULL)
		return command_failed(&err);
	command_catch_signals();
	struct names_log *names = NULL;
	if (a.names_path != NULL && (names = names_log_new(&cfg)) == NULL) {
		nt_error_set(&err, -errno, "no memory for --names; lower names.max_mappings");
		nt_sink_close(sink, NULL, NULL);
		return command_failed(&err);
	}
	status = run(&a, &cfg, sink, names);
	names_log_free(names);
	return status;
}
