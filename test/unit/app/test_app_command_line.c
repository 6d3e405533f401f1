/* SPDX-License-Identifier: BSD-3-Clause */
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#include "command_line.h"
#include "commands.h"

static void
test_sets(void **state NT_UNUSED)
{
	static struct nt_config cfg;
	struct command_sets sets = { .count = 0 };
	nt_config_default(&cfg);
	assert_int_equal(command_add_set(&sets, "read", "workers=3"), EXIT_FINE);
	assert_int_equal(command_add_set(&sets, "read", "workers=5"), EXIT_FINE);
	assert_int_equal(command_config(&cfg, NULL, &sets), EXIT_FINE);
	assert_int_equal(cfg.workers, 5);
	assert_int_equal(command_config(&cfg, "/nowhere/at-all.json", &sets), EXIT_USAGE);
	assert_int_equal(command_add_set(&sets, "read", "workers=none"), EXIT_FINE);
	assert_int_equal(command_config(&cfg, NULL, &sets), EXIT_USAGE);
	while (sets.count < COMMAND_SETS_MAX)
		assert_int_equal(command_add_set(&sets, "read", "workers=1"), EXIT_FINE);
	assert_int_equal(command_add_set(&sets, "read", "workers=1"), EXIT_USAGE);
}

/* How a process ends that gets the signal at these moments, in ms. */
static int
end_after(int sig, const unsigned int *ms, unsigned int n)
{
	int status;
	const pid_t child = fork();
	assert_true(child >= 0);
	if (child == 0) {
		command_catch_signals();
		for (unsigned int i = 0, at = 0; i < n; at = ms[i++]) {
			usleep((ms[i] - at) * 1000);
			raise(sig);
		}
		_exit(atomic_load(&command_stop) ? 10 : atomic_load(&command_reopen) ? 11 : 12);
	}
	assert_int_equal(waitpid(child, &status, 0), child);
	return WIFSIGNALED(status) ? -WTERMSIG(status) : WEXITSTATUS(status);
}

static void
test_signals(void **state NT_UNUSED)
{
	static const unsigned int once[] = { 0 }, group[] = { 0, 1, 20 }, again[] = { 0, 600 };
	static const int stops[] = { SIGINT, SIGTERM };
	for (unsigned int i = 0; i < NT_ARRAY_SIZE(stops); i++) {
		assert_int_equal(end_after(stops[i], once, 1), 10);
		assert_int_equal(end_after(stops[i], group, 3), 10);
		assert_int_equal(end_after(stops[i], again, 2), -stops[i]);
	}
	assert_int_equal(end_after(SIGHUP, again, 2), 11);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_sets),
		cmocka_unit_test(test_signals),
	};
	return cmocka_run_group_tests_name("command_line", tests, NULL, NULL);
}
