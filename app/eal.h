/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Starting EAL: for captures without root, hugepages or arguments to know; live with arguments made
 * from the configuration.
 */
#ifndef EAL_H
#define EAL_H

#include <nt_config.h>

/*
 * Start EAL with that many lcores (the main one included), all sharing the cores this process may
 * run on, and memory_mb of ordinary memory. 0, or -errno and *err.
 */
int eal_start_offline(unsigned int lcores, unsigned int memory_mb, struct nt_error *err);
void eal_stop(void);

/* A command line for EAL. */
struct eal_args {
	int argc;
	char *argv[160]; /* into text, or the caller's */
	char text[16384];
	size_t len; /* of text */
};

/*
 * From the configuration: lcores, memory, devices. lcores: how many beside the main one, which is
 * control's (the workers', then the distributor's). memory_mb: what mbufs and rings take.
 * extra[extra_count]: what the user adds; an option there takes the place of the same of ours. 0,
 * or -errno and *err. No EAL is needed.
 */
int eal_format_live(struct eal_args *ret, const struct nt_config *config, unsigned int lcores,
	unsigned int memory_mb, char *const *extra, int extra_count, struct nt_error *err);
/* As one line that a shell understands; cut to the room there is. */
void eal_format_line(const struct eal_args *args, char *out, size_t room);
/* Lcores are found with rte_get_next_lcore: workers first, the distributor behind them. */
int eal_start_live(struct eal_args *args, struct nt_error *err);

#endif
