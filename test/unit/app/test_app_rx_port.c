/* SPDX-License-Identifier: BSD-3-Clause */
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include <rte_cycles.h>

#include "live_ports.h"
#include "live_position.h"
#include "rx_port.h"

#define US_0 INT64_C(1600000000000000)

struct fixture {
	struct nt_config config;
	struct ports ports;
	struct live_clock clock;
	atomic_bool stop;
	uint64_t tsc_begin;
	struct rx *rx[2];
};

static int
setup(void **state)
{
	static struct fixture x;
	memset(&x, 0, sizeof(x));
	nt_config_default(&x.config);
	x.config.port.descriptors = 256;
	*state = &x;
	return 0;
}

/* The ports, and whoever polls them. */
static void
open_all(struct fixture *x)
{
	live_open(&x->ports, &x->config, &x->clock);
	x->tsc_begin = rte_rdtsc();
	for (unsigned int i = 0; i < x->config.workers; i++) {
		const struct rx_port_config cfg = {
			.config = &x->config,
			.ports = &x->ports,
			.clock = &x->clock,
			.worker = i,
			.tsc_begin = x->tsc_begin,
			.uid_key = nt_hash_key_fixed(),
			.stop = &x->stop,
		};
		x->rx[i] = rx_port_new(&cfg);
		assert_non_null(x->rx[i]);
	}
}

static void
close_all(struct fixture *x)
{
	for (unsigned int i = 0; i < x->config.workers; i++)
		rx_port_free(x->rx[i]);
	live_close(&x->ports);
}

static unsigned int
burst(struct fixture *x, unsigned int worker, struct rte_mbuf **mbufs, struct nt_mark_value *R)
{
	return x->rx[worker]->burst(x->rx[worker], mbufs, R);
}

static void
give_back(struct fixture *x, unsigned int worker, struct rte_mbuf **mbufs, unsigned int n)
{
	x->rx[worker]->give_back(x->rx[worker], mbufs, n);
}

/* Stopped, a worker's packets end. */
static void
assert_ends(struct fixture *x, unsigned int worker)
{
	struct rte_mbuf *mbufs[RX_BURST];
	struct nt_mark_value R = { 0 };
	atomic_store(&x->stop, true);
	for (uint64_t i = 0; R.position != NT_POSITION_END; i++) {
		const unsigned int n = burst(x, worker, mbufs, &R);
		give_back(x, worker, mbufs, n);
		assert_in_range(i, 0, 100000000);
	}
	assert_int_equal(burst(x, worker, mbufs, &R), 0);
	assert_int_equal(R.position, NT_POSITION_END);
}

static void
frames_of(struct capture_frame *f, unsigned int n, uint8_t src)
{
	for (unsigned int i = 0; i < n; i++) {
		f[i].us = US_0 + (int64_t)i * 1000 + src;
		f[i].frame = frame_udp(src, (uint8_t)(i + 1), 20, (uint8_t)i);
	}
}

/* A file for each worker: each has its own, stamped in the file's time. */
static void
test_a_file_each(void **state)
{
	static struct capture_frame f[2][70];
	struct fixture *x = *state;
	struct rte_mbuf *mbufs[RX_BURST];
	struct nt_mark_value R;
	char device[512];
	frames_of(f[0], 70, 1);
	frames_of(f[1], 70, 2);
	f[0][3].us -= 500000; /* stamps run backwards */
	const char *a = capture_of("a", f[0], 70);
	snprintf(device, sizeof(device), "net_pcap0,rx_pcap=%s,rx_pcap=%s", a,
		capture_of("b", f[1], 70));
	live_add(device);
	x->config.workers = 2;
	open_all(x);
	assert_false(x->ports.distributor);
	assert_true(x->ports.file_time);
	assert_int_equal(x->ports.began_ns, (US_0 + 1) * 1000);
	assert_non_null(strstr(live_said(), "2 queues (one for each input, as they are)"));
	for (unsigned int w = 0; w < 2; w++) {
		uint64_t last = 0;
		int64_t clock_ns = 0;
		unsigned int got = 0, n;
		while ((n = burst(x, w, mbufs, &R)) != 0) {
			for (unsigned int i = 0; i < n; i++, got++) {
				const struct mbuf_meta *m = mbuf_meta(mbufs[i]);
				const struct capture_frame *want = &f[w][got];
				assert_int_equal(m->kind, MBUF_PACKET);
				assert_int_equal(m->at.ts_ns, want->us * 1000);
				clock_ns = NT_MAX(clock_ns, m->at.ts_ns);
				assert_int_equal(m->at.clock_ns, clock_ns);
				assert_true(m->at.position > last);
				assert_true(m->at.position > LIVE_POSITION_FIRST);
				last = m->at.position;
				assert_int_equal((last >> LIVE_POSITION_WORKER_SHIFT) % 32, w);
				assert_int_equal(m->cap_len, want->frame.len);
				assert_int_equal(m->wire_len, want->frame.len);
				assert_int_equal(m->frame_len, want->frame.len);
				assert_memory_equal(m->data, want->frame.b, m->cap_len);
			}
			give_back(x, w, mbufs, n);
		}
		assert_int_equal(got, 70);
		assert_true(R.position > last);
		assert_int_equal(R.clock_ns, clock_ns);
	}
	assert_ends(x, 0);
	assert_ends(x, 1);
	close_all(x);
}

/* R does not claim what comes after it, however fast the looks follow one another. */
static void
test_positions(void **state)
{
	struct fixture *x = *state;
	struct rte_mbuf *mbufs[RX_BURST];
	struct nt_mark_value R;
	uint64_t last = 0;
	live_add("net_null0,size=60");
	live_add("net_null1,size=64");
	open_all(x);
	assert_false(x->ports.file_time);
	unsigned int sizes[65] = { 0 };
	for (int i = 0; i < 1000; i++) {
		const unsigned int n = burst(x, 0, mbufs, &R);
		assert_int_equal(n, RX_BURST);
		for (unsigned int k = 0; k < n; k++) {
			const struct mbuf_meta *m = mbuf_meta(mbufs[k]);
			assert_true(m->at.position > last);
			last = m->at.position;
			assert_in_range(m->wire_len, 60, 64);
			sizes[m->wire_len]++;
		}
		give_back(x, 0, mbufs, n);
	}
	/* both ports have their turn */
	assert_in_range(sizes[60], 10000, 22000);
	assert_in_range(sizes[64], 10000, 22000);
	assert_ends(x, 0);
	close_all(x);

	assert_true(live_position_unit(1000, 1000, 0) == LIVE_POSITION_FIRST >> 10);
	assert_true(live_position_before(live_position_unit(0, 0, 0)) == LIVE_POSITION_FIRST - 1);
	const uint64_t unit = live_position_unit(64, 0, 0);
	assert_int_equal(live_position_unit(70, 0, unit), unit + 1);
	assert_true(live_position(unit, 31, 31) < live_position(unit + 1, 0, 0));
	assert_int_equal(live_position_before(unit + 1), live_position(unit, 31, 31));
	assert_true(live_position(unit, 0, 0) > live_position_before(unit));
}

/* An empty look tells a time that goes on. */
static void
test_empty(void **state)
{
	struct fixture *x = *state;
	struct rte_mbuf *mbufs[RX_BURST];
	struct nt_mark_value R, before;
	live_add("net_null0,no-rx=1");
	open_all(x);
	assert_int_equal(burst(x, 0, mbufs, &before), 0);
	assert_true(before.position >= LIVE_POSITION_FIRST - 1);
	rte_delay_us_sleep(2000);
	assert_int_equal(burst(x, 0, mbufs, &R), 0);
	assert_true(R.position > before.position);
	assert_in_range(R.clock_ns - before.clock_ns, 1500000, 1000000000);
	assert_ends(x, 0);
	close_all(x);
}

/* Time stamps off: our own, whatever the file says; and a file among other ports. */
static void
test_our_time(void **state)
{
	static struct capture_frame f[5];
	struct fixture *x = *state;
	struct rte_mbuf *mbufs[RX_BURST];
	struct nt_mark_value R;
	char device[512];
	frames_of(f, 5, 1);
	snprintf(device, sizeof(device), "net_pcap0,rx_pcap=%s", capture_of("a", f, 5));
	for (int i = 0; i < 2; i++) {
		atomic_store(&x->stop, false);
		x->config.port.timestamps =
			i == 0 ? NT_CONFIG_TIMESTAMPS_OFF : NT_CONFIG_TIMESTAMPS_AUTO;
		live_add(device);
		if (i == 1)
			live_add("net_null0,no-rx=1");
		open_all(x);
		assert_false(x->ports.file_time);
		const int64_t now_ns = live_clock_now(&x->clock);
		int64_t last_ns = 0;
		const unsigned int n = burst(x, 0, mbufs, &R);
		assert_int_equal(n, 5);
		for (unsigned int k = 0; k < n; k++) {
			const struct nt_packet_meta *at = &mbuf_meta(mbufs[k])->at;
			/* since the ports were opened, one after the other */
			assert_in_range(at->ts_ns - x->ports.began_ns, 1, NT_SEC(10));
			assert_true(at->ts_ns <= now_ns + NT_SEC(1));
			assert_true(at->ts_ns > last_ns);
			assert_int_equal(at->ts_ns, at->clock_ns);
			last_ns = at->ts_ns;
		}
		give_back(x, 0, mbufs, n);
		assert_ends(x, 0);
		close_all(x);
	}
}

/* What came in several mbufs is put together. */
static void
test_jumbo(void **state)
{
	static struct capture_frame f[3];
	struct fixture *x = *state;
	struct rte_mbuf *mbufs[RX_BURST];
	struct nt_mark_value R;
	char device[512];
	frames_of(f, 3, 1);
	f[1].frame = frame_udp(1, 2, 9000, 0x5a);
	for (uint32_t i = 42; i < f[1].frame.len; i++)
		f[1].frame.b[i] = (uint8_t)(i * 7 + (i >> 8));
	snprintf(device, sizeof(device), "net_pcap0,rx_pcap=%s", capture_of("a", f, 3));
	live_add(device);
	open_all(x);
	assert_int_equal(burst(x, 0, mbufs, &R), 3);
	for (unsigned int i = 0; i < 3; i++) {
		const struct mbuf_meta *m = mbuf_meta(mbufs[i]);
		assert_int_equal(mbufs[i]->nb_segs, 1);
		assert_int_equal(m->cap_len, f[i].frame.len);
		assert_int_equal(m->wire_len, f[i].frame.len);
		assert_int_equal(m->at.ts_ns, f[i].us * 1000);
		assert_memory_equal(m->data, f[i].frame.b, m->cap_len);
	}
	give_back(x, 0, mbufs, 3);
	assert_ends(x, 0);
	close_all(x);
}

/* More of them at once than there are large mbufs: the first piece has to do. */
static void
test_many_jumbos(void **state)
{
	static struct capture_frame f[64];
	struct fixture *x = *state;
	struct rte_mbuf *mbufs[4][RX_BURST];
	struct nt_mark_value R;
	char device[512];
	unsigned int whole = 0, cut = 0;
	for (unsigned int i = 0; i < 64; i++)
		f[i] = (struct capture_frame){ .us = US_0, .frame = frame_udp(1, 2, 3000, 1) };
	snprintf(device, sizeof(device), "net_pcap0,rx_pcap=%s", capture_of("a", f, 64));
	live_add(device);
	x->config.port.mbufs = 1023;
	open_all(x);
	for (int b = 0; b < 2; b++) {
		assert_int_equal(burst(x, 0, mbufs[b], &R), RX_BURST);
		for (unsigned int i = 0; i < RX_BURST; i++) {
			const struct mbuf_meta *m = mbuf_meta(mbufs[b][i]);
			assert_int_equal(m->wire_len, f[0].frame.len);
			whole += m->cap_len == m->wire_len;
			cut += m->cap_len == 2048;
		}
	}
	assert_int_equal(whole, 48);
	assert_int_equal(cut, 16);
	assert_int_equal(*x->rx[0]->incomplete, 16);
	assert_int_equal(*x->rx[0]->lost, 0);
	give_back(x, 0, mbufs[0], RX_BURST);
	give_back(x, 0, mbufs[1], RX_BURST);
	assert_ends(x, 0);
	close_all(x);
}

/* The tunnel's connection and what is inside: two handles, one position, one memory. */
static void
test_tunnel(void **state)
{
	static struct capture_frame f[40];
	struct fixture *x = *state;
	struct rte_mbuf *mbufs[RX_BURST];
	struct nt_mark_value R;
	char device[512];
	unsigned int packets = 0, outers = 0, n;
	uint64_t last = 0;
	const struct frame in = frame_udp(1, 2, 30, 0x42);
	for (unsigned int i = 0; i < 40; i++)
		f[i] = (struct capture_frame){ .us = US_0 + i, .frame = frame_vxlan(7, 8, &in) };
	snprintf(device, sizeof(device), "net_pcap0,rx_pcap=%s", capture_of("a", f, 40));
	live_add(device);
	open_all(x);
	while ((n = burst(x, 0, mbufs, &R)) != 0) {
		for (unsigned int i = 0; i < n; i++) {
			const struct mbuf_meta *m = mbuf_meta(mbufs[i]);
			if (m->kind == MBUF_OUTER) {
				outers++;
				assert_int_equal(m->cap_len, f[0].frame.len);
				assert_memory_equal(m->data, f[0].frame.b, m->cap_len);
				last = m->at.position;
				/* whoever has it may be done with it first, or last */
				if (outers % 2 == 0)
					continue;
				struct rte_mbuf *one = mbufs[i];
				give_back(x, 0, &one, 1);
				mbufs[i] = NULL;
			} else {
				packets++;
				assert_int_equal(m->kind, MBUF_PACKET);
				assert_int_equal(m->at.position, last);
				assert_int_equal(m->cap_len, in.len);
				assert_memory_equal(m->data, in.b, in.len);
				assert_true(m->at.tunnel != 0);
			}
		}
		for (unsigned int i = n; i-- > 0;)
			if (mbufs[i] != NULL)
				give_back(x, 0, &mbufs[i], 1);
	}
	assert_int_equal(packets, 40);
	assert_int_equal(outers, 40);
	assert_ends(x, 0);
	close_all(x);
}

/* Datagrams are put together, each in memory that lives until it has been given back. */
static void
test_fragments(void **state)
{
	static struct capture_frame f[3];
	struct fixture *x = *state;
	struct rte_mbuf *mbufs[RX_BURST];
	struct nt_mark_value R;
	char device[512];
	const struct frame whole = frame_udp(1, 2, 3000, 0x77);
	for (unsigned int i = 0; i < 3; i++)
		f[i] = (struct capture_frame){ .us = US_0,
			.frame = frame_fragment(&whole, (uint16_t)(i * 1400), 1400) };
	snprintf(device, sizeof(device), "net_pcap0,rx_pcap=%s", capture_of("a", f, 3));
	live_add(device);
	open_all(x);
	assert_int_equal(burst(x, 0, mbufs, &R), 3);
	assert_int_equal(mbuf_meta(mbufs[0])->kind, MBUF_FRAGMENT);
	assert_int_equal(mbuf_meta(mbufs[1])->kind, MBUF_FRAGMENT);
	const struct mbuf_meta *m = mbuf_meta(mbufs[2]);
	assert_int_equal(m->kind, MBUF_PACKET);
	assert_int_equal(m->cap_len, whole.len);
	assert_int_equal(m->frame_len, f[2].frame.len);
	assert_memory_equal(m->data + 42, whole.b + 42, 3000);
	give_back(x, 0, mbufs, 3);
	/* at the end it says what it has counted */
	atomic_store(&x->stop, true);
	bool told = false;
	do {
		const unsigned int n = burst(x, 0, mbufs, &R);
		for (unsigned int i = 0; i < n; i++) {
			struct distribute_counts c;
			assert_int_equal(mbuf_meta(mbufs[i])->kind, MBUF_COUNTS);
			memcpy(&c, mbuf_meta(mbufs[i])->data, sizeof(c));
			assert_int_equal(c.n[NT_COUNTER_DATAGRAMS_COMPLETED - DISTRIBUTE_FIRST], 1);
			told = true;
		}
		give_back(x, 0, mbufs, n);
	} while (R.position != NT_POSITION_END);
	assert_true(told);
	close_all(x);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(test_a_file_each, setup),
		cmocka_unit_test_setup(test_positions, setup),
		cmocka_unit_test_setup(test_empty, setup),
		cmocka_unit_test_setup(test_our_time, setup),
		cmocka_unit_test_setup(test_jumbo, setup),
		cmocka_unit_test_setup(test_many_jumbos, setup),
		cmocka_unit_test_setup(test_tunnel, setup),
		cmocka_unit_test_setup(test_fragments, setup),
	};
	return cmocka_run_group_tests(tests, live_eal_start, live_eal_stop);
}
