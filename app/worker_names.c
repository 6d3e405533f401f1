/* SPDX-License-Identifier: BSD-3-Clause */
/* Packets that carry names: from the parser's answers to mappings for all workers. */
#include <netinet/in.h>

#include "worker_priv.h"

static int64_t
life(const struct worker *w, uint32_t ttl_sec)
{
	const int64_t ttl = NT_SEC(ttl_sec);
	const int64_t clamped =
		NT_MIN(NT_MAX(ttl, w->config->names.ttl_min_ns), w->config->names.ttl_max_ns);
	return clamped + w->config->names.ttl_grace_ns;
}

void
names_learn_for(
	struct worker *w, const struct nt_packet_meta *at, struct nt_mapping *m, int64_t life_ns)
{
	/* A segment may hold several messages: the place is that in the packet. */
	m->index = at->position == w->learnt_position ? (uint16_t)(w->learnt_index + 1) : 0;
	w->learnt_position = at->position;
	w->learnt_index = m->index;
	m->position = at->position;
	m->seen_ns = at->clock_ns;
	m->expires_ns = at->clock_ns + life_ns;
	count(w, (enum nt_counter)(NT_COUNTER_SRC_UNKNOWN + m->source), 1);
	if (nt_unlikely(w->cfg.live != NULL) && live_sheds(w, at, m))
		return;
	while (nt_unlikely(!nt_relay_learn(w->relay, m))) {
		if (worker_sheds(w, NT_COUNTER_MAPPINGS_SHED_OUT, at))
			return;
		worker_wait(w);
	}
	count(w, NT_COUNTER_MAPPINGS_SENT, 1);
	count(w, NT_COUNTER_MESSAGES_SENT, 1);
}

void
names_learn(
	struct worker *w, const struct nt_packet_meta *at, struct nt_mapping *m, uint32_t ttl_sec)
{
	names_learn_for(w, at, m, life(w, ttl_sec));
}

static enum nt_source
source_of(const struct nt_dns_answer *a, enum port_use use)
{
	if (use == PORT_MDNS)
		return NT_SOURCE_MDNS;
	if (a->type == NT_DNS_TYPE_PTR)
		return NT_SOURCE_DNS_PTR;
	if (a->type == NT_DNS_TYPE_A)
		return NT_SOURCE_DNS_A;
	return a->type == NT_DNS_TYPE_AAAA ? NT_SOURCE_DNS_AAAA : NT_SOURCE_DNS_HTTPS;
}

static void
learn_answers(struct worker *w, const struct dns_place *place, uint8_t flags)
{
	const struct nt_dns_message *dns = &w->dns;
	struct nt_mapping m = { .flags = flags };
	if (place->use != PORT_MDNS)
		m.client = place->to;
	for (unsigned int i = 0; i < dns->answer_count; i++) {
		const struct nt_dns_answer *a = &dns->answers[i];
		m.addr = a->addr;
		m.source = (uint8_t)source_of(a, place->use);
		m.name_len = a->name_len;
		m.name = a->name;
		names_learn(w, place->at, &m, a->ttl_sec);
	}
}

/* A response to somebody: does it count? Then its answers are learnt. */
static void
unicast_response(struct worker *w, const struct dns_place *place,
	const struct nt_dns_match_key *asked, uint64_t resolver)
{
	const struct nt_dns_message *dns = &w->dns;
	const bool saw_queries = !place->from_orig && place->f->pkts[NT_FLOW_ORIG] != 0;
	nt_dns_match_ahead(w->queries, asked, 1);
	if (w->judging.answered)
		nt_told_pair_ahead(w->judging.resolvers, w->judging.answered_pair);
	const uint64_t answers = nt_dns_answers_digest(dns);
	const enum nt_dns_match_verdict v =
		nt_dns_match_response(w->queries, asked, saw_queries, answers, place->at->clock_ns);
	count(w, (enum nt_counter)(NT_COUNTER_DNS_MATCHED + v), 1);
	if (v == NT_DNS_MATCHED || v == NT_DNS_UNSOLICITED) {
		if (v == NT_DNS_MATCHED)
			resolver_answered(w, resolver, place->at->clock_ns);
		count(w, NT_COUNTER_MAPPINGS_LEARNT, dns->answer_count);
		learn_answers(w, place, v == NT_DNS_UNSOLICITED ? NT_MAPPING_UNSOLICITED : 0);
	} else if (v == NT_DNS_REPEAT) {
		count(w, NT_COUNTER_MAPPINGS_LEARNT, dns->answer_count);
		count(w, NT_COUNTER_MAPPINGS_REPEATS, dns->answer_count);
	} else {
		for (unsigned int i = 0; i < dns->answer_count; i++)
			answer_refused(w, place->at, &dns->answers[i], &place->to);
	}
}

/* The answer to a question of which a part was seen before? */
static void
note_whole(struct worker *w, const struct dns_place *place, enum nt_dns_reason reason)
{
	if (!w->dns.response || (reason != NT_DNS_OK && reason != NT_DNS_RCODE))
		return;
	answer_whole(w, place->at, nt_dns_question_digest(&w->dns), &place->from, &place->to);
}

/* Over TCP, and nothing of the responder was seen: answers won't be, either. */
static void
note_one_way(struct worker *w, const struct dns_place *place)
{
	const struct nt_flow *f = place->f;
	if (f->key.proto != IPPROTO_TCP || !place->from_orig || f->pkts[NT_FLOW_RESP] != 0)
		return;
	answer_lost(w, place->at, NT_UNKNOWN_GAP, &place->from);
}

/* A response that could not be read, and might have held any address. */
static void
note_unread(struct worker *w, const struct dns_place *place, enum nt_dns_reason reason)
{
	if (!w->dns.response || reason == NT_DNS_NOT_QUERY || reason == NT_DNS_RCODE ||
		reason == NT_DNS_CLASS)
		return;
	if (reason == NT_DNS_TRUNCATED && place->f->key.proto == IPPROTO_UDP)
		answer_cut(w, place->at, NT_UNKNOWN_TRUNCATED, nt_dns_question_digest(&w->dns),
			&place->from, &place->to);
	else
		answer_lost(w, place->at, NT_UNKNOWN_MALFORMED, &place->to);
}

static void
count_refused(struct worker *w)
{
	const struct nt_dns_message *dns = &w->dns;
	if (nt_likely((dns->refused_chain | dns->refused_unusable | dns->refused_limit |
			      dns->refused_svcb) == 0))
		return;
	count(w, NT_COUNTER_DNS_REFUSED_CHAIN, dns->refused_chain);
	count(w, NT_COUNTER_DNS_REFUSED_UNUSABLE, dns->refused_unusable);
	count(w, NT_COUNTER_DNS_REFUSED_LIMIT, dns->refused_limit);
	count(w, NT_COUNTER_DNS_REFUSED_SVCB, dns->refused_svcb);
}

enum nt_dns_reason
dns_message(struct worker *w, const struct dns_place *place, const uint8_t *msg, size_t len)
{
	const bool multicast = place->use == PORT_MDNS;
	const enum nt_dns_mode mode = multicast ? NT_DNS_MULTICAST : NT_DNS_UNICAST;
	enum nt_dns_reason reason = nt_dns_parse_question(&w->dns, msg, len, mode);
	struct nt_dns_match_key asked = { 0 };
	uint64_t resolver = 0;
	if (reason == NT_DNS_OK && !multicast)
		asked = nt_dns_match_key(w->queries, place->cold->first_position, w->dns.id,
			nt_dns_question_digest(&w->dns));
	if (reason == NT_DNS_OK && w->dns.response) {
		/* What will be looked up is asked for before the rest is read. */
		if (!multicast) {
			nt_dns_match_ahead(w->queries, &asked, 0);
			resolver = nt_told_pair(w->judging.resolvers, &place->from, &place->to);
		}
		reason = nt_dns_parse_records(&w->dns, msg, len, mode);
	}
	count(w, (enum nt_counter)(NT_COUNTER_DNS_OK + reason), 1);
	if (nt_unlikely(answer_waits(w, place->at)))
		note_whole(w, place, reason);
	if (reason != NT_DNS_OK) {
		if (!multicast)
			note_unread(w, place, reason);
		return reason;
	}
	count_refused(w);
	if (multicast) {
		count(w, NT_COUNTER_MAPPINGS_LEARNT, w->dns.answer_count);
		learn_answers(w, place, 0);
	} else if (w->dns.response) {
		if (w->dns.refused_chain + w->dns.refused_limit + w->dns.refused_svcb != 0)
			answer_lost(w, place->at, NT_UNKNOWN_REFUSED, &place->to);
		unicast_response(w, place, &asked, resolver);
	} else {
		query_seen(w, place->at, place->f);
		note_one_way(w, place);
		nt_dns_match_query(w->queries, &asked, place->at->clock_ns);
	}
	return reason;
}

/* The service is what Zeek would say, which takes for DNS what names nothing and the reverse. */
static void
confirm_dns(struct nt_flow *f, struct nt_flow_cold *cold, const struct nt_packet *p, bool confirmed)
{
	if ((cold->service & NT_SERVICE_DNS) != 0 || !nt_conn_is_dns(f))
		return;
	if (confirmed || nt_dns_confirm(p->payload, p->payload_captured, nt_conn_is_netbios(f)) ==
				 NT_DNS_CONFIRM_YES)
		nt_conn_service(cold, NT_SERVICE_DNS);
}

/* Of what was read: a query with nothing that nt_dns_confirm looks at but the question. */
static bool
is_mere_query(const struct worker *w, const struct nt_packet *p)
{
	return !w->dns.response && (p->payload[6] | p->payload[7]) == 0; /* ANCOUNT */
}

void
confirm_dhcp(struct nt_flow_cold *cold, const struct nt_packet *p)
{
	if ((cold->service & NT_SERVICE_DHCP) == 0 &&
		nt_dhcp_confirm(p->payload, p->payload_captured))
		nt_conn_service(cold, NT_SERVICE_DHCP);
}

void
names_packet(struct worker *w, const struct nt_packet *p, const struct nt_packet_meta *m,
	uint32_t idx, bool src_is_lo, enum port_use use)
{
	struct nt_flow *f = nt_flow_at(w->flows, idx);
	struct nt_flow_cold *cold = nt_flow_cold_at(w->flows, idx);
	if (nt_unlikely((p->flags & NT_PKT_FRAG_FIRST) != 0)) {
		fragment_of_answer(w, p, m);
		return;
	}
	if (p->payload_captured == 0)
		return;
	if (use != PORT_DNS || !wants_names(w))
		confirm_dns(f, cold, p, false);
	if (use == PORT_DHCP)
		confirm_dhcp(cold, p);
	if (nt_unlikely(!wants_names(w)))
		return;
	if (use != PORT_DNS && !is_near(w, p)) {
		count(w, NT_COUNTER_LOCAL_FOREIGN, 1);
		return;
	}
	if (use != PORT_DNS && use != PORT_MDNS) {
		local_packet(w, p, m, use);
		return;
	}
	const struct dns_place place = {
		.f = f,
		.cold = cold,
		.at = m,
		.from = p->src,
		.to = p->dst,
		.from_orig = nt_conn_direction(f, src_is_lo) == NT_FLOW_ORIG,
		.use = use,
	};
	const enum nt_dns_reason reason = dns_message(w, &place, p->payload, p->payload_captured);
	if (use == PORT_DNS)
		confirm_dns(f, cold, p, reason == NT_DNS_OK && is_mere_query(w, p));
}
