/* SPDX-License-Identifier: BSD-3-Clause */
/* Logs that can't be written for a while, and can again: whole lines only, each written or counted.
 */
#include <nt_clock.h>

#include "sinks.h"

static struct nt_sink *
open_trying(const struct nt_log_config *log, uint64_t rotate_bytes)
{
	struct nt_sink_config cfg = sink_config(log);

	cfg.existing = NT_SINK_APPEND;
	cfg.rotate_bytes = rotate_bytes;
	cfg.keep_trying = true;
	return open_sink_as(&cfg);
}

/* Lines go on coming, one in a block, until the outage of conn.log has begun, or is over. */
static struct nt_sink_outage
until(struct nt_sink *s, bool over, unsigned int *lines)
{
	const int64_t end_ns = nt_clock_monotonic_ns() + NT_SEC(20);
	struct nt_sink_outage o = { 0 };

	while (!nt_sink_outage(s, NT_LOG_CONN, &o) || o.over != over) {
		assert_true(nt_clock_monotonic_ns() < end_ns);
		(void)put_line(s, NT_LOG_CONN, (*lines)++, 40);
		nt_sink_flush(s, NT_LOG_CONN);
		doze();
	}
	return o;
}

/* Whole lines of conn.log, each greater than the one in front of it. */
static unsigned int
lines_of(const char *path)
{
	size_t len;
	char *text = slurp(path, &len), *p = text, *line;
	unsigned int n = 0, number, last = 0;
	int end;

	assert_true(len == 0 || text[len - 1] == '\n');
	while ((line = strsep(&p, "\n")) != NULL && p != NULL) {
		if (*line == '#')
			continue;
		end = 0;
		assert_int_equal(sscanf(line, "conn %u x%n", &number, &end), 1);
		assert_int_equal(strspn(line + end - 1, "x"), 40);
		assert_true(n++ == 0 || number > last);
		last = number;
	}
	free(text);
	return n;
}

static struct nt_sink_stats
close_with(struct nt_sink *s, int code, unsigned int lines)
{
	struct nt_error err = { "" };
	struct nt_sink_stats st;

	assert_false(nt_sink_failed(s, NULL));
	assert_int_equal(nt_sink_close(s, &st, &err), code);
	assert_int_equal(err.msg[0] == '\0', code == 0);
	assert_int_equal(st.lines_committed[NT_LOG_CONN], lines);
	check_sums(&st);
	return st;
}

static void
link_to(const char *target)
{
	char path[80];

	(void)snprintf(path, sizeof(path), "%s/link", dir);
	assert_int_equal(symlink(target, path), 0);
	assert_int_equal(rename(path, conn_path), 0);
}

/* A full disk that has room again. */
static void
full_and_back(void **state)
{
	struct nt_sink *s;
	struct nt_sink_outage o;
	struct nt_sink_stats st;
	unsigned int lines = 0;
	char good[80];

	(void)state;
	(void)snprintf(good, sizeof(good), "%s/good", dir);
	link_to("/dev/full");
	s = open_trying(&json_cfg, 0);
	assert_false(nt_sink_outage(s, NT_LOG_CONN, &o));
	o = until(s, false, &lines);
	assert_int_equal(o.number, 1);
	assert_int_equal(o.code, -ENOSPC);
	assert_non_null(strstr(o.error.msg, conn_path));
	assert_non_null(strstr(o.error.msg, "No space left"));
	/* tried in vain some times: one outage */
	for (unsigned int i = 0; i < 2500; i++) {
		(void)put_line(s, NT_LOG_CONN, lines++, 40);
		nt_sink_flush(s, NT_LOG_CONN);
		doze();
	}
	assert_true(nt_sink_outage(s, NT_LOG_CONN, &o));
	assert_int_equal(o.number, 1);
	assert_false(o.over);
	assert_false(nt_sink_outage(s, NT_LOG_NAMECACHE, &o));
	link_to(good);
	o = until(s, true, &lines);
	assert_int_equal(o.number, 1);
	st = close_with(s, 0, lines);
	assert_int_equal(st.lines_lost[NT_LOG_CONN], o.lines_lost);
	assert_int_equal(nt_sink_lost(&st), o.lines_lost);
	assert_true(o.lines_lost > 2500);
	assert_int_equal(lines_of(good), st.lines_written[NT_LOG_CONN]);
}

/* It isn't back at the end: that is what close tells. */
static void
full_to_the_end(void **state)
{
	struct nt_sink *s;
	struct nt_sink_stats st;
	unsigned int lines = 0;

	(void)state;
	link_to("/dev/full");
	s = open_trying(&json_cfg, 0);
	(void)until(s, false, &lines);
	st = close_with(s, -ENOSPC, lines);
	assert_int_equal(st.lines_lost[NT_LOG_CONN], lines);
}

/* logrotate has made room and says so: no second is waited, and the log is there without a line. */
static void
reopen_tries_at_once(void **state)
{
	struct nt_sink *s;
	struct nt_sink_stats st;
	unsigned int lines = 0;
	int64_t began_ns;

	(void)state;
	link_to("/dev/full");
	s = open_trying(&json_cfg, 0);
	(void)until(s, false, &lines);
	began_ns = nt_clock_monotonic_ns();
	assert_int_equal(unlink(conn_path), 0);
	nt_sink_reopen(s);
	while (access(conn_path, F_OK) != 0)
		doze();
	(void)put_line(s, NT_LOG_CONN, lines++, 40);
	st = close_with(s, 0, lines);
	if (nt_clock_monotonic_ns() - began_ns < NT_SEC(1)) /* else the machine was slow */
		assert_int_equal(lines_of(conn_path), 1);
	assert_int_equal(lines_of(conn_path), st.lines_written[NT_LOG_CONN]);
}

/* A file that may not grow further: cut to whole lines, then it may; and rotation goes on. */
static void
grows_again(unsigned int rotate_bytes, const struct nt_log_config *log)
{
	const struct rlimit limit = { .rlim_cur = 9007, .rlim_max = RLIM_INFINITY };
	struct nt_sink *s = open_trying(log, rotate_bytes);
	struct nt_sink_outage o;
	struct nt_sink_stats st;
	struct rlimit old;
	unsigned int lines = 0;

	assert_int_equal(getrlimit(RLIMIT_FSIZE, &old), 0);
	assert_int_equal(setrlimit(RLIMIT_FSIZE, &limit), 0);
	o = until(s, false, &lines);
	assert_int_equal(o.code, -EFBIG);
	assert_true(lines_of(conn_path) > 100);
	for (unsigned int i = 0; i < 1200; i++) {
		(void)put_line(s, NT_LOG_CONN, lines++, 40);
		nt_sink_flush(s, NT_LOG_CONN);
		doze();
	}
	assert_int_equal(setrlimit(RLIMIT_FSIZE, &old), 0);
	o = until(s, true, &lines);
	assert_int_equal(o.number, 1);
	st = close_with(s, 0, lines);
	assert_true(o.lines_lost > 0);
	assert_int_equal(st.lines_lost[NT_LOG_CONN], o.lines_lost);
	if (rotate_bytes == 0)
		assert_int_equal(lines_of(conn_path), st.lines_written[NT_LOG_CONN]);
	else
		assert_int_equal(access(conn_path, F_OK), -1); /* renamed at the end */
}

static void
half_lines_are_cut_off(void **state)
{
	(void)state;
	grows_again(0, &json_cfg);
}

static void
half_headers_are_cut_off(void **state)
{
	(void)state;
	grows_again(0, &tsv_cfg);
	size_t len;
	char *text = slurp(conn_path, &len), *at = text;
	unsigned int separators = 0, types = 0;

	for (; (at = strstr(at, "#separator")) != NULL; at++)
		separators++;
	for (at = text; (at = strstr(at, "\n#types")) != NULL; at++)
		types++;
	free(text);
	assert_true(separators >= 2);
	assert_int_equal(separators, types);
}

static void
rotation_goes_on(void **state)
{
	(void)state;
	grows_again(20000, &json_cfg);
}

/* Lines go on coming until the file is there (again), and for a while. */
static void
until_there(struct nt_sink *s, unsigned int *lines)
{
	const int64_t end_ns = nt_clock_monotonic_ns() + NT_SEC(20);

	while (access(conn_path, F_OK) != 0) {
		assert_true(nt_clock_monotonic_ns() < end_ns);
		(void)put_line(s, NT_LOG_CONN, (*lines)++, 40);
		nt_sink_flush(s, NT_LOG_CONN);
		doze();
	}
}

/* Somebody removes the file, or all of them with their directory, and says nothing: there is
 * another, and no line is lost uncounted. */
static void
removed(bool all, uint64_t rotate_bytes)
{
	struct nt_sink *s = open_trying(&json_cfg, rotate_bytes);
	struct nt_sink_outage o;
	struct nt_sink_stats st;
	unsigned int lines = 0, before;

	for (; lines < 50; lines++)
		(void)put_line(s, NT_LOG_CONN, lines, 40);
	nt_sink_flush(s, NT_LOG_CONN);
	for (unsigned int i = 0; i < 2500; i++)
		doze(); /* seen to be there */
	before = lines_of(conn_path);
	assert_int_equal(before, 50);
	assert_int_equal(all ? remove_dir(NULL) : unlink(conn_path), 0);
	until_there(s, &lines);
	o = until(s, true, &lines);
	assert_int_equal(o.number, 1);
	assert_int_equal(o.code, -ENOENT);
	assert_non_null(strstr(o.error.msg, "was removed"));
	assert_true(o.lines_lost > 0);
	st = close_with(s, 0, lines);
	assert_int_equal(st.lines_lost[NT_LOG_CONN], o.lines_lost);
	/* all that was written when it was removed was there */
	if (rotate_bytes == 0)
		assert_int_equal(lines_of(conn_path), st.lines_written[NT_LOG_CONN] - before);
}

static void
removed_file(void **state)
{
	(void)state;
	removed(false, 0);
}

static void
removed_file_rotating(void **state)
{
	(void)state;
	removed(false, 5000);
}

static void
removed_directory(void **state)
{
	(void)state;
	removed(true, 0);
}

/* A second before the end, when nobody looks any more. */
static void
removed_at_the_end(void **state)
{
	struct nt_sink *s = open_trying(&json_cfg, 0);
	struct nt_sink_stats st;

	(void)state;
	for (unsigned int i = 0; i < 100; i++)
		doze(); /* seen to be there */
	(void)put_line(s, NT_LOG_CONN, 0, 40);
	assert_int_equal(unlink(conn_path), 0);
	st = close_with(s, -ENOENT, 1);
	assert_int_equal(st.lines_lost[NT_LOG_CONN], 1);
}

/* Renamed, as logrotate does it, which takes its time to say so: nothing is lost. */
static void
renamed_is_not_removed(void **state)
{
	struct nt_sink *s = open_trying(&json_cfg, 0);
	struct nt_sink_outage o;
	struct nt_sink_stats st;
	char other[80];

	(void)state;
	(void)snprintf(other, sizeof(other), "%s.1", conn_path);
	assert_int_equal(rename(conn_path, other), 0);
	(void)put_line(s, NT_LOG_CONN, 0, 40);
	nt_sink_flush(s, NT_LOG_CONN);
	for (unsigned int i = 0; i < 1500; i++)
		doze();
	assert_false(nt_sink_outage(s, NT_LOG_CONN, &o));
	st = close_with(s, 0, 1);
	assert_int_equal(st.lines_written[NT_LOG_CONN], 1);
	assert_int_equal(lines_of(other), 1);
}

/* The directory is removed with the one above it, and somebody makes that again; that twice. */
static void
directory_comes_back(void **state)
{
	char path[40];
	struct nt_sink_config cfg = sink_config(&json_cfg);

	(void)snprintf(path, sizeof(path), "%s/logs", dir);
	(void)snprintf(conn_path, sizeof(conn_path), "%s/conn.log", path);
	assert_int_equal(mkdir(path, 0700), 0);
	cfg.dir = path;
	cfg.existing = NT_SINK_APPEND;
	cfg.keep_trying = true;
	struct nt_sink *s = open_sink_as(&cfg);
	struct nt_sink_outage o;
	struct nt_sink_stats st;
	unsigned int lines = 0;
	uint64_t lost = 0;

	for (unsigned int i = 1; i <= 2; i++) {
		assert_int_equal(remove_dir(state), 0);
		nt_sink_reopen(s);
		o = until(s, false, &lines);
		assert_int_equal(o.number, i);
		assert_int_equal(o.code, -ENOENT);
		assert_int_equal(access(dir, F_OK), -1);
		assert_int_equal(mkdir(dir, 0700), 0);
		o = until(s, true, &lines);
		assert_int_equal(o.number, i);
		lost += o.lines_lost;
	}
	/* as conn.log was, it is tried when it has a line */
	(void)put_line(s, NT_LOG_NAMECACHE, 0, 40);
	st = close_with(s, 0, lines);
	assert_int_equal(st.lines_lost[NT_LOG_CONN], lost);
	assert_true(lines_of(conn_path) > 0);
}

/* A FIFO whose reader goes away, and another comes: the other logs don't wait for it. */
static void
another_reader(void **state)
{
	struct nt_sink *s;
	struct nt_sink_outage o;
	char first[64] = "";
	unsigned int lines = 0;
	int fd;

	(void)state;
	assert_int_equal(mkfifo(conn_path, 0600), 0);
	fd = open(conn_path, O_RDONLY | O_NONBLOCK);
	s = open_trying(&json_cfg, 0);
	(void)put_line(s, NT_LOG_CONN, lines++, 40);
	close(fd);
	o = until(s, false, &lines);
	assert_int_equal(o.code, -EPIPE);
	nt_sink_reopen(s);
	for (unsigned int i = 0; i < 1200; i++) {
		(void)put_line(s, NT_LOG_CONN, lines++, 40);
		nt_sink_flush(s, NT_LOG_CONN);
		doze();
	}
	(void)put_line(s, NT_LOG_NAMECACHE, 0, 40);
	nt_sink_flush(s, NT_LOG_NAMECACHE);
	fd = open(conn_path, O_RDONLY | O_NONBLOCK);
	o = until(s, true, &lines);
	assert_int_equal(o.number, 1);
	assert_true(read(fd, first, sizeof(first)) > 5);
	assert_int_equal(strncmp(first, "conn ", 5), 0);
	(void)close_with(s, 0, lines);
	close(fd);
	assert_int_equal(check_lines(namecache_path, NT_LOG_NAMECACHE), 1);
}

static bool
has_room(struct nt_sink *s)
{
	return nt_sink_begin(s, NT_LOG_CONN, NT_LOG_LINE_MAX) != NULL;
}

/* A pipe that nobody reads from: who has waited long enough goes on, and all lines are accounted
 * for. */
static void
abandoned(void **state)
{
	const struct nt_log_config log = { .format = NT_LOG_JSON };
	const int64_t end_ns = nt_clock_monotonic_ns() + NT_SEC(60);
	unsigned int lines = 0;
	enum nt_log_kind kind;
	struct nt_sink_stats st;

	(void)state;
	assert_int_equal(mkfifo(conn_path, 0600), 0);
	/* open to the end: the writer hangs as long */
	assert_true(open(conn_path, O_RDONLY | O_NONBLOCK) >= 0);
	struct nt_sink *s = open_trying(&log, 0);
	while (has_room(s) || nt_sink_busy(s, &kind) < NT_SEC(1) / 2) {
		assert_true(nt_clock_monotonic_ns() < end_ns);
		if (has_room(s))
			(void)put_line(s, NT_LOG_CONN, lines++, 40);
		doze();
	}
	assert_int_equal(kind, NT_LOG_CONN);
	nt_sink_stats(s, &st);
	assert_int_equal(st.lines_lost[NT_LOG_CONN], 0);
	nt_sink_abandon(s);
	for (unsigned int i = 0; i < 1000; i++)
		assert_int_equal(put_line(s, NT_LOG_CONN, lines++, 40), 0);
	st = close_with(s, -ETIMEDOUT, lines);
	assert_true(st.lines_lost[NT_LOG_CONN] >= 1000);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(full_and_back),
		TEST(full_to_the_end),
		TEST(reopen_tries_at_once),
		TEST(half_lines_are_cut_off),
		TEST(half_headers_are_cut_off),
		TEST(rotation_goes_on),
		TEST(removed_file),
		TEST(removed_file_rotating),
		TEST(removed_directory),
		TEST(removed_at_the_end),
		TEST(renamed_is_not_removed),
		TEST(directory_comes_back),
		TEST(another_reader),
		TEST(abandoned),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
