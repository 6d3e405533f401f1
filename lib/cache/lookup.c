/* SPDX-License-Identifier: BSD-3-Clause */
#include "picks.h"
#include "store.h"

/*
 * Lives, bonds and superseded versions that one walk looks at. An address with 200 names and 300
 * clients, each of them asking once in 15 minutes, is told of 67 times a second: 4000 times in the
 * minute until a connection is pinned, and only what came after its start has to be walked over.
 */
#define STEPS_MAX 4096

/* What a walk wants of a life. */
enum want {
	WANT_VALID, /* in effect at the start, not expired */
	WANT_STALE, /* expired by less than stale_for */
	WANT_KNOWN, /* either */
	WANT_LATE,
};

struct search {
	const struct nt_name_cache *c;
	const struct nt_name_query *q;
	enum want want;
	bool reverse; /* PTR answers, and nothing else */
	bool cut;
	unsigned int steps; /* left */
	uint32_t addr, client;
	struct nt_picks picks;
};

static bool
step(struct search *s)
{
	if (s->steps == 0) {
		s->cut = true;
		return false;
	}
	s->steps--;
	return true;
}

/* The version in effect at the start: the latest of the life that is not after it. */
static bool
version_at_start(struct search *s, uint32_t id, const struct nt_life *l, struct nt_version *ret)
{
	const struct nt_past_ring *ring = &s->c->past;
	uint64_t start = s->q->start_position;
	const struct nt_past *p;

	if (l->first_position > start)
		return false;
	if (l->position <= start) {
		*ret = (struct nt_version){ l->position, l->seen_ns, l->ttl_ms, l->index };
		return true;
	}
	p = nt_past_follow(ring, l->past, id, l->position);
	while (p != NULL && p->position > start && step(s))
		p = nt_past_follow(ring, p->older, id, p->position);
	if (p == NULL || p->position > start)
		return false;
	*ret = (struct nt_version){ p->position, p->seen_ns, p->ttl_ms, p->index };
	return true;
}

static bool
judge_on_time(struct search *s, uint32_t id, const struct nt_life *l, struct nt_pick *ret)
{
	int64_t start_ns = s->q->start_clock_ns, expires_ns;
	struct nt_version v;
	bool valid;

	if (!version_at_start(s, id, l, &v))
		return false;
	expires_ns = nt_expires_ns(v.seen_ns, v.ttl_ms);
	valid = expires_ns > start_ns;
	if (s->want == WANT_VALID ? !valid : expires_ns + s->c->cfg.stale_for_ns <= start_ns)
		return false;
	if (s->want == WANT_STALE && valid)
		return false;
	*ret = (struct nt_pick){ .position = v.position, .seen_ns = v.seen_ns, .index = v.index };
	return true;
}

/*
 * Learnt between start and end, and alive at the end. A later version in the same life, which this
 * lookup must not see, is the proof that the life had not ended by then.
 */
static bool
judge_late(const struct search *s, const struct nt_life *l, struct nt_pick *ret)
{
	const struct nt_name_query *q = s->q;

	if (l->first_position <= q->start_position || l->first_position > q->end_position)
		return false;
	if (l->position <= q->end_position &&
		nt_life_expires_ns(l) + s->c->cfg.stale_for_ns <= q->end_clock_ns)
		return false;
	*ret = (struct nt_pick){
		.position = l->first_position, .seen_ns = l->first_seen_ns, .index = l->first_index
	};
	return true;
}

static bool
judge(struct search *s, uint32_t id, const struct nt_life *l, struct nt_pick *ret)
{
	if ((l->source == NT_SOURCE_DNS_PTR) != s->reverse)
		return false;
	if (s->want == WANT_LATE ? !judge_late(s, l, ret) : !judge_on_time(s, id, l, ret))
		return false;
	ret->name = nt_bond_at(s->c, l->bond)->name;
	ret->source = l->source;
	return true;
}

/* What the client itself was told; the lives that began last come first, should there be too many.
 */
static void
walk_pair(struct search *s)
{
	const struct nt_list_view *v = &s->c->in_pair;
	struct nt_pick pick;
	uint32_t head;

	if (s->client == NT_LIST_NONE)
		return;
	head = nt_store_pair(s->c, s->addr, s->client);
	for (uint32_t id = nt_list_last(v, head); id != NT_LIST_NONE && step(s);
		id = nt_list_prev(v, head, id)) {
		if (!judge(s, id, nt_life_at(s->c, id), &pick))
			continue;
		pick.own = true;
		nt_picks_offer(&s->picks, &pick);
	}
}

/* The best life of one name. They lie latest told first, and a version is never later than that. */
static void
walk_bond(struct search *s, const struct nt_bond *b)
{
	struct nt_pick best = { .name = NT_NAME_NONE }, pick;

	for (uint32_t id = b->lives; id != NT_LIST_NONE && step(s);
		id = nt_list_next(&s->c->in_bond, b->lives, id)) {
		const struct nt_life *l = nt_life_at(s->c, id);

		if (s->want == WANT_LATE && l->position <= s->q->start_position)
			break;
		if (s->want != WANT_LATE && best.name != NT_NAME_NONE &&
			l->position < best.position)
			break;
		if (judge(s, id, l, &pick) &&
			(best.name == NT_NAME_NONE || nt_picks_before(&s->picks, &pick, &best)))
			best = pick;
	}
	if (best.name != NT_NAME_NONE)
		nt_picks_offer(&s->picks, &best);
}

/* Bonds lie latest told of first: can one that was last told at `position` still give a pick? */
static bool
is_too_old(const struct search *s, uint64_t position)
{
	const struct nt_picks *p = &s->picks;

	if (s->want == WANT_LATE)
		return position <= s->q->start_position;
	if (!nt_picks_full(p))
		return false;
	return p->pick[p->count - 1].own || position < p->pick[p->count - 1].position;
}

/* What anybody was told. The client's own, if it comes up again, loses to itself. */
static void
walk_address(struct search *s)
{
	int64_t stale_ns = s->want == WANT_VALID ? 0 : s->c->cfg.stale_for_ns;
	uint32_t head = nt_addrs_at(&s->c->addrs, s->addr)->bonds;

	for (uint32_t id = head; id != NT_LIST_NONE && step(s);
		id = nt_list_next(&s->c->in_addr, head, id)) {
		const struct nt_bond *b = nt_bond_at(s->c, id);

		if (is_too_old(s, b->last_position))
			break;
		if (s->want != WANT_LATE && b->last_expires_ns + stale_ns <= s->q->start_clock_ns)
			continue;
		walk_bond(s, b);
	}
}

struct group {
	enum nt_match match;
	enum want want;
	bool own, others; /* walks; where there are both, the client's own come first */
	bool reverse, final;
};

static const struct group groups[] = {
	{ NT_MATCH_CLIENT, WANT_VALID, true, false, false, false },
	{ NT_MATCH_OTHER, WANT_VALID, false, true, false, false },
	{ NT_MATCH_STALE, WANT_STALE, true, true, false, false },
	{ NT_MATCH_LATE, WANT_LATE, true, true, false, true },
	{ NT_MATCH_REVERSE, WANT_KNOWN, false, true, true, false },
	{ NT_MATCH_REVERSE, WANT_LATE, false, true, true, true },
};

static bool
search_group(struct search *s, const struct group *g)
{
	s->want = g->want;
	s->reverse = g->reverse;
	s->steps = STEPS_MAX;
	s->picks.count = 0;
	s->picks.earliest_first = g->want == WANT_LATE;
	if (g->own)
		walk_pair(s);
	if (g->others)
		walk_address(s);
	return s->picks.count > 0;
}

static void
fill(const struct search *s, enum nt_match match, struct nt_name_result *ret)
{
	const struct nt_picks *p = &s->picks;
	unsigned int count = NT_MIN(p->count, s->c->cfg.max_per_record);

	ret->match = (uint8_t)match;
	ret->source = p->pick[0].source;
	ret->count = (uint8_t)count;
	ret->position = p->pick[0].position;
	ret->more = p->count > count;
	/* Both within 2^62: see nt_cache_clamp_time. */
	ret->age_ns = s->q->start_clock_ns - p->pick[0].seen_ns;
	for (unsigned int i = 0; i < count; i++)
		ret->names[i] = p->pick[i].name;
}

static bool
search_all(struct search *s, bool final, struct nt_name_result *ret)
{
	for (unsigned int i = 0; i < NT_ARRAY_SIZE(groups); i++) {
		if (groups[i].final && !final)
			continue;
		if (search_group(s, &groups[i])) {
			fill(s, groups[i].match, ret);
			return true;
		}
	}
	return false;
}

bool
nt_name_cache_lookup(struct nt_name_cache *c, const struct nt_name_query *q, bool final,
	struct nt_name_result *ret)
{
	struct nt_name_query query = *q;
	struct search s;
	bool found;

	ret->match = NT_MATCH_NONE;
	ret->source = NT_SOURCE_NONE;
	ret->count = 0;
	ret->position = 0;
	ret->more = false;
	ret->age_ns = 0;
	s.addr = nt_addrs_find(&c->addrs, nt_addrs_tag(&c->addrs, &q->addr), &q->addr);
	if (s.addr == NT_LIST_NONE)
		return false;
	query.start_clock_ns = nt_cache_clamp_time(q->start_clock_ns);
	query.end_clock_ns = nt_cache_clamp_time(q->end_clock_ns);
	s.c = c;
	s.q = &query;
	s.cut = false;
	s.client = nt_addrs_find(&c->addrs, nt_addrs_tag(&c->addrs, &q->client), &q->client);
	s.picks.max = c->cfg.max_per_record + 1;
	found = search_all(&s, final, ret);
	c->stats.lookup_cut += s.cut;
	return found;
}

void
nt_name_cache_prefetch(const struct nt_name_cache *c, const struct nt_addr *addr)
{
	nt_slots_prefetch(&c->addrs.slots, nt_addrs_tag(&c->addrs, addr));
}
