/* SPDX-License-Identifier: BSD-3-Clause */
#include "attack.h"

#include <string.h>

#include "gen.h"

static const char *const names[TG_ATTACKS] = {
	[TG_ATTACK_NONE] = "none",
	[TG_ATTACK_SYN] = "syn",
	[TG_ATTACK_UDP] = "udp",
	[TG_ATTACK_NAMES] = "names",
	[TG_ATTACK_ONE_ADDRESS] = "one-address",
	[TG_ATTACK_ONE_NAME] = "one-name",
	[TG_ATTACK_FRAGMENTS] = "fragments",
	[TG_ATTACK_TWINS] = "twins",
	[TG_ATTACK_ALL] = "all",
};

#define TWINS 5u

enum tg_attack
tg_attack_find(const char *name)
{
	unsigned i = 0;

	while (i < TG_ATTACKS && strcmp(name, names[i]) != 0)
		i++;
	return (enum tg_attack)i;
}

void
tg_attack_begin(struct tg_flow *f, uint8_t proto, bool v6)
{
	*f = (struct tg_flow){
		.proto = proto,
		.kind = proto == TG_PROTO_TCP ? TG_SCAN : TG_UDP,
		.v6 = v6,
		.name = TG_NO_NAME,
		.host = TG_NO_HOST,
	};
}

void
tg_attack_tell(struct tg_gen *g, const struct tg_flow *f)
{
	tg_truth_conn(&g->truth, f, &g->names, "attack", NULL);
}

/* Source n, to a server that has ordinary traffic too. */
static void
aim(struct tg_gen *g, uint64_t n, struct tg_flow *f)
{
	tg_net_dark(TG_DARK_ATTACK + (uint32_t)n, false, &f->end[0]);
	f->end[0].port = (uint16_t)(40000 + n % 20000);
	tg_net_server(tg_names_group(&g->names, 0)->first_server, false, false, &f->end[1]);
	f->end[1].port = 443;
}

static void
send_syn(struct tg_gen *g, uint64_t n)
{
	struct tg_tcp syn = { (uint32_t)tg_hash(g->net.salt, n), 0, TG_TCP_SYN };
	struct tg_tcp syn_ack = { (uint32_t)tg_hash(g->net.salt + 1, n), syn.seq + 1,
		TG_TCP_SYN | TG_TCP_ACK };
	struct tg_flow f;

	tg_attack_begin(&f, TG_PROTO_TCP, false);
	aim(g, n, &f);
	tg_send_tcp(g, &f, 0, &syn, NULL, 0);
	if (n % 2 == 1)
		tg_send_tcp(g, &f, 1, &syn_ack, NULL, 0);
	tg_attack_tell(g, &f);
}

/* 40 of a thousand sources are at one port at a time; no port comes back with a source. */
static void
send_datagram(struct tg_gen *g, uint64_t n)
{
	struct tg_flow f;

	tg_attack_begin(&f, TG_PROTO_UDP, false);
	aim(g, n % 1000, &f);
	f.end[1].port = tg_net_port(&g->net, (uint32_t)(n % 1000), (uint32_t)(n / 1000));
	tg_send_udp(g, &f, 0, g->pool + tg_payload_at(g), 32);
	tg_attack_tell(g, &f);
}

/* No connection comes of it, as long as the rest is missing. */
static void
send_fragment(struct tg_gen *g, uint64_t n)
{
	struct tg_flow f;

	tg_attack_begin(&f, TG_PROTO_UDP, false);
	aim(g, n, &f);
	f.ip_id = (uint16_t)n;
	tg_send_first_fragment(g, &f, g->pool + tg_payload_at(g), 1024);
}

/* An IPv6 address with the bytes of an IPv4 address: mapped, 6to4, NAT64, and as they are. */
static void
make_twin(unsigned twin, struct tg_endpoint *e)
{
	static const struct {
		uint8_t prefix[12], len;
	} kinds[TWINS - 1] = {
		{ { [10] = 0xff, 0xff }, 12 },
		{ { 0x20, 0x02 }, 2 },
		{ { 0x00, 0x64, 0xff, 0x9b }, 12 },
		{ { 0 }, 0 },
	};
	uint8_t v4[4], *at = e->addr + kinds[twin - 1].len;

	memcpy(v4, e->addr, 4);
	memset(e->addr, 0, 16);
	memcpy(e->addr, kinds[twin - 1].prefix, kinds[twin - 1].len);
	memcpy(at, v4, 4);
}

/* Each of the five has another number of packets: who mixes them up counts wrong. */
static void
send_twin(struct tg_gen *g, uint64_t n)
{
	unsigned twin = n % TWINS;
	uint32_t pair = (uint32_t)(n / TWINS);
	struct tg_flow f;

	tg_attack_begin(&f, TG_PROTO_UDP, twin != 0);
	for (unsigned end = 0; end < 2; end++) {
		tg_net_dark(TG_DARK_ATTACK + 2 * pair + end, false, &f.end[end]);
		f.end[end].port = (uint16_t)(30000 + pair % 30000);
		if (twin != 0)
			make_twin(twin, &f.end[end]);
	}
	for (unsigned i = 0; i <= twin; i++)
		tg_send_udp(g, &f, 0, g->pool + tg_payload_at(g), 32 + i);
	tg_send_udp(g, &f, 1, g->pool + tg_payload_at(g), 64);
	tg_attack_tell(g, &f);
}

static void
send_one(struct tg_gen *g, enum tg_attack attack, uint64_t n)
{
	switch (attack) {
	case TG_ATTACK_ALL:
		send_one(g,
			(enum tg_attack)(
				TG_ATTACK_SYN + g->attack_packets / 1000 % (TG_ATTACK_ALL - 1)),
			n);
		break;
	case TG_ATTACK_SYN:
		send_syn(g, n);
		break;
	case TG_ATTACK_UDP:
		send_datagram(g, n);
		break;
	case TG_ATTACK_NAMES:
	case TG_ATTACK_ONE_ADDRESS:
	case TG_ATTACK_ONE_NAME:
		tg_attack_lookup(g, attack, n);
		break;
	case TG_ATTACK_FRAGMENTS:
		send_fragment(g, n);
		break;
	default:
		send_twin(g, n);
		break;
	}
}

void
tg_attack_run(struct tg_gen *g)
{
	uint64_t sent;

	while ((double)g->attack_packets < g->o.attack_share * (double)g->sent &&
		g->pcap.error == 0) {
		sent = g->sent;
		send_one(g, g->attack, g->attacks++);
		g->attack_packets += g->sent - sent;
	}
}
