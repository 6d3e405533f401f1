/* SPDX-License-Identifier: BSD-3-Clause */
#include <netinet/in.h>
#include <pcap/pcap.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include <rte_bus_vdev.h>
#include <rte_eal.h>
#include <rte_ethdev.h>

#include "eal.h"
#include "live_ports.h"

#define ETHER_BYTES 14
#define IP_BYTES    20
#define UDP_BYTES   8
#define VXLAN_BYTES 8

static char said[8192];
static char devices[8][32];
static unsigned int device_count;

static void
put16(uint8_t *at, uint32_t v)
{
	at[0] = (uint8_t)(v >> 8);
	at[1] = (uint8_t)v;
}

/* Ethernet, IPv4 and UDP in front of payload bytes that are to follow. */
static struct frame
headers(const uint8_t src[4], const uint8_t dst[4], uint16_t sport, uint16_t dport,
	uint32_t payload)
{
	struct frame f = { .len = ETHER_BYTES + IP_BYTES + UDP_BYTES + payload };
	uint8_t *ip = f.b + ETHER_BYTES, *udp = ip + IP_BYTES;
	assert_in_range(f.len, 0, FRAME_MAX);
	f.b[5] = dst[3];
	f.b[11] = src[3];
	put16(f.b + 12, 0x0800);
	ip[0] = 0x45;
	put16(ip + 2, IP_BYTES + UDP_BYTES + payload);
	ip[8] = 64;
	ip[9] = IPPROTO_UDP;
	memcpy(ip + 12, src, 4);
	memcpy(ip + 16, dst, 4);
	put16(udp, sport);
	put16(udp + 2, dport);
	put16(udp + 4, UDP_BYTES + payload);
	return f;
}

struct frame
frame_udp(uint8_t src, uint8_t dst, uint32_t payload, uint8_t value)
{
	const uint8_t a[4] = { 10, 0, 0, src }, b[4] = { 10, 0, 0, dst };
	struct frame f = headers(a, b, 4000, 4001, payload);
	memset(f.b + f.len - payload, value, payload);
	return f;
}

struct frame
frame_vxlan(uint8_t src, uint8_t dst, const struct frame *in)
{
	const uint8_t a[4] = { 10, 1, 0, src }, b[4] = { 10, 1, 0, dst };
	struct frame f = headers(a, b, 5555, 4789, VXLAN_BYTES + in->len);
	f.b[f.len - in->len - VXLAN_BYTES] = 0x08;
	memcpy(f.b + f.len - in->len, in->b, in->len);
	return f;
}

struct frame
frame_fragment(const struct frame *whole, uint16_t offset, uint16_t len)
{
	const uint32_t head = ETHER_BYTES + IP_BYTES, rest = whole->len - head - offset;
	const uint32_t n = NT_MIN(rest, (uint32_t)len);
	struct frame f = { .len = head + n };
	memcpy(f.b, whole->b, head);
	memcpy(f.b + head, whole->b + head + offset, n);
	put16(f.b + ETHER_BYTES + 2, IP_BYTES + n);
	put16(f.b + ETHER_BYTES + 4, 99);
	put16(f.b + ETHER_BYTES + 6, (n < rest ? 0x2000u : 0u) | offset / 8u);
	return f;
}

const char *
capture_of(const char *name, const struct capture_frame *frames, unsigned int n)
{
	static char paths[4][128];
	static unsigned int next;
	char *path = paths[next++ % NT_ARRAY_SIZE(paths)];
	snprintf(path, sizeof(paths[0]), "/tmp/nametap-test-%d-%s.pcap", (int)getpid(), name);
	pcap_t *dead = pcap_open_dead(DLT_EN10MB, 65535);
	pcap_dumper_t *out = pcap_dump_open(dead, path);
	assert_non_null(out);
	for (unsigned int i = 0; i < n; i++) {
		const struct pcap_pkthdr h = { .ts = { .tv_sec = frames[i].us / 1000000,
						       .tv_usec = frames[i].us % 1000000 },
			.caplen = frames[i].frame.len,
			.len = frames[i].frame.len };
		pcap_dump((u_char *)out, &h, frames[i].frame.b);
	}
	pcap_dump_close(out);
	pcap_close(dead);
	return path;
}

int
live_eal_start(void **state)
{
	static struct eal_args args;
	static struct nt_config c;
	struct nt_error err;
	(void)state;
	nt_config_default(&c);
	c.lcores.huge = false;
	snprintf(c.run.prefix.text, sizeof(c.run.prefix.text), "nt-test-%d", (int)getpid());
	const struct eal_want want = { .lcores = 1, .memory_mb = 256 };
	if (eal_args_live(&args, &c, &want, &err) != 0 || eal_start_live(&args, &err) != 0)
		fail_msg("%s", err.msg);
	return 0;
}

int
live_eal_stop(void **state)
{
	(void)state;
	eal_stop();
	return 0;
}

void
live_add(const char *device)
{
	char *name = devices[device_count++];
	const size_t len = strcspn(device, ",");
	assert_in_range(device_count, 0, NT_ARRAY_SIZE(devices));
	snprintf(name, sizeof(devices[0]), "%.*s", (int)len, device);
	assert_int_equal(rte_vdev_init(name, device[len] == ',' ? device + len + 1 : NULL), 0);
}

static void
hear(void *arg, const char *line)
{
	const size_t len = strlen(said);
	(void)arg;
	snprintf(said + len, sizeof(said) - len, "%s\n", line);
}

int
live_try_open(
	struct ports *p, const struct nt_config *c, struct live_clock *clock, struct nt_error *err)
{
	const struct ports_config cfg = {
		.config = c, .workers = c->workers, .clock = clock, .say = hear
	};
	said[0] = '\0';
	live_clock_begin_tsc(clock);
	return ports_open(p, &cfg, err);
}

void
live_open(struct ports *p, const struct nt_config *c, struct live_clock *clock)
{
	struct nt_error err;
	if (live_try_open(p, c, clock, &err) != 0 || ports_start(p, &err) != 0)
		fail_msg("%s", err.msg);
}

const char *
live_said(void)
{
	return said;
}

static void
assert_all_there(struct rte_mempool *pool)
{
	if (pool != NULL)
		assert_int_equal(rte_mempool_avail_count(pool), pool->size);
}

void
live_close(struct ports *p)
{
	for (unsigned int i = 0; i < p->count; i++)
		assert_int_equal(rte_eth_dev_stop(p->ports[i].id), 0);
	for (unsigned int i = 0; i < p->count; i++)
		assert_all_there(p->ports[i].pool);
	assert_all_there(p->whole);
	assert_all_there(p->handles);
	ports_close(p);
	while (device_count > 0)
		rte_vdev_uninit(devices[--device_count]);
}
