/* SPDX-License-Identifier: BSD-3-Clause */
#include <dirent.h>
#include <linux/if_packet.h>
#include <net/if.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#include "port_kernel.h"
#include "sysfs.h"

static int
option_of(int fd, int level, int name)
{
	int value = -1;
	socklen_t len = sizeof(value);
	return getsockopt(fd, level, name, &value, &len) == 0 ? value : -1;
}

/* net_af_packet's are of version 2; those of libpcap, which counts itself, are of version 3. */
static bool
is_of(int fd, unsigned int if_index)
{
	struct sockaddr_ll at = { 0 };
	socklen_t len = sizeof(at);
	return option_of(fd, SOL_SOCKET, SO_DOMAIN) == AF_PACKET &&
	       option_of(fd, SOL_PACKET, PACKET_VERSION) == TPACKET_V2 &&
	       getsockname(fd, (struct sockaddr *)&at, &len) == 0 &&
	       at.sll_ifindex == (int)if_index;
}

static void
find_sockets(struct port_kernel *k, unsigned int if_index)
{
	DIR *all = opendir("/proc/self/fd");
	const struct dirent *e;
	while (all != NULL && (e = readdir(all)) != NULL && k->socket_count < PORT_KERNEL_SOCKETS) {
		char *end;
		const long fd = strtol(e->d_name, &end, 10);
		if (end != e->d_name && *end == '\0' && is_of((int)fd, if_index))
			k->sockets[k->socket_count++] = (int)fd;
	}
	if (all != NULL)
		closedir(all);
}

/* Since it was asked last. */
static uint64_t
drops_of(int fd)
{
	struct tpacket_stats s = { 0 };
	socklen_t len = sizeof(s);
	return getsockopt(fd, SOL_PACKET, PACKET_STATISTICS, &s, &len) == 0 ? s.tp_drops : 0;
}

void
port_kernel_begin(struct port_kernel *k, const char *driver, unsigned int if_index)
{
	char name[IF_NAMESIZE];
	*k = (struct port_kernel){ 0 };
	if (if_index == 0)
		return;
	if (strcmp(driver, "net_af_packet") == 0)
		find_sockets(k, if_index);
	/* What the kernel sends there is what we receive. */
	if (strcmp(driver, "net_tap") == 0 && if_indextoname(if_index, name) != NULL)
		(void)snprintf(
			k->path, sizeof(k->path), "/sys/class/net/%s/statistics/tx_dropped", name);
	if (k->path[0] != '\0')
		k->before = sysfs_number("", k->path, 0);
	(void)port_kernel_drops(k);
	k->drops = 0;
}

uint64_t
port_kernel_drops(struct port_kernel *k)
{
	for (unsigned int i = 0; i < k->socket_count; i++)
		k->drops += drops_of(k->sockets[i]);
	if (k->path[0] != '\0') {
		const int64_t now = sysfs_number("", k->path, k->before);
		k->drops += now > k->before ? (uint64_t)(now - k->before) : 0;
		k->before = now;
	}
	return k->drops;
}

void
port_kernel_end(struct port_kernel *k)
{
	k->socket_count = 0;
	k->path[0] = '\0';
}
