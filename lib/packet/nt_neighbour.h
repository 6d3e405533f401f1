/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * What ARP (RFC 826) and neighbour discovery (RFC 4861) say of who has which link address: the
 * sender of ARP; the source with the source link-layer address of solicitations; the target with
 * the target link-layer address of advertisements. Who advertises a router, or himself as one (R),
 * is one. Untrusted bytes. No state, any thread.
 */
#ifndef NT_NEIGHBOUR_H
#define NT_NEIGHBOUR_H

#include "nt_packet.h"

#define NT_MAC_BYTES 6

/* One host's: neither of a group nor all zeros. */
static inline bool
nt_mac_is_host(const uint8_t mac[NT_MAC_BYTES])
{
	return (mac[0] & 1) == 0 && (mac[0] | mac[1] | mac[2] | mac[3] | mac[4] | mac[5]) != 0;
}

struct nt_neighbour {
	uint8_t mac[NT_MAC_BYTES]; /* a host's */
	bool router; /* it is a router's, and addr is not set */
	struct nt_addr addr; /* usable */
};

/* Can the packet be one of these? Cheap, for nt_neighbour_parse to be called. */
static inline bool
nt_neighbour_is_arp(const struct nt_packet *p)
{
	return p->reason == NT_PACKET_NOT_IP && p->payload != NULL;
}

static inline bool
nt_neighbour_is_nd(const struct nt_packet *p)
{
	return p->proto == 58 && p->icmp_type >= 133 && p->icmp_type <= 136;
}

/* False where it says nothing, or is malformed. */
bool nt_neighbour_parse(struct nt_neighbour *ret, const struct nt_packet *p);

#endif
