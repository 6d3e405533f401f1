/* SPDX-License-Identifier: BSD-3-Clause */
#include "gen.h"

/* UDP, ping and scan probes. */

static uint64_t
short_ns(struct tg_gen *g)
{
	return tg_rng_between(&g->rng, 10000, 300000);
}

uint64_t
tg_udp_step(struct tg_gen *g, struct tg_flow *f)
{
	struct tg_udp_script *u = &f->udp;
	size_t len = tg_payload_len(g, f->v6, u->dir);
	uint8_t buffer[TG_APP_SEGMENT];
	const uint8_t *data;

	if (len > 1350) /* as QUIC */
		len = 1350;
	data = tg_app_datagram(g, f, u->dir, tg_payload_at(g), &len, buffer);
	tg_send_udp(g, f, u->dir, data, len);
	if (--u->left == 0)
		return TG_DONE;
	if (u->burst_left > 0) {
		u->burst_left--;
		return short_ns(g);
	}
	u->dir = !u->dir;
	u->burst_left = (uint8_t)tg_rng_below(&g->rng, u->dir == 1 ? 8 : 2);
	if (u->dir == 1)
		return f->rtt_us * UINT64_C(1000);
	if (tg_rng_chance(&g->rng, 0.05)) /* far below the minute that ends a UDP connection */
		return tg_rng_between(&g->rng, TG_NS_PER_SEC, 20 * TG_NS_PER_SEC);
	return short_ns(g);
}

uint64_t
tg_echo_step(struct tg_gen *g, struct tg_flow *f)
{
	struct tg_echo_script *e = &f->echo;
	uint64_t rtt = f->rtt_us * UINT64_C(1000);

	if (e->reply_next) {
		tg_send_echo(g, f, 1, e->seq++);
		e->reply_next = false;
		return e->left > 0 ? TG_NS_PER_SEC - rtt : TG_DONE;
	}
	tg_send_echo(g, f, 0, e->seq);
	e->left--;
	if (e->answered) {
		e->reply_next = true;
		return rtt;
	}
	e->seq++;
	return e->left > 0 ? TG_NS_PER_SEC : TG_DONE;
}

enum {
	PROBE,
	ANSWER,
	RESET
};
enum {
	SILENT,
	REFUSED,
	OPEN
};

uint64_t
tg_scan_step(struct tg_gen *g, struct tg_flow *f)
{
	struct tg_scan_script *s = &f->scan;
	struct tg_tcp syn = { s->seq[0], 0, TG_TCP_SYN };
	struct tg_tcp refusal = { 0, s->seq[0] + 1, TG_TCP_RST | TG_TCP_ACK };
	struct tg_tcp syn_ack = { s->seq[1], s->seq[0] + 1, TG_TCP_SYN | TG_TCP_ACK };
	struct tg_tcp reset = { s->seq[0] + 1, 0, TG_TCP_RST };

	switch (s->phase) {
	case PROBE:
		tg_send_tcp(g, f, 0, &syn, NULL, 0);
		s->tries--;
		if (s->tries > 0)
			return TG_NS_PER_SEC; /* RFC 6298: first timeout */
		if (s->ending == SILENT)
			return TG_DONE;
		s->phase = ANSWER;
		return f->rtt_us * UINT64_C(1000);
	case ANSWER:
		tg_send_tcp(g, f, 1, s->ending == REFUSED ? &refusal : &syn_ack, NULL, 0);
		s->phase = RESET;
		return s->ending == REFUSED ? TG_DONE : short_ns(g);
	default:
		tg_send_tcp(g, f, 0, &reset, NULL, 0);
		return TG_DONE;
	}
}
