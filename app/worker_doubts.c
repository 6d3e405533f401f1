/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * What makes verdicts uncertain, told to all workers where it is seen: answers that were not read,
 * or not whole, and encrypted DNS.
 */
#include <netinet/in.h>
#include <string.h>

#include "worker_priv.h"

#define DNS_HEADER_BYTES 12

/* What this resolver was asked, in the form of an address of no family that there is. */
static struct nt_addr
question_key(uint64_t question, const struct nt_addr *resolver)
{
	struct nt_addr a = { .family = 254 };
	memcpy(a.bytes, resolver->bytes, sizeof(a.bytes));
	for (size_t i = 0; i < sizeof(question); i++)
		a.bytes[i] ^= (uint8_t)(question >> 8 * i);
	return a;
}

struct nt_told_table *
resolvers_of(struct worker *w)
{
	struct judging *j = &w->judging;
	if (j->answered)
		nt_told_note_pair(j->resolvers, j->answered_pair, j->answered_ns);
	j->answered = false;
	return j->resolvers;
}

void
resolver_answered(struct worker *w, uint64_t pair, int64_t clock_ns)
{
	(void)resolvers_of(w);
	w->judging.answered = true;
	w->judging.answered_pair = pair;
	w->judging.answered_ns = clock_ns;
}

void
answer_cut(struct worker *w, const struct nt_packet_meta *at, enum nt_unknown why,
	uint64_t question, const struct nt_addr *resolver, const struct nt_addr *client)
{
	const struct nt_addr key = question_key(question, resolver);
	struct nt_mapping m = {
		.client = *client, .source = (uint8_t)why, .expires_ns = (int64_t)question
	};
	nt_told_note(resolvers_of(w), &key, client, at->clock_ns);
	w->judging.cut_ns = at->clock_ns;
	count(w, NT_COUNTER_ANSWERS_LOST, 1);
	worker_tell(w, NT_FACT_LOST, at, &m);
}

/* A client and its resolver are one worker's: it has seen the cut one itself. */
void
answer_whole(struct worker *w, const struct nt_packet_meta *at, uint64_t question,
	const struct nt_addr *resolver, const struct nt_addr *client)
{
	const struct nt_addr key = question_key(question, resolver);
	struct nt_mapping m = {
		.client = *client, .source = LOST_FOUND, .expires_ns = (int64_t)question
	};
	int64_t first_ns, last_ns;
	if (nt_told_when(resolvers_of(w), &key, client, &first_ns, &last_ns) &&
		at->clock_ns <= last_ns + w->config->notice.grace_ns)
		worker_tell(w, NT_FACT_LOST, at, &m);
}

/*
 * Whatever of it was not captured may never be: the whole comes as a datagram of its own
 * (distribute.c), with the answer in full. A question that does not fit in is in doubt all the
 * same.
 */
void
fragment_of_answer(struct worker *w, const struct nt_packet *p, const struct nt_packet_meta *at)
{
	if (!wants_names(w) || (p->flags & NT_PKT_FRAG_FIRST) == 0 || p->proto != IPPROTO_UDP ||
		(w->port_use[p->sport] & PORT_DNS) == 0 ||
		!nt_netset_has(&w->config->local_nets, &p->dst))
		return;
	nt_dns_parse(&w->dns, p->payload, p->payload_captured, NT_DNS_UNICAST);
	if (p->payload_captured < DNS_HEADER_BYTES || w->dns.response)
		answer_cut(w, at, NT_UNKNOWN_FRAGMENTED, nt_dns_question_digest(&w->dns), &p->src,
			&p->dst);
}

void
fragment_packet(struct worker *w, const struct mbuf_meta *meta)
{
	struct nt_packet p;
	if (wants_names(w) && nt_packet_decode(&p, meta->data, meta->cap_len, meta->wire_len,
				      meta->link) == NT_PACKET_OK)
		fragment_of_answer(w, &p, &meta->at);
}

/* Once for each reason and packet: one of TCP may have thousands of messages. */
void
answer_lost(struct worker *w, const struct nt_packet_meta *at, enum nt_unknown why,
	const struct nt_addr *client)
{
	struct judging *j = &w->judging;
	if (!wants_names(w))
		return;
	if (j->lost_position != at->position)
		j->lost_told = 0;
	j->lost_position = at->position;
	count(w, NT_COUNTER_ANSWERS_LOST, 1);
	if ((j->lost_told & 1u << why) != 0)
		return;
	j->lost_told |= 1u << why;
	struct nt_mapping m = { .client = *client, .source = (uint8_t)why };
	worker_tell(w, NT_FACT_LOST, at, &m);
}

void
answer_refused(struct worker *w, const struct nt_packet_meta *at, const struct nt_dns_answer *a,
	const struct nt_addr *client)
{
	struct nt_mapping m = {
		.addr = a->addr, .client = *client, .index = a->index, .source = NT_UNKNOWN_REFUSED
	};
	if (a->type != NT_DNS_TYPE_PTR)
		worker_tell(w, NT_FACT_LOST, at, &m);
}

static bool
has_port(const struct nt_ports *ports, uint16_t port)
{
	for (uint32_t i = 0; i < ports->count; i++)
		if (ports->ports[i] == port)
			return true;
	return false;
}

void
look_for_hidden_dns(struct worker *w, const struct nt_flow *f, const struct nt_packet_meta *at,
	const struct nt_server_name *name)
{
	const struct nt_config *c = w->config;
	if (!c->names.enabled)
		return;
	const struct ends e = ends_of(&f->key, f->orig_is_lo != 0);
	const struct nt_ports *ports =
		e.proto == IPPROTO_TCP ? &c->notice.dot_ports : &c->notice.doq_ports;
	if (!has_port(ports, e.resp_p) &&
		(name == NULL ||
			!nt_config_hosts_has(&c->notice.doh_servers, name->text, name->len)))
		return;
	struct nt_mapping m = { .client = e.orig };
	count(w, NT_COUNTER_DNS_HIDDEN, 1);
	worker_tell(w, NT_FACT_HIDDEN, at, &m);
}
