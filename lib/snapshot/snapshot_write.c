/* SPDX-License-Identifier: BSD-3-Clause */
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <zlib.h>

#include "snapshot_format.h"

struct nt_snapshot_writer {
	FILE *file;
	char *path, *beside; /* beside: where it is written */
	struct snapshot_end end;
	int err; /* sticks; -errno */
};

static void
put(struct nt_snapshot_writer *w, const uint8_t *bytes, size_t len)
{
	if (w->err != 0)
		return;
	if (fwrite(bytes, 1, len, w->file) != len)
		w->err = errno != 0 ? -errno : -EIO;
	w->end.crc = (uint32_t)crc32(w->end.crc, bytes, (unsigned int)len);
}

static int
open_beside(struct nt_snapshot_writer *w)
{
	/* What a run that was killed has left there is nobody's. */
	if (nt_snapshot_place(w->beside) == NT_SNAPSHOT_PLACE_FOREIGN)
		return -EEXIST;
	if (unlink(w->beside) != 0 && errno != ENOENT)
		return -errno;
	const int fd = open(w->beside, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, S_IRUSR | S_IWUSR);
	if (fd < 0)
		return -errno;
	w->file = fdopen(fd, "w");
	if (w->file != NULL)
		return 0;
	const int err = -errno;
	close(fd);
	return err;
}

static int
begin(struct nt_snapshot_writer *w, const char *path)
{
	w->path = strdup(path);
	if (w->path == NULL || asprintf(&w->beside, "%s.new", path) < 0) {
		w->beside = NULL;
		return -ENOMEM;
	}
	const int err = open_beside(w);
	if (err != 0) {
		free(w->beside); /* not ours to remove */
		w->beside = NULL;
	}
	return err;
}

struct nt_snapshot_writer *
nt_snapshot_create(const char *path, const struct nt_snapshot_head *head, struct nt_error *ret_err)
{
	uint8_t bytes[SNAPSHOT_HEAD_BYTES];
	struct nt_snapshot_writer *w = calloc(1, sizeof(*w));
	const int err = w == NULL ? -ENOMEM : begin(w, path);
	if (err != 0) {
		nt_error_set(
			ret_err, err, "can't write the snapshot %s.new: %s", path, strerror(-err));
		nt_snapshot_abandon(w);
		return NULL;
	}
	put(w, bytes, snapshot_pack_head(bytes, head));
	return w;
}

void
nt_snapshot_put_name(struct nt_snapshot_writer *w, const struct nt_name_entry *e)
{
	uint8_t bytes[SNAPSHOT_RECORD_MAX];
	put(w, bytes, snapshot_pack_name(bytes, e));
	w->end.names++;
}

void
nt_snapshot_put_told(struct nt_snapshot_writer *w, const struct nt_told_entry *e)
{
	uint8_t bytes[SNAPSHOT_TOLD_BYTES];
	put(w, bytes, snapshot_pack_told(bytes, e));
	w->end.tolds++;
}

/* A rename is on the disk when its directory is. */
static int
sync_directory(const char *path)
{
	char dir[PATH_MAX];
	const char *slash = strrchr(path, '/');
	const size_t len = slash == NULL ? 0 : (size_t)(slash - path);
	if (len >= sizeof(dir))
		return -ENAMETOOLONG;
	memcpy(dir, path, len);
	dir[len] = '\0';
	const int fd = open(slash == NULL ? "." : len == 0 ? "/" : dir, O_RDONLY | O_DIRECTORY);
	if (fd < 0)
		return -errno;
	const int err = fsync(fd) == 0 ? 0 : -errno;
	close(fd);
	return err;
}

static int
finish(struct nt_snapshot_writer *w)
{
	uint8_t bytes[SNAPSHOT_END_BYTES];
	put(w, bytes, snapshot_pack_end(bytes, &w->end));
	if (w->err == 0 && (fflush(w->file) != 0 || fsync(fileno(w->file)) != 0))
		w->err = -errno;
	if (fclose(w->file) != 0 && w->err == 0)
		w->err = -errno;
	w->file = NULL;
	const int place = nt_snapshot_place(w->path);
	if (!snapshot_replaceable(place))
		return place < 0 ? place : -EEXIST;
	if (w->err == 0 && rename(w->beside, w->path) != 0)
		w->err = -errno;
	return w->err != 0 ? w->err : sync_directory(w->path);
}

int
nt_snapshot_commit(struct nt_snapshot_writer *w, struct nt_error *ret_err)
{
	const int err = finish(w);
	if (err != 0)
		nt_error_set(ret_err, err, "can't write the snapshot %s: %s", w->path,
			err == -EEXIST ? nt_snapshot_place_text(nt_snapshot_place(w->path))
				       : strerror(-err));
	nt_snapshot_abandon(w);
	return err;
}

void
nt_snapshot_abandon(struct nt_snapshot_writer *w)
{
	if (w == NULL)
		return;
	if (w->file != NULL)
		fclose(w->file);
	if (w->beside != NULL)
		unlink(w->beside); /* where it was committed, there is none */
	free(w->path);
	free(w->beside);
	free(w);
}
