/* SPDX-License-Identifier: BSD-3-Clause */
/* The control lcore from within: what offline and live share. */
#ifndef CONTROL_PRIV_H
#define CONTROL_PRIV_H

#include "control.h"
#include "control_stats.h"
#include "heartbeats.h"
#include "progress.h"
#include "record_msg.h"
#include "settings.h"
#include "split_watch.h"

struct control {
	struct nt_counters counters; /* first: aligned */
	struct control_config cfg;
	struct nt_log_config log;
	struct nt_msg_reader records[NT_CONFIG_WORKERS_MAX];
	bool ticking; /* the sink knows what time it is */
	bool done; /* every worker has said that it is */
	struct control_stats stats;
	struct control_stats stats_was; /* before the last line */
	uint64_t rows_lost; /* of namecache.log, that were seen to be */
	struct progress progress;

	/* live */
	struct split_watch *split; /* NULL: there is one worker */
	int64_t second_ns; /* the clock when it is time for what is done each second */
	int64_t stats_ns; /* the wall clock when the next line of namecache.log is due */
	bool unpaced; /* the end has begun */
	_Atomic uint64_t beats;
	struct settings_box settings;
	struct heartbeats workers; /* as this lcore sees them */
	int64_t watched_ns, doubt_ns; /* when it last looked, and last told of those that stand */
};

/* Counters wait for those of the other workers. */
static inline bool
control_is_record(const struct nt_msg_head *m)
{
	return m->kind == RECORD_CONN || m->kind == RECORD_NOTICE;
}

/* Records to lines, some of each worker; returns how many. */
unsigned int control_drain(struct control *c);

/*
 * Is each line that was handed over written or lost by now? Until then nobody can say what a line
 * of namecache.log shall say of it.
 */
bool control_is_written(struct control *c);

/* One line of namecache.log, for what came since the last one; false when there is no room for it.
 */
bool control_write_stats(struct control *c, const struct nt_counters *now,
	const struct nt_namecache_fill *fill, int64_t ts_ns);

#endif
