/* SPDX-License-Identifier: BSD-3-Clause */
/* rte_eth_read_clock has been there since 19.08, and is still called experimental. */
#define ALLOW_EXPERIMENTAL_API

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include <rte_cycles.h>
#include <rte_ethdev.h>

#include "port_pools.h"
#include "port_rss.h"
#include "port_setup.h"

/* The largest table of any driver. */
#define RSS_ENTRIES_MAX 2048

void
port_say(const struct ports *p, const char *fmt, ...)
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

/*
 * Files have whatever is in them. AF_PACKET's driver says that 1500 is all it can take, and takes
 * what its ring in the kernel has room for (eal_args_frame).
 */
static bool
has_mtu(const struct port *port)
{
	return port->time != PORT_TIME_FILE && strcmp(port->driver, "net_af_packet") != 0;
}

static int
configure(struct ports *p, struct port *port, const struct port_caps *c)
{
	uint8_t key[PORT_RSS_KEY_MAX];
	struct rte_eth_conf conf = { 0 };
	conf.rxmode.mtu = has_mtu(port) ? p->cfg.config->port.mtu : 0;
	conf.rxmode.offloads = offloads(p, port, c);
	if (port->queues > 1 && c->rss_types != 0) {
		configure_rss(c, p->rss_pattern, key, &conf);
		port->rss_entries = c->info.reta_size;
		if (port->rss_entries != 0)
			p->rss_least = NT_MIN(p->rss_least, port->rss_entries);
	}
	/* We never send, but some drivers have queues in pairs only. */
	const bool pairs =
		strcmp(port->driver, "net_tap") == 0 || strcmp(port->driver, "net_af_xdp") == 0;
	int code = rte_eth_dev_configure(port->id, port->queues, pairs ? port->queues : 0, &conf);
	if (code != 0 && !pairs)
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
	if (!has_mtu(port) && port->time != PORT_TIME_FILE && p->cfg.config->port.mtu != 0)
		mtu = (uint16_t)p->cfg.config->port.mtu;
	if (port->queues > 1 && c->inputs != 0)
		split = "one for each input, as they are";
	else if (port->queues > 1 && c->rss_types == 0)
		split = "spread in the port's own way";
	else if (port->queues > 1)
		split = c->rss_by_ports ? "RSS by addresses and ports, symmetric: fragments may "
					  "come to another worker"
					: "RSS by addresses, symmetric";
	port_say(p, "port %u: %s (%s), %u queue%s (%s), MTU %u%s, time stamps: %s, checksums: %s",
		port->id, port->name, port->driver, port->queues, port->queues == 1 ? "" : "s",
		split, mtu, port->chains ? " in several buffers" : "", times[port->time],
		(c->info.rx_offload_capa & RTE_ETH_RX_OFFLOAD_CHECKSUM) ==
				RTE_ETH_RX_OFFLOAD_CHECKSUM
			? "offered"
			: "not offered");
}

int
port_set_up(struct ports *p, struct port *port, const struct port_caps *c, struct nt_error *err)
{
	int code = port_pool_make(p, port, c);
	if (code != 0)
		return nt_error_set(err, code,
			"%s: no memory for its packets: %s; give more (lcores.memory, hugepages), "
			"or "
			"lower port.mbufs or port.descriptors",
			port->name, strerror(-code));
	code = configure(p, port, c);
	if (code == 0 && p->cfg.config->port.mtu != 0 && has_mtu(port))
		if (rte_eth_dev_set_mtu(port->id, (uint16_t)p->cfg.config->port.mtu) != 0)
			port_say(p, "port %u: %s keeps its MTU", port->id, port->name);
	if (code == 0)
		code = setup_queues(p, port);
	if (code != 0)
		return nt_error_set(err, code, "%s: can't set up %u queues of %u packets: %s%s",
			port->name, port->queues, p->cfg.config->port.descriptors, strerror(-code),
			c->inputs != 0 ? "; with infinite_rx, port.mbufs must be more than the "
					 "file's packets (nametap check says how many)"
				       : "");
	say_capabilities(p, port, c);
	return 0;
}

bool
port_sample_card(const struct ports *p, const struct port *port, struct live_clock_sample *ret)
{
	const uint64_t before = rte_rdtsc();
	if (rte_eth_read_clock(port->id, &ret->count) != 0)
		return false;
	const uint64_t tsc = before + (rte_rdtsc() - before) / 2;
	ret->monotonic_ns = ret->wall_ns = live_clock_at(p->cfg.clock, tsc);
	return true;
}

/* Not every driver can, and most have it like this anyway. */
static void
set_rss_table(const struct ports *p, const struct port *port)
{
	struct rte_eth_rss_reta_entry64 groups[RSS_ENTRIES_MAX / RTE_ETH_RETA_GROUP_SIZE];
	memset(groups, 0, sizeof(groups));
	if (port->rss_entries == 0 || port->rss_entries > RSS_ENTRIES_MAX)
		return;
	for (uint16_t i = 0; i < port->rss_entries; i++) {
		struct rte_eth_rss_reta_entry64 *g = &groups[i / RTE_ETH_RETA_GROUP_SIZE];
		g->mask |= UINT64_C(1) << i % RTE_ETH_RETA_GROUP_SIZE;
		g->reta[i % RTE_ETH_RETA_GROUP_SIZE] =
			port_rss_entry(i, p->rss_least, port->queues);
	}
	rte_eth_dev_rss_reta_update(port->id, groups, port->rss_entries);
}

static void
say_link(const struct ports *p, const struct port *port)
{
	struct rte_eth_link link = { 0 };
	if (rte_eth_link_get_nowait(port->id, &link) != 0)
		return;
	if (link.link_status == RTE_ETH_LINK_DOWN)
		port_say(p, "port %u: %s has no link", port->id, port->name);
	else if (link.link_speed == RTE_ETH_SPEED_NUM_UNKNOWN)
		port_say(p, "port %u: %s is up", port->id, port->name);
	else
		port_say(p, "port %u: %s is up, %u Mbit/s", port->id, port->name, link.link_speed);
}

int
port_start(struct ports *p, struct port *port, struct nt_error *err)
{
	const struct nt_config *config = p->cfg.config;
	struct live_clock_sample now;
	const int code = rte_eth_dev_start(port->id);
	if (code != 0)
		return nt_error_set(err, code, "%s: can't start: %s", port->name, strerror(-code));
	set_rss_table(p, port);
	if (config->port.promiscuous && (rte_eth_promiscuous_enable(port->id) != 0 &&
						rte_eth_promiscuous_get(port->id) != 1))
		port_say(p, "port %u: %s can't be promiscuous", port->id, port->name);
	rte_eth_allmulticast_enable(port->id);
	if (port->time == PORT_TIME_CARD) {
		if (port_sample_card(p, port, &now)) {
			live_clock_begin(&port->card, &now, 0);
		} else {
			port->time = PORT_TIME_TSC;
			port_say(p, "port %u: %s has a clock that can't be read; time stamps: ours",
				port->id, port->name);
		}
	}
	say_link(p, port);
	return 0;
}
