/* SPDX-License-Identifier: BSD-3-Clause */
/* What the kernel drops of sockets and a TAP, in a network namespace where nobody else sends. */
#include <arpa/inet.h>
#include <fcntl.h>
#include <linux/if_packet.h>
#include <linux/if_tun.h>
#include <net/ethernet.h>
#include <net/if.h>
#include <sched.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mount.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cmocka.h>

#include "port_kernel.h"

static bool alone;
static struct port_kernel k;

/* Nothing here is anybody else's; without the right to that, there is nothing to test. */
static int
group_setup(void **state)
{
	(void)state;
	alone = unshare(CLONE_NEWNET | CLONE_NEWNS) == 0 &&
		mount("none", "/", NULL, MS_REC | MS_PRIVATE, NULL) == 0 &&
		mount("sysfs", "/sys", "sysfs", 0, NULL) == 0;
	return 0;
}

static void
set_up(const char *interface, int queue)
{
	struct ifreq r = { .ifr_qlen = queue };
	const int fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	(void)snprintf(r.ifr_name, sizeof(r.ifr_name), "%s", interface);
	if (queue != 0)
		assert_int_equal(ioctl(fd, SIOCSIFTXQLEN, &r), 0);
	r.ifr_flags = IFF_UP;
	assert_int_equal(ioctl(fd, SIOCSIFFLAGS, &r), 0);
	close(fd);
}

/* As a driver has it; with room for next to nothing. */
static int
open_socket(unsigned int if_index, int version)
{
	const struct sockaddr_ll at = { .sll_family = AF_PACKET,
		.sll_protocol = htons(ETH_P_ALL),
		.sll_ifindex = (int)if_index };
	const int fd = socket(AF_PACKET, SOCK_RAW | SOCK_CLOEXEC, htons(ETH_P_ALL)), least = 1;
	assert_true(fd >= 0);
	assert_int_equal(setsockopt(fd, SOL_PACKET, PACKET_VERSION, &version, sizeof(version)), 0);
	assert_int_equal(setsockopt(fd, SOL_SOCKET, SO_RCVBUF, &least, sizeof(least)), 0);
	assert_int_equal(bind(fd, (const struct sockaddr *)&at, sizeof(at)), 0);
	return fd;
}

static void
send_frames(unsigned int if_index, unsigned int n)
{
	const struct sockaddr_ll to = { .sll_family = AF_PACKET, .sll_ifindex = (int)if_index };
	const uint8_t frame[1000] = { [12] = 0x88, [13] = 0xb5 }; /* for experiments */
	const int fd = socket(AF_PACKET, SOCK_RAW | SOCK_CLOEXEC, 0);
	for (unsigned int i = 0; i < n; i++)
		(void)sendto(fd, frame, sizeof(frame), 0, (const struct sockaddr *)&to, sizeof(to));
	close(fd);
}

static void
test_sockets(void **state)
{
	(void)state;
	if (!alone)
		skip();
	const unsigned int lo = if_nametoindex("lo");
	set_up("lo", 0);
	const int a = open_socket(lo, TPACKET_V2), b = open_socket(lo, TPACKET_V2);
	const int pcaps = open_socket(lo, TPACKET_V3), elsewhere = open_socket(0, TPACKET_V2);
	send_frames(lo, 100);
	port_kernel_begin(&k, "net_af_packet", lo);
	assert_int_equal(k.socket_count, 2);
	assert_true(k.sockets[0] == a || k.sockets[0] == b);
	assert_int_equal(port_kernel_drops(&k), 0); /* those were before */
	/* Each is seen as it goes and as it comes, by either socket, which are full. */
	send_frames(lo, 100);
	assert_int_equal(port_kernel_drops(&k), 400);
	assert_int_equal(port_kernel_drops(&k), 400);
	send_frames(lo, 1);
	assert_int_equal(port_kernel_drops(&k), 404);
	port_kernel_end(&k);
	send_frames(lo, 1);
	assert_int_equal(port_kernel_drops(&k), 404);
	close(a);
	close(b);
	close(pcaps);
	close(elsewhere);
}

/* Whose sockets are none of ours: nothing is looked for. */
static void
test_others(void **state)
{
	(void)state;
	if (!alone)
		skip();
	const unsigned int lo = if_nametoindex("lo");
	set_up("lo", 0);
	const int fd = open_socket(lo, TPACKET_V2);
	static const struct {
		const char *driver;
		bool interface;
	} cases[] = { { "net_pcap", true }, { "net_af_xdp", true }, { "net_tap", false },
		{ "net_af_packet", false } };
	for (unsigned int i = 0; i < NT_ARRAY_SIZE(cases); i++) {
		port_kernel_begin(&k, cases[i].driver, cases[i].interface ? lo : 0);
		send_frames(lo, 100);
		assert_int_equal(k.socket_count, 0);
		assert_int_equal(port_kernel_drops(&k), 0);
	}
	close(fd);
}

static void
test_tap(void **state)
{
	(void)state;
	struct ifreq r = { .ifr_flags = IFF_TAP | IFF_NO_PI };
	const int fd = alone ? open("/dev/net/tun", O_RDWR | O_CLOEXEC) : -1;
	(void)snprintf(r.ifr_name, sizeof(r.ifr_name), "nttap");
	if (fd < 0 || ioctl(fd, TUNSETIFF, &r) != 0)
		skip();
	set_up("nttap", 8);
	const unsigned int tap = if_nametoindex("nttap");
	send_frames(tap, 100);
	port_kernel_begin(&k, "net_tap", tap);
	assert_string_equal(k.path, "/sys/class/net/nttap/statistics/tx_dropped");
	const uint64_t quiet = port_kernel_drops(&k);
	assert_in_range(quiet, 0, 10); /* the kernel's own greetings */
	send_frames(tap, 100);
	const uint64_t after = port_kernel_drops(&k);
	assert_in_range(after, quiet + 100, quiet + 110);
	port_kernel_end(&k);
	send_frames(tap, 100);
	assert_int_equal(port_kernel_drops(&k), after);
	close(fd);
	/* It is gone: what was counted stays. */
	port_kernel_begin(&k, "net_tap", tap);
	assert_string_equal(k.path, "");
	assert_int_equal(port_kernel_drops(&k), 0);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_sockets),
		cmocka_unit_test(test_others),
		cmocka_unit_test(test_tap),
	};
	return cmocka_run_group_tests(tests, group_setup, NULL);
}
