/* SPDX-License-Identifier: BSD-3-Clause */
#include <fcntl.h>
#include <getopt.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <unistd.h>

#include <rte_eal.h>
#include <rte_errno.h>
#include <rte_log.h>

#include "eal.h"

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

/* Where arguments are wrong, the reason alone; else all that was said. */
static int
tell_why(int said, int code, bool user_options, struct nt_error *err)
{
	char text[200];
	const char *why = reason(said, text, sizeof(text));
	const char *colon = why[0] != '\0' ? ": " : "";
	if (code != -EINVAL) {
		say_all(said);
		return nt_error_set(err, code, "DPDK does not start: %s", strerror(-code));
	}
	if (user_options)
		return nt_error_set(err, code,
			"DPDK rejects an option of its own: see what follows --%s%s", colon, why);
	return nt_error_set(err, code, "DPDK does not start%s%s", colon, why);
}

/*
 * DPDK aborts where files run out: four for each lcore's pipes, and what else is opened by it, its
 * drivers and ourselves.
 */
static int
make_room_for_files(unsigned int lcores, struct nt_error *err)
{
	const rlim_t need = 24 + 4 * (rlim_t)lcores;
	struct rlimit limit;
	if (getrlimit(RLIMIT_NOFILE, &limit) != 0)
		return 0;
	limit.rlim_cur = limit.rlim_max;
	(void)setrlimit(RLIMIT_NOFILE, &limit);
	if (limit.rlim_max >= need)
		return 0;
	return nt_error_set(err, -EMFILE,
		"only %ju files may be open at once, and %ju are needed: raise the limit (ulimit "
		"-n)",
		(uintmax_t)limit.rlim_max, (uintmax_t)need);
}

/*
 * Where arguments are wrong DPDK prints all its options on standard output, and some lines on
 * standard error. Ours is to be the only one, so what it says waits. Where it starts it is told
 * live, where it may be about ports. live: NULL where captures are read.
 */
static int
start(int argc, char **argv, unsigned int lcores, const struct eal_args *live, struct nt_error *err)
{
	int code = make_room_for_files(lcores, err);
	if (code != 0)
		return code;
	const int null = open("/dev/null", O_WRONLY | O_CLOEXEC);
	const int said = memfd_create("said", MFD_CLOEXEC);
	opterr = 0; /* getopt says nothing either */
	const struct muted out = mute(STDOUT_FILENO, stdout, null);
	const struct muted errors = mute(STDERR_FILENO, stderr, said);
	const int failed = rte_eal_init(argc, argv) < 0 ? (rte_errno != 0 ? rte_errno : EINVAL) : 0;
	unmute(&errors);
	unmute(&out);
	code = failed != 0 ? tell_why(said, -failed, live != NULL && live->user_options, err) : 0;
	if (code == 0 && live != NULL)
		say_all(said);
	if (said >= 0)
		close(said);
	if (null >= 0)
		close(null);
	return code;
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
	return start((int)NT_ARRAY_SIZE(argv) - 1, argv, lcores, NULL, err);
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

int
eal_start_live(struct eal_args *args, struct nt_error *err)
{
	return start(args->argc, args->argv, args->lcores, args, err);
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
