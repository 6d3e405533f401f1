/* SPDX-License-Identifier: BSD-3-Clause */
#include "gen.h"

#include <stdlib.h>
#include <string.h>

#define LONGEST_PAYLOAD 1460

static int
make_pool(struct tg_gen *g)
{
	struct tg_rng rng;

	g->pool = malloc(TG_POOL_BYTES + LONGEST_PAYLOAD);
	if (g->pool == NULL)
		return -1;
	tg_rng_seed(&rng, tg_rng_next(&g->rng));
	for (size_t i = 0; i < TG_POOL_BYTES + LONGEST_PAYLOAD; i++)
		g->pool[i] = (uint8_t)tg_rng_next(&rng);
	return 0;
}

int
tg_gen_init(struct tg_gen *g, const struct tg_options *o)
{
	memset(g, 0, sizeof(*g));
	g->o = *o;
	g->attack = tg_attack_find(o->attack);
	g->now_ns = o->start_sec * TG_NS_PER_SEC;
	tg_rng_seed(&g->rng, o->seed);
	tg_rng_seed(&g->more, tg_hash(o->seed, 2));
	tg_events_init(&g->events);
	if (make_pool(g) != 0 || tg_names_init(&g->names, o, &g->rng) != 0 ||
		tg_net_init(&g->net, o, &g->rng) != 0 || tg_lookups_init(&g->lookups) != 0) {
		g->error = "out of memory";
		return -1;
	}
	return 0;
}

void
tg_gen_fini(struct tg_gen *g)
{
	tg_names_fini(&g->names);
	tg_net_fini(&g->net);
	tg_lookups_fini(&g->lookups);
	tg_events_fini(&g->events);
	free(g->pool);
	g->pool = NULL;
}

static uint64_t
step(struct tg_gen *g, struct tg_flow *f)
{
	switch (f->kind) {
	case TG_TCP:
		return tg_tcp_step(g, f);
	case TG_UDP:
		return tg_udp_step(g, f);
	case TG_ECHO:
		return tg_echo_step(g, f);
	case TG_DNS:
		return tg_dns_step(g, f);
	case TG_DNS_TCP:
		return tg_dns_tcp_step(g, f);
	case TG_LOCAL:
		return tg_local_step(g, f);
	default:
		return tg_scan_step(g, f);
	}
}

static void
write_conn(struct tg_gen *g, const struct tg_flow *f)
{
	static const char *const kinds[] = {
		[TG_TCP] = "tcp",
		[TG_UDP] = "udp",
		[TG_ECHO] = "echo",
		[TG_DNS] = "dns",
		[TG_DNS_TCP] = "dns",
		[TG_LOCAL] = "local",
		[TG_SCAN] = "scan",
	};

	const char *kind = f->encrypted_dns ? "encrypted-dns" : kinds[f->kind];
	char name[TG_NAME_SIZE];

	if (f->packets[0] + f->packets[1] > 0)
		tg_truth_conn(&g->truth, f, &g->names, kind, tg_app_said(g, f, name));
}

static void
run_event(struct tg_gen *g)
{
	struct tg_event ev = tg_events_take(&g->events);
	struct tg_flow *f = &g->events.flows[ev.flow];
	uint64_t pause;

	g->now_ns = ev.at_ns;
	pause = step(g, f);
	if (pause != TG_DONE) {
		tg_events_put(&g->events, ev.at_ns + pause, ev.flow);
		return;
	}
	write_conn(g, f);
	tg_events_free_flow(&g->events, ev.flow);
}

/* Packets that are not an attack's. */
static double
ordinary(const struct tg_gen *g)
{
	return (double)g->o.packets * (g->attack == TG_ATTACK_NONE ? 1 : 1 - g->o.attack_share);
}

/* Sessions come as often as their packets need to fill the duration. */
static uint64_t
plan(struct tg_gen *g, uint64_t at_ns)
{
	double ns_per_packet = (double)(g->o.duration_sec * TG_NS_PER_SEC) / ordinary(g);
	uint32_t packets;

	g->now_ns = at_ns;
	packets = tg_plan_session(g);
	g->planned += packets;
	return at_ns + 1 + tg_rng_exp(&g->rng, ns_per_packet * (packets > 0 ? packets : 1));
}

int
tg_gen_run(struct tg_gen *g)
{
	uint64_t next_ns = g->now_ns;
	struct tg_events *e = &g->events;
	const double planned_max = ordinary(g);

	while (g->sent < g->o.packets && g->error == NULL && g->pcap.error == 0) {
		bool due = e->n == 0 || next_ns <= e->heap[0].at_ns;

		if (e->n == 0 || (due && (double)g->planned < planned_max))
			next_ns = plan(g, next_ns);
		else
			run_event(g);
		if (g->attack != TG_ATTACK_NONE)
			tg_attack_run(g);
	}
	for (uint32_t i = 0; i < e->n; i++)
		write_conn(g, &e->flows[e->heap[i].flow]);
	return g->error == NULL ? 0 : -1;
}
