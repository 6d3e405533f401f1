/* SPDX-License-Identifier: BSD-3-Clause */
#include "options.h"
#include "attack.h"
#include "option_value.h"
#include "presets.h"

#include <stddef.h>
#include <stdio.h>
#include <string.h>

#define AT(field) offsetof(struct tg_options, field)

static const struct tg_option table[] = {
	{ "preset", T_PRESET, 0, 0, 0, NULL, "start from this preset's values (below)" },
	{ "seed", T_NUMBER, AT(seed), 0, UINT64_MAX, "1", "the same seed makes the same bytes" },
	{ "packets", T_NUMBER, AT(packets), 1, 10000000000u, "100000", "packets to write" },
	{ "start", T_NUMBER, AT(start_sec), 0, 4000000000u, "1700000000", "first second" },
	{ "duration", T_NUMBER, AT(duration_sec), 0, 31536000, "0",
		"seconds of capture time; 0: 600, floods at 1 M packets/s" },
	{ "clients", T_NUMBER, AT(clients), 1, 1000000, "200", "client hosts" },
	{ "servers", T_NUMBER, AT(servers), 1, 1000000, "500", "servers that have names" },
	{ "names-per-address", T_NUMBER, AT(names_per_address), 1, 1000, "20",
		"each group of servers has 1 to this many names" },
	{ "answers", T_NUMBER, AT(answers), 1, 16, "4", "most addresses in an answer" },
	{ "max-chain", T_NUMBER, AT(max_chain), 1, 8, "4", "most CNAMEs in a chain" },
	{ "connections-per-lookup", T_NUMBER, AT(conns_per_lookup), 1, 16, "3",
		"most connections a client makes to a name at a time" },
	{ "connection-packets", T_NUMBER, AT(conn_packets), 4, 100000, "20",
		"mean packets of a TCP or UDP connection" },
	{ "favourites", T_NUMBER, AT(favourites), 1, 1000, "20", "names that a client likes most" },
	{ "mean-packet-bytes", T_NUMBER, AT(mean_packet_bytes), 0, 1400, "0",
		"steer payloads to this mean frame; 0: as they come" },
	{ "flows", T_NUMBER, AT(flows), 1, 16777216, "100000", "flows of a flood" },
	{ "snaplen", T_NUMBER, AT(snaplen), 14, 262144, "262144", "bytes kept of a frame" },
	{ "vlan", T_NUMBER, AT(vlan), 0, 4094, "0", "802.1Q tag on every frame; 0: none" },
	{ "ttl", T_RANGE, AT(ttl_min_sec), 1, 604800, "30-3600", "seconds, MIN-MAX" },
	{ "dns-share", T_SHARE, AT(dns_share), 0, 0, "0",
		"steer to this share of DNS packets; 0: as they come" },
	{ "ipv6-share", T_SHARE, AT(ipv6_share), 0, 0, "0.3",
		"IPv6 among single-version clients, and where both would do" },
	{ "dual-stack-share", T_SHARE, AT(dual_stack_share), 0, 0, "0.5",
		"clients with an IPv4 and an IPv6 address" },
	{ "resolver-share", T_SHARE, AT(resolver_share), 0, 0, "0.1",
		"clients whose lookups hide behind a shared resolver" },
	{ "favourite-share", T_SHARE, AT(favourite_share), 0, 0, "0.3",
		"choices among them; the others are by popularity (Zipf)" },
	{ "local-share", T_SHARE, AT(local_share), 0, 0, "0.1", "servers in private networks" },
	{ "cname-share", T_SHARE, AT(cname_share), 0, 0, "0.4", "names behind a CNAME chain" },
	{ "udp-share", T_SHARE, AT(udp_share), 0, 0, "0.15", "UDP among the connections" },
	{ "reset-share", T_SHARE, AT(reset_share), 0, 0, "0.1", "TCP that ends by RST" },
	{ "retransmit-share", T_SHARE, AT(retransmit_share), 0, 0, "0.01",
		"segments and queries sent twice" },
	{ "no-lookup-share", T_SHARE, AT(no_lookup_share), 0, 0, "0.05",
		"sessions that connect without a lookup" },
	{ "ptr-share", T_SHARE, AT(ptr_share), 0, 0, "0.03", "sessions that are a PTR lookup" },
	{ "nxdomain-share", T_SHARE, AT(nxdomain_share), 0, 0, "0.03",
		"sessions that ask for a name that is none" },
	{ "scan-share", T_SHARE, AT(scan_share), 0, 0, "0.02", "sessions that are a scan probe" },
	{ "icmp-share", T_SHARE, AT(icmp_share), 0, 0, "0.01", "sessions that are a ping" },
	{ "https-share", T_SHARE, AT(https_share), 0, 0, "0",
		"lookups that ask for HTTPS too, or only" },
	{ "dns-tcp-share", T_SHARE, AT(dns_tcp_share), 0, 0, "0",
		"questions over TCP, at once or after a truncated answer" },
	{ "spoof-share", T_SHARE, AT(spoof_share), 0, 0, "0",
		"lookups and sessions with a forged answer" },
	{ "encrypted-dns-share", T_SHARE, AT(encrypted_dns_share), 0, 0, "0",
		"clients that ask over TLS or QUIC" },
	{ "local-naming-share", T_SHARE, AT(local_naming_share), 0, 0, "0",
		"clients that tell their names (mDNS, LLMNR, NetBIOS, DHCP)" },
	{ "tls-share", T_SHARE, AT(tls_share), 0, 0, "0", "TCP to 443, 8443 and 993 that is TLS" },
	{ "http-share", T_SHARE, AT(http_share), 0, 0, "0", "TCP to 80 and 8080 that is HTTP" },
	{ "quic-share", T_SHARE, AT(quic_share), 0, 0, "0", "UDP to 443 that is QUIC" },
	{ "no-sni-share", T_SHARE, AT(no_sni_share), 0, 0, "0.03",
		"TLS and QUIC that assert no server name" },
	{ "ech-share", T_SHARE, AT(ech_share), 0, 0, "0.02",
		"TLS and QUIC with an outer name only (ECH)" },
	{ "attack", T_STRING, AT(attack), 0, 0, "none",
		"syn, udp, names, one-address, one-name, fragments, twins or all beside it" },
	{ "attack-share", T_SHARE, AT(attack_share), 0, 0, "0.8",
		"packets of all that are the attack's" },
	{ "no-server-names", T_FLAG, AT(no_server_names), 0, 0, NULL,
		"no TLS, HTTP or QUIC, whatever their shares" },
	{ "flood", T_FLAG, AT(flood), 0, 0, NULL, "64-byte TCP packets only, over --flows" },
	{ "case-random", T_FLAG, AT(case_random), 0, 0, NULL, "0x20 case in every question" },
	{ "behind-router", T_FLAG, AT(behind_router), 0, 0, NULL, "one MAC for all clients" },
	{ "nanoseconds", T_FLAG, AT(nanoseconds), 0, 0, NULL, "nanosecond timestamps" },
	{ "no-truth", T_FLAG, AT(no_truth), 0, 0, NULL, "write the capture only" },
};

#define N_OPTIONS (sizeof(table) / sizeof(table[0]))

static const struct tg_option *
find(const char *name)
{
	for (size_t i = 0; i < N_OPTIONS; i++)
		if (strcmp(table[i].name, name) == 0)
			return &table[i];
	return NULL;
}

static int
apply_preset(struct tg_options *o, const char *name)
{
	const struct tg_preset *p = tg_preset_find(name);

	if (p == NULL)
		return tg_option_complain("preset", name, "no such preset (see --help)");
	for (unsigned i = 0; i < TG_PRESET_MAX && p->set[i].option != NULL; i++)
		if (tg_option_set(o, find(p->set[i].option), p->set[i].value) != 0)
			return -1;
	return 0;
}

static bool
names_preset(int argc, char **argv)
{
	for (int i = 1; i < argc; i++)
		if (strcmp(argv[i], "--preset") == 0)
			return true;
	return false;
}

static void
help(void)
{
	printf("usage: trafgen [OPTION]... -o OUT.pcap\n\n"
	       "Writes a synthetic capture, and OUT.truth.conns.jsonl and "
	       "OUT.truth.dns.jsonl.\n\n");
	for (size_t i = 0; i < N_OPTIONS; i++) {
		const char *dflt = table[i].initial;

		printf("  --%-24s %s%s%s%s\n", table[i].name, table[i].help,
			dflt != NULL ? " [" : "", dflt != NULL ? dflt : "",
			dflt != NULL ? "]" : "");
	}
	printf("\npresets:\n");
	for (unsigned i = 0; i < TG_PRESETS; i++)
		printf("  %-12s %s\n", tg_presets[i].name, tg_presets[i].help);
}

/* Walks the command line; presets_only: the first of two passes, so that order does not matter. */
static int
walk(struct tg_options *o, int argc, char **argv, bool presets_only)
{
	for (int i = 1; i < argc; i++) {
		const struct tg_option *opt;
		const char *value = NULL;

		if (strcmp(argv[i], "--help") == 0 || strcmp(argv[i], "-h") == 0)
			return 1;
		if (strcmp(argv[i], "-o") == 0) {
			if (++i == argc) {
				fprintf(stderr, "trafgen: -o: a file name is missing\n");
				return -1;
			}
			o->output = argv[i];
			continue;
		}
		opt = strncmp(argv[i], "--", 2) == 0 ? find(argv[i] + 2) : NULL;
		if (opt == NULL) {
			fprintf(stderr, "trafgen: %s: no such option (see --help)\n", argv[i]);
			return -1;
		}
		if (opt->type != T_FLAG) {
			if (++i == argc)
				return tg_option_complain(opt->name, "", "a value is missing");
			value = argv[i];
		}
		if (presets_only && opt->type == T_PRESET && apply_preset(o, value) != 0)
			return -1;
		if (!presets_only && tg_option_set(o, opt, value) != 0)
			return -1;
	}
	return 0;
}

static int
check(const struct tg_options *o)
{
	double kinds = o->no_lookup_share + o->ptr_share + o->nxdomain_share + o->scan_share +
		       o->icmp_share;

	if (o->output == NULL) {
		fprintf(stderr, "trafgen: -o OUT.pcap is missing (see --help)\n");
		return -1;
	}
	if (strcmp(o->output, "-") == 0 && !o->no_truth) {
		fprintf(stderr, "trafgen: -o - needs --no-truth\n");
		return -1;
	}
	if (kinds > 1) {
		fprintf(stderr, "trafgen: the shares no-lookup, ptr, nxdomain, scan and icmp"
				" add up to more than 1\n");
		return -1;
	}
	if (o->servers * o->names_per_address > 50000000) {
		fprintf(stderr, "trafgen: --servers times --names-per-address: above 50,000,000\n");
		return -1;
	}
	if (o->ech_share + o->no_sni_share > 1) {
		fprintf(stderr, "trafgen: the shares no-sni and ech add up to more than 1\n");
		return -1;
	}
	if (tg_attack_find(o->attack) == TG_ATTACKS)
		return tg_option_complain("attack", o->attack, "no such attack (see --help)");
	if (o->attack_share == 1)
		return tg_option_complain("attack-share", "1", "must be below 1");
	if (o->dns_share == 1) {
		fprintf(stderr, "trafgen: --dns-share 1: must be below 1\n");
		return -1;
	}
	return 0;
}

/* A flood has 1 M packets/s, so that no timeout of a sensor divides its flows. */
static int
finish(struct tg_options *o)
{
	double gap_sec;

	if (o->no_server_names)
		o->tls_share = o->http_share = o->quic_share = 0;
	if (o->duration_sec == 0)
		o->duration_sec = o->flood ? 1 + o->packets / 1000000 : 600;
	gap_sec = 2.0 * (double)o->flows * (double)o->duration_sec / (double)o->packets;
	if (o->flood && o->packets > o->flows && gap_sec > 4.5) {
		fprintf(stderr,
			"trafgen: --flood: a flow would pause for up to %.0f s, and count"
			" twice; shorten --duration\n",
			gap_sec);
		return -1;
	}
	return 0;
}

int
tg_options_parse(struct tg_options *o, int argc, char **argv)
{
	int r;

	memset(o, 0, sizeof(*o));
	for (size_t i = 0; i < N_OPTIONS; i++)
		if (table[i].initial != NULL && tg_option_set(o, &table[i], table[i].initial) != 0)
			return -1;
	r = names_preset(argc, argv) ? 0 : apply_preset(o, "mixed");
	if (r == 0)
		r = walk(o, argc, argv, true);
	if (r == 0)
		r = walk(o, argc, argv, false);
	if (r == 1)
		help();
	if (r != 0)
		return r;
	if (check(o) != 0)
		return -1;
	return finish(o);
}
