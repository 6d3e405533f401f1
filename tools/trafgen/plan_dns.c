/* SPDX-License-Identifier: BSD-3-Clause */
#include "gen.h"

#include <string.h>

/* A host number that no client has. */
#define SHARED_RESOLVER UINT32_MAX

/* Most answers need more than 512 bytes only with EDNS; then it is always used. */
#define MANY_ADDRESSES 6

static void
add_op(struct tg_dns_script *s, unsigned q, bool response, bool repeat, uint64_t pause_us)
{
	struct tg_dns_op *op = &s->ops[s->n_ops++];

	op->pause_us = (uint32_t)pause_us;
	op->q = (uint8_t)q;
	op->response = response;
	op->repeat = repeat;
}

/* Query and response of n questions that are asked at once; some queries get lost, and some are
 * only late, so that both are answered. */
static void
write_script(struct tg_gen *g, struct tg_flow *f, unsigned n)
{
	struct tg_dns_script *s = &f->dns;
	bool again = tg_rng_chance(&g->rng, g->o.retransmit_share);
	bool twice = again && tg_rng_chance(&g->rng, 0.3);

	for (unsigned q = 0; q < n; q++)
		add_op(s, q, false, false, tg_rng_between(&g->rng, 5, 60));
	if (again)
		add_op(s, 0, false, true, 1000000);
	for (unsigned q = 0; q < n; q++)
		add_op(s, q, true, false, q == 0 ? f->rtt_us : tg_rng_between(&g->rng, 5, 2000));
	if (twice)
		add_op(s, 0, true, true, tg_rng_between(&g->rng, 100, 20000));
}

static uint64_t
response_ns(const struct tg_flow *f, bool last)
{
	const struct tg_dns_script *s = &f->dns;
	uint64_t at = f->start_ns, found = 0;

	for (unsigned i = 0; i < s->n_ops; i++) {
		if (i > 0)
			at += s->ops[i].pause_us * UINT64_C(1000);
		if (s->ops[i].response && !s->ops[i].repeat && !s->ops[i].forged &&
			(last || found == 0))
			found = at;
	}
	return found;
}

static void
fill_script(
	struct tg_gen *g, struct tg_flow *f, enum tg_dns_what what, uint16_t qtype, uint16_t qtype2)
{
	struct tg_dns_script *s = &f->dns;

	s->what = (uint8_t)what;
	s->edns = tg_rng_chance(&g->rng, 0.5);
	s->qtype[0] = qtype;
	s->qtype[1] = qtype2;
	s->id[0] = (uint16_t)tg_rng_next(&g->rng);
	s->id[1] = (uint16_t)(s->id[0] + 1 + tg_rng_below(&g->rng, 60000));
	s->case_bits = tg_rng_next(&g->rng);
	if (!tg_rng_chance(&g->rng, 0.1) && !g->o.case_random)
		s->case_bits = 0;
	f->rtt_us = (uint32_t)(200 + tg_rng_exp(&g->rng, 15000));
	write_script(g, f, qtype2 != 0 ? 2 : 1);
}

/* A forged answer comes before the right one, or in it. */
static void
forge(struct tg_gen *g, struct tg_flow *f)
{
	struct tg_dns_script *s = &f->dns;
	unsigned i = 0;

	s->forgery = (uint8_t)tg_rng_between(&g->more, TG_WRONG_ID, TG_OUT_OF_CHAIN);
	s->forged = g->forgeries++;
	while (i < s->n_ops && !s->ops[i].response)
		i++;
	if (s->forgery == TG_OUT_OF_CHAIN || s->n_ops == TG_DNS_OPS)
		return;
	memmove(&s->ops[i + 1], &s->ops[i], (s->n_ops++ - i) * sizeof(s->ops[0]));
	s->ops[i].q = 0;
	s->ops[i].forged = true;
	s->ops[i].pause_us /= 2;
	s->ops[i + 1].pause_us -= s->ops[i].pause_us;
}

static struct tg_flow *
client_flow(struct tg_gen *g, enum tg_kind kind, uint32_t client, bool v6, uint64_t start_ns)
{
	struct tg_flow *f = tg_plan_flow(g, kind, v6, start_ns);

	if (f == NULL)
		return NULL;
	f->host = client;
	tg_net_client(&g->net, client, v6, &f->end[0]);
	f->end[0].port = tg_plan_port(g, client);
	tg_net_resolver(g->net.clients[client].resolver, v6, &f->end[1]);
	f->end[1].port = 53;
	return f;
}

struct tg_flow *
tg_plan_client_dns(struct tg_gen *g, uint32_t client, bool v6)
{
	return client_flow(g, TG_DNS, client, v6, g->now_ns);
}

/* The five-tuple comes again only after TG_PORTS * TG_UPSTREAMS flows. */
static struct tg_flow *
shared_resolver_flow(struct tg_gen *g)
{
	struct tg_flow *f = tg_plan_flow(g, TG_DNS, false, g->now_ns);
	uint32_t n = g->net.resolver_flows++;
	uint64_t upstream = tg_hash(g->net.salt, n % TG_PORTS) + n / TG_PORTS;

	if (f == NULL)
		return NULL;
	tg_net_shared_resolver(&f->end[0]);
	f->end[0].port = tg_net_port(&g->net, SHARED_RESOLVER, n);
	tg_net_dark((uint32_t)(upstream % TG_UPSTREAMS), false, &f->end[1]);
	f->end[1].port = 53;
	return f;
}

static uint32_t
draw_ttl(struct tg_gen *g, uint32_t name)
{
	uint64_t span = g->o.ttl_max_sec - g->o.ttl_min_sec + 1;
	uint64_t full = g->o.ttl_min_sec + tg_hash(name, 77) % span;

	/* A resolver's cache answers with what is left of it. */
	if (tg_rng_chance(&g->rng, 0.5))
		full = tg_rng_between(&g->rng, g->o.ttl_min_sec, full);
	return (uint32_t)full;
}

/* The host knows from the last answer on, and as long as the first is good. */
static void
learn(struct tg_lookup_entry *e, uint64_t first_ns, uint64_t last_ns, uint32_t ttl_sec)
{
	if (last_ns > e->from_ns)
		e->from_ns = last_ns;
	if (first_ns + ttl_sec * TG_NS_PER_SEC < e->until_ns)
		e->until_ns = first_ns + ttl_sec * TG_NS_PER_SEC;
}

static void
finish_script(struct tg_gen *g, struct tg_flow *f, const struct tg_lookup_entry *e, uint32_t name,
	uint32_t ttl_sec)
{
	f->dns.name = name;
	f->dns.rot = e->rot;
	f->dns.ttl_sec = ttl_sec;
	if (tg_names_addresses(&g->names, name) >= MANY_ADDRESSES ||
		tg_names_chain(&g->names, name) >= 3)
		f->dns.edns = true;
}

/* One lookup, of one or two questions at once. */
struct question {
	uint32_t client, name, ttl_sec;
	uint16_t qtype[2];
};

static int
ask_tcp(struct tg_gen *g, struct tg_lookup_entry *e, const struct question *q, uint64_t start_ns,
	uint32_t *packets)
{
	struct tg_flow *f = client_flow(g, TG_DNS_TCP, q->client, e->v6, start_ns);

	if (f == NULL)
		return -1;
	fill_script(g, f, TG_ASK_ADDRESS, q->qtype[0], q->qtype[1]);
	finish_script(g, f, e, q->name, q->ttl_sec);
	f->dns_tcp.cut = tg_rng_chance(&g->more, 0.3);
	learn(e, tg_dns_tcp_seen_ns(f), tg_dns_tcp_seen_ns(f) + TG_NS_PER_MS, q->ttl_sec);
	*packets += 10;
	return 0;
}

/* Over UDP; the answer is too long for it if the same is asked over TCP then. */
static int
ask_udp(struct tg_gen *g, struct tg_lookup_entry *e, const struct question *q, bool then_tcp,
	uint32_t *packets)
{
	struct tg_flow *f = client_flow(g, TG_DNS, q->client, e->v6, g->now_ns);
	uint64_t first, last;

	if (f == NULL)
		return -1;
	fill_script(g, f, TG_ASK_ADDRESS, q->qtype[0], q->qtype[1]);
	finish_script(g, f, e, q->name, q->ttl_sec);
	if (!then_tcp && q->qtype[0] == TG_A && tg_rng_chance(&g->more, g->o.spoof_share))
		forge(g, f);
	*packets += f->dns.n_ops;
	first = response_ns(f, false);
	last = response_ns(f, true);
	f->dns.truncated = then_tcp;
	if (then_tcp)
		return ask_tcp(g, e, q, last + TG_NS_PER_MS, packets);
	learn(e, first, last, q->ttl_sec);
	return 0;
}

static int
ask_either(struct tg_gen *g, struct tg_lookup_entry *e, const struct question *q, uint32_t *packets)
{
	bool tcp = tg_rng_chance(&g->more, g->o.dns_tcp_share);

	if (tcp && tg_rng_chance(&g->more, 0.3))
		return ask_tcp(g, e, q, g->now_ns, packets);
	return ask_udp(g, e, q, tcp, packets);
}

/* Both versions are asked for by one host that has both: from one port (as glibc) or from two.
 * Browsers ask for HTTPS too; some of these get all they need from that. */
static int
ask(struct tg_gen *g, struct tg_lookup_entry *e, uint32_t client, uint32_t name, uint32_t *packets)
{
	const struct tg_client *c = &g->net.clients[client];
	struct question q = { client, name, draw_ttl(g, name), { 0, 0 } };
	uint16_t qtypes[2] = { c->v4 ? TG_A : TG_AAAA, c->v4 && c->v6 ? TG_AAAA : 0 };
	bool one_port = qtypes[1] == 0 || tg_rng_chance(&g->rng, 0.5);
	bool https = tg_rng_chance(&g->more, g->o.https_share);
	bool hints_only = tg_rng_chance(&g->more, 0.3) && https;

	e->v6 = c->v6 && (!c->v4 || tg_rng_chance(&g->rng, 0.5));
	for (unsigned i = 0; i < (one_port ? 1 : 2) && !hints_only; i++) {
		q.qtype[0] = qtypes[i];
		q.qtype[1] = one_port ? qtypes[1] : 0;
		if (ask_either(g, e, &q, packets) != 0)
			return -1;
	}
	q.qtype[0] = TG_HTTPS;
	q.qtype[1] = 0;
	return https ? ask_either(g, e, &q, packets) : 0;
}

static int
ask_upstream(struct tg_gen *g, struct tg_lookup_entry *e, uint32_t name, uint32_t *packets)
{
	struct tg_flow *f = shared_resolver_flow(g);
	uint32_t ttl_sec;

	if (f == NULL)
		return -1;
	fill_script(g, f, TG_ASK_ADDRESS, TG_A, TG_AAAA);
	f->dns.hidden = true;
	ttl_sec = draw_ttl(g, name);
	finish_script(g, f, e, name, ttl_sec);
	learn(e, response_ns(f, false), response_ns(f, true), ttl_sec);
	*packets += f->dns.n_ops;
	return 0;
}

struct tg_lookup_entry *
tg_plan_lookup(struct tg_gen *g, uint32_t client, uint32_t name, uint32_t *packets)
{
	const struct tg_client *c = &g->net.clients[client];
	bool hidden = c->hidden && !c->encrypted;
	struct tg_lookup_entry *e;
	int r;

	e = tg_lookups_get(&g->lookups, hidden ? SHARED_RESOLVER : client, name);
	if (e == NULL) {
		g->error = "out of memory";
		return NULL;
	}
	if (e->until_ns > g->now_ns)
		return e;
	e->from_ns = 0;
	e->until_ns = UINT64_MAX;
	e->rot = (uint32_t)tg_rng_next(&g->rng) >> 1;
	if (c->encrypted)
		return tg_plan_encrypted(g, client, e, packets) == 0 ? e : NULL;
	r = hidden ? ask_upstream(g, e, name, packets) : ask(g, e, client, name, packets);
	return r == 0 ? e : NULL;
}

uint32_t
tg_plan_reverse(struct tg_gen *g, uint32_t client)
{
	uint32_t name = tg_names_any(&g->names, &g->rng);
	const struct tg_group *group = tg_names_group(&g->names, name);
	const struct tg_client *c = &g->net.clients[client];
	uint32_t server = tg_names_server(&g->names, name, (uint32_t)tg_rng_below(&g->rng, 16), 0);
	struct tg_flow *f = client_flow(g, TG_DNS, client, !c->v4, g->now_ns);

	if (f == NULL)
		return 0;
	fill_script(g, f, TG_ASK_REVERSE, TG_PTR, 0);
	f->dns.of_v6 = group->v6 && tg_rng_chance(&g->rng, g->o.ipv6_share);
	tg_net_server(server, group->local, f->dns.of_v6, &f->dns.of);
	f->dns.name = server;
	f->dns.ttl_sec = draw_ttl(g, name);
	return f->dns.n_ops;
}

uint32_t
tg_plan_nxdomain(struct tg_gen *g, uint32_t client)
{
	struct tg_flow *f = client_flow(g, TG_DNS, client, !g->net.clients[client].v4, g->now_ns);

	if (f == NULL)
		return 0;
	fill_script(g, f, TG_ASK_NOTHING, TG_A, 0);
	f->dns.name = (uint32_t)tg_rng_below(&g->rng, 10000);
	f->dns.rot = (uint32_t)tg_rng_below(&g->rng, 1000000);
	f->dns.ttl_sec = 300;
	return f->dns.n_ops;
}
