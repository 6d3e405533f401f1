/* SPDX-License-Identifier: BSD-3-Clause */
/* What a port can do, found out before it is set up. Caller: control. Needs EAL. */
#ifndef PORT_CAPS_H
#define PORT_CAPS_H

#include <rte_ethdev.h>

#include "port.h"

struct port_caps {
	struct rte_eth_dev_info info;
	const char *devargs; /* "" where it has none */
	uint64_t rss_types; /* to ask for; 0: can't spread evenly and symmetrically */
	bool rss_by_ports; /* the types are those of ports too */
	bool virtual_device;
	unsigned int inputs; /* net_pcap: its files or interfaces, a queue each; else 0 */
	bool files; /* net_pcap: these are files, read once */
	int64_t first_ns; /* files: the earliest first stamp; INT64_MAX: none */
	uint16_t link; /* DLT_* */
};

/* 0, or -errno and *err. */
int port_caps_find(uint16_t id, struct port_caps *ret, struct nt_error *err);

/* net_pcap's files and interfaces, a queue each; of other devices 0. */
unsigned int port_caps_inputs(const char *devargs);

/* "framesz" of "iface=eth0,framesz=4096": 4096; 0 where there is none. */
unsigned long port_caps_number(const char *devargs, const char *key);

#endif
