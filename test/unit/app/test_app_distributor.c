/* SPDX-License-Identifier: BSD-3-Clause */
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include <rte_cycles.h>
#include <rte_launch.h>
#include <rte_lcore.h>

#include "distributor.h"
#include "live_ports.h"
#include "live_position.h"
#include "rx_counts.h"

#define US_0	INT64_C(1600000000000000)
#define FRAMES	400
#define WORKERS 2

struct fixture {
	struct nt_config config;
	struct ports ports;
	struct live_clock clock;
	struct nt_relay *relay;
	struct distributor *d;
	atomic_bool stop;
	struct capture_frame frames[FRAMES];
	/* what the workers got */
	unsigned int packets[WORKERS], outers[WORKERS];
	int worker_of[256]; /* by the last byte of the source or the destination; -1: none */
	uint64_t last[WORKERS];
	bool tunnel; /* packets are what is inside of one, of 10.1.0.7 and 10.1.0.8 */
};

static int
setup(void **state)
{
	static struct fixture x;
	static const struct nt_relay_config relay = {
		.workers = WORKERS, .pacing = NT_RELAY_PACED, .ring_units = 1024, .own_units = 1024
	};
	memset(&x, 0, sizeof(x));
	nt_config_default(&x.config);
	x.config.port.descriptors = 256;
	x.config.read.ring_size = 1024;
	x.config.workers = WORKERS;
	x.relay = nt_relay_new(&relay);
	assert_non_null(x.relay);
	memset(x.worker_of, 0xff, sizeof(x.worker_of));
	*state = &x;
	return 0;
}

static int
teardown(void **state)
{
	struct fixture *x = *state;
	nt_relay_free(x->relay);
	return 0;
}

static void
open_all(struct fixture *x)
{
	live_open(&x->ports, &x->config, &x->clock);
	assert_true(x->ports.distributor);
	assert_non_null(strstr(live_said(), "a distributor lcore"));
	const struct distributor_config cfg = {
		.config = &x->config,
		.ports = &x->ports,
		.clock = &x->clock,
		.workers = WORKERS,
		.uid_key = nt_hash_key_fixed(),
		.relay = x->relay,
		.stop = &x->stop,
	};
	x->d = distributor_new(&cfg);
	assert_non_null(x->d);
}

static void
open_capture(struct fixture *x)
{
	char device[512];
	snprintf(
		device, sizeof(device), "net_pcap0,rx_pcap=%s", capture_of("a", x->frames, FRAMES));
	live_add(device);
	open_all(x);
}

static void
close_all(struct fixture *x)
{
	distributor_free(x->d);
	live_close(&x->ports);
}

static void
take(struct fixture *x, unsigned int worker, const struct mbuf_meta *m)
{
	if (m->kind == MBUF_COUNTS)
		return;
	if (m->kind == MBUF_OUTER) {
		x->outers[worker]++;
		assert_int_equal(m->data[29], 7);
		return;
	}
	assert_int_equal(m->kind, MBUF_PACKET);
	assert_true(m->at.position > x->last[worker]);
	x->last[worker] = m->at.position;
	x->packets[worker]++;
	const unsigned int least = NT_MIN(m->data[29], m->data[33]);
	if (x->worker_of[least] < 0)
		x->worker_of[least] = (int)worker;
	assert_int_equal(x->worker_of[least], (int)worker);
	const struct frame *f = &x->frames[m->at.position - LIVE_POSITION_FIRST - 1].frame;
	const uint32_t before = f->len - m->cap_len;
	assert_memory_equal(m->data, f->b + before, m->cap_len);
	assert_int_equal(before != 0, x->tunnel);
	assert_int_equal(m->frame_len, f->len);
}

/* True while there may be more. */
static bool
take_burst(struct fixture *x, unsigned int worker)
{
	struct rte_mbuf *mbufs[RX_BURST];
	struct nt_mark_value R;
	struct rx *rx = distributor_rx(x->d, worker);
	const unsigned int n = rx->burst(rx, mbufs, &R);
	for (unsigned int i = 0; i < n; i++)
		take(x, worker, mbuf_meta(mbufs[i]));
	rx->give_back(rx, mbufs, n);
	return n != 0 || R.position != NT_POSITION_END;
}

static void
run_to_the_end(struct fixture *x)
{
	bool more[WORKERS] = { true, true };
	const uint64_t begun = rte_rdtsc();
	assert_int_equal(rte_eal_remote_launch(distributor_main, x->d, 1), 0);
	while (more[0] || more[1]) {
		for (unsigned int w = 0; w < WORKERS; w++)
			more[w] = more[w] && take_burst(x, w);
		if (rte_rdtsc() - begun > rte_get_tsc_hz() / 20)
			atomic_store(&x->stop, true);
		assert_true(rte_rdtsc() - begun < 20 * rte_get_tsc_hz());
	}
	rte_eal_wait_lcore(1);
	assert_true(distributor_rounds(x->d) > 0);
}

/* Both directions of a pair to one worker, in the order in which they came. */
static void
test_pairs(void **state)
{
	struct fixture *x = *state;
	for (unsigned int i = 0; i < FRAMES; i++) {
		const uint8_t a = (uint8_t)(1 + i / 2 % 100), b = 200;
		x->frames[i].us = US_0 + i;
		x->frames[i].frame = i % 2 == 0 ? frame_udp(a, b, 20, (uint8_t)i)
						: frame_udp(b, a, 20, (uint8_t)i);
	}
	open_capture(x);
	run_to_the_end(x);
	assert_int_equal(x->packets[0] + x->packets[1], FRAMES);
	assert_in_range(x->packets[0], FRAMES / 5, FRAMES - FRAMES / 5);
	for (unsigned int w = 0; w < WORKERS; w++)
		assert_int_equal(*distributor_rx(x->d, w)->lost, 0);
	close_all(x);
}

/* What is inside is steered by itself; the tunnel's worker gets a handle to the same memory. */
static void
test_tunnels(void **state)
{
	struct fixture *x = *state;
	for (unsigned int i = 0; i < FRAMES; i++) {
		const struct frame in = frame_udp((uint8_t)(1 + i % 100), 200, 20, (uint8_t)i);
		x->frames[i].us = US_0 + i;
		x->frames[i].frame = frame_vxlan(7, 8, &in);
	}
	x->tunnel = true;
	open_capture(x);
	run_to_the_end(x);
	assert_int_equal(x->packets[0] + x->packets[1], FRAMES);
	assert_true(x->packets[0] != 0 && x->packets[1] != 0);
	assert_int_equal(x->outers[0] + x->outers[1], FRAMES);
	assert_true(x->outers[0] == 0 || x->outers[1] == 0);
	close_all(x);
}

/* What the port and the rings count comes together, in place of what was there. */
static void
assert_counted(struct fixture *x)
{
	struct nt_counters c;
	struct rx *rx[WORKERS];
	uint64_t lost = 0;
	memset(&c, 0xff, sizeof(c));
	for (unsigned int w = 0; w < WORKERS; w++) {
		rx[w] = distributor_rx(x->d, w);
		lost += *rx[w]->lost;
	}
	rx_counts(&x->ports, rx, WORKERS, &c);
	assert_int_equal(nt_counter_read(&c, NT_COUNTER_RX_PACKETS), FRAMES);
	assert_int_equal(nt_counter_read(&c, NT_COUNTER_RX_DROPPED), lost);
	assert_int_equal(nt_counter_read(&c, NT_COUNTER_RX_RING_FULL), lost);
	assert_int_equal(nt_counter_read(&c, NT_COUNTER_RX_MISSED), 0);
	assert_int_equal(nt_counter_read(&c, NT_COUNTER_RX_NO_BUFFER), 0);
	assert_int_equal(nt_counter_read(&c, NT_COUNTER_RX_INCOMPLETE), 0);
	assert_int_equal(nt_counter_read(&c, NT_COUNTER_RX_ERRORS), 0);
}

/*
 * Workers that take nothing lose packets, each of which is counted; when they come back after the
 * end, it is the end for them too.
 */
static void
test_full(void **state)
{
	struct fixture *x = *state;
	unsigned int all = 0;
	for (unsigned int i = 0; i < FRAMES; i++) {
		x->frames[i].us = US_0 + i;
		x->frames[i].frame = frame_udp((uint8_t)(1 + i % 100), 200, 20, 1);
	}
	x->config.read.ring_size = 64;
	x->config.port.timestamps = NT_CONFIG_TIMESTAMPS_OFF;
	open_capture(x);
	assert_int_equal(rte_eal_remote_launch(distributor_main, x->d, 1), 0);
	rte_delay_us_sleep(50000);
	atomic_store(&x->stop, true);
	rte_eal_wait_lcore(1);
	for (unsigned int w = 0; w < WORKERS; w++) {
		for (unsigned int i = 0; take_burst(x, w); i++)
			assert_in_range(i, 0, 2 * FRAMES);
		const uint64_t lost = *distributor_rx(x->d, w)->lost;
		assert_true(lost > 0);
		assert_in_range(x->packets[w], 60, 63); /* its ring's */
		all += x->packets[w] + (unsigned int)lost;
	}
	assert_int_equal(all, FRAMES);
	assert_counted(x);
	close_all(x);
}

/* Files wait for the workers. */
static void
test_files_wait(void **state)
{
	struct fixture *x = *state;
	for (unsigned int i = 0; i < FRAMES; i++) {
		x->frames[i].us = US_0 + i;
		x->frames[i].frame = frame_udp((uint8_t)(1 + i % 100), 200, 20, 1);
	}
	x->config.read.ring_size = 256;
	open_capture(x);
	assert_int_equal(rte_eal_remote_launch(distributor_main, x->d, 1), 0);
	for (unsigned int i = 0; x->packets[0] + x->packets[1] < FRAMES; i++) {
		rte_delay_us_sleep(1000);
		take_burst(x, i % 2);
		assert_in_range(i, 0, 10000);
	}
	atomic_store(&x->stop, true);
	rte_eal_wait_lcore(1);
	for (unsigned int w = 0; w < WORKERS; w++) {
		assert_false(take_burst(x, w));
		assert_int_equal(*distributor_rx(x->d, w)->lost, 0);
	}
	close_all(x);
}

/* Without packets time goes on. */
static void
test_idle(void **state)
{
	struct fixture *x = *state;
	struct rte_mbuf *mbufs[RX_BURST];
	struct nt_mark_value before, R;
	live_add("net_null0,no-rx=1");
	open_all(x);
	struct rx *rx = distributor_rx(x->d, 0);
	assert_int_equal(rx->burst(rx, mbufs, &before), 0);
	assert_int_equal(before.position, 0);
	assert_int_equal(rte_eal_remote_launch(distributor_main, x->d, 1), 0);
	rte_delay_us_sleep(20000);
	assert_int_equal(rx->burst(rx, mbufs, &before), 0);
	assert_true(before.position >= LIVE_POSITION_FIRST);
	rte_delay_us_sleep(50000);
	assert_int_equal(rx->burst(rx, mbufs, &R), 0);
	assert_true(R.position > before.position);
	assert_in_range(R.clock_ns - before.clock_ns, NT_SEC(1) / 100, NT_SEC(10));
	atomic_store(&x->stop, true);
	rte_eal_wait_lcore(1);
	assert_false(take_burst(x, 0));
	close_all(x);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_pairs, setup, teardown),
		cmocka_unit_test_setup_teardown(test_tunnels, setup, teardown),
		cmocka_unit_test_setup_teardown(test_full, setup, teardown),
		cmocka_unit_test_setup_teardown(test_files_wait, setup, teardown),
		cmocka_unit_test_setup_teardown(test_idle, setup, teardown),
	};
	return cmocka_run_group_tests(tests, live_eal_start, live_eal_stop);
}
