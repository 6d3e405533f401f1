/* SPDX-License-Identifier: BSD-3-Clause */
/* Sinks in a directory of their own, for tests. */
#ifndef TEST_RECORD_SINKS_H
#define TEST_RECORD_SINKS_H

#include <fcntl.h>
#include <pthread.h>
#include <stdio.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include <nt_sink.h>

#include "rows.h"

#define BLOCK_BYTES (NT_LOG_LINE_MAX + 1000)

static char dir[] = "/tmp/nametap-sink-XXXXXX";
static char conn_path[64], namecache_path[64] NT_UNUSED;

static inline int
make_dir(void **state)
{
	(void)state;
	memcpy(strrchr(dir, '-'), "-XXXXXX", 8);
	if (mkdtemp(dir) == NULL)
		return -1;
	(void)snprintf(conn_path, sizeof(conn_path), "%s/conn.log", dir);
	(void)snprintf(namecache_path, sizeof(namecache_path), "%s/namecache.log", dir);
	return 0;
}

static inline int
remove_dir(void **state)
{
	(void)state;
	char command[128];

	(void)snprintf(command, sizeof(command), "rm -rf '%s'", dir);
	return system(command);
}

static inline struct nt_sink_config
sink_config(const struct nt_log_config *log)
{
	return (struct nt_sink_config){
		.dir = dir,
		.log = *log,
		.block_bytes = BLOCK_BYTES,
		.blocks = 2 * NT_LOG_KINDS,
	};
}

static inline struct nt_sink *
open_sink_as(const struct nt_sink_config *cfg)
{
	struct nt_error err = { "" };
	struct nt_sink *s = nt_sink_new(cfg, &err);

	if (s == NULL)
		fail_msg("%s", err.msg);
	return s;
}

static inline struct nt_sink *
open_sink(const struct nt_log_config *log)
{
	const struct nt_sink_config cfg = sink_config(log);

	return open_sink_as(&cfg);
}

static inline void
doze(void)
{
	const struct timespec t = { .tv_nsec = 1000000 };

	(void)nanosleep(&t, NULL);
}

/* One line "LOG N padding"; waits for room as an lcore would, doing something else. */
static inline unsigned int
put_line(struct nt_sink *s, enum nt_log_kind kind, unsigned int n, unsigned int pad)
{
	struct nt_strbuf *b;
	unsigned int waits = 0;

	while ((b = nt_sink_begin(s, kind, NT_LOG_LINE_MAX)) == NULL) {
		waits++;
		doze();
	}
	nt_strbuf_str(b, nt_log_path(kind));
	nt_strbuf_char(b, ' ');
	nt_strbuf_u64(b, n);
	nt_strbuf_char(b, ' ');
	while (pad-- > 0)
		nt_strbuf_char(b, 'x');
	nt_strbuf_char(b, '\n');
	assert_false(b->full);
	nt_sink_commit(s, kind);
	return waits;
}

static inline char *
slurp(const char *path, size_t *ret_len)
{
	FILE *f = fopen(path, "r");
	char *text;
	long len;

	assert_non_null(f);
	assert_int_equal(fseek(f, 0, SEEK_END), 0);
	len = ftell(f);
	rewind(f);
	text = malloc((size_t)len + 1);
	assert_non_null(text);
	assert_int_equal(fread(text, 1, (size_t)len, f), len);
	text[len] = '\0';
	*ret_len = (size_t)len;
	(void)fclose(f);
	return text;
}

/* The file holds lines 0, 1, ... of this log, whole; returns how many. */
static inline unsigned int
check_lines(const char *path, enum nt_log_kind kind)
{
	size_t len;
	char *text = slurp(path, &len), *p = text, *line, want[32];
	unsigned int n = 0;

	assert_true(len == 0 || text[len - 1] == '\n');
	while ((line = strsep(&p, "\n")) != NULL && p != NULL) {
		if (*line == '#')
			continue;
		(void)snprintf(want, sizeof(want), "%s %u ", nt_log_path(kind), n++);
		assert_int_equal(strncmp(line, want, strlen(want)), 0);
	}
	free(text);
	return n;
}

static inline void
check_sums(const struct nt_sink_stats *st)
{
	for (unsigned int k = 0; k < NT_LOG_KINDS; k++)
		assert_int_equal(st->lines_committed[k], st->lines_written[k] + st->lines_lost[k]);
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, make_dir, remove_dir)

#endif
