/* SPDX-License-Identifier: BSD-3-Clause */
#include <sched.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include <rte_eal.h>
#include <rte_errno.h>
#include <rte_log.h>

#include <nt_strbuf.h>

#include "eal.h"

/* "(0-3)@(0,1)": lcores 0 to 3, each free to run on any of the CPUs that we may use. */
static int
format_lcores(char *out, size_t room, unsigned int lcores)
{
	cpu_set_t set;
	struct nt_strbuf b = nt_strbuf_init(out, room);
	if (sched_getaffinity(0, sizeof(set), &set) != 0)
		return -errno;
	nt_strbuf_lit(&b, "--lcores=(0-");
	nt_strbuf_u64(&b, lcores - 1);
	nt_strbuf_lit(&b, ")@(");
	const size_t begin = b.len;
	for (unsigned int cpu = 0; cpu < CPU_SETSIZE; cpu++) {
		if (!CPU_ISSET(cpu, &set))
			continue;
		if (b.len != begin)
			nt_strbuf_char(&b, ',');
		nt_strbuf_u64(&b, cpu);
	}
	nt_strbuf_lit(&b, ")");
	nt_strbuf_cstr(&b);
	return b.full ? -ENAMETOOLONG : 0;
}

int
eal_start_offline(unsigned int lcores, unsigned int memory_mb, struct nt_error *err)
{
	char name[] = "nametap", no_huge[] = "--no-huge", no_pci[] = "--no-pci";
	char no_shconf[] = "--no-shconf", no_telemetry[] = "--no-telemetry";
	char main_lcore[] = "--main-lcore=0", level[] = "--log-level=*:error";
	char memory[32], prefix[64], cores[8192];
	snprintf(memory, sizeof(memory), "-m%u", memory_mb);
	snprintf(prefix, sizeof(prefix), "--file-prefix=nametap-%d", (int)getpid());
	const int code = format_lcores(cores, sizeof(cores), lcores);
	if (code != 0)
		return nt_error_set(
			err, code, "can't tell which CPUs there are: %s", strerror(-code));
	char *argv[] = { name, no_huge, no_pci, no_shconf, no_telemetry, main_lcore, level, memory,
		prefix, cores, NULL };
	if (rte_eal_init((int)NT_ARRAY_SIZE(argv) - 1, argv) < 0)
		return nt_error_set(
			err, -rte_errno, "DPDK does not start: %s", rte_strerror(rte_errno));
	return 0;
}

void
eal_stop(void)
{
	/* EAL makes it, empty, and leaves it behind. */
	const char *dir = rte_eal_get_runtime_dir();
	rte_eal_cleanup();
	if (dir != NULL)
		rmdir(dir);
}
