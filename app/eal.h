/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Starting EAL: for captures without root, hugepages or arguments to know; live with arguments made
 * from the configuration (eal_args.h).
 */
#ifndef EAL_H
#define EAL_H

#include "eal_args.h"

/*
 * Start EAL with that many lcores (the main one included), all sharing the cores this process may
 * run on, and memory_mb of ordinary memory. 0, or -errno and *err.
 */
int eal_start_offline(unsigned int lcores, unsigned int memory_mb, struct nt_error *err);

/*
 * 0, or -errno and *err. rte_get_next_lcore goes through the workers' lcores, then the
 * distributor's. args must stay: EAL keeps pointers into it.
 */
int eal_start_live(struct eal_args *args, struct nt_error *err);

/*
 * The same on 2 MiB pages where there are enough free ones; *ret_hugetlb says so. Nothing of
 * another EAL on the machine is touched.
 */
int eal_start_bench(
	unsigned int lcores, unsigned int memory_mb, bool *ret_hugetlb, struct nt_error *err);
void eal_stop(void);

#endif
