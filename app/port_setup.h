/* SPDX-License-Identifier: BSD-3-Clause */
/* One port: configured as the configuration and its own capabilities have it, and started. */
#ifndef PORT_SETUP_H
#define PORT_SETUP_H

#include "port_caps.h"

/* A line to whoever opened the ports. */
void port_say(const struct ports *p, const char *fmt, ...) NT_PRINTF(2, 3);

/* port: queues, link, time and splits are decided. 0, or -errno and *err. */
int port_set_up(
	struct ports *p, struct port *port, const struct port_caps *c, struct nt_error *err);
/* When all are set up. 0, or -errno and *err. */
int port_start(struct ports *p, struct port *port, struct nt_error *err);

/* PORT_TIME_CARD: its counter, and our clock at that moment; false: it can't be read. */
bool port_sample_card(
	const struct ports *p, const struct port *port, struct live_clock_sample *ret);

#endif
