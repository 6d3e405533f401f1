/* SPDX-License-Identifier: BSD-3-Clause */
#include "net.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Numbers of the last four bytes of the MACs on the clients' segment. */
enum {
	MAC_ROUTER = 1,
	MAC_INNER_ROUTER,
	MAC_DHCP,
	MAC_RESOLVER = 16,
	MAC_CLIENT = 1 << 16
};

static void
set_mac(uint8_t mac[6], uint32_t number)
{
	mac[0] = 0x02; /* locally administered */
	mac[1] = 0x54;
	for (int i = 0; i < 4; i++)
		mac[2 + i] = (uint8_t)(number >> (24 - 8 * i));
}

static void
set_v4(uint8_t *addr, unsigned a, unsigned b, unsigned c, unsigned d)
{
	addr[0] = (uint8_t)a;
	addr[1] = (uint8_t)b;
	addr[2] = (uint8_t)c;
	addr[3] = (uint8_t)d;
}

/* A /64 prefix and 64 bits of the host. */
static void
set_v6(uint8_t *addr, uint64_t prefix, uint64_t host)
{
	for (int i = 0; i < 8; i++) {
		addr[i] = (uint8_t)(prefix >> (56 - 8 * i));
		addr[8 + i] = (uint8_t)(host >> (56 - 8 * i));
	}
}

static double
share_of(uint64_t salt, uint32_t i)
{
	return (double)(tg_hash(salt, i) >> 32) * 0x1p-32;
}

static void
init_client(struct tg_net *n, uint32_t i, const struct tg_options *o, struct tg_rng *rng)
{
	struct tg_client *c = &n->clients[i];
	bool both = tg_rng_chance(rng, o->dual_stack_share);
	bool six = tg_rng_chance(rng, o->ipv6_share);

	/* Not drawn from rng: then the other choices would change with the share. */
	c->encrypted = share_of(n->salt + 11, i) < o->encrypted_dns_share;
	c->v4 = both || !six;
	c->v6 = both || six;
	if (share_of(n->salt + 12, i) < o->local_naming_share)
		c->tells = (uint8_t)(c->v4 ? 1 + tg_hash(n->salt + 13, i) % 4 : TG_TELLS_MDNS);
	c->hidden = tg_rng_chance(rng, o->resolver_share);
	c->resolver = (uint8_t)tg_rng_below(rng, TG_RESOLVERS);
}

int
tg_net_init(struct tg_net *n, const struct tg_options *o, struct tg_rng *rng)
{
	memset(n, 0, sizeof(*n));
	n->salt = tg_rng_next(rng);
	n->behind_router = o->behind_router;
	n->n_clients = (uint32_t)o->clients;
	n->n_servers = (uint32_t)o->servers;
	n->clients = calloc(n->n_clients, sizeof(*n->clients));
	if (n->clients == NULL)
		return -ENOMEM;
	for (uint32_t i = 0; i < n->n_clients; i++)
		init_client(n, i, o, rng);
	return 0;
}

void
tg_net_fini(struct tg_net *n)
{
	free(n->clients);
	n->clients = NULL;
}

bool
tg_net_told(const struct tg_net *n, uint32_t client, bool v6, uint64_t at_ns)
{
	const struct tg_client *c = &n->clients[client];

	if (c->told_ns == 0 || c->told_ns >= at_ns)
		return false;
	return !v6 || c->tells == TG_TELLS_MDNS;
}

void
tg_net_client(const struct tg_net *n, uint32_t client, bool v6, struct tg_endpoint *ret)
{
	uint32_t subnet = 256 + client / 250; /* 10.1.0.0 to 10.16.160.0 for the largest network */

	set_mac(ret->mac, n->behind_router ? MAC_INNER_ROUTER : MAC_CLIENT + client);
	if (v6)
		set_v6(ret->addr, UINT64_C(0xfd5a9a1c00770000), tg_hash(client, 6));
	else
		set_v4(ret->addr, 10, subnet >> 8, subnet & 255, 1 + client % 250);
}

/*
 * Distinct for distinct i < 10 * 254 * 2^16: the odd factor permutes 16 bits of the host, and the
 * rest of it decides how far the last byte is turned.
 */
static void
set_public(uint32_t i, bool v6, struct tg_endpoint *ret)
{
	static const uint8_t first[] = { 23, 34, 45, 52, 93, 104, 142, 151, 185, 199 };
	uint32_t host = i / 10, low = host & 0xffff, middle = (low * 40503u + 7919u) & 0xffff;

	set_mac(ret->mac, MAC_ROUTER);
	if (v6)
		set_v6(ret->addr, UINT64_C(0x2a0404e200000000) + i % 10 * 65536u + middle,
			(uint64_t)i << 16 | 1);
	else
		set_v4(ret->addr, first[i % 10], middle >> 8, middle & 255,
			1 + ((host >> 16) + low) % 254);
}

void
tg_net_server(uint32_t server, bool local, bool v6, struct tg_endpoint *ret)
{
	if (!local) {
		set_public(server, v6, ret);
		return;
	}
	set_mac(ret->mac, MAC_ROUTER);
	if (v6)
		set_v6(ret->addr, UINT64_C(0xfd5a9a1c00c80000), server + 1u);
	else
		set_v4(ret->addr, 10, 200 + (server / 62500), server / 250 % 250, 1 + server % 250);
}

void
tg_net_dark(uint32_t i, bool v6, struct tg_endpoint *ret)
{
	/* Servers are at most 1,000,000. */
	set_public(2000000 + i, v6, ret);
}

void
tg_net_resolver(unsigned resolver, bool v6, struct tg_endpoint *ret)
{
	set_mac(ret->mac, MAC_RESOLVER + resolver);
	if (v6)
		set_v6(ret->addr, UINT64_C(0xfd5a9a1c00000000), 0x53 + resolver);
	else
		set_v4(ret->addr, 10, 0, 0, 53 + resolver);
}

void
tg_net_hardware(uint32_t client, uint8_t mac[6])
{
	set_mac(mac, MAC_CLIENT + client);
}

void
tg_net_host_name(uint32_t client, char out[16])
{
	snprintf(out, 16, "desk-%u", client);
}

void
tg_net_dhcp_server(struct tg_endpoint *ret)
{
	set_mac(ret->mac, MAC_DHCP);
	set_v4(ret->addr, 10, 0, 0, 2);
}

void
tg_net_group(uint8_t group, bool v6, struct tg_endpoint *ret)
{
	static const uint8_t mac4[6] = { 0x01, 0x00, 0x5e }, mac6[6] = { 0x33, 0x33 };

	memcpy(ret->mac, v6 ? mac6 : mac4, 6);
	ret->mac[5] = group;
	if (group == 0) {
		memset(ret->mac, 0xff, 6);
		set_v4(ret->addr, 10, 255, 255, 255);
	} else if (v6) {
		set_v6(ret->addr, UINT64_C(0xff02000000000000), group);
	} else {
		set_v4(ret->addr, 224, 0, 0, group);
	}
}

void
tg_net_shared_resolver(struct tg_endpoint *ret)
{
	tg_net_resolver(TG_RESOLVERS, false, ret);
}

/* Payload from or to them would be looked into for tunnels. */
static const uint16_t tunnel_ports[] = { 2123, 2152, 3544, 4754, 4789, 5072, 6081 };

uint16_t
tg_net_port(const struct tg_net *n, uint32_t host, uint32_t flows)
{
	uint64_t first = tg_hash(n->salt, host) % TG_PORTS;
	uint16_t port = (uint16_t)(1024 + (first + flows) % TG_PORTS);

	for (unsigned i = 0; i < sizeof(tunnel_ports) / sizeof(tunnel_ports[0]); i++)
		if (port == tunnel_ports[i])
			return (uint16_t)(1016 + i);
	return port;
}
