/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * NetBIOS name service over UDP (RFC 1001, RFC 1002 4.2): which name an IPv4 address has. Taken
 * from registrations, refreshes and overwrites (who asks owns the name), positive responses to
 * them, to queries, and to node status requests. Untrusted bytes: names are of first-level
 * encoding (32 letters A to P), compression pointers strictly backward and only where RFC 1002 has
 * them, a scope id is bounded and thrown away. Group names, and those whose 16th octet says that
 * they are not a machine (Microsoft's use: 0x00 workstation and 0x20 server are one, 0x03 may be a
 * user) name no address. No state, no allocation, any thread.
 */
#ifndef NT_NBNS_H
#define NT_NBNS_H

#include <nt_addr.h>
#include <nt_base.h>

#define NT_NBNS_NAME_MAX 15 /* RFC 1001 14: 16 octets, the last of which is the suffix */
#define NT_NBNS_ADDRS_MAX                                                                          \
	32 /* of a multihomed name; a response of 576 octets has no more than 84 */

enum nt_nbns_reason {
	NT_NBNS_OK, /* addresses may be none */
	NT_NBNS_NOTHING, /* well-formed, and names no address: queries, releases, errors, groups */
	NT_NBNS_SHORT,
	NT_NBNS_NAME, /* not of first-level encoding, or a scope that is too long */
	NT_NBNS_RDLENGTH,
	NT_NBNS_REASONS
};

struct nt_nbns_message {
	char name[NT_NBNS_NAME_MAX + 1]; /* lower case, without padding; no NUL */
	uint8_t name_len;
	uint8_t suffix; /* the 16th octet */
	bool response;
	bool from_sender; /* the name is the sender's own (node status): addrs is empty */
	uint32_t ttl_sec;
	unsigned int addr_count;
	struct nt_addr addrs[NT_NBNS_ADDRS_MAX];
	unsigned int refused; /* unusable addresses, and those beyond the bound */
};

/* *ret is filled where OK is returned. */
enum nt_nbns_reason nt_nbns_parse(struct nt_nbns_message *ret, const uint8_t *msg, size_t len);

#endif
