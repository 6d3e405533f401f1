/* SPDX-License-Identifier: BSD-3-Clause */
#include <string.h>

#include <nt_counters.h>

#include "human.h"
#include "show.h"
#include "telemetry_client.h"
#include "text_table.h"

void
show_json(const json_t *answer, FILE *out)
{
	json_dumpf(answer, out, JSON_COMPACT | JSON_REAL_PRECISION(15));
	fputc('\n', out);
}

/* The answer's value of a counter; false: this sensor does not count it. */
static bool
find_counter(const json_t *counters, const char *group, unsigned int id, uint64_t *ret)
{
	const struct nt_counter_info *info = nt_counter_info(id);
	const json_t *v = json_object_get(
		json_object_get(json_object_get(counters, group), info->unit), info->name);
	*ret = (uint64_t)json_integer_value(v);
	return v != NULL;
}

static void
show_counter(unsigned int id, uint64_t n, FILE *out)
{
	const struct nt_counter_info *info = nt_counter_info(id);
	char text[HUMAN_LEN];
	fprintf(out, "  %20s  %-11s  %-24s  %s\n", human_count(n, text), info->unit, info->name,
		info->help);
}

static void
show_group(const json_t *counters, const struct nt_counter_group *g, bool all, FILE *out)
{
	bool begun = false;
	for (unsigned int id = g->first; id < g->first + g->count; id++) {
		uint64_t n;
		if (!find_counter(counters, g->name, id, &n) || (n == 0 && !all))
			continue;
		if (!begun)
			fprintf(out, "\n%s\n", g->title);
		begun = true;
		show_counter(id, n, out);
	}
}

void
show_stats(const json_t *answer, bool all, FILE *out)
{
	char version[64], sensor[128], span[HUMAN_LEN];
	struct nt_counter_group g;
	int64_t uptime_ns = 0;
	telemetry_text(answer, "version", version, sizeof(version));
	telemetry_text(answer, "sensor", sensor, sizeof(sensor));
	telemetry_ns(answer, "uptime", &uptime_ns);
	fprintf(out, "nametap %s%s%s, up %s, workers: %llu\n", version,
		*sensor != '\0' ? ", sensor " : "", sensor, human_span(uptime_ns, span),
		(unsigned long long)telemetry_u64(answer, "workers"));
	for (unsigned int i = 0; nt_counter_group(i, &g); i++)
		show_group(json_object_get(answer, "counters"), &g, all, out);
}

static void
add_count(struct text_table *t, const json_t *o, const char *key)
{
	char text[HUMAN_LEN];
	text_table_add(t,
		json_object_get(o, key) != NULL ? human_count(telemetry_u64(o, key), text) : "-");
}

static void
add_text(struct text_table *t, const json_t *o, const char *key)
{
	char text[1100];
	telemetry_text(o, key, text, sizeof(text));
	text_table_add(t, *text != '\0' ? text : "-");
}

static void
add_usec(struct text_table *t, const json_t *o, const char *key)
{
	char text[HUMAN_LEN];
	text_table_add(
		t, json_object_get(o, key) != NULL ? human_usec(telemetry_u64(o, key), text) : "-");
}

static void
add_share(struct text_table *t, const json_t *o, const char *key, const char *of)
{
	const uint64_t n = telemetry_u64(o, key), all = telemetry_u64(o, of);
	char text[HUMAN_LEN];
	snprintf(text, sizeof(text), "%.1f %%", all != 0 ? 100.0 * (double)n / (double)all : 0.0);
	text_table_add(t, all != 0 ? text : "-");
}

static void
add_time(struct text_table *t, const json_t *o, const char *key)
{
	char text[HUMAN_LEN];
	int64_t ns;
	text_table_add(t, telemetry_ns(o, key, &ns) ? human_time(ns, text) : "-");
}

void
show_workers(const json_t *answer, bool all, FILE *out)
{
	static const char *const heads[] = { "WORKER", ">PACKETS", ">DROPPED", ">OPEN", ">WRITTEN",
		">ADDRESSES", ">NAMES", ">MAPPINGS", ">OUT RING", ">RECORD RING", ">LAG P50",
		">LAG P99", NULL };
	struct text_table *t = text_table_new(heads);
	const json_t *relay = json_object_get(answer, "relay");
	char p50[HUMAN_LEN], p99[HUMAN_LEN];
	const char *key;
	json_t *w;
	(void)all;
	if (t == NULL)
		return;
	json_object_foreach((json_t *)(uintptr_t)json_object_get(answer, "workers"), key, w)
	{
		text_table_add(t, key);
		add_count(t, w, "packets");
		add_count(t, w, "rx_dropped");
		add_count(t, w, "flows");
		add_count(t, w, "conns_written");
		add_count(t, w, "cache_addresses");
		add_count(t, w, "cache_names");
		add_count(t, w, "cache_mappings");
		add_share(t, w, "out_ring", "out_ring_size");
		add_share(t, w, "record_ring", "record_ring_size");
		add_usec(t, w, "lag_p50_usec");
		add_usec(t, w, "lag_p99_usec");
	}
	text_table_print(t, out);
	text_table_free(t);
	if (json_object_get(relay, "propagation_p50_usec") != NULL)
		fprintf(out, "\nPropagation: p50 %s, p99 %s\n",
			human_usec(telemetry_u64(relay, "propagation_p50_usec"), p50),
			human_usec(telemetry_u64(relay, "propagation_p99_usec"), p99));
}

void
show_ports(const json_t *answer, bool all, FILE *out)
{
	static const char *const heads[] = { "PORT", "NAME", "DRIVER", ">QUEUES", "SYMMETRIC",
		">PACKETS", ">BYTES", ">MISSED", ">NO BUFFER", ">ERRORS", NULL };
	struct text_table *t = text_table_new(heads);
	const char *key;
	json_t *p;
	(void)all;
	if (t == NULL)
		return;
	json_object_foreach((json_t *)(uintptr_t)json_object_get(answer, "ports"), key, p)
	{
		text_table_add(t, key);
		add_text(t, p, "name");
		add_text(t, p, "driver");
		add_count(t, p, "queues");
		text_table_add(t, telemetry_u64(p, "symmetric") != 0 ? "yes" : "no");
		add_count(t, p, "packets");
		add_count(t, p, "bytes");
		add_count(t, p, "missed");
		add_count(t, p, "no_mbuf");
		add_count(t, p, "errors");
	}
	text_table_print(t, out);
	text_table_free(t);
}

void
show_names(const json_t *answer, const json_t *list, bool by_addr, FILE *out)
{
	const char *heads[] = { by_addr ? "NAME" : "ADDRESS", "SOURCE", "CLIENT", "FIRST SEEN",
		"LAST SEEN", "EXPIRES", ">WORKERS", NULL };
	struct text_table *t = text_table_new(heads);
	char asked[1100];
	size_t i;
	json_t *e;
	telemetry_text(answer, by_addr ? "address" : "name", asked, sizeof(asked));
	if (json_array_size(list) == 0)
		fprintf(out, "%s: no %s known\n", asked, by_addr ? "name is" : "address is");
	if (t == NULL)
		return;
	json_array_foreach(list, i, e)
	{
		add_text(t, e, by_addr ? "name" : "address");
		add_text(t, e, "source");
		add_text(t, e, "client");
		add_time(t, e, "first_seen");
		add_time(t, e, "last_seen");
		add_time(t, e, "expires");
		add_count(t, e, "workers");
	}
	text_table_print(t, out);
	text_table_free(t);
	if (telemetry_u64(answer, "cut") != 0)
		fputs("There may be more: only the latest are listed.\n", out);
}
