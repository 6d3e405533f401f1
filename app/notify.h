/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Telling systemd how things are, by the protocol of sd_notify(3): a datagram of KEY=VALUE lines to
 * the socket that $NOTIFY_SOCKET names (a path, or @NAME in the abstract namespace). Never blocks;
 * what can't be sent is left out. One thread.
 */
#ifndef NOTIFY_H
#define NOTIFY_H

#include <sys/socket.h>
#include <sys/un.h>

#include <nt_base.h>

struct notify {
	int fd; /* -1: nobody wants to know */
	int64_t watchdog_ns; /* how often WATCHDOG=1 is wanted at least; 0: never */
	struct sockaddr_un to;
	socklen_t to_len;
};

/* From the environment: $NOTIFY_SOCKET, $WATCHDOG_USEC, $WATCHDOG_PID. */
void notify_init(struct notify *n);
void notify_fini(struct notify *n);

/* One or more lines, "READY=1" for instance. 0, -errno; 0 where nobody wants to know. */
int notify_send(const struct notify *n, const char *lines);

#endif
