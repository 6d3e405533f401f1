/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Do the logs keep up? They don't while the writer has been at one thing for long, or records are
 * lost since there is no room for them. Each is told once, and once that it is over. One
 * thread; no clock of its own.
 */
#ifndef BACKLOG_H
#define BACKLOG_H

#include <nt_base.h>

/* So long at one thing; and so long without either until it is over. */
#define BACKLOG_AFTER_NS NT_SEC(2)

enum backlog_news {
	BACKLOG_NO_NEWS,
	BACKLOG_STALLED, /* nothing is taken; it began so, or was slow before */
	BACKLOG_SLOW, /* it began: too little is taken */
	BACKLOG_OVER,
};

struct backlog {
	bool on;
	bool stalled; /* ... and that nothing is taken was told */
	uint64_t lost; /* records, when it was last looked at */
	uint64_t lost_before; /* when it began */
	int64_t bad_ns; /* when it last was not well */
};

/* busy_ns: for how long the writer has been at one thing. lost: records, ever; never falls. */
enum backlog_news backlog_saw(struct backlog *b, int64_t now_ns, int64_t busy_ns, uint64_t lost);

#endif
