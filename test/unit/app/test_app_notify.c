/* SPDX-License-Identifier: BSD-3-Clause */
/* What arrives on a socket that stands for systemd's. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "notify.h"

/* Bind a socket; name as $NOTIFY_SOCKET has it. */
static int
listen_at(const char *name)
{
	struct sockaddr_un a = { .sun_family = AF_UNIX };
	const int fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_NONBLOCK, 0);
	const size_t len = strlen(name);
	memcpy(a.sun_path, name, len);
	if (name[0] == '@')
		a.sun_path[0] = '\0';
	assert_true(fd >= 0);
	assert_int_equal(bind(fd, (const struct sockaddr *)(const void *)&a,
				 (socklen_t)(offsetof(struct sockaddr_un, sun_path) + len)),
		0);
	return fd;
}

static void
expect_sent(int fd, const char *text)
{
	char got[128] = "";
	const ssize_t n = recv(fd, got, sizeof(got) - 1, 0);
	assert_int_equal(n, strlen(text));
	assert_string_equal(got, text);
}

static void
expect_way(const char *name)
{
	struct notify n;
	const int fd = listen_at(name);
	setenv("NOTIFY_SOCKET", name, 1);
	notify_init(&n);
	assert_int_equal(notify_send(&n, "READY=1\nMAINPID=7"), 0);
	expect_sent(fd, "READY=1\nMAINPID=7");
	assert_int_equal(notify_send(&n, "WATCHDOG=1"), 0);
	expect_sent(fd, "WATCHDOG=1");
	/* Nobody reads any more: it does not wait. */
	while (notify_send(&n, "STATUS=busy") == 0)
		;
	close(fd);
	assert_true(notify_send(&n, "STATUS=gone") < 0);
	notify_fini(&n);
	if (name[0] == '/')
		unlink(name);
}

static void
test_path(void **state NT_UNUSED)
{
	char name[64];
	snprintf(name, sizeof(name), "/tmp/nametap-notify-%d", (int)getpid());
	expect_way(name);
}

static void
test_abstract(void **state NT_UNUSED)
{
	char name[64];
	snprintf(name, sizeof(name), "@nametap-notify-%d", (int)getpid());
	expect_way(name);
}

/* No socket, or no name of one: everything is fine, and nothing is sent. */
static void
test_nobody(void **state NT_UNUSED)
{
	static const char *const names[] = { "", "relative", "@", "/" };
	char longest[sizeof(((struct sockaddr_un *)0)->sun_path) + 2];
	struct notify n;
	unsetenv("NOTIFY_SOCKET");
	notify_init(&n);
	assert_int_equal(notify_send(&n, "READY=1"), 0);
	for (unsigned int i = 0; i < NT_ARRAY_SIZE(names); i++) {
		setenv("NOTIFY_SOCKET", names[i], 1);
		notify_init(&n);
		assert_int_equal(n.fd, -1);
	}
	memset(longest, 'x', sizeof(longest) - 1);
	longest[0] = '/';
	longest[sizeof(longest) - 1] = '\0';
	setenv("NOTIFY_SOCKET", longest, 1);
	notify_init(&n);
	assert_int_equal(n.fd, -1);
	notify_fini(&n);
}

static void
expect_watchdog(const char *usec, const char *pid, int64_t want_ns)
{
	struct notify n;
	setenv("WATCHDOG_USEC", usec, 1);
	if (pid == NULL)
		unsetenv("WATCHDOG_PID");
	else
		setenv("WATCHDOG_PID", pid, 1);
	notify_init(&n);
	assert_int_equal(n.watchdog_ns, want_ns);
	notify_fini(&n);
}

static void
test_watchdog(void **state NT_UNUSED)
{
	char me[16];
	snprintf(me, sizeof(me), "%d", (int)getpid());
	setenv("NOTIFY_SOCKET", "@nametap-nobody", 1);
	expect_watchdog("30000000", NULL, NT_SEC(30));
	expect_watchdog("30000000", me, NT_SEC(30));
	expect_watchdog("30000000", "1", 0);
	expect_watchdog("30000000", "", 0);
	expect_watchdog("", me, 0);
	expect_watchdog("-1", me, 0);
	expect_watchdog("3s", me, 0);
	expect_watchdog("99999999999999999999999", me, 0);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_path),
		cmocka_unit_test(test_abstract),
		cmocka_unit_test(test_nobody),
		cmocka_unit_test(test_watchdog),
	};
	return cmocka_run_group_tests_name("notify", tests, NULL, NULL);
}
