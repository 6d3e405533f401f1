/* SPDX-License-Identifier: BSD-3-Clause */
#include <string.h>

#include "search.h"

struct group {
	enum nt_match match;
	enum nt_want want;
	bool own, others; /* walks; where there are both, the client's own come first */
	bool reverse, final;
};

static const struct group groups[] = {
	{ NT_MATCH_CLIENT, NT_WANT_VALID, true, false, false, false },
	{ NT_MATCH_OTHER, NT_WANT_VALID, false, true, false, false },
	{ NT_MATCH_STALE, NT_WANT_STALE, true, true, false, false },
	{ NT_MATCH_LATE, NT_WANT_LATE, true, true, false, true },
	{ NT_MATCH_REVERSE, NT_WANT_KNOWN, false, true, true, false },
	{ NT_MATCH_REVERSE, NT_WANT_LATE, false, true, true, true },
};

static bool
search_group(struct nt_search *s, const struct group *g)
{
	s->want = g->want;
	s->reverse = g->reverse;
	s->steps = NT_SEARCH_STEPS;
	s->picks.count = 0;
	s->eldest.name = NT_NAME_NONE;
	s->picks.earliest_first = g->want == NT_WANT_LATE;
	if (g->own)
		nt_search_own(s);
	if (g->others)
		nt_search_anyone(s);
	return s->picks.count > 0;
}

static void
fill(const struct nt_search *s, enum nt_match match, struct nt_name_result *ret)
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

/* Nobody has looked up anything just before: the client goes back to the name it knows longest. */
static void
prefer_eldest(const struct nt_search *s, struct nt_name_result *ret)
{
	const struct nt_pick *e = &s->eldest;
	const struct nt_name_result first = { .match = NT_MATCH_CLIENT,
		.source = e->source,
		.position = e->position,
		.age_ns = s->q->start_clock_ns - e->seen_ns,
		.names = { e->name } };

	if (ret->age_ns < s->c->cfg.reuse_after_ns || e->name == s->picks.pick[0].name)
		return;
	nt_name_result_prefer(ret, &first, s->c->cfg.max_per_record);
	ret->eldest = true;
}

static bool
search_all(struct nt_search *s, bool final, struct nt_name_result *ret)
{
	for (unsigned int i = 0; i < NT_ARRAY_SIZE(groups); i++) {
		if (groups[i].final && !final)
			continue;
		if (search_group(s, &groups[i])) {
			fill(s, groups[i].match, ret);
			if (groups[i].match == NT_MATCH_CLIENT)
				prefer_eldest(s, ret);
			return true;
		}
	}
	return false;
}

static void
begin(struct nt_search *s, const struct nt_name_cache *c, const struct nt_name_query *q,
	struct nt_name_query *clamped)
{
	*clamped = *q;
	clamped->start_clock_ns = nt_cache_clamp_time(q->start_clock_ns);
	clamped->end_clock_ns = nt_cache_clamp_time(q->end_clock_ns);
	s->c = c;
	s->q = clamped;
	s->cut = false;
	s->bond = NT_LIST_NONE;
	s->picks.max = c->cfg.max_per_record + 1;
}

static void
find_clients(struct nt_search *s)
{
	const struct nt_addrs *addrs = &s->c->addrs;

	s->client_count = 0;
	for (unsigned int i = 0; i < NT_MIN(s->q->client_count, NT_NAME_CLIENTS_MAX); i++) {
		const struct nt_addr *client = &s->q->clients[i];
		const uint32_t tag =
			client->family == NT_FAMILY_IPV4 ? 0 : nt_addrs_tag(addrs, client);
		const struct nt_client c = nt_client_of(addrs, tag, client);

		if (c.kind == NT_CLIENT_IPV4 || c.id != NT_LIST_NONE)
			s->clients[s->client_count++] = c;
	}
}

/* NT_LIST_NONE: it has no names, as nearly all clients don't. */
static uint32_t
find_named(const struct nt_addrs *addrs, uint32_t tag, const struct nt_addr *addr)
{
	const uint32_t id = nt_addrs_find(addrs, tag, addr);

	return id != NT_LIST_NONE && nt_addrs_at(addrs, id)->bonds != NT_LIST_NONE ? id
										   : NT_LIST_NONE;
}

static uint32_t
addr_tag(const struct nt_addrs *addrs, const struct nt_name_query *q)
{
	return q->addr_key != 0 ? (uint32_t)q->addr_key : nt_addrs_tag(addrs, &q->addr);
}

bool
nt_name_cache_names(const struct nt_name_cache *c, uint64_t addr_key)
{
	const struct nt_slots *t = &c->addrs.slots;
	const uint32_t tag = (uint32_t)addr_key;
	uint32_t at = nt_slots_home(t, tag), id;

	while ((id = nt_slots_match(t, tag, &at)) != NT_LIST_NONE)
		if (nt_addrs_at(&c->addrs, id)->bonds != NT_LIST_NONE)
			break;
	return id != NT_LIST_NONE;
}

/* The address and who asks. */
static bool
find_ends(struct nt_search *s)
{
	const struct nt_addrs *addrs = &s->c->addrs;

	s->addr_tag = addr_tag(addrs, s->q);
	s->addr = find_named(addrs, s->addr_tag, &s->q->addr);
	if (s->addr == NT_LIST_NONE)
		return false;
	find_clients(s);
	return true;
}

static void
clear_result(struct nt_name_result *ret)
{
	ret->match = NT_MATCH_NONE;
	ret->source = NT_SOURCE_NONE;
	ret->count = 0;
	ret->position = 0;
	ret->more = false;
	ret->eldest = false;
	ret->age_ns = 0;
}

bool
nt_name_cache_lookup(struct nt_name_cache *c, const struct nt_name_query *q, bool final,
	struct nt_name_result *ret)
{
	struct nt_name_query query;
	struct nt_search s;
	bool found;

	clear_result(ret);
	begin(&s, c, q, &query);
	if (!find_ends(&s))
		return false;
	found = search_all(&s, final, ret);
	c->stats.lookup_cut += s.cut;
	return found;
}

static uint32_t
find_name(const struct nt_name_cache *c, const struct nt_name_query *q, const char *name,
	uint16_t len)
{
	if (len == 0)
		return NT_LIST_NONE;
	const uint32_t tag =
		q->name_key != 0 ? (uint32_t)q->name_key : nt_names_tag(&c->names, name, len);
	return nt_names_find(&c->names, tag, name, len);
}

bool
nt_name_cache_lookup_name(struct nt_name_cache *c, const struct nt_name_query *q, const char *name,
	uint16_t len, bool final, struct nt_name_result *ret)
{
	const uint32_t id = find_name(c, q, name, len);
	struct nt_name_query query;
	struct nt_search s;
	uint32_t tag;
	bool found;

	clear_result(ret);
	if (id == NT_LIST_NONE)
		return false;
	begin(&s, c, q, &query);
	if (!find_ends(&s))
		return false;
	tag = nt_bond_tag(s.addr_tag, nt_names_at(&c->names, id)->tag);
	s.bond = nt_store_bond(c, tag, s.addr, id);
	if (s.bond == NT_LIST_NONE)
		return false;
	found = search_all(&s, final, ret) && ret->match != NT_MATCH_REVERSE;
	if (!found)
		clear_result(ret);
	c->stats.lookup_cut += s.cut;
	return found;
}

bool
nt_name_result_of(const struct nt_name_cache *c, const struct nt_name_result *r, const char *name,
	uint16_t len, struct nt_name_result *ret)
{
	if (r->count == 0 || r->match != NT_MATCH_CLIENT || r->eldest ||
		!nt_names_is(&c->names, r->names[0], name, len))
		return false;
	*ret = *r;
	ret->count = 1;
	ret->more = false;
	return true;
}

void
nt_name_result_prefer(
	struct nt_name_result *r, const struct nt_name_result *first, unsigned int max)
{
	unsigned int at = 0;

	while (at < r->count && r->names[at] != first->names[0])
		at++;
	if (at == r->count) {
		r->more |= r->count == max;
		at = NT_MIN((unsigned int)r->count, max - 1);
		r->count = (uint8_t)(at + 1);
	}
	memmove(&r->names[1], &r->names[0], at * sizeof(r->names[0]));
	r->names[0] = first->names[0];
	r->match = first->match;
	r->source = first->source;
	r->position = first->position;
	r->age_ns = first->age_ns;
}

bool
nt_name_cache_addrs(struct nt_name_cache *c, const struct nt_name_query *q, const char *name,
	uint16_t len, struct nt_name_addrs *ret)
{
	const uint32_t id = find_name(c, q, name, len);
	struct nt_name_query query;
	struct nt_search s;

	ret->count = 0;
	ret->more = false;
	if (id == NT_LIST_NONE)
		return false;
	begin(&s, c, q, &query);
	s.want = NT_WANT_KNOWN;
	s.reverse = false;
	s.steps = NT_SEARCH_STEPS;
	s.picks.count = 0;
	s.picks.max = NT_NAME_ADDRS_MAX + 1;
	s.picks.earliest_first = false;
	nt_search_name(&s, id);
	c->stats.lookup_cut += s.cut;
	ret->count = (uint8_t)NT_MIN(s.picks.count, NT_NAME_ADDRS_MAX);
	ret->more = s.picks.count > NT_NAME_ADDRS_MAX;
	for (unsigned int i = 0; i < ret->count; i++)
		ret->addrs[i] = nt_addrs_get(&c->addrs, s.picks.pick[i].name);
	return ret->count > 0;
}

/* It has the name as of the start, or is given it by until_ns. */
static bool
has_name(struct nt_name_cache *c, const struct nt_name_query *q, const char *name, uint16_t len,
	int64_t until_ns)
{
	struct nt_name_query all = *q;
	struct nt_name_result r;

	all.client_count = 0;
	all.end_position = NT_POSITION_END;
	all.end_clock_ns = q->start_clock_ns;
	return nt_name_cache_lookup_name(c, &all, name, len, true, &r) &&
	       (r.match != NT_MATCH_LATE ||
		       nt_cache_clamp_time(q->start_clock_ns) - r.age_ns <= until_ns);
}

static bool
has_family(const struct nt_name_addrs *a, uint8_t family)
{
	for (unsigned int i = 0; i < a->count; i++)
		if (a->addrs[i].family == family)
			return true;
	return false;
}

/* Something that would have counted may have been given up for want of room. */
static bool
may_have_lost(const struct nt_name_cache *c, const struct nt_name_query *q)
{
	const uint32_t id = nt_addrs_find(&c->addrs, addr_tag(&c->addrs, q), &q->addr);

	return q->start_clock_ns < c->lost_until_ns ||
	       (id != NT_LIST_NONE && nt_addrs_at(&c->addrs, id)->trimmed);
}

bool
nt_name_cache_contradicts(struct nt_name_cache *c, const struct nt_name_query *q, const char *name,
	uint16_t len, int64_t until_ns, struct nt_name_addrs *ret)
{
	const uint64_t cut = c->stats.lookup_cut;

	/* Nearly all have the name. */
	return !has_name(c, q, name, len, until_ns) && nt_name_cache_addrs(c, q, name, len, ret) &&
	       has_family(ret, q->addr.family) && !may_have_lost(c, q) &&
	       c->stats.lookup_cut == cut;
}
