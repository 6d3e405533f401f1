/* SPDX-License-Identifier: BSD-3-Clause */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "telemetry_answers.h"
#include "telemetry_text.h"

/* The object that is a member of o, made if need be. */
static json_t *
member_object(json_t *o, const char *key)
{
	json_t *ret = json_object_get(o, key);
	if (ret == NULL) {
		ret = json_object();
		(void)json_object_set_new(o, key, ret);
	}
	return ret;
}

json_t *
answer_counters(const struct nt_counters *counters)
{
	json_t *root = json_object();
	struct nt_counter_group g;
	for (unsigned int i = 0; nt_counter_group(i, &g); i++) {
		json_t *group = member_object(root, g.name);
		for (unsigned int id = g.first; id < g.first + g.count; id++) {
			const struct nt_counter_info *info = nt_counter_info(id);
			telemetry_add_u64(member_object(group, info->unit), info->name,
				nt_counter_read(counters, (enum nt_counter)id));
		}
	}
	return root;
}

static json_t *
config_json(const struct nt_config *config)
{
	char *text = NULL;
	size_t len = 0;
	json_t *ret = NULL;
	FILE *f = open_memstream(&text, &len);
	if (f == NULL)
		return NULL;
	const int rc = nt_config_print(config, f);
	if (fclose(f) == 0 && rc == 0)
		ret = json_loadb(text, len, 0, NULL);
	free(text);
	return ret;
}

json_t *
answer_config(const struct nt_config *config, const char *group, struct nt_error *err)
{
	json_t *all = config_json(config);
	if (all == NULL)
		nt_error_set(err, -ENOMEM, "out of memory");
	if (all == NULL || *group == '\0')
		return all;
	json_t *ret = NULL, *found = json_object_get(all, group);
	if (found == NULL)
		nt_error_set(err, -EINVAL,
			"the configuration has no '%s'; without a parameter all of it is told",
			group);
	else
		ret = json_pack("{s:O}", group, found);
	json_decref(all);
	return ret;
}

json_t *
answer_top(const struct busiest_view *view, uint32_t max)
{
	json_t *root = json_object(), *list = json_object();
	telemetry_add_seconds(root, "since", view->since_ns);
	telemetry_add_u64(root, "connections", view->conns);
	telemetry_add_u64(root, "error_at_most", view->conns / BUSIEST_ENTRIES);
	for (uint32_t i = 0; i < view->count && i < max; i++) {
		const struct busiest_entry *e = &view->entry[i];
		json_t *o = json_object();
		telemetry_add_addr(o, "address", &e->addr);
		telemetry_add_u64(o, "connections", e->conns);
		telemetry_add_u64(o, "error", e->error);
		telemetry_add_u64(o, "bytes", e->bytes);
		telemetry_add_u64(o, "local", e->local);
		telemetry_add_seconds(o, "last_seen", e->last_ns);
		telemetry_add_member(list, i, o);
	}
	(void)json_object_set_new(root, "destinations", list);
	return root;
}

/* Telemetry has whole numbers: microseconds. */
static void
add_quantiles(json_t *o, const char *p50, const char *p99, const struct nt_histogram *h)
{
	if (h->total == 0)
		return;
	telemetry_add_u64(o, p50, nt_histogram_quantile(h, 0.5) / NT_NS_PER_USEC);
	telemetry_add_u64(o, p99, nt_histogram_quantile(h, 0.99) / NT_NS_PER_USEC);
}

static void
add_gauges(json_t *o, const struct worker_gauges *gauges)
{
	const struct worker_gauge_info *info;
	for (unsigned int id = 0; (info = worker_gauge_info(id)) != NULL; id++)
		telemetry_add_u64(o, info->name, worker_gauge_read(gauges, (enum worker_gauge)id));
}

json_t *
answer_worker(const struct nt_config *config, const struct answer_worker *w)
{
	static const enum nt_counter shown[] = { NT_COUNTER_PACKETS, NT_COUNTER_PACKET_BYTES,
		NT_COUNTER_RX_DROPPED, NT_COUNTER_CONNS_MADE, NT_COUNTER_CONNS_WRITTEN,
		NT_COUNTER_CONNS_EVICTED, NT_COUNTER_CONNS_LOST, NT_COUNTER_RELEASED_EARLY,
		NT_COUNTER_MAPPINGS_LEARNT, NT_COUNTER_MAPPINGS_SHED_OUT,
		NT_COUNTER_MAPPINGS_RECEIVED, NT_COUNTER_MAPPINGS_EVICTED };
	json_t *o = json_object();
	for (unsigned int i = 0; i < NT_ARRAY_SIZE(shown); i++)
		telemetry_add_u64(
			o, nt_counter_info(shown[i])->name, nt_counter_read(w->counters, shown[i]));
	add_gauges(o, w->gauges);
	telemetry_add_u64(o, "flow_max", config->flow.max);
	add_quantiles(o, "lag_p50_usec", "lag_p99_usec", &w->lag);
	telemetry_add_u64(o, "beats", w->beats);
	return o;
}

json_t *
answer_relay(const struct nt_relay_stats *stats, const struct nt_histogram *propagation)
{
	json_t *o = json_object();
	telemetry_add_u64(o, "relayed", stats->relayed);
	telemetry_add_u64(o, "delivered", stats->delivered);
	telemetry_add_u64(o, "delayed", stats->delayed);
	add_quantiles(o, "propagation_p50_usec", "propagation_p99_usec", propagation);
	return o;
}

json_t *
answer_port(const struct answer_port *p)
{
	json_t *o = json_object();
	telemetry_add_text(o, "name", p->name);
	telemetry_add_text(o, "driver", p->driver);
	telemetry_add_u64(o, "queues", p->queues);
	telemetry_add_u64(o, "symmetric", p->symmetric);
	telemetry_add_u64(o, "packets", p->packets);
	telemetry_add_u64(o, "bytes", p->bytes);
	telemetry_add_u64(o, "missed", p->missed);
	telemetry_add_u64(o, "errors", p->errors);
	telemetry_add_u64(o, "no_mbuf", p->no_mbuf);
	return o;
}
