/* SPDX-License-Identifier: BSD-3-Clause */
#include <stdlib.h>
#include <string.h>

#include <nt_fault.h>
#include <nt_mem.h>

#include "cache_options.h"
#include "flow_options.h"
#include "lcore_idle.h"
#include "names_log.h"
#include "sizes.h"
#include "worker_priv.h"

/* What a fault on purpose makes of a round. */
#define WORKER_STUCK_NS NT_SEC(6)

/* Ended connections turned into records per poll. */
#define RECORDS_MAX (2 * WORKER_BURST)

static void
set_ports(struct worker *w, const struct nt_ports *ports, enum port_use use)
{
	for (uint32_t i = 0; i < ports->count; i++)
		w->port_use[ports->ports[i]] = (uint8_t)use;
}

static void
set_service_ports(struct worker *w, const struct nt_conn_ports *ports)
{
	for (unsigned int i = 0; i < NT_ARRAY_SIZE(ports->bits); i++) {
		for (uint64_t left = ports->bits[i]; left != 0; left &= left - 1)
			w->port_use[64 * i + (unsigned int)__builtin_ctzll(left)] |= PORT_SERVICE;
	}
}

static void
set_name_ports(struct worker *w)
{
	set_ports(w, &w->config->names.dns_ports, PORT_DNS);
	set_ports(w, &w->config->names.mdns_ports, PORT_MDNS);
	set_ports(w, &w->config->names.llmnr_ports, PORT_LLMNR);
	set_ports(w, &w->config->names.nbns_ports, PORT_NBNS);
	set_ports(w, &w->config->names.dhcp_ports, PORT_DHCP);
	set_ports(w, &w->config->names.dhcp6_ports, PORT_DHCP6);
}

/* Two of each flow; of these, only those of DNS over TCP are ever touched. */
static struct nt_dns_stream *
dns_streams_new(uint32_t flows)
{
	return nt_mem_map(2 * (size_t)flows * sizeof(struct nt_dns_stream));
}

static int
make_tables(struct worker *w)
{
	const struct nt_config *c = w->config;
	struct nt_conn_config conn;
	const struct nt_name_cache_config cache = cache_options(c);
	const struct nt_name_cache_config asserted = cache_options_asserted(c);
	struct nt_hash_key key;
	const int err = nt_hash_key_random(&key);
	if (err != 0)
		return err;
	w->names_key = w->cfg.names_key != NULL ? *w->cfg.names_key : key;
	flow_options(&conn, c);
	w->flows = nt_flow_table_new(c->flow.max, &key);
	w->conn = nt_conn_new(&conn, c->flow.max);
	set_service_ports(w, &conn.dns_udp);
	w->names = nt_name_cache_new(&cache, &w->names_key);
	w->asserted = nt_name_cache_new(&asserted, &w->names_key);
	w->queries = nt_dns_match_new(c->names.max_queries, c->names.query_life_ns, &key);
	w->dns_buffers = nt_dns_buffers_new(c->names.max_dns_streams);
	w->dns_streams = dns_streams_new(c->flow.max);
	const struct nt_quic_config quic = { .connections = c->names.quic_max,
		.decryptions_per_sec = c->names.quic_rate,
		.confirm_only = !c->names.enabled };
	w->quic = nt_quic_new(&quic, &key);
	w->records = nt_msg_ring_new("records", RECORD_RING_UNITS);
	w->ask = ask_box_new();
	if (w->ask == NULL || w->flows == NULL || w->conn == NULL || w->names == NULL ||
		w->asserted == NULL || w->queries == NULL || w->dns_buffers == NULL ||
		w->dns_streams == NULL || w->quic == NULL || w->records == NULL)
		return errno != 0 ? -errno : -ENOMEM;
	if (c->log.community_id) {
		w->community_id = nt_community_id_new((uint16_t)c->log.community_id_seed);
		if (w->community_id == NULL)
			return -errno;
	}
	int failed = hosts_init(w, &key, cache_longest_timeout_ns(c));
	if (failed == 0)
		failed = nt_pool_init(&w->pins, sizeof(struct found_names), c->flow.max);
	if (failed == 0)
		failed = streams_init(&w->streams, c->flow.max);
	if (failed == 0)
		failed = server_names_init(&w->server_names, c->flow.max);
	if (failed == 0)
		failed = verdicts_init(w, &key);
	if (failed == 0)
		failed = mismatches_init(w, &key);
	return failed != 0 ? failed : departures_init(&w->departures);
}

/* Some of what a packet told was shed: all others are told so, once. */
static void
tell_shed(struct worker *w, const struct nt_packet_meta *at)
{
	struct nt_mapping m = { .position = at->position,
		.seen_ns = at->clock_ns,
		.source = NT_UNKNOWN_DROPPED,
		.name = "" };
	if (w->shed_position == at->position)
		return;
	w->shed_position = at->position;
	while (!nt_relay_tell_more(w->relay, NT_FACT_LOST, &m)) {
		if (live_is_shedding(w))
			return;
		worker_wait(w);
	}
	count(w, NT_COUNTER_MESSAGES_SENT, 1);
}

bool
worker_sheds(struct worker *w, enum nt_counter counter, const struct nt_packet_meta *at)
{
	if (nt_likely(!nt_relay_is_full_of(w->relay, at->position)))
		return false;
	count(w, counter, 1);
	tell_shed(w, at);
	return true;
}

bool
worker_tell(
	struct worker *w, enum nt_fact kind, const struct nt_packet_meta *at, struct nt_mapping *m)
{
	if (!wants_names(w) ||
		(nt_unlikely(w->cfg.live != NULL) && live_sheds_fact(w, kind, at, m)))
		return false;
	m->position = at->position;
	m->seen_ns = at->clock_ns;
	if (m->name_len == 0)
		m->name = "";
	while (nt_unlikely(!nt_relay_tell(w->relay, kind, m))) {
		if (worker_sheds(w, NT_COUNTER_FACTS_SHED, at) || live_is_shedding(w))
			return false;
		worker_wait(w);
	}
	count(w, NT_COUNTER_MESSAGES_SENT, 1);
	return true;
}

static bool
is_asserted(const struct nt_mapping *m)
{
	return m->source == NT_SOURCE_SSL_SNI || m->source == NT_SOURCE_HTTP_HOST;
}

struct nt_name_cache *
worker_cache_of(const struct worker *w, const struct nt_mapping *m)
{
	return is_asserted(m) ? w->asserted : w->names;
}

static_assert(sizeof(struct nt_mapping_keys) <= sizeof(struct nt_relay_scratch), "they fit");

static void
look_ahead(void *arg, const struct nt_mapping *m, struct nt_relay_scratch *s, unsigned int n)
{
	const struct worker *w = arg;
	struct nt_mapping_keys *named[NT_RELAY_WINDOW], *asserted[NT_RELAY_WINDOW];
	unsigned int names = 0, others = 0;
	for (unsigned int i = 0; i < n; i++) {
		struct nt_mapping_keys *k = (void *)&s[i];
		nt_mapping_keys_of(&w->names_key, &m[i], k);
		nt_name_cache_ahead(worker_cache_of(w, &m[i]), &k, 1, 0);
		if (is_asserted(&m[i]))
			asserted[others++] = k;
		else
			named[names++] = k;
	}
	for (unsigned int step = 1; step < NT_NAME_CACHE_STEPS; step++) {
		if (step % 2 == 1)
			nt_verdicts_ahead(w->judging.verdicts, named, names, step / 2);
		nt_name_cache_ahead(w->names, named, names, step);
		nt_name_cache_ahead(w->asserted, asserted, others, step);
	}
}

static enum nt_name_added
take_mapping(void *arg, const struct nt_mapping *m, struct nt_relay_scratch *s)
{
	struct worker *w = arg;
	const struct nt_mapping_keys *k = (const void *)s;
	if (nt_unlikely(is_unasked(w, m))) {
		verdicts_refused(w, m);
		return NT_NAME_REFUSED;
	}
	if (nt_unlikely(w->cfg.names_log != NULL))
		names_log_add(w->cfg.names_log, m, m->seen_ns - w->epoch_offset_ns);
	nt_verdicts_mapping(w->judging.verdicts, m, k);
	return nt_name_cache_add_keyed(worker_cache_of(w, m), m, k);
}

static void
take_fact(void *arg, enum nt_fact kind, const struct nt_mapping *m)
{
	if (kind == NT_FACT_HOST)
		hosts_fact(arg, m);
	else if (kind == NT_FACT_ASKED)
		query_fact(arg);
	else
		verdicts_fact(arg, kind, m);
}

static void
note_departure(void *arg, const struct nt_mapping_msg *msg)
{
	struct worker *w = arg;
	departures_add(&w->departures, msg->position, msg->departs_ns);
}

struct worker *
worker_new(const struct worker_config *cfg)
{
	struct worker *w;
	const int failed = posix_memalign((void **)&w, NT_CACHE_LINE, sizeof(*w));
	if (failed != 0) {
		errno = failed;
		return NULL;
	}
	memset(w, 0, sizeof(*w));
	w->cfg = *cfg;
	w->config = cfg->config;
	w->flow_limit = cfg->config->flow.max;
	w->relay = nt_relay_worker(cfg->relay, cfg->index);
	w->taker = (struct nt_relay_taker){
		.mapping = take_mapping,
		.ahead = look_ahead,
		.fact = take_fact,
		.departed = note_departure,
		.arg = w,
	};
	if (cfg->live != NULL)
		live_init(w);
	w->done.clock_ns = INT64_MIN;
	w->W.clock_ns = INT64_MIN;
	w->pinned_ns = INT64_MIN;
	set_name_ports(w);
	const int err = make_tables(w);
	if (err != 0) {
		worker_free(w);
		errno = -err;
		return NULL;
	}
	return w;
}

void
worker_free(struct worker *w)
{
	if (w == NULL)
		return;
	nt_flow_table_free(w->flows);
	nt_conn_free(w->conn);
	nt_name_cache_free(w->names);
	nt_name_cache_free(w->asserted);
	nt_dns_match_free(w->queries);
	nt_dns_buffers_free(w->dns_buffers);
	nt_mem_unmap(w->dns_streams, 2 * (size_t)w->cfg.config->flow.max * sizeof(*w->dns_streams));
	nt_quic_free(w->quic);
	hosts_fini(w);
	nt_msg_ring_free(w->records);
	ask_box_free(w->ask);
	nt_community_id_free(w->community_id);
	nt_pool_fini(&w->pins);
	streams_fini(&w->streams);
	server_names_fini(&w->server_names);
	verdicts_fini(w);
	mismatches_fini(w);
	if (w->departures.ring != NULL)
		departures_fini(&w->departures);
	free(w);
}

/* Release T, acquire W, bring the cache up to it. True when W moved. */
static bool
advance(struct worker *w)
{
	struct nt_relay_applied n = { 0 };
	const uint64_t before = w->W.position;
	nt_relay_release(w->relay, w->done.position, w->done.clock_ns);
	lcore_pause();
	w->W = nt_relay_apply(w->relay, &w->taker, &n);
	count(w, NT_COUNTER_MESSAGES_RECEIVED, n.messages);
	count(w, NT_COUNTER_MAPPINGS_RECEIVED, n.received);
	count(w, NT_COUNTER_MAPPINGS_NEW, n.received_new);
	count(w, NT_COUNTER_MAPPINGS_REFRESHED, n.received_refreshed);
	count(w, NT_COUNTER_MAPPINGS_REFUSED, n.received_refused);
	count(w, NT_COUNTER_OWN_NEW, n.own_new);
	count(w, NT_COUNTER_OWN_REFRESHED, n.own_refreshed);
	count(w, NT_COUNTER_OWN_REFUSED, n.own_refused);
	return w->W.position != before;
}

static void
idle(struct worker *w)
{
	w->cfg.rx->idle(w->cfg.rx);
	if (w->cfg.live != NULL)
		lcore_idle_live(w->cfg.live->idle);
	else
		lcore_idle();
}

void
worker_wait(struct worker *w)
{
	if (!advance(w))
		idle(w);
}

static uint64_t
evictions(const struct nt_name_cache_stats *s)
{
	return s->evicted_mappings + s->evicted_addresses + s->evicted_names +
	       s->evicted_per_address;
}

static void
observe_rings(struct worker *w)
{
	unsigned int used, size;
	nt_relay_fill(w->relay, &used, &size);
	worker_gauge_set(&w->gauges, WORKER_GAUGE_OUT_RING, used);
	worker_gauge_set(&w->gauges, WORKER_GAUGE_OUT_RING_SIZE, size);
	worker_gauge_set(&w->gauges, WORKER_GAUGE_RECORD_RING,
		RECORD_RING_UNITS - 1 - nt_msg_ring_free_units(w->records));
	worker_gauge_set(&w->gauges, WORKER_GAUGE_RECORD_RING_SIZE, RECORD_RING_UNITS - 1);
}

void
worker_observe(struct worker *w)
{
	struct nt_flow_table_stats flows;
	struct nt_name_cache_stats names, asserted;
	struct nt_conn_stats conn;
	nt_name_cache_stats(w->names, &names);
	nt_name_cache_stats(w->asserted, &asserted);
	nt_conn_stats(w->conn, &conn);
	nt_flow_table_stats(w->flows, &flows);
	const uint64_t evicted = evictions(&names) + evictions(&asserted);
	nt_counter_set(&w->counters, NT_COUNTER_MAPPINGS_EVICTED, evicted);
	nt_counter_set(&w->counters, NT_COUNTER_MAPPINGS_DELETED,
		names.expired + asserted.expired + evicted);
	nt_counter_set(
		&w->counters, NT_COUNTER_LOOKUPS_CUT, names.lookup_cut + asserted.lookup_cut);
	nt_counter_set(&w->counters, NT_COUNTER_CONN_EXTRA_EXHAUSTED, conn.extra_exhausted);
	nt_counter_set(&w->counters, NT_COUNTER_RANGES_MERGED, conn.ranges_merged);
	nt_counter_set(&w->counters, NT_COUNTER_CONN_LINK_EXHAUSTED,
		conn.link_exhausted + conn.parents_lost);
	nt_counter_set(
		&w->counters, NT_COUNTER_DNS_QUERIES_EVICTED, nt_dns_match_evicted(w->queries));
	quic_observe(w);
	nt_counter_set(
		&w->counters, NT_COUNTER_TOLD_EVICTED, nt_verdicts_evicted(w->judging.verdicts));
	hosts_observe(w);
	worker_gauge_set(&w->gauges, WORKER_GAUGE_FLOWS, flows.live);
	worker_gauge_set(&w->gauges, WORKER_GAUGE_FLOWS_ENDED, flows.ended);
	worker_gauge_set(&w->gauges, WORKER_GAUGE_FLOW_LONGEST_BUCKET, flows.longest);
	worker_gauge_set(&w->gauges, WORKER_GAUGE_CACHE_LONGEST_PROBE, names.longest_probe);
	nt_counter_set(&w->counters, NT_COUNTER_CONNS_CROWDED, flows.crowded);
	worker_gauge_set(&w->gauges, WORKER_GAUGE_CACHE_ADDRESSES, names.addresses);
	worker_gauge_set(&w->gauges, WORKER_GAUGE_CACHE_NAMES, names.names);
	worker_gauge_set(&w->gauges, WORKER_GAUGE_CACHE_MAPPINGS, names.mappings);
	worker_gauge_set(&w->gauges, WORKER_GAUGE_ASSERTED_MAPPINGS, asserted.mappings);
	observe_rings(w);
}

static void
measure_lag(struct worker *w)
{
	if (w->W.clock_ns != INT64_MIN && w->done.clock_ns >= w->W.clock_ns)
		nt_histogram_add(&w->watermark_lag, (uint64_t)(w->done.clock_ns - w->W.clock_ns));
}

/* The stream has ended here: end what is open, a slice at a time. True when all is written. */
bool
worker_finish(struct worker *w)
{
	if (w->done.position != NT_POSITION_END)
		return false;
	if (!flows_end_all(w, RECORDS_MAX) && nt_flow_ended(w->flows) == NT_FLOW_NONE &&
		!mismatches_wait(w) && w->W.position == NT_POSITION_END) {
		notices_expire(w, INT64_MAX);
		return send_stats(w, RECORD_DONE, w->done.clock_ns - w->epoch_offset_ns);
	}
	return false;
}

bool
worker_poll(struct worker *w)
{
	struct rte_mbuf *mbufs[WORKER_BURST];
	struct nt_mark_value R;
	nt_fault_sleep(NT_FAULT_WORKER_STUCK, WORKER_STUCK_NS);
	worker_timers_begin(w->timers);
	const unsigned int n = w->cfg.rx->burst(w->cfg.rx, mbufs, &R);
	lcore_pause();
	if (w->cfg.live != NULL)
		live_begin_burst(w, n != 0 ? mbufs[0] : NULL, &R);
	if (n != 0) {
		worker_process(w, mbufs, n);
		w->cfg.rx->give_back(w->cfg.rx, mbufs, n);
	} else if (R.position > w->done.position) {
		w->done = (struct nt_mark_value){ .position = R.position,
			.clock_ns = NT_MAX(R.clock_ns, w->done.clock_ns) };
	}
	worker_timers_lap(w->timers, WORKER_STAGE_RX);
	const bool moved = advance(w);
	if (moved)
		measure_lag(w);
	const struct ask_question *q = ask_pending(w->ask);
	if (nt_unlikely(q != NULL))
		worker_answer(w, q);
	const bool settling = nt_unlikely(settings_offered(&w->settings) != NULL || w->settling) &&
			      worker_take_settings(w);
	worker_timers_lap(w->timers, WORKER_STAGE_NAMES);
	bool busy = records_advance(w, RECORDS_MAX);
	worker_timers_lap(w->timers, WORKER_STAGE_RECORDS);
	if (w->done.clock_ns != INT64_MIN)
		busy |= flows_expire(w, w->done.clock_ns);
	if (w->cfg.live != NULL)
		live_end_round(w);
	worker_timers_lap(w->timers, WORKER_STAGE_EXPIRY);
	return busy || moved || n != 0 || settling;
}

void
worker_time_stages(struct worker *w, struct worker_timers *timers)
{
	w->timers = timers;
}

int
worker_main(void *arg)
{
	struct worker *w = arg;
	for (;;) {
		const bool busy = worker_poll(w);
		if (worker_finish(w))
			return 0;
		if (!busy)
			idle(w);
	}
}

const struct nt_counters *
worker_counters(const struct worker *w)
{
	return &w->counters;
}

struct nt_msg_ring *
worker_records(const struct worker *w)
{
	return w->records;
}

const struct nt_histogram *
worker_watermark_lag(const struct worker *w)
{
	return &w->watermark_lag;
}

struct ask_box *
worker_ask_box(const struct worker *w)
{
	return w->ask;
}

const struct worker_gauges *
worker_gauges(const struct worker *w)
{
	return &w->gauges;
}

uint64_t
worker_beats(const struct worker *w)
{
	return atomic_load_explicit(&w->beats, memory_order_relaxed);
}

void
worker_note_losses(struct worker *w)
{
	atomic_fetch_add_explicit(&w->losses, 1, memory_order_relaxed);
}
