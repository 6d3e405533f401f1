/* SPDX-License-Identifier: BSD-3-Clause */
#include "attack.h"

#include <stdio.h>
#include <string.h>

#include "bytes.h"
#include "gen.h"

#define ASKERS	   256u
#define TCP_BURSTS 32u /* of queries, and of their answers, over a TCP connection */
#define TCP_AT_ONCE                                                                                \
	20u /* queries in flight: their answers, 71 octets each at most, fill a segment */
#define SEGMENT 1460u

static void
fill_answer(enum tg_attack attack, uint64_t n, struct tg_dns *d)
{
	struct tg_endpoint host;
	uint64_t name = n;

	*d = (struct tg_dns){ .qtype = TG_A, .ttl_sec = 3600, .n_addresses = 1 };
	d->id = (uint16_t)n;
	if (attack == TG_ATTACK_ONE_NAME) {
		name = 0;
		d->n_addresses = TG_DNS_ADDRESSES;
	}
	snprintf(d->qname, sizeof(d->qname), "n%llu.flood.example", (unsigned long long)name);
	for (unsigned i = 0; i < d->n_addresses; i++) {
		uint64_t at = attack == TG_ATTACK_ONE_ADDRESS ? 0 : n * d->n_addresses + i;

		tg_net_dark(TG_DARK_ATTACK + ASKERS + (uint32_t)at, false, &host);
		memcpy(d->addresses[i], host.addr, 4);
	}
}

/* An authoritative server of the attacker's is asked by its own hosts: all is as it should be. */
static void
ask(struct tg_gen *g, uint8_t proto, uint64_t n, struct tg_flow *f)
{
	uint32_t asker = TG_DARK_ATTACK + (uint32_t)(n % ASKERS);

	tg_attack_begin(f, proto, false);
	tg_net_dark(asker, false, &f->end[0]);
	f->end[0].port = tg_net_port(&g->net, asker, (uint32_t)(n / ASKERS));
	tg_net_resolver(0, false, &f->end[1]);
	f->end[1].port = 53;
}

static void
look_up(struct tg_gen *g, enum tg_attack attack, uint64_t n)
{
	uint8_t message[TG_DNS_MAX_BYTES];
	struct tg_response r = { 0 };
	struct tg_flow f;
	struct tg_dns d;

	ask(g, TG_PROTO_UDP, n, &f);
	fill_answer(attack, n, &d);
	tg_send_udp(g, &f, 0, message, tg_dns_query(&d, message));
	tg_send_udp(g, &f, 1, message, tg_dns_response(&d, message));
	tg_truth_response(&g->truth, &f, &d, &r);
	tg_attack_tell(g, &f);
}

static void
send(struct tg_gen *g, struct tg_flow *f, unsigned dir, uint8_t flags, const uint8_t *data,
	size_t len)
{
	uint32_t *seq = f->dns_tcp.seq;
	struct tg_tcp tcp = { seq[dir], flags & TG_TCP_ACK ? seq[!dir] : 0, flags };

	tg_send_tcp(g, f, dir, &tcp, data, len);
	f->payload[dir] += len;
	seq[dir] += (uint32_t)len + ((flags & (TG_TCP_SYN | TG_TCP_FIN)) != 0);
}

/* A message with its length in front (RFC 1035, 4.2.2). */
static size_t
framed(const struct tg_dns *d, bool response, uint8_t *out)
{
	size_t len = response ? tg_dns_response(d, out + 2) : tg_dns_query(d, out + 2);

	out[0] = (uint8_t)(len >> 8);
	out[1] = (uint8_t)len;
	return 2 + len;
}

/* TCP_AT_ONCE queries in a segment, and their answers in one (RFC 7766, 6.2.1.1). */
static void
send_burst(struct tg_gen *g, enum tg_attack attack, uint64_t first, struct tg_flow *f)
{
	uint8_t data[2][SEGMENT];
	size_t len[2] = { 0, 0 };
	struct tg_response r = { 0 };
	struct tg_dns d;

	for (uint64_t n = first; n < first + TCP_AT_ONCE; n++) {
		fill_answer(attack, n, &d);
		for (unsigned dir = 0; dir < 2; dir++)
			len[dir] += framed(&d, dir == 1, data[dir] + len[dir]);
		tg_truth_response(&g->truth, f, &d, &r);
	}
	for (unsigned dir = 0; dir < 2; dir++)
		send(g, f, dir, TG_TCP_ACK | TG_TCP_PSH, data[dir], len[dir]);
}

static void
look_up_over_tcp(struct tg_gen *g, enum tg_attack attack, uint64_t n)
{
	struct tg_flow f;

	ask(g, TG_PROTO_TCP, n, &f);
	for (unsigned dir = 0; dir < 2; dir++)
		f.dns_tcp.seq[dir] = (uint32_t)tg_hash(g->net.salt + dir, n);
	send(g, &f, 0, TG_TCP_SYN, NULL, 0);
	send(g, &f, 1, TG_TCP_SYN | TG_TCP_ACK, NULL, 0);
	send(g, &f, 0, TG_TCP_ACK, NULL, 0);
	for (unsigned i = 0; i < TCP_BURSTS; i++)
		send_burst(g, attack, (n * TCP_BURSTS + i) * TCP_AT_ONCE, &f);
	send(g, &f, 0, TG_TCP_FIN | TG_TCP_ACK, NULL, 0);
	send(g, &f, 1, TG_TCP_FIN | TG_TCP_ACK, NULL, 0);
	send(g, &f, 0, TG_TCP_ACK, NULL, 0);
	tg_attack_tell(g, &f);
}

void
tg_attack_lookup(struct tg_gen *g, enum tg_attack attack, uint64_t n)
{
	if (attack == TG_ATTACK_ONE_ADDRESS)
		look_up_over_tcp(g, attack, n);
	else
		look_up(g, attack, n);
}
