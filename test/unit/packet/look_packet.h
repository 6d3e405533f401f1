/* SPDX-License-Identifier: BSD-3-Clause */
/* A look at hand-made packets, at the end of a block of exact size. */
#ifndef LOOK_PACKET_H
#define LOOK_PACKET_H

#include <nt_encap.h>

#include "build_packet.h"

/*
 * Look at the first cap_len bytes. Checked: what *ret points to lies inside (then made relative to
 * b->bytes), the ends are those of nt_packet_find_ends, nt_encap_plain says nothing else.
 */
enum nt_encap_kind look_cut(
	struct nt_encap *ret, const struct pkt *b, uint32_t cap_len, uint32_t wire_len, int dlt);
/* All of it, as captured whole. */
enum nt_encap_kind look(struct nt_encap *ret, const struct pkt *b, int dlt);
/* At every length from 0 on, as captured whole and as cut. */
void look_every_cut(const struct pkt *b, int dlt);

/* The packet inside starts at that byte and goes on to the end. */
void expect_inside(const struct pkt *b, int dlt, enum nt_tunnel t, uint32_t at, int link);
/* No packet inside, but that tunnel. */
void expect_nothing(const struct pkt *b, int dlt, enum nt_tunnel t);

/* UDP from that port to that one in IPv4, Ethernet around it, with len bytes of payload to come. */
void put_udp_frame(struct pkt *b, unsigned int sport, unsigned int dport, unsigned int len);
/* An IPv4 datagram of 28 bytes: UDP from 5353 to 53 without payload. */
#define DATAGRAM_LEN 28
void put_small_datagram(struct pkt *b);
/* The same in IPv6: 48 bytes. */
#define DATAGRAM6_LEN 48
void put_small_datagram6(struct pkt *b);
/* Ethernet with that datagram: 42 bytes. */
#define FRAME_LEN 42
void put_small_frame(struct pkt *b);

#endif
