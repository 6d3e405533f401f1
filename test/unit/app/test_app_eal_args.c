/* SPDX-License-Identifier: BSD-3-Clause */
#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

#include <cmocka.h>

#include "eal_args.h"

static void
complain(void *arg, const char *line)
{
	(void)arg;
	fail_msg("%s", line);
}

/* The configuration with these settings (NULL behind the last), as a line. */
static void
line_of(char *out, size_t room, const char *const *settings, const struct eal_want *want)
{
	static struct nt_config c;
	static struct eal_args args;
	struct nt_error err;
	nt_config_default(&c);
	for (; *settings != NULL; settings++)
		assert_int_equal(nt_config_set(&c, *settings, complain, NULL), 0);
	assert_int_equal(eal_args_live(&args, &c, want, &err), 0);
	assert_null(args.argv[args.argc]);
	eal_args_line(&args, out, room);
}

/* As main has them. */
#define ARG(text)     ((char[]){ text })
#define SETTINGS(...) ((const char *const[]){ __VA_ARGS__, NULL })

static void
test_ports(void **state)
{
	char line[4096];
	const struct eal_want want = { .lcores = 2, .memory_mb = 100 };
	(void)state;
	line_of(line, sizeof(line),
		SETTINGS("workers=2", "lcores.cpus=3-5",
			"ports=0000:03:00.0,net_pcap0,rx_pcap=a.pcap,rx_pcap=b.pcap"),
		&want);
	assert_string_equal(line,
		"--lcores=0@3,1@4,2@5 --main-lcore=0 --huge-unlink=always --file-prefix=nametap "
		"'--log-level=*:error' -a0000:03:00.0 "
		"--vdev=net_pcap0,rx_pcap=a.pcap,rx_pcap=b.pcap");
}

static void
test_no_cards(void **state)
{
	char line[4096];
	const struct eal_want want = { .lcores = 1, .memory_mb = 100 };
	(void)state;
	line_of(line, sizeof(line),
		SETTINGS("lcores.cpus=7,2", "lcores.huge=false", "run.prefix=x", "ports=net_null0"),
		&want);
	assert_string_equal(line, "--lcores=0@7,1@2 --main-lcore=0 --no-huge -m100 --file-prefix=x "
				  "'--log-level=*:error' --vdev=net_null0 --no-pci");
	line_of(line, sizeof(line),
		SETTINGS("lcores.cpus=7,2", "lcores.memory=64", "ports=net_null0"), &want);
	assert_non_null(strstr(line, " --huge-unlink=always -m64 "));
}

static void
test_distributor(void **state)
{
	char line[4096];
	const struct eal_want want = { .lcores = 3 };
	(void)state;
	line_of(line, sizeof(line), SETTINGS("workers=2", "lcores.cpus=10-13"), &want);
	assert_non_null(strstr(line, "'--lcores=0@10,1@12,2@13,3@(11)'"));
	line_of(line, sizeof(line), SETTINGS("workers=2", "lcores.cpus=10-12"), &want);
	assert_non_null(strstr(line, "'--lcores=0@10,1@11,2@12,3@(10-12)'"));
	line_of(line, sizeof(line), SETTINGS("workers=2"), &want);
	assert_non_null(strstr(line, "'--lcores=(0-3)@("));
}

static void
test_the_users_options(void **state)
{
	char line[4096];
	char *extra[] = { ARG("-l"), ARG("0-3"), ARG("-m512"), ARG("--file-prefix"), ARG("mine"),
		ARG("--log-level=pmd:8"), ARG("-a03:00.0"), ARG("--in-memory"), ARG("it's") };
	const struct eal_want want = { .lcores = 1,
		.memory_mb = 9,
		.extra = extra,
		.extra_count = (int)NT_ARRAY_SIZE(extra) };
	(void)state;
	line_of(line, sizeof(line), SETTINGS("ports=net_null0"), &want);
	assert_string_equal(line,
		"--vdev=net_null0 -l 0-3 -m512 --file-prefix mine --log-level=pmd:8 -a03:00.0 "
		"--in-memory 'it'\\''s'");
	/* --main-lcore is no -m */
	char *other[] = { ARG("--main-lcore=1") };
	const struct eal_want two = { .lcores = 1, .extra = other, .extra_count = 1 };
	line_of(line, sizeof(line), SETTINGS("lcores.memory=77"), &two);
	assert_non_null(strstr(line, " -m77 "));
	assert_null(strstr(line, "--main-lcore=0"));
}

static void
test_bounds(void **state)
{
	static struct nt_config c;
	static struct eal_args args;
	struct nt_error err;
	char *extra[200], room[16];
	(void)state;
	nt_config_default(&c);
	char x[] = "x";
	for (unsigned int i = 0; i < NT_ARRAY_SIZE(extra); i++)
		extra[i] = x;
	struct eal_want want = { .lcores = 1, .extra = extra, .extra_count = 100 };
	assert_int_equal(eal_args_live(&args, &c, &want, &err), 0);
	eal_args_line(&args, room, sizeof(room));
	assert_true(strlen(room) < sizeof(room));
	want.extra_count = 200;
	assert_int_equal(eal_args_live(&args, &c, &want, &err), -E2BIG);
	/* as the check of the configuration would have said */
	want.extra_count = 0;
	c.workers = 4;
	assert_int_equal(nt_config_set(&c, "lcores.cpus=1-4", complain, NULL), 0);
	assert_int_equal(eal_args_live(&args, &c, &want, &err), -EINVAL);
	assert_non_null(strstr(err.msg, "1-4"));
}

static void
test_jumbo(void **state)
{
	static const struct {
		const char *mtu, *ports, *wanted;
	} cases[] = {
		{ "port.mtu=0", "ports=[\"net_af_packet0,iface=a\"]",
			"--vdev=net_af_packet0,iface=a " },
		{ "port.mtu=1500", "ports=[\"net_af_packet0,iface=a\"]",
			"--vdev=net_af_packet0,iface=a " },
		{ "port.mtu=3000", "ports=[\"net_af_packet0,iface=a\"]",
			"--vdev=net_af_packet0,iface=a,framesz=4096,blocksz=4096 " },
		{ "port.mtu=9000", "ports=[\"net_af_packet0,iface=a\"]",
			"--vdev=net_af_packet0,iface=a,framesz=16384,blocksz=16384 " },
		{ "port.mtu=16000", "ports=[\"net_af_packet0,iface=a\"]",
			"--vdev=net_af_packet0,iface=a,framesz=16384,blocksz=16384 " },
		{ "port.mtu=9000", "ports=[\"net_af_packet0,iface=a,framesz=9216,blocksz=36864\"]",
			"--vdev=net_af_packet0,iface=a,framesz=9216,blocksz=36864 " },
		{ "port.mtu=9000", "ports=[\"net_tap0\"]", "--vdev=net_tap0 " },
	};
	const struct eal_want want = { .lcores = 1, .memory_mb = 100 };
	char line[4096];
	(void)state;
	for (size_t i = 0; i < NT_ARRAY_SIZE(cases); i++) {
		line_of(line, sizeof(line), SETTINGS(cases[i].mtu, cases[i].ports), &want);
		if (strstr(line, cases[i].wanted) == NULL)
			fail_msg("%s %s: %s", cases[i].mtu, cases[i].ports, line);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_ports),
		cmocka_unit_test(test_jumbo),
		cmocka_unit_test(test_no_cards),
		cmocka_unit_test(test_distributor),
		cmocka_unit_test(test_the_users_options),
		cmocka_unit_test(test_bounds),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
