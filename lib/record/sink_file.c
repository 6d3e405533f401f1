/* SPDX-License-Identifier: BSD-3-Clause */
#include <fcntl.h>
#include <poll.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

#include "sink.h"

static int
fail(const struct sink_file *f, const char *what, int code, struct nt_error *err)
{
	char text[128];

	return nt_error_set(err, code, "cannot %s %s: %s", what, f->path,
		strerror_r(-code, text, sizeof(text)));
}

int
sink_file_open(struct sink_file *f, const char *dir, enum nt_log_kind kind, struct nt_error *err)
{
	int len = snprintf(f->path, sizeof(f->path), "%s/%s.log", dir, nt_log_path(kind));

	f->kind = kind;
	f->size = 0;
	f->fd = -1;
	if (len < 0 || (size_t)len >= sizeof(f->path))
		return fail(f, "open", -ENAMETOOLONG, err);
	do {
		/* who talked to whom is nobody else's business: not readable by others */
		f->fd = open(f->path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0640);
	} while (f->fd < 0 && errno == EINTR);
	return f->fd < 0 ? fail(f, "open", -errno, err) : 0;
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

/* Cut the half line off that a failed write has left; returns how much of done stays. */
static size_t
cut_to_lines(struct sink_file *f, const char *text, size_t done)
{
	const char *last = memrchr(text, '\n', done);
	size_t whole = last != NULL ? (size_t)(last - text) + 1 : 0;
	struct stat st;

	if (whole < done && fstat(f->fd, &st) == 0 && S_ISREG(st.st_mode) &&
		ftruncate(f->fd, (off_t)(f->size + whole)) == 0)
		(void)lseek(f->fd, 0, SEEK_END);
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
	return n < 0 ? fail(f, "write to", (int)n, err) : 0;
}

int
sink_file_close(struct sink_file *f, struct nt_error *err)
{
	int fd = f->fd;

	if (fd < 0)
		return 0;
	f->fd = -1;
	/* Linux: the descriptor is gone even after EINTR */
	return close(fd) != 0 && errno != EINTR ? fail(f, "close", -errno, err) : 0;
}
