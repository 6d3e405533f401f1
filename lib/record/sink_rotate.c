/* SPDX-License-Identifier: BSD-3-Clause */
/* When logs are rotated, and what they are called then: as in Zeek. */
#include <fcntl.h>
#include <stdio.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "sink.h"

/* More files of one second than any directory should have. */
#define NAMES_MAX 1000000

/* Zeek's calc_next_rotate with its base time of 0:00. */
int64_t
sink_rotate_next(int64_t now_ns, int64_t interval_ns)
{
	time_t sec = (time_t)(now_ns / NT_NS_PER_SEC);
	int64_t midnight_ns = 0;
	struct tm tm;

	if (localtime_r(&sec, &tm) != NULL) {
		tm.tm_hour = tm.tm_min = tm.tm_sec = 0;
		midnight_ns = (int64_t)mktime(&tm) * NT_NS_PER_SEC;
	}
	if (now_ns < midnight_ns) /* a fraction of a second before 1970 */
		return midnight_ns;
	const int64_t passed = (now_ns - midnight_ns) / interval_ns + 1;
	return passed > (INT64_MAX - midnight_ns) / interval_ns
		       ? INT64_MAX
		       : midnight_ns + passed * interval_ns;
}

/* As rename, but -EEXIST where there is something already. */
static int
rename_new(const char *from, const char *to)
{
	struct stat st;

	if (renameat2(AT_FDCWD, from, AT_FDCWD, to, RENAME_NOREPLACE) == 0)
		return 0;
	if (errno != EINVAL && errno != ENOSYS)
		return -errno;
	/* a file system that can't: nobody else makes files of these names */
	if (lstat(to, &st) == 0)
		return -EEXIST;
	return rename(from, to) == 0 ? 0 : -errno;
}

/* DIR/conn.log -> DIR/conn.2026-07-28-14-00-00.log, or ...-00.7.log. False: too long. */
static bool
rotated_name(char ret[PATH_MAX], const char *path, const struct tm *tm, unsigned int number)
{
	char stamp[64], counter[16] = "";
	const int stem = (int)(strlen(path) - strlen(".log"));
	int len;

	(void)strftime(stamp, sizeof(stamp), "%Y-%m-%d-%H-%M-%S", tm);
	if (number != 0)
		(void)snprintf(counter, sizeof(counter), ".%u", number);
	len = snprintf(ret, PATH_MAX, "%.*s.%s%s.log", stem, path, stamp, counter);
	return len > 0 && len < PATH_MAX;
}

/* The first counter of this name that may be free, by halving: there are no gaps but by accident.
 */
static unsigned int
first_guess(const char *path, const struct tm *tm)
{
	unsigned int low = 0, high = 1;
	char name[PATH_MAX];
	struct stat st;

	while (high < NAMES_MAX && rotated_name(name, path, tm, high) && lstat(name, &st) == 0) {
		low = high;
		high *= 2;
	}
	while (high - low > 1) {
		const unsigned int middle = low + (high - low) / 2;

		if (rotated_name(name, path, tm, middle) && lstat(name, &st) == 0)
			low = middle;
		else
			high = middle;
	}
	return high;
}

int
sink_rotate_rename(const struct sink_file *f, int64_t begun_ns, struct nt_error *err)
{
	time_t sec = (time_t)(begun_ns / NT_NS_PER_SEC);
	char name[PATH_MAX], text[128];
	unsigned int number = 0;
	struct tm tm = { .tm_mday = 1, .tm_year = 70 };
	int code;

	(void)localtime_r(&sec, &tm);
	for (;;) {
		code = rotated_name(name, f->path, &tm, number) ? rename_new(f->path, name)
								: -ENAMETOOLONG;
		if (code != -EEXIST || number >= NAMES_MAX)
			break;
		number = number == 0 ? first_guess(f->path, &tm) : number + 1;
	}
	return code == 0 ? 0
			 : nt_error_set(err, code, "cannot rename %s to %s: %s", f->path, name,
				   strerror_r(-code, text, sizeof(text)));
}
