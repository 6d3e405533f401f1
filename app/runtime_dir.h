/* SPDX-License-Identifier: BSD-3-Clause */
/* Where EAL keeps the files of running processes: as it chooses it itself. Any thread. */
#ifndef RUNTIME_DIR_H
#define RUNTIME_DIR_H

/* What "/dpdk" and the file prefix go behind. */
const char *runtime_dir(void);

#endif
