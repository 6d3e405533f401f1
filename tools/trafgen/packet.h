/* SPDX-License-Identifier: BSD-3-Clause */
#ifndef TG_PACKET_H
#define TG_PACKET_H

/* Builds Ethernet frames with right lengths and checksums into a buffer of TG_FRAME_MAX bytes. */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define TG_TCP_FIN 0x01
#define TG_TCP_SYN 0x02
#define TG_TCP_RST 0x04
#define TG_TCP_PSH 0x08
#define TG_TCP_ACK 0x10

#define TG_PROTO_ICMP  1
#define TG_PROTO_TCP   6
#define TG_PROTO_UDP   17
#define TG_PROTO_ICMP6 58

/* One end of a connection; addr is network order, IPv4 in the first four bytes. */
struct tg_endpoint {
	uint8_t addr[16];
	uint8_t mac[6];
	uint16_t port;
};

/* What the headers below the transport need. */
struct tg_path {
	const struct tg_endpoint *src;
	const struct tg_endpoint *dst;
	bool v6;
	uint16_t vlan; /* 0: no tag */
	uint16_t ip_id;
	uint8_t hops;
	bool more_fragments; /* IPv4 */
};

struct tg_tcp {
	uint32_t seq;
	uint32_t ack;
	uint8_t flags;
};

/* What was built: the frame's length (padded to 60) and the IP packet's, headers included. */
struct tg_built {
	size_t frame_bytes;
	size_t ip_bytes;
};

/* Payloads are at most 1460 (IPv4) or 1440 (IPv6) bytes. A SYN carries an MSS option. */
struct tg_built tg_packet_tcp(uint8_t *frame, const struct tg_path *path, const struct tg_tcp *tcp,
	const uint8_t *payload, size_t len);
struct tg_built tg_packet_udp(
	uint8_t *frame, const struct tg_path *path, const uint8_t *payload, size_t len);
/* An echo request or reply, ICMP or ICMPv6 by the path's version. */
struct tg_built tg_packet_echo(uint8_t *frame, const struct tg_path *path, bool reply, uint16_t id,
	uint16_t seq, const uint8_t *payload, size_t len);

#endif
