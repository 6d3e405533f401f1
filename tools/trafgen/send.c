/* SPDX-License-Identifier: BSD-3-Clause */
#include "gen.h"

#define MSS4 1460
#define MSS6 1440

static struct tg_path
path_of(struct tg_gen *g, struct tg_flow *f, unsigned dir)
{
	struct tg_path p = {
		.src = &f->end[dir],
		.dst = &f->end[!dir],
		.v6 = f->v6,
		.vlan = (uint16_t)g->o.vlan,
		.ip_id = f->ip_id++,
		.hops = dir == 0 ? 64 : 55,
	};

	return p;
}

static void
count(struct tg_gen *g, struct tg_flow *f, unsigned dir, struct tg_built built)
{
	tg_pcap_commit(&g->pcap, g->now_ns, built.frame_bytes);
	if (f->packets[0] + f->packets[1] == 0)
		f->first_ns = g->now_ns;
	f->last_ns = g->now_ns;
	f->packets[dir]++;
	f->ip_bytes[dir] += built.ip_bytes;
	g->sent++;
	g->sent_bytes += built.frame_bytes;
}

void
tg_send_tcp(struct tg_gen *g, struct tg_flow *f, unsigned dir, const struct tg_tcp *tcp,
	const uint8_t *data, size_t len)
{
	struct tg_path path = path_of(g, f, dir);

	count(g, f, dir, tg_packet_tcp(tg_pcap_frame(&g->pcap), &path, tcp, data, len));
}

void
tg_send_udp(struct tg_gen *g, struct tg_flow *f, unsigned dir, const uint8_t *data, size_t len)
{
	struct tg_path path = path_of(g, f, dir);

	count(g, f, dir, tg_packet_udp(tg_pcap_frame(&g->pcap), &path, data, len));
	f->payload[dir] += len;
}

void
tg_send_first_fragment(struct tg_gen *g, struct tg_flow *f, const uint8_t *data, size_t len)
{
	struct tg_path path = path_of(g, f, 0);

	path.more_fragments = true;
	count(g, f, 0, tg_packet_udp(tg_pcap_frame(&g->pcap), &path, data, len));
}

void
tg_send_echo(struct tg_gen *g, struct tg_flow *f, unsigned dir, uint16_t seq)
{
	struct tg_path path = path_of(g, f, dir);

	count(g, f, dir,
		tg_packet_echo(
			tg_pcap_frame(&g->pcap), &path, dir == 1, f->echo.id, seq, g->pool, 56));
	f->payload[dir] += 56;
}

size_t
tg_payload_len(struct tg_gen *g, bool v6, unsigned dir)
{
	size_t mss = v6 ? MSS6 : MSS4;

	if (g->o.mean_packet_bytes > 0) {
		if (g->sent_bytes < g->o.mean_packet_bytes * g->sent)
			return mss;
		return tg_rng_between(&g->rng, 16, 160);
	}
	if (dir == 0)
		return tg_rng_between(&g->rng, 60, 700);
	return tg_rng_chance(&g->rng, 0.5) ? mss : tg_rng_between(&g->rng, 60, mss);
}

uint32_t
tg_payload_at(struct tg_gen *g)
{
	return (uint32_t)tg_rng_below(&g->rng, TG_POOL_BYTES);
}
