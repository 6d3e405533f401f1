/* SPDX-License-Identifier: BSD-3-Clause */
/* From file to file: no line is lost, split or in two of them, whatever happens to the files. */
#include <dirent.h>
#include <sys/mount.h>

#include <sink.h>

#include "sinks.h"

#define FILES_MAX 4096
#define MIDNIGHT  (NT_SEC(1700006400)) /* 2023-11-15 00:00:00 UTC */
#define HOUR	  NT_SEC(3600)

static int
in_utc(void **state)
{
	(void)setenv("TZ", "UTC", 1);
	tzset();
	return make_dir(state);
}

static int
is_log(const struct dirent *e)
{
	return strncmp(e->d_name, "conn.", 5) == 0;
}

/* By time, then by counter: conn.log is last. */
static int
by_name(const struct dirent **a, const struct dirent **b)
{
	const char *x = (*a)->d_name, *y = (*b)->d_name;
	const bool current[2] = { strcmp(x, "conn.log") == 0, strcmp(y, "conn.log") == 0 };
	int order;

	if (current[0] || current[1])
		return current[0] - current[1];
	order = strncmp(x, y, strlen("conn.2023-11-15-00-00-00"));
	return order != 0 ? order
			  : atoi(x + strlen("conn.2023-11-15-00-00-00.")) -
				    atoi(y + strlen("conn.2023-11-15-00-00-00."));
}

struct found {
	unsigned int files, lines, headers, footers;
	size_t largest;
	char names[FILES_MAX][48];
};
static struct found found;

static void
look_into(const char *name)
{
	char path[300], want[32], *text, *p, *line;
	size_t len;

	(void)snprintf(path, sizeof(path), "%s/%s", dir, name);
	p = text = slurp(path, &len);
	assert_true(len == 0 || text[len - 1] == '\n');
	while ((line = strsep(&p, "\n")) != NULL && p != NULL) {
		found.headers += strncmp(line, "#separator", 10) == 0;
		found.footers += strncmp(line, "#close", 6) == 0;
		if (*line == '#')
			continue;
		(void)snprintf(want, sizeof(want), "conn %u ", found.lines++);
		assert_int_equal(strncmp(line, want, strlen(want)), 0);
	}
	free(text);
	found.largest = NT_MAX(found.largest, len);
}

/* All files of conn.log in their order hold lines 0, 1, 2 ... */
static void
look(void)
{
	struct dirent **list;
	int n = scandir(dir, &list, is_log, by_name);

	memset(&found, 0, sizeof(found));
	for (int i = 0; i < n; i++) {
		assert_true(found.files < FILES_MAX);
		(void)snprintf(found.names[found.files++], sizeof(found.names[0]), "%.47s",
			list[i]->d_name);
		look_into(list[i]->d_name);
		free(list[i]);
	}
	free(list);
}

static void
put_lines(struct nt_sink *s, unsigned int from, unsigned int to)
{
	for (unsigned int i = from; i < to; i++)
		(void)put_line(s, NT_LOG_CONN, i, i % 50);
}

static void
close_well(struct nt_sink *s, unsigned int lines)
{
	struct nt_error err = { "" };
	struct nt_sink_stats st;

	if (nt_sink_close(s, &st, &err) != 0)
		fail_msg("%s", err.msg);
	assert_int_equal(st.lines_written[NT_LOG_CONN], lines);
	check_sums(&st);
}

static void
written(struct nt_sink *s, uint64_t lines)
{
	struct nt_sink_stats st;

	nt_sink_flush(s, NT_LOG_CONN);
	do {
		doze();
		nt_sink_stats(s, &st);
	} while (st.lines_written[NT_LOG_CONN] < lines && !nt_sink_failed(s, NULL));
}

static void
by_size(void **state)
{
	const struct nt_log_config *const logs[] = { &json_cfg, &tsv_cfg };

	(void)state;
	for (unsigned int i = 0; i < 2; i++) {
		struct nt_sink_config cfg = sink_config(logs[i]);
		struct nt_sink *s;

		assert_int_equal(remove_dir(state) | make_dir(state), 0);
		cfg.clock = NT_SINK_CAPTURE;
		cfg.rotate_bytes = 5000;
		s = open_sink_as(&cfg);
		nt_sink_tick(s, MIDNIGHT + 5);
		put_lines(s, 0, 5000);
		close_well(s, 5000);
		look();
		assert_int_equal(found.lines, 5000);
		assert_true(found.largest <= 5000);
		assert_in_range(found.files, 30, 100);
		assert_int_equal(found.headers, i == 0 ? 0 : found.files);
		assert_int_equal(found.footers, found.headers);
		assert_string_equal(found.names[0], "conn.2023-11-15-00-00-00.log");
		assert_string_equal(found.names[12], "conn.2023-11-15-00-00-00.12.log");
	}
}

/* A line that is larger than a file may be is alone in one. */
static void
smaller_than_a_line(void **state)
{
	struct nt_sink_config cfg = sink_config(&tsv_cfg);
	struct nt_sink *s;

	(void)state;
	cfg.rotate_bytes = 1;
	s = open_sink_as(&cfg);
	put_lines(s, 0, 300);
	close_well(s, 300);
	look();
	assert_int_equal(found.lines, 300);
	assert_int_equal(found.files, 300);
}

static void
by_capture_time(void **state)
{
	static const char *const names[] = { "conn.2023-11-15-00-10-00.log",
		"conn.2023-11-15-01-00-00.log", "conn.2023-11-15-05-00-00.log" };
	struct nt_sink_config cfg = sink_config(&tsv_cfg);
	struct nt_sink *s;

	(void)state;
	cfg.clock = NT_SINK_CAPTURE;
	cfg.rotate_interval_ns = HOUR;
	s = open_sink_as(&cfg);
	nt_sink_tick(s, MIDNIGHT + NT_SEC(600));
	put_lines(s, 0, 10);
	nt_sink_tick(s, MIDNIGHT + NT_SEC(900));
	put_lines(s, 10, 20);
	nt_sink_tick(s, MIDNIGHT + HOUR);
	put_lines(s, 20, 21);
	nt_sink_tick(s, MIDNIGHT + 2 * HOUR - 1);
	put_lines(s, 21, 30);
	nt_sink_tick(s, MIDNIGHT + 2 * HOUR); /* nothing is written in these three hours */
	nt_sink_tick(s, MIDNIGHT + 5 * HOUR);
	put_lines(s, 30, 33);
	nt_sink_tick(s, MIDNIGHT + 6 * HOUR);
	close_well(s, 33);
	look();
	assert_int_equal(found.files, 3);
	for (unsigned int i = 0; i < 3; i++)
		assert_string_equal(found.names[i], names[i]);
	assert_int_equal(found.headers, 3);
	assert_int_equal(found.footers, 3);
	assert_int_equal(found.lines, 33);
}

static unsigned int
lines_in(const char *name)
{
	memset(&found, 0, sizeof(found));
	look_into(name);
	return found.lines;
}

/* Another capture that was taken before: a file of its own, which overwrites none. */
static void
back_in_time(void **state)
{
	struct nt_sink_config cfg = sink_config(&json_cfg);
	struct nt_sink *s;

	(void)state;
	cfg.clock = NT_SINK_CAPTURE;
	cfg.rotate_interval_ns = HOUR;
	s = open_sink_as(&cfg);
	for (unsigned int i = 0; i < 3; i++) {
		nt_sink_tick(s, MIDNIGHT + HOUR + NT_SEC(1));
		put_lines(s, 0, 10 + i);
		nt_sink_tick(s, MIDNIGHT + NT_SEC(2));
		put_lines(s, 0, 20 + i);
	}
	close_well(s, 96);
	assert_int_equal(lines_in("conn.2023-11-15-01-00-01.log"), 10);
	assert_int_equal(lines_in("conn.2023-11-15-01-00-01.2.log"), 12);
	assert_int_equal(lines_in("conn.2023-11-15-00-00-02.1.log"), 21);
	assert_int_equal(access(conn_path, F_OK), -1);
}

static void
by_wall_clock(void **state)
{
	struct nt_sink_config cfg = sink_config(&json_cfg);
	struct nt_sink *s;

	(void)state;
	cfg.rotate_interval_ns = NT_NS_PER_SEC / 20;
	s = open_sink_as(&cfg);
	for (unsigned int i = 0; i < 6; i++) {
		put_lines(s, i * 10, i * 10 + 10);
		written(s, i * 10 + 10);
		for (unsigned int j = 0; access(conn_path, F_OK) == 0; j++) {
			assert_true(j < 3000); /* closed although nothing more comes */
			doze();
		}
	}
	close_well(s, 60);
	look();
	assert_int_equal(found.lines, 60);
	assert_in_range(found.files, 6, 60);
}

static void
next_rotation(void **state)
{
	static const struct {
		const char *tz;
		int64_t now, interval, next; /* seconds */
	} cases[] = { { "UTC", 1700006400, 3600, 1700010000 },
		{ "UTC", 1700006399, 3600, 1700006400 }, { "UTC", 1700009999, 7000, 1700013400 },
		{ "UTC", 1700006401, 86400, 1700092800 },
		/* 05:30 ahead: midnight is at 18:30 UTC, full hours at half ones */
		{ "IST-5:30", 1700006400, 3600, 1700008200 },
		{ "IST-5:30", 1700006400, 86400, 1700073000 },
		/* an interval that is no part of a day: begins again each day, as in Zeek */
		{ "UTC", 1700006400 + 82801, 50000, 1700106400 }, { "UTC", 0, 1, 1 },
		{ "UTC", 5, INT64_MAX / NT_NS_PER_SEC, INT64_MAX / NT_NS_PER_SEC } };

	(void)state;
	for (unsigned int i = 0; i < NT_ARRAY_SIZE(cases); i++) {
		(void)setenv("TZ", cases[i].tz, 1);
		tzset();
		assert_int_equal(sink_rotate_next(NT_SEC(cases[i].now), NT_SEC(cases[i].interval)),
			NT_SEC(cases[i].next));
	}
	(void)setenv("TZ", "UTC", 1);
	tzset();
	assert_int_equal(sink_rotate_next(MIDNIGHT + 5, 7), MIDNIGHT + 7);
	assert_true(sink_rotate_next(INT64_MAX - 10, INT64_MAX) > 0);
}

/* What logrotate does, again and again while lines are written. */
static void
renamed_and_reopened(void **state)
{
	const struct nt_log_config *const logs[] = { &json_cfg, &tsv_cfg };
	char name[128];

	(void)state;
	for (unsigned int i = 0; i < 2; i++) {
		struct nt_sink *s;
		unsigned int n = 0;

		assert_int_equal(remove_dir(state) | make_dir(state), 0);
		s = open_sink(logs[i]);
		for (unsigned int round = 0; round < 20; round++, n += 500) {
			put_lines(s, n, n + 500);
			if (round % 2 == 0)
				written(s, n + 1);
			(void)snprintf(name, sizeof(name), "%s/conn.2023-11-15-00-00-00.%u.log",
				dir, round + 1);
			assert_int_equal(rename(conn_path, name), 0);
			nt_sink_reopen(s);
			while (access(conn_path, F_OK) != 0)
				doze();
		}
		put_lines(s, n, n + 7);
		close_well(s, n + 7);
		look();
		assert_int_equal(found.files, 21);
		assert_int_equal(found.lines, n + 7);
		assert_int_equal(found.headers, i == 0 ? 0 : 21);
		assert_int_equal(found.footers, found.headers);
	}
}

/* Nobody renamed anything: it goes on in the same file. */
static void
reopened_in_place(void **state)
{
	struct nt_sink *s = open_sink(&json_cfg);

	(void)state;
	for (unsigned int i = 0; i < 10; i++) {
		put_lines(s, i * 100, i * 100 + 100);
		nt_sink_flush(s, NT_LOG_CONN);
		nt_sink_reopen(s);
		doze();
	}
	close_well(s, 1000);
	assert_int_equal(check_lines(conn_path, NT_LOG_CONN), 1000);
	assert_int_equal(access(namecache_path, F_OK), 0);
}

static void
write_file(const char *path, const char *text)
{
	FILE *f = fopen(path, "w");

	assert_non_null(f);
	assert_true(fputs(text, f) >= 0);
	assert_int_equal(fclose(f), 0);
}

static void
appended(void **state)
{
	struct nt_sink_config cfg = sink_config(&json_cfg);
	struct nt_sink *s;

	(void)state;
	cfg.existing = NT_SINK_APPEND;
	/* by somebody who was killed in the middle of a line */
	write_file(conn_path, "conn 0 \nconn 1 \nconn 2 cut o");
	s = open_sink_as(&cfg);
	put_lines(s, 2, 10);
	close_well(s, 8);
	assert_int_equal(check_lines(conn_path, NT_LOG_CONN), 10);
	/* in the first one */
	write_file(conn_path, "conn 0 cut o");
	s = open_sink_as(&cfg);
	put_lines(s, 0, 10);
	close_well(s, 10);
	assert_int_equal(check_lines(conn_path, NT_LOG_CONN), 10);
	/* and where there is none */
	assert_int_equal(unlink(conn_path), 0);
	s = open_sink_as(&cfg);
	put_lines(s, 0, 10);
	close_well(s, 10);
	assert_int_equal(check_lines(conn_path, NT_LOG_CONN), 10);
}

/* What is no line of ours is nobody's to cut. */
static void
long_end_is_kept(void **state)
{
	struct nt_sink_config cfg = sink_config(&json_cfg);
	static char text[NT_LOG_LINE_MAX + 8192];
	size_t len;
	struct nt_sink *s;
	char *found_text;

	(void)state;
	cfg.existing = NT_SINK_APPEND;
	memset(text, 'y', sizeof(text) - 1);
	text[0] = '\n';
	write_file(conn_path, text);
	s = open_sink_as(&cfg);
	put_lines(s, 0, 1);
	close_well(s, 1);
	found_text = slurp(conn_path, &len);
	assert_memory_equal(found_text, text, sizeof(text) - 1);
	assert_int_equal(strncmp(found_text + sizeof(text) - 1, "\nconn 0 ", 8), 0);
	free(found_text);
}

static void
half_line_is_not_rotated(void **state)
{
	struct nt_sink_config cfg = sink_config(&json_cfg);
	struct nt_sink *s;

	(void)state;
	cfg.existing = NT_SINK_ROTATE_AWAY;
	write_file(conn_path, "conn 0 \nconn 1 cut o");
	s = open_sink_as(&cfg);
	put_lines(s, 1, 10);
	close_well(s, 9);
	look();
	assert_int_equal(found.files, 2);
	assert_int_equal(found.lines, 10);
	/* half a line was all */
	write_file(conn_path, "conn 0 cut o");
	s = open_sink_as(&cfg);
	close_well(s, 0);
	look();
	assert_int_equal(found.files, 2);
	assert_int_equal(found.lines, 1);
}

static void
rotated_away(void **state)
{
	struct nt_sink_config cfg = sink_config(&json_cfg);
	struct nt_sink *s;

	(void)state;
	cfg.existing = NT_SINK_ROTATE_AWAY;
	for (unsigned int i = 0; i < 5; i++) {
		s = open_sink_as(&cfg);
		put_lines(s, i * 10, i * 10 + 10);
		close_well(s, 10);
	}
	look();
	assert_int_equal(found.files, 5);
	assert_int_equal(found.lines, 50);
	assert_string_equal(found.names[4], "conn.log");
	/* an empty one is left */
	write_file(conn_path, "");
	s = open_sink_as(&cfg);
	close_well(s, 0);
	look();
	assert_int_equal(found.files, 5);
}

static void
nothing_is_overwritten(void **state)
{
	struct nt_sink_config cfg = sink_config(&json_cfg);
	struct nt_sink *s;
	char name[128];

	(void)state;
	(void)snprintf(name, sizeof(name), "%s/conn.2023-11-15-00-00-00.log", dir);
	write_file(name, "conn 0 \n");
	(void)snprintf(name, sizeof(name), "%s/conn.2023-11-15-00-00-00.1.log", dir);
	assert_int_equal(symlink("/nonexistent", name), 0);
	cfg.clock = NT_SINK_CAPTURE;
	cfg.rotate_interval_ns = HOUR;
	s = open_sink_as(&cfg);
	nt_sink_tick(s, MIDNIGHT);
	put_lines(s, 1, 10);
	close_well(s, 9);
	assert_int_equal(unlink(name), 0);
	look();
	assert_int_equal(found.files, 2);
	assert_int_equal(found.lines, 10);
	assert_string_equal(found.names[1], "conn.2023-11-15-00-00-00.2.log");
}

static void
notice_is_lazy(void **state)
{
	struct nt_sink *s = open_sink(&tsv_cfg);
	char path[64];
	size_t len;
	char *text;

	(void)state;
	(void)snprintf(path, sizeof(path), "%s/notice.log", dir);
	put_lines(s, 0, 10);
	close_well(s, 10);
	assert_int_equal(access(path, F_OK), -1);
	s = open_sink(&tsv_cfg);
	(void)put_line(s, NT_LOG_NOTICE, 0, 5);
	assert_int_equal(nt_sink_close(s, NULL, NULL), 0);
	assert_int_equal(check_lines(path, NT_LOG_NOTICE), 1);
	/* that of the last run does not stay */
	s = open_sink(&tsv_cfg);
	assert_int_equal(nt_sink_close(s, NULL, NULL), 0);
	text = slurp(path, &len);
	assert_non_null(strstr(text, "#path\tnotice\n"));
	free(text);
	assert_int_equal(check_lines(path, NT_LOG_NOTICE), 0);
}

/* One clear error; what was written stays counted, what comes is lost. */
static void
fails(struct nt_sink *s, unsigned int from, int code, const char *why)
{
	struct nt_error err = { "" };
	struct nt_sink_stats st;

	for (unsigned int i = from; !nt_sink_failed(s, &err); i++) {
		(void)put_line(s, NT_LOG_CONN, i, 40);
		nt_sink_flush(s, NT_LOG_CONN);
	}
	assert_non_null(strstr(err.msg, conn_path));
	assert_non_null(strstr(err.msg, why));
	(void)put_line(s, NT_LOG_CONN, 0, 40);
	assert_int_equal(nt_sink_close(s, &st, &err), code);
	assert_true(st.lines_lost[NT_LOG_CONN] > 0);
	check_sums(&st);
}

static struct nt_sink *
open_rotating(uint64_t bytes)
{
	struct nt_sink_config cfg = sink_config(&json_cfg);

	cfg.rotate_bytes = bytes;
	return open_sink_as(&cfg);
}

static void
vanished(void **state)
{
	struct nt_sink *s = open_rotating(500);
	char other[80];

	(void)state;
	put_lines(s, 0, 2);
	written(s, 2);
	assert_int_equal(unlink(conn_path), 0);
	fails(s, 2, -ENOENT, "was removed");
	/* another one in its place is not touched */
	s = open_rotating(500);
	put_lines(s, 0, 2);
	written(s, 2);
	(void)snprintf(other, sizeof(other), "%s.other", conn_path);
	assert_int_equal(rename(conn_path, other), 0);
	write_file(conn_path, "somebody else's\n");
	fails(s, 2, -ESTALE, "replaced");
	assert_int_equal(access(conn_path, F_OK), 0);
}

static void
directory_vanished(void **state)
{
	struct nt_sink *s = open_sink(&json_cfg);

	put_lines(s, 0, 2);
	written(s, 2);
	assert_int_equal(remove_dir(state), 0);
	nt_sink_reopen(s);
	fails(s, 2, -ENOENT, "was removed");
}

static void
pipes_are_not_rotated(void **state)
{
	struct nt_sink *s;
	char text[4096];
	ssize_t n, all = 0;
	int fd;

	(void)state;
	assert_int_equal(mkfifo(conn_path, 0600), 0);
	fd = open(conn_path, O_RDONLY | O_NONBLOCK);
	s = open_rotating(100);
	put_lines(s, 0, 50);
	written(s, 50);
	nt_sink_reopen(s);
	put_lines(s, 50, 60);
	close_well(s, 60);
	while ((n = read(fd, text, sizeof(text))) > 0)
		for (ssize_t i = 0; i < n; i++)
			all += text[i] == '\n';
	close(fd);
	assert_int_equal(all, 60);
	assert_int_equal(unlink(conn_path), 0);
	look();
	assert_int_equal(found.files, 0);
}

/* A real disk that is full: a header that can't be written, half lines. Only root can mount. */
static void
disk_is_full(void **state)
{
	struct nt_sink_config cfg = sink_config(&tsv_cfg);
	struct nt_sink *s;

	(void)state;
	if (mount("tmpfs", dir, "tmpfs", 0, "size=64k") != 0)
		skip();
	cfg.rotate_bytes = 4000;
	s = open_sink_as(&cfg);
	fails(s, 0, -ENOSPC, "No space left");
	look();
	assert_true(found.lines > 100);
	assert_int_equal(umount(dir), 0);
}

#define TEST_UTC(f) cmocka_unit_test_setup_teardown(f, in_utc, remove_dir)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		TEST_UTC(by_size),
		TEST_UTC(smaller_than_a_line),
		TEST_UTC(by_capture_time),
		TEST_UTC(back_in_time),
		TEST_UTC(by_wall_clock),
		TEST_UTC(next_rotation),
		TEST_UTC(renamed_and_reopened),
		TEST_UTC(reopened_in_place),
		TEST_UTC(appended),
		TEST(long_end_is_kept),
		TEST_UTC(half_line_is_not_rotated),
		TEST_UTC(rotated_away),
		TEST_UTC(nothing_is_overwritten),
		TEST_UTC(notice_is_lazy),
		TEST_UTC(vanished),
		TEST_UTC(directory_vanished),
		TEST_UTC(pipes_are_not_rotated),
		TEST_UTC(disk_is_full),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
