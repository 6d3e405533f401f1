/* SPDX-License-Identifier: BSD-3-Clause */
#include <ctype.h>
#include <linux/capability.h>
#include <linux/if.h>
#include <string.h>
#include <unistd.h>

#include <nt_dpdk_drivers.h>

#include "preflight_priv.h"

/* Not in every version of linux/capability.h. */
#define CAPABILITY_BPF 39

/* Its name without the number behind it: "net_pcap0,..." is net_pcap's. */
static size_t
driver_len(const char *device)
{
	size_t len = strcspn(device, ",");
	while (len > 0 && isdigit((unsigned char)device[len - 1]))
		len--;
	return len;
}

static bool
is_driver(const char *device, const char *driver)
{
	return driver_len(device) == strlen(driver) && strncmp(device, driver, strlen(driver)) == 0;
}

/* Is it among the drivers that were linked in? With a shared DPDK nobody knows. */
static bool
is_known(const char *device)
{
	const size_t len = driver_len(device);
	const char *at = NT_DPDK_DRIVERS;
	if (*at == '\0')
		return true;
	while (*at != '\0') {
		const size_t n = strcspn(at, " ");
		if (n == len && strncmp(at, device, len) == 0)
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
check_capability(struct preflight *p, const char *device, unsigned int number, const char *name)
{
	if (preflight_may(p, number))
		return;
	preflight_error(p, "port %.*s: it needs %s", (int)strcspn(device, ","), device, name);
	preflight_todo(p, "run it as root (a service: AmbientCapabilities=%s)", name);
}

static void
check_interface(struct preflight *p, const char *device, const char *name)
{
	char path[SYSFS_PATH_MAX];
	const int len = (int)strcspn(device, ",");
	(void)snprintf(path, sizeof(path), "/sys/class/net/%s/flags", name);
	const int64_t flags = sysfs_number(p->root, path, -1);
	if (flags < 0) {
		preflight_error(p, "port %.*s: there is no interface %s", len, device, name);
		preflight_todo(p, "ip -br link (lists them)");
	} else if ((flags & IFF_UP) == 0) {
		preflight_error(p, "port %.*s: interface %s is down", len, device, name);
		preflight_todo(p, "ip link set %s up", name);
	}
}

static void
check_capture(struct preflight *p, const char *device, const char *path)
{
	const char *root = path[0] == '/' ? p->root : "";
	const int len = (int)strcspn(device, ",");
	if (!sysfs_may(root, path, F_OK)) {
		preflight_error(p, "port %.*s: there is no file %s", len, device, path);
		preflight_todo(p, "ls %s", path);
	} else if (!sysfs_may(root, path, R_OK)) {
		preflight_error(p, "port %.*s: no right to read %s", len, device, path);
		preflight_todo(p, "chmod a+r %s", path);
	}
}

static void
check_pcap(struct preflight *p, const char *device)
{
	char value[NT_CONFIG_DEVICE_MAX + 1];
	const char *at = device;
	unsigned int sources = 0;
	for (; next_arg(&at, "rx_pcap", value, sizeof(value)); sources++)
		check_capture(p, device, value);
	static const char *const live[] = { "rx_iface", "rx_iface_in", "iface" };
	for (size_t i = 0; i < NT_ARRAY_SIZE(live); i++) {
		at = device;
		for (; next_arg(&at, live[i], value, sizeof(value)); sources++) {
			check_interface(p, device, value);
			check_capability(p, device, CAP_NET_RAW, "CAP_NET_RAW");
		}
	}
	if (sources != 0)
		return;
	preflight_error(
		p, "port %.*s: it has nothing to receive from", (int)strcspn(device, ","), device);
	preflight_todo(p, "--set ports=%.*s,rx_pcap=FILE (or rx_iface=INTERFACE)",
		(int)strcspn(device, ","), device);
}

/* One that is a socket on an interface. */
static void
check_socket(struct preflight *p, const char *device)
{
	char value[NT_CONFIG_DEVICE_MAX + 1];
	const char *at = device;
	if (next_arg(&at, "iface", value, sizeof(value))) {
		check_interface(p, device, value);
		return;
	}
	preflight_error(p, "port %.*s: it has no iface", (int)strcspn(device, ","), device);
	preflight_todo(p, "--set ports=%.*s,iface=INTERFACE", (int)strcspn(device, ","), device);
}

static void
check_tap(struct preflight *p, const char *device)
{
	if (!sysfs_may(p->root, "/dev/net/tun", F_OK)) {
		preflight_error(p, "port %.*s: there is no /dev/net/tun", (int)strcspn(device, ","),
			device);
		preflight_todo(p, "modprobe tun");
	}
	check_capability(p, device, CAP_NET_ADMIN, "CAP_NET_ADMIN");
}

static void
check_virtual(struct preflight *p, const char *device)
{
	if (!is_known(device)) {
		preflight_error(p, "port %.*s: this build has no driver %.*s",
			(int)strcspn(device, ","), device, (int)driver_len(device), device);
		preflight_todo(p, "use one of: %s", NT_DPDK_DRIVERS);
	} else if (is_driver(device, "net_pcap")) {
		check_pcap(p, device);
	} else if (is_driver(device, "net_af_packet")) {
		check_socket(p, device);
		check_capability(p, device, CAP_NET_RAW, "CAP_NET_RAW");
	} else if (is_driver(device, "net_af_xdp")) {
		check_socket(p, device);
		check_capability(p, device, CAP_NET_RAW, "CAP_NET_RAW");
		check_capability(p, device, CAP_NET_ADMIN, "CAP_NET_ADMIN");
		if (!preflight_may(p, CAP_SYS_ADMIN))
			check_capability(p, device, CAPABILITY_BPF, "CAP_BPF");
	} else if (is_driver(device, "net_tap")) {
		check_tap(p, device);
	}
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
		const char *device = p->config->ports.devices[i].text;
		if (strncmp(device, "net_", 4) == 0)
			check_virtual(p, device);
		else
			preflight_pci(p, device);
	}
}
