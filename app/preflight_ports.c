/* SPDX-License-Identifier: BSD-3-Clause */
#include <ctype.h>
#include <linux/capability.h>
#include <linux/if.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <nt_dpdk_drivers.h>

#include "preflight_priv.h"

/* Not in every version of linux/capability.h. */
#define CAPABILITY_BPF 39

struct device {
	const char *text; /* with its arguments */
	char name[64]; /* "net_pcap0" */
	char driver[64]; /* "net_pcap" */
};

static void
take_apart(const char *text, struct device *ret)
{
	ret->text = text;
	(void)snprintf(ret->name, sizeof(ret->name), "%s", text);
	ret->name[strcspn(ret->name, ",")] = '\0';
	(void)snprintf(ret->driver, sizeof(ret->driver), "%s", ret->name);
	for (size_t len = strlen(ret->driver); len > 0; len--) {
		if (!isdigit((unsigned char)ret->driver[len - 1]))
			break;
		ret->driver[len - 1] = '\0';
	}
}

static bool
is_driver(const struct device *d, const char *driver)
{
	return strcmp(d->driver, driver) == 0;
}

/* Is it among the drivers that were linked in? With a shared DPDK nobody knows. */
static bool
is_known(const char *driver)
{
	const size_t len = strlen(driver);
	const char *at = NT_DPDK_DRIVERS;
	if (*at == '\0')
		return true;
	while (*at != '\0') {
		const size_t n = strcspn(at, " ");
		if (n == len && strncmp(at, driver, len) == 0)
			return true;
		at += n + strspn(at + n, " ");
	}
	return false;
}

/* The next argument of that name: its value, cut at the next comma. False: no more. */
static bool
next_arg(const char **at, const char *name, char *out, size_t room)
{
	const size_t len = strlen(name);
	while ((*at = strchr(*at, ',')) != NULL) {
		(*at)++;
		if (strncmp(*at, name, len) != 0 || (*at)[len] != '=')
			continue;
		const char *value = *at + len + 1;
		(void)snprintf(out, room, "%.*s", (int)strcspn(value, ","), value);
		return true;
	}
	return false;
}

static void
check_capability(struct preflight *p, const struct device *d, unsigned int number, const char *name)
{
	if (preflight_may(p, number))
		return;
	preflight_error(p, "port %s: it needs %s", d->name, name);
	preflight_todo(p, "run it as root (a service: AmbientCapabilities=%s)", name);
}

static void
check_interface(struct preflight *p, const struct device *d, const char *name)
{
	char path[SYSFS_PATH_MAX];
	(void)snprintf(path, sizeof(path), "/sys/class/net/%s/flags", name);
	const int64_t flags = sysfs_number(p->root, path, -1);
	if (strlen(name) >= IFNAMSIZ) {
		preflight_error(p, "port %s: %s is no interface: names have at most %d characters",
			d->name, name, IFNAMSIZ - 1);
		preflight_todo(p, "ip -br link (lists them)");
	} else if (flags < 0) {
		preflight_error(p, "port %s: there is no interface %s", d->name, name);
		preflight_todo(p, "ip -br link (lists them)");
	} else if ((flags & IFF_UP) == 0) {
		preflight_error(p, "port %s: interface %s is down", d->name, name);
		preflight_todo(p, "ip link set %s up", name);
	}
}

/* Returns how many of its packets are held in memory. */
static uint64_t
check_capture(struct preflight *p, const struct device *d, const char *path, bool infinite)
{
	const char *root = path[0] == '/' ? p->root : "";
	if (!sysfs_may(root, path, F_OK)) {
		preflight_error(p, "port %s: there is no file %s", d->name, path);
		preflight_todo(p, "ls %s", path);
	} else if (!sysfs_may(root, path, R_OK)) {
		preflight_error(p, "port %s: no right to read %s", d->name, path);
		preflight_todo(p, "chmod a+r %s", path);
	} else {
		return preflight_capture(p, d->name, path, infinite);
	}
	return 0;
}

static void
check_pcap(struct preflight *p, const struct device *d)
{
	char value[NT_CONFIG_DEVICE_MAX + 1];
	const char *at = d->text;
	unsigned int sources = 0;
	uint64_t held = 0;
	const bool infinite =
		next_arg(&at, "infinite_rx", value, sizeof(value)) && strtoul(value, NULL, 0) != 0;
	at = d->text;
	for (; next_arg(&at, "rx_pcap", value, sizeof(value)); sources++)
		held += check_capture(p, d, value, infinite);
	static const char *const live[] = { "rx_iface", "rx_iface_in", "iface" };
	for (size_t i = 0; i < NT_ARRAY_SIZE(live); i++) {
		at = d->text;
		for (; next_arg(&at, live[i], value, sizeof(value)); sources++) {
			check_interface(p, d, value);
			check_capability(p, d, CAP_NET_RAW, "CAP_NET_RAW");
		}
	}
	preflight_mbufs(p, d->name, held, false);
	if (sources != 0)
		return;
	preflight_error(p, "port %s: it has nothing to receive from", d->name);
	preflight_todo(p, "--set ports=%s,rx_pcap=FILE (or rx_iface=INTERFACE)", d->name);
}

/* One that is a socket on an interface. */
static void
check_socket(struct preflight *p, const struct device *d)
{
	char value[NT_CONFIG_DEVICE_MAX + 1];
	const char *at = d->text;
	if (next_arg(&at, "iface", value, sizeof(value))) {
		check_interface(p, d, value);
		return;
	}
	preflight_error(p, "port %s: it has no iface", d->name);
	preflight_todo(p, "--set ports=%s,iface=INTERFACE", d->name);
}

static void
check_tap(struct preflight *p, const struct device *d)
{
	if (!sysfs_may(p->root, "/dev/net/tun", F_OK)) {
		preflight_error(p, "port %s: there is no /dev/net/tun", d->name);
		preflight_todo(p, "modprobe tun");
	}
	check_capability(p, d, CAP_NET_ADMIN, "CAP_NET_ADMIN");
}

static void
check_virtual(struct preflight *p, const struct device *d)
{
	if (!is_driver(d, "net_pcap"))
		preflight_mbufs(p, d->name, 0, false);
	if (!is_known(d->driver)) {
		preflight_error(p, "port %s: this build has no driver %s", d->name, d->driver);
		preflight_todo(p, "use one of: %s", NT_DPDK_DRIVERS);
	} else if (is_driver(d, "net_pcap")) {
		check_pcap(p, d);
	} else if (is_driver(d, "net_af_packet")) {
		check_socket(p, d);
		check_capability(p, d, CAP_NET_RAW, "CAP_NET_RAW");
	} else if (is_driver(d, "net_af_xdp")) {
		check_socket(p, d);
		check_capability(p, d, CAP_NET_RAW, "CAP_NET_RAW");
		check_capability(p, d, CAP_NET_ADMIN, "CAP_NET_ADMIN");
		if (!preflight_may(p, CAP_SYS_ADMIN))
			check_capability(p, d, CAPABILITY_BPF, "CAP_BPF");
	} else if (is_driver(d, "net_tap")) {
		check_tap(p, d);
	}
}

static void
check_card(struct preflight *p, const struct device *d)
{
	preflight_pci(p, d->text);
	preflight_mbufs(p, d->name, 0, true);
}

void
preflight_ports(struct preflight *p)
{
	static const char *const given[] = { "--vdev", "--allow", "-a" };
	bool any = p->config->ports.count != 0;
	for (size_t i = 0; i < NT_ARRAY_SIZE(given); i++)
		any = any || preflight_eal(p, given[i]) != NULL;
	if (!any) {
		preflight_error(p, "ports: there are none");
		preflight_todo(p, "--set ports=0000:03:00.0 (dpdk-devbind.py -s lists cards)");
	}
	for (uint32_t i = 0; i < p->config->ports.count; i++) {
		const char *text = p->config->ports.devices[i].text;
		struct device d;
		take_apart(text, &d);
		if (strncmp(text, "net_", 4) == 0)
			check_virtual(p, &d);
		else
			check_card(p, &d);
	}
	for (int i = 0; i < p->eal_count; i++) {
		struct preflight one = { .eal = p->eal + i,
			.eal_count = NT_MIN(p->eal_count - i, 2) };
		const char *text =
			strncmp(p->eal[i], "--vdev", 6) == 0 ? preflight_eal(&one, "--vdev") : NULL;
		struct device d;
		if (text == NULL || strncmp(text, "net_", 4) != 0)
			continue;
		take_apart(text, &d);
		check_virtual(p, &d);
	}
}
