/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * A mapping: `addr` was the answer for `name`, given to `client`, at `position` and `seen_ns`, good
 * until `expires_ns`, learnt from `source`. The unit that parsers make, that the relay carries and
 * that caches keep. Also what a connection's name came from (source) and how it was found (match).
 */
#ifndef NT_MAPPING_H
#define NT_MAPPING_H

#include <nt_addr.h>
#include <nt_base.h>

enum nt_source {
	NT_SOURCE_NONE,
	NT_SOURCE_DNS_A,
	NT_SOURCE_DNS_AAAA,
	NT_SOURCE_DNS_HTTPS,
	NT_SOURCE_DNS_PTR,
	NT_SOURCE_MDNS,
	NT_SOURCE_LLMNR,
	NT_SOURCE_NBNS,
	NT_SOURCE_DHCP,
	NT_SOURCE_SSL_SNI,
	NT_SOURCE_HTTP_HOST,
	NT_SOURCES
};

/* The label in the logs (AAAA and HTTPS are Corelight's DNS_A too); NULL for NONE. */
static inline const char *
nt_source_label(enum nt_source s)
{
	static const char *const labels[NT_SOURCES] = {
		[NT_SOURCE_DNS_A] = "DNS_A",
		[NT_SOURCE_DNS_AAAA] = "DNS_A",
		[NT_SOURCE_DNS_HTTPS] = "DNS_A",
		[NT_SOURCE_DNS_PTR] = "DNS_PTR",
		[NT_SOURCE_MDNS] = "MDNS",
		[NT_SOURCE_LLMNR] = "LLMNR",
		[NT_SOURCE_NBNS] = "NBNS",
		[NT_SOURCE_DHCP] = "DHCP",
		[NT_SOURCE_SSL_SNI] = "SSL_SNI",
		[NT_SOURCE_HTTP_HOST] = "HTTP_HOST",
	};
	return (unsigned int)s < NT_SOURCES ? labels[s] : NULL;
}

/* How a connection's names were found, best first (DESIGN: which one a connection gets). */
enum nt_match {
	NT_MATCH_NONE,
	NT_MATCH_CLIENT, /* told to this client before the start, not expired at the start */
	NT_MATCH_OTHER, /* the same, told to others */
	NT_MATCH_STALE, /* expired at the start, by less than names.stale_for */
	NT_MATCH_LATE, /* seen after the start, before the end */
	NT_MATCH_SELF, /* the server name that the connection itself asserted */
	NT_MATCH_REVERSE, /* a PTR answer */
	NT_MATCHES
};

static inline const char *
nt_match_label(enum nt_match m)
{
	static const char *const labels[NT_MATCHES] = {
		[NT_MATCH_CLIENT] = "client",
		[NT_MATCH_OTHER] = "other",
		[NT_MATCH_STALE] = "stale",
		[NT_MATCH_LATE] = "late",
		[NT_MATCH_SELF] = "self",
		[NT_MATCH_REVERSE] = "reverse",
	};
	return (unsigned int)m < NT_MATCHES ? labels[m] : NULL;
}

/* What a cache made of a mapping. */
enum nt_name_added {
	NT_NAME_NEW, /* a life began */
	NT_NAME_REFRESHED, /* a version of a life that goes on */
	NT_NAME_REFUSED, /* no room even after evicting, or not in order, or not a mapping */
};

#define NT_MAPPING_NAME_MAX 255

enum {
	NT_MAPPING_UNSOLICITED = 1 << 0, /* no query was seen for it */
	NT_MAPPING_ASKED = 1 << 1, /* DHCP: a client asked for it, and may not have got it */
};

struct nt_mapping {
	struct nt_addr addr;
	struct nt_addr client; /* family NT_FAMILY_NONE: told to nobody in particular */
	uint64_t position; /* of the packet it was learnt from */
	int64_t seen_ns; /* the clock at that packet */
	int64_t expires_ns; /* clamped and stretched already */
	uint16_t index; /* place in its packet: orders mappings of one position */
	uint8_t source; /* enum nt_source */
	uint8_t flags; /* NT_MAPPING_* */
	uint16_t name_len; /* 1 .. NT_MAPPING_NAME_MAX */
	const char *name; /* lower case; owner: the caller */
};

#endif
