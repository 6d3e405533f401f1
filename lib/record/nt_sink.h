/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Blocks of text from the control lcore to files, by a thread of its own: the control lcore fills a
 * block, hands it over and takes a free one, never waiting, locking or making a system call; the
 * writer thread writes whole blocks in order (EINTR, short writes), opens and closes the files.
 * Blocks hold whole lines. Producer: one thread (control). A write error sticks: it is kept with
 * errno and the file's name for the producer to see, later blocks of that log are dropped and their
 * lines counted. With keep_trying it is an outage instead, which ends. A half line that a failed
 * write has left in a regular file is cut off. Files are not readable by others (0640). A path that
 * is a FIFO waits for its reader.
 *
 * An outage of a log (keep_trying) begins when it can't be opened, written or rotated. What comes
 * is lost and counted, but for what is tried: once in a second the path is opened again, appending
 * (TSV: with a header), and what is at hand is written. It is over when lines have been written for
 * a second without another error, so that a disk that has room for a line is no news. A directory
 * that is gone is made again, not those above it.
 *
 * A file that somebody has removed (not: renamed) is an error, noticed within a second, before it
 * is rotated, and at the end; what was written since it was last seen to be there is lost, which is
 * an upper bound. With keep_trying there is another file at once.
 *
 * Rotation (Zeek's): a log is closed and renamed to LOG.%Y-%m-%d-%H-%M-%S.log, local time, when it
 * was begun (its first line), and the next line begins another; what would be overwritten is not,
 * the name gets a counter (.1 before .log). By time: at multiples of rotate_interval since local
 * midnight. By size: before a line that would make it larger than rotate_bytes (a file has one line
 * at least). Where either is on, the last file is renamed as well, at the end. Files without a line
 * are not renamed; what is no regular file neither.
 */
#ifndef NT_SINK_H
#define NT_SINK_H

#include <nt_base.h>
#include <nt_counters.h>
#include <nt_strbuf.h>

#include "nt_log.h"

struct nt_sink;

/* What is there already when the sink begins. A log that is only made when it has a line
 * (notice.log) is emptied, too. */
enum nt_sink_existing {
	NT_SINK_TRUNCATE,
	NT_SINK_APPEND, /* TSV: with a header of its own, as if files were strung together */
	NT_SINK_ROTATE_AWAY, /* named by when the file was made */
};

/* What rotation by time goes by. */
enum nt_sink_clock {
	NT_SINK_WALL,
	NT_SINK_CAPTURE, /* nt_sink_tick */
};

struct nt_sink_config {
	const char *dir; /* must exist; copied */
	struct nt_log_config log;
	size_t block_bytes; /* at least NT_LOG_LINE_MAX */
	unsigned int blocks; /* free blocks shared by all logs, >= 2 * NT_LOG_KINDS */
	enum nt_sink_existing existing;
	enum nt_sink_clock clock;
	int64_t rotate_interval_ns; /* 0: never */
	uint64_t rotate_bytes; /* 0: never */
	bool keep_trying; /* after an error */
};

/*
 * Open DIR/conn.log and DIR/namecache.log for writing, write headers, start the thread. NULL and
 * *err (one line: what, where, why) on failure; nothing is left behind then but the files.
 * DIR/notice.log is made when it has a line.
 */
struct nt_sink *nt_sink_new(const struct nt_sink_config *cfg, struct nt_error *err);

/*
 * Room for one line of at most max_len bytes in the log's block: append to it, then commit. NULL
 * when there is no free block just now: come back later (back-pressure), nothing is lost. max_len
 * beyond block_bytes is never there.
 */
struct nt_strbuf *nt_sink_begin(struct nt_sink *s, enum nt_log_kind kind, size_t max_len);
/* The line appended since begin is whole and counts. */
void nt_sink_commit(struct nt_sink *s, enum nt_log_kind kind);
/* Hand over what there is, even if the block is not full. */
void nt_sink_flush(struct nt_sink *s, enum nt_log_kind kind);

/*
 * NT_SINK_CAPTURE: the time is now_ns; lines committed from now on belong to it. What was committed
 * before stays in front of a rotation that this makes due. Back in time begins a new file where
 * rotation by time is on.
 */
void nt_sink_tick(struct nt_sink *s, int64_t now_ns);

/*
 * Close the logs and open their paths again, appending, soon: for logrotate, which has renamed
 * them. In an outage that is tried at once. Any thread; safe in signal handlers.
 */
void nt_sink_reopen(struct nt_sink *s);

/* True (and *err filled) once a write has failed; never with keep_trying. Producer only. */
bool nt_sink_failed(struct nt_sink *s, struct nt_error *err);

/* With keep_trying: the last outage of a log. */
struct nt_sink_outage {
	uint64_t number; /* of this log, from 1 */
	int code; /* -errno that it began with */
	struct nt_error error; /* the same: what, where, why */
	bool over;
	uint64_t lines_lost; /* in it, when it is over */
};

/* False where there was none. Any thread; locks. */
bool nt_sink_outage(struct nt_sink *s, enum nt_log_kind kind, struct nt_sink_outage *ret);

/*
 * For how long the writer has been at one thing of that log (NT_LOG_KINDS: of any), in ns: a disk,
 * or who reads a pipe, takes nothing. 0: it is at nothing. Any thread.
 */
int64_t nt_sink_busy(struct nt_sink *s, enum nt_log_kind *ret_kind);

/* At the end nobody waits longer than this for one thing, with keep_trying. */
#define NT_SINK_PATIENCE_NS NT_SEC(10)

/*
 * With keep_trying, at the end: what is not written by now is lost, and what comes. What the writer
 * is at may be written all the same, so the lines lost are an upper bound. Producer only.
 */
void nt_sink_abandon(struct nt_sink *s);

struct nt_sink_stats {
	uint64_t lines_committed[NT_LOG_KINDS];
	uint64_t lines_written[NT_LOG_KINDS]; /* known to have been written whole */
	uint64_t lines_lost[NT_LOG_KINDS]; /* dropped after an error */
	uint64_t bytes_written[NT_LOG_KINDS];
};

/* Of all logs. */
static inline uint64_t
nt_sink_lost(const struct nt_sink_stats *st)
{
	uint64_t n = 0;

	for (unsigned int k = 0; k < NT_LOG_KINDS; k++)
		n += st->lines_lost[k];
	return n;
}

/* Sets the counters of lines lost: of all logs, and of those that have sums of their own. */
void nt_sink_count_lost(const struct nt_sink_stats *st, struct nt_counters *counters);

/* The same while it runs: committed is exact, the others may be behind. Producer only. */
void nt_sink_stats(struct nt_sink *s, struct nt_sink_stats *ret);

/*
 * Flush everything, write footers, end the thread, close the files (errors of close count too). 0,
 * or -errno with *err (keep_trying: only of an outage that isn't over, or -ETIMEDOUT: it was
 * abandoned, here or before; a thread that still hangs is left to the process's end). Frees s; NULL
 * is fine. *ret_stats (may be NULL): final, committed = written
 * + lost.
 */
int nt_sink_close(struct nt_sink *s, struct nt_sink_stats *ret_stats, struct nt_error *err);

#endif
