/* SPDX-License-Identifier: BSD-3-Clause */
#include "gen.h"

#include <string.h>

/* Answers that come alone and must name nothing. */

static void
add_op(struct tg_dns_script *s, bool response, uint32_t pause_us)
{
	struct tg_dns_op op = { .response = response, .pause_us = pause_us };

	s->ops[s->n_ops++] = op;
}

/* An address that no answer may give a name to. */
static void
draw_unusable(struct tg_gen *g, bool v6, struct tg_endpoint *ret)
{
	static const uint8_t v4[][4] = { { 127, 0, 0, 1 }, { 0, 0, 0, 0 }, { 224, 0, 0, 9 },
		{ 255, 255, 255, 255 } };

	memset(ret->addr, 0, 16);
	if (v6)
		ret->addr[15] = 1; /* ::1 */
	else
		memcpy(ret->addr, v4[tg_rng_below(&g->more, 4)], 4);
}

/* Either a server that others have names of, or a host of the forger's own. */
static uint32_t
draw_target(struct tg_gen *g, struct tg_flow *f, uint32_t forged)
{
	uint32_t name = tg_names_popular(&g->names, &g->more);
	const struct tg_group *group = tg_names_group(&g->names, name);

	if (tg_rng_chance(&g->more, 0.5)) {
		tg_net_server(group->first_server, group->local, false, &f->dns.of);
		return TG_NO_NAME;
	}
	tg_net_dark(TG_DARK_FORGED + forged, false, &f->dns.of);
	return forged;
}

struct tg_flow *
tg_plan_dark(struct tg_gen *g, uint32_t client, uint32_t dark, uint64_t start_ns, uint32_t *packets)
{
	struct tg_endpoint server;
	struct tg_flow *f;

	tg_net_dark(dark, !g->net.clients[client].v4, &server);
	server.port = 443;
	f = tg_plan_connection_to(
		g, client, !g->net.clients[client].v4, false, &server, start_ns, packets);
	if (f != NULL)
		tg_app_plan(g, f, TG_NO_NAME, packets);
	return f;
}

uint32_t
tg_plan_forgery(struct tg_gen *g, uint32_t client)
{
	const struct tg_client *c = &g->net.clients[client];
	bool asked = tg_rng_chance(&g->more, 0.5);
	uint32_t packets = 0, target = TG_NO_NAME, forged = g->forgeries++;
	struct tg_flow *f = tg_plan_client_dns(g, client, !c->v4);

	if (f == NULL)
		return 0;
	f->dns.what = TG_ASK_FORGED;
	f->dns.forgery = asked ? TG_UNUSABLE : TG_UNASKED;
	f->dns.forged = forged;
	f->dns.id[0] = (uint16_t)tg_rng_next(&g->more);
	f->dns.ttl_sec = 600;
	f->dns.of_v6 = asked && !c->v4;
	f->dns.qtype[0] = f->dns.of_v6 ? TG_AAAA : TG_A;
	if (asked) {
		draw_unusable(g, f->dns.of_v6, &f->dns.of);
		add_op(&f->dns, false, 0);
	} else {
		target = draw_target(g, f, forged);
	}
	add_op(&f->dns, true, f->rtt_us);
	packets = f->dns.n_ops;
	if (target != TG_NO_NAME && c->v4)
		tg_plan_dark(g, client, TG_DARK_FORGED + target, g->now_ns + 20 * TG_NS_PER_MS,
			&packets);
	return packets;
}
