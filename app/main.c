/* SPDX-License-Identifier: BSD-3-Clause */
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include <pcap/pcap.h>
#include <rte_version.h>
#include <zlib.h>

#include "commands.h"
#include "version.h"

static const struct {
	const char *name;
	int (*run)(int argc, char **argv);
	const char *help;
} commands[] = {
	{ "read", cmd_read, "read captures, write connections with the names of their ends" },
	{ "run", cmd_run, "the same of live traffic, by a configuration" },
	{ "bench", cmd_bench, "measure what the sensor costs on this machine" },
	{ "check", cmd_check, "tell what would keep `nametap run` from working, or slow it down" },
	{ "show", cmd_show, "counters, workers, configuration or ports of a running sensor" },
	{ "lookup", cmd_lookup, "names of an address, addresses of a name, from a running sensor" },
	{ "top", cmd_top, "watch a running sensor" },
	{ "reload", cmd_reload, "have a running sensor read its configuration file again" },
};

static void
print_usage(FILE *out)
{
	fputs("usage: nametap COMMAND [ARGUMENT]...\n\ncommands:\n", out);
	for (size_t i = 0; i < sizeof(commands) / sizeof(commands[0]); i++)
		fprintf(out, "  %-8s %s\n", commands[i].name, commands[i].help);
	fputs("\n`nametap COMMAND --help` says more; `nametap --version` tells the version.\n",
		out);
}

static int
print_version(void)
{
	printf("nametap %s (%s), %s, %s, zlib %s\n", NT_VERSION, NT_COMMIT, rte_version(),
		pcap_lib_version(), zlibVersion());
	return EXIT_FINE;
}

/* Started without one of 0, 1, 2: no log may get its number, or messages would land in it. */
static void
fill_standard_descriptors(void)
{
	int fd;
	do {
		fd = open("/dev/null", O_RDWR);
	} while (fd >= 0 && fd <= STDERR_FILENO);
	if (fd >= 0)
		close(fd);
}

int
main(int argc, char **argv)
{
	fill_standard_descriptors();
	/* a file that may grow no further is an error of that write (EFBIG), not an end */
	(void)signal(SIGXFSZ, SIG_IGN);
	if (argc < 2) {
		print_usage(stderr);
		return EXIT_USAGE;
	}
	if (strcmp(argv[1], "--version") == 0)
		return print_version();
	if (strcmp(argv[1], "--help") == 0 || strcmp(argv[1], "-h") == 0) {
		print_usage(stdout);
		return EXIT_FINE;
	}
	for (size_t i = 0; i < sizeof(commands) / sizeof(commands[0]); i++)
		if (strcmp(argv[1], commands[i].name) == 0)
			return commands[i].run(argc - 1, argv + 1);
	fprintf(stderr, "nametap: unknown command '%s'; `nametap --help` lists them\n", argv[1]);
	return EXIT_USAGE;
}
