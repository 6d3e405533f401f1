/* SPDX-License-Identifier: BSD-3-Clause */
#include "gen.h"

static bool
choose_version(struct tg_gen *g, const struct tg_client *c, bool server_v6)
{
	bool likes = tg_rng_chance(&g->rng, g->o.ipv6_share);

	if (!c->v4)
		return true;
	return c->v6 && server_v6 && likes;
}

/* Few connections are more likely than many. */
static unsigned
draw_connections(struct tg_gen *g)
{
	return 1 +
	       (unsigned)tg_rng_below(&g->rng, 1 + tg_rng_below(&g->rng, g->o.conns_per_lookup));
}

/* Mostly at once; sometimes when a person clicks. */
static uint64_t
draw_delay(struct tg_gen *g)
{
	if (tg_rng_chance(&g->rng, 0.85))
		return TG_NS_PER_MS + tg_rng_exp(&g->rng, 20e6);
	return tg_rng_between(&g->rng, 300 * TG_NS_PER_MS, 4 * TG_NS_PER_SEC);
}

static struct tg_flow *
connect_to_name(struct tg_gen *g, uint32_t client, uint32_t name, const struct tg_lookup_entry *e,
	uint64_t start_ns, uint32_t *packets)
{
	const struct tg_client *c = &g->net.clients[client];
	const struct tg_group *group = tg_names_group(&g->names, name);
	bool v6 = choose_version(g, c, group->v6);
	unsigned i = (unsigned)tg_rng_below(&g->rng, tg_names_addresses(&g->names, name));
	struct tg_endpoint server;
	struct tg_flow *f;

	if (tg_rng_chance(&g->rng, 0.7))
		i = 0;
	tg_net_server(tg_names_server(&g->names, name, e->rot, i), group->local, v6, &server);
	f = tg_plan_connection(g, client, v6, &server, start_ns, packets);
	if (f == NULL)
		return NULL;
	f->name = name;
	tg_app_plan(g, f, name, packets);
	f->lookup = c->hidden ? TG_LOOKUP_OTHER : TG_LOOKUP_CLIENT;
	if (c->encrypted)
		f->lookup = TG_LOOKUP_ENCRYPTED;
	f->lookup_v6 = e->v6;
	f->lookup_ns = e->from_ns;
	return f;
}

/* A client goes to few names again and again, and others have other favourites. */
static uint32_t
draw_favourite(struct tg_gen *g, uint32_t client)
{
	uint64_t k = tg_rng_below(&g->rng, g->o.favourites);

	return (uint32_t)(tg_hash(g->names.salt + k, client) % g->names.n_names);
}

/* One that this client can reach: an IPv6-only client wants names with IPv6. */
static uint32_t
draw_name(struct tg_gen *g, uint32_t client, bool usual)
{
	const struct tg_client *c = &g->net.clients[client];

	for (unsigned tries = 0; tries < 64; tries++) {
		uint32_t name;

		if (!usual)
			name = tg_names_any(&g->names, &g->rng);
		else if (tg_rng_chance(&g->rng, g->o.favourite_share))
			name = draw_favourite(g, client);
		else
			name = tg_names_popular(&g->names, &g->rng);
		if (c->v4 || tg_names_group(&g->names, name)->v6)
			return name;
	}
	return TG_NO_NAME;
}

/* With --dns-share, a lack of DNS makes lookups of unusual names, most of them for nothing. */
static uint32_t
plan_names(struct tg_gen *g, uint32_t client)
{
	bool short_of_dns = (double)g->planned_dns < g->o.dns_share * (double)g->planned;
	uint32_t name = draw_name(g, client, !short_of_dns);
	uint32_t packets = 0;
	struct tg_lookup_entry *e;
	uint64_t at_ns;

	if (name == TG_NO_NAME)
		return 0;
	e = tg_plan_lookup(g, client, name, &packets);
	g->planned_dns += packets;
	if (e == NULL || (short_of_dns && tg_rng_chance(&g->rng, 0.75 + g->o.dns_share / 2)))
		return packets;
	at_ns = (e->from_ns > g->now_ns ? e->from_ns : g->now_ns) + draw_delay(g);
	for (unsigned n = draw_connections(g); n > 0 && at_ns < e->until_ns; n--) {
		if (connect_to_name(g, client, name, e, at_ns, &packets) == NULL)
			break;
		at_ns += tg_rng_exp(&g->rng, 300e6);
	}
	return packets;
}

static uint32_t
plan_no_lookup(struct tg_gen *g, uint32_t client)
{
	const struct tg_client *c = &g->net.clients[client];
	uint32_t name = draw_name(g, client, false), packets = 0;
	bool dark = tg_rng_chance(&g->rng, 0.5) || name == TG_NO_NAME;
	const struct tg_group *group = dark ? NULL : tg_names_group(&g->names, name);
	bool v6 = choose_version(g, c, dark || group->v6);
	uint64_t at_ns = g->now_ns;
	struct tg_endpoint server;
	struct tg_flow *f;

	if (dark)
		tg_net_dark(TG_DARK_SERVER + (uint32_t)tg_rng_below(&g->rng, TG_DARK_SERVERS), v6,
			&server);
	else
		tg_net_server(group->first_server, group->local, v6, &server);
	for (unsigned n = draw_connections(g); n > 0; n--) {
		f = tg_plan_connection(g, client, v6, &server, at_ns, &packets);
		if (f == NULL)
			break;
		tg_app_plan(g, f, dark ? TG_NO_NAME : name, &packets);
		at_ns += tg_rng_exp(&g->rng, 300e6);
	}
	return packets;
}

/* From outside to a client. When a scanner's ports are used up, it tries another port of all. */
static uint32_t
plan_scan(struct tg_gen *g, uint32_t client)
{
	static const uint16_t ports[] = { 22, 23, 80, 443, 445, 1433, 3306, 3389, 5900, 8080 };
	unsigned scanner = (unsigned)tg_rng_below(&g->rng, TG_SCANNERS);
	uint32_t n = g->net.scanner_flows[scanner]++;
	bool v6 = !g->net.clients[client].v4;
	struct tg_flow *f = tg_plan_flow(g, TG_SCAN, v6, g->now_ns);

	if (f == NULL)
		return 0;
	tg_net_dark(TG_DARK_SCANNER + scanner, v6, &f->end[0]);
	f->end[0].port = tg_net_port(&g->net, TG_DARK_SCANNER + scanner, n);
	tg_net_client(&g->net, client, v6, &f->end[1]);
	f->end[1].port = ports[(tg_hash(scanner, n % TG_PORTS) + n / TG_PORTS) % 10];
	f->scan.seq[0] = (uint32_t)tg_rng_next(&g->rng);
	f->scan.seq[1] = (uint32_t)tg_rng_next(&g->rng);
	f->scan.ending = (uint8_t)tg_rng_below(&g->rng, 3);
	f->scan.tries = tg_rng_chance(&g->rng, 0.2) ? 2 : 1;
	return f->scan.tries + f->scan.ending;
}

/* A pair of hosts pings once only: the identifier does not divide ICMP connections. */
static uint32_t
plan_ping(struct tg_gen *g, uint32_t client)
{
	const struct tg_client *c = &g->net.clients[client];
	uint32_t name = draw_name(g, client, false), server;
	const struct tg_group *group;
	struct tg_lookup_entry *mark;
	struct tg_flow *f;

	if (name == TG_NO_NAME)
		return 0;
	group = tg_names_group(&g->names, name);
	server = group->first_server;
	mark = tg_lookups_get(&g->lookups, client, UINT32_C(0x80000000) | server);
	if (mark == NULL || mark->until_ns != 0)
		return 0;
	mark->until_ns = 1;
	f = tg_plan_flow(g, TG_ECHO, !c->v4, g->now_ns);
	if (f == NULL)
		return 0;
	f->host = client;
	tg_net_client(&g->net, client, f->v6, &f->end[0]);
	tg_net_server(server, group->local, f->v6, &f->end[1]);
	f->echo.id = (uint16_t)tg_rng_next(&g->rng);
	f->echo.left = (uint8_t)tg_rng_between(&g->rng, 1, 5);
	f->echo.answered = tg_rng_chance(&g->rng, 0.9);
	return f->echo.left * (f->echo.answered ? 2u : 1u);
}

static uint32_t
plan_session(struct tg_gen *g, uint32_t client)
{
	const struct tg_options *o = &g->o;
	bool encrypted = g->net.clients[client].encrypted;
	double u = tg_rng_unit(&g->rng);
	uint32_t packets = 0;

	if ((u -= o->scan_share) < 0)
		return plan_scan(g, client);
	if ((u -= o->icmp_share) < 0)
		return plan_ping(g, client);
	if ((u -= o->no_lookup_share) < 0)
		return plan_no_lookup(g, client);
	if ((u -= o->ptr_share) < 0)
		packets = encrypted ? 0 : tg_plan_reverse(g, client);
	else if ((u -= o->nxdomain_share) < 0)
		packets = encrypted ? 0 : tg_plan_nxdomain(g, client);
	else
		return plan_names(g, client);
	g->planned_dns += packets;
	return packets;
}

uint32_t
tg_plan_session(struct tg_gen *g)
{
	uint32_t client = (uint32_t)tg_rng_below(&g->rng, g->net.n_clients);
	uint32_t packets = tg_plan_announcement(g, client);

	if (tg_rng_chance(&g->more, g->o.spoof_share))
		packets += tg_plan_forgery(g, client);
	return packets + plan_session(g, client);
}
