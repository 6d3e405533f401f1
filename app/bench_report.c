/* SPDX-License-Identifier: BSD-3-Clause */
/* What a bench found out, as a table or as one line of JSON. */
#include <inttypes.h>
#include <math.h>
#include <string.h>

#include "bench.h"
#include "version.h"

/* The first CPU's name; "unknown". */
static void
cpu_name(char *ret, size_t room)
{
	char line[256];
	FILE *f = fopen("/proc/cpuinfo", "r");
	snprintf(ret, room, "unknown");
	if (f == NULL)
		return;
	while (fgets(line, sizeof(line), f) != NULL) {
		const char *value = strstr(line, ": ");
		if (strncmp(line, "model name", 10) != 0 || value == NULL)
			continue;
		snprintf(ret, room, "%s", value + 2);
		ret[strcspn(ret, "\n")] = '\0';
		break;
	}
	fclose(f);
}

static void
print_stages(FILE *out, const struct bench_result *r)
{
	double sum = 0;
	fputs("  by stage, cycles a packet:", out);
	for (unsigned int i = 0; i < WORKER_STAGES; i++) {
		fprintf(out, " %s %.1f", worker_stage_name((enum worker_stage)i), r->stages[i]);
		sum += r->stages[i];
	}
	fprintf(out, "; together %.1f\n", sum);
}

/* Nothing was measured where names are off, or where the machine never left a round whole. */
static void
print_figure(FILE *out, const char *what, double value, const char *unit)
{
	if (isnan(value))
		fprintf(out, "  %-42s %12s %s\n", what, "-", unit);
	else
		fprintf(out, "  %-42s %12.2f %s\n", what, value, unit);
}

void
bench_print(FILE *out, const struct bench_options *o, const struct bench_result *r)
{
	char cpu[128];
	cpu_name(cpu, sizeof(cpu));
	fprintf(out, "%s: %u worker%s, %" PRIu64 " connections open, names %s\n", o->path,
		o->config->workers, o->config->workers == 1 ? "" : "s", r->flows,
		o->config->names.enabled ? "on" : "off");
	fprintf(out,
		"  %s, TSC %.0f MHz; mbufs %s 2 MiB pages, %" PRIu64
		" MiB of tables on transparent ones\n",
		cpu, r->tsc_hz / 1e6, r->hugetlb ? "on" : "without", r->transparent_mb);
	print_figure(out, "packets, all workers", r->mpps, "Mpps");
	print_figure(out, "cycles a packet", r->cycles_per_packet, "");
	if (!isnan(r->stages[0]))
		print_stages(out, r);
	print_figure(out, "probe: lookup and touch of a random flow", r->probe_cycles, "");
	print_figure(out, "a packet in probes", r->ratio, "");
	print_figure(out, "records, of one control lcore", r->records_per_sec / 1e6, "M/s");
	print_figure(out, "relay: mappings of one control lcore", r->relay_per_sec / 1e6, "M/s");
	print_figure(out, "relay: hop, a mapping and receiver", r->hop_cycles, "cycles");
	print_figure(out, "relay: insert, a mapping and receiver", r->insert_cycles, "cycles");
	print_figure(out, "new mapping, parse to cache", r->mapping_cycles, "cycles");
	print_figure(out, "known mapping, parse to cache", r->refresh_cycles, "cycles");
	print_figure(out, "memory of a connection", r->bytes_per_flow, "bytes");
	print_figure(out, "memory of a mapping, beside its name", r->bytes_per_mapping, "bytes");
}

/* --- JSON ------------------------------------------------------------------------------------- */

static void
put_string(FILE *out, const char *key, const char *text)
{
	fprintf(out, "\"%s\":\"", key);
	for (; *text != '\0'; text++) {
		const unsigned char c = (unsigned char)*text;
		if (c == '"' || c == '\\')
			fprintf(out, "\\%c", c);
		else if (c < 0x20 || c >= 0x7f)
			fprintf(out, "\\u%04x", c);
		else
			fputc(c, out);
	}
	fputs("\",", out);
}

/* What was not measured is null. */
static void
put_number(FILE *out, const char *key, double value)
{
	if (isnan(value))
		fprintf(out, "\"%s\":null,", key);
	else
		fprintf(out, "\"%s\":%.10g,", key, value);
}

static void
put_stages(FILE *out, const struct bench_result *r)
{
	fputs("\"stages\":{", out);
	for (unsigned int i = 0; i < WORKER_STAGES; i++)
		fprintf(out, "%s\"%s\":%.2f", i == 0 ? "" : ",",
			worker_stage_name((enum worker_stage)i),
			isnan(r->stages[i]) ? 0 : r->stages[i]);
	fputs("},", out);
}

void
bench_print_json(FILE *out, const struct bench_options *o, const struct bench_result *r)
{
	char cpu[128];
	cpu_name(cpu, sizeof(cpu));
	fputc('{', out);
	put_number(out, "mpps", r->mpps);
	put_number(out, "cycles_per_packet", r->cycles_per_packet);
	put_number(out, "probe_cycles_per_packet", r->probe_cycles);
	put_number(out, "probe_ratio", r->ratio);
	put_stages(out, r);
	put_number(out, "records_per_sec", r->records_per_sec);
	put_number(out, "mapping_cycles", r->mapping_cycles);
	put_number(out, "mapping_refresh_cycles", r->refresh_cycles);
	put_number(out, "relay_hop_cycles", r->hop_cycles);
	put_number(out, "relay_insert_cycles", r->insert_cycles);
	put_number(out, "relay_mappings_per_sec", r->relay_per_sec);
	put_number(out, "relay_receivers", r->relay_receivers);
	put_number(out, "bytes_per_flow", r->bytes_per_flow);
	put_number(out, "bytes_per_mapping", r->bytes_per_mapping);
	put_string(out, "capture", o->path);
	put_number(out, "flows", (double)r->flows);
	put_number(out, "flows_asked", o->flows);
	put_number(out, "workers", o->config->workers);
	put_number(out, "seconds", o->seconds);
	fprintf(out, "\"names\":%s,", o->config->names.enabled ? "true" : "false");
	put_number(out, "packets", (double)r->packets);
	put_number(out, "mappings", (double)r->mappings);
	put_number(out, "records", (double)r->records);
	fprintf(out, "\"hugepages\":{\"eal\":%s,\"transparent_mib\":%" PRIu64 "},",
		r->hugetlb ? "true" : "false", r->transparent_mb);
	put_string(out, "cpu", cpu);
	put_number(out, "tsc_hz", r->tsc_hz);
	fprintf(out, "\"version\":\"%s (%s)\"}\n", NT_VERSION, NT_COMMIT);
}
