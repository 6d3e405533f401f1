/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * What would make a live sensor fail, or be slow, found before EAL starts: huge pages, ports, CPUs,
 * memory, files. Each shortfall is a line that ends in the command that mends it. Nothing is
 * changed. Caller: main, before there are lcores.
 */
#ifndef PREFLIGHT_H
#define PREFLIGHT_H

#include <stdio.h>

#include <nt_config.h>

#define PREFLIGHT_MAX 64 /* findings kept; beyond, they are counted only */

struct preflight_finding {
	bool error; /* it would not start, or not work; else it would be slower than it could */
	char what[320];
	char todo[320]; /* a command, or a setting */
};

struct preflight {
	const struct nt_config *config; /* borrowed */
	const char *root; /* in front of each path: "" but in tests */
	unsigned int dpdk_mb; /* what pools and rings take */
	char *const *eal; /* the user's own options for EAL, borrowed; they have the last word */
	int eal_count;
	unsigned int count; /* of findings */
	unsigned int errors, warnings; /* all of them */
	bool would_destroy; /* a file: to be refused whatever is forced */
	struct preflight_finding findings[PREFLIGHT_MAX];
};

/* Of a configuration that nt_config_check takes. Fills in what lies behind eal_count. */
void preflight_look(struct preflight *p);

/* A line each; quiet: of errors only. */
void preflight_print(FILE *out, const struct preflight *p, bool quiet);

/* DPDK's memory: as configured, or what the ports will need. */
unsigned int preflight_dpdk_mb(const struct nt_config *config);

#endif
