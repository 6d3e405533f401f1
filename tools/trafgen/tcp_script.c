/* SPDX-License-Identifier: BSD-3-Clause */
#include "gen.h"

enum {
	SYN,
	SYN_ACK,
	ACK,
	DATA,
	FIN,
	FIN_BACK,
	LAST_ACK
};

static void
segment(struct tg_gen *g, struct tg_flow *f, unsigned dir, uint8_t flags)
{
	struct tg_tcp tcp = { f->tcp.seq[dir], f->tcp.seq[!dir], flags };

	if (!(flags & TG_TCP_ACK))
		tcp.ack = 0;
	tg_send_tcp(g, f, dir, &tcp, NULL, 0);
	if (flags & (TG_TCP_SYN | TG_TCP_FIN))
		f->tcp.seq[dir]++;
}

static uint64_t
rtt_ns(const struct tg_flow *f)
{
	return f->rtt_us * UINT64_C(1000);
}

/* What a host needs to answer at once. */
static uint64_t
short_ns(struct tg_gen *g)
{
	return tg_rng_between(&g->rng, 10000, 300000);
}

/* The tap is near the originator: what it waits for takes a round trip, the responder nothing. */
static uint64_t
until_from(struct tg_gen *g, const struct tg_flow *f, unsigned dir)
{
	return dir == 1 ? rtt_ns(f) + short_ns(g) : short_ns(g);
}

static uint64_t
close_step(struct tg_gen *g, struct tg_flow *f)
{
	struct tg_tcp_script *t = &f->tcp;

	switch (t->phase) {
	case DATA:
		if (t->ending == TG_END_OPEN)
			return TG_DONE;
		if (t->ending == TG_END_RESET) {
			segment(g, f, t->closer, TG_TCP_RST | TG_TCP_ACK);
			return TG_DONE;
		}
		segment(g, f, t->closer, TG_TCP_FIN | TG_TCP_ACK);
		t->phase = FIN_BACK;
		return until_from(g, f, !t->closer);
	case FIN_BACK:
		segment(g, f, !t->closer, TG_TCP_FIN | TG_TCP_ACK);
		t->phase = LAST_ACK;
		return until_from(g, f, t->closer);
	default:
		segment(g, f, t->closer, TG_TCP_ACK);
		return TG_DONE;
	}
}

static void
begin_burst(struct tg_gen *g, struct tg_tcp_script *t)
{
	t->burst_dir = !t->burst_dir;
	t->unacked = 0; /* the first segment acknowledges */
	if (t->burst_dir == 0)
		t->burst_left = (uint16_t)tg_rng_between(&g->rng, 1, 2);
	else
		t->burst_left =
			(uint16_t)(1 + tg_rng_below(&g->rng, 1 + tg_rng_below(&g->rng, 40)));
}

/* People read between two requests. */
static uint64_t
pause_after_burst(struct tg_gen *g, struct tg_flow *f)
{
	if (f->tcp.burst_dir == 1 && tg_rng_chance(&g->rng, 0.05))
		return tg_rng_between(&g->rng, 200 * TG_NS_PER_MS, 15 * TG_NS_PER_SEC);
	return until_from(g, f, !f->tcp.burst_dir);
}

static void
send_data(struct tg_gen *g, struct tg_flow *f)
{
	struct tg_tcp_script *t = &f->tcp;
	unsigned dir = t->burst_dir;
	struct tg_tcp tcp = { t->seq[dir], t->seq[!dir], TG_TCP_ACK | TG_TCP_PSH };
	uint8_t buffer[TG_APP_SEGMENT];

	t->last_len = (uint16_t)tg_app_len(g, f, dir);
	t->last_at = tg_payload_at(g);
	tg_send_tcp(g, f, dir, &tcp,
		tg_app_data(g, f, dir, f->payload[dir], t->last_at, t->last_len, buffer),
		t->last_len);
	f->payload[dir] += t->last_len;
	t->seq[dir] += t->last_len;
	t->segments_left--;
	t->burst_left--;
	t->unacked++;
	if (t->burst_left == 0 && dir == 0 && f->payload[0] < f->app.len[0])
		t->burst_left = 1; /* nobody answers half a hello */
}

static void
repeat_data(struct tg_gen *g, struct tg_flow *f)
{
	struct tg_tcp_script *t = &f->tcp;
	unsigned dir = t->burst_dir;
	struct tg_tcp tcp = { t->seq[dir] - t->last_len, t->seq[!dir], TG_TCP_ACK | TG_TCP_PSH };
	uint8_t buffer[TG_APP_SEGMENT];

	tg_send_tcp(g, f, dir, &tcp,
		tg_app_data(
			g, f, dir, f->payload[dir] - t->last_len, t->last_at, t->last_len, buffer),
		t->last_len);
	t->repeat = false;
}

static uint64_t
data_step(struct tg_gen *g, struct tg_flow *f)
{
	struct tg_tcp_script *t = &f->tcp;

	if (t->repeat) {
		repeat_data(g, f);
		return until_from(g, f, !t->burst_dir);
	}
	if (t->unacked >= 2) {
		segment(g, f, !t->burst_dir, TG_TCP_ACK);
		t->unacked = 0;
		return t->burst_left == 0 ? pause_after_burst(g, f) : short_ns(g);
	}
	if (t->segments_left == 0)
		return close_step(g, f);
	if (t->burst_left == 0)
		begin_burst(g, t);
	send_data(g, f);
	t->repeat = tg_rng_chance(&g->rng, g->o.retransmit_share);
	if (t->repeat)
		return 200 * TG_NS_PER_MS + short_ns(g);
	if (t->unacked >= 2)
		return until_from(g, f, !t->burst_dir);
	return t->burst_left == 0 ? pause_after_burst(g, f) : short_ns(g);
}

uint64_t
tg_tcp_step(struct tg_gen *g, struct tg_flow *f)
{
	struct tg_tcp_script *t = &f->tcp;

	switch (t->phase) {
	case SYN:
		t->seq[0] = (uint32_t)tg_rng_next(&g->rng);
		t->seq[1] = (uint32_t)tg_rng_next(&g->rng);
		t->burst_dir = 1; /* so that the first burst is the originator's */
		segment(g, f, 0, TG_TCP_SYN);
		t->phase = SYN_ACK;
		return until_from(g, f, 1);
	case SYN_ACK:
		segment(g, f, 1, TG_TCP_SYN | TG_TCP_ACK);
		t->phase = ACK;
		return short_ns(g);
	case ACK:
		segment(g, f, 0, TG_TCP_ACK);
		t->phase = DATA;
		return short_ns(g);
	case DATA:
		return data_step(g, f);
	default:
		return close_step(g, f);
	}
}
