/* SPDX-License-Identifier: BSD-3-Clause */
#include "gen.h"

#include <stdio.h>
#include <string.h>

static void
forged_name(const struct tg_dns_script *s, char out[TG_NAME_SIZE])
{
	snprintf(out, TG_NAME_SIZE, "pay%u.forged.example", s->forged);
}

static void
fill_hints6(const struct tg_gen *g, const struct tg_dns_script *s, struct tg_dns *d)
{
	const struct tg_group *group = tg_names_group(&g->names, s->name);
	struct tg_endpoint server;

	d->n_hints6 = d->n_addresses;
	for (unsigned i = 0; i < d->n_hints6; i++) {
		tg_net_server(tg_names_server(&g->names, s->name, s->rot, i), group->local, true,
			&server);
		memcpy(d->hints6[i], server.addr, 16);
	}
}

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
	if (d->truncated || (v6 && !group->v6))
		return;
	d->n_addresses = tg_names_addresses(&g->names, s->name);
	for (unsigned i = 0; i < d->n_addresses; i++) {
		tg_net_server(
			tg_names_server(&g->names, s->name, s->rot, i), group->local, v6, &server);
		memcpy(d->addresses[i], server.addr, 16);
	}
	if (d->qtype == TG_HTTPS && group->v6)
		fill_hints6(g, s, d);
	if (s->forgery == TG_OUT_OF_CHAIN && d->qtype == TG_A) {
		tg_net_dark(TG_DARK_FORGED + s->forged, false, &server);
		memcpy(d->extra_address, server.addr, 4);
		forged_name(s, d->extra);
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
	d->n_hints6 = 0;
	d->truncated = s->truncated;
	d->extra[0] = '\0';
	switch (s->what) {
	case TG_ASK_ADDRESS:
		fill_addresses(g, s, d);
		break;
	case TG_ASK_REVERSE:
		tg_dns_reverse_name(s->of.addr, s->of_v6, d->qname);
		snprintf(d->ptr, sizeof(d->ptr), "host-%u.rev.example.net", s->name);
		break;
	case TG_ASK_FORGED:
		forged_name(s, d->qname);
		d->n_addresses = 1;
		memcpy(d->addresses[0], s->of.addr, 16);
		break;
	default:
		snprintf(d->qname, sizeof(d->qname), "no%u.such%u.example", s->rot, s->name);
		d->rcode = TG_NXDOMAIN;
		break;
	}
}

/* The same question with another id, or another question with the same id; a forger's address. */
static void
forge(const struct tg_dns_script *s, struct tg_dns *d)
{
	struct tg_endpoint forger;

	if (s->forgery == TG_WRONG_ID)
		d->id ^= 0x5555;
	else
		forged_name(s, d->qname);
	tg_net_dark(TG_DARK_FORGED + s->forged, d->qtype == TG_AAAA, &forger);
	d->n_chain = 0;
	d->n_addresses = 1;
	memcpy(d->addresses[0], forger.addr, 16);
}

/* The record that the chain does not reach would name its address by either name. */
static void
tell_extra(struct tg_gen *g, const struct tg_flow *f, struct tg_dns *d)
{
	struct tg_response r = { .spoofed = "out-of-chain" };

	d->n_chain = 0;
	d->n_addresses = 1;
	memcpy(d->addresses[0], d->extra_address, 4);
	tg_truth_response(&g->truth, f, d, &r);
	memcpy(d->qname, d->extra, TG_NAME_SIZE);
	tg_truth_response(&g->truth, f, d, &r);
}

static void
tell(struct tg_gen *g, const struct tg_flow *f, const struct tg_dns_script *s, struct tg_dns *d,
	const struct tg_dns_op *op)
{
	static const char *const why[] = {
		[TG_WRONG_ID] = "wrong-id",
		[TG_OTHER_QUESTION] = "other-question",
		[TG_UNASKED] = "unasked",
		[TG_UNUSABLE] = "unusable",
	};
	bool forged = (op != NULL && op->forged) || s->what == TG_ASK_FORGED;
	struct tg_response r = {
		.repeat = op != NULL && op->repeat,
		.hidden = s->hidden,
		.spoofed = forged ? why[s->forgery] : NULL,
	};

	tg_truth_response(&g->truth, f, d, &r);
	if (d->extra[0] != '\0' && !r.repeat)
		tell_extra(g, f, d);
}

size_t
tg_dns_tcp_message(struct tg_gen *g, struct tg_flow *f, unsigned q, bool response, uint8_t *out)
{
	const struct tg_dns_script *s = &f->dns_tcp.dns;
	struct tg_dns d;
	size_t len;

	fill(g, s, q, &d);
	len = response ? tg_dns_response(&d, out + 2) : tg_dns_query(&d, out + 2);
	out[0] = (uint8_t)(len >> 8);
	out[1] = (uint8_t)len;
	return 2 + len;
}

void
tg_dns_tcp_tell(struct tg_gen *g, struct tg_flow *f, unsigned q)
{
	struct tg_dns d;

	fill(g, &f->dns_tcp.dns, q, &d);
	tell(g, f, &f->dns_tcp.dns, &d, NULL);
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
	if (op->forged)
		forge(s, &d);
	len = op->response ? tg_dns_response(&d, message) : tg_dns_query(&d, message);
	tg_send_udp(g, f, op->response, message, len);
	if (op->response)
		tell(g, f, s, &d, op);
	if (s->op == s->n_ops)
		return TG_DONE;
	return s->ops[s->op].pause_us * UINT64_C(1000);
}
