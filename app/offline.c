/* SPDX-License-Identifier: BSD-3-Clause */
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <rte_eth_ring.h>
#include <rte_ethdev.h>

#include <nt_fault.h>

#include "eal.h"
#include "mbuf_meta.h"
#include "offline.h"
#include "pipeline.h"
#include "rx.h"

/* Mbufs beyond what fills one queue: the reader's buffers and stock, bursts in hand, pool caches.
 */
#define POOL_EXTRA	1024
#define POOL_CACHE	256
#define POOL_CACHE_MOST (POOL_CACHE + POOL_CACHE / 2) /* what an lcore's cache may hold */
/* Memory of EAL: mbufs, packet rings and its own needs. */
#define EAL_MB_BASE	  48
#define EAL_MB_PER_WORKER 1
/* Bursts until the watermark moves. */
#define TURNS_PER_STEP 32

struct offline {
	struct offline_config cfg;
	struct pipeline line;
	bool eal;
	struct rte_mempool *pool;
	struct rte_ring *queues[NT_CONFIG_WORKERS_MAX];
	uint16_t port;
	struct reader *reader;
	struct rx_ring rx[NT_CONFIG_WORKERS_MAX];
	struct rx_reader own_rx; /* in place of queues, port and rx: see is_alone */
	unsigned int turns; /* of that worker */
};

/*
 * One worker has no lcore of its own: it has its turn whenever the reader has a burst. So packets
 * are still in that core's cache, nobody waits for anybody, and there are no queues, nor anything
 * else that EAL is needed for.
 */
static bool
is_alone(const struct offline *o)
{
	return o->line.worker_count == 1;
}

/* The reader, the workers and control. */
static int
start_eal(struct offline *o, struct nt_error *err)
{
	const unsigned int workers = o->line.worker_count;
	if (is_alone(o))
		return 0;
	const int code =
		eal_start_offline(workers + 2, EAL_MB_BASE + EAL_MB_PER_WORKER * workers, err);
	o->eal = code == 0;
	return code;
}

static int
make_queues(struct offline *o)
{
	const uint32_t size = o->cfg.config->read.ring_size;
	if (is_alone(o))
		return 0;
	if (nt_fault(NT_FAULT_MBUF_POOL) || nt_fault(NT_FAULT_RING_NEW))
		return -ENOMEM;
	/*
	 * Small, so that the same mbufs come back while they are still in the cache. They have no
	 * room for data but the headroom, without which ethdev takes no pool.
	 */
	o->pool = rte_pktmbuf_pool_create("captured",
		size + POOL_EXTRA + o->line.worker_count * POOL_CACHE_MOST - 1, POOL_CACHE,
		sizeof(struct mbuf_meta), RTE_PKTMBUF_HEADROOM, SOCKET_ID_ANY);
	if (o->pool == NULL)
		return -rte_errno;
	for (unsigned int i = 0; i < o->line.worker_count; i++) {
		char name[32];
		snprintf(name, sizeof(name), "rx%u", i);
		o->queues[i] =
			rte_ring_create(name, size, SOCKET_ID_ANY, RING_F_SP_ENQ | RING_F_SC_DEQ);
		if (o->queues[i] == NULL)
			return -rte_errno;
	}
	return 0;
}

/* net_ring wants a transmit side as well: it gets the receive rings and is never used. */
static int
make_port(struct offline *o)
{
	const struct rte_eth_conf conf = { 0 };
	const uint16_t n = (uint16_t)o->line.worker_count;
	if (is_alone(o))
		return 0;
	const int port = rte_eth_from_rings("capture", o->queues, n, o->queues, n, 0);
	if (port < 0)
		return -rte_errno;
	o->port = (uint16_t)port;
	int err = rte_eth_dev_configure(o->port, n, n, &conf);
	for (uint16_t q = 0; q < n && err == 0; q++) {
		err = rte_eth_rx_queue_setup(o->port, q, 0, 0, NULL, o->pool);
		if (err == 0)
			err = rte_eth_tx_queue_setup(o->port, q, 0, 0, NULL);
	}
	return err == 0 ? rte_eth_dev_start(o->port) : err;
}

static int
make_relay(struct offline *o)
{
	return pipeline_make_relay(&o->line, NT_RELAY_VIRTUAL);
}

/*
 * reader_config.turn. What a worker learns and what has ended waits for the watermark, which he
 * moves himself: not each time, for in 1,000 packets enough of either gathers to wait for memory
 * together.
 */
static void
turn(void *arg)
{
	struct offline *o = arg;
	worker_poll(o->line.workers[0]);
	if (++o->turns % TURNS_PER_STEP == 0)
		(void)nt_relay_step(o->line.relay, 0);
}

static int
make_reader(struct offline *o)
{
	const struct reader_config cfg = {
		.config = o->cfg.config,
		.paths = o->cfg.paths,
		.path_count = o->cfg.path_count,
		.filter = o->cfg.filter,
		.pool = o->pool,
		.queues = is_alone(o) ? NULL : o->queues,
		.turn = is_alone(o) ? turn : NULL,
		.turn_arg = o,
		.workers = o->line.worker_count,
		.uid_key = nt_hash_key_fixed(),
		.relay = o->line.relay,
		.stop = o->cfg.stop,
	};
	o->reader = reader_new(&cfg);
	return o->reader == NULL ? -errno : 0;
}

static int
make_workers(struct offline *o)
{
	int err = 0;
	rx_reader_init(&o->own_rx, o->reader, o->line.relay);
	for (unsigned int i = 0; i < o->line.worker_count && err == 0; i++) {
		rx_ring_init(&o->rx[i], o->port, (uint16_t)i, reader_mark(o->reader), o->pool);
		err = pipeline_make_worker(&o->line, i,
			(struct worker_config){
				.rx = is_alone(o) ? &o->own_rx.rx : &o->rx[i].rx,
				.began_ns = &reader_progress(o->reader)->first_ns,
				.names_log = i == 0 ? o->cfg.names_log : NULL,
				.uid_key = nt_hash_key_fixed(),
			});
	}
	return err;
}

static int
make_control(struct offline *o)
{
	return pipeline_make_control(
		&o->line, (struct control_config){
				  .began_ns = &reader_progress(o->reader)->first_ns,
				  .reader = o->reader,
				  .sink = o->cfg.sink,
				  .reopen = o->cfg.reopen,
				  .stop = o->cfg.stop,
				  .progress = o->cfg.progress,
				  .moves_no_watermark = is_alone(o),
			  });
}

struct offline *
offline_new(const struct offline_config *cfg, struct nt_error *err)
{
	static int (*const steps[])(struct offline *) = { make_queues, make_port, make_relay,
		make_reader, make_workers, make_control };
	struct offline *o = calloc(1, sizeof(*o));
	if (o == NULL) {
		nt_error_set(err, -ENOMEM, "out of memory");
		return NULL;
	}
	o->cfg = *cfg;
	o->line.config = cfg->config;
	o->line.worker_count = cfg->config->workers;
	int code = start_eal(o, err);
	for (unsigned int i = 0; i < NT_ARRAY_SIZE(steps) && code == 0; i++) {
		code = steps[i](o);
		if (code != 0)
			pipeline_failed(&o->line, code, err);
	}
	if (code != 0) {
		offline_free(o);
		return NULL;
	}
	return o;
}

/* The reader, and then what is left to the worker. */
static void *
alone_main(void *arg)
{
	struct offline *o = arg;
	reader_main(o->reader);
	worker_main(o->line.workers[0]);
	return NULL;
}

static int
run_alone(struct offline *o, struct nt_error *err)
{
	pthread_t thread;
	const int failed = pthread_create(&thread, NULL, alone_main, o);
	if (failed != 0)
		return nt_error_set(err, -failed, "can't start a thread: %s", strerror(failed));
	(void)pthread_setname_np(thread, "nt-worker");
	control_run(o->line.control);
	pthread_join(thread, NULL);
	return 0;
}

int
offline_run(struct offline *o, struct nt_error *err)
{
	if (is_alone(o))
		return run_alone(o, err);
	lcores_add(&o->line.lcores, reader_main, o->reader);
	pipeline_add_workers(&o->line);
	const int code = lcores_start(&o->line.lcores, err);
	if (code != 0)
		return code;
	control_run(o->line.control);
	lcores_wait();
	return 0;
}

void
offline_free(struct offline *o)
{
	if (o == NULL)
		return;
	pipeline_free(&o->line);
	reader_free(o->reader);
	if (o->eal)
		eal_stop();
	free(o);
}

void
offline_counters(const struct offline *o, struct nt_counters *ret)
{
	control_sum(o->line.control, ret);
}

const char *
offline_failure(const struct offline *o, unsigned int i)
{
	return reader_failure(o->reader, i);
}

uint64_t
offline_packets_read(const struct offline *o)
{
	return atomic_load_explicit(&reader_progress(o->reader)->packets, memory_order_relaxed);
}
