/* SPDX-License-Identifier: BSD-3-Clause */
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "notify.h"

static bool
set_address(struct notify *n, const char *name)
{
	const size_t len = strlen(name);
	if ((name[0] != '/' && name[0] != '@') || len < 2 || len >= sizeof(n->to.sun_path))
		return false;
	n->to.sun_family = AF_UNIX;
	memcpy(n->to.sun_path, name, len);
	n->to_len = (socklen_t)(offsetof(struct sockaddr_un, sun_path) + len);
	if (name[0] == '@')
		n->to.sun_path[0] = '\0'; /* abstract: as long as it says, without a NUL */
	else
		n->to_len++;
	return true;
}

/* A number of the environment; 0 where it has none. */
static uint64_t
number_of(const char *name)
{
	const char *text = getenv(name);
	char *end;
	if (text == NULL || text[0] < '0' || text[0] > '9')
		return 0;
	errno = 0;
	const unsigned long long n = strtoull(text, &end, 10);
	return errno == 0 && *end == '\0' ? n : 0;
}

/* For us, or for whoever reads it. */
static int64_t
watchdog_ns(void)
{
	const uint64_t usec = number_of("WATCHDOG_USEC"), pid = number_of("WATCHDOG_PID");
	if ((getenv("WATCHDOG_PID") != NULL && pid != (uint64_t)getpid()) ||
		usec > INT64_MAX / 1000)
		return 0;
	return (int64_t)usec * 1000;
}

void
notify_init(struct notify *n)
{
	const char *name = getenv("NOTIFY_SOCKET");
	*n = (struct notify){ .fd = -1 };
	if (name == NULL || !set_address(n, name))
		return;
	n->fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	if (n->fd >= 0)
		n->watchdog_ns = watchdog_ns();
}

void
notify_fini(struct notify *n)
{
	if (n->fd >= 0)
		close(n->fd);
	n->fd = -1;
}

int
notify_send(const struct notify *n, const char *lines)
{
	const size_t len = strlen(lines);
	if (n->fd < 0)
		return 0;
	const ssize_t sent = sendto(n->fd, lines, len, MSG_NOSIGNAL,
		(const struct sockaddr *)(const void *)&n->to, n->to_len);
	return sent == (ssize_t)len ? 0 : -errno;
}
