/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Bytes played as a history: mappings, time that passes, connections that begin and end, purges. At
 * every moment every connection that may still ask must get the answer of the model, which knows
 * nothing of moments; so all answers to one question are equal. Aborts where they are not.
 */
#ifndef CACHE_PLAY_H
#define CACHE_PLAY_H

#include <stdio.h>

#include "cache_model.h"

#define PLAY_CONNS 12
#define PLAY_HOLDS 8
/* Of the connections, so many are looked at each time, in turn; all of them at the end. */
#ifndef PLAY_CHECKED
#define PLAY_CHECKED PLAY_CONNS
#endif

#define PLAY_CHECK(cond)                                                                           \
	do {                                                                                       \
		if (!(cond)) {                                                                     \
			fprintf(stderr, "%s:%d: %s\n", __FILE__, __LINE__, #cond);                 \
			abort();                                                                   \
		}                                                                                  \
	} while (0)

struct play_conn {
	struct model_query q;
	bool open, ended;
};

struct play {
	const uint8_t *data;
	size_t left;
	struct model model;
	struct model_views views[MODEL_ADDRS]; /* as the connection sees them that asks */
	struct nt_name_cache *cache;
	bool exact; /* below the caps: answers are compared */
	uint64_t position;
	uint16_t index;
	int64_t clock_ns, purged_ns;
	struct play_conn conns[PLAY_CONNS];
	unsigned int next_conn, next_checked, asked;
	uint32_t held[PLAY_HOLDS];
	unsigned int holds;
	/* what was looked ahead for, by who is to be added; some of it long ago */
	struct nt_mapping_keys keys[MODEL_ADDRS][MODEL_NAMES][MODEL_CLIENTS];
};

static const char *const play_names[MODEL_NAMES] = { "a.example", "b.example", "c.example", "d",
	"www.a-name-of-some-more-length.example.org", "f.example", "g.example" };

static inline unsigned int
play_byte(struct play *p)
{
	if (p->left == 0)
		return 0;
	p->left--;
	return *p->data++;
}

static inline struct nt_addr
play_addr(unsigned int n)
{
	uint8_t bytes[16] = { 192, 0, 2, (uint8_t)(n / 2) };

	/* Odd ones are the IPv6 twins of the even ones. */
	return n % 2 ? nt_addr_v6(bytes) : nt_addr_v4(bytes);
}

static inline struct nt_addr
play_client(unsigned int n)
{
	/* Client 1 is address 0 too. */
	return n == 0 ? (struct nt_addr){ 0 } : play_addr(n == 1 ? 0 : n + 16);
}

static inline int64_t
play_span(unsigned int b)
{
	static const int64_t spans[] = { 0, 1, 1000000, NT_SEC(1), NT_SEC(7), NT_SEC(59),
		NT_SEC(60), NT_SEC(60) + 1, NT_SEC(90), NT_SEC(300), NT_SEC(3600), NT_SEC(36000),
		NT_SEC(172800), 1234567890, NT_SEC(17), NT_SEC(30) };

	return spans[b % NT_ARRAY_SIZE(spans)];
}

static inline void
play_advance(struct play *p, int64_t span_ns)
{
	p->clock_ns += span_ns;
	p->position++;
	p->index = 0;
}

/* Two times in three as the relay does it, of which one has been looked ahead for at some time
 * before, if ever. */
static inline enum nt_name_added
play_add_to_cache(struct play *p, const struct nt_mapping *m, const struct model_version *v)
{
	const struct nt_hash_key key = nt_hash_key_fixed();
	struct nt_mapping_keys *k = &p->keys[v->addr][v->name][v->client];

	if (p->index % 3 == 0)
		return nt_name_cache_add(p->cache, m);
	if (p->index % 3 == 2 && k->name != 0)
		return nt_name_cache_add_keyed(p->cache, m, k);
	nt_mapping_keys_of(&key, m, k);
	for (unsigned int step = 0; step < NT_NAME_CACHE_STEPS; step++)
		nt_name_cache_ahead(p->cache, &k, 1, step);
	return nt_name_cache_add_keyed(p->cache, m, k);
}

static inline void
play_add(struct play *p, unsigned int b)
{
	unsigned int key = play_byte(p), ttl = play_byte(p);
	struct model_version v = { .addr = (uint8_t)(b % MODEL_ADDRS),
		.name = (uint8_t)(key % MODEL_NAMES),
		.client = (uint8_t)(key / MODEL_NAMES % MODEL_CLIENTS),
		.source = (uint8_t)(ttl / 16 % MODEL_SOURCES) };
	struct nt_mapping m = { .addr = play_addr(v.addr),
		.client = play_client(v.client),
		.source = (uint8_t)model_sources[v.source],
		.name = play_names[v.name],
		.name_len = (uint16_t)strlen(play_names[v.name]) };

	if (p->model.count == MODEL_VERSIONS)
		return;
	m.position = v.position = p->position;
	m.index = v.index = p->index++;
	m.seen_ns = v.seen_ns = p->clock_ns;
	m.expires_ns = p->clock_ns + play_span(ttl);
	/* Kept to the millisecond, rounded up. */
	v.expires_ns = p->clock_ns + (play_span(ttl) + 999999) / 1000000 * 1000000;
	p->model.versions[p->model.count++] = v;
	PLAY_CHECK(play_add_to_cache(p, &m, &v) != NT_NAME_REFUSED || !p->exact);
}

static inline void
play_begin(struct play *p, unsigned int b)
{
	struct play_conn *conn = &p->conns[p->next_conn++ % PLAY_CONNS];

	*conn = (struct play_conn){ .open = true,
		.q = { .addr = b % MODEL_ADDRS,
			.clients = b / MODEL_ADDRS % (1 << MODEL_CLIENTS),
			.start_position = p->position,
			.start_clock_ns = p->clock_ns } };
}

static inline void
play_end(struct play *p, unsigned int b)
{
	struct play_conn *conn = &p->conns[b % PLAY_CONNS];

	if (!conn->open || conn->ended)
		return;
	conn->ended = true;
	conn->q.end_position = p->position;
	conn->q.end_clock_ns = p->clock_ns;
}

static inline void
play_compare(const struct play *p, const struct model_result *m, const struct nt_name_result *r)
{
	PLAY_CHECK(r->match == m->match);
	PLAY_CHECK(r->count == m->count);
	PLAY_CHECK(r->more == m->more);
	if (m->count == 0)
		return;
	PLAY_CHECK(r->source == m->source);
	PLAY_CHECK(r->age_ns == m->age_ns);
	for (unsigned int i = 0; i < m->count; i++) {
		const char *want = play_names[m->names[i]];
		uint16_t len;
		const char *text = nt_name_text(p->cache, r->names[i], &len);

		PLAY_CHECK(len == strlen(want) && memcmp(text, want, len) == 0);
	}
}

/* The addresses of clients lie in `clients`. */
static inline struct nt_name_query
play_query(const struct model_query *q, struct nt_addr clients[MODEL_CLIENTS])
{
	struct nt_name_query query = { .addr = play_addr(q->addr),
		.clients = clients,
		.start_position = q->start_position,
		.end_position = q->end_position,
		.start_clock_ns = q->start_clock_ns,
		.end_clock_ns = q->end_clock_ns };

	for (unsigned int i = 0; i < MODEL_CLIENTS; i++)
		if (q->clients >> i & 1)
			clients[query.client_count++] = play_client(i);
	return query;
}

/* name: of this one only, or MODEL_NAMES: of all. */
/* What the lookup of all names says of one of them, if it does, is what the lookup of that says. */
static inline void
play_check_of(struct play *p, const struct nt_name_query *query, unsigned int name, bool final,
	const struct nt_name_result *want)
{
	const uint16_t len = (uint16_t)strlen(play_names[name]);
	struct nt_name_result all, got;

	nt_name_cache_lookup(p->cache, query, final, &all);
	if (!nt_name_result_of(p->cache, &all, play_names[name], len, &got))
		return;
	PLAY_CHECK(got.match == want->match && got.source == want->source);
	PLAY_CHECK(got.count == want->count && got.more == want->more);
	PLAY_CHECK(got.names[0] == want->names[0]);
	PLAY_CHECK(got.position == want->position && got.age_ns == want->age_ns);
}

static inline void
play_ask_name(struct play *p, const struct model_query *q, unsigned int name, bool final,
	struct model_result *want, struct nt_name_result *ret)
{
	struct nt_addr clients[MODEL_CLIENTS];
	struct nt_name_query query = play_query(q, clients);
	bool found;

	model_lookup(&p->model, q, p->views, name, final, want);
	if (name == MODEL_NAMES)
		found = nt_name_cache_lookup(p->cache, &query, final, ret);
	else
		found = nt_name_cache_lookup_name(p->cache, &query, play_names[name],
			(uint16_t)strlen(play_names[name]), final, ret);
	if (name != MODEL_NAMES)
		play_check_of(p, &query, name, final, ret);
	PLAY_CHECK(found == (ret->match != NT_MATCH_NONE));
	PLAY_CHECK(ret->count <= p->model.cfg.max_per_record);
}

static inline void
play_ask(struct play *p, const struct model_query *q, bool final, struct model_result *want,
	struct nt_name_result *ret)
{
	play_ask_name(p, q, MODEL_NAMES, final, want, ret);
}

static inline void
play_check_addrs(struct play *p, const struct model_query *q, unsigned int name)
{
	struct nt_addr clients[MODEL_CLIENTS];
	struct nt_name_query query = play_query(q, clients);
	unsigned int want[MODEL_ADDRS], n = model_addrs(&p->model, q, p->views, name, want);
	struct nt_name_addrs got;

	PLAY_CHECK(nt_name_cache_addrs(p->cache, &query, play_names[name],
			   (uint16_t)strlen(play_names[name]), &got) == (got.count != 0));
	if (!p->exact)
		return;
	PLAY_CHECK(got.count == n && !got.more);
	for (unsigned int i = 0; i < n; i++) {
		struct nt_addr a = play_addr(want[i]);

		PLAY_CHECK(nt_addr_equal(&got.addrs[i], &a));
	}
}

/* Pinned by now; asked again at the end for what may have come late. */
static inline void
play_check_pinned(struct play *p, const struct model_query *q, unsigned int name)
{
	struct model_result pinned, want;
	struct nt_name_result got;

	model_lookup(&p->model, q, p->views, name, false, &pinned);
	play_ask_name(p, q, name, true, &want, &got);
	if (pinned.match == NT_MATCH_NONE ||
		(pinned.match == NT_MATCH_REVERSE && want.match == NT_MATCH_LATE))
		play_compare(p, &want, &got);
	else if (pinned.match == NT_MATCH_REVERSE)
		PLAY_CHECK(got.match == NT_MATCH_NONE || got.match == NT_MATCH_REVERSE);
}

static inline void
play_check_set(struct play *p, const struct play_conn *conn, unsigned int name)
{
	const struct model_query *q = &conn->q;
	struct model_result want;
	struct nt_name_result got;

	if (q->start_clock_ns + p->model.cfg.pin_after_ns >= p->purged_ns) {
		play_ask_name(p, q, name, false, &want, &got);
		if (p->exact)
			play_compare(p, &want, &got);
		if (!conn->ended)
			return;
		play_ask_name(p, q, name, true, &want, &got);
		if (p->exact)
			play_compare(p, &want, &got);
	} else if (p->exact && conn->ended &&
		   q->end_clock_ns + p->model.cfg.hold_ns >= p->purged_ns) {
		play_check_pinned(p, q, name);
	}
}

static inline void
play_check_conn(struct play *p, const struct play_conn *conn)
{
	const struct model_query *q = &conn->q;
	/* Each name has its turn. */
	unsigned int name = p->asked++ % MODEL_NAMES;

	model_see_all(&p->model, q, p->views);
	play_check_set(p, conn, MODEL_NAMES);
	play_check_set(p, conn, name);
	if (q->start_clock_ns + p->model.cfg.pin_after_ns >= p->purged_ns)
		play_check_addrs(p, q, name);
}

static inline void
play_check(struct play *p, unsigned int count)
{
	for (unsigned int i = 0; i < count; i++) {
		const struct play_conn *conn = &p->conns[p->next_checked++ % PLAY_CONNS];

		if (conn->open)
			play_check_conn(p, conn);
	}
}

static inline void
play_purge(struct play *p, unsigned int b)
{
	static const unsigned int budgets[] = { 1, 3, 1000, 1000 };
	int64_t to = p->clock_ns - play_span(b);

	play_check(p, PLAY_CHECKED);
	p->purged_ns = NT_MAX(p->purged_ns, to);
	nt_name_cache_purge(p->cache, to, budgets[b / 16 % 4]);
}

static inline void
play_hold(struct play *p, unsigned int b)
{
	const struct play_conn *conn = &p->conns[b % PLAY_CONNS];
	struct model_result want;
	struct nt_name_result got;

	if (p->holds > 0 && b >= 128)
		nt_name_release(p->cache, p->held[--p->holds]);
	if (!conn->open || p->holds == PLAY_HOLDS)
		return;
	model_see_all(&p->model, &conn->q, p->views);
	play_ask(p, &conn->q, false, &want, &got);
	if (got.count == 0)
		return;
	p->held[p->holds++] = got.names[0];
	nt_name_hold(p->cache, got.names[0]);
}

static inline void
play_step(struct play *p)
{
	unsigned int op = play_byte(p), b = play_byte(p);

	switch (op % 16) {
	case 8:
		play_advance(p, play_span(b));
		break;
	case 9:
		play_advance(p, NT_SEC(b) / 4);
		break;
	case 10:
	case 11:
		play_begin(p, b);
		break;
	case 12:
		play_end(p, b);
		break;
	case 13:
		play_purge(p, b);
		break;
	case 14:
		play_check(p, PLAY_CHECKED);
		break;
	case 15:
		play_hold(p, b);
		break;
	default:
		if (op & 16)
			play_advance(p, 0);
		play_add(p, b);
	}
}

/* Nothing is left over when everything has been forgotten. */
static inline void
play_finish(struct play *p, bool clear)
{
	struct nt_name_cache_stats stats;

	play_check(p, PLAY_CONNS);
	while (p->holds > 0)
		nt_name_release(p->cache, p->held[--p->holds]);
	if (clear)
		nt_name_cache_clear(p->cache);
	else
		nt_name_cache_purge(p->cache, p->clock_ns + NT_SEC(1000000), UINT32_MAX);
	nt_name_cache_stats(p->cache, &stats);
	PLAY_CHECK(stats.mappings == 0 && stats.names == 0 && stats.addresses == 0);
	PLAY_CHECK(stats.lookup_cut == 0 || !p->exact);
}

static inline struct nt_name_cache_config
play_config(unsigned int a, unsigned int b)
{
	bool capped = a & 128;

	return (struct nt_name_cache_config){
		.max_mappings = capped ? 1 + a % 64 : MODEL_VERSIONS,
		.max_addresses = capped ? 1 + b % 8 : 64,
		.max_names = capped ? 1 + b / 8 % 8 : 64,
		.max_name_bytes = 4096,
		.max_mappings_per_address = capped ? 1 + a / 2 % 16 : MODEL_VERSIONS,
		.max_per_record = 1 + a % 4,
		.pin_after_ns = NT_SEC(60),
		.reuse_after_ns = a & 4 ? INT64_MAX : play_span(a / 8),
		.stale_for_ns = play_span(b),
		.hold_ns = play_span(b / 16),
	};
}

static inline void
play(const uint8_t *data, size_t size)
{
	static struct play p; /* large */
	struct nt_hash_key key = nt_hash_key_fixed();
	unsigned int a, b;

	memset(&p, 0, offsetof(struct play, model));
	memset(&p.cache, 0, sizeof(p) - offsetof(struct play, cache));
	p.data = data;
	p.left = size;
	a = play_byte(&p);
	b = play_byte(&p);
	p.exact = !(a & 128);
	p.model.cfg = play_config(a, b);
	p.model.count = 0;
	p.position = 1;
	p.clock_ns = NT_SEC(1000000000);
	p.cache = nt_name_cache_new(&p.model.cfg, &key);
	PLAY_CHECK(p.cache != NULL);
	while (p.left > 0)
		play_step(&p);
	play_finish(&p, b & 1);
	nt_name_cache_free(p.cache);
}

#endif
