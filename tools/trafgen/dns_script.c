/* SPDX-License-Identifier: BSD-3-Clause */
#include "gen.h"

#include <stdio.h>
#include <string.h>

static void
fill_addresses(const struct tg_gen *g, const struct tg_dns_script *s, struct tg_dns *d)
{
	const struct tg_group *group = tg_names_group(&g->names, s->name);
	bool v6 = d->qtype == TG_AAAA;
	struct tg_endpoint server;

	tg_names_text(&g->names, s->name, d->qname);
	d->n_chain = tg_names_chain(&g->names, s->name);
	for (unsigned i = 0; i < d->n_chain; i++)
		tg_names_alias(&g->names, s->name, i, d->chain[i]);
	if (v6 && !group->v6)
		return;
	d->n_addresses = tg_names_addresses(&g->names, s->name);
	for (unsigned i = 0; i < d->n_addresses; i++) {
		tg_net_server(
			tg_names_server(&g->names, s->name, s->rot, i), group->local, v6, &server);
		memcpy(d->addresses[i], server.addr, 16);
	}
}

static void
fill(const struct tg_gen *g, const struct tg_dns_script *s, unsigned q, struct tg_dns *d)
{
	d->id = s->id[q];
	d->qtype = s->qtype[q];
	d->rcode = TG_NOERROR;
	d->case_bits = s->case_bits;
	d->edns = s->edns;
	d->ttl_sec = s->ttl_sec;
	d->n_chain = d->n_addresses = 0;
	d->ptr[0] = '\0';
	switch (s->what) {
	case TG_ASK_ADDRESS:
		fill_addresses(g, s, d);
		break;
	case TG_ASK_REVERSE:
		tg_dns_reverse_name(s->of.addr, s->of_v6, d->qname);
		snprintf(d->ptr, sizeof(d->ptr), "host-%u.rev.example.net", s->name);
		break;
	default:
		snprintf(d->qname, sizeof(d->qname), "no%u.such%u.example", s->rot, s->name);
		d->rcode = TG_NXDOMAIN;
		break;
	}
}

uint64_t
tg_dns_step(struct tg_gen *g, struct tg_flow *f)
{
	struct tg_dns_script *s = &f->dns;
	const struct tg_dns_op *op = &s->ops[s->op++];
	uint8_t message[TG_DNS_MAX_BYTES];
	struct tg_dns d;
	size_t len;

	fill(g, s, op->q, &d);
	len = op->response ? tg_dns_response(&d, message) : tg_dns_query(&d, message);
	tg_send_udp(g, f, op->response, message, len);
	if (op->response)
		tg_truth_response(&g->truth, f, &d, op->repeat, s->hidden);
	if (s->op == s->n_ops)
		return TG_DONE;
	return s->ops[s->op].pause_us * UINT64_C(1000);
}
