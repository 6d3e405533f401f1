/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * One fragment of an IP datagram as it lies in a packet: what reassembly needs to know. Pointers
 * into the packet's own bytes, valid as long as those are. Any thread.
 */
#ifndef NT_FRAGMENT_H
#define NT_FRAGMENT_H

#include <nt_addr.h>
#include <nt_base.h>

struct nt_fragment {
	struct nt_addr src, dst;
	uint32_t id; /* IPv4: 16 bits; IPv6: 32 */
	uint8_t proto; /* IPv4: protocol; IPv6: next header of the fragment header */
	bool more; /* more fragments follow */
	uint32_t offset; /* of its payload in the datagram's, bytes */
	const uint8_t *payload; /* the part of the datagram that it carries, all of it captured */
	uint32_t payload_len;
	const uint8_t *link; /* the packet's first byte; link_len bytes before the IP header */
	uint32_t link_len;
	const uint8_t *l3; /* the IP header and, IPv6, what extension headers come before the
			    * fragment header */
	uint32_t l3_len;
	uint32_t next_at; /* IPv6: offset in l3 of the byte that announces the fragment header */
};

#endif
