/* SPDX-License-Identifier: BSD-3-Clause */
/* A log from its header to its footer, and from one file to the next. Writer thread. */
#include <fcntl.h>
#include <sys/stat.h>

#include <nt_clock.h>

#include "sink.h"

/* "#close\t%Y-%m-%d-%H-%M-%S\n" */
#define FOOTER_BYTES 27

/* Is it made when it has a line, not before? */
static bool
is_lazy(const struct sink_file *f)
{
	return f->kind == NT_LOG_NOTICE;
}

static int
begin(struct sink_file *f, const struct sink_rules *r, bool append, struct nt_error *err)
{
	char text[NT_LOG_HEADER_MAX];
	struct nt_strbuf b = nt_strbuf_init(text, sizeof(text));
	uint64_t size;
	size_t done;
	int code = sink_file_open(f, append, err);

	if (code != 0)
		return code;
	nt_log_header(&b, &r->log, f->kind, nt_clock_wall_ns());
	size = f->size;
	if (b.len != 0)
		code = sink_file_write(f, b.data, b.len, &done, err);
	if (code != 0)
		sink_file_cut(f, size); /* half a header is none */
	return code;
}

static int
end(struct sink_file *f, const struct sink_rules *r, struct nt_error *err)
{
	char text[64];
	struct nt_strbuf b = nt_strbuf_init(text, sizeof(text));
	size_t done;
	int code = 0, closed;

	nt_log_footer(&b, &r->log, nt_clock_wall_ns());
	if (b.len != 0)
		code = sink_file_write(f, b.data, b.len, &done, err);
	closed = sink_file_close(f, code == 0 ? err : NULL);
	return code != 0 ? code : closed;
}

/* When a file was made, or else written last. */
static int64_t
birth_ns(const char *path, const struct stat *st)
{
	struct statx sx;

	if (statx(AT_FDCWD, path, 0, STATX_BTIME, &sx) == 0 && (sx.stx_mask & STATX_BTIME) != 0)
		return sx.stx_btime.tv_sec * NT_NS_PER_SEC + sx.stx_btime.tv_nsec;
	return (int64_t)st->st_mtim.tv_sec * NT_NS_PER_SEC + st->st_mtim.tv_nsec;
}

/* A log of before, without the half line of somebody who was killed. */
static int
rotate_away(struct sink_file *f, int64_t begun_ns, struct nt_error *err)
{
	int code = sink_file_open(f, true, err);

	if (code == 0)
		code = sink_file_close(f, err);
	return code != 0 || f->size == 0 ? code : sink_rotate_rename(f, begun_ns, err);
}

int
sink_log_start(struct sink_file *f, const struct sink_rules *r, struct nt_error *err)
{
	struct stat st;
	const bool there = stat(f->path, &st) == 0;
	int code;

	if (there && r->existing == NT_SINK_ROTATE_AWAY && S_ISREG(st.st_mode) && st.st_size > 0) {
		code = rotate_away(f, birth_ns(f->path, &st), err);
		if (code != 0)
			return code;
	}
	/* a log of the last run is not left for one of this */
	if (is_lazy(f) && !(there && r->existing == NT_SINK_TRUNCATE))
		return 0;
	return begin(f, r, r->existing != NT_SINK_TRUNCATE, err);
}

bool
sink_log_is_due(const struct sink_file *f, int64_t time_ns)
{
	return f->fd >= 0 && f->regular && f->begun_ns != SINK_TIME_NONE &&
	       time_ns != SINK_TIME_NONE &&
	       (time_ns >= f->rotate_at_ns ||
		       (time_ns < f->begun_ns && f->rotate_at_ns != INT64_MAX));
}

/* Is what stands at the path the file that is open? */
static int
check_path(const struct sink_file *f, struct nt_error *err)
{
	struct stat ours, there;

	if (fstat(f->fd, &ours) != 0 || stat(f->path, &there) != 0)
		return sink_file_fail(f, "rotate", -errno, err);
	if (ours.st_dev != there.st_dev || ours.st_ino != there.st_ino)
		return nt_error_set(err, -ESTALE,
			"cannot rotate %s: it was replaced by another file while it was written",
			f->path);
	return 0;
}

int
sink_log_rotate(struct sink_file *f, const struct sink_rules *r, struct nt_error *err)
{
	const int64_t begun_ns = f->begun_ns;
	int code, ended;

	if (f->fd < 0)
		return 0;
	code = check_path(f, err);
	ended = end(f, r, code == 0 ? err : NULL);
	if (code == 0)
		code = ended;
	return code != 0 ? code : sink_rotate_rename(f, begun_ns, err);
}

int
sink_log_ready(
	struct sink_file *f, const struct sink_rules *r, int64_t time_ns, struct nt_error *err)
{
	int code = sink_log_is_due(f, time_ns) ? sink_log_rotate(f, r, err) : 0;

	if (code == 0 && f->fd < 0)
		code = begin(f, r, true, err);
	if (code != 0 || f->begun_ns != SINK_TIME_NONE)
		return code;
	/* a clock that nobody has set yet is no reason to lose a line */
	f->begun_ns = time_ns != SINK_TIME_NONE ? time_ns : 0;
	f->rotate_at_ns = r->rotate_interval_ns != 0
				  ? sink_rotate_next(f->begun_ns, r->rotate_interval_ns)
				  : INT64_MAX;
	return 0;
}

int
sink_log_reopen(struct sink_file *f, const struct sink_rules *r, struct nt_error *err)
{
	int code;

	if (f->given_up && r->keep_trying) {
		f->given_up = false;
		return is_lazy(f) ? 0 : begin(f, r, true, err);
	}
	if (f->fd < 0 || !f->regular)
		return 0;
	code = end(f, r, err);
	return code != 0 ? code : begin(f, r, true, err);
}

int
sink_log_finish(struct sink_file *f, const struct sink_rules *r, struct nt_error *err)
{
	if (f->fd < 0)
		return 0;
	if ((r->rotate_interval_ns != 0 || r->rotate_bytes != 0) && f->regular &&
		f->begun_ns != SINK_TIME_NONE)
		return sink_log_rotate(f, r, err);
	return end(f, r, err);
}

size_t
sink_log_fitting(
	const struct sink_file *f, const struct sink_rules *r, const char *text, size_t len)
{
	const uint64_t used = f->size + (r->log.format == NT_LOG_TSV ? FOOTER_BYTES : 0);
	const uint64_t left = r->rotate_bytes > used ? r->rotate_bytes - used : 0;
	const char *last;

	if (r->rotate_bytes == 0 || !f->regular || len <= left)
		return len;
	last = memrchr(text, '\n', left);
	if (last != NULL)
		return (size_t)(last - text) + 1;
	if (f->has_lines)
		return 0;
	/* longer than a file may be: alone in one */
	return (size_t)((const char *)memchr(text, '\n', len) - text) + 1;
}
