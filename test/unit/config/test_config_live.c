/* SPDX-License-Identifier: BSD-3-Clause */
/* What spans several keys of live operation. */
#include "complaints.h"

static struct nt_config cfg;
static struct complaints told;

static void
fine(const char *assignment)
{
	assert_int_equal(set(&cfg, &told, assignment), 0);
	if (nt_config_check(&cfg, complaints_take, &told) != 0)
		fail_msg("%s: %s", assignment, told.text);
}

static void
refused(const char *assignment, const char *line)
{
	assert_int_equal(set(&cfg, &told, assignment), 0);
	assert_int_equal(nt_config_check(&cfg, complaints_take, &told), -EINVAL);
	assert_string_equal(told.text, line);
	assert_int_equal(told.count, 1);
}

static void
test_port(void **state)
{
	(void)state;
	nt_config_default(&cfg);
	fine("port.descriptors=64");
	fine("port.descriptors=32768");
	refused("port.descriptors=1000",
		"port.descriptors: 1000 is not a power of two (256, 512, 1024, 2048 ...)\n");
	fine("port.descriptors=1024");
	fine("port.mtu=68");
	refused("port.mtu=67", "port.mtu: 67 is less than 68; 0 leaves the port's as it is\n");
	refused("port.mtu=1", "port.mtu: 1 is less than 68; 0 leaves the port's as it is\n");
	fine("port.mtu=0");
	fine("port.mtu=16000");
}

static void
test_cpus(void **state)
{
	(void)state;
	nt_config_default(&cfg);
	fine("lcores.cpus=1,0");
	refused("lcores.cpus=1", "lcores.cpus: 1 CPUs are too few: control and 1 worker need 2\n");
	fine("lcores.cpus=0-2");
	fine("workers=2");
	refused("workers=3", "lcores.cpus: 3 CPUs are too few: control and 3 workers need 4\n");
	fine("workers=2");
	refused("port.distributor=on",
		"lcores.cpus: 3 CPUs are too few: control, the distributor and 2 workers need "
		"4\n");
	fine("lcores.cpus=2-5,8");
	refused("lcores.cpus=2-5,5", "lcores.cpus: a CPU stands twice\n");
	refused("lcores.cpus=5-2",
		"lcores.cpus: a CPU's number is above 1023, or a range runs backwards\n");
	refused("lcores.cpus=0-1024",
		"lcores.cpus: a CPU's number is above 1023, or a range runs backwards\n");
	refused("lcores.cpus=2,,5", "lcores.cpus: is no list of CPUs, like 2-5,8\n");
	fine("lcores.cpus=");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_port),
		cmocka_unit_test(test_cpus),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
