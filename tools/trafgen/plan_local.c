/* SPDX-License-Identifier: BSD-3-Clause */
#include "gen.h"

/* Which of its network a client's name is told to, and how; once in the capture. */

#define GROUP_MDNS  251
#define GROUP_LLMNR 252

static struct tg_flow *
new_flow(struct tg_gen *g, uint32_t client, bool v6, uint16_t port, uint64_t start_ns)
{
	struct tg_flow *f = tg_plan_flow(g, TG_LOCAL, v6, start_ns);

	if (f == NULL)
		return NULL;
	f->host = client;
	f->rtt_us = 1000 + f->rtt_us % 5000;
	f->local.what = g->net.clients[client].tells;
	f->local.client = client;
	f->local.id = (uint32_t)tg_hash(g->net.salt + 15, client);
	tg_net_client(&g->net, client, v6, &f->end[0]);
	f->end[0].port = f->end[1].port = port;
	return f;
}

/* Another host on the wire, with IPv4; or the same one if there is none near. */
static uint32_t
neighbour(const struct tg_gen *g, uint32_t client)
{
	for (uint32_t i = 1; i < 32; i++) {
		uint32_t other = (client + i) % g->net.n_clients;

		if (g->net.clients[other].v4)
			return other;
	}
	return client;
}

/* Somebody asks all; the one who is meant answers that host: two connections. */
static uint32_t
plan_llmnr(struct tg_gen *g, uint32_t client)
{
	uint32_t asker = neighbour(g, client);
	struct tg_flow *f = new_flow(g, client, false, 5355, g->now_ns);
	uint16_t port;

	if (f == NULL)
		return 0;
	port = tg_plan_port(g, asker);
	f->host = asker;
	tg_net_client(&g->net, asker, false, &f->end[0]);
	f->end[0].port = port;
	tg_net_group(GROUP_LLMNR, false, &f->end[1]);
	f = new_flow(g, client, false, 5355, g->now_ns + 2 * TG_NS_PER_MS);
	if (f == NULL)
		return 1;
	f->host = asker;
	f->end[1] = f->end[0];
	tg_net_client(&g->net, asker, false, &f->end[0]);
	f->end[0].port = port;
	f->local.answer = true;
	return 2;
}

static uint32_t
plan_alone(struct tg_gen *g, uint32_t client)
{
	static const uint16_t ports[] = {
		[TG_TELLS_MDNS] = 5353,
		[TG_TELLS_NBNS] = 137,
		[TG_TELLS_DHCP] = 67,
	};
	const struct tg_client *c = &g->net.clients[client];
	bool v6 = !c->v4;
	struct tg_flow *f = new_flow(g, client, v6, ports[c->tells], g->now_ns);

	if (f == NULL)
		return 0;
	if (c->tells == TG_TELLS_DHCP) {
		f->end[0].port = 68;
		tg_net_dhcp_server(&f->end[1]);
		return 2;
	}
	tg_net_group(c->tells == TG_TELLS_MDNS ? GROUP_MDNS : 0, v6, &f->end[1]);
	return 1;
}

uint32_t
tg_plan_announcement(struct tg_gen *g, uint32_t client)
{
	struct tg_client *c = &g->net.clients[client];

	if (c->tells == TG_TELLS_NOTHING || c->told_ns != 0)
		return 0;
	if (c->tells == TG_TELLS_LLMNR && neighbour(g, client) == client)
		c->tells = TG_TELLS_NBNS;
	c->told_ns = g->now_ns + 10 * TG_NS_PER_MS;
	return c->tells == TG_TELLS_LLMNR ? plan_llmnr(g, client) : plan_alone(g, client);
}
