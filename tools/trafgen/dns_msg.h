/* SPDX-License-Identifier: BSD-3-Clause */
#ifndef TG_DNS_MSG_H
#define TG_DNS_MSG_H

/* Builds DNS messages (RFC 1035, EDNS: RFC 6891) with name compression. */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "names.h"

#define TG_DNS_MAX_BYTES 1232 /* what EDNS clients offer, and never exceeded here */
#define TG_DNS_CHAIN	 8
#define TG_DNS_ADDRESSES 64 /* of an answer; 1066 octets, and what nametap reads of one */
#define TG_DNS_QNAME	 80 /* the longest is an ip6.arpa name: 72 characters */

enum tg_qtype {
	TG_A = 1,
	TG_SOA = 6,
	TG_CNAME = 5,
	TG_PTR = 12,
	TG_AAAA = 28,
	TG_HTTPS = 65
};
enum tg_rcode {
	TG_NOERROR = 0,
	TG_NXDOMAIN = 3
};

/* One question, and what is answered to it. */
struct tg_dns {
	uint16_t id;
	enum tg_qtype qtype;
	enum tg_rcode rcode;
	char qname[TG_DNS_QNAME]; /* lower case */
	uint64_t case_bits; /* which letters of the question are upper case */
	bool edns;
	uint32_t ttl_sec;
	unsigned n_chain;
	char chain[TG_DNS_CHAIN][TG_NAME_SIZE]; /* CNAME targets in order */
	unsigned n_addresses;
	uint8_t addresses[TG_DNS_ADDRESSES][16]; /* of the question's type; HTTPS: ipv4hint */
	unsigned n_hints6;
	uint8_t hints6[TG_DNS_ADDRESSES][16]; /* HTTPS: ipv6hint */
	bool truncated; /* TC, and nothing is answered */
	char extra[TG_NAME_SIZE]; /* owner of an A record that the chain does not reach, or empty */
	uint8_t extra_address[4];
	char ptr[TG_NAME_SIZE]; /* target of a PTR answer, or empty */
};

/* Both write at most TG_DNS_MAX_BYTES to out and return the length. */
size_t tg_dns_query(const struct tg_dns *d, uint8_t *out);
size_t tg_dns_response(const struct tg_dns *d, uint8_t *out);

/* The question of a reverse lookup of this address. */
void tg_dns_reverse_name(const uint8_t *addr, bool v6, char out[TG_DNS_QNAME]);

#endif
