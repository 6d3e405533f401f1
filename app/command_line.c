/* SPDX-License-Identifier: BSD-3-Clause */
#include <signal.h>
#include <stdio.h>

#include <nt_clock.h>

#include "command_line.h"
#include "commands.h"

atomic_bool command_stop, command_reopen;

bool
command_add_set(struct command_sets *s, const char *assignment)
{
	if (s->count == COMMAND_SETS_MAX)
		return false;
	s->sets[s->count++] = assignment;
	return true;
}

static void
complain(void *arg, const char *line)
{
	(void)arg;
	fprintf(stderr, "nametap: %s\n", line);
}

int
command_config(struct nt_config *cfg, const char *path, const struct command_sets *sets)
{
	int bad = 0;
	if (path != NULL)
		bad |= nt_config_load(cfg, path, complain, NULL) != 0;
	for (unsigned int i = 0; i < sets->count; i++)
		bad |= nt_config_set(cfg, sets->sets[i], complain, NULL) != 0;
	if (!bad)
		bad = nt_config_check(cfg, complain, NULL) != 0;
	return bad ? EXIT_USAGE : EXIT_FINE;
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
