/* SPDX-License-Identifier: BSD-3-Clause */
#include "search.h"

static bool
step(struct nt_search *s)
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
version_at_start(struct nt_search *s, uint32_t id, const struct nt_life *l, struct nt_version *ret)
{
	const struct nt_past_ring *ring = &s->c->past;
	uint64_t start = s->q->start_position;
	const struct nt_past *p;

	if (l->position <= start) {
		*ret = (struct nt_version){ l->position, l->seen_ns, l->ttl_ms, l->index };
		return true;
	}
	if (nt_life_first(s->c, id, l).position > start)
		return false;
	p = nt_past_follow(ring, l->past, id, l->position);
	while (p != NULL && p->position > start && step(s))
		p = nt_past_follow(ring, p->older, id, p->position);
	if (p == NULL || p->position > start)
		return false;
	*ret = (struct nt_version){ p->position, p->seen_ns, p->ttl_ms, p->index };
	return true;
}

static bool
judge_on_time(struct nt_search *s, uint32_t id, const struct nt_life *l, struct nt_pick *ret)
{
	int64_t start_ns = s->q->start_clock_ns, expires_ns;
	struct nt_version v;
	bool valid;

	if (!version_at_start(s, id, l, &v))
		return false;
	expires_ns = nt_expires_ns(v.seen_ns, v.ttl_ms);
	valid = expires_ns > start_ns;
	if (s->want == NT_WANT_VALID ? !valid : expires_ns + s->c->cfg.stale_for_ns <= start_ns)
		return false;
	if (s->want == NT_WANT_STALE && valid)
		return false;
	*ret = (struct nt_pick){ .position = v.position, .seen_ns = v.seen_ns, .index = v.index };
	return true;
}

/*
 * Learnt between start and end, and alive at the end. A later version in the same life, which this
 * lookup must not see, is the proof that the life had not ended by then.
 */
static bool
judge_late(const struct nt_search *s, const struct nt_life *l, const struct nt_life_first *first,
	struct nt_pick *ret)
{
	const struct nt_name_query *q = s->q;

	if (first->position <= q->start_position || first->position > q->end_position)
		return false;
	if (l->position <= q->end_position &&
		nt_life_expires_ns(l) + s->c->cfg.stale_for_ns <= q->end_clock_ns)
		return false;
	*ret = (struct nt_pick){
		.position = first->position, .seen_ns = first->seen_ns, .index = first->index
	};
	return true;
}

static bool
judge(struct nt_search *s, uint32_t id, const struct nt_life *l, struct nt_pick *ret)
{
	if ((l->source == NT_SOURCE_DNS_PTR) != s->reverse)
		return false;
	const struct nt_life_first first = nt_life_first(s->c, id, l);
	if (s->want == NT_WANT_LATE ? !judge_late(s, l, &first, ret)
				    : !judge_on_time(s, id, l, ret))
		return false;
	ret->name = nt_bond_at(s->c, l->bond)->name;
	ret->source = l->source;
	ret->first_position = first.position;
	ret->first_index = first.index;
	return true;
}

static bool
is_elder(const struct nt_pick *a, const struct nt_pick *b)
{
	if (b->name == NT_NAME_NONE || a->first_position != b->first_position)
		return b->name == NT_NAME_NONE || a->first_position < b->first_position;
	return a->first_index < b->first_index;
}

/* The client's own. */
static void
offer_own(struct nt_search *s, uint32_t id)
{
	const struct nt_life *l = nt_life_at(s->c, id);
	struct nt_pick pick;

	if (s->bond != NT_LIST_NONE && l->bond != s->bond)
		return;
	if (!judge(s, id, l, &pick))
		return;
	pick.own = true;
	nt_picks_offer(&s->picks, &pick);
	if (is_elder(&pick, &s->eldest))
		s->eldest = pick;
}

/* What one address of the client was told; the lives that began last come first, should there be
 * too many. */
static void
walk_pair(struct nt_search *s, struct nt_client client)
{
	const struct nt_addr addr = nt_client_addr(&s->c->addrs, client);
	const uint32_t tag = nt_pair_tag(s->addr_tag, nt_addrs_tag(&s->c->addrs, &addr));
	uint32_t id = nt_store_pair(s->c, tag);

	for (; id != NT_LIST_NONE && step(s); id = nt_list_next(nt_in_pair(s->c), id))
		if (nt_store_is_pair(s->c, nt_life_at(s->c, id), s->addr, client))
			offer_own(s, id);
}

static bool
is_own(const struct nt_search *s, const struct nt_life *l)
{
	for (unsigned int i = 0; i < s->client_count; i++)
		if (nt_life_is_to(l, s->clients[i]))
			return true;
	return false;
}

static void
walk_few(struct nt_search *s, const struct nt_interned_addr *a)
{
	const struct nt_name_cache *c = s->c;

	for (uint32_t bond = a->bonds; bond != NT_LIST_NONE;
		bond = nt_list_next(nt_in_addr(c), bond)) {
		uint32_t id = nt_bond_at(c, bond)->lives;

		for (; id != NT_LIST_NONE && step(s); id = nt_list_next(nt_in_bond(c), id))
			if (is_own(s, nt_life_at(c, id)))
				offer_own(s, id);
	}
}

void
nt_search_own(struct nt_search *s)
{
	const struct nt_interned_addr *a = nt_addrs_at(&s->c->addrs, s->addr);

	if (s->client_count == 0)
		return;
	if (!a->indexed) {
		walk_few(s, a);
		return;
	}
	for (unsigned int i = 0; i < s->client_count; i++)
		walk_pair(s, s->clients[i]);
}

/* The best life of one name. They lie latest told first, and a version is never later than that. */
static bool
best_of_bond(struct nt_search *s, const struct nt_bond *b, struct nt_pick *ret)
{
	struct nt_pick other, *to = ret;

	ret->name = NT_NAME_NONE;
	for (uint32_t id = b->lives; id != NT_LIST_NONE && step(s);
		id = nt_list_next(nt_in_bond(s->c), id)) {
		const struct nt_life *l = nt_life_at(s->c, id);

		if (s->want == NT_WANT_LATE && l->position <= s->q->start_position)
			break;
		if (s->want != NT_WANT_LATE && to != ret && l->position < ret->position)
			break;
		if (!judge(s, id, l, to))
			continue;
		if (to == ret)
			to = &other;
		else if (nt_picks_before(&s->picks, &other, ret))
			*ret = other;
	}
	return to != ret;
}

/* Bonds lie latest told of first: can one that was last told at `position` still give a pick? */
static bool
is_too_old(const struct nt_search *s, uint64_t position)
{
	const struct nt_picks *p = &s->picks;

	if (s->want == NT_WANT_LATE)
		return position <= s->q->start_position;
	if (!nt_picks_full(p))
		return false;
	return p->pick[p->count - 1].own || position < p->pick[p->count - 1].position;
}

/* Was every version of it expired by then, and so long that it doesn't count? */
static bool
is_expired(const struct nt_search *s, const struct nt_bond *b)
{
	int64_t stale_ns = s->want == NT_WANT_VALID ? 0 : s->c->cfg.stale_for_ns;

	return s->want != NT_WANT_LATE && nt_bond_expires_ns(b) + stale_ns <= s->q->start_clock_ns;
}

void
nt_search_anyone(struct nt_search *s)
{
	uint32_t head = nt_addrs_at(&s->c->addrs, s->addr)->bonds;
	struct nt_pick pick;

	if (s->bond != NT_LIST_NONE) {
		if (best_of_bond(s, nt_bond_at(s->c, s->bond), &pick))
			nt_picks_offer(&s->picks, &pick);
		return;
	}
	for (uint32_t id = head; id != NT_LIST_NONE && step(s);
		id = nt_list_next(nt_in_addr(s->c), id)) {
		const struct nt_bond *b = nt_bond_at(s->c, id);

		if (is_too_old(s, b->last_position))
			break;
		if (!is_expired(s, b) && best_of_bond(s, b, &pick))
			nt_picks_offer(&s->picks, &pick);
	}
}

void
nt_search_name(struct nt_search *s, uint32_t name)
{
	uint32_t head = nt_names_at(&s->c->names, name)->bonds;
	struct nt_pick pick;

	for (uint32_t id = head; id != NT_LIST_NONE && step(s);
		id = nt_list_next(nt_in_name(s->c), id)) {
		const struct nt_bond *b = nt_bond_at(s->c, id);

		if (is_too_old(s, b->last_position))
			break;
		if (is_expired(s, b) || !best_of_bond(s, b, &pick))
			continue;
		pick.name = b->addr;
		nt_picks_offer(&s->picks, &pick);
	}
}
