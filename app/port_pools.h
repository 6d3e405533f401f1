/* SPDX-License-Identifier: BSD-3-Clause */
/* The mbufs of ports: how many, how large, from which memory. Caller: control. */
#ifndef PORT_POOLS_H
#define PORT_POOLS_H

#include "port_caps.h"

/* The port's own pool, and whether its packets may come in chains. 0 or -errno. */
int port_pool_make(struct ports *p, struct port *port, const struct port_caps *c);
/* Those that all ports use. 0 or -errno. */
int port_pools_shared(struct ports *p);

#endif
