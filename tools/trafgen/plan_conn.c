/* SPDX-License-Identifier: BSD-3-Clause */
#include "gen.h"

struct tg_flow *
tg_plan_flow(struct tg_gen *g, enum tg_kind kind, bool v6, uint64_t start_ns)
{
	static const uint8_t protos[] = {
		[TG_TCP] = TG_PROTO_TCP,
		[TG_UDP] = TG_PROTO_UDP,
		[TG_ECHO] = TG_PROTO_ICMP,
		[TG_DNS] = TG_PROTO_UDP,
		[TG_DNS_TCP] = TG_PROTO_TCP,
		[TG_LOCAL] = TG_PROTO_UDP,
		[TG_SCAN] = TG_PROTO_TCP,
	};
	struct tg_flow *f = tg_events_new_flow(&g->events);

	if (f == NULL) {
		g->error = "out of memory";
		return NULL;
	}
	f->kind = (uint8_t)kind;
	f->proto = protos[kind];
	f->v6 = v6;
	f->start_ns = start_ns;
	f->ip_id = (uint16_t)tg_rng_next(&g->rng);
	f->rtt_us = (uint32_t)(500 + tg_rng_exp(&g->rng, 25000));
	if (f->rtt_us > 400000)
		f->rtt_us = 400000;
	tg_events_put(&g->events, start_ns, tg_events_number(&g->events, f));
	return f;
}

uint16_t
tg_plan_port(struct tg_gen *g, uint32_t client)
{
	struct tg_client *c = &g->net.clients[client];

	if (c->flows == TG_PORTS)
		g->error = "a client has used all its ports once; more --clients are needed";
	return tg_net_port(&g->net, client, c->flows++);
}

/* Four of five are short and one is long, with the mean that was asked for. */
static uint32_t
draw_packets(struct tg_gen *g)
{
	double mean = (double)g->o.conn_packets;

	return (uint32_t)tg_rng_exp(&g->rng, tg_rng_chance(&g->rng, 0.8) ? mean / 2 : mean * 3);
}

/* Handshake and end take 6 packets, and two segments of data one ACK, less where it turns. */
static uint32_t
write_tcp(struct tg_gen *g, struct tg_flow *f)
{
	static const uint16_t ports[] = { 443, 443, 443, 443, 80, 80, 22, 8080, 993, 8443 };
	uint32_t packets = draw_packets(g), closing;

	f->end[1].port = ports[tg_rng_below(&g->rng, 10)];
	f->tcp.segments_left = packets > 7 ? (packets - 6) * 3 / 4 : 1;
	f->tcp.ending = TG_END_FIN;
	closing = 3;
	if (tg_rng_chance(&g->rng, g->o.reset_share)) {
		f->tcp.ending = TG_END_RESET;
		closing = 1;
	} else if (tg_rng_chance(&g->rng, 0.03)) {
		f->tcp.ending = TG_END_OPEN;
		closing = 0;
	}
	f->tcp.closer = tg_rng_chance(&g->rng, 0.4);
	return 3 + f->tcp.segments_left * 4 / 3 + closing;
}

static uint32_t
write_udp(struct tg_gen *g, struct tg_flow *f)
{
	f->end[1].port = tg_rng_chance(&g->rng, 0.8) ? 443 : 4500;
	f->udp.left = 1 + draw_packets(g);
	return f->udp.left;
}

static struct tg_flow *
connect(struct tg_gen *g, uint32_t client, bool v6, bool udp, const struct tg_endpoint *server,
	uint64_t start_ns, uint32_t *packets)
{
	struct tg_flow *f = tg_plan_flow(g, udp ? TG_UDP : TG_TCP, v6, start_ns);

	if (f == NULL)
		return NULL;
	f->host = client;
	f->named_orig = tg_net_told(&g->net, client, v6, start_ns);
	tg_net_client(&g->net, client, v6, &f->end[0]);
	f->end[0].port = tg_plan_port(g, client);
	f->end[1] = *server;
	*packets += udp ? write_udp(g, f) : write_tcp(g, f);
	return f;
}

struct tg_flow *
tg_plan_connection(struct tg_gen *g, uint32_t client, bool v6, const struct tg_endpoint *server,
	uint64_t start_ns, uint32_t *packets)
{
	bool udp = tg_rng_chance(&g->rng, g->o.udp_share);

	return connect(g, client, v6, udp, server, start_ns, packets);
}

struct tg_flow *
tg_plan_connection_to(struct tg_gen *g, uint32_t client, bool v6, bool udp,
	const struct tg_endpoint *server, uint64_t start_ns, uint32_t *packets)
{
	struct tg_flow *f = connect(g, client, v6, udp, server, start_ns, packets);

	if (f != NULL)
		f->end[1].port = server->port;
	return f;
}
