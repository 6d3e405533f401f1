/* SPDX-License-Identifier: BSD-3-Clause */
#include "nt_verdict.h"

#include <stdlib.h>

#include "nt_moments.h"

/*
 * Answers of which a part was seen and the whole may still come, in the order of their times: a
 * ring, since they wait for no more than the grace. Where it is full, the oldest counts as lost.
 */
#define CUT_MAX 1024

struct cut {
	struct nt_addr client;
	uint64_t question;
	int64_t seen_ns;
	uint8_t why; /* enum nt_unknown */
	bool answered;
};

struct nt_verdicts {
	struct nt_verdict_config cfg;
	struct nt_told_table *told;
	struct nt_moments *lost; /* kind: enum nt_unknown, or OF_ADDRESS */
	struct nt_moments *hidden; /* kind: 0 */
	uint32_t cut_oldest, cut_count;
	struct cut cut[CUT_MAX];
};

/* The moments of an address instead of a client's: an answer with just this one was refused. */
#define OF_ADDRESS NT_UNKNOWN_REASONS

static const struct nt_addr nobody = { .family = NT_FAMILY_NONE };

/* What is asked for lies exactly so far apart. */
static int64_t
span(const struct nt_verdict_config *cfg, int64_t for_ns)
{
	return NT_MAX(for_ns + cfg->grace_ns, 1);
}

size_t
nt_verdicts_bytes(const struct nt_verdict_config *cfg)
{
	return sizeof(struct nt_verdicts) + nt_told_bytes(cfg->max_told) +
	       2 * nt_moments_bytes(cfg->max_clients);
}

struct nt_verdicts *
nt_verdicts_new(const struct nt_verdict_config *cfg, const struct nt_hash_key *key)
{
	struct nt_verdicts *v = calloc(1, sizeof(*v));
	if (v == NULL)
		return NULL;
	v->cfg = *cfg;
	v->told = nt_told_new(cfg->max_told, key);
	v->lost = nt_moments_new(cfg->max_clients, span(cfg, cfg->lost_for_ns), key);
	v->hidden = nt_moments_new(cfg->max_clients, span(cfg, cfg->hidden_for_ns), key);
	if (v->told == NULL || v->lost == NULL || v->hidden == NULL) {
		const int err = errno;
		nt_verdicts_free(v);
		errno = err;
		return NULL;
	}
	return v;
}

void
nt_verdicts_free(struct nt_verdicts *v)
{
	if (v == NULL)
		return;
	nt_told_free(v->told);
	nt_moments_free(v->lost);
	nt_moments_free(v->hidden);
	free(v);
}

void
nt_verdicts_clear(struct nt_verdicts *v)
{
	nt_told_clear(v->told);
	nt_moments_clear(v->lost);
	nt_moments_clear(v->hidden);
	v->cut_oldest = v->cut_count = 0;
}

void
nt_verdicts_change(struct nt_verdicts *v, const struct nt_verdict_config *cfg)
{
	nt_told_set_cap(v->told, cfg->max_told);
	v->cfg.warm_up_ns = cfg->warm_up_ns;
	v->cfg.look_back_ns = cfg->look_back_ns;
}

bool
nt_verdicts_shrink(struct nt_verdicts *v, unsigned int max)
{
	return nt_told_shrink(v->told, max);
}

static struct cut *
cut_at(struct nt_verdicts *v, uint32_t from_oldest)
{
	return &v->cut[(v->cut_oldest + from_oldest) % CUT_MAX];
}

/* The oldest is decided: lost, unless the whole answer came. */
static void
cut_decide(struct nt_verdicts *v)
{
	const struct cut *c = cut_at(v, 0);
	if (!c->answered)
		nt_moments_add(v->lost, c->why, &c->client, c->seen_ns);
	v->cut_oldest = (v->cut_oldest + 1) % CUT_MAX;
	v->cut_count--;
}

void
nt_verdicts_cut(struct nt_verdicts *v, enum nt_unknown why, const struct nt_addr *client,
	uint64_t question, int64_t seen_ns)
{
	if (v->cut_count == CUT_MAX)
		cut_decide(v);
	*cut_at(v, v->cut_count++) = (struct cut){
		.client = *client, .question = question, .seen_ns = seen_ns, .why = (uint8_t)why
	};
}

void
nt_verdicts_answered(
	struct nt_verdicts *v, const struct nt_addr *client, uint64_t question, int64_t seen_ns)
{
	for (uint32_t i = v->cut_count; i-- > 0;) {
		struct cut *c = cut_at(v, i);
		if (c->seen_ns + v->cfg.grace_ns < seen_ns)
			break;
		if (c->question == question && nt_addr_equal(&c->client, client))
			c->answered = true;
	}
}

void
nt_verdicts_settle(struct nt_verdicts *v)
{
	while (v->cut_count != 0)
		cut_decide(v);
}

static bool
explains(enum nt_source s)
{
	return s != NT_SOURCE_NONE && s != NT_SOURCE_DNS_PTR && s != NT_SOURCE_SSL_SNI &&
	       s != NT_SOURCE_HTTP_HOST;
}

void
nt_verdicts_mapping(
	struct nt_verdicts *v, const struct nt_mapping *m, const struct nt_mapping_keys *k)
{
	if (explains((enum nt_source)m->source))
		nt_told_add_keyed(v->told, k->addr, k->client, m->seen_ns);
}

void
nt_verdicts_ahead(const struct nt_verdicts *v, struct nt_mapping_keys *const k[], unsigned int n,
	unsigned int step)
{
	nt_told_ahead(v->told, k, n, step);
}

void
nt_verdicts_lost(struct nt_verdicts *v, enum nt_unknown why, const struct nt_addr *addr,
	const struct nt_addr *client, int64_t seen_ns)
{
	if (addr->family != NT_FAMILY_NONE)
		nt_moments_add(v->lost, OF_ADDRESS, addr, seen_ns);
	else
		nt_moments_add(v->lost, why, client, seen_ns);
}

void
nt_verdicts_hidden(struct nt_verdicts *v, const struct nt_addr *client, int64_t seen_ns)
{
	nt_moments_add(v->hidden, 0, client, seen_ns);
}

static bool
lost_to(const struct nt_verdicts *v, unsigned int kind, const struct nt_addr *whom,
	int64_t start_ns)
{
	/* What was cut within the grace may still come whole: that is not waited for. */
	const bool cut = kind == NT_UNKNOWN_TRUNCATED || kind == NT_UNKNOWN_FRAGMENTED;
	const int64_t until_ns = start_ns + (cut ? 0 : v->cfg.grace_ns);
	return nt_moments_within(
		v->lost, kind, whom, until_ns - span(&v->cfg, v->cfg.lost_for_ns), until_ns);
}

static bool
is_hidden(const struct nt_verdicts *v, const struct nt_verdict_query *q)
{
	for (unsigned int i = 0; i < q->client_count; i++)
		if (nt_moments_within(v->hidden, 0, &q->clients[i],
			    q->start_ns - v->cfg.hidden_for_ns, q->start_ns + v->cfg.grace_ns))
			return true;
	return false;
}

static bool
is_lost(const struct nt_verdicts *v, const struct nt_verdict_query *q, enum nt_unknown why)
{
	if (why == NT_UNKNOWN_REFUSED && lost_to(v, OF_ADDRESS, &q->addr, q->start_ns))
		return true;
	for (unsigned int i = 0; i < q->client_count; i++)
		if (lost_to(v, why, &q->clients[i], q->start_ns))
			return true;
	return lost_to(v, why, &nobody, q->start_ns);
}

static bool
is_within(int64_t moment_ns, int64_t start_ns, int64_t for_ns)
{
	return moment_ns != INT64_MIN && moment_ns >= start_ns - for_ns;
}

/* Something told, or the loss of something, was forgotten, and could have counted. */
static bool
is_forgotten(const struct nt_verdicts *v, int64_t start_ns)
{
	return is_within(nt_told_lost_ns(v->told), start_ns, v->cfg.look_back_ns) ||
	       is_within(nt_moments_lost_ns(v->lost), start_ns, v->cfg.lost_for_ns) ||
	       is_within(nt_moments_lost_ns(v->hidden), start_ns, v->cfg.hidden_for_ns);
}

/* Is there a reason for which it can't be said? In the order of the enum. */
static bool
find_reason(const struct nt_verdicts *v, const struct nt_verdict_query *q, enum nt_unknown *ret_why)
{
	const bool holds[NT_UNKNOWN_TRUNCATED] = {
		[NT_UNKNOWN_JOINED] = q->joined,
		[NT_UNKNOWN_WARM_UP] = q->start_ns < q->began_ns + v->cfg.warm_up_ns,
		[NT_UNKNOWN_EARLY] = q->early,
		[NT_UNKNOWN_FORGOTTEN] = q->links_lost || is_forgotten(v, q->start_ns),
		[NT_UNKNOWN_ENCRYPTED] = is_hidden(v, q),
	};
	const unsigned int reasons =
		nt_moments_any(v->lost) ? NT_UNKNOWN_REASONS : NT_UNKNOWN_TRUNCATED;
	for (unsigned int why = 0; why < reasons; why++) {
		*ret_why = (enum nt_unknown)why;
		if (why < NT_UNKNOWN_TRUNCATED ? holds[why] : is_lost(v, q, *ret_why))
			return true;
	}
	return false;
}

static void
decide_until(struct nt_verdicts *v, int64_t start_ns)
{
	while (v->cut_count != 0 && cut_at(v, 0)->seen_ns <= start_ns)
		cut_decide(v);
}

bool
nt_verdicts_escaped(
	struct nt_verdicts *v, const struct nt_verdict_query *q, enum nt_unknown *ret_why)
{
	decide_until(v, q->start_ns);
	return find_reason(v, q, ret_why);
}

enum nt_verdict
nt_verdicts_judge(struct nt_verdicts *v, const struct nt_verdict_query *q, enum nt_unknown *ret_why)
{
	const int64_t until_ns = q->start_ns + v->cfg.grace_ns;
	enum nt_unknown why;
	decide_until(v, q->start_ns);
	if (nt_told_before(v->told, &q->addr, &nobody, until_ns)) {
		for (unsigned int i = 0; i < q->client_count; i++)
			if (nt_told_before(v->told, &q->addr, &q->clients[i], until_ns))
				return NT_VERDICT_CLIENT;
		return NT_VERDICT_OTHER;
	}
	if (!find_reason(v, q, &why))
		return NT_VERDICT_NONE;
	*ret_why = why;
	return NT_VERDICT_UNKNOWN;
}

uint64_t
nt_verdicts_evicted(const struct nt_verdicts *v)
{
	struct nt_told_stats s;
	nt_told_stats(v->told, &s);
	return s.evicted;
}

struct nt_told_table *
nt_verdicts_told(struct nt_verdicts *v)
{
	return v->told;
}
