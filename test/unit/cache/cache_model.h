/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The rule of nt_name_cache.h, taken literally: a list that forgets nothing, walked from its start
 * for every question. What the cache answers is compared with it, by the property test and the
 * fuzzer.
 */
#ifndef CACHE_MODEL_H
#define CACHE_MODEL_H

#include <stdlib.h>
#include <string.h>

#include <nt_name_cache.h>

#define MODEL_ADDRS   4
#define MODEL_NAMES   7
#define MODEL_CLIENTS 4 /* 0: nobody */
#define MODEL_SOURCES 3
#define MODEL_KEYS    (MODEL_NAMES * MODEL_CLIENTS * MODEL_SOURCES) /* of one address */
#ifndef MODEL_VERSIONS
#define MODEL_VERSIONS 8192
#endif

struct model_version {
	uint64_t position;
	int64_t seen_ns, expires_ns;
	uint16_t index;
	uint8_t addr, name, client, source;
};

struct model {
	struct nt_name_cache_config cfg;
	unsigned int count;
	struct model_version versions[MODEL_VERSIONS];
};

struct model_query {
	unsigned int addr, clients; /* clients: a set, bit 0 (nobody) never counts */
	uint64_t start_position, end_position;
	int64_t start_clock_ns, end_clock_ns;
};

struct model_candidate {
	const struct model_version *v, *first; /* first: of its life */
	bool own;
};

struct model_result {
	enum nt_match match;
	unsigned int count;
	bool more;
	unsigned int source;
	int64_t age_ns;
	unsigned int names[NT_NAME_VALS_MAX];
};

static const enum nt_source model_sources[MODEL_SOURCES] = { NT_SOURCE_DNS_A, NT_SOURCE_SSL_SNI,
	NT_SOURCE_DNS_PTR };

/* One mapping's versions as a query sees them; NULL: there is none. */
struct model_view {
	const struct model_version *last, *first_of_life; /* of all so far */
	const struct model_version *start, *start_first, *end, *end_first;
};

/* All that are of one address. */
struct model_views {
	unsigned int count;
	bool has[MODEL_KEYS];
	uint8_t keys[MODEL_KEYS]; /* those it has */
	struct model_view of[MODEL_KEYS];
};

static inline unsigned int
model_key(const struct model_version *v)
{
	return (v->name * MODEL_CLIENTS + v->client) * MODEL_SOURCES + v->source;
}

static inline void
model_see(const struct model *m, const struct model_query *q, struct model_view *w,
	const struct model_version *v)
{
	if (w->last == NULL || v->seen_ns >= w->last->expires_ns + m->cfg.stale_for_ns)
		w->first_of_life = v;
	w->last = v;
	if (v->position <= q->start_position) {
		w->start = v;
		w->start_first = w->first_of_life;
	}
	if (v->position <= q->end_position) {
		w->end = v;
		w->end_first = w->first_of_life;
	}
}

/* The version that answers, or NULL. */
static inline const struct model_version *
model_judge(const struct model *m, const struct model_query *q, const struct model_view *w,
	enum nt_match match, bool late)
{
	int64_t s = q->start_clock_ns, stale = m->cfg.stale_for_ns;
	bool holds;

	if (late) {
		holds = w->end != NULL && w->end_first->position > q->start_position &&
			w->end->expires_ns + stale > q->end_clock_ns;
		return holds ? w->end_first : NULL;
	}
	if (w->start == NULL || w->start->expires_ns + stale <= s)
		return NULL;
	if (match == NT_MATCH_REVERSE)
		return w->start;
	holds = match == NT_MATCH_STALE ? w->start->expires_ns <= s : w->start->expires_ns > s;
	return holds ? w->start : NULL;
}

static bool model_earliest_first;

static int
model_compare(const void *pa, const void *pb)
{
	const struct model_candidate *a = pa, *b = pb;
	int order;

	if (a->own != b->own)
		return a->own ? -1 : 1;
	if (a->v->position != b->v->position)
		order = a->v->position < b->v->position ? -1 : 1;
	else
		order = (int)a->v->index - (int)b->v->index;
	return model_earliest_first ? order : -order;
}

static inline void
model_prefer_eldest(const struct model *m, const struct model_query *q,
	const struct model_candidate *list, unsigned int n, struct model_result *ret)
{
	const struct model_candidate *e = &list[0];
	unsigned int names[NT_NAME_VALS_MAX + 1], count = 0;

	for (unsigned int i = 1; i < n; i++) {
		if (list[i].first->position < e->first->position ||
			(list[i].first->position == e->first->position &&
				list[i].first->index < e->first->index))
			e = &list[i];
	}
	if (e->v->name == ret->names[0])
		return;
	names[count++] = e->v->name;
	for (unsigned int i = 0; i < ret->count; i++)
		if (ret->names[i] != e->v->name)
			names[count++] = ret->names[i];
	if (count > m->cfg.max_per_record) {
		count = m->cfg.max_per_record;
		ret->more = true;
	}
	memcpy(ret->names, names, count * sizeof(names[0]));
	ret->count = count;
	ret->source = model_sources[e->v->source];
	ret->age_ns = q->start_clock_ns - e->v->seen_ns;
}

static inline bool
model_is_own(const struct model_query *q, const struct model_version *v)
{
	return v->client != 0 && (q->clients >> v->client & 1);
}

static inline bool
model_is_ptr(const struct model_version *v)
{
	return model_sources[v->source] == NT_SOURCE_DNS_PTR;
}

/* name: of this name only, or MODEL_NAMES: of all. */
static inline bool
model_group(const struct model *m, const struct model_query *q, const struct model_views *views,
	unsigned int name, enum nt_match match, bool late, struct model_result *ret)
{
	static struct model_candidate list[MODEL_KEYS];
	unsigned int n = 0;
	bool named[MODEL_NAMES] = { false };

	for (unsigned int i = 0; i < views->count; i++) {
		const struct model_view *w = &views->of[views->keys[i]];
		const bool own = model_is_own(q, w->last);

		if ((name < MODEL_NAMES && w->last->name != name) ||
			model_is_ptr(w->last) != (match == NT_MATCH_REVERSE))
			continue;
		if ((match == NT_MATCH_CLIENT && !own) || (match == NT_MATCH_OTHER && own))
			continue;
		const struct model_version *v = model_judge(m, q, w, match, late);
		if (v == NULL)
			continue;
		list[n++] = (struct model_candidate){ v, w->start_first,
			own && match != NT_MATCH_REVERSE };
	}
	if (n == 0)
		return false;
	model_earliest_first = late;
	qsort(list, n, sizeof(list[0]), model_compare);
	*ret = (struct model_result){ .match = match,
		.source = model_sources[list[0].v->source],
		.age_ns = q->start_clock_ns - list[0].v->seen_ns };
	for (unsigned int i = 0; i < n; i++) {
		if (named[list[i].v->name])
			continue;
		named[list[i].v->name] = true;
		if (ret->count == m->cfg.max_per_record)
			ret->more = true;
		else
			ret->names[ret->count++] = list[i].v->name;
	}
	if (match == NT_MATCH_CLIENT && ret->age_ns >= m->cfg.reuse_after_ns)
		model_prefer_eldest(m, q, list, n, ret);
	return true;
}

/* Of every address. */
static inline void
model_see_all(const struct model *m, const struct model_query *q, struct model_views *views)
{
	for (unsigned int addr = 0; addr < MODEL_ADDRS; addr++) {
		views[addr].count = 0;
		memset(views[addr].has, 0, sizeof(views[addr].has));
	}
	for (unsigned int i = 0; i < m->count; i++) {
		const struct model_version *v = &m->versions[i];
		struct model_views *a = &views[v->addr];
		const unsigned int key = model_key(v);

		if (!a->has[key]) {
			a->has[key] = true;
			a->keys[a->count++] = (uint8_t)key;
			a->of[key] = (struct model_view){ .last = NULL };
		}
		model_see(m, q, &a->of[key], v);
	}
}

/* The addresses that this name was told for, other than by PTR answers. */
static inline unsigned int
model_addrs(const struct model *m, const struct model_query *q, const struct model_views *views,
	unsigned int name, unsigned int ret[MODEL_ADDRS])
{
	struct model_candidate list[MODEL_ADDRS];
	unsigned int n = 0;

	model_earliest_first = false;
	for (unsigned int addr = 0; addr < MODEL_ADDRS; addr++) {
		struct model_candidate best = { .v = NULL };

		for (unsigned int i = 0; i < views[addr].count; i++) {
			const struct model_view *w = &views[addr].of[views[addr].keys[i]];
			struct model_candidate a = { .own = false };

			if (w->last->name != name || model_is_ptr(w->last))
				continue;
			a.v = model_judge(m, q, w, NT_MATCH_REVERSE, false);
			if (a.v != NULL && (best.v == NULL || model_compare(&a, &best) < 0))
				best = a;
		}
		if (best.v != NULL)
			list[n++] = best;
	}
	qsort(list, n, sizeof(list[0]), model_compare);
	for (unsigned int i = 0; i < n; i++)
		ret[i] = list[i].v->addr;
	return n;
}

/* views: of every address. name: of this name only, or MODEL_NAMES: of all. */
static inline void
model_lookup(const struct model *m, const struct model_query *q, const struct model_views *views,
	unsigned int name, bool final, struct model_result *ret)
{
	const struct model_views *a = &views[q->addr];

	*ret = (struct model_result){ .match = NT_MATCH_NONE };
	if (model_group(m, q, a, name, NT_MATCH_CLIENT, false, ret) ||
		model_group(m, q, a, name, NT_MATCH_OTHER, false, ret) ||
		model_group(m, q, a, name, NT_MATCH_STALE, false, ret) ||
		(final && model_group(m, q, a, name, NT_MATCH_LATE, true, ret)) ||
		name < MODEL_NAMES || model_group(m, q, a, name, NT_MATCH_REVERSE, false, ret))
		return;
	if (final)
		model_group(m, q, a, name, NT_MATCH_REVERSE, true, ret);
}

#endif
