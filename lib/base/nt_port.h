/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Ports with their protocol, as Zeek writes them: "443/tcp". Lists of them are bounded, and say
 * what stands once in them. Constant once filled; any thread.
 */
#ifndef NT_PORT_H
#define NT_PORT_H

#include "nt_base.h"

enum {
	NT_PORT_TCP = 6,
	NT_PORT_UDP = 17,
};

struct nt_port {
	uint16_t port;
	uint8_t proto; /* NT_PORT_TCP or NT_PORT_UDP */
	uint8_t zero;
};

/* Longest text form and its NUL. */
#define NT_PORT_STRLEN 10

/* 1 .. 65535, without leading zeros. 0 or -EINVAL. */
int nt_port_parse(const char *text, struct nt_port *ret);
/* Returns the length without the NUL. */
size_t nt_port_format(const struct nt_port *p, char out[NT_PORT_STRLEN]);

#define NT_PORT_LIST_MAX 256

struct nt_port_list {
	uint32_t count;
	struct nt_port ports[NT_PORT_LIST_MAX];
};
bool nt_port_list_has(const struct nt_port_list *list, const struct nt_port *p);

/* Zeek's: likely_server_ports as the protocol scripts add to it; Conn::port_inactivity_timeouts. */
extern const struct nt_port_list nt_ports_likely_servers;
extern const struct nt_port_list nt_ports_interactive;

#endif
