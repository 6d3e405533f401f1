/* SPDX-License-Identifier: BSD-3-Clause */
/* rte_eth_read_clock has been there since 19.08, and is still called experimental. */
#define ALLOW_EXPERIMENTAL_API

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include <rte_cycles.h>
#include <rte_errno.h>
#include <rte_ethdev.h>

#include "mbuf_meta.h"
#include "port.h"
#include "port_caps.h"
#include "port_pools.h"
#include "port_rss.h"

static void say(const struct ports *p, const char *fmt, ...) NT_PRINTF(2, 3);

static void
say(const struct ports *p, const char *fmt, ...)
{
	char line[512];
	va_list args;
	if (p->cfg.say == NULL)
		return;
	va_start(args, fmt);
	vsnprintf(line, sizeof(line), fmt, args);
	va_end(args);
	p->cfg.say(p->cfg.arg, line);
}

/* Can it give every worker a queue of its own, with whole connections? */
static bool
can_split(const struct ports *p, const struct port_caps *c)
{
	if (p->cfg.workers == 1)
		return true;
	if (c->inputs != 0)
		return c->inputs == p->cfg.workers;
	return c->rss_types != 0 && c->info.max_rx_queues >= p->cfg.workers;
}

static uint16_t
queues_of(const struct ports *p, const struct port_caps *c)
{
	if (c->inputs != 0)
		return (uint16_t)c->inputs; /* each has something of its own */
	return p->distributor ? 1 : (uint16_t)p->cfg.workers;
}

static int
decide(struct ports *p, const struct port_caps *caps, struct nt_error *err)
{
	const uint32_t asked = p->cfg.config->port.distributor;
	p->distributor = asked == NT_CONFIG_DISTRIBUTOR_ON && p->cfg.workers > 1;
	for (unsigned int i = 0; i < p->count; i++) {
		const struct port_caps *c = &caps[i];
		if (can_split(p, c))
			continue;
		if (asked == NT_CONFIG_DISTRIBUTOR_OFF) {
			if (c->inputs == 0 && c->info.max_rx_queues >= p->cfg.workers)
				continue;
			return nt_error_set(err, -ENOTSUP,
				"%s has %u queues for %u workers; set workers to as many, or "
				"port.distributor to auto",
				p->ports[i].name,
				c->inputs != 0 ? c->inputs : c->info.max_rx_queues, p->cfg.workers);
		}
		p->distributor = true;
	}
	return 0;
}

static enum port_time
time_of(const struct ports *p, const struct port_caps *c)
{
	if (p->cfg.config->port.timestamps == NT_CONFIG_TIMESTAMPS_OFF)
		return PORT_TIME_TSC;
	if (c->files)
		return PORT_TIME_FILE;
	if (c->inputs != 0)
		return port_caps_number(c->devargs, "infinite_rx") == 0 ? PORT_TIME_WALL
									: PORT_TIME_TSC;
	return (c->info.rx_offload_capa & RTE_ETH_RX_OFFLOAD_TIMESTAMP) != 0 ? PORT_TIME_CARD
									     : PORT_TIME_TSC;
}

/* Files have a time of their own, which is the stream's if there is nothing else. */
static void
settle_time(struct ports *p, const struct port_caps *caps)
{
	int64_t first_ns = INT64_MAX;
	p->file_time = true;
	for (unsigned int i = 0; i < p->count; i++) {
		p->ports[i].time = time_of(p, &caps[i]);
		p->file_time = p->file_time && p->ports[i].time == PORT_TIME_FILE;
		first_ns = NT_MIN(first_ns, caps[i].first_ns);
	}
	for (unsigned int i = 0; i < p->count; i++)
		if (!p->file_time && p->ports[i].time == PORT_TIME_FILE)
			p->ports[i].time = PORT_TIME_TSC;
	p->began_ns =
		p->file_time && first_ns != INT64_MAX ? first_ns : live_clock_now(p->cfg.clock);
}

static void
configure_rss(const struct port_caps *c, uint16_t pattern, uint8_t *key, struct rte_eth_conf *conf)
{
	const uint8_t len = c->info.hash_key_size != 0 ? c->info.hash_key_size : 40;
	port_rss_key(key, len, pattern);
	conf->rxmode.mq_mode = RTE_ETH_MQ_RX_RSS;
	conf->rx_adv_conf.rss_conf = (struct rte_eth_rss_conf){
		.rss_key = key, .rss_key_len = len, .rss_hf = c->rss_types
	};
}

/* What we would like, as far as the port offers it. */
static uint64_t
offloads(const struct ports *p, const struct port *port, const struct port_caps *c)
{
	uint64_t want = 0;
	if (p->cfg.config->checksums == NT_CONFIG_CHECKSUMS_NIC)
		want |= RTE_ETH_RX_OFFLOAD_CHECKSUM;
	if (port->time == PORT_TIME_CARD)
		want |= RTE_ETH_RX_OFFLOAD_TIMESTAMP;
	if (port->chains)
		want |= RTE_ETH_RX_OFFLOAD_SCATTER;
	return want & c->info.rx_offload_capa;
}

static int
configure(struct ports *p, struct port *port, const struct port_caps *c)
{
	uint8_t key[PORT_RSS_KEY_MAX];
	uint16_t pattern;
	struct rte_eth_conf conf = { 0 };
	int code = port_rss_pattern(&pattern);
	if (code != 0)
		return code;
	conf.rxmode.mtu = p->cfg.config->port.mtu;
	conf.rxmode.offloads = offloads(p, port, c);
	if (port->queues > 1 && c->rss_types != 0)
		configure_rss(c, pattern, key, &conf);
	/* We never send, but some drivers have queues in pairs only. */
	code = rte_eth_dev_configure(port->id, port->queues, 0, &conf);
	if (code != 0)
		code = rte_eth_dev_configure(port->id, port->queues, port->queues, &conf);
	return code;
}

static int
setup_queues(const struct ports *p, const struct port *port)
{
	uint16_t n_rx = (uint16_t)p->cfg.config->port.descriptors, n_tx = 512;
	const int socket = rte_eth_dev_socket_id(port->id);
	struct rte_eth_dev_info info;
	int code = rte_eth_dev_info_get(port->id, &info);
	if (code == 0)
		code = rte_eth_dev_adjust_nb_rx_tx_desc(port->id, &n_rx, &n_tx);
	for (uint16_t q = 0; q < port->queues && code == 0; q++)
		code = rte_eth_rx_queue_setup(
			port->id, q, n_rx, (unsigned int)socket, NULL, port->pool);
	for (uint16_t q = 0; q < info.nb_tx_queues && code == 0; q++)
		code = rte_eth_tx_queue_setup(port->id, q, n_tx, (unsigned int)socket, NULL);
	return code;
}

static void
say_capabilities(const struct ports *p, const struct port *port, const struct port_caps *c)
{
	static const char *const times[] = { "ours", "the card's", "the wall clock's",
		"the files'" };
	const char *split = "one queue";
	uint16_t mtu = 0;
	rte_eth_dev_get_mtu(port->id, &mtu);
	if (port->queues > 1 && c->inputs != 0)
		split = "one for each input, as they are";
	else if (port->queues > 1 && c->rss_types == 0)
		split = "spread in the port's own way";
	else if (port->queues > 1)
		split = c->rss_by_ports ? "RSS by addresses and ports, symmetric: fragments may "
					  "come to another worker"
					: "RSS by addresses, symmetric";
	say(p, "port %u: %s (%s), %u queue%s (%s), MTU %u%s, time stamps: %s, checksums: %s",
		port->id, port->name, port->driver, port->queues, port->queues == 1 ? "" : "s",
		split, mtu, port->chains ? " in several buffers" : "", times[port->time],
		(c->info.rx_offload_capa & RTE_ETH_RX_OFFLOAD_CHECKSUM) ==
				RTE_ETH_RX_OFFLOAD_CHECKSUM
			? "offered"
			: "not offered");
}

static int
set_up(struct ports *p, struct port *port, const struct port_caps *c, struct nt_error *err)
{
	port->link = c->link;
	port->splits = can_split(p, c);
	port->queues = queues_of(p, c);
	int code = port_pool_make(p, port, c);
	if (code != 0)
		return nt_error_set(err, code,
			"%s: no memory for its packets: %s; lower port.mbufs or port.descriptors, "
			"or give more (lcores.memory, hugepages)",
			port->name, strerror(-code));
	code = configure(p, port, c);
	if (code == 0 && p->cfg.config->port.mtu != 0)
		if (rte_eth_dev_set_mtu(port->id, (uint16_t)p->cfg.config->port.mtu) != 0)
			say(p, "port %u: %s keeps its MTU", port->id, port->name);
	if (code == 0)
		code = setup_queues(p, port);
	if (code != 0)
		return nt_error_set(err, code, "%s: can't set up %u queues of %u packets: %s%s",
			port->name, port->queues, p->cfg.config->port.descriptors, strerror(-code),
			c->inputs != 0 ? "; with infinite_rx, port.mbufs must be more than the "
					 "file's packets"
				       : "");
	say_capabilities(p, port, c);
	return 0;
}

static int
find(struct ports *p, struct port_caps *caps, struct nt_error *err)
{
	uint16_t id;
	RTE_ETH_FOREACH_DEV(id)
	{
		struct port *port = &p->ports[p->count];
		struct port_caps *c = &caps[p->count];
		if (p->count == PORTS_MAX)
			return nt_error_set(err, -E2BIG, "more than %d ports", PORTS_MAX);
		const int code = port_caps_find(id, c, err);
		if (code != 0)
			return code;
		port->id = id;
		snprintf(port->name, sizeof(port->name), "%s", rte_dev_name(c->info.device));
		snprintf(port->driver, sizeof(port->driver), "%s", c->info.driver_name);
		p->count++;
	}
	if (p->count == 0)
		return nt_error_set(err, -ENODEV,
			"no port: `ports` names none, or none that DPDK finds (a card must be "
			"bound to vfio-pci)");
	return 0;
}

/* Each device that is configured must be there; EAL says nothing of cards that are not. */
static int
check_devices(const struct ports *p, struct nt_error *err)
{
	const struct nt_config_devices *d = &p->cfg.config->ports;
	if (p->count >= d->count)
		return 0;
	for (uint32_t i = 0; i < d->count; i++) {
		const char *text = d->devices[i].text;
		const size_t len = strcspn(text, ",");
		bool found = false;
		for (unsigned int k = 0; k < p->count; k++) {
			const size_t name = strlen(p->ports[k].name);
			found = found || (name >= len && strncmp(p->ports[k].name + name - len,
								 text, len) == 0);
		}
		if (!found)
			return nt_error_set(err, -ENODEV,
				"%.*s: DPDK has no such port: is it there, and bound to vfio-pci?",
				(int)len, text);
	}
	return 0;
}

int
ports_open(struct ports *p, const struct ports_config *cfg, struct nt_error *err)
{
	static struct port_caps caps[PORTS_MAX];
	memset(p, 0, sizeof(*p));
	p->cfg = *cfg;
	p->stamp_offset = -1;
	pthread_mutex_init(&p->stats_lock, NULL);
	int code = find(p, caps, err);
	if (code == 0)
		code = check_devices(p, err);
	if (code == 0)
		code = decide(p, caps, err);
	if (code != 0)
		return code;
	settle_time(p, caps);
	if (rte_mbuf_dyn_rx_timestamp_register(&p->stamp_offset, &p->stamp_flag) != 0)
		return nt_error_set(err, -rte_errno, "no room for time stamps in mbufs");
	for (unsigned int i = 0; i < p->count && code == 0; i++)
		code = set_up(p, &p->ports[i], &caps[i], err);
	if (code == 0) {
		code = port_pools_shared(p);
		if (code != 0)
			nt_error_set(err, code, "no memory for mbufs: %s", strerror(-code));
	}
	if (code == 0 && p->distributor)
		say(p, "a distributor lcore spreads the packets over %u workers", cfg->workers);
	return code;
}

/* Its counter, and our clock at that moment. */
static bool
sample_card(const struct ports *p, const struct port *port, struct live_clock_sample *ret)
{
	const uint64_t before = rte_rdtsc();
	if (rte_eth_read_clock(port->id, &ret->count) != 0)
		return false;
	const uint64_t tsc = before + (rte_rdtsc() - before) / 2;
	ret->monotonic_ns = ret->wall_ns = live_clock_at(p->cfg.clock, tsc);
	return true;
}

static void
say_link(const struct ports *p, const struct port *port)
{
	struct rte_eth_link link = { 0 };
	if (rte_eth_link_get_nowait(port->id, &link) != 0)
		return;
	if (link.link_status == RTE_ETH_LINK_DOWN)
		say(p, "port %u: %s has no link", port->id, port->name);
	else if (link.link_speed == RTE_ETH_SPEED_NUM_UNKNOWN)
		say(p, "port %u: %s is up", port->id, port->name);
	else
		say(p, "port %u: %s is up, %u Mbit/s", port->id, port->name, link.link_speed);
}

static int
start(struct ports *p, struct port *port, struct nt_error *err)
{
	const struct nt_config *config = p->cfg.config;
	struct live_clock_sample now;
	const int code = rte_eth_dev_start(port->id);
	if (code != 0)
		return nt_error_set(err, code, "%s: can't start: %s", port->name, strerror(-code));
	if (config->port.promiscuous && (rte_eth_promiscuous_enable(port->id) != 0 &&
						rte_eth_promiscuous_get(port->id) != 1))
		say(p, "port %u: %s can't be promiscuous", port->id, port->name);
	rte_eth_allmulticast_enable(port->id);
	if (port->time == PORT_TIME_CARD) {
		if (sample_card(p, port, &now)) {
			live_clock_begin(&port->card, &now, 0);
		} else {
			port->time = PORT_TIME_TSC;
			say(p, "port %u: %s has a clock that can't be read; time stamps: ours",
				port->id, port->name);
		}
	}
	say_link(p, port);
	return 0;
}

int
ports_start(struct ports *p, struct nt_error *err)
{
	int code = 0;
	for (unsigned int i = 0; i < p->count && code == 0; i++)
		code = start(p, &p->ports[i], err);
	return code;
}

void
ports_close(struct ports *p)
{
	for (unsigned int i = 0; i < p->count; i++) {
		rte_eth_dev_stop(p->ports[i].id);
		rte_eth_dev_close(p->ports[i].id);
		rte_mempool_free(p->ports[i].pool);
	}
	rte_mempool_free(p->whole);
	rte_mempool_free(p->handles);
	p->whole = p->handles = NULL;
	p->count = 0;
}

void
ports_update_clocks(struct ports *p)
{
	struct live_clock_sample now;
	for (unsigned int i = 0; i < p->count; i++)
		if (p->ports[i].time == PORT_TIME_CARD && sample_card(p, &p->ports[i], &now))
			live_clock_update_at(&p->ports[i].card, &now);
}

void
ports_stats(struct ports *p, unsigned int i, struct port_stats *ret)
{
	struct rte_eth_stats s = { 0 };
	pthread_mutex_lock(&p->stats_lock);
	rte_eth_stats_get(p->ports[i].id, &s);
	pthread_mutex_unlock(&p->stats_lock);
	*ret = (struct port_stats){
		.packets = s.ipackets,
		.bytes = s.ibytes,
		.missed = s.imissed,
		.errors = s.ierrors,
		.no_mbuf = s.rx_nombuf,
	};
}
