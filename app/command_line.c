/* SPDX-License-Identifier: BSD-3-Clause */
#include <inttypes.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <nt_clock.h>
#include <nt_fault.h>

#include "command_line.h"
#include "commands.h"

atomic_bool command_stop, command_reopen;

int
command_usage_error(const char *command, const char *what, const char *which)
{
	fprintf(stderr, "nametap: %s%s; `nametap %s --help` says more\n", what, which, command);
	return EXIT_USAGE;
}

int
command_parse(const struct command_options *o, void *arg, int argc, char **argv)
{
	int c;
	opterr = 0;
	optind = 1;
	while ((c = getopt_long(argc, argv, o->short_options, o->long_options, NULL)) != -1) {
		if (c == 'h') {
			fputs(o->help, stdout);
			return EXIT_FINE;
		}
		if (c == ':' || c == '?')
			return command_usage_error(o->command,
				c == ':' ? "an argument is missing after " : "unknown option ",
				argv[optind - 1]);
		const int status = o->take(arg, c, optarg);
		if (status != EXIT_FINE)
			return status;
	}
	return -1;
}

int
command_add_set(struct command_sets *s, const char *command, const char *assignment)
{
	if (s->count == COMMAND_SETS_MAX)
		return command_usage_error(command, "too many --set", "");
	s->sets[s->count++] = assignment;
	return EXIT_FINE;
}

/* However it ends. */
static void
tell_faults(void)
{
	const char *name;
	for (unsigned int i = 0; (name = nt_fault_name(i)) != NULL; i++)
		if (nt_fault_count(i) != 0)
			fprintf(stderr, "nametap: fault %s: %" PRIu64 " times\n", name,
				nt_fault_count(i));
}

int
command_add_fault(const char *assignment)
{
	static bool told; /* the thread of main() only */
	struct nt_error err;
	if (nt_fault_set(assignment, &err) != 0) {
		command_failed(&err);
		return EXIT_USAGE;
	}
	if (!told)
		(void)atexit(tell_faults);
	told = true;
	return EXIT_FINE;
}

int
command_eal_options(const char *command, const char *stray, int argc, char **argv)
{
	if (optind < argc && strcmp(argv[optind - 1], "--") != 0)
		return command_usage_error(command, stray, argv[optind]);
	if (optind < argc && argv[optind][0] != '-')
		return command_usage_error(
			command, "behind -- come options for EAL, this is none: ", argv[optind]);
	return EXIT_FINE;
}

static void
complain(void *arg, const char *line)
{
	(void)arg;
	fprintf(stderr, "nametap: %s\n", line);
}

bool
command_load(struct nt_config *cfg, const char *path, const struct command_sets *sets,
	nt_config_complain *tell, void *arg)
{
	bool fine = path == NULL || nt_config_load(cfg, path, tell, arg) == 0;
	for (unsigned int i = 0; i < sets->count; i++)
		fine &= nt_config_set(cfg, sets->sets[i], tell, arg) == 0;
	return fine;
}

int
command_config(struct nt_config *cfg, const char *path, const struct command_sets *sets)
{
	const bool fine = command_load(cfg, path, sets, complain, NULL) &&
			  nt_config_check(cfg, complain, NULL) == 0;
	return fine ? EXIT_FINE : EXIT_USAGE;
}

int
command_failed(const struct nt_error *err)
{
	fprintf(stderr, "nametap: %s\n", err->msg);
	return EXIT_INCOMPLETE;
}

/*
 * What comes at once after the first is the same one: timeout(1) sends it to the process and to its
 * group.
 */
#define AGAIN_NS (NT_SEC(1) / 2)

static void
on_signal(int sig)
{
	static _Atomic int64_t first_ns;
	/* clock_gettime may be called in a handler (POSIX).
	 * NOLINTNEXTLINE(bugprone-signal-handler,cert-sig30-c) */
	const int64_t now_ns = nt_clock_monotonic_ns();
	int64_t none = 0;
	atomic_store_explicit(&command_stop, true, memory_order_relaxed);
	if (atomic_compare_exchange_strong_explicit(
		    &first_ns, &none, now_ns, memory_order_relaxed, memory_order_relaxed) ||
		now_ns - none < AGAIN_NS)
		return;
	signal(sig, SIG_DFL);
	raise(sig);
}

static void
on_hangup(int sig)
{
	(void)sig;
	atomic_store_explicit(&command_reopen, true, memory_order_relaxed);
}

void
command_catch_signals(void)
{
	signal(SIGINT, on_signal);
	signal(SIGTERM, on_signal);
	signal(SIGHUP, on_hangup);
}
