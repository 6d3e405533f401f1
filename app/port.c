/* SPDX-License-Identifier: BSD-3-Clause */
#include <stdio.h>
#include <string.h>

#include <rte_errno.h>
#include <rte_ethdev.h>

#include "port.h"
#include "port_caps.h"
#include "port_pools.h"
#include "port_rss.h"
#include "port_setup.h"

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

/* Do all cards hash the same? The two directions of a tap may come to two of them. */
static bool
alike(const struct ports *p, const struct port_caps *caps)
{
	for (unsigned int i = 1; i < p->count; i++)
		if (caps[i].rss_by_ports != caps[0].rss_by_ports ||
			(caps[i].rss_types == 0) != (caps[0].rss_types == 0))
			return false;
	return true;
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
	if (asked == NT_CONFIG_DISTRIBUTOR_AUTO && p->cfg.workers > 1)
		p->distributor = p->distributor || !alike(p, caps);
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
settle_queues(struct ports *p, const struct port_caps *caps)
{
	for (unsigned int i = 0; i < p->count; i++) {
		p->ports[i].link = caps[i].link;
		p->ports[i].splits = can_split(p, &caps[i]);
		p->ports[i].queues = queues_of(p, &caps[i]);
	}
}

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
		port->if_index = c->info.if_index;
		snprintf(port->name, sizeof(port->name), "%s", rte_dev_name(c->info.device));
		snprintf(port->driver, sizeof(port->driver), "%s", c->info.driver_name);
		p->count++;
	}
	if (p->count == 0 && p->cfg.config->ports.count == 0)
		return nt_error_set(
			err, -ENODEV, "no port: `ports` names none, and DPDK found none by itself");
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
			return nt_error_set(err, -ENODEV, "%.*s: DPDK made no port of it: %s",
				(int)len, text,
				strncmp(text, "net_", 4) == 0
					? "what its driver or EAL said above is why"
					: "is it there, and bound to vfio-pci?");
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
	settle_queues(p, caps);
	settle_time(p, caps);
	p->rss_least = UINT16_MAX;
	code = port_rss_pattern(&p->rss_pattern);
	if (code != 0)
		return nt_error_set(err, code, "no random numbers: %s", strerror(-code));
	if (rte_mbuf_dyn_rx_timestamp_register(&p->stamp_offset, &p->stamp_flag) != 0)
		return nt_error_set(err, -rte_errno, "no room for time stamps in mbufs");
	for (unsigned int i = 0; i < p->count && code == 0; i++)
		code = port_set_up(p, &p->ports[i], &caps[i], err);
	if (code == 0) {
		code = port_pools_shared(p);
		if (code != 0)
			nt_error_set(err, code, "no memory for mbufs: %s", strerror(-code));
	}
	if (code == 0 && p->distributor)
		port_say(
			p, "a distributor lcore spreads the packets over %u workers", cfg->workers);
	return code;
}

int
ports_start(struct ports *p, struct nt_error *err)
{
	int code = 0;
	for (unsigned int i = 0; i < p->count && code == 0; i++) {
		struct port *port = &p->ports[i];
		code = port_start(p, port, err);
		pthread_mutex_lock(&p->stats_lock);
		port_kernel_begin(&port->kernel, port->driver, port->if_index);
		pthread_mutex_unlock(&p->stats_lock);
	}
	return code;
}

void
ports_close(struct ports *p)
{
	for (unsigned int i = 0; i < p->count; i++) {
		port_kernel_end(&p->ports[i].kernel);
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
		if (p->ports[i].time == PORT_TIME_CARD && port_sample_card(p, &p->ports[i], &now))
			live_clock_update_at(&p->ports[i].card, &now);
}

void
ports_stats(struct ports *p, unsigned int i, struct port_stats *ret)
{
	struct rte_eth_stats s = { 0 };
	pthread_mutex_lock(&p->stats_lock);
	rte_eth_stats_get(p->ports[i].id, &s);
	const uint64_t kernel = port_kernel_drops(&p->ports[i].kernel);
	pthread_mutex_unlock(&p->stats_lock);
	*ret = (struct port_stats){
		.packets = s.ipackets,
		.bytes = s.ibytes,
		.missed = s.imissed + kernel,
		.errors = s.ierrors,
		.no_mbuf = s.rx_nombuf,
	};
}
