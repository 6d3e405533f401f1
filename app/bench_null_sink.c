/* SPDX-License-Identifier: BSD-3-Clause */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "bench_null_sink.h"
#include "control.h"

#define BLOCK_BYTES (512 * 1024)
#define BLOCKS	    (2 * NT_LOG_KINDS + 8)

static const char *const logs[] = { "conn.log", "namecache.log", "notice.log" };
static_assert(NT_ARRAY_SIZE(logs) == NT_LOG_KINDS, "each log has a link");

static void
name_of(const struct bench_null_sink *s, unsigned int i, char path[128])
{
	snprintf(path, 128, "%s/%s", s->dir, logs[i]);
}

static int
make_links(struct bench_null_sink *s)
{
	char path[128];
	snprintf(s->dir, sizeof(s->dir), "/tmp/nametap-bench-XXXXXX");
	if (mkdtemp(s->dir) == NULL) {
		s->dir[0] = '\0';
		return -errno;
	}
	for (unsigned int i = 0; i < NT_LOG_KINDS; i++) {
		name_of(s, i, path);
		if (symlink("/dev/null", path) != 0)
			return -errno;
	}
	return 0;
}

int
bench_null_sink_open(struct bench_null_sink *s, const struct nt_config *cfg, struct nt_error *err)
{
	const struct nt_sink_config sink = {
		.dir = s->dir,
		.log = control_log_config(cfg),
		.block_bytes = NT_MAX((size_t)BLOCK_BYTES, (size_t)NT_LOG_LINE_MAX),
		.blocks = BLOCKS,
		.clock = NT_SINK_CAPTURE,
	};
	const int code = make_links(s);
	if (code != 0)
		return nt_error_set(err, code, "can't make %s: %s", s->dir, strerror(-code));
	s->sink = nt_sink_new(&sink, err);
	return s->sink == NULL ? -errno : 0;
}

void
bench_null_sink_close(struct bench_null_sink *s)
{
	char path[128];
	nt_sink_close(s->sink, NULL, NULL);
	if (s->dir[0] == '\0')
		return;
	for (unsigned int i = 0; i < NT_LOG_KINDS; i++) {
		name_of(s, i, path);
		unlink(path);
	}
	rmdir(s->dir);
}
