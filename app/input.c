/* SPDX-License-Identifier: BSD-3-Clause */
#include <fcntl.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <zlib.h>

#include "input.h"

#define PEEK_MAX	64
#define COMPRESSED_ROOM ((size_t)256 * 1024)
/* A signal has to be heeded soon, and nobody may notice that the rings were full before. */
#define WAIT_MS 20

struct input {
	int fd;
	bool gzip;
	bool gzip_open; /* inside a member: an end of file is premature */
	bool eof;
	bool may_wait; /* no regular file */
	int failure;
	input_waiting *waiting;
	void *waiting_arg;
	uint64_t taken, size;
	uint8_t peeked[PEEK_MAX];
	size_t peek_len, peek_at;
	z_stream z;
	uint8_t *compressed; /* gzip only */
};

/* False when told to give up. Errors are left for read(2) to tell. */
static bool
wait_for_bytes(struct input *in)
{
	struct pollfd p = { .fd = in->fd, .events = POLLIN };
	int n = poll(&p, 1, 0);
	while (n == 0 || (n < 0 && errno == EINTR)) {
		if (!in->waiting(in->waiting_arg))
			return false;
		n = poll(&p, 1, WAIT_MS);
	}
	return true;
}

static ssize_t
read_fd(struct input *in, void *buf, size_t len)
{
	ssize_t n;
	do {
		if (in->may_wait && !wait_for_bytes(in))
			return -ECANCELED;
		n = read(in->fd, buf, len);
	} while (n < 0 && (errno == EINTR || (errno == EAGAIN && in->may_wait)));
	if (n < 0)
		return -errno;
	in->taken += (uint64_t)n;
	return n;
}

/* Fill the inflater's input; 0 at the end of the file. */
static ssize_t
feed(struct input *in)
{
	const ssize_t n = read_fd(in, in->compressed, COMPRESSED_ROOM);
	if (n > 0) {
		in->z.next_in = in->compressed;
		in->z.avail_in = (uInt)n;
	}
	return n;
}

/* One inflate(): what it gave before it met an error counts, the error is told by the next read. */
static void
inflate_some(struct input *in)
{
	in->gzip_open = true;
	const int z = inflate(&in->z, Z_NO_FLUSH);
	if (z == Z_STREAM_END) {
		in->gzip_open = false; /* another member may follow (RFC 1952 2.2) */
		inflateReset(&in->z);
	} else if (z != Z_OK && z != Z_BUF_ERROR) {
		in->failure = -EBADMSG;
	}
}

static ssize_t
read_gzip(struct input *in, void *buf, size_t len)
{
	in->z.next_out = buf;
	in->z.avail_out = (uInt)NT_MIN(len, (size_t)UINT32_MAX);
	const uInt room = in->z.avail_out;
	while (in->z.avail_out == room && !in->eof && in->failure == 0) {
		if (in->z.avail_in == 0) {
			const ssize_t n = feed(in);
			if (n < 0)
				return n;
			if (n == 0) {
				in->eof = true;
				return in->gzip_open ? -ENODATA : 0;
			}
		}
		inflate_some(in);
	}
	return in->z.avail_out == room ? in->failure : (ssize_t)(room - in->z.avail_out);
}

static ssize_t
read_stream(struct input *in, void *buf, size_t len)
{
	if (in->failure != 0)
		return in->failure;
	const ssize_t n = in->gzip ? read_gzip(in, buf, len) : read_fd(in, buf, len);
	if (n < 0)
		in->failure = (int)n;
	return n;
}

ssize_t
input_peek(struct input *in, const uint8_t **ret, size_t len)
{
	len = NT_MIN(len, (size_t)PEEK_MAX);
	while (in->peek_len < len) {
		const ssize_t n =
			read_stream(in, in->peeked + in->peek_len, PEEK_MAX - in->peek_len);
		if (n < 0)
			return n;
		if (n == 0)
			break;
		in->peek_len += (size_t)n;
	}
	*ret = in->peeked;
	return (ssize_t)NT_MIN(len, in->peek_len);
}

ssize_t
input_read(struct input *in, void *buf, size_t len)
{
	const size_t peeked = in->peek_len - in->peek_at;
	if (peeked == 0)
		return read_stream(in, buf, len);
	const size_t n = NT_MIN(len, peeked);
	memcpy(buf, in->peeked + in->peek_at, n);
	in->peek_at += n;
	return (ssize_t)n;
}

/* What was peeked was gzip's magic: hand it to the inflater and start over. */
static int
begin_gzip(struct input *in)
{
	in->compressed = malloc(COMPRESSED_ROOM);
	if (in->compressed == NULL)
		return -ENOMEM;
	if (inflateInit2(&in->z, 15 + 16) != Z_OK) /* 15: any window; 16: gzip */
		return -ENOMEM;
	memcpy(in->compressed, in->peeked, in->peek_len);
	in->z.next_in = in->compressed;
	in->z.avail_in = (uInt)in->peek_len;
	in->peek_len = 0;
	in->gzip = true;
	return 0;
}

static int
begin(struct input *in)
{
	struct stat st;
	if (fstat(in->fd, &st) == 0) {
		if (S_ISDIR(st.st_mode))
			return -EISDIR;
		in->may_wait = !S_ISREG(st.st_mode);
		if (!in->may_wait)
			in->size = (uint64_t)st.st_size;
	}
	const uint8_t *magic;
	const ssize_t n = input_peek(in, &magic, 2);
	if (n < 0)
		return (int)n;
	return n == 2 && magic[0] == 0x1f && magic[1] == 0x8b ? begin_gzip(in) : 0;
}

struct input *
input_open(const char *path, input_waiting *waiting, void *arg, struct nt_error *err)
{
	struct input *in = calloc(1, sizeof(*in));
	if (in == NULL) {
		nt_error_set(err, -ENOMEM, "%s: out of memory", path);
		return NULL;
	}
	in->waiting = waiting;
	in->waiting_arg = arg;
	const bool standard = strcmp(path, "-") == 0;
	/* Not blocking: a named pipe that nobody writes to is waited for like one that is silent.
	 */
	in->fd = standard ? dup(STDIN_FILENO) : open(path, O_RDONLY | O_NONBLOCK | O_CLOEXEC);
	const int code = in->fd < 0 ? -errno : begin(in);
	if (code != 0) {
		nt_error_set(err, code, "%s: %s", standard ? "standard input" : path,
			input_reason(in, code));
		input_close(in);
		return NULL;
	}
	return in;
}

void
input_close(struct input *in)
{
	if (in == NULL)
		return;
	if (in->gzip)
		inflateEnd(&in->z);
	free(in->compressed);
	if (in->fd >= 0)
		close(in->fd);
	free(in);
}

static ssize_t
cookie_read(void *cookie, char *buf, size_t len)
{
	const ssize_t n = input_read(cookie, buf, len);
	if (n < 0) {
		errno = (int)-n;
		return -1;
	}
	return n;
}

static int
cookie_close(void *cookie)
{
	input_close(cookie);
	return 0;
}

FILE *
input_stdio(struct input *in)
{
	const cookie_io_functions_t io = { .read = cookie_read, .close = cookie_close };
	return fopencookie(in, "r", io);
}

uint64_t
input_taken(const struct input *in)
{
	return in->taken;
}

uint64_t
input_size(const struct input *in)
{
	return in->size;
}

int
input_failure(const struct input *in)
{
	return in->failure;
}

const char *
input_reason(const struct input *in, int err)
{
	(void)in;
	if (err == -EBADMSG)
		return "the gzip data is corrupt";
	if (err == -ENODATA)
		return "the gzip data is cut short";
	return strerror(-err);
}
