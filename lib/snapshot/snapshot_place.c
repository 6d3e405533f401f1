/* SPDX-License-Identifier: BSD-3-Clause */
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "snapshot_format.h"

/* A pipe without a writer is no reason to wait, and a link's target is somebody else's. */
int
snapshot_open(const char *path)
{
	struct stat st;
	if (lstat(path, &st) != 0)
		return -errno;
	if (!S_ISREG(st.st_mode))
		return SNAPSHOT_NO_FILE;
	const int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOFOLLOW);
	return fd < 0 ? -errno : fd;
}

int
nt_snapshot_place(const char *path)
{
	uint8_t bytes[SNAPSHOT_MAGIC_BYTES];
	const int fd = snapshot_open(path);
	if (fd == -ENOENT)
		return NT_SNAPSHOT_PLACE_EMPTY;
	if (fd == SNAPSHOT_NO_FILE)
		return NT_SNAPSHOT_PLACE_NO_FILE;
	if (fd < 0)
		return fd;
	const ssize_t len = pread(fd, bytes, sizeof(bytes), 0);
	const int err = len < 0 ? -errno : 0;
	close(fd);
	if (err != 0)
		return err;
	if (len == 0)
		return NT_SNAPSHOT_PLACE_EMPTY;
	return snapshot_is_magic(bytes, (size_t)len) ? NT_SNAPSHOT_PLACE_OURS
						     : NT_SNAPSHOT_PLACE_FOREIGN;
}

const char *
nt_snapshot_place_text(int place)
{
	if (place < 0)
		return strerror(-place);
	return place == NT_SNAPSHOT_PLACE_NO_FILE   ? "it is no regular file"
	       : place == NT_SNAPSHOT_PLACE_FOREIGN ? "it is no snapshot of nametap"
						    : "";
}

int
nt_snapshot_set_aside(const char *path, struct nt_error *ret_err)
{
	char *aside;
	if (asprintf(&aside, "%s" NT_SNAPSHOT_UNUSABLE, path) < 0)
		return nt_error_set(ret_err, -ENOMEM, "no memory to rename %s", path);
	const int place = nt_snapshot_place(aside);
	int err = 0;
	if (!snapshot_replaceable(place))
		err = nt_error_set(ret_err, place < 0 ? place : -EEXIST, "%s is in the way: %s",
			aside, nt_snapshot_place_text(place));
	else if (rename(path, aside) != 0)
		err = nt_error_set(
			ret_err, -errno, "can't rename %s to %s: %s", path, aside, strerror(errno));
	free(aside);
	return err;
}
