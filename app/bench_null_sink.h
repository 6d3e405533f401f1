/* SPDX-License-Identifier: BSD-3-Clause */
/* Logs that go nowhere, the way real ones go: blocks, the writer thread, write(2) to /dev/null. */
#ifndef BENCH_NULL_SINK_H
#define BENCH_NULL_SINK_H

#include <nt_config.h>
#include <nt_sink.h>

struct bench_null_sink {
	struct nt_sink *sink;
	char dir[64]; /* of links to /dev/null */
};

int bench_null_sink_open(
	struct bench_null_sink *s, const struct nt_config *cfg, struct nt_error *err);
void bench_null_sink_close(struct bench_null_sink *s); /* one that is zeroed, too */

#endif
