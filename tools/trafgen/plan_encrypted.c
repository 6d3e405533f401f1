/* SPDX-License-Identifier: BSD-3-Clause */
#include "gen.h"

/* Clients whose lookups nobody on the way can read: DNS over HTTPS, TLS or QUIC. */

#define SERVERS	   6
#define RENEWAL_NS (60 * TG_NS_PER_SEC)

enum {
	DOH,
	DOT,
	DOQ
};

/* Its address is configured, so nobody looks it up. */
static struct tg_flow *
connect(struct tg_gen *g, uint32_t client, uint32_t *packets)
{
	const struct tg_client *c = &g->net.clients[client];
	uint64_t h = tg_hash(g->net.salt + 14, client);
	unsigned way = h % 5 < 3 ? DOH : (unsigned)(h % 5 - 2);
	struct tg_endpoint server;
	struct tg_flow *f;

	tg_net_dark(TG_DARK_RESOLVER + (uint32_t)(h >> 8) % SERVERS, !c->v4, &server);
	server.port = way == DOH ? 443 : 853;
	f = tg_plan_connection_to(g, client, !c->v4, way == DOQ, &server, g->now_ns, packets);
	if (f == NULL)
		return NULL;
	f->encrypted_dns = true;
	tg_app_plan_resolver(g, f, packets);
	return f;
}

int
tg_plan_encrypted(struct tg_gen *g, uint32_t client, struct tg_lookup_entry *e, uint32_t *packets)
{
	struct tg_client *c = &g->net.clients[client];
	const struct tg_flow *f;

	e->from_ns = g->now_ns + 20 * TG_NS_PER_MS;
	e->until_ns = e->from_ns + tg_rng_between(&g->more, 60, 600) * TG_NS_PER_SEC;
	e->v6 = !c->v4;
	if (c->resolver_until_ns > g->now_ns)
		return 0;
	f = connect(g, client, packets);
	if (f == NULL)
		return -1;
	c->resolver_until_ns = g->now_ns + RENEWAL_NS;
	/* Two round trips: the handshake, and the question. */
	e->from_ns = g->now_ns + 3 * f->rtt_us * UINT64_C(1000) + 20 * TG_NS_PER_MS;
	return 0;
}
