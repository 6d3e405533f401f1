/* SPDX-License-Identifier: BSD-3-Clause */
#ifndef TG_NET_H
#define TG_NET_H

/*
 * The hosts and their addresses. The tap sees the clients' segment: clients, resolvers and the
 * router have MACs of their own there, and everything else comes through the router.
 */

#include "options.h"
#include "packet.h"
#include "rng.h"

#define TG_RESOLVERS 2 /* that clients ask in sight of the tap */
#define TG_UPSTREAMS 64 /* name servers that the shared resolver asks */
#define TG_SCANNERS  4 /* outside */
#define TG_PORTS     64512u /* 1024 to 65535 */

enum tg_tells {
	TG_TELLS_NOTHING,
	TG_TELLS_MDNS,
	TG_TELLS_LLMNR,
	TG_TELLS_NBNS,
	TG_TELLS_DHCP
};

struct tg_client {
	uint32_t flows; /* source ports handed out */
	uint32_t pings;
	bool v4, v6;
	bool encrypted; /* asks over TLS or QUIC */
	uint8_t tells; /* its name, to its network: enum tg_tells */
	uint64_t told_ns; /* when all of it was told, of IPv4 and IPv6; 0: not yet */
	uint64_t resolver_until_ns; /* encrypted: its connection to the resolver */
	bool hidden; /* asks a shared resolver that the tap does not see it ask */
	uint8_t resolver;
};

struct tg_net {
	uint64_t salt;
	bool behind_router;
	uint32_t n_clients, n_servers;
	struct tg_client *clients; /* owned */
	uint32_t resolver_flows;
	uint32_t scanner_flows[TG_SCANNERS];
};

/* 0 or -ENOMEM. */
int tg_net_init(struct tg_net *n, const struct tg_options *o, struct tg_rng *rng);
void tg_net_fini(struct tg_net *n);

/* These set address and MAC; the port is the caller's. */
void tg_net_client(const struct tg_net *n, uint32_t client, bool v6, struct tg_endpoint *ret);
void tg_net_server(uint32_t server, bool local, bool v6, struct tg_endpoint *ret);
void tg_net_resolver(unsigned resolver, bool v6, struct tg_endpoint *ret);
/* The MAC of its own, which a router may hide. */
void tg_net_hardware(uint32_t client, uint8_t mac[6]);
/* What it is called, at most 15 characters. */
void tg_net_host_name(uint32_t client, char out[16]);
void tg_net_dhcp_server(struct tg_endpoint *ret);
/* A multicast group, or (group 0) all hosts of the clients' IPv4 network. */
void tg_net_group(uint8_t group, bool v6, struct tg_endpoint *ret);
void tg_net_shared_resolver(struct tg_endpoint *ret);

/* Whether the client has told its name before this time, and with an address of this version. */
bool tg_net_told(const struct tg_net *n, uint32_t client, bool v6, uint64_t at_ns);

/* Numbers of hosts outside that no name leads to: name servers come first. */
#define TG_DARK_SCANNER	 100u
#define TG_DARK_SERVER	 1000u
#define TG_DARK_SERVERS	 2000u
#define TG_DARK_RESOLVER 5000u /* of encrypted DNS */
#define TG_DARK_FORGED	 10000u

/* A host outside that no name leads to. */
void tg_net_dark(uint32_t i, bool v6, struct tg_endpoint *ret);

/* Source port number `flows` of a host: all are used once before one comes again. */
uint16_t tg_net_port(const struct tg_net *n, uint32_t host, uint32_t flows);

#endif
