/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Server names that connections asserted and that lookups have at other addresses only. Judged in
 * the order of the packets that asserted them, when W has passed both that packet and, by its
 * clock, the connection's start by notice.grace: so it is the same with any number of workers. What
 * is needed is copied, for the connection may end before, and its name be taken back.
 */
#include <string.h>

#include <nt_fault.h>

#include "worker_priv.h"

/*
 * Names whose memory is asked for together, and how far: up to the lives of the address. Nearly all
 * have the name, and then its other addresses are not looked at.
 */
#define WINDOW	    8
#define AHEAD_STEPS 4

size_t
mismatches_bytes(const struct nt_config *c)
{
	return nt_pool_needs(sizeof(struct mismatch), c->flow.max) +
	       suppress_bytes(c->notice.max_suppressed);
}

int
mismatches_init(struct worker *w, const struct nt_hash_key *key)
{
	struct mismatches *s = &w->mismatches;
	const struct nt_config *c = w->config;
	s->head = s->tail = NT_POOL_NONE;
	s->suppress = suppress_new(c->notice.max_suppressed, c->notice.suppress_for_ns, key);
	if (s->suppress == NULL)
		return errno != 0 ? -errno : -ENOMEM;
	return nt_pool_init(&s->pool, sizeof(struct mismatch), c->flow.max);
}

void
mismatches_fini(struct worker *w)
{
	struct mismatches *s = &w->mismatches;
	nt_pool_fini(&s->pool);
	suppress_free(s->suppress);
}

void
mismatches_set(struct worker *w)
{
	suppress_set_time(w->mismatches.suppress, w->config->notice.suppress_for_ns);
}

static struct mismatch *
mismatch_at(const struct mismatches *s, uint32_t i)
{
	return nt_pool_at(&s->pool, i);
}

static void
append(struct mismatches *s, uint32_t i)
{
	mismatch_at(s, i)->next = NT_POOL_NONE;
	if (s->head == NT_POOL_NONE)
		s->head = i;
	else
		mismatch_at(s, s->tail)->next = i;
	s->tail = i;
}

static void
drop_oldest(struct mismatches *s)
{
	const uint32_t i = s->head;
	s->head = mismatch_at(s, i)->next;
	nt_pool_give(&s->pool, i);
}

static void
fill(struct mismatch *m, const struct nt_flow *f, const struct nt_flow_cold *cold,
	const struct nt_server_name *name, const struct nt_packet_meta *at)
{
	m->key = f->key;
	m->orig_is_lo = f->orig_is_lo != 0;
	m->position = at->position;
	m->clock_ns = at->clock_ns;
	m->first_position = cold->first_position;
	m->first_clock_ns = cold->first_clock_ns;
	m->first_ts_ns = cold->first_ts_ns;
	m->name.len = name->len;
	memcpy(m->name.text, name->text, name->len);
}

/*
 * Those before it wait for starts not after this packet, and the grace; then the cache must still
 * know what was so at the start (nt_name_cache.h: A).
 */
static bool
is_in_time(const struct worker *w, const struct nt_flow_cold *cold, const struct nt_packet_meta *at)
{
	return at->clock_ns + w->config->notice.grace_ns <
	       cold->first_clock_ns + w->config->names.pin_after_ns;
}

void
mismatches_add(struct worker *w, uint32_t idx, const struct nt_server_name *name,
	const struct nt_packet_meta *at)
{
	const struct nt_flow *f = nt_flow_at(w->flows, idx);
	const struct nt_flow_cold *cold = nt_flow_cold_at(w->flows, idx);
	const struct ends e = ends_of(&f->key, f->orig_is_lo != 0);
	if (!verdicts_is_outbound(w, &e) || !is_in_time(w, cold, at))
		return;
	struct mismatches *s = &w->mismatches;
	const uint32_t i = nt_fault(NT_FAULT_MISMATCH_SLOT) ? NT_POOL_NONE : nt_pool_take(&s->pool);
	if (nt_unlikely(i == NT_POOL_NONE)) {
		count(w, NT_COUNTER_NAMES_UNJUDGED, 1);
		return;
	}
	fill(mismatch_at(s, i), f, cold, name, at);
	mismatch_at(s, i)->joined = verdicts_joined(w, idx);
	append(s, i);
}

/* May a lookup have escaped that had this address? */
static bool
may_have_escaped(struct worker *w, const struct mismatch *m, const struct ends *e)
{
	struct nt_addr clients[NT_HOST_ADDRS_MAX + 1];
	enum nt_unknown why;
	struct nt_verdict_query q =
		verdicts_query(w, e, m->first_position, m->first_clock_ns, clients);
	q.joined = m->joined;
	q.early = live_is_unsure(w, m->first_position);
	return nt_verdicts_escaped(w->judging.verdicts, &q, &why);
}

static void
judge(struct worker *w, const struct mismatch *m, const struct nt_lookup_keys *keys)
{
	const struct ends e = ends_of(&m->key, m->orig_is_lo);
	const struct nt_name_query q = {
		.addr = e.resp,
		.start_position = m->first_position,
		.start_clock_ns = m->first_clock_ns,
		.addr_key = keys->addr,
		.name_key = keys->name,
	};
	struct nt_name_addrs addrs;
	if (!nt_name_cache_contradicts(w->names, &q, m->name.text, m->name.len,
		    m->first_clock_ns + w->config->notice.grace_ns, &addrs) ||
		verdicts_is_resolver(w, &e, m->first_clock_ns))
		return;
	if (may_have_escaped(w, m, &e)) {
		count(w, NT_COUNTER_MISMATCHES_UNKNOWN, 1);
		return;
	}
	count(w, NT_COUNTER_NAME_MISMATCHES, 1);
	notice_mismatch(w, m, &e, &addrs);
}

/* As for verdicts: what may be positioned behind W has W's clock at least. */
static bool
is_ready(const struct worker *w, const struct mismatch *m)
{
	return m->position <= w->W.position &&
	       (m->first_clock_ns + w->config->notice.grace_ns < w->W.clock_ns ||
		       w->W.position >= w->judging.all_from);
}

/* Those that are ready, up to max, which are asked for together. */
static unsigned int
look_ahead(const struct worker *w, unsigned int max, struct nt_lookup_keys keys[WINDOW])
{
	const struct mismatches *s = &w->mismatches;
	unsigned int n = 0;
	for (uint32_t i = s->head; n < NT_MIN(max, (unsigned int)WINDOW) && i != NT_POOL_NONE;) {
		const struct mismatch *m = mismatch_at(s, i);
		if (!is_ready(w, m))
			break;
		const struct nt_addr resp = key_addr(&m->key, !m->orig_is_lo);
		keys[n++] = (struct nt_lookup_keys){ .addr = nt_addr_key(&w->names_key, &resp),
			.name = nt_hash_bytes(&w->names_key, m->name.text, m->name.len) };
		i = m->next;
	}
	lookups_ahead(w->names, keys, n, AHEAD_STEPS);
	return n;
}

unsigned int
mismatches_due(struct worker *w, unsigned int max)
{
	struct mismatches *s = &w->mismatches;
	struct nt_lookup_keys keys[WINDOW];
	unsigned int n = 0, ready;
	do {
		ready = look_ahead(w, max - n, keys);
		for (unsigned int i = 0; i < ready; i++) {
			judge(w, mismatch_at(s, s->head), &keys[i]);
			drop_oldest(s);
		}
		n += ready;
	} while (ready == WINDOW);
	return n;
}
