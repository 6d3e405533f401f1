/* SPDX-License-Identifier: BSD-3-Clause */
/* The parts of preflight.h; each looks at one thing and tells what it finds. */
#ifndef PREFLIGHT_PRIV_H
#define PREFLIGHT_PRIV_H

#include "preflight.h"
#include "sysfs.h"

/* The line so far; its todo is put in by preflight_todo, which is to follow. */
void preflight_error(struct preflight *p, const char *fmt, ...) NT_PRINTF(2, 3);
void preflight_warning(struct preflight *p, const char *fmt, ...) NT_PRINTF(2, 3);
void preflight_todo(struct preflight *p, const char *fmt, ...) NT_PRINTF(2, 3);

/* CAP_x (linux/capability.h), of this process. */
bool preflight_may(const struct preflight *p, unsigned int capability);
/* The value of an option that the user has given to EAL; NULL: has not. */
const char *preflight_eal(const struct preflight *p, const char *option);
/* The user that this process runs as, for commands. */
const char *preflight_user(char out[64]);

void preflight_memory(struct preflight *p);
void preflight_cpus(struct preflight *p);
void preflight_ports(struct preflight *p);
void preflight_files(struct preflight *p);

/*
 * A file that net_pcap would read. Returns how many packets infinite_rx would hold of it; 0
 * without.
 */
uint64_t preflight_capture(struct preflight *p, const char *port, const char *path, bool infinite);
/* Are there buffers enough, for those that are held and, of a card, its descriptors? */
void preflight_mbufs(struct preflight *p, const char *port, uint64_t held, bool descriptors);

/* preflight_pci.c: "03:00.0" or "0000:03:00.0", arguments behind a comma. */
void preflight_pci(struct preflight *p, const char *device);

#endif
