/* SPDX-License-Identifier: BSD-3-Clause */
#include <fcntl.h>
#include <getopt.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include <rte_eal.h>
#include <rte_errno.h>
#include <rte_log.h>

#include "eal.h"

static int
start(int argc, char **argv, struct nt_error *err)
{
	if (rte_eal_init(argc, argv) < 0)
		return nt_error_set(
			err, -rte_errno, "DPDK does not start: %s", rte_strerror(rte_errno));
	return 0;
}

/* hugetlb: its memory is of 2 MiB pages, and it makes no file for them. */
static int
start_alone(unsigned int lcores, unsigned int memory_mb, bool hugetlb, struct nt_error *err)
{
	char name[] = "nametap", no_huge[] = "--no-huge", no_pci[] = "--no-pci";
	char in_memory[] = "--in-memory";
	char no_shconf[] = "--no-shconf", no_telemetry[] = "--no-telemetry";
	char main_lcore[] = "--main-lcore=0", level[] = "--log-level=*:error";
	char memory[32], prefix[64], cores[8192];
	snprintf(memory, sizeof(memory), "-m%u", memory_mb);
	snprintf(prefix, sizeof(prefix), "--file-prefix=nametap-%d", (int)getpid());
	const int code = eal_args_free_lcores(cores, sizeof(cores), lcores);
	if (code != 0)
		return nt_error_set(
			err, code, "can't tell which CPUs there are: %s", strerror(-code));
	char *argv[] = { name, hugetlb ? in_memory : no_huge, no_pci, no_shconf, no_telemetry,
		main_lcore, level, memory, prefix, cores, NULL };
	return start((int)NT_ARRAY_SIZE(argv) - 1, argv, err);
}

int
eal_start_offline(unsigned int lcores, unsigned int memory_mb, struct nt_error *err)
{
	return start_alone(lcores, memory_mb, false, err);
}

static unsigned int
free_huge_pages(void)
{
	unsigned int n = 0;
	FILE *f = fopen("/sys/kernel/mm/hugepages/hugepages-2048kB/free_hugepages", "r");
	if (f == NULL)
		return 0;
	if (fscanf(f, "%u", &n) != 1)
		n = 0;
	fclose(f);
	return n;
}

int
eal_start_bench(
	unsigned int lcores, unsigned int memory_mb, bool *ret_hugetlb, struct nt_error *err)
{
	*ret_hugetlb = free_huge_pages() >= (memory_mb + 1) / 2;
	return start_alone(lcores, memory_mb, *ret_hugetlb, err);
}

/* Standard output, while DPDK prints all its options on it because it rejects one. -1: it stays. */
static int
mute(void)
{
	const int null = open("/dev/null", O_WRONLY | O_CLOEXEC);
	fflush(stdout);
	const int out = null < 0 ? -1 : dup(STDOUT_FILENO);
	if (out >= 0)
		(void)dup2(null, STDOUT_FILENO);
	if (null >= 0)
		close(null);
	return out;
}

static void
unmute(int out)
{
	fflush(stdout);
	if (out < 0)
		return;
	(void)dup2(out, STDOUT_FILENO);
	close(out);
}

int
eal_start_live(struct eal_args *args, struct nt_error *err)
{
	opterr = 0; /* getopt says nothing either */
	const int out = mute();
	const int code = start(args->argc, args->argv, err);
	unmute(out);
	if (code == -EINVAL)
		nt_error_set(err, code, "DPDK rejects an option of its own: see what follows --");
	return code;
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
