/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * What a mapping costs from a DNS response's payload to the name cache: responses with two answers,
 * through a worker of their own. At first every mapping is new: its address and its client, of a
 * name that is known; when the copies' addresses come again, every one is known already. What
 * counts is the stage `names` (parse, match, learn, apply), not the packet's other stages.
 */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <nt_strbuf.h>

#include "bench.h"
#include "bench_lane.h"
#include "record_msg.h"

#define MESSAGES   4096 /* of the capture; each has a name and a client of its own */
#define ANSWERS	   2
#define COPIES	   64
#define PACKET_MAX 256
#define MESSAGE_NS 250000

struct mapping_bench {
	struct nt_config config;
	struct bench_capture capture;
	struct bench_lane lane;
	struct nt_relay *relay;
	struct nt_msg_reader records;
	bool has_records;
	_Atomic int64_t began_ns;
};

static uint8_t *
put(uint8_t *at, const void *bytes, size_t n)
{
	memcpy(at, bytes, n);
	return at + n;
}

static uint8_t *
put_u16(uint8_t *at, unsigned int v)
{
	*at++ = (uint8_t)(v >> 8);
	*at++ = (uint8_t)v;
	return at;
}

static uint8_t *
put_label(uint8_t *at, const char *text, size_t len)
{
	*at++ = (uint8_t)len;
	return put(at, text, len);
}

/* Question and answers of `hostN.service.example.com`. */
static uint8_t *
put_message(uint8_t *at, uint32_t n)
{
	char host[24];
	const int len = snprintf(host, sizeof(host), "host%u", n);
	at = put_u16(at, n); /* id */
	at = put_u16(at, 0x8180);
	at = put_u16(at, 1);
	at = put_u16(at, ANSWERS);
	at = put_u16(put_u16(at, 0), 0);
	at = put_label(at, host, (size_t)len);
	at = put_label(put_label(put_label(at, "service", 7), "example", 7), "com", 3);
	*at++ = 0;
	at = put_u16(put_u16(at, 1), 1);
	for (unsigned int i = 0; i < ANSWERS; i++) {
		const uint32_t addr = n * ANSWERS + i;
		at = put_u16(at, 0xc00c);
		at = put_u16(put_u16(at, 1), 1);
		at = put_u16(put_u16(at, 0), 300);
		at = put_u16(at, 4);
		*at++ = 93;
		*at++ = (uint8_t)(addr >> 16);
		at = put_u16(at, addr & 0xffff);
	}
	return at;
}

static uint32_t
make_packet(uint8_t *p, uint32_t n)
{
	static const uint8_t ethernet[] = { 2, 0, 0, 0, 0, 1, 2, 0, 0, 0, 0, 2, 8, 0 };
	uint8_t *ip = put(p, ethernet, sizeof(ethernet)), *udp = ip + 20;
	const uint8_t *end = put_message(udp + 8, n);
	const uint8_t fixed[] = { 0x45, 0, 0, 0, 0, 0, 0, 0, 61, 17, 0, 0, 198, 51, 100, 53, 10, 0,
		(uint8_t)(n >> 8), (uint8_t)n };
	put(ip, fixed, sizeof(fixed));
	put_u16(ip + 2, (unsigned int)(end - ip));
	put_u16(udp, 53);
	put_u16(udp + 2, 40000 + n % 20000);
	put_u16(udp + 4, (unsigned int)(end - udp));
	put_u16(udp + 6, 0);
	return (uint32_t)(end - p);
}

static int
make_capture(struct mapping_bench *b)
{
	uint8_t packet[PACKET_MAX];
	bench_capture_begin(&b->capture, NT_LINK_ETHERNET);
	for (uint32_t n = 0; n < MESSAGES; n++) {
		const uint32_t len = make_packet(packet, n);
		const int64_t ts_ns = NT_SEC(1700000000) + (int64_t)n * MESSAGE_NS;
		if (bench_capture_add(&b->capture, packet, len, len, ts_ns) != 0)
			return -ENOMEM;
	}
	return bench_capture_end(&b->capture, &b->config);
}

/* As large as what comes: caps are for later. */
static void
make_config(struct nt_config *c, const struct nt_config *from)
{
	*c = *from;
	c->workers = 1;
	c->flow.max = 1 << 20;
	c->names.max_mappings = MESSAGES * ANSWERS * COPIES;
	c->names.max_addresses = MESSAGES * ANSWERS * COPIES;
	c->names.max_names = 2 * MESSAGES;
}

/* Records are none of it, but they have to go somewhere. */
static void
drop_records(void *arg)
{
	struct mapping_bench *b = arg;
	while (nt_msg_reader_peek(&b->records) != NULL)
		nt_msg_reader_pop(&b->records);
}

static int
start(struct mapping_bench *b, const struct nt_config *config)
{
	const struct nt_relay_config relay = { .workers = 1,
		.pacing = NT_RELAY_VIRTUAL,
		.rate = config->relay.rate,
		.burst = config->relay.burst,
		.ring_units = 16384,
		.own_units = 16384 };
	make_config(&b->config, config);
	int err = make_capture(b);
	if (err != 0)
		return err;
	const struct bench_source_config source = {
		.capture = &b->capture, .workers = 1, .new_addrs = COPIES
	};
	err = bench_source_init(&b->lane.source, &source);
	b->relay = nt_relay_new(&relay);
	if (err != 0 || b->relay == NULL)
		return err != 0 ? err : -ENOMEM;
	const struct worker_config worker = { .config = &b->config,
		.rx = &b->lane.source.rx,
		.relay = b->relay,
		.began_ns = &b->began_ns,
		.uid_key = nt_hash_key_fixed() };
	struct worker *w = worker_new(&worker);
	if (w == NULL)
		return -errno;
	bench_lane_init(&b->lane, w);
	b->lane.serve = drop_records;
	b->lane.serve_arg = b;
	err = nt_msg_reader_init(&b->records, worker_records(w), RECORD_MSG_MAX);
	b->has_records = err == 0;
	return err;
}

static void
end(struct mapping_bench *b)
{
	if (b->has_records)
		nt_msg_reader_fini(&b->records);
	worker_free(b->lane.worker);
	bench_lane_fini(&b->lane);
	bench_source_fini(&b->lane.source);
	nt_relay_free(b->relay);
	bench_capture_free(&b->capture);
}

/* Cycles a mapping over as many packets as all copies have. */
static double
play_copies(struct mapping_bench *b)
{
	struct bench_samples *names = &b->lane.stages[WORKER_STAGE_NAMES];
	names->count = 0;
	for (unsigned int i = 0; i < MESSAGES * COPIES / BENCH_RING; i++)
		bench_lane_batch(&b->lane, true, true);
	return bench_median(names->values, names->count) / ANSWERS;
}

int
bench_mapping_run(const struct nt_config *config, struct bench_result *ret)
{
	struct mapping_bench *b = calloc(1, sizeof(*b));
	struct worker_sizes sizes;
	if (b == NULL)
		return -ENOMEM;
	const int err = start(b, config);
	if (err == 0) {
		ret->mapping_cycles = play_copies(b);
		worker_sizes(b->lane.worker, &sizes);
		ret->bytes_per_mapping =
			(double)sizes.mapping_bytes / (double)NT_MAX(sizes.mappings, 1u);
		ret->refresh_cycles = play_copies(b);
	}
	end(b);
	free(b);
	return err;
}
