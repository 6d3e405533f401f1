/* SPDX-License-Identifier: BSD-3-Clause */
#include <pcap/pcap.h>
#include <stdlib.h>
#include <string.h>

#include <rte_bus.h>
#include <rte_dev.h>
#include <rte_devargs.h>

#include <nt_packet.h>

#include "port_caps.h"
#include "port_rss.h"

/* The value of the next "key=value" from at on, and where to go on; NULL where there is none. */
static const char *
next_value(const char *at, const char *key, size_t *ret_len)
{
	const size_t len = strlen(key);
	while (at != NULL && *at != '\0') {
		const size_t n = strcspn(at, ",");
		if (n > len && strncmp(at, key, len) == 0 && at[len] == '=') {
			*ret_len = n - len - 1;
			return at + len + 1;
		}
		at += n + (at[n] == ',');
	}
	return NULL;
}

unsigned long
port_caps_number(const char *devargs, const char *key)
{
	size_t len;
	const char *value = next_value(devargs, key, &len);
	return value == NULL ? 0 : strtoul(value, NULL, 0);
}

static unsigned int
count_values(const char *devargs, const char *key)
{
	unsigned int n = 0;
	size_t len;
	for (const char *at = devargs; (at = next_value(at, key, &len)) != NULL; at += len)
		n++;
	return n;
}

/* When it begins, and what its packets begin with. What is wrong with it the driver has said. */
static void
look_into_file(struct port_caps *c, const char *path)
{
	char text[PCAP_ERRBUF_SIZE];
	struct pcap_pkthdr *header;
	const u_char *data;
	pcap_t *p = pcap_open_offline(path, text);
	if (p == NULL)
		return;
	c->link = (uint16_t)pcap_datalink(p);
	if (pcap_next_ex(p, &header, &data) == 1) {
		const int64_t first_ns =
			NT_SEC(header->ts.tv_sec) + header->ts.tv_usec * NT_NS_PER_USEC;
		c->first_ns = NT_MIN(c->first_ns, first_ns);
	}
	pcap_close(p);
}

static void
look_into_files(struct port_caps *c)
{
	char path[PATH_MAX];
	size_t len;
	for (const char *at = c->devargs; (at = next_value(at, "rx_pcap", &len)) != NULL;
		at += len) {
		if (len >= sizeof(path))
			continue;
		memcpy(path, at, len);
		path[len] = '\0';
		look_into_file(c, path);
	}
}

unsigned int
port_caps_inputs(const char *devargs)
{
	static const char *const keys[] = { "rx_pcap", "rx_iface", "rx_iface_in", "iface" };
	unsigned int n = 0;
	for (size_t i = 0; i < NT_ARRAY_SIZE(keys); i++)
		n += count_values(devargs, keys[i]);
	return n;
}

static void
find_inputs(struct port_caps *c)
{
	const unsigned int files = count_values(c->devargs, "rx_pcap");
	c->inputs = port_caps_inputs(c->devargs);
	if (files == 0)
		return;
	look_into_files(c);
	/* Repeated for ever they are no stream of their own time. */
	c->files = port_caps_number(c->devargs, "infinite_rx") == 0;
}

int
port_caps_find(uint16_t id, struct port_caps *ret, struct nt_error *err)
{
	*ret = (struct port_caps){ .first_ns = INT64_MAX, .link = NT_LINK_ETHERNET };
	const int code = rte_eth_dev_info_get(id, &ret->info);
	if (code != 0)
		return nt_error_set(
			err, code, "port %u: can't tell what it is: %s", id, strerror(-code));
	const struct rte_device *dev = ret->info.device;
	const struct rte_devargs *args = rte_dev_devargs(dev);
	ret->devargs = args == NULL || args->args == NULL ? "" : args->args;
	ret->virtual_device = strcmp(rte_bus_name(rte_dev_bus(dev)), "vdev") == 0;
	/* What virtual devices say of RSS is for tests of testpmd. */
	if (!ret->virtual_device && ret->info.hash_key_size <= PORT_RSS_KEY_MAX)
		ret->rss_types =
			port_rss_types(ret->info.flow_type_rss_offloads, &ret->rss_by_ports);
	if (strcmp(ret->info.driver_name, "net_pcap") == 0)
		find_inputs(ret);
	return 0;
}
