/* SPDX-License-Identifier: BSD-3-Clause */
/* Hand-made packets: a buffer to append to, and decoding at the end of a block of exact size. */
#ifndef BUILD_PACKET_H
#define BUILD_PACKET_H

#include <nt_packet.h>

struct pkt {
	uint8_t bytes[512];
	uint32_t len;
};

void put8(struct pkt *b, unsigned int v);
void put16(struct pkt *b, unsigned int v);
void put32(struct pkt *b, uint32_t v);
void put_zeros(struct pkt *b, uint32_t n);

/* Ends at 02:..:02 from 02:..:01, then the ethertype. */
void put_ethernet(struct pkt *b, unsigned int type);
/* 192.0.2.1 > 198.51.100.2, ttl 64, without options; len is that of the payload. */
void put_ipv4(struct pkt *b, unsigned int proto, unsigned int len);
/* 2001:db8::1 > 2001:db8::2, hop limit 63. */
void put_ipv6(struct pkt *b, unsigned int next, unsigned int len);
/* 1025 > 443, seq 0x01020304, ack 0x05060708, window 0x1000; header_len in bytes, zeros for
 * options. */
void put_tcp(struct pkt *b, unsigned int flags, unsigned int header_len);
/* 5353 > 53 */
void put_udp(struct pkt *b, unsigned int len);

/*
 * Decode the first cap_len bytes, put at the end of a block so that a sanitizer sees a byte too
 * many. Pointers of *ret are checked to lie inside and then made relative to b->bytes.
 */
enum nt_packet_reason decode_cut(
	struct nt_packet *ret, const struct pkt *b, uint32_t cap_len, uint32_t wire_len, int dlt);
/* All of it, as captured whole. */
enum nt_packet_reason decode(struct nt_packet *ret, const struct pkt *b, int dlt);
/* At every length from 0 on: nothing but the sanitizer and the checks above are asked. */
void decode_every_cut(const struct pkt *b, int dlt);

#endif
