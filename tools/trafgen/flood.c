/* SPDX-License-Identifier: BSD-3-Clause */
#include "gen.h"

#include <stdlib.h>

/*
 * 64-byte TCP packets (60 without the FCS) over many flows at an even rate. The flows take turns,
 * in another order each round, so that no flow pauses for longer than two rounds.
 */

struct flow {
	uint64_t first_ns, last_ns;
	uint32_t packets[2];
	uint32_t seq[2];
	uint32_t bytes[2]; /* of payload */
};

#define DATA_BYTES 6

static void
fill_ends(const struct tg_gen *g, uint32_t n, struct tg_flow *f)
{
	uint32_t client = n % g->net.n_clients, rest = n / g->net.n_clients;
	uint32_t server = rest % g->net.n_servers;

	f->proto = TG_PROTO_TCP;
	f->kind = TG_TCP;
	f->name = TG_NO_NAME;
	f->host = client;
	tg_net_client(&g->net, client, false, &f->end[0]);
	tg_net_server(server, false, false, &f->end[1]);
	f->end[0].port = tg_net_port(&g->net, client ^ server << 8, rest / g->net.n_servers);
	f->end[1].port = 443;
}

/* SYN, SYN-ACK, ACK, then data in either direction. */
static void
send(struct tg_gen *g, uint32_t n, struct flow *s)
{
	static const uint8_t flags[] = { TG_TCP_SYN, TG_TCP_SYN | TG_TCP_ACK, TG_TCP_ACK };
	uint32_t total = s->packets[0] + s->packets[1];
	unsigned dir = total < 3 ? total & 1 : (unsigned)tg_rng_below(&g->rng, 2);
	struct tg_tcp tcp = { 0, 0, total < 3 ? flags[total] : TG_TCP_ACK | TG_TCP_PSH };
	size_t len = total < 3 ? 0 : DATA_BYTES;
	struct tg_flow f = { 0 };

	fill_ends(g, n, &f);
	if (total == 0) {
		s->seq[0] = (uint32_t)tg_hash(g->net.salt, n);
		s->seq[1] = (uint32_t)tg_hash(g->net.salt + 1, n);
		s->first_ns = g->now_ns;
	}
	tcp.seq = s->seq[dir];
	tcp.ack = total == 0 ? 0 : s->seq[!dir];
	tg_send_tcp(g, &f, dir, &tcp, g->pool + tg_payload_at(g), len);
	s->seq[dir] += (uint32_t)len + (tcp.flags & TG_TCP_SYN ? 1 : 0);
	s->bytes[dir] += (uint32_t)len;
	s->packets[dir]++;
	s->last_ns = g->now_ns;
}

static void
write_truth(struct tg_gen *g, const struct flow *flows)
{
	for (uint32_t n = 0; n < g->o.flows; n++) {
		const struct flow *s = &flows[n];
		struct tg_flow f = { 0 };

		if (s->packets[0] == 0)
			continue;
		fill_ends(g, n, &f);
		f.first_ns = s->first_ns;
		f.last_ns = s->last_ns;
		for (unsigned dir = 0; dir < 2; dir++) {
			/* Each SYN has 4 bytes of options. */
			uint32_t syn = s->packets[dir] > 0 ? 4 : 0;

			f.packets[dir] = s->packets[dir];
			f.payload[dir] = s->bytes[dir];
			f.ip_bytes[dir] = s->packets[dir] * UINT64_C(40) + s->bytes[dir] + syn;
		}
		tg_truth_conn(&g->truth, &f, &g->names, "flood", NULL);
	}
}

/* The smallest 2^k - 1 that covers n. */
static uint64_t
mask_of(uint64_t n)
{
	uint64_t mask = 1;

	while (mask < n - 1)
		mask = mask << 1 | 1;
	return mask;
}

/* An odd factor and a summand permute 0..mask; numbers that are no flow are passed over. */
static void
run_round(struct tg_gen *g, struct flow *flows, double ns_per_packet)
{
	uint64_t mask = mask_of(g->o.flows);
	uint64_t factor = tg_rng_next(&g->rng) | 1, summand = tg_rng_next(&g->rng);
	uint64_t start_ns = g->o.start_sec * TG_NS_PER_SEC;

	for (uint64_t i = 0; i <= mask && g->sent < g->o.packets; i++) {
		uint64_t n = (i * factor + summand) & mask;

		if (n >= g->o.flows)
			continue;
		g->now_ns = start_ns + (uint64_t)((double)g->sent * ns_per_packet);
		send(g, (uint32_t)n, &flows[n]);
	}
}

int
tg_flood_run(struct tg_gen *g)
{
	double ns_per_packet = (double)(g->o.duration_sec * TG_NS_PER_SEC) / (double)g->o.packets;
	struct flow *flows = calloc(g->o.flows, sizeof(*flows));

	if (flows == NULL) {
		g->error = "out of memory";
		return -1;
	}
	while (g->sent < g->o.packets && g->pcap.error == 0)
		run_round(g, flows, ns_per_packet);
	write_truth(g, flows);
	free(flows);
	return 0;
}
