/* SPDX-License-Identifier: BSD-3-Clause */
#include "sysfs.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define LINE_MAX_BYTES 4096

int
sysfs_path(char out[SYSFS_PATH_MAX], const char *root, const char *fmt, ...)
{
	const int len = snprintf(out, SYSFS_PATH_MAX, "%s", root);
	if (len < 0 || len >= SYSFS_PATH_MAX)
		return -ENAMETOOLONG;
	const size_t room = (size_t)(SYSFS_PATH_MAX - len);
	va_list args;
	va_start(args, fmt);
	const int more = vsnprintf(out + len, room, fmt, args);
	va_end(args);
	return more < 0 || (size_t)more >= room ? -ENAMETOOLONG : 0;
}

static FILE *
open_below(const char *root, const char *path)
{
	char full[SYSFS_PATH_MAX];
	return sysfs_path(full, root, "%s", path) == 0 ? fopen(full, "re") : NULL;
}

static void
copy(char *out, size_t room, const char *text)
{
	(void)snprintf(out, room, "%s", text);
	out[strcspn(out, "\n")] = '\0';
}

bool
sysfs_line(const char *root, const char *path, char *out, size_t room)
{
	char line[LINE_MAX_BYTES];
	FILE *f = open_below(root, path);
	const bool there = f != NULL && fgets(line, sizeof(line), f) != NULL;
	if (there)
		copy(out, room, line);
	if (f != NULL)
		fclose(f);
	return there;
}

bool
sysfs_field(const char *root, const char *path, const char *key, char *out, size_t room)
{
	char line[LINE_MAX_BYTES];
	const size_t len = strlen(key);
	FILE *f = open_below(root, path);
	bool found = false;
	while (f != NULL && !found && fgets(line, sizeof(line), f) != NULL)
		found = strncmp(line, key, len) == 0;
	if (found)
		copy(out, room, line + len + strspn(line + len, " \t"));
	if (f != NULL)
		fclose(f);
	return found;
}

int64_t
sysfs_number(const char *root, const char *path, int64_t without)
{
	char line[64], *end;
	if (!sysfs_line(root, path, line, sizeof(line)))
		return without;
	const int64_t ret = strtoll(line, &end, 0);
	return end != line ? ret : without;
}

bool
sysfs_may(const char *root, const char *path, int mode)
{
	char full[SYSFS_PATH_MAX];
	return sysfs_path(full, root, "%s", path) == 0 && access(full, mode) == 0;
}

bool
sysfs_link(const char *root, const char *path, char *out, size_t room)
{
	char full[SYSFS_PATH_MAX], target[SYSFS_PATH_MAX];
	if (sysfs_path(full, root, "%s", path) != 0)
		return false;
	const ssize_t len = readlink(full, target, sizeof(target) - 1);
	if (len <= 0)
		return false;
	target[len] = '\0';
	const char *slash = strrchr(target, '/');
	copy(out, room, slash != NULL ? slash + 1 : target);
	return true;
}
