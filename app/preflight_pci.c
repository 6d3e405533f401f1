/* SPDX-License-Identifier: BSD-3-Clause */
/* A network card: is it there, bound to a driver that DPDK can use, and may we? */
#include <ctype.h>
#include <linux/capability.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

#include "preflight_priv.h"

#define CLASS_NETWORK 0x02 /* PCI: the first of three bytes */
#define NOIOMMU	      "/sys/module/vfio/parameters/enable_unsafe_noiommu_mode"

struct card {
	char address[16]; /* with its domain, lower case */
	char driver[32]; /* "": none */
	char group[16]; /* IOMMU's; "": none */
};

static void
read_address(const char *device, struct card *c)
{
	const int len = (int)strcspn(device, ",");
	(void)snprintf(c->address, sizeof(c->address), "%s%.*s", len == 7 ? "0000:" : "",
		NT_MIN(len, 12), device);
	for (char *at = c->address; *at != '\0'; at++)
		*at = (char)tolower((unsigned char)*at);
}

static void
card_path(char out[SYSFS_PATH_MAX], const struct card *c, const char *leaf)
{
	(void)snprintf(out, SYSFS_PATH_MAX, "/sys/bus/pci/devices/%s/%s", c->address, leaf);
}

static bool
find(struct preflight *p, struct card *c)
{
	char path[SYSFS_PATH_MAX];
	card_path(path, c, "");
	if (!sysfs_may(p->root, path, F_OK)) {
		preflight_error(p, "port %s: there is no such device", c->address);
		preflight_todo(p, "lspci -D -d ::02xx (lists network cards)");
		return false;
	}
	card_path(path, c, "class");
	const int64_t class = sysfs_number(p->root, path, -1);
	if (class >= 0 && class >> 16 != CLASS_NETWORK) {
		preflight_error(p, "port %s: it is no network card", c->address);
		preflight_todo(p, "lspci -D -d ::02xx (lists network cards)");
		return false;
	}
	card_path(path, c, "driver");
	(void)sysfs_link(p->root, path, c->driver, sizeof(c->driver));
	card_path(path, c, "iommu_group");
	(void)sysfs_link(p->root, path, c->group, sizeof(c->group));
	return true;
}

static bool
one_of(const char *name, const char *const *names)
{
	while (*names != NULL && strcmp(*names, name) != 0)
		names++;
	return *names != NULL;
}

static void
check_iommu(struct preflight *p, const struct card *c)
{
	char line[8] = "";
	if (c->group[0] != '\0')
		return;
	(void)sysfs_line(p->root, NOIOMMU, line, sizeof(line));
	if (line[0] == 'Y')
		return;
	preflight_error(p, "port %s: there is no IOMMU", c->address);
	preflight_todo(p, "echo 1 > " NOIOMMU " (or boot with intel_iommu=on iommu=pt)");
}

static void
check_rights(struct preflight *p, const struct card *c)
{
	static const char *const prefixes[] = { "", "noiommu-" };
	char path[64], user[64];
	if (c->group[0] == '\0')
		return;
	for (size_t i = 0; i < NT_ARRAY_SIZE(prefixes); i++) {
		(void)snprintf(path, sizeof(path), "/dev/vfio/%s%s", prefixes[i], c->group);
		if (!sysfs_may(p->root, path, F_OK))
			continue;
		if (sysfs_may(p->root, path, R_OK | W_OK))
			return;
		preflight_error(p, "port %s: no right to use %s", c->address, path);
		preflight_todo(p, "chown %s %s", preflight_user(user), path);
		return;
	}
	preflight_error(p, "port %s: there is no /dev/vfio/%s", c->address, c->group);
	preflight_todo(p, "modprobe vfio-pci && dpdk-devbind.py -b vfio-pci %s", c->address);
}

/* VFIO locks what the card may write to. */
static void
check_locked(struct preflight *p, const struct card *c)
{
	struct rlimit limit;
	const rlim_t needed = (rlim_t)p->dpdk_mb << 20;
	if (preflight_may(p, CAP_IPC_LOCK) || getrlimit(RLIMIT_MEMLOCK, &limit) != 0 ||
		limit.rlim_cur >= needed)
		return;
	preflight_error(p, "port %s: %llu KiB of memory may be locked, %u MiB are needed",
		c->address, (unsigned long long)limit.rlim_cur / 1024, p->dpdk_mb);
	preflight_todo(p, "ulimit -l unlimited (a service: LimitMEMLOCK=infinity)");
}

static void
check_vfio(struct preflight *p, const struct card *c)
{
	check_iommu(p, c);
	check_rights(p, c);
	check_locked(p, c);
}

/* Physical addresses, which only root gets. */
static void
check_uio(struct preflight *p, const struct card *c)
{
	if (preflight_may(p, CAP_SYS_ADMIN))
		return;
	preflight_error(p, "port %s: %s needs root", c->address, c->driver);
	preflight_todo(p, "dpdk-devbind.py -b vfio-pci %s", c->address);
}

void
preflight_pci(struct preflight *p, const char *device)
{
	static const char *const uio[] = { "igb_uio", "uio_pci_generic", NULL };
	/* Their kernel driver stays: DPDK goes beside it. */
	static const char *const beside[] = { "mlx4_core", "mlx5_core", "mana", NULL };
	struct card c = { .driver = "" };
	char path[SYSFS_PATH_MAX];
	read_address(device, &c);
	if (!find(p, &c))
		return;
	if (strcmp(c.driver, "vfio-pci") == 0) {
		check_vfio(p, &c);
	} else if (one_of(c.driver, uio)) {
		check_uio(p, &c);
	} else if (!one_of(c.driver, beside)) {
		card_path(path, &c, "");
		preflight_error(p, "port %s: %s%s, not to vfio-pci", c.address,
			c.driver[0] != '\0' ? "it is bound to " : "it is bound to nothing",
			c.driver);
		preflight_todo(p, "%sdpdk-devbind.py -b vfio-pci %s",
			sysfs_may(p->root, "/sys/module/vfio_pci", F_OK) ? ""
									 : "modprobe vfio-pci && ",
			c.address);
	}
}
