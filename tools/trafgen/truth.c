/* SPDX-License-Identifier: BSD-3-Clause */
#include "truth.h"
#include "net.h"

#include <arpa/inet.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#define NS_PER_SEC UINT64_C(1000000000)

static FILE *
create(const char *pcap_path, const char *suffix)
{
	size_t len = strlen(pcap_path);
	char *path;
	FILE *f;

	if (len > 5 && strcmp(pcap_path + len - 5, ".pcap") == 0)
		len -= 5;
	if (asprintf(&path, "%.*s.truth.%s.jsonl", (int)len, pcap_path, suffix) < 0)
		return NULL;
	f = fopen(path, "we");
	free(path);
	if (f != NULL)
		setvbuf(f, NULL, _IOFBF, 1 << 18);
	return f;
}

int
tg_truth_open(struct tg_truth *t, const char *pcap_path, bool nanoseconds)
{
	t->nanoseconds = nanoseconds;
	t->conns = create(pcap_path, "conns");
	t->dns = t->conns != NULL ? create(pcap_path, "dns") : NULL;
	return t->dns != NULL ? 0 : -errno;
}

int
tg_truth_close(struct tg_truth *t)
{
	FILE *files[] = { t->conns, t->dns };
	int r = 0;

	for (int i = 0; i < 2; i++) {
		if (files[i] == NULL)
			continue;
		if (ferror(files[i]))
			r = -EIO;
		if (fclose(files[i]) != 0)
			r = -EIO;
	}
	t->conns = t->dns = NULL;
	return r;
}

static void
put_time(const struct tg_truth *t, FILE *f, const char *key, uint64_t ns)
{
	unsigned long long sec = ns / NS_PER_SEC, sub = ns % NS_PER_SEC;

	if (t->nanoseconds)
		fprintf(f, "\"%s\":%llu.%09llu", key, sec, sub);
	else
		fprintf(f, "\"%s\":%llu.%06llu", key, sec, sub / 1000);
}

static void
put_host(FILE *f, const struct tg_flow *flow)
{
	if (flow->host == TG_NO_HOST)
		fputs(",\"host\":null", f);
	else
		fprintf(f, ",\"host\":%u", flow->host);
}

static const char *
address(const uint8_t *addr, bool v6, char out[INET6_ADDRSTRLEN])
{
	return inet_ntop(v6 ? AF_INET6 : AF_INET, addr, out, INET6_ADDRSTRLEN);
}

static void
put_ends(FILE *f, const struct tg_flow *flow)
{
	static const char *const side[] = { "orig", "resp" };
	unsigned echo_port[] = { flow->v6 ? 128 : 8, flow->v6 ? 129 : 0 };
	char text[INET6_ADDRSTRLEN];

	for (int i = 0; i < 2; i++)
		fprintf(f, ",\"id.%s_h\":\"%s\",\"id.%s_p\":%u", side[i],
			address(flow->end[i].addr, flow->v6, text), side[i],
			flow->kind == TG_ECHO ? echo_port[i] : flow->end[i].port);
}

static void
put_counts(FILE *f, const struct tg_flow *flow)
{
	static const char *const side[] = { "orig", "resp" };

	for (int i = 0; i < 2; i++)
		fprintf(f, ",\"%s_pkts\":%u,\"%s_ip_bytes\":%llu,\"%s_bytes\":%llu", side[i],
			flow->packets[i], side[i], (unsigned long long)flow->ip_bytes[i], side[i],
			(unsigned long long)flow->payload[i]);
}

static void
put_name(FILE *f, const struct tg_flow *flow, const struct tg_names *names)
{
	static const char *const lookup[] = { "none", "client", "other", "encrypted" };
	char text[TG_NAME_SIZE];

	fprintf(f, ",\"lookup\":\"%s\"", lookup[flow->lookup]);
	if (flow->name == TG_NO_NAME) {
		fputs(",\"name\":null,\"cross_version\":false", f);
		return;
	}
	tg_names_text(names, flow->name, text);
	fprintf(f, ",\"name\":\"%s\",\"cross_version\":%s,\"lookup_age\":%.6f", text,
		flow->lookup_v6 != flow->v6 ? "true" : "false",
		(double)(flow->first_ns - flow->lookup_ns) / 1e9);
}

static void
put_orig_name(FILE *f, const struct tg_flow *flow)
{
	char text[16];

	if (!flow->named_orig)
		return;
	tg_net_host_name(flow->host, text);
	fprintf(f, ",\"orig_name\":\"%s\"", text);
}

static void
put_server_name(FILE *f, const struct tg_app *app, const char *said)
{
	static const char *const via[] = {
		[TG_APP_TLS] = "tls",
		[TG_APP_HTTP] = "http",
		[TG_APP_QUIC] = "quic",
	};

	if (said == NULL)
		fputs(",\"server_name\":null", f);
	else
		fprintf(f, ",\"server_name\":\"%s\",\"server_name_via\":\"%s\",\"ech\":%s", said,
			via[app->what], app->says == TG_SAYS_OUTER ? "true" : "false");
}

void
tg_truth_conn(struct tg_truth *t, const struct tg_flow *flow, const struct tg_names *names,
	const char *kind, const char *said)
{
	FILE *f = t->conns;
	const char *proto = "icmp";

	if (f == NULL)
		return;
	if (flow->proto == TG_PROTO_TCP)
		proto = "tcp";
	else if (flow->proto == TG_PROTO_UDP)
		proto = "udp";
	fputc('{', f);
	put_time(t, f, "ts", flow->first_ns);
	fputc(',', f);
	put_time(t, f, "last_ts", flow->last_ns);
	put_ends(f, flow);
	put_host(f, flow);
	fprintf(f, ",\"proto\":\"%s\",\"kind\":\"%s\"", proto, kind);
	put_counts(f, flow);
	put_orig_name(f, flow);
	put_name(f, flow, names);
	put_server_name(f, &flow->app, said);
	fputs("}\n", f);
}

static const char *
qtype_text(enum tg_qtype qtype)
{
	switch (qtype) {
	case TG_A:
		return "A";
	case TG_AAAA:
		return "AAAA";
	case TG_PTR:
		return "PTR";
	case TG_HTTPS:
		return "HTTPS";
	default:
		return "?";
	}
}

static void
put_lists(FILE *f, const struct tg_dns *d)
{
	char text[INET6_ADDRSTRLEN];

	fputs(",\"chain\":[", f);
	for (unsigned i = 0; i < d->n_chain; i++)
		fprintf(f, "%s\"%s\"", i > 0 ? "," : "", d->chain[i]);
	fputs("],\"addresses\":[", f);
	for (unsigned i = 0; i < d->n_addresses; i++)
		fprintf(f, "%s\"%s\"", i > 0 ? "," : "",
			address(d->addresses[i], d->qtype == TG_AAAA, text));
	for (unsigned i = 0; i < d->n_hints6; i++)
		fprintf(f, ",\"%s\"", address(d->hints6[i], true, text));
	fputc(']', f);
	if (d->ptr[0] != '\0')
		fprintf(f, ",\"ptr\":\"%s\"", d->ptr);
}

void
tg_truth_response(struct tg_truth *t, const struct tg_flow *flow, const struct tg_dns *d,
	const struct tg_response *r)
{
	FILE *f = t->dns;
	char client[INET6_ADDRSTRLEN], server[INET6_ADDRSTRLEN];

	if (f == NULL)
		return;
	fputc('{', f);
	put_time(t, f, "ts", flow->last_ns);
	fprintf(f, ",\"client\":\"%s\",\"client_port\":%u,\"server\":\"%s\",\"id\":%u",
		address(flow->end[0].addr, flow->v6, client), flow->end[0].port,
		address(flow->end[1].addr, flow->v6, server), d->id);
	fprintf(f, ",\"qname\":\"%s\",\"qtype\":\"%s\",\"rcode\":\"%s\",\"ttl\":%u", d->qname,
		qtype_text(d->qtype), d->rcode == TG_NXDOMAIN ? "NXDOMAIN" : "NOERROR", d->ttl_sec);
	if (d->truncated)
		fputs(",\"truncated\":true", f);
	put_lists(f, d);
	put_host(f, flow);
	fprintf(f, ",\"repeat\":%s,\"shared_resolver\":%s", r->repeat ? "true" : "false",
		r->hidden ? "true" : "false");
	if (r->spoofed != NULL)
		fprintf(f, ",\"spoofed\":\"%s\"", r->spoofed);
	fputs("}\n", f);
}
