/* SPDX-License-Identifier: BSD-3-Clause */
/* Files that behave and files that do not: full, slow, gone, too large, not there. */
#include "sinks.h"

static void
many_small_lines(void **state)
{
	struct nt_sink *s = open_sink(&json_cfg);
	struct nt_sink_stats st;
	struct nt_error err = { "" };
	struct stat sb;

	(void)state;
	for (unsigned int i = 0; i < 40000; i++) {
		(void)put_line(s, NT_LOG_CONN, i, i % 50);
		if (i % 100 == 0)
			(void)put_line(s, NT_LOG_NAMECACHE, i / 100, 10);
		if (i % 5000 == 0)
			nt_sink_flush(s, NT_LOG_CONN);
	}
	nt_sink_stats(s, &st);
	assert_int_equal(st.lines_committed[NT_LOG_CONN], 40000);
	assert_false(nt_sink_failed(s, &err));
	assert_int_equal(nt_sink_close(s, &st, &err), 0);
	assert_int_equal(st.lines_written[NT_LOG_CONN], 40000);
	assert_int_equal(st.lines_lost[NT_LOG_CONN] + st.lines_lost[NT_LOG_NAMECACHE], 0);
	check_sums(&st);
	assert_int_equal(check_lines(conn_path, NT_LOG_CONN), 40000);
	assert_int_equal(check_lines(namecache_path, NT_LOG_NAMECACHE), 400);
	assert_int_equal(stat(conn_path, &sb), 0);
	assert_int_equal(sb.st_size, st.bytes_written[NT_LOG_CONN]);
	assert_int_equal(sb.st_mode & 07, 0);
}

static void
tsv_has_header_and_footer(void **state)
{
	struct nt_sink *s = open_sink(&tsv_cfg);
	struct nt_strbuf *b = nt_sink_begin(s, NT_LOG_CONN, NT_LOG_LINE_MAX);
	static struct nt_conn_row row;
	size_t len;
	char *text;

	(void)state;
	assert_non_null(b);
	assert_true(nt_log_conn(b, &tsv_cfg, row_plain(&row, "a.example", 9)));
	nt_sink_commit(s, NT_LOG_CONN);
	assert_int_equal(nt_sink_close(s, NULL, NULL), 0);
	text = slurp(conn_path, &len);
	assert_int_equal(strncmp(text, "#separator \\x09\n", 16), 0);
	assert_non_null(strstr(text, "\n1531628253.224463\t"));
	assert_non_null(strstr(text, "\n#close\t20"));
	assert_int_equal(text[len - 1], '\n');
	free(text);
	text = slurp(namecache_path, &len);
	assert_non_null(strstr(text, "\n#path\tnamecache\n"));
	free(text);
}

static void
full_disk(void **state)
{
	struct nt_sink *s;
	struct nt_sink_stats st;
	struct nt_error err = { "" };

	(void)state;
	assert_int_equal(symlink("/dev/full", conn_path), 0);
	s = open_sink(&json_cfg);
	for (unsigned int i = 0; i < 30000; i++)
		(void)put_line(s, NT_LOG_CONN, i, 40);
	(void)put_line(s, NT_LOG_NAMECACHE, 0, 40);
	while (!nt_sink_failed(s, &err))
		doze();
	assert_non_null(strstr(err.msg, conn_path));
	assert_non_null(strstr(err.msg, "No space left"));
	memset(&err, 0, sizeof(err));
	assert_int_equal(nt_sink_close(s, &st, &err), -ENOSPC);
	assert_non_null(strstr(err.msg, "No space left"));
	assert_int_equal(st.lines_committed[NT_LOG_CONN], 30000);
	assert_int_equal(st.lines_lost[NT_LOG_CONN], 30000);
	check_sums(&st);
	/* the other log goes on */
	assert_int_equal(check_lines(namecache_path, NT_LOG_NAMECACHE), 1);
}

/* A file that may not grow: a short write in the middle of a line, then an error. */
static void
half_a_line_is_cut_off(void **state)
{
	const struct rlimit limit = { .rlim_cur = 150007, .rlim_max = RLIM_INFINITY };
	struct rlimit old;
	struct nt_sink *s = open_sink(&json_cfg);
	struct nt_sink_stats st;
	struct nt_error err = { "" };
	int code;

	(void)state;
	assert_int_equal(getrlimit(RLIMIT_FSIZE, &old), 0);
	assert_int_equal(setrlimit(RLIMIT_FSIZE, &limit), 0);
	for (unsigned int i = 0; i < 10000; i++)
		(void)put_line(s, NT_LOG_CONN, i, 40);
	code = nt_sink_close(s, &st, &err);
	assert_int_equal(setrlimit(RLIMIT_FSIZE, &old), 0);
	assert_int_equal(code, -EFBIG);
	assert_true(st.lines_written[NT_LOG_CONN] > 0 && st.lines_lost[NT_LOG_CONN] > 0);
	check_sums(&st);
	assert_int_equal(check_lines(conn_path, NT_LOG_CONN), st.lines_written[NT_LOG_CONN]);
}

struct reader {
	pthread_t thread;
	size_t limit; /* goes away after that many bytes; 0: reads to the end */
	size_t bytes;
	uint64_t lines;
};

static void *
read_slowly(void *arg)
{
	struct reader *r = arg;
	char buf[3000];
	int fd = open(conn_path, O_RDONLY);
	ssize_t n;

	while ((n = read(fd, buf, sizeof(buf))) > 0) {
		r->bytes += (size_t)n;
		for (ssize_t i = 0; i < n; i++)
			r->lines += buf[i] == '\n';
		if (r->limit != 0 && r->bytes >= r->limit)
			break;
		doze();
	}
	close(fd);
	return NULL;
}

static void
slow_reader_loses_nothing(void **state)
{
	struct reader r = { 0 };
	struct nt_sink *s;
	struct nt_sink_stats st;
	unsigned int waits = 0;

	(void)state;
	assert_int_equal(mkfifo(conn_path, 0600), 0);
	assert_int_equal(pthread_create(&r.thread, NULL, read_slowly, &r), 0);
	s = open_sink(&json_cfg);
	for (unsigned int i = 0; i < 1000; i++)
		waits += put_line(s, NT_LOG_CONN, i, 900);
	assert_true(waits > 0);
	assert_int_equal(nt_sink_close(s, &st, NULL), 0);
	pthread_join(r.thread, NULL);
	assert_int_equal(r.lines, 1000);
	assert_int_equal(r.bytes, st.bytes_written[NT_LOG_CONN]);
	assert_int_equal(st.lines_written[NT_LOG_CONN], 1000);
}

/* SIGPIPE would end the process. */
static void
reader_goes_away(void **state)
{
	struct reader r = { .limit = 10000 };
	struct nt_sink *s;
	struct nt_sink_stats st;
	struct nt_error err = { "" };

	(void)state;
	assert_int_equal(mkfifo(conn_path, 0600), 0);
	assert_int_equal(pthread_create(&r.thread, NULL, read_slowly, &r), 0);
	s = open_sink(&json_cfg);
	for (unsigned int i = 0; i < 1000; i++)
		(void)put_line(s, NT_LOG_CONN, i, 900);
	assert_int_equal(nt_sink_close(s, &st, &err), -EPIPE);
	assert_non_null(strstr(err.msg, conn_path));
	pthread_join(r.thread, NULL);
	assert_int_equal(st.lines_committed[NT_LOG_CONN], 1000);
	check_sums(&st);
}

static void
not_opened(void **state)
{
	struct nt_sink_config cfg = {
		.dir = dir,
		.block_bytes = BLOCK_BYTES,
		.blocks = 2 * NT_LOG_KINDS,
	};
	struct nt_error err = { "" };

	(void)state;
	/* a directory in the file's place */
	assert_int_equal(mkdir(namecache_path, 0700), 0);
	assert_null(nt_sink_new(&cfg, &err));
	assert_int_equal(errno, EISDIR);
	assert_non_null(strstr(err.msg, namecache_path));
	assert_int_equal(rmdir(namecache_path), 0);
	/* a file in the directory's place */
	cfg.dir = conn_path;
	assert_null(nt_sink_new(&cfg, &err));
	assert_int_equal(errno, ENOTDIR);
	cfg.dir = "/nonexistent";
	assert_null(nt_sink_new(&cfg, &err));
	assert_int_equal(errno, ENOENT);
	assert_string_equal(
		err.msg, "cannot open /nonexistent/conn.log: No such file or directory");
	/* a header that can't be written */
	cfg.dir = dir;
	cfg.log = tsv_cfg;
	assert_int_equal(unlink(conn_path), 0);
	assert_int_equal(symlink("/dev/full", conn_path), 0);
	assert_null(nt_sink_new(&cfg, &err));
	assert_int_equal(errno, ENOSPC);
	cfg.blocks--;
	assert_null(nt_sink_new(&cfg, &err));
	assert_int_equal(errno, EINVAL);
}

static void
edges(void **state)
{
	struct nt_sink_stats st = { .lines_lost = { 9, 9 } };
	struct nt_sink *s = open_sink(&json_cfg);

	(void)state;
	assert_int_equal(nt_sink_close(NULL, &st, NULL), 0);
	assert_int_equal(st.lines_lost[0], 0);
	nt_sink_flush(s, NT_LOG_CONN);
	assert_null(nt_sink_begin(s, NT_LOG_CONN, BLOCK_BYTES + 1));
	assert_non_null(nt_sink_begin(s, NT_LOG_CONN, BLOCK_BYTES));
	(void)put_line(s, NT_LOG_CONN, 0, 10);
	/* begun, not committed */
	nt_strbuf_lit(nt_sink_begin(s, NT_LOG_CONN, 100), "half a li");
	(void)put_line(s, NT_LOG_CONN, 1, 10);
	nt_strbuf_lit(nt_sink_begin(s, NT_LOG_CONN, 100), "half a li");
	assert_int_equal(nt_sink_close(s, &st, NULL), 0);
	assert_int_equal(st.lines_committed[NT_LOG_CONN], 2);
	assert_int_equal(check_lines(conn_path, NT_LOG_CONN), 2);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(many_small_lines),
		TEST(tsv_has_header_and_footer),
		TEST(full_disk),
		TEST(half_a_line_is_cut_off),
		TEST(slow_reader_loses_nothing),
		TEST(reader_goes_away),
		TEST(not_opened),
		TEST(edges),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
