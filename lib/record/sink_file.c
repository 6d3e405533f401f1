/* SPDX-License-Identifier: BSD-3-Clause */
#include <fcntl.h>
#include <poll.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

#include "sink.h"

/* No line is longer. */
#define HALF_LINE_MAX NT_LOG_LINE_MAX

int
sink_file_fail(const struct sink_file *f, const char *what, int code, struct nt_error *err)
{
	char text[128];

	return nt_error_set(err, code, "cannot %s %s: %s", what, f->path,
		strerror_r(-code, text, sizeof(text)));
}

int
sink_file_init(struct sink_file *f, const char *dir, enum nt_log_kind kind, struct nt_error *err)
{
	int len;

	*f = (struct sink_file){ .fd = -1, .kind = kind, .begun_ns = SINK_TIME_NONE };
	len = snprintf(f->path, sizeof(f->path), "%s/%s.log", dir, nt_log_path(kind));
	return len < 0 || (size_t)len >= sizeof(f->path)
		       ? sink_file_fail(f, "open", -ENAMETOOLONG, err)
		       : 0;
}

static int
open_again(const char *path, int flags)
{
	int fd;

	do {
		/* who talked to whom is nobody else's business: not readable by others */
		fd = open(path, flags | O_CLOEXEC, 0640);
	} while (fd < 0 && errno == EINTR);
	return fd;
}

/* How many bytes at the file's end are half a line; all that was looked at where no line ends
 * there. */
static size_t
half_line(int fd, uint64_t size, bool *ret_ended)
{
	char text[4096];
	uint64_t at = size;

	*ret_ended = true;
	while (at > 0 && size - at < HALF_LINE_MAX) {
		const size_t len = (size_t)NT_MIN(at, sizeof(text));
		const char *last;

		if (pread(fd, text, len, (off_t)(at - len)) != (ssize_t)len)
			return 0;
		last = memrchr(text, '\n', len);
		at -= len;
		if (last != NULL)
			return (size_t)(size - at) - (size_t)(last - text) - 1;
	}
	*ret_ended = at == 0;
	return (size_t)(size - at);
}

/*
 * Somebody was killed in the middle of a line: it is cut off, and ours does not stand behind it.
 * What is longer than any line of ours is not cut: it is none.
 */
static int
end_half_line(struct sink_file *f, struct nt_error *err)
{
	bool ended;
	size_t half, done;
	const int fd = open_again(f->path, O_RDONLY);

	if (fd < 0)
		return errno == EACCES ? 0 : sink_file_fail(f, "read", -errno, err);
	half = half_line(fd, f->size, &ended);
	close(fd);
	if (half == 0)
		return 0;
	if (ended && ftruncate(f->fd, (off_t)(f->size - half)) == 0) {
		f->size -= half;
		f->has_lines = f->size != 0;
		return 0;
	}
	return sink_file_write(f, "\n", 1, &done, err);
}

/* The last directory of the path: who has removed the logs with it wants those that come. */
static void
make_dir(const struct sink_file *f)
{
	char dir[PATH_MAX];
	const size_t len = (size_t)(strrchr(f->path, '/') - f->path);

	memcpy(dir, f->path, len);
	dir[len] = '\0';
	(void)mkdir(dir, 0750); /* where it can't be made, the file can't either */
}

int
sink_file_open(struct sink_file *f, bool append, struct nt_error *err)
{
	struct stat st;

	f->size = f->unseen = 0;
	f->has_lines = false;
	f->begun_ns = SINK_TIME_NONE;
	/* the other logs don't wait for a FIFO that has lost its reader */
	const int flags =
		O_WRONLY | O_CREAT | (append ? O_APPEND : O_TRUNC) | (f->failing ? O_NONBLOCK : 0);
	f->fd = open_again(f->path, flags);
	if (f->fd < 0 && errno == ENOENT && f->failing) {
		make_dir(f);
		f->fd = open_again(f->path, flags);
	}
	if (f->fd < 0)
		return sink_file_fail(f, "open", -errno, err);
	f->regular = fstat(f->fd, &st) == 0 && S_ISREG(st.st_mode);
	if (!f->regular || st.st_size == 0)
		return 0;
	f->size = (uint64_t)st.st_size;
	f->has_lines = true;
	return end_half_line(f, err);
}

/* One write that got on; a negative errno. */
static ssize_t
write_some(int fd, const char *text, size_t len)
{
	struct pollfd pfd = { .fd = fd, .events = POLLOUT };
	ssize_t n;

	for (;;) {
		n = write(fd, text, len);
		if (n > 0)
			return n;
		if (n == 0)
			return -EIO;
		if (errno == EAGAIN)
			(void)poll(&pfd, 1, -1); /* somebody's pipe, made non-blocking */
		else if (errno != EINTR)
			return -errno;
	}
}

bool
sink_file_is_removed(const struct sink_file *f)
{
	struct stat st;

	return f->fd >= 0 && f->regular && fstat(f->fd, &st) == 0 && st.st_nlink == 0;
}

void
sink_file_cut(struct sink_file *f, uint64_t size)
{
	if (f->regular && ftruncate(f->fd, (off_t)size) == 0)
		(void)lseek(f->fd, 0, SEEK_END);
}

/*
 * Cut the half line off that a failed write has left; returns how much of done stays. Always: after
 * an error nobody knows what is in the file (POSIX).
 */
static size_t
cut_to_lines(struct sink_file *f, const char *text, size_t done)
{
	const char *last = memrchr(text, '\n', done);
	size_t whole = last != NULL ? (size_t)(last - text) + 1 : 0;

	sink_file_cut(f, f->size + whole);
	return whole;
}

int
sink_file_write(
	struct sink_file *f, const char *text, size_t len, size_t *ret_done, struct nt_error *err)
{
	size_t done = 0;
	ssize_t n = 0;

	while (done < len) {
		n = write_some(f->fd, text + done, len - done);
		if (n < 0)
			break;
		done += (size_t)n;
	}
	if (done < len)
		done = cut_to_lines(f, text, done);
	f->size += done;
	*ret_done = done;
	return n < 0 ? sink_file_fail(f, "write to", (int)n, err) : 0;
}

int
sink_file_close(struct sink_file *f, struct nt_error *err)
{
	int fd = f->fd;

	if (fd < 0)
		return 0;
	f->fd = -1;
	/* Linux: the descriptor is gone even after EINTR */
	return close(fd) != 0 && errno != EINTR ? sink_file_fail(f, "close", -errno, err) : 0;
}
