/* SPDX-License-Identifier: BSD-3-Clause */
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include <rte_ethdev.h>

#include "live_ports.h"
#include "port_caps.h"

#define US_0 INT64_C(1600000000000000)

struct fixture {
	struct nt_config config;
	struct ports ports;
	struct live_clock clock;
	struct nt_error err;
	char device[512];
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

static const char *
small_capture(const char *name, int64_t us)
{
	static struct capture_frame f[2];
	for (int i = 0; i < 2; i++)
		f[i] = (struct capture_frame){ .us = us + i, .frame = frame_udp(1, 2, 10, 3) };
	return capture_of(name, f, 2);
}

static void
test_none(void **state)
{
	struct fixture *x = *state;
	assert_int_equal(live_try_open(&x->ports, &x->config, &x->clock, &x->err), -ENODEV);
	assert_non_null(strstr(x->err.msg, "no port"));
	live_close(&x->ports);
}

static void
set_device(struct fixture *x, unsigned int i, const char *text)
{
	struct nt_config_device *d = &x->config.ports.devices[i];
	snprintf(d->text, sizeof(d->text), "%s", text);
}

/* A card that DPDK did not find is told by name. */
static void
test_missing(void **state)
{
	struct fixture *x = *state;
	live_add("net_null0");
	x->config.ports.count = 2;
	set_device(x, 0, "net_null0");
	set_device(x, 1, "0000:03:00.0,x=1");
	assert_int_equal(live_try_open(&x->ports, &x->config, &x->clock, &x->err), -ENODEV);
	assert_non_null(strstr(x->err.msg, "0000:03:00.0: "));
	live_close(&x->ports);
}

static void
test_distributor_decided(void **state)
{
	struct fixture *x = *state;
	x->config.workers = 3;
	live_add("net_null0");
	live_open(&x->ports, &x->config, &x->clock);
	/* virtual devices do not spread as cards do, whatever they say */
	assert_true(x->ports.distributor);
	assert_int_equal(x->ports.ports[0].queues, 1);
	live_close(&x->ports);

	x->config.port.distributor = NT_CONFIG_DISTRIBUTOR_OFF;
	live_add("net_null0");
	live_open(&x->ports, &x->config, &x->clock);
	assert_false(x->ports.distributor);
	assert_int_equal(x->ports.ports[0].queues, 3);
	assert_false(x->ports.ports[0].splits);
	assert_non_null(strstr(live_said(), "spread in the port's own way"));
	live_close(&x->ports);

	x->config.port.distributor = NT_CONFIG_DISTRIBUTOR_ON;
	x->config.workers = 1;
	live_add("net_null0");
	live_open(&x->ports, &x->config, &x->clock);
	assert_false(x->ports.distributor);
	live_close(&x->ports);
}

/* As many files as workers are split already; other numbers are not. */
static void
test_files(void **state)
{
	struct fixture *x = *state;
	snprintf(x->device, sizeof(x->device), "net_pcap0,rx_pcap=%s,rx_pcap=%s",
		small_capture("a", US_0 + 5), small_capture("b", US_0));
	x->config.workers = 3;
	live_add(x->device);
	live_open(&x->ports, &x->config, &x->clock);
	assert_true(x->ports.distributor);
	assert_int_equal(x->ports.ports[0].queues, 2);
	assert_true(x->ports.file_time);
	assert_int_equal(x->ports.began_ns, US_0 * 1000);
	live_close(&x->ports);

	x->config.port.distributor = NT_CONFIG_DISTRIBUTOR_OFF;
	live_add(x->device);
	assert_int_equal(live_try_open(&x->ports, &x->config, &x->clock, &x->err), -ENOTSUP);
	assert_non_null(strstr(x->err.msg, "2 queues for 3 workers"));
	live_close(&x->ports);
}

/* Over and over it has no time of its own, and needs mbufs for all of it. */
static void
test_infinite(void **state)
{
	struct fixture *x = *state;
	snprintf(x->device, sizeof(x->device), "net_pcap0,rx_pcap=%s,infinite_rx=1",
		small_capture("a", US_0));
	live_add(x->device);
	live_open(&x->ports, &x->config, &x->clock);
	assert_false(x->ports.file_time);
	assert_int_equal(x->ports.ports[0].time, PORT_TIME_TSC);
	rte_eth_dev_stop(x->ports.ports[0].id);
	/* its own mbufs it gives back when it is closed */
	struct rte_mempool *pool = x->ports.ports[0].pool;
	assert_int_equal(rte_mempool_in_use_count(pool), 2);
	ports_close(&x->ports);
	live_close(&x->ports);
}

static void
test_stats(void **state)
{
	struct fixture *x = *state;
	struct rte_mbuf *mbufs[32];
	struct port_stats s;
	live_add("net_null0,size=100");
	live_open(&x->ports, &x->config, &x->clock);
	const unsigned int n = rte_eth_rx_burst(x->ports.ports[0].id, 0, mbufs, 32);
	rte_pktmbuf_free_bulk(mbufs, n);
	ports_stats(&x->ports, 0, &s);
	assert_int_equal(s.packets, 32);
	assert_int_equal(s.missed + s.errors + s.no_mbuf, 0);
	live_close(&x->ports);
}

static void
test_mtu(void **state)
{
	struct fixture *x = *state;
	x->config.port.mtu = 9000;
	live_add("net_null0");
	live_open(&x->ports, &x->config, &x->clock);
	assert_non_null(strstr(live_said(), "MTU 9000"));
	/* it can't chain: each of its mbufs has room for all */
	assert_false(x->ports.ports[0].chains);
	assert_in_range(rte_pktmbuf_data_room_size(x->ports.ports[0].pool), 9000 + 26, 16384);
	assert_null(x->ports.whole);
	live_close(&x->ports);
}

static void
test_memory(void **state)
{
	struct fixture *x = *state;
	x->config.ports.count = 1;
	set_device(x, 0, "net_af_packet0,iface=e");
	const unsigned int one = ports_memory_mb(&x->config);
	assert_in_range(one, 64, 128);
	x->config.workers = 8;
	assert_true(ports_memory_mb(&x->config) > one);
	x->config.port.mtu = 9000;
	assert_true(ports_memory_mb(&x->config) > 2 * one);
	x->config.workers = 1;
	x->config.port.mtu = 0;
	x->config.port.descriptors = 4096;
	const unsigned int small = ports_memory_mb(&x->config);
	set_device(x, 0, "net_af_packet0,iface=e,framesz=65536");
	assert_true(ports_memory_mb(&x->config) > small + 200);
	assert_int_equal(port_caps_number("iface=e,framesz=4096,x=2", "framesz"), 4096);
	assert_int_equal(port_caps_number("iface=e,framesz=4096,x=2", "x"), 2);
	assert_int_equal(port_caps_number("iface=e,xframesz=4096", "framesz"), 0);
	assert_int_equal(port_caps_number("", "framesz"), 0);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(test_none, setup),
		cmocka_unit_test_setup(test_missing, setup),
		cmocka_unit_test_setup(test_distributor_decided, setup),
		cmocka_unit_test_setup(test_files, setup),
		cmocka_unit_test_setup(test_infinite, setup),
		cmocka_unit_test_setup(test_stats, setup),
		cmocka_unit_test_setup(test_mtu, setup),
		cmocka_unit_test_setup(test_memory, setup),
	};
	return cmocka_run_group_tests(tests, live_eal_start, live_eal_stop);
}
