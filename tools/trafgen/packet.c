/* SPDX-License-Identifier: BSD-3-Clause */
#include "packet.h"

#include <string.h>

#define MIN_FRAME 60 /* without the FCS */

static uint8_t *
put16(uint8_t *p, uint16_t v)
{
	p[0] = (uint8_t)(v >> 8);
	p[1] = (uint8_t)v;
	return p + 2;
}

static uint8_t *
put32(uint8_t *p, uint32_t v)
{
	return put16(put16(p, (uint16_t)(v >> 16)), (uint16_t)v);
}

/* One's complement sum in memory order (RFC 1071, section 2: byte order does not matter). */
static uint64_t
sum_bytes(const uint8_t *p, size_t len, uint64_t sum)
{
	uint32_t w;
	uint16_t tail = 0;

	for (; len >= 4; p += 4, len -= 4) {
		memcpy(&w, p, 4);
		sum += w;
	}
	if (len >= 2) {
		uint16_t half;

		memcpy(&half, p, 2);
		sum += half;
		p += 2;
		len -= 2;
	}
	if (len == 1) {
		memcpy(&tail, p, 1);
		sum += tail;
	}
	return sum;
}

static void
store_checksum(uint8_t *at, uint64_t sum)
{
	uint16_t folded;

	while (sum >> 16)
		sum = (sum & 0xffff) + (sum >> 16);
	folded = (uint16_t)~sum;
	memcpy(at, &folded, 2);
}

static uint8_t *
put_ethernet(uint8_t *p, const struct tg_path *path)
{
	memcpy(p, path->dst->mac, 6);
	memcpy(p + 6, path->src->mac, 6);
	p += 12;
	if (path->vlan != 0)
		p = put16(put16(p, 0x8100), path->vlan);
	return put16(p, path->v6 ? 0x86dd : 0x0800);
}

static uint8_t *
put_ipv4(uint8_t *p, const struct tg_path *path, uint8_t proto, size_t len)
{
	uint8_t *ip = p;

	p = put16(p, 0x4500);
	p = put16(p, (uint16_t)(20 + len));
	p = put16(p, path->ip_id);
	p = put16(p, path->more_fragments ? 0x2000 : 0x4000); /* or: don't fragment */
	*p++ = path->hops;
	*p++ = proto;
	p = put16(p, 0);
	memcpy(p, path->src->addr, 4);
	memcpy(p + 4, path->dst->addr, 4);
	store_checksum(ip + 10, sum_bytes(ip, 20, 0));
	return p + 8;
}

static uint8_t *
put_ipv6(uint8_t *p, const struct tg_path *path, uint8_t proto, size_t len)
{
	p = put32(p, 0x60000000);
	p = put16(p, (uint16_t)len);
	*p++ = proto;
	*p++ = path->hops;
	memcpy(p, path->src->addr, 16);
	memcpy(p + 16, path->dst->addr, 16);
	return p + 32;
}

static uint8_t *
put_headers(uint8_t *frame, const struct tg_path *path, uint8_t proto, size_t len)
{
	uint8_t *p = put_ethernet(frame, path);

	return path->v6 ? put_ipv6(p, path, proto, len) : put_ipv4(p, path, proto, len);
}

/* Sum of the pseudo header (RFC 9293, section 3.1; RFC 8200, section 8.1). */
static uint64_t
sum_pseudo(const struct tg_path *path, uint8_t proto, size_t len)
{
	size_t alen = path->v6 ? 16 : 4;
	uint8_t rest[8] = { 0 };
	uint64_t sum;

	put32(rest, (uint32_t)len);
	rest[7] = proto;
	sum = sum_bytes(path->src->addr, alen, 0);
	sum = sum_bytes(path->dst->addr, alen, sum);
	return sum_bytes(rest, sizeof(rest), sum);
}

static struct tg_built
finish(uint8_t *frame, const struct tg_path *path, const uint8_t *end)
{
	size_t len = (size_t)(end - frame);
	struct tg_built built;

	built.ip_bytes = len - 14 - (path->vlan != 0 ? 4 : 0);
	if (len < MIN_FRAME) {
		memset(frame + len, 0, MIN_FRAME - len);
		len = MIN_FRAME;
	}
	built.frame_bytes = len;
	return built;
}

struct tg_built
tg_packet_tcp(uint8_t *frame, const struct tg_path *path, const struct tg_tcp *tcp,
	const uint8_t *payload, size_t len)
{
	size_t header = tcp->flags & TG_TCP_SYN ? 24 : 20;
	uint8_t *l4 = put_headers(frame, path, TG_PROTO_TCP, header + len);
	uint8_t *p = l4;

	p = put16(p, path->src->port);
	p = put16(p, path->dst->port);
	p = put32(p, tcp->seq);
	p = put32(p, tcp->ack);
	*p++ = (uint8_t)(header << 2);
	*p++ = tcp->flags;
	p = put16(p, 0xfaf0);
	p = put32(p, 0); /* checksum, urgent pointer */
	if (tcp->flags & TG_TCP_SYN)
		p = put32(p, 0x02040000u | (path->v6 ? 1440 : 1460));
	if (len > 0)
		memcpy(p, payload, len);
	store_checksum(
		l4 + 16, sum_bytes(l4, header + len, sum_pseudo(path, TG_PROTO_TCP, header + len)));
	return finish(frame, path, p + len);
}

struct tg_built
tg_packet_udp(uint8_t *frame, const struct tg_path *path, const uint8_t *payload, size_t len)
{
	uint8_t *l4 = put_headers(frame, path, TG_PROTO_UDP, 8 + len);
	uint8_t *p = l4;

	p = put16(p, path->src->port);
	p = put16(p, path->dst->port);
	p = put16(p, (uint16_t)(8 + len));
	p = put16(p, 0);
	if (len > 0)
		memcpy(p, payload, len);
	store_checksum(l4 + 6, sum_bytes(l4, 8 + len, sum_pseudo(path, TG_PROTO_UDP, 8 + len)));
	if (l4[6] == 0 && l4[7] == 0) /* 0 would mean "no checksum" (RFC 768) */
		l4[6] = l4[7] = 0xff;
	return finish(frame, path, p + len);
}

struct tg_built
tg_packet_echo(uint8_t *frame, const struct tg_path *path, bool reply, uint16_t id, uint16_t seq,
	const uint8_t *payload, size_t len)
{
	uint8_t proto = path->v6 ? TG_PROTO_ICMP6 : TG_PROTO_ICMP;
	uint8_t *l4 = put_headers(frame, path, proto, 8 + len);
	uint8_t *p = l4;

	if (path->v6)
		*p++ = reply ? 129 : 128;
	else
		*p++ = reply ? 0 : 8;
	*p++ = 0;
	p = put16(p, 0);
	p = put16(p, id);
	p = put16(p, seq);
	if (len > 0)
		memcpy(p, payload, len);
	store_checksum(
		l4 + 2, sum_bytes(l4, 8 + len, path->v6 ? sum_pseudo(path, proto, 8 + len) : 0));
	return finish(frame, path, p + len);
}
