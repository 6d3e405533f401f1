/* SPDX-License-Identifier: BSD-3-Clause */
#include <fcntl.h>
#include <getopt.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
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

/* Where output goes meanwhile; -1: it stays where it is. */
struct muted {
	int fd, was;
	FILE *stream;
};

/* Takes over `to`. */
static struct muted
mute(int fd, FILE *stream, int to)
{
	fflush(stream);
	const struct muted ret = { .fd = fd, .was = to < 0 ? -1 : dup(fd), .stream = stream };
	if (ret.was >= 0)
		(void)dup2(to, fd);
	return ret;
}

static void
unmute(const struct muted *m)
{
	fflush(m->stream);
	if (m->was < 0)
		return;
	(void)dup2(m->was, m->fd);
	close(m->was);
}

/* What DPDK said, on standard error after all. */
static void
say_all(int said)
{
	char text[4096];
	ssize_t n;
	(void)lseek(said, 0, SEEK_SET);
	while ((n = read(said, text, sizeof(text))) > 0)
		if (write(STDERR_FILENO, text, (size_t)n) < 0)
			return;
}

/* What it said first is the reason, where it has one: then follow only conclusions from that. */
static const char *
reason(int said, char *out, size_t room)
{
	static const char by[] = "EAL: ", conclusion[] = "FATAL: ";
	const ssize_t n = pread(said, out, room - 1, 0);
	out[NT_MAX(n, 0)] = '\0';
	out[strcspn(out, "\n")] = '\0';
	if (strncmp(out, by, strlen(by)) == 0)
		out += strlen(by);
	return strncmp(out, conclusion, strlen(conclusion)) == 0 ? "" : out;
}

static void
tell_rejected(int said, int code, struct nt_error *err)
{
	char text[200];
	const char *why = reason(said, text, sizeof(text));
	nt_error_set(err, code, "DPDK rejects an option of its own: see what follows --%s%s",
		why[0] != '\0' ? ": " : "", why);
}

/*
 * Where it rejects an option DPDK prints all that it has on standard output, and some lines on
 * standard error. Ours is to be the only one, so what it says of the user's options waits.
 */
int
eal_start_live(struct eal_args *args, struct nt_error *err)
{
	const int null = open("/dev/null", O_WRONLY | O_CLOEXEC);
	const int said = args->user_options ? memfd_create("said", MFD_CLOEXEC) : -1;
	opterr = 0; /* getopt says nothing either */
	const struct muted out = mute(STDOUT_FILENO, stdout, null);
	const struct muted errors = mute(STDERR_FILENO, stderr, said);
	const int code = start(args->argc, args->argv, err);
	unmute(&errors);
	unmute(&out);
	if (code == -EINVAL)
		tell_rejected(said, code, err);
	else
		say_all(said);
	if (said >= 0)
		close(said);
	if (null >= 0)
		close(null);
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
