/* SPDX-License-Identifier: BSD-3-Clause */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "telemetry_client.h"
#include "top_sample.h"

static const enum nt_counter losses[] = { NT_COUNTER_RX_MISSED, NT_COUNTER_RX_NO_BUFFER,
	NT_COUNTER_RX_RING_FULL, NT_COUNTER_RX_ERRORS, NT_COUNTER_PACKETS_CUT_LINK,
	NT_COUNTER_PACKETS_CUT_IP, NT_COUNTER_PACKETS_BAD_IP, NT_COUNTER_PACKETS_BAD_CHECKSUM,
	NT_COUNTER_PACKETS_CUT_L4, NT_COUNTER_PACKETS_BAD_L4, NT_COUNTER_PACKETS_FRAGMENT,
	NT_COUNTER_PACKETS_EXT_LIMIT, NT_COUNTER_PACKETS_TUNNEL, NT_COUNTER_DATAGRAMS_EVICTED,
	NT_COUNTER_TUNNELS_EVICTED, NT_COUNTER_CONNS_EVICTED, NT_COUNTER_CONNS_REFUSED,
	NT_COUNTER_CONNS_LOST, NT_COUNTER_NOTICES_LOST, NT_COUNTER_LINES_LOST,
	NT_COUNTER_RELEASED_EARLY, NT_COUNTER_MAPPINGS_SHED_OUT, NT_COUNTER_MAPPINGS_SHED_IN,
	NT_COUNTER_FACTS_SHED, NT_COUNTER_MAPPINGS_EVICTED, NT_COUNTER_DNS_QUERIES_EVICTED,
	NT_COUNTER_TOLD_EVICTED };

static void
take_counters(struct top_sample *s, const json_t *counters)
{
	struct nt_counter_group g;
	for (unsigned int i = 0; nt_counter_group(i, &g); i++) {
		const json_t *group = json_object_get(counters, g.name);
		for (unsigned int id = g.first; id < g.first + g.count; id++) {
			const struct nt_counter_info *info = nt_counter_info(id);
			s->counters[id] =
				telemetry_u64(json_object_get(group, info->unit), info->name);
		}
	}
}

/* The configuration's value of "group.key". */
static uint64_t
config_value(const json_t *config, const char *dotted)
{
	const char *dot = strchr(dotted, '.');
	char group[32];
	if (dot == NULL || (size_t)(dot - dotted) >= sizeof(group))
		return 0;
	memcpy(group, dotted, (size_t)(dot - dotted));
	group[dot - dotted] = '\0';
	return telemetry_u64(json_object_get(config, group), dot + 1);
}

static uint64_t
usec(const json_t *o, const char *key)
{
	return json_object_get(o, key) != NULL ? telemetry_u64(o, key) : TOP_NO_USEC;
}

static void
take_workers(struct top_sample *s, const json_t *workers)
{
	char key[16];
	for (; s->worker_count < NT_CONFIG_WORKERS_MAX; s->worker_count++) {
		struct top_worker *w = &s->workers[s->worker_count];
		snprintf(key, sizeof(key), "%u", s->worker_count);
		const json_t *o = json_object_get(workers, key);
		if (o == NULL)
			return;
		w->packets = telemetry_u64(o, "packets");
		for (unsigned int id = 0; id < WORKER_GAUGE_COUNT; id++)
			w->gauges[id] = telemetry_u64(o, worker_gauge_info(id)->name);
		w->lag_p50_usec = usec(o, "lag_p50_usec");
		w->lag_p99_usec = usec(o, "lag_p99_usec");
	}
}

static void
take_destinations(struct top_sample *s, const json_t *list)
{
	char key[16];
	for (; s->destination_count < TOP_DESTINATIONS; s->destination_count++) {
		struct top_destination *d = &s->destinations[s->destination_count];
		snprintf(key, sizeof(key), "%u", s->destination_count);
		const json_t *o = json_object_get(list, key);
		if (o == NULL)
			return;
		telemetry_text(o, "address", d->address, sizeof(d->address));
		d->conns = telemetry_u64(o, "connections");
		d->error = telemetry_u64(o, "error");
		d->bytes = telemetry_u64(o, "bytes");
		d->local = telemetry_u64(o, "local") != 0;
	}
}

void
top_sample_make(struct top_sample *ret, const json_t *stats, const json_t *workers,
	const json_t *config, const json_t *top)
{
	const json_t *relay = json_object_get(workers, "relay");
	memset(ret, 0, sizeof(*ret));
	telemetry_text(stats, "version", ret->version, sizeof(ret->version));
	telemetry_text(stats, "sensor", ret->sensor, sizeof(ret->sensor));
	telemetry_ns(stats, "uptime", &ret->uptime_ns);
	take_counters(ret, json_object_get(stats, "counters"));
	take_workers(ret, json_object_get(workers, "workers"));
	for (unsigned int id = 0; id < WORKER_GAUGE_COUNT; id++)
		ret->most[id] = config_value(config, worker_gauge_info(id)->key);
	ret->propagation_p50_usec = usec(relay, "propagation_p50_usec");
	ret->propagation_p99_usec = usec(relay, "propagation_p99_usec");
	telemetry_ns(top, "since", &ret->destinations_since_ns);
	take_destinations(ret, json_object_get(top, "destinations"));
}

static uint64_t
since(const struct top_sample *now, const struct top_sample *before, enum nt_counter id)
{
	const uint64_t a = before->counters[id], b = now->counters[id];
	return b > a ? b - a : 0;
}

double
top_rate(const struct top_sample *now, const struct top_sample *before, enum nt_counter id)
{
	const int64_t ns = now->at_ns - before->at_ns;
	return ns > 0 ? (double)since(now, before, id) * 1e9 / (double)ns : 0;
}

double
top_percent(const struct top_sample *now, const struct top_sample *before, enum nt_counter part,
	enum nt_counter whole)
{
	const uint64_t all = since(now, before, whole);
	if (all > 0)
		return 100.0 * (double)NT_MIN(since(now, before, part), all) / (double)all;
	if (now->counters[whole] == 0)
		return -1;
	return 100.0 * (double)NT_MIN(now->counters[part], now->counters[whole]) /
	       (double)now->counters[whole];
}

uint64_t
top_gauge(const struct top_sample *now, enum worker_gauge id)
{
	uint64_t sum = 0;
	for (unsigned int i = 0; i < now->worker_count; i++)
		sum += now->workers[i].gauges[id];
	return sum;
}

static bool
comes_before(const struct top_sample *now, const struct top_sample *before, enum nt_counter a,
	enum nt_counter b)
{
	const uint64_t x = since(now, before, a), y = since(now, before, b);
	return x != y ? x > y : now->counters[a] > now->counters[b];
}

unsigned int
top_losses(const struct top_sample *now, const struct top_sample *before, enum nt_counter *ret,
	unsigned int max)
{
	unsigned int count = 0;
	for (unsigned int i = 0; i < NT_ARRAY_SIZE(losses); i++) {
		unsigned int at = count;
		if (now->counters[losses[i]] == 0)
			continue;
		while (at > 0 && comes_before(now, before, losses[i], ret[at - 1]))
			at--;
		if (at == max)
			continue;
		count = NT_MIN(count + 1, max);
		memmove(&ret[at + 1], &ret[at], (count - at - 1) * sizeof(ret[0]));
		ret[at] = losses[i];
	}
	return count;
}

static void
add_rates(json_t *o, const struct top_sample *now, const struct top_sample *before)
{
	static const struct {
		const char *key;
		enum nt_counter id;
		double factor;
	} rates[] = {
		{ "packets_per_sec", NT_COUNTER_PACKETS, 1 },
		{ "bits_per_sec", NT_COUNTER_PACKET_BYTES, 8 },
		{ "dropped_per_sec", NT_COUNTER_RX_DROPPED, 1 },
		{ "connections_begun_per_sec", NT_COUNTER_CONNS_MADE, 1 },
		{ "connections_written_per_sec", NT_COUNTER_CONNS_WRITTEN, 1 },
		{ "connections_named_per_sec", NT_COUNTER_NAMED_CONNS, 1 },
		{ "mappings_learnt_per_sec", NT_COUNTER_MAPPINGS_LEARNT, 1 },
	};
	for (unsigned int i = 0; i < NT_ARRAY_SIZE(rates); i++)
		(void)json_object_set_new(o, rates[i].key,
			json_real(top_rate(now, before, rates[i].id) * rates[i].factor));
}

static void
add_percent(json_t *o, const char *key, double percent)
{
	if (percent >= 0)
		(void)json_object_set_new(o, key, json_real(percent));
}

static void
add_usec(json_t *o, const char *key, uint64_t n)
{
	if (n != TOP_NO_USEC)
		(void)json_object_set_new(o, key, json_integer((json_int_t)n));
}

static json_t *
workers_json(const struct top_sample *now, const struct top_sample *before)
{
	json_t *list = json_array();
	for (unsigned int i = 0; i < now->worker_count; i++) {
		const struct top_worker *w = &now->workers[i], *b = &before->workers[i];
		const double sec = (double)(now->at_ns - before->at_ns) / 1e9;
		json_t *o = json_object();
		(void)json_object_set_new(o, "packets_per_sec",
			json_real(sec > 0 && w->packets >= b->packets
					  ? (double)(w->packets - b->packets) / sec
					  : 0));
		for (unsigned int id = 0; id < WORKER_GAUGE_COUNT; id++)
			(void)json_object_set_new(o, worker_gauge_info(id)->name,
				json_integer((json_int_t)w->gauges[id]));
		add_usec(o, "lag_p50_usec", w->lag_p50_usec);
		add_usec(o, "lag_p99_usec", w->lag_p99_usec);
		(void)json_array_append_new(list, o);
	}
	return list;
}

static json_t *
destinations_json(const struct top_sample *now)
{
	json_t *list = json_array();
	for (unsigned int i = 0; i < now->destination_count; i++) {
		const struct top_destination *d = &now->destinations[i];
		(void)json_array_append_new(list,
			json_pack("{s:s, s:I, s:I, s:I, s:b}", "address", d->address, "connections",
				(json_int_t)d->conns, "error", (json_int_t)d->error, "bytes",
				(json_int_t)d->bytes, "local", d->local));
	}
	return list;
}

json_t *
top_sample_json(const struct top_sample *now, const struct top_sample *before)
{
	json_t *o = json_object(), *lost = json_object();
	enum nt_counter ids[NT_ARRAY_SIZE(losses)];
	const unsigned int n = top_losses(now, before, ids, NT_ARRAY_SIZE(ids));
	(void)json_object_set_new(o, "uptime", json_real((double)now->uptime_ns / 1e9));
	add_rates(o, now, before);
	(void)json_object_set_new(o, "connections_open",
		json_integer((json_int_t)top_gauge(now, WORKER_GAUGE_FLOWS)));
	add_percent(o, "named_local_percent",
		top_percent(now, before, NT_COUNTER_ENDS_LOCAL_NAMED, NT_COUNTER_ENDS_LOCAL));
	add_percent(o, "named_external_percent",
		top_percent(now, before, NT_COUNTER_ENDS_EXTERNAL_NAMED, NT_COUNTER_ENDS_EXTERNAL));
	add_usec(o, "propagation_p50_usec", now->propagation_p50_usec);
	add_usec(o, "propagation_p99_usec", now->propagation_p99_usec);
	for (unsigned int i = 0; i < n; i++)
		(void)json_object_set_new(lost, nt_counter_info(ids[i])->name,
			json_pack("{s:I, s:f}", "total", (json_int_t)now->counters[ids[i]],
				"per_sec", top_rate(now, before, ids[i])));
	(void)json_object_set_new(o, "losses", lost);
	(void)json_object_set_new(o, "workers", workers_json(now, before));
	(void)json_object_set_new(o, "unnamed_destinations", destinations_json(now));
	return o;
}
