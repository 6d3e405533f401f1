/* SPDX-License-Identifier: BSD-3-Clause */
#ifndef TG_OPTIONS_H
#define TG_OPTIONS_H

/* The command line. Options, bounds, defaults and help stand in one table in options.c. */

#include <stdbool.h>
#include <stdint.h>

struct tg_options {
	const char *output;
	bool no_truth;
	bool nanoseconds;
	bool behind_router;
	bool flood;
	bool case_random;
	bool no_server_names;
	uint64_t seed;
	uint64_t packets;
	uint64_t start_sec;
	uint64_t duration_sec; /* 0: chosen by tg_options_finish() */
	uint64_t clients;
	uint64_t servers;
	uint64_t names_per_address;
	uint64_t answers;
	uint64_t max_chain;
	uint64_t conns_per_lookup;
	uint64_t favourites;
	uint64_t conn_packets;
	uint64_t mean_packet_bytes; /* 0: not steered */
	uint64_t flows;
	uint64_t snaplen;
	uint64_t vlan;
	uint64_t ttl_min_sec, ttl_max_sec;
	double dns_share; /* of the packets; 0: not steered */
	double ipv6_share;
	double dual_stack_share;
	double resolver_share;
	double favourite_share;
	double local_share;
	double cname_share;
	double udp_share;
	double reset_share;
	double retransmit_share;
	double no_lookup_share;
	double ptr_share;
	double nxdomain_share;
	double scan_share;
	double icmp_share;
	double https_share;
	double dns_tcp_share;
	double spoof_share;
	double encrypted_dns_share;
	double local_naming_share;
	double tls_share;
	double http_share;
	double quic_share;
	double no_sni_share;
	double ech_share;
	const char *attack; /* tg_attack_find */
	double attack_share; /* of the packets */
};

/*
 * Fills o from the command line. 0: go on; 1: help was printed; -1: wrong, and one line on standard
 * error says what. Strings point into argv.
 */
int tg_options_parse(struct tg_options *o, int argc, char **argv);

#endif
