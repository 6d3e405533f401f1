/* SPDX-License-Identifier: BSD-3-Clause */
/* EAL for reading captures: no root, no hugepages, no arguments to know. */
#ifndef EAL_H
#define EAL_H

#include <nt_base.h>

/*
 * Start EAL with that many lcores (the main one included), all sharing the cores this process may
 * run on, and memory_mb of ordinary memory. 0, or -errno and *err.
 */
int eal_start_offline(unsigned int lcores, unsigned int memory_mb, struct nt_error *err);
void eal_stop(void);

#endif
