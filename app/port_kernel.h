/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Packets that the kernel had for a port and dropped, as far as the port's driver does not tell
 * them: net_af_packet up to 22.11 at least never asks its sockets, and net_tap can't know. What the
 * kernel tells of a socket it forgets, so a later driver that asks too takes its part out of ours:
 * nothing is counted twice. net_af_xdp asks itself.
 *
 * One thread at a time.
 */
#ifndef PORT_KERNEL_H
#define PORT_KERNEL_H

#include <nt_base.h>

/* Sockets of a port: one for each queue. */
#define PORT_KERNEL_SOCKETS 64

struct port_kernel {
	uint64_t drops; /* since it began */
	unsigned int socket_count;
	int sockets[PORT_KERNEL_SOCKETS]; /* the driver's */
	char path[96]; /* net_tap: where the interface's drops stand; "": nowhere */
	int64_t before; /* what stood there */
};

/* A port of that driver starts on that interface: what was dropped before does not count. */
void port_kernel_begin(struct port_kernel *k, const char *driver, unsigned int if_index);
/* Drops since then. The driver's sockets must not have been closed, or end was called. */
uint64_t port_kernel_drops(struct port_kernel *k);
void port_kernel_end(struct port_kernel *k);

#endif
