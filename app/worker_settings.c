/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * A running worker is set otherwise. Caps that are lowered are come to little by little: so much at
 * a turn that a busy worker loses no packet by it, some microseconds.
 */
#include "cache_options.h"
#include "worker_priv.h"

/* Of each table, at a turn: a million entries take a second or so of an idle worker. */
#define SHRINK_MAX 4
/* Connections that have ended and are not yet written: no more are ended by a cap before these. */
#define ENDED_MAX 256

static struct nt_name_cache_caps
caps_of(const struct nt_name_cache_config *c)
{
	return (struct nt_name_cache_caps){
		.max_mappings = c->max_mappings,
		.max_addresses = c->max_addresses,
		.max_names = c->max_names,
		.max_mappings_per_address = c->max_mappings_per_address,
	};
}

static void
set_caps(struct worker *w, const struct nt_config *c)
{
	const struct nt_name_cache_config names = cache_options(c);
	const struct nt_name_cache_config asserted = cache_options_asserted(c);
	const struct nt_name_cache_caps names_caps = caps_of(&names);
	const struct nt_name_cache_caps asserted_caps = caps_of(&asserted);
	nt_name_cache_set_caps(w->names, &names_caps);
	nt_name_cache_set_caps(w->asserted, &asserted_caps);
}

static void
take(struct worker *w, const struct settings *s)
{
	const struct nt_config *was = w->config, *c = &s->config;
	w->config = c;
	set_caps(w, c);
	verdicts_set(w, s);
	mismatches_set(w);
	live_set_hold(w);
	if (c->names.quic_rate != was->names.quic_rate)
		nt_quic_set_rate(w->quic, c->names.quic_rate);
}

/* The table's limit follows what is left in it. True when connections were ended. */
static bool
lower_flows(struct worker *w)
{
	struct nt_flow_table_stats s;
	nt_flow_table_stats(w->flows, &s);
	const uint32_t max = w->config->flow.max, used = s.live + s.ended;
	const bool evicts = used > max && s.live != 0 && s.ended < ENDED_MAX;
	if (evicts)
		flows_evict(w, NT_MIN(SHRINK_MAX, used - max));
	w->flow_limit = NT_MAX(max, NT_MIN(w->flow_limit, used));
	nt_flow_table_set_limit(w->flows, w->flow_limit);
	return evicts;
}

/* True when there is more to be done at once. What has ended may have to wait for W. */
static bool
settle(struct worker *w)
{
	bool more = lower_flows(w);
	more |= nt_name_cache_shrink(w->names, SHRINK_MAX);
	more |= nt_name_cache_shrink(w->asserted, SHRINK_MAX);
	more |= nt_verdicts_shrink(w->judging.verdicts, SHRINK_MAX);
	more |= notices_settle(w, SHRINK_MAX);
	w->settling = more || w->flow_limit > w->config->flow.max;
	return more;
}

bool
worker_take_settings(struct worker *w)
{
	const struct settings *s = settings_offered(&w->settings);
	if (s != NULL) {
		take(w, s);
		settings_take(&w->settings, s);
	}
	const bool more = settle(w);
	if (!w->settling) /* its gauges as of now, also where the clock stands still */
		worker_observe(w);
	return more;
}

struct settings_box *
worker_settings(struct worker *w)
{
	return &w->settings;
}
