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

#define MODEL_ADDRS    4
#define MODEL_NAMES    7
#define MODEL_CLIENTS  4 /* 0: nobody */
#define MODEL_SOURCES  3
#define MODEL_KEYS     (MODEL_NAMES * MODEL_CLIENTS * MODEL_SOURCES) /* of one address */
#define MODEL_VERSIONS 8192

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
	struct model_version v, first; /* first: of its life */
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

/* One mapping's versions as a query sees them. */
struct model_view {
	struct model_version last, first_of_life; /* of all so far */
	struct model_version start, start_first, end, end_first;
	bool any, has_start, has_end;
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
	if (!w->any || v->seen_ns >= w->last.expires_ns + m->cfg.stale_for_ns)
		w->first_of_life = *v;
	w->any = true;
	w->last = *v;
	if (v->position <= q->start_position) {
		w->has_start = true;
		w->start = *v;
		w->start_first = w->first_of_life;
	}
	if (v->position <= q->end_position) {
		w->has_end = true;
		w->end = *v;
		w->end_first = w->first_of_life;
	}
}

static inline bool
model_judge(const struct model *m, const struct model_query *q, const struct model_view *w,
	enum nt_match match, bool late, struct model_version *ret)
{
	int64_t s = q->start_clock_ns, stale = m->cfg.stale_for_ns;

	if (late) {
		*ret = w->end_first;
		return w->has_end && w->end_first.position > q->start_position &&
		       w->end.expires_ns + stale > q->end_clock_ns;
	}
	*ret = w->start;
	if (!w->has_start || w->start.expires_ns + stale <= s)
		return false;
	if (match == NT_MATCH_REVERSE)
		return true;
	return match == NT_MATCH_STALE ? w->start.expires_ns <= s : w->start.expires_ns > s;
}

static bool model_earliest_first;

static int
model_compare(const void *pa, const void *pb)
{
	const struct model_candidate *a = pa, *b = pb;
	int order;

	if (a->own != b->own)
		return a->own ? -1 : 1;
	if (a->v.position != b->v.position)
		order = a->v.position < b->v.position ? -1 : 1;
	else
		order = (int)a->v.index - (int)b->v.index;
	return model_earliest_first ? order : -order;
}

static inline void
model_prefer_eldest(const struct model *m, const struct model_query *q,
	const struct model_candidate *list, unsigned int n, struct model_result *ret)
{
	const struct model_candidate *e = &list[0];
	unsigned int names[NT_NAME_VALS_MAX + 1], count = 0;

	for (unsigned int i = 1; i < n; i++) {
		if (list[i].first.position < e->first.position ||
			(list[i].first.position == e->first.position &&
				list[i].first.index < e->first.index))
			e = &list[i];
	}
	if (e->v.name == ret->names[0])
		return;
	names[count++] = e->v.name;
	for (unsigned int i = 0; i < ret->count; i++)
		if (ret->names[i] != e->v.name)
			names[count++] = ret->names[i];
	if (count > m->cfg.max_per_record) {
		count = m->cfg.max_per_record;
		ret->more = true;
	}
	memcpy(ret->names, names, count * sizeof(names[0]));
	ret->count = count;
	ret->source = model_sources[e->v.source];
	ret->age_ns = q->start_clock_ns - e->v.seen_ns;
}

static inline bool
model_group(const struct model *m, const struct model_query *q, const struct model_view *views,
	enum nt_match match, bool late, struct model_result *ret)
{
	static struct model_candidate list[MODEL_KEYS];
	unsigned int n = 0;
	bool named[MODEL_NAMES] = { false };

	for (unsigned int k = 0; k < MODEL_KEYS; k++) {
		struct model_version v;
		bool ptr, own;

		if (!views[k].any)
			continue;
		ptr = model_sources[views[k].last.source] == NT_SOURCE_DNS_PTR;
		own = views[k].last.client != 0 && (q->clients >> views[k].last.client & 1);
		if (ptr != (match == NT_MATCH_REVERSE) ||
			!model_judge(m, q, &views[k], match, late, &v))
			continue;
		if ((match == NT_MATCH_CLIENT && !own) || (match == NT_MATCH_OTHER && own))
			continue;
		list[n++] = (struct model_candidate){ v, views[k].start_first,
			own && match != NT_MATCH_REVERSE };
	}
	if (n == 0)
		return false;
	model_earliest_first = late;
	qsort(list, n, sizeof(list[0]), model_compare);
	*ret = (struct model_result){ .match = match,
		.source = model_sources[list[0].v.source],
		.age_ns = q->start_clock_ns - list[0].v.seen_ns };
	for (unsigned int i = 0; i < n; i++) {
		if (named[list[i].v.name])
			continue;
		named[list[i].v.name] = true;
		if (ret->count == m->cfg.max_per_record)
			ret->more = true;
		else
			ret->names[ret->count++] = list[i].v.name;
	}
	if (match == NT_MATCH_CLIENT && ret->age_ns >= m->cfg.reuse_after_ns)
		model_prefer_eldest(m, q, list, n, ret);
	return true;
}

static inline void
model_views(const struct model *m, const struct model_query *q, unsigned int addr,
	struct model_view *views)
{
	memset(views, 0, MODEL_KEYS * sizeof(*views));
	for (unsigned int i = 0; i < m->count; i++) {
		const struct model_version *v = &m->versions[i];

		if (v->addr == addr)
			model_see(m, q, &views[model_key(v)], v);
	}
}

/* The addresses that this name was told for, other than by PTR answers. */
static inline unsigned int
model_addrs(const struct model *m, const struct model_query *q, unsigned int name,
	unsigned int ret[MODEL_ADDRS])
{
	static struct model_view views[MODEL_KEYS];
	struct model_candidate list[MODEL_ADDRS];
	unsigned int n = 0;

	for (unsigned int addr = 0; addr < MODEL_ADDRS; addr++) {
		struct model_candidate best = { .v.position = 0 };

		model_views(m, q, addr, views);
		for (unsigned int k = 0; k < MODEL_KEYS; k++) {
			struct model_candidate a = { .own = false };

			if (!views[k].any || views[k].last.name != name ||
				model_sources[views[k].last.source] == NT_SOURCE_DNS_PTR ||
				!model_judge(m, q, &views[k], NT_MATCH_REVERSE, false, &a.v))
				continue;
			model_earliest_first = false;
			if (best.v.position == 0 || model_compare(&a, &best) < 0)
				best = a;
		}
		if (best.v.position != 0)
			list[n++] = best;
	}
	qsort(list, n, sizeof(list[0]), model_compare);
	for (unsigned int i = 0; i < n; i++)
		ret[i] = list[i].v.addr;
	return n;
}

/* name: of this name only, or MODEL_NAMES: of all. */
static inline void
model_lookup_name(const struct model *m, const struct model_query *q, unsigned int name, bool final,
	struct model_result *ret)
{
	static struct model_view views[MODEL_KEYS];

	model_views(m, q, q->addr, views);
	*ret = (struct model_result){ .match = NT_MATCH_NONE };
	if (name < MODEL_NAMES) {
		for (unsigned int k = 0; k < MODEL_KEYS; k++)
			if (views[k].last.name != name)
				views[k].any = false;
		if (!model_group(m, q, views, NT_MATCH_CLIENT, false, ret) &&
			!model_group(m, q, views, NT_MATCH_OTHER, false, ret) &&
			!model_group(m, q, views, NT_MATCH_STALE, false, ret) && final)
			model_group(m, q, views, NT_MATCH_LATE, true, ret);
		return;
	}
	if (model_group(m, q, views, NT_MATCH_CLIENT, false, ret) ||
		model_group(m, q, views, NT_MATCH_OTHER, false, ret) ||
		model_group(m, q, views, NT_MATCH_STALE, false, ret) ||
		(final && model_group(m, q, views, NT_MATCH_LATE, true, ret)) ||
		model_group(m, q, views, NT_MATCH_REVERSE, false, ret))
		return;
	if (final)
		model_group(m, q, views, NT_MATCH_REVERSE, true, ret);
}

static inline void
model_lookup(
	const struct model *m, const struct model_query *q, bool final, struct model_result *ret)
{
	model_lookup_name(m, q, MODEL_NAMES, final, ret);
}

#endif
