/* SPDX-License-Identifier: BSD-3-Clause */
#include <linux/capability.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

#include "budget.h"
#include "preflight_priv.h"

#define HUGE "/sys/kernel/mm/hugepages/hugepages-2048kB/"
#define GIGA "/sys/kernel/mm/hugepages/hugepages-1048576kB/"
#define NODE "/sys/devices/system/node/node%u/hugepages/hugepages-2048kB/free_hugepages"
#define MIB  (UINT64_C(1) << 20)

static void
check_pages(struct preflight *p)
{
	const int64_t needed = (p->dpdk_mb + 1) / 2;
	const int64_t all = sysfs_number(p->root, HUGE "nr_hugepages", -1);
	const int64_t free_pages = sysfs_number(p->root, HUGE "free_hugepages", 0) +
				   512 * sysfs_number(p->root, GIGA "free_hugepages", 0);
	if (all < 0) {
		preflight_error(p, "huge pages: this kernel has none of 2 MiB");
		preflight_todo(p, "--set lcores.huge=false");
	} else if (free_pages < needed) {
		preflight_error(p,
			"huge pages: %lld of 2 MiB are needed (DPDK's %u MiB), %lld are free",
			(long long)needed, p->dpdk_mb, (long long)free_pages);
		preflight_todo(p, "echo %lld > /proc/sys/vm/nr_hugepages",
			(long long)(all + needed - free_pages));
	}
}

/* "nodev /dev/hugepages hugetlbfs rw,pagesize=2M 0 0" */
static bool
is_huge_mount(char *line, char **ret_dir)
{
	char *save = NULL;
	const char *device = strtok_r(line, " ", &save);
	char *dir = strtok_r(NULL, " ", &save);
	const char *type = strtok_r(NULL, " ", &save);
	*ret_dir = dir;
	return device != NULL && type != NULL && strcmp(type, "hugetlbfs") == 0;
}

static void
check_mount(struct preflight *p)
{
	char full[SYSFS_PATH_MAX], line[1024], user[64], *dir;
	bool mounted = false, writable = false;
	FILE *f = sysfs_path(full, p->root, "/proc/mounts") == 0 ? fopen(full, "re") : NULL;
	while (f != NULL && !writable && fgets(line, sizeof(line), f) != NULL) {
		if (!is_huge_mount(line, &dir))
			continue;
		mounted = true;
		writable = sysfs_may(p->root, dir, W_OK | X_OK);
		if (!writable)
			(void)snprintf(full, sizeof(full), "%s", dir);
	}
	if (f != NULL)
		fclose(f);
	if (!mounted) {
		preflight_error(p, "huge pages: they are mounted nowhere");
		preflight_todo(p, "mkdir -p /dev/hugepages && mount -t hugetlbfs nodev "
				  "/dev/hugepages");
	} else if (!writable) {
		preflight_error(p, "huge pages: no right to write to %.200s", full);
		preflight_todo(p, "chown %s %.200s", preflight_user(user), full);
	}
}

/* Pages elsewhere do as well, but each packet crosses the sockets' link. */
static void
check_nodes(struct preflight *p)
{
	for (uint32_t i = 0; i < p->config->ports.count; i++) {
		char path[SYSFS_PATH_MAX];
		const char *device = p->config->ports.devices[i].text;
		const int len = (int)strcspn(device, ",");
		const char *domain = len == 7 ? "0000:" : "";
		(void)snprintf(path, sizeof(path), "/sys/bus/pci/devices/%s%.*s/numa_node", domain,
			len, device);
		const int64_t node = sysfs_number(p->root, path, -1);
		if (node < 0)
			continue;
		(void)snprintf(path, sizeof(path), NODE, (unsigned int)node);
		const int64_t there = sysfs_number(p->root, path, -1);
		if (there < 0 || there >= (p->dpdk_mb + 1) / 2)
			continue;
		preflight_warning(p,
			"huge pages: %.*s is on NUMA node %lld, where %lld of 2 MiB "
			"are free",
			len, device, (long long)node, (long long)there);
		preflight_todo(p,
			"echo %u > /sys/devices/system/node/node%lld/hugepages/"
			"hugepages-2048kB/nr_hugepages",
			(p->dpdk_mb + 1) / 2, (long long)node);
	}
}

static void
check_transparent(struct preflight *p)
{
	char line[128];
	if (!sysfs_line(
		    p->root, "/sys/kernel/mm/transparent_hugepage/enabled", line, sizeof(line)) ||
		strstr(line, "[never]") == NULL)
		return;
	preflight_warning(p, "transparent huge pages: they are off, tables will be on small pages");
	preflight_todo(p, "echo madvise > /sys/kernel/mm/transparent_hugepage/enabled");
}

/* What the process's control group, or one above it, leaves; "max" is no number. */
static uint64_t
group_room(const struct preflight *p)
{
	char group[512], path[SYSFS_PATH_MAX], *end;
	uint64_t room = UINT64_MAX;
	if (!sysfs_field(p->root, "/proc/self/cgroup", "0::", group, sizeof(group)))
		return room;
	do {
		(void)snprintf(path, sizeof(path), "/sys/fs/cgroup%s/memory.max", group);
		const int64_t most = sysfs_number(p->root, path, -1);
		(void)snprintf(path, sizeof(path), "/sys/fs/cgroup%s/memory.current", group);
		const int64_t now = sysfs_number(p->root, path, 0);
		if (most >= 0)
			room = NT_MIN(room, (uint64_t)NT_MAX(most - now, 0));
		end = strrchr(group, '/');
		if (end != NULL)
			*end = '\0';
	} while (end != NULL);
	return room;
}

/* So that the tables fit: of those, most are by the connection. */
static uint32_t
flows_that_fit(const struct nt_config *config, uint64_t room)
{
	struct nt_config c = *config;
	struct budget b;
	while (c.flow.max > 1024) {
		c.flow.max /= 2;
		budget_live(&b, &c, 0);
		if (budget_tables_bytes(&b) <= room)
			break;
	}
	return c.flow.max;
}

static void
check_available(struct preflight *p)
{
	char text[64];
	struct budget b;
	if (!sysfs_field(p->root, "/proc/meminfo", "MemAvailable:", text, sizeof(text)))
		return;
	const uint64_t free_now = strtoull(text, NULL, 10) * 1024, room = group_room(p);
	const uint64_t available = NT_MIN(free_now, room);
	const uint64_t dpdk = p->config->lcores.huge ? 0 : (uint64_t)p->dpdk_mb * MIB;
	budget_live(&b, p->config, p->dpdk_mb);
	const uint64_t tables = budget_tables_bytes(&b);
	const uint64_t all = sysfs_field(p->root, "/proc/meminfo", "MemTotal:", text, sizeof(text))
				     ? strtoull(text, NULL, 10) * 1024
				     : UINT64_MAX;
	const bool given = p->config->lcores.memory_mb != 0;
	if (dpdk > available && given) {
		preflight_error(p, "lcores.memory: %u MiB are asked for, %llu are available",
			p->dpdk_mb, (unsigned long long)(available / MIB));
		preflight_todo(p, "--set lcores.memory=0 (what the ports need)");
	} else if (tables + dpdk > all) {
		preflight_error(p,
			"memory: tables take %llu MiB once they are full, the machine has %llu",
			(unsigned long long)((tables + dpdk) / MIB),
			(unsigned long long)(all / MIB));
		preflight_todo(p, "--set flow.max=%u",
			flows_that_fit(p->config, available > dpdk ? available - dpdk : 0));
	} else if (dpdk > available) {
		preflight_error(p, "memory: DPDK needs %u MiB, %llu are available", p->dpdk_mb,
			(unsigned long long)(available / MIB));
		preflight_todo(p, "--set port.descriptors=%u",
			NT_MAX(p->config->port.descriptors / 2, 64u));
	} else if (tables + dpdk > available) {
		preflight_warning(p,
			"memory: tables take %llu MiB once they are full, %llu are "
			"available",
			(unsigned long long)((tables + dpdk) / MIB),
			(unsigned long long)(available / MIB));
		preflight_todo(p, "--set flow.max=%u", flows_that_fit(p->config, available - dpdk));
	}
}

void
preflight_memory(struct preflight *p)
{
	if (p->config->lcores.huge && preflight_eal(p, "--no-huge") == NULL) {
		check_pages(p);
		if (preflight_eal(p, "--in-memory") == NULL &&
			preflight_eal(p, "--huge-dir") == NULL)
			check_mount(p);
		check_nodes(p);
	}
	check_transparent(p);
	check_available(p);
}
