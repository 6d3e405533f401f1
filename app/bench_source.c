/* SPDX-License-Identifier: BSD-3-Clause */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <rte_cycles.h>
#include <rte_errno.h>
#include <rte_mempool.h>

#include "bench_addr.h"
#include "bench_source.h"

#define POOL_CACHE 256
/* Packets of the warm-up that copies begin at different places in, all copies together. */
#define STAGGER_PACKETS (4 << 20)
/* Packets of each open connection before what is measured: handshakes and first bytes are over. */
#define WARM_PACKETS 8
/* Then the connections that it began with are judged (notice.grace and a little), or so many
 * packets of each are enough. */
#define JUDGED_NS      1.25e9
#define JUDGED_PACKETS 16
/* The bit that ephemeral ports have in their first byte: 32768 and above. */
#define EPHEMERAL 0x80
/* Odd: ports come again after 32768 times only, and are not next to each other before. */
#define PORT_FACTOR 40503
/* 10 Gbit/s in bits per ns; preamble, FCS and gap of Ethernet: 24 bytes a frame. */
#define LINK_GBIT  10.0
#define LINK_EXTRA 24

static unsigned int
burst(struct rx *rx, struct rte_mbuf **mbufs, struct nt_mark_value *ret_R)
{
	struct bench_source *s = (struct bench_source *)rx;
	const unsigned int n = NT_MIN(s->filled - s->at, (unsigned int)RX_BURST);
	ret_R->position = s->ended ? NT_POSITION_END : s->position;
	ret_R->clock_ns = s->clock_ns;
	memcpy(mbufs, s->ring + s->at, n * sizeof(*mbufs));
	s->at += n;
	return n;
}

static void
give_back(struct rx *rx, struct rte_mbuf **mbufs, unsigned int n)
{
	rte_mempool_put_bulk(((struct bench_source *)rx)->pool, (void **)mbufs, n);
}

static void
idle(struct rx *rx)
{
	(void)rx;
}

/* Which packets are this worker's, in copies whose number is `residue` modulo workers. */
static int
choose_own(struct bench_source *s, unsigned int residue)
{
	const struct bench_capture *c = s->capture;
	uint32_t n = 0;
	s->own[residue] = malloc(c->count * sizeof(*s->own[residue]));
	if (s->own[residue] == NULL)
		return -ENOMEM;
	for (uint32_t i = 0; i < c->count; i++) {
		const uint64_t pair = c->packets[i].pair;
		if (((pair * s->workers >> 32) + residue) % s->workers == s->worker)
			s->own[residue][n++] = i;
	}
	s->own_count[residue] = n;
	s->has_packets |= n != 0;
	return 0;
}

/* The same number in all workers: a copy's packets are spread over them. */
static void
begin_copy(struct bench_source *s)
{
	s->copies[s->active] = (struct bench_copy){ .number = s->active };
	s->active++;
}

static void
begin_again(struct bench_source *s, struct bench_copy *copy)
{
	copy->next = 0;
	if (s->new_addrs == 0)
		copy->again++;
	else
		copy->number = (copy->number + s->copy_count) & (s->new_addrs - 1);
}

static double
copies_for(const struct bench_capture *c, uint32_t flows)
{
	return flows == 0 ? 1 : NT_MAX(1.0, ceil(flows / (c->open + c->lingering)));
}

uint64_t
bench_source_flows(const struct bench_capture *c, uint32_t flows)
{
	return NT_MAX(flows, (uint64_t)(copies_for(c, flows) * (c->open + c->lingering)));
}

/* How many copies, when they begin, and how fast time goes. */
static void
plan(struct bench_source *s, uint32_t flows)
{
	const struct bench_capture *c = s->capture;
	s->copy_count = (uint32_t)copies_for(c, flows);
	const double own = (double)c->count / s->workers;
	const uint32_t apart = STAGGER_PACKETS / s->copy_count; /* packets */
	const double stagger = NT_MIN(own / 2, apart);
	const double into = NT_MIN(own / 2, c->open * WARM_PACKETS / s->workers);
	s->begin_every = NT_MAX(stagger, 1);
	const double frame_bits = ((double)c->wire_bytes / c->count + LINK_EXTRA) * 8;
	const double as_captured = (double)(c->last_ns - c->first_ns) / c->count / s->copy_count;
	s->step_ns = NT_MAX(as_captured, frame_bits / LINK_GBIT) * s->workers;
	s->clock_ns = c->first_ns;
	const double judged = NT_MIN(
		JUDGED_NS / s->step_ns, s->copy_count * c->open * JUDGED_PACKETS / s->workers);
	s->warm_up = (uint64_t)(s->copy_count * (stagger + into) + judged);
}

static int
make_pool(struct bench_source *s)
{
	char name[32];
	snprintf(name, sizeof(name), "bench%p", (void *)s);
	s->pool = rte_pktmbuf_pool_create(name, BENCH_RING + RX_BURST, POOL_CACHE,
		sizeof(struct mbuf_meta),
		(uint16_t)(RTE_PKTMBUF_HEADROOM + NT_MAX(s->capture->longest, 64u)), SOCKET_ID_ANY);
	return s->pool == NULL ? -rte_errno : 0;
}

int
bench_source_init(struct bench_source *s, const struct bench_source_config *cfg)
{
	*s = (struct bench_source){
		.rx = { .burst = burst, .give_back = give_back, .idle = idle },
		.capture = cfg->capture,
		.worker = cfg->worker,
		.workers = cfg->workers,
		.new_addrs = cfg->new_addrs,
		.random = UINT64_C(88172645463325252) + cfg->worker,
	};
	if (cfg->capture->longest > UINT16_MAX - RTE_PKTMBUF_HEADROOM)
		return -EMSGSIZE;
	plan(s, cfg->flows);
	int err = make_pool(s);
	for (unsigned int i = 0; i < s->workers && err == 0; i++)
		err = choose_own(s, i);
	s->copies = calloc(s->copy_count, sizeof(*s->copies));
	if (s->copies == NULL)
		return -ENOMEM;
	return err == 0 && !s->has_packets ? -ENODATA : err;
}

void
bench_source_fini(struct bench_source *s)
{
	for (unsigned int i = 0; i < s->workers; i++)
		free(s->own[i]);
	free(s->copies);
	rte_mempool_free(s->pool);
	*s = (struct bench_source){ 0 };
}

static inline uint32_t
draw(struct bench_source *s, uint32_t below)
{
	s->random ^= s->random << 13;
	s->random ^= s->random >> 7;
	s->random ^= s->random << 17;
	return (uint32_t)(((s->random >> 32) * below) >> 32);
}

/* The next packet of a copy that has one for this worker. */
static const struct bench_packet *
next_packet(struct bench_source *s, struct bench_copy *ret)
{
	for (;;) {
		while (s->active < s->copy_count &&
			(double)s->packets >= s->active * s->begin_every)
			begin_copy(s);
		struct bench_copy *copy = &s->copies[draw(s, s->active)];
		const unsigned int residue = copy->number % s->workers;
		if (copy->next >= s->own_count[residue]) {
			begin_again(s, copy);
			continue;
		}
		*ret = *copy;
		return &s->capture->packets[s->own[residue][copy->next++]];
	}
}

/* Either direction's: it depends on the port alone. */
static void
change_port(uint8_t *port, uint32_t again)
{
	if ((port[0] & EPHEMERAL) == 0)
		return;
	port[0] ^= (uint8_t)(again >> 8) & (uint8_t)~EPHEMERAL;
	port[1] ^= (uint8_t)again;
}

static void
permute(const struct bench_source *s, const struct bench_packet *p, uint32_t number, uint8_t *data)
{
	void (*const change)(uint8_t *, uint32_t) =
		p->addr_bytes == 4 ? bench_addr_v4 : bench_addr_v6;
	if (p->has_macs) {
		bench_addr_mac(data + p->macs_at, number);
		bench_addr_mac(data + p->macs_at + 6, number);
	}
	if (p->addrs_at != 0) {
		change(data + p->addrs_at, number);
		change(data + p->addrs_at + p->addr_bytes, number);
	}
	const struct bench_rdata *r = s->capture->rdata + p->rdata;
	for (unsigned int i = 0; i < p->rdata_count; i++)
		if (r[i].bytes == 4)
			bench_addr_v4(data + r[i].at, number);
		else
			bench_addr_v6(data + r[i].at, number);
}

/*
 * With one worker each packet's position is the next one's. Several count in time stamps, as live
 * ones do, so that no worker is behind for having fewer packets.
 */
static uint64_t
next_position(struct bench_source *s)
{
	if (s->workers == 1)
		return s->position + 1;
	const uint64_t now = rte_rdtsc() * NT_CONFIG_WORKERS_MAX + s->worker;
	return NT_MAX(now, s->position + NT_CONFIG_WORKERS_MAX);
}

static void
make(struct bench_source *s, struct rte_mbuf *m)
{
	struct bench_copy copy;
	const struct bench_packet *p = next_packet(s, &copy);
	uint8_t *data = rte_pktmbuf_mtod(m, uint8_t *);
	memcpy(data, p->data, p->cap_len);
	if (copy.number != 0)
		permute(s, p, copy.number, data);
	if (copy.again != 0 && p->ports_at != 0) {
		change_port(data + p->ports_at, copy.again * PORT_FACTOR);
		change_port(data + p->ports_at + 2, copy.again * PORT_FACTOR);
	}
	const int64_t before_ns = s->clock_ns;
	s->time_ns += s->step_ns;
	const int64_t whole_ns = (int64_t)s->time_ns;
	s->time_ns -= (double)whole_ns;
	s->clock_ns += whole_ns;
	s->position = next_position(s);
	*mbuf_meta(m) = (struct mbuf_meta){
		.at = { .position = s->position,
			.ts_ns = s->clock_ns,
			.clock_ns = s->clock_ns,
			.prev_clock_ns = s->workers == 1 ? before_ns : 0 },
		.data = data,
		.cap_len = p->cap_len,
		.wire_len = p->wire_len,
		.frame_len = p->wire_len,
		.link = (uint16_t)s->capture->link,
		.kind = MBUF_PACKET,
	};
	m->data_len = (uint16_t)p->cap_len;
	m->pkt_len = p->cap_len;
	s->packets++;
}

void
bench_source_fill(struct bench_source *s)
{
	s->at = s->filled = 0;
	/* There are always enough: all that were handed out have come back. */
	for (; s->filled < BENCH_RING; s->filled += RX_BURST)
		if (rte_mempool_get_bulk(s->pool, (void **)s->ring + s->filled, RX_BURST) != 0)
			break;
	for (unsigned int i = 0; i < s->filled; i++)
		make(s, s->ring[i]);
}
