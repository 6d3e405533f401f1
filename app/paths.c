/* SPDX-License-Identifier: BSD-3-Clause */
#include <fcntl.h>
#include <limits.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <nt_log.h>

#include "commands.h"
#include "paths.h"

static bool
is_standard_input(const char *path)
{
	return strcmp(path, "-") == 0;
}

/* What an attempt to read it would end with, as errno. */
static int
obstacle(const char *path, struct stat *ret)
{
	if (is_standard_input(path)) {
		if (fstat(STDIN_FILENO, ret) != 0)
			return errno;
		if ((fcntl(STDIN_FILENO, F_GETFL) & O_ACCMODE) == O_WRONLY)
			return EBADF;
	} else if (stat(path, ret) != 0 || access(path, R_OK) != 0) {
		return errno;
	}
	if (S_ISDIR(ret->st_mode))
		return EISDIR;
	return S_ISSOCK(ret->st_mode) ? ENXIO : 0;
}

const char *
paths_log_that_is(const char *dir, const struct stat *file)
{
	for (unsigned int k = 0; k < NT_LOG_KINDS; k++) {
		const char *name = nt_log_path((enum nt_log_kind)k);
		char path[PATH_MAX];
		struct stat st;
		const int len = snprintf(path, sizeof(path), "%s/%s.log", dir, name);
		if (len < 0 || (size_t)len >= sizeof(path) || stat(path, &st) != 0)
			continue;
		/* a device holds nothing that could be lost: /dev/null may be both */
		if (st.st_dev == file->st_dev && st.st_ino == file->st_ino && !S_ISCHR(st.st_mode))
			return name;
	}
	return NULL;
}

static int
check_capture(FILE *out, const char *dir, const char *path)
{
	const char *shown = is_standard_input(path) ? "standard input"
			    : *path != '\0'	    ? path
						    : "''";
	struct stat st;
	const int code = obstacle(path, &st);
	if (code != 0) {
		fprintf(out, "nametap: %s: %s\n", shown, strerror(code));
		return EXIT_INCOMPLETE;
	}
	const char *log = paths_log_that_is(dir, &st);
	if (log == NULL)
		return EXIT_FINE;
	fprintf(out,
		"nametap: %s is the same file as %s/%s.log, which would be overwritten; nothing "
		"was done, choose another directory with -o\n",
		shown, dir, log);
	return EXIT_USAGE;
}

int
paths_check(FILE *out, const char *dir, char *const *captures, unsigned int count)
{
	int status = EXIT_FINE;
	for (unsigned int i = 0; i < count; i++) {
		const int one = check_capture(out, dir, captures[i]);
		status = NT_MAX(status, one);
	}
	return status;
}

/* Length of the first directory on the way to dir that is not there, or is none; 0 if none is. */
static size_t
first_missing(const char *dir)
{
	char path[PATH_MAX];
	struct stat st;
	for (size_t i = 0; i < sizeof(path) && dir[i] != '\0'; i++) {
		if (dir[i] != '/' || i == 0 || dir[i - 1] == '/')
			continue;
		memcpy(path, dir, i);
		path[i] = '\0';
		if (stat(path, &st) != 0 || !S_ISDIR(st.st_mode))
			return i;
	}
	return 0;
}

int
paths_make_dir(const char *dir, struct nt_error *err)
{
	if (mkdir(dir, 0750) == 0 || errno == EEXIST)
		return 0;
	const int code = errno;
	const size_t missing = first_missing(dir);
	if ((code != ENOENT && code != ENOTDIR) || missing == 0)
		return nt_error_set(err, -code, "cannot make %s: %s", dir, strerror(code));
	return nt_error_set(err, -code, "cannot make %s: %.*s: %s%s", dir, (int)missing, dir,
		strerror(code), code == ENOENT ? "; make that directory first" : "");
}
