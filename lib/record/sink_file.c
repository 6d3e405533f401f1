/* SPDX-License-Identifier: BSD-3-Clause */
#include <fcntl.h>
#include <poll.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

#include "sink.h"

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

/* Somebody was cut off in the middle of a line: ours shall not stand behind it. */
static int
end_half_line(struct sink_file *f, struct nt_error *err)
{
	char last = '\n';
	size_t done;
	int fd = open_again(f->path, O_RDONLY);

	if (fd < 0)
		return errno == EACCES ? 0 : sink_file_fail(f, "read", -errno, err);
	if (pread(fd, &last, 1, (off_t)f->size - 1) != 1)
		last = '\n';
	close(fd);
	return last == '\n' ? 0 : sink_file_write(f, "\n", 1, &done, err);
}

int
sink_file_open(struct sink_file *f, bool append, struct nt_error *err)
{
	struct stat st;

	f->size = 0;
	f->has_lines = false;
	f->begun_ns = SINK_TIME_NONE;
	/* the other logs don't wait for a FIFO that has lost its reader */
	f->fd = open_again(f->path,
		O_WRONLY | O_CREAT | (append ? O_APPEND : O_TRUNC) | (f->failing ? O_NONBLOCK : 0));
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

void
sink_file_cut(struct sink_file *f, uint64_t size)
{
	if (f->regular && ftruncate(f->fd, (off_t)size) == 0)
		(void)lseek(f->fd, 0, SEEK_END);
}

/* Cut the half line off that a failed write has left; returns how much of done stays. */
static size_t
cut_to_lines(struct sink_file *f, const char *text, size_t done)
{
	const char *last = memrchr(text, '\n', done);
	size_t whole = last != NULL ? (size_t)(last - text) + 1 : 0;

	if (whole < done)
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
