/* SPDX-License-Identifier: BSD-3-Clause */
/* Each shortfall, in a machine that is made up, with the line that it is told in. */
#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#include <preflight.h>

#include "made_tree.h"

#define CARD "/sys/bus/pci/devices/0000:03:00.0/"
#define HUGE "/sys/kernel/mm/hugepages/hugepages-2048kB/"

static struct nt_config cfg;
static struct preflight p;
static char lines[PREFLIGHT_MAX * 1024];

static void
assign(const char *assignment)
{
	assert_int_equal(nt_config_set(&cfg, assignment, NULL, NULL), 0);
	assert_int_equal(nt_config_check(&cfg, NULL, NULL), 0);
}

static void
look(const char *root)
{
	lines[0] = '\0';
	FILE *out = fmemopen(lines, sizeof(lines), "w");
	p = (struct preflight){ .config = &cfg, .root = root, .dpdk_mb = 200 };
	preflight_look(&p);
	preflight_print(out, &p, false);
	fclose(out);
}

/* Just this is found. */
static void
finds(const char *root, const char *line)
{
	look(root);
	assert_string_equal(lines, line);
}

/* A machine on which all is well. */
static int
sound(void **state)
{
	made_tree(state);
	const char *root = *state;
	nt_config_default(&cfg);
	setenv("RUNTIME_DIRECTORY", "/run/nametap", 1);
	assign("ports=0000:03:00.0");
	made_file(root, "/proc/self/status",
		"Name:\tx\nCapEff:\tffffffffffffffff\nCpus_allowed_list:\t0-7\n");
	made_file(root, "/proc/meminfo", "MemFree: 1 kB\nMemAvailable:   64000000 kB\n");
	made_file(root, "/proc/mounts",
		"proc /proc proc rw 0 0\n"
		"hugetlbfs /dev/hugepages hugetlbfs rw,pagesize=2M 0 0\n");
	made_dir(root, "/dev/hugepages");
	made_file(root, HUGE "nr_hugepages", "128\n");
	made_file(root, HUGE "free_hugepages", "100\n");
	made_file(root, "/sys/kernel/mm/transparent_hugepage/enabled", "always [madvise] never\n");
	made_file(root, "/sys/devices/system/cpu/online", "0-7\n");
	made_file(root, "/sys/devices/system/cpu/isolated", "2-7\n");
	made_file(root, CARD "class", "0x020000\n");
	made_link(root, CARD "driver", "../../../bus/pci/drivers/vfio-pci");
	made_link(root, CARD "iommu_group", "../../../kernel/iommu_groups/17");
	made_dir(root, "/sys/module/vfio_pci");
	made_file(root, "/dev/vfio/17", "");
	made_dir(root, "/var/log/nametap");
	made_dir(root, "/run/nametap");
	return 0;
}

static void
test_sound(void **state)
{
	finds(*state, "");
	assert_int_equal(p.count, 0);
	assert_int_equal(p.errors + p.warnings, 0);
}

static void
test_pages(void **state)
{
	const char *root = *state;
	made_file(root, HUGE "free_hugepages", "99\n");
	finds(root, "nametap: error: huge pages: 100 of 2 MiB are needed (DPDK's 200 MiB), 99 are "
		    "free; do this: echo 129 > /proc/sys/vm/nr_hugepages\n");
	/* one page of 1 GiB does as well */
	made_file(root, "/sys/kernel/mm/hugepages/hugepages-1048576kB/free_hugepages", "1\n");
	finds(root, "");
	made_gone(root, "/sys/kernel/mm/hugepages");
	finds(root, "nametap: error: huge pages: this kernel has none of 2 MiB; do this: --set "
		    "lcores.huge=false\n");
	assign("lcores.huge=false");
	made_file(root, "/proc/mounts", "");
	finds(root, "");
}

static void
test_mount(void **state)
{
	const char *root = *state;
	made_file(root, "/proc/mounts", "proc /proc proc rw 0 0\n\nshort\nhugetlbfs\n");
	finds(root, "nametap: error: huge pages: they are mounted nowhere; do this: mkdir -p "
		    "/dev/hugepages && mount -t hugetlbfs nodev /dev/hugepages\n");
	made_gone(root, "/proc/mounts");
	look(root);
	assert_int_equal(p.errors, 1);
}

static void
test_nodes(void **state)
{
	const char *root = *state;
	made_file(root, CARD "numa_node", "1\n");
	made_file(root, "/sys/devices/system/node/node1/hugepages/hugepages-2048kB/free_hugepages",
		"3\n");
	finds(root, "nametap: warning: huge pages: 0000:03:00.0 is on NUMA node 1, where 3 of 2 "
		    "MiB are free; do this: echo 100 > "
		    "/sys/devices/system/node/node1/hugepages/hugepages-2048kB/nr_hugepages\n");
	made_file(root, CARD "numa_node", "-1\n");
	finds(root, "");
}

static void
test_memory(void **state)
{
	const char *root = *state;
	made_file(root, "/sys/kernel/mm/transparent_hugepage/enabled", "always madvise [never]\n");
	finds(root, "nametap: warning: transparent huge pages: they are off, tables will be on "
		    "small pages; do this: echo madvise > "
		    "/sys/kernel/mm/transparent_hugepage/enabled\n");
	made_gone(root, "/sys/kernel/mm/transparent_hugepage");
	made_file(root, "/proc/meminfo", "MemAvailable: 2000000 kB\n");
	look(root);
	assert_int_equal(p.warnings, 1);
	assert_non_null(strstr(lines, " MiB once they are full, 1953 are available; do this: --set "
				      "flow.max="));
	/* what it says helps */
	assign(strstr(lines, "flow.max="));
	finds(root, "");
	assign("flow.max=100000000");
	made_file(root, "/proc/meminfo", "MemTotal: 4000000 kB\nMemAvailable: 2000000 kB\n");
	look(root);
	assert_int_equal(p.errors, 1);
	assert_non_null(strstr(lines, "once they are full, the machine has 3906; do this: --set "));
	assign(strstr(lines, "flow.max="));
	finds(root, "");
	assign("lcores.huge=false");
	assign("lcores.memory=4000");
	made_file(root, "/proc/meminfo", "MemAvailable: 100000 kB\n");
	finds(root, "nametap: error: lcores.memory: 200 MiB are asked for, 97 are available; do "
		    "this: --set lcores.memory=0 (what the ports need)\n");
	assign("lcores.memory=0");
	made_file(root, "/proc/meminfo", "MemAvailable: 100000 kB\n");
	finds(root, "nametap: error: memory: DPDK needs 200 MiB, 97 are available; do this: --set "
		    "port.descriptors=2048\n");
}

/* The narrowest of a service's own group and those above it. */
static void
test_group(void **state)
{
	const char *root = *state;
	made_file(root, "/proc/self/cgroup", "0::/system.slice/nametap.service\n");
	made_file(root, "/sys/fs/cgroup/system.slice/nametap.service/memory.max", "max\n");
	finds(root, "");
	made_file(root, "/sys/fs/cgroup/system.slice/memory.max", "1000000000\n");
	made_file(root, "/sys/fs/cgroup/system.slice/memory.current", "475712000\n");
	look(root);
	assert_int_equal(p.warnings, 1);
	assert_non_null(strstr(lines, "once they are full, 500 are available; do this: --set "));
	made_file(root, "/sys/fs/cgroup/system.slice/memory.max", "1\n");
	look(root);
	assert_non_null(strstr(lines, "once they are full, 0 are available; do this: --set "));
	made_file(root, "/proc/self/cgroup", "4:memory:/x\n0::/\n");
	finds(root, "");
}

static void
test_cpus_free(void **state)
{
	const char *root = *state;
	assign("workers=7");
	finds(root, "");
	assign("workers=8");
	finds(root, "nametap: warning: CPUs: control and 8 workers share 8; do this: --set "
		    "workers=7\n");
	assign("workers=7");
	assign("port.distributor=on");
	finds(root, "nametap: warning: CPUs: control, the distributor and 7 workers share 8; do "
		    "this: --set workers=6\n");
}

static void
test_cpus_pinned(void **state)
{
	const char *root = *state;
	assign("lcores.cpus=0,2-3");
	finds(root, "");
	assign("lcores.cpus=0-2");
	finds(root, "nametap: warning: CPU 1 of lcores.cpus: other work may run there as well; do "
		    "this: boot with isolcpus=0-2 nohz_full=0-2 rcu_nocbs=0-2\n");
	made_file(root, "/sys/devices/system/cpu/cpu3/topology/thread_siblings_list", "2-3\n");
	assign("lcores.cpus=0,2-3");
	finds(root, "nametap: warning: CPUs 2 and 3 of lcores.cpus are one core's threads; do "
		    "this: --set lcores.cpus=CPUS, one of each core: lscpu -e\n");
	assign("lcores.cpus=0,9");
	finds(root, "nametap: error: CPU 9 of lcores.cpus: it is not online; do this: --set "
		    "lcores.cpus=CPUS, of those that /sys/devices/system/cpu/online has\n");
	made_dir(root, "/sys/devices/system/cpu/cpu9");
	finds(root, "nametap: error: CPU 9 of lcores.cpus: it is not online; do this: echo 1 > "
		    "/sys/devices/system/cpu/cpu9/online\n");
	made_file(root, "/sys/devices/system/cpu/online", "0-9\n");
	finds(root, "nametap: error: CPU 9 of lcores.cpus: this process may not use it; do this: "
		    "taskset -c 0,9 nametap run ... (a service: CPUAffinity=0,9)\n");
}

/* However many lack the same, it is a line. */
static void
test_cpus_many(void **state)
{
	const char *root = *state;
	assign("lcores.cpus=0-9,12,14-15");
	finds(root, "nametap: error: CPUs 8-9,12,14-15 of lcores.cpus: they are not online; do "
		    "this: --set lcores.cpus=CPUS, of those that /sys/devices/system/cpu/online "
		    "has\n");
	made_dir(root, "/sys/devices/system/cpu/cpu8");
	made_dir(root, "/sys/devices/system/cpu/cpu9");
	assign("lcores.cpus=0-9");
	finds(root, "nametap: error: CPUs 8-9 of lcores.cpus: they are not online; do this: "
		    "chcpu -e 8-9\n");
	made_file(root, "/sys/devices/system/cpu/online", "0-8\n");
	look(root);
	assert_int_equal(p.errors, 2);
	assert_string_equal(p.findings[0].what, "CPU 9 of lcores.cpus: it is not online");
	assert_string_equal(
		p.findings[1].what, "CPU 8 of lcores.cpus: this process may not use it");
	made_file(root, "/sys/devices/system/cpu/online", "0-9\n");
	finds(root, "nametap: error: CPUs 8-9 of lcores.cpus: this process may not use them; do "
		    "this: taskset -c 0-9 nametap run ... (a service: CPUAffinity=0-9)\n");
}

static void
test_no_ports(void **state)
{
	assign("ports=[]");
	finds(*state, "nametap: error: ports: there are none; do this: --set ports=0000:03:00.0 "
		      "(dpdk-devbind.py -s lists cards)\n");
}

static void
test_card(void **state)
{
	const char *root = *state;
	assign("ports=03:00.0");
	finds(root, "");
	made_link(root, CARD "driver", "/sys/bus/pci/drivers/ixgbe");
	finds(root, "nametap: error: port 0000:03:00.0: it is bound to ixgbe, not to vfio-pci; do "
		    "this: dpdk-devbind.py -b vfio-pci 0000:03:00.0\n");
	made_gone(root, "/sys/module/vfio_pci");
	made_gone(root, CARD "driver");
	finds(root, "nametap: error: port 0000:03:00.0: it is bound to nothing, not to vfio-pci; "
		    "do this: modprobe vfio-pci && dpdk-devbind.py -b vfio-pci 0000:03:00.0\n");
	made_link(root, CARD "driver", "/sys/bus/pci/drivers/mlx5_core");
	finds(root, "");
	made_file(root, CARD "class", "0x010802\n");
	finds(root, "nametap: error: port 0000:03:00.0: it is no network card; do this: lspci -D "
		    "-d ::02xx (lists network cards)\n");
	assign("ports=0000:AB:00.0");
	finds(root, "nametap: error: port 0000:ab:00.0: there is no such device; do this: lspci -D "
		    "-d ::02xx (lists network cards)\n");
}

static void
test_iommu(void **state)
{
	const char *root = *state;
	made_gone(root, CARD "iommu_group");
	finds(root, "nametap: error: port 0000:03:00.0: there is no IOMMU; do this: echo 1 > "
		    "/sys/module/vfio/parameters/enable_unsafe_noiommu_mode (or boot with "
		    "intel_iommu=on iommu=pt)\n");
	made_file(root, "/sys/module/vfio/parameters/enable_unsafe_noiommu_mode", "Y\n");
	finds(root, "");
	made_link(root, CARD "iommu_group", "../../18");
	finds(root, "nametap: error: port 0000:03:00.0: there is no /dev/vfio/18; do this: "
		    "modprobe vfio-pci && dpdk-devbind.py -b vfio-pci 0000:03:00.0\n");
	made_file(root, "/dev/vfio/noiommu-18", "");
	finds(root, "");
}

static void
powerless(const char *root)
{
	made_file(root, "/proc/self/status", "CapEff:\t0\nCpus_allowed_list:\t0-7\n");
}

/* Of Ethernet, with packets of one byte. */
static void
made_capture(const char *root, const char *path, unsigned int packets)
{
	const uint32_t head[6] = { 0xa1b2c3d4, 4u << 16 | 2, 0, 0, 65535, 1 };
	const uint32_t packet[4] = { 1, 1, 1, 1 };
	char full[256];
	made_file(root, path, "");
	snprintf(full, sizeof(full), "%s%s", root, path);
	FILE *f = fopen(full, "w");
	assert_non_null(f);
	fwrite(head, 1, sizeof(head), f);
	for (unsigned int i = 0; i < packets; i++) {
		fwrite(packet, 1, sizeof(packet), f);
		fputc('x', f);
	}
	fclose(f);
}

static void
test_mbufs(void **state)
{
	const char *root = *state;
	assign("port.descriptors=1024");
	assign("port.mbufs=1");
	look(root);
	assert_non_null(strstr(lines, "error: port 0000:03:00.0: port.mbufs is 1, it needs "));
	assign(strstr(lines, "port.mbufs="));
	finds(root, "");
	assign("port.mbufs=0");
	assign("ports=net_pcap0,rx_pcap=/x/a.pcap,rx_pcap=/x/a.pcap,infinite_rx=1");
	made_capture(root, "/x/a.pcap", 1000);
	look(root);
	assert_non_null(strstr(lines, "error: port net_pcap0: infinite_rx holds the 2000 packets "
				      "of its files in memory, "));
	assign(strstr(lines, "port.mbufs="));
	finds(root, "");
	assign("port.mbufs=0");
	assign("ports=net_pcap0,rx_pcap=/x/a.pcap,infinite_rx=0");
	finds(root, "");
	made_file(root, "/x/a.pcap", "no capture, but text of some length");
	look(root);
	assert_non_null(strstr(lines, "error: port net_pcap0: /x/a.pcap is no capture: unknown "
				      "file format; do this: file /x/a.pcap "));
}

static void
test_virtual(void **state)
{
	const char *root = *state;
	assign("ports=net_null0,net_ring1,net_pcap0,rx_pcap=/x/a.pcap,rx_pcap=/x/b.pcap");
	made_capture(root, "/x/a.pcap", 0);
	finds(root, "nametap: error: port net_pcap0: there is no file /x/b.pcap; do this: ls "
		    "/x/b.pcap\n");
	made_capture(root, "/x/b.pcap", 0);
	powerless(root);
	finds(root, "");
	assign("ports=net_pcap0");
	finds(root, "nametap: error: port net_pcap0: it has nothing to receive from; do this: "
		    "--set ports=net_pcap0,rx_pcap=FILE (or rx_iface=INTERFACE)\n");
	assign("ports=net_magic0");
	look(root);
	assert_int_equal(p.errors, 1);
	assert_non_null(strstr(lines, "error: port net_magic0: this build has no driver net_magic; "
				      "do this: use one of: net_ring"));
}

/* A log is appended to: no capture may be one, by whatever name. */
static void
test_capture_is_log(void **state)
{
	const char *root = *state;
	char from[256], to[256];
	assign("ports=net_pcap0,rx_pcap=/x/a.pcap");
	made_capture(root, "/x/a.pcap", 0);
	made_file(root, "/var/log/nametap/conn.log", "");
	finds(root, "");
	assert_false(p.would_destroy);
	made_gone(root, "/var/log/nametap/conn.log");
	snprintf(from, sizeof(from), "%s/x/a.pcap", root);
	snprintf(to, sizeof(to), "%s/var/log/nametap/conn.log", root);
	assert_int_equal(link(from, to), 0);
	finds(root, "nametap: error: port net_pcap0: /x/a.pcap is the same file as "
		    "/var/log/nametap/conn.log, which is written to; do this: --set "
		    "run.dir=DIRECTORY, another one\n");
	assert_true(p.would_destroy);
}

static void
test_interfaces(void **state)
{
	const char *root = *state;
	assign("ports=net_af_packet0,iface=an_interface_012");
	look(root);
	assert_non_null(strstr(lines, "names have at most 15 characters; do this: ip -br link"));
	assign("ports=net_af_packet0,iface=eth1");
	finds(root, "nametap: error: port net_af_packet0: there is no interface eth1; do this: ip "
		    "-br link (lists them)\n");
	made_file(root, "/sys/class/net/eth1/flags", "0x1002\n");
	finds(root, "nametap: error: port net_af_packet0: interface eth1 is down; do this: ip link "
		    "set eth1 up\n");
	made_file(root, "/sys/class/net/eth1/flags", "0x1003\n");
	finds(root, "");
	powerless(root);
	finds(root, "nametap: error: port net_af_packet0: it needs CAP_NET_RAW; do this: run it as "
		    "root (a service: AmbientCapabilities=CAP_NET_RAW)\n");
	assign("ports=net_pcap0,rx_iface=eth1");
	look(root);
	assert_int_equal(p.errors, 1);
	assign("ports=net_af_packet0,qpairs=2");
	look(root);
	assert_int_equal(p.errors, 2);
	assert_non_null(strstr(lines, "it has no iface; do this: --set "
				      "ports=net_af_packet0,iface=INTERFACE\n"));
	assign("ports=net_tap0");
	look(root);
	assert_int_equal(p.errors, 2);
	assert_non_null(strstr(lines, "there is no /dev/net/tun; do this: modprobe tun\n"));
	assert_non_null(strstr(lines, "it needs CAP_NET_ADMIN"));
}

static void
test_directories(void **state)
{
	const char *root = *state;
	made_gone(root, "/var/log/nametap");
	finds(root, ""); /* it is made */
	assign("run.snapshot=/var/log/nametap/names");
	finds(root, "");
	assign("run.snapshot=");
	made_gone(root, "/var/log");
	look(root);
	assert_non_null(strstr(lines, "error: run.dir: there is no directory /var/log/nametap; do "
				      "this: install -d -o "));
	made_file(root, "/var/log/nametap", "");
	look(root);
	assert_non_null(strstr(lines, "error: run.dir: /var/log/nametap is no directory; do this: "
				      "mv /var/log/nametap /var/log/nametap.old && install -d"));
	made_gone(root, "/var/log/nametap");
	made_dir(root, "/var/log/nametap");
	assign("run.snapshot=/none/such/names");
	look(root);
	assert_int_equal(p.errors, 1);
	assert_non_null(strstr(lines, "error: run.snapshot: there is no directory /none/such; do "
				      "this: install -d -o "));
	made_dir(root, "/none/such");
	finds(root, "");
	made_dir(root, "/none/such/names");
	finds(root, "nametap: error: run.snapshot: /none/such/names is a directory; do this: --set "
		    "run.snapshot=/none/such/names/names.snapshot\n");
	made_gone(root, "/none/such/names");
	made_file(root, "/none/such/names", "");
	finds(root, "");
	made_file(root, "/none/such/names", "NTSNAP\r\n of some version");
	finds(root, "");
	made_file(root, "/none/such/names", "hello");
	finds(root, "nametap: error: run.snapshot: /none/such/names would be replaced, but it is "
		    "no snapshot of nametap; do this: --set "
		    "run.snapshot=/none/such/names.snapshot\n");
	made_link(root, "/none/such/link", "/dev/full");
	assign("run.snapshot=/none/such/link");
	look(root);
	assert_non_null(strstr(lines, "link would be replaced, but it is no regular file"));
	assign("run.snapshot=/var/log/nametap/conn.log");
	finds(root, "nametap: error: run.snapshot: /var/log/nametap/conn.log is one of the logs; "
		    "do this: --set run.snapshot=/var/log/nametap/names.snapshot\n");
	assign("run.snapshot=/var/log/../log/nametap/notice.log");
	look(root);
	assert_non_null(strstr(lines, "notice.log is one of the logs"));
	made_gone(root, "/run/nametap");
	assign("run.snapshot=");
	look(root);
	assert_non_null(strstr(lines, "error: DPDK's runtime directory: no right to write to "
				      "/run/nametap; do this: install -d -o "));
}

/* What the user says to EAL has the last word. */
static void
test_eal(void **state)
{
	static char in_memory[] = "--in-memory", vdev[] = "--vdev", null[] = "net_null0";
	static char l[] = "-l", list[] = "0,1", no_huge[] = "--no-huge", card[] = "-a03:00.0";
	static char lcores[] = "--lcores=0-1", no_shconf[] = "--no-shconf";
	char *const eal[] = { in_memory, vdev, null, l, list };
	char *const other[] = { no_huge, card, lcores, no_shconf };
	const char *root = *state;
	assign("ports=[]");
	assign("lcores.cpus=0,9");
	made_file(root, "/proc/mounts", "");
	made_gone(root, "/run/nametap");
	look(root);
	assert_int_equal(p.errors, 4);
	p.eal = eal;
	p.eal_count = NT_ARRAY_SIZE(eal);
	preflight_look(&p);
	assert_int_equal(p.errors, 0);
	p.eal_count = 1;
	preflight_look(&p);
	assert_int_equal(p.errors, 2);
	made_gone(root, "/sys/kernel/mm/hugepages");
	p.eal = other;
	p.eal_count = NT_ARRAY_SIZE(other);
	preflight_look(&p);
	assert_int_equal(p.errors, 0);
}

static void
test_quiet(void **state)
{
	const char *root = *state;
	assign("workers=8");
	assign("ports=[]");
	look(root);
	assert_non_null(strstr(lines, "warning: "));
	FILE *out = fmemopen(lines, sizeof(lines), "w");
	preflight_print(out, &p, true);
	fclose(out);
	assert_null(strstr(lines, "warning: "));
	assert_non_null(strstr(lines, "error: ports"));
}

/* Another sensor runs by the same name. */
static void
test_prefix(void **state)
{
	const char *root = *state;
	char path[256], line[256];
	int ready[2], done[2];
	made_file(root, "/run/nametap/dpdk/nametap/config", "x");
	finds(root, ""); /* of one that is gone */
	snprintf(path, sizeof(path), "%s/run/nametap/dpdk/nametap/config", root);
	assert_int_equal(pipe(ready) | pipe(done), 0);
	const pid_t pid = fork();
	assert_true(pid >= 0);
	if (pid == 0) {
		struct flock lock = { .l_type = F_WRLCK, .l_whence = SEEK_SET, .l_start = 8 };
		char byte = 0;
		const int fd = open(path, O_RDWR);
		close(done[1]);
		if (fcntl(fd, F_SETLK, &lock) != 0 || write(ready[1], &byte, 1) != 1)
			_exit(1);
		_exit(read(done[0], &byte, 1) != 0);
	}
	assert_int_equal(read(ready[0], line, 1), 1);
	snprintf(line, sizeof(line),
		"nametap: error: run.prefix: nametap is in use by process %d; do this: --set "
		"run.prefix=nametap-2 (or stop that process)\n",
		(int)pid);
	finds(root, line);
	close(done[1]);
	assert_int_equal(waitpid(pid, NULL, 0), pid);
	finds(root, "");
	close(done[0]);
	close(ready[0]);
	close(ready[1]);
}

/* As somebody who may do nothing. Root may do everything, so it is another process. */
static void
test_rights(void **state)
{
	const char *root = *state;
	char path[256];
	int status;
	if (getuid() != 0)
		skip();
	powerless(root);
	made_file(root, "/var/log/nametap/conn.log", "");
	snprintf(path, sizeof(path), "%s/var/log/nametap", root);
	assert_int_equal(chmod(path, 0777), 0);
	snprintf(path, sizeof(path), "%s", root);
	assert_int_equal(chmod(path, 0755), 0);
	const pid_t pid = fork();
	assert_true(pid >= 0);
	if (pid == 0) {
		if (setgid(65534) != 0 || setuid(65534) != 0)
			_exit(2);
		look(root);
		_exit(strstr(lines, "huge pages: no right to write to /dev/hugepages; do this: "
				    "chown nobody /dev/hugepages\n") == NULL ||
			strstr(lines, "no right to use /dev/vfio/17; do this: chown nobody "
				      "/dev/vfio/17\n") == NULL ||
			strstr(lines, "run.dir: no right to write /var/log/nametap/conn.log; do "
				      "this: chown nobody /var/log/nametap/conn.log\n") == NULL ||
			strstr(lines, "no right to write to /run/nametap; do this: ") == NULL);
	}
	assert_int_equal(waitpid(pid, &status, 0), pid);
	assert_int_equal(status, 0);
}

/* Whatever a file's name is, a finding is one line; and there are not more than fit. */
static void
test_lines(void **state)
{
	const char *root = *state;
	char text[600] = "ports=[\"net_pcap0", *at = text + strlen(text);
	made_gone(root, "/sys");
	made_gone(root, "/proc");
	for (int i = 0; i < 60; i++)
		at += snprintf(at, (size_t)(text + sizeof(text) - at), ",rx_pcap");
	snprintf(at, (size_t)(text + sizeof(text) - at), "=/a\"]");
	assign(text);
	look(root);
	assert_true(p.errors >= 1);
	text[strlen("ports=[\"net_pcap0")] = '\0';
	at = text + strlen(text);
	for (int i = 0; i < 45; i++)
		at += snprintf(at, (size_t)(text + sizeof(text) - at), ",iface=%c", 'a' + i % 26);
	snprintf(at, (size_t)(text + sizeof(text) - at), "\"]");
	assign(text);
	powerless(root);
	look(root);
	assert_int_equal(p.count, PREFLIGHT_MAX);
	assert_true(p.errors > PREFLIGHT_MAX);
	assert_non_null(strstr(lines, "more errors and warnings\n"));
	for (size_t i = 0; i < PREFLIGHT_MAX; i++)
		assert_null(strchr(p.findings[i].what, '\n'));
}

#define IN_TREE(test) cmocka_unit_test_setup_teardown(test, sound, made_tree_gone)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		IN_TREE(test_sound),
		IN_TREE(test_pages),
		IN_TREE(test_mount),
		IN_TREE(test_nodes),
		IN_TREE(test_memory),
		IN_TREE(test_group),
		IN_TREE(test_cpus_free),
		IN_TREE(test_cpus_pinned),
		IN_TREE(test_cpus_many),
		IN_TREE(test_no_ports),
		IN_TREE(test_card),
		IN_TREE(test_iommu),
		IN_TREE(test_virtual),
		IN_TREE(test_mbufs),
		IN_TREE(test_capture_is_log),
		IN_TREE(test_interfaces),
		IN_TREE(test_directories),
		IN_TREE(test_eal),
		IN_TREE(test_quiet),
		IN_TREE(test_prefix),
		IN_TREE(test_rights),
		IN_TREE(test_lines),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
