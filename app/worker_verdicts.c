/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Was a connection's responder looked up? Judged in the order of the connections' first packets,
 * when W's clock has passed the start by notice.grace: so the order, and with it which notice comes
 * first, is the same with any number of workers. What it says is lib/cache/nt_verdict.h's; here is
 * who is judged at all, and when.
 */
#include <netinet/in.h>
#include <string.h>

#include <nt_mem.h>

#include "worker_priv.h"

/* Of the flow, by its first packet: which verdict is as of which end; and that it wasn't its first.
 */
#define ORIG_IS_LO (1 << 7)
#define JOINED	   (1 << 6)
#define KEPT	   (ORIG_IS_LO | JOINED)
enum state {
	STATE_WAITS,
	STATE_EXEMPT,
	STATE_CLIENT,
	STATE_OTHER,
	STATE_NONE,
	STATE_UNKNOWN, /* and the number of the reason */
};
static_assert(STATE_UNKNOWN + NT_UNKNOWN_REASONS <= JOINED, "a byte holds both");
static_assert(NT_COUNTER_LOOKUP_UNKNOWN - NT_COUNTER_LOOKUP_CLIENT ==
		      NT_VERDICT_UNKNOWN - NT_VERDICT_CLIENT,
	"a counter for each verdict");
static_assert(NT_COUNTER_UNKNOWN_REASONS == NT_UNKNOWN_REASONS, "a counter for each reason");
static_assert((int)NT_ROW_LOOKUPS == (int)NT_VERDICTS, "the column has a label for each verdict");

#define TCP_SYN 0x02

/* So many connections before their turn. */
#define AHEAD_FLOW    VERDICTS_AHEAD
#define AHEAD_LOOKUPS 4
#define AHEAD_RECORDS 2

static struct nt_verdict_config
verdict_config(const struct nt_config *c)
{
	return (struct nt_verdict_config){
		.max_told = c->notice.max_told,
		.max_clients = c->notice.max_clients,
		.grace_ns = c->notice.grace_ns,
		.warm_up_ns = c->notice.warm_up_ns,
		.look_back_ns = c->notice.look_back_ns,
		.lost_for_ns = c->notice.lost_for_ns,
		.hidden_for_ns = c->notice.hidden_for_ns,
	};
}

size_t
verdicts_bytes(const struct nt_config *c)
{
	const struct nt_verdict_config cfg = verdict_config(c);
	return nt_mem_mapped((size_t)c->flow.max * sizeof(uint32_t)) + nt_mem_mapped(c->flow.max) +
	       nt_verdicts_bytes(&cfg) + nt_told_bytes(c->notice.max_clients) +
	       suppress_bytes(c->notice.max_suppressed) + nt_allow_index_bytes();
}

int
verdicts_init(struct worker *w, const struct nt_hash_key *key)
{
	struct judging *j = &w->judging;
	const struct nt_config *c = w->config;
	const struct nt_verdict_config cfg = verdict_config(c);
	j->size = c->flow.max;
	j->began_ns = INT64_MIN;
	j->all_from = NT_POSITION_END;
	j->lost_position = 0;
	j->cut_ns = INT64_MIN;
	j->ring = nt_mem_map((size_t)j->size * sizeof(*j->ring));
	j->of_flow = nt_mem_map(j->size);
	j->allow = j->allow_begun = nt_allow_index_new(&c->notice.allow);
	j->verdicts = nt_verdicts_new(&cfg, &w->names_key);
	j->resolvers = nt_told_new(c->notice.max_clients, key);
	j->suppress = suppress_new(c->notice.max_suppressed, c->notice.suppress_for_ns, key);
	if (j->ring == NULL || j->of_flow == NULL || j->allow == NULL || j->verdicts == NULL ||
		j->resolvers == NULL || j->suppress == NULL)
		return errno != 0 ? -errno : -ENOMEM;
	return 0;
}

void
verdicts_fini(struct worker *w)
{
	struct judging *j = &w->judging;
	if (j->ring != NULL)
		nt_mem_unmap(j->ring, (size_t)j->size * sizeof(*j->ring));
	if (j->of_flow != NULL)
		nt_mem_unmap(j->of_flow, j->size);
	nt_allow_index_free(j->allow_begun);
	nt_verdicts_free(j->verdicts);
	nt_told_free(j->resolvers);
	suppress_free(j->suppress);
}

void
verdicts_set(struct worker *w, const struct settings *s)
{
	struct judging *j = &w->judging;
	const struct nt_verdict_config cfg = verdict_config(&s->config);
	j->allow = s->allow;
	nt_verdicts_change(j->verdicts, &cfg);
	suppress_set_time(j->suppress, s->config.notice.suppress_for_ns);
}

void
verdicts_begin_epoch(struct worker *w, int64_t clock_ns)
{
	nt_verdicts_clear(w->judging.verdicts);
	nt_told_clear(resolvers_of(w));
	w->judging.began_ns = clock_ns;
}

void
verdicts_open(struct worker *w, uint32_t idx, const struct nt_packet *p)
{
	struct judging *j = &w->judging;
	const bool joined = p->proto == IPPROTO_TCP && (p->tcp_flags & TCP_SYN) == 0;
	if (nt_unlikely(!wants_names(w))) {
		j->of_flow[idx] = STATE_EXEMPT;
		return;
	}
	/* Before it was sent, the reader told when the stream began. */
	if (nt_unlikely(j->began_ns == INT64_MIN))
		j->began_ns = atomic_load_explicit(w->cfg.began_ns, memory_order_relaxed);
	const struct nt_flow *f = nt_flow_at(w->flows, idx);
	const bool orig_is_lo = f->orig_is_lo != 0;
	const struct ends e = ends_of(&f->key, orig_is_lo);
	const bool waits = verdicts_is_outbound(w, &e);
	j->of_flow[idx] = (uint8_t)((waits ? STATE_WAITS : STATE_EXEMPT) | (joined ? JOINED : 0) |
				    (orig_is_lo ? ORIG_IS_LO : 0));
	if (!waits)
		return;
	/* There is room: no flow is released before it was judged. */
	j->ring[j->tail] = idx;
	j->tail = j->tail + 1 == j->size ? 0 : j->tail + 1;
	j->waiting++;
}

struct ends
ends_of(const struct nt_flow_key *key, bool orig_is_lo)
{
	return (struct ends){
		.orig = key_addr(key, orig_is_lo),
		.resp = key_addr(key, !orig_is_lo),
		.orig_p = orig_is_lo ? key->lo_port : key->hi_port,
		.resp_p = orig_is_lo ? key->hi_port : key->lo_port,
		.proto = key->proto,
	};
}

bool
verdicts_is_resolver(struct worker *w, const struct ends *e, int64_t start_ns)
{
	int64_t first_ns, last_ns;
	return (w->port_use[e->resp_p] & PORT_DNS) != 0 &&
	       nt_told_when(resolvers_of(w), &e->resp, &e->orig, &first_ns, &last_ns) &&
	       first_ns <= start_ns + w->config->notice.grace_ns;
}

bool
verdicts_is_outbound(const struct worker *w, const struct ends *e)
{
	const struct nt_config *c = w->config;
	if (e->proto != IPPROTO_TCP && e->proto != IPPROTO_UDP)
		return false;
	return nt_netset_has(&c->local_nets, &e->orig) &&
	       !nt_netset_has(&c->local_nets, &e->resp) && !nt_addr_is_unusable(&e->resp) &&
	       !nt_allow_index_has(w->judging.allow, &e->resp, e->resp_p, e->proto);
}

bool
verdicts_joined(const struct worker *w, uint32_t idx)
{
	return (w->judging.of_flow[idx] & JOINED) != 0;
}

struct nt_verdict_query
verdicts_query(struct worker *w, const struct ends *e, uint64_t position, int64_t clock_ns,
	struct nt_addr clients[NT_HOST_ADDRS_MAX + 1])
{
	bool settled;
	return (struct nt_verdict_query){
		.addr = e->resp,
		.clients = clients,
		.client_count = host_addresses(w, &e->orig, position, clock_ns, clients, &settled),
		.start_ns = clock_ns,
		.began_ns = w->judging.began_ns,
		.links_lost = hosts_lost(w),
	};
}

static unsigned int
judge(struct worker *w, const struct nt_verdict_query *q)
{
	enum nt_unknown why = NT_UNKNOWN_REASONS;
	const enum nt_verdict v = nt_verdicts_judge(w->judging.verdicts, q, &why);
	return v == NT_VERDICT_UNKNOWN ? STATE_UNKNOWN + (unsigned int)why
				       : STATE_CLIENT + (unsigned int)(v - NT_VERDICT_CLIENT);
}

/* As of its first packet; what isn't outbound has never waited. */
static unsigned int
judge_begun(struct worker *w, const struct nt_flow_cold *cold, const struct ends *e, bool joined,
	bool early)
{
	struct nt_addr clients[NT_HOST_ADDRS_MAX + 1];
	if (verdicts_is_resolver(w, e, cold->first_clock_ns))
		return STATE_EXEMPT;
	struct nt_verdict_query q =
		verdicts_query(w, e, cold->first_position, cold->first_clock_ns, clients);
	q.joined = joined;
	q.early = early;
	return judge(w, &q);
}

static void
judge_oldest(struct worker *w, bool early)
{
	struct judging *j = &w->judging;
	const uint32_t idx = j->ring[j->head];
	const struct nt_flow_cold *cold = nt_flow_cold_at(w->flows, idx);
	const uint8_t kept = j->of_flow[idx] & KEPT;
	const struct ends e = ends_of(&nt_flow_at(w->flows, idx)->key, (kept & ORIG_IS_LO) != 0);
	const unsigned int state = judge_begun(w, cold, &e, (kept & JOINED) != 0, early);
	j->of_flow[idx] = (uint8_t)(kept | state);
	j->head = j->head + 1 == j->size ? 0 : j->head + 1;
	j->waiting--;
	if (state == STATE_NONE)
		notice_no_lookup(w, idx, &e);
	else if (state == STATE_OTHER && !early)
		pins_early(w, idx);
}

/*
 * Is everything known that was seen up to the oldest one's start and the grace? What may be
 * positioned behind W has W's clock at least, so that has to be past it.
 */
static bool
is_ready(const struct worker *w, const struct nt_flow_cold *cold, bool *ret_early)
{
	const struct judging *j = &w->judging;
	const int64_t until_ns = cold->first_clock_ns + w->config->notice.grace_ns;
	*ret_early = false;
	if (cold->first_position <= w->W.position &&
		(until_ns < w->W.clock_ns || w->W.position >= j->all_from)) {
		*ret_early = live_is_unsure(w, cold->first_position);
		return true;
	}
	if (nt_unlikely(live_is_overdue(w, cold->first_position)) &&
		(until_ns < w->done.clock_ns || j->hurry)) {
		*ret_early = true;
		return true;
	}
	if (cold->first_position > w->W.position)
		return false;
	/* Nothing comes any more before this worker goes on, and it waits for room. */
	*ret_early = true;
	return j->hurry && w->W.position >= w->done.position;
}

/* So many after the one whose turn it is. */
static uint32_t
flow_ahead(const struct judging *j, uint32_t n)
{
	const uint64_t at = (uint64_t)j->head + n;
	return j->ring[at < j->size ? at : at - j->size];
}

static struct nt_mapping_keys *
keys_ahead(struct judging *j, uint32_t n)
{
	return &j->ahead[(j->head + n) % VERDICTS_AHEAD];
}

static void
lookups_of(struct judging *j, const struct worker *w, uint32_t n)
{
	const uint32_t idx = flow_ahead(j, n);
	struct nt_mapping_keys *k = keys_ahead(j, n);
	const struct ends e =
		ends_of(&nt_flow_at(w->flows, idx)->key, (j->of_flow[idx] & ORIG_IS_LO) != 0);
	k->addr = nt_addr_key(&w->names_key, &e.resp);
	k->client = nt_addr_key(&w->names_key, &e.orig);
	nt_verdicts_ahead(j->verdicts, &k, 1, 0);
	if (w->hosts != NULL)
		nt_hosts_ahead(w->hosts, &e.orig);
}

/*
 * Ask for the memory of those whose turn comes: the flow; the indexes of its lookups; the records
 * that those lead to (other keys than its own, should it have come too late for them: no harm).
 */
static void
look_ahead(struct worker *w)
{
	struct judging *j = &w->judging;
	if (j->waiting > AHEAD_FLOW) {
		const uint32_t idx = flow_ahead(j, AHEAD_FLOW);
		nt_prefetch(nt_flow_at(w->flows, idx));
		nt_flow_prefetch_cold(w->flows, idx);
		nt_prefetch(&j->of_flow[idx]);
	}
	if (j->waiting > AHEAD_LOOKUPS)
		lookups_of(j, w, AHEAD_LOOKUPS);
	if (j->waiting > AHEAD_RECORDS) {
		struct nt_mapping_keys *k = keys_ahead(j, AHEAD_RECORDS);
		nt_verdicts_ahead(j->verdicts, &k, 1, 1);
	}
}

unsigned int
verdicts_due(struct worker *w, unsigned int max)
{
	struct judging *j = &w->judging;
	unsigned int n = 0;
	bool early;
	for (; n < max && j->waiting != 0; n++) {
		const uint32_t idx = j->ring[j->head];
		if (!is_ready(w, nt_flow_cold_at(w->flows, idx), &early))
			break;
		look_ahead(w);
		judge_oldest(w, early);
	}
	return n;
}

bool
verdicts_waits(const struct worker *w, uint32_t idx)
{
	return (w->judging.of_flow[idx] & ~KEPT) == STATE_WAITS;
}

/* Its host as of the end: that as of the start may be forgotten. */
static unsigned int
judge_turned(struct worker *w, const struct nt_flow *f, uint32_t idx)
{
	const struct ends e = ends_of(&f->key, f->orig_is_lo != 0);
	struct nt_addr clients[NT_HOST_ADDRS_MAX + 1];
	struct nt_verdict_query q =
		verdicts_query(w, &e, f->last_position, f->last_clock_ns, clients);
	q.start_ns = nt_flow_cold_at(w->flows, idx)->first_clock_ns;
	q.joined = true;
	return !verdicts_is_outbound(w, &e) || verdicts_is_resolver(w, &e, q.start_ns)
		       ? STATE_EXEMPT
		       : judge(w, &q);
}

/* A connection that was turned round after its first packet is judged again. */
void
verdicts_row(struct worker *w, const struct nt_flow *f, uint32_t idx, struct nt_conn_row *row)
{
	const uint8_t kept = w->judging.of_flow[idx];
	unsigned int state = kept & ~KEPT;
	if (nt_unlikely(!wants_names(w)))
		return;
	if (((kept & ORIG_IS_LO) != 0) != (f->orig_is_lo != 0))
		state = judge_turned(w, f, idx);
	if (state < STATE_CLIENT)
		return;
	const unsigned int v = NT_MIN(state, (unsigned int)STATE_UNKNOWN) - STATE_CLIENT;
	row->resp_lookup = (uint8_t)(NT_VERDICT_CLIENT + v);
	count(w, (enum nt_counter)(NT_COUNTER_LOOKUP_CLIENT + v), 1);
	if (state >= STATE_UNKNOWN)
		count(w, (enum nt_counter)(NT_COUNTER_UNKNOWN_JOINED + (state - STATE_UNKNOWN)), 1);
}

/* An answer that is not believed may be the one that the connection goes by. */
void
verdicts_refused(struct worker *w, const struct nt_mapping *m)
{
	if (m->source != NT_SOURCE_DNS_PTR)
		nt_verdicts_lost(
			w->judging.verdicts, NT_UNKNOWN_REFUSED, &m->addr, &m->client, m->seen_ns);
}

void
verdicts_fact(struct worker *w, enum nt_fact kind, const struct nt_mapping *m)
{
	struct nt_verdicts *v = w->judging.verdicts;
	const uint64_t question = (uint64_t)m->expires_ns;
	const bool cut = m->source == NT_UNKNOWN_TRUNCATED || m->source == NT_UNKNOWN_FRAGMENTED;
	if (kind == NT_FACT_LOST && cut)
		nt_verdicts_cut(v, (enum nt_unknown)m->source, &m->client, question, m->seen_ns);
	else if (kind == NT_FACT_LOST && m->source == LOST_FOUND)
		nt_verdicts_answered(v, &m->client, question, m->seen_ns);
	else if (kind == NT_FACT_LOST && m->source < NT_UNKNOWN_REASONS)
		nt_verdicts_lost(v, (enum nt_unknown)m->source, &m->addr, &m->client, m->seen_ns);
	else if (kind == NT_FACT_HIDDEN)
		nt_verdicts_hidden(w->judging.verdicts, &m->client, m->seen_ns);
}
