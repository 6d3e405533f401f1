/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Inside of the sink: what the producer's side (sink.c), the writer thread (sink_writer.c), the
 * logs (sink_log.c, sink_rotate.c) and the files (sink_file.c) share. Private to lib/record.
 */
#ifndef NT_RECORD_SINK_H
#define NT_RECORD_SINK_H

#include <limits.h>
#include <pthread.h>
#include <stdatomic.h>

#include "nt_sink.h"

#define SINK_TIME_NONE INT64_MIN

/* A log's file. Writer thread only, once it runs. */
struct sink_file {
	int fd; /* -1: not open */
	bool given_up; /* after an error: what comes is lost */
	bool failing; /* keep_trying: in an outage, given up or being tried */
	int64_t retry_ns; /* given up until then, by the monotonic clock */
	int64_t well_ns; /* in an outage: lines have been written since then; 0: none */
	uint64_t lost_before; /* lines, when the outage began */
	uint64_t unseen; /* lines written since it was last seen to be there */
	bool regular; /* neither pipe nor device */
	bool has_lines; /* or what was there before */
	enum nt_log_kind kind;
	uint64_t size; /* bytes that are in it */
	int64_t begun_ns; /* its first line; SINK_TIME_NONE: it has none */
	int64_t rotate_at_ns; /* where begun_ns is set */
	char path[PATH_MAX];
};

/* Set path and kind; not open. 0 or -ENAMETOOLONG and *err. */
int sink_file_init(
	struct sink_file *f, const char *dir, enum nt_log_kind kind, struct nt_error *err);
/* Open or create; cut to nothing, or append (behind a whole line). 0 or -errno and *err. */
int sink_file_open(struct sink_file *f, bool append, struct nt_error *err);
/*
 * Write it all: short writes are continued, EINTR repeated. 0, or -errno and *err; *ret_done is
 * what is in the file then, always whole lines of text (a half line at the end was cut off, or
 * could not be: a pipe or device).
 */
int sink_file_write(
	struct sink_file *f, const char *text, size_t len, size_t *ret_done, struct nt_error *err);
/* Has somebody removed it? A file that was only renamed (logrotate) is not. One system call. */
bool sink_file_is_removed(const struct sink_file *f);
/* Cut a regular file to that size, as far as that can be done. */
void sink_file_cut(struct sink_file *f, uint64_t size);
/* 0, or -errno and *err. Fine where it isn't open. */
int sink_file_close(struct sink_file *f, struct nt_error *err);
/* *err: "cannot WHAT PATH: ERROR"; returns code. */
int sink_file_fail(const struct sink_file *f, const char *what, int code, struct nt_error *err);

/* The next time after now_ns that is a multiple of interval_ns since local midnight. */
int64_t sink_rotate_next(int64_t now_ns, int64_t interval_ns);
/* Give the file at f's path the name that it has when it was begun then. 0 or -errno and *err. */
int sink_rotate_rename(const struct sink_file *f, int64_t begun_ns, struct nt_error *err);

struct sink_block {
	struct nt_strbuf text;
	size_t whole; /* bytes of text that are committed */
	uint64_t lines;
	int64_t time_ns; /* as of nt_sink_tick; SINK_TIME_NONE: not known */
	enum nt_log_kind kind;
};

/* One producer, one consumer; has a slot for every block there is, so it is never full. */
struct sink_ring {
	struct sink_block **slots;
	uint32_t mask;
	_Atomic uint32_t head NT_CACHE_ALIGNED; /* producer: rw, consumer: ro */
	_Atomic uint32_t tail NT_CACHE_ALIGNED; /* consumer: rw, producer: ro */
};

static inline void
sink_ring_push(struct sink_ring *r, struct sink_block *b)
{
	uint32_t head = atomic_load_explicit(&r->head, memory_order_relaxed);

	r->slots[head & r->mask] = b;
	atomic_store_explicit(&r->head, head + 1, memory_order_release);
}

/* NULL where it is empty. */
static inline struct sink_block *
sink_ring_pop(struct sink_ring *r)
{
	uint32_t tail = atomic_load_explicit(&r->tail, memory_order_relaxed);
	struct sink_block *b;

	if (atomic_load_explicit(&r->head, memory_order_acquire) == tail)
		return NULL;
	b = r->slots[tail & r->mask];
	atomic_store_explicit(&r->tail, tail + 1, memory_order_release);
	return b;
}

/* How the logs are kept. Read only. */
struct sink_rules {
	struct nt_log_config log;
	enum nt_sink_existing existing;
	enum nt_sink_clock clock;
	int64_t rotate_interval_ns;
	uint64_t rotate_bytes;
	bool keep_trying;
};

struct nt_sink {
	struct sink_rules rules;
	pthread_t thread;
	struct sink_file files[NT_LOG_KINDS]; /* writer */
	struct sink_block *blocks;
	unsigned int block_count;
	char *memory;
	size_t memory_bytes;
	int64_t look_ns; /* writer: at the files, again */
	struct sink_ring filled; /* producer -> writer */
	struct sink_ring empty; /* writer -> producer */
	struct sink_block *cur[NT_LOG_KINDS]; /* producer */
	struct nt_strbuf nowhere; /* producer: room for a line, where it is abandoned */
	uint64_t committed[NT_LOG_KINDS]; /* producer */
	int64_t now_ns, rotate_at_ns; /* producer: of nt_sink_tick */
	_Atomic uint64_t written[NT_LOG_KINDS]; /* writer: rw, producer: ro; as the next two */
	_Atomic uint64_t lost[NT_LOG_KINDS];
	_Atomic uint64_t bytes[NT_LOG_KINDS];
	_Atomic bool stop; /* producer: rw, writer: ro; nothing is pushed after it */
	_Atomic bool abandoned; /* producer: rw, writer: ro; what is left is not written */
	_Atomic int64_t busy_ns; /* writer: wo, others: ro; since when it is at one thing, or 0 */
	_Atomic int busy_kind; /* likewise: a log's, or NT_LOG_KINDS */
	_Atomic bool reopen; /* anybody: set, writer: cleared */
	_Atomic int failed; /* writer: rw, producer: ro; -errno, set after `error` */
	struct nt_error error; /* writer, until `failed` is set; of the first failure */
	pthread_mutex_t outage_lock; /* of what follows. Writer: rw, others: ro */
	struct nt_sink_outage outages[NT_LOG_KINDS];
};

/* The beginning: what is there already is dealt with. 0 or -errno and *err, as all of these. */
int sink_log_start(struct sink_file *f, const struct sink_rules *r, struct nt_error *err);
/* Make sure that a line of that time can be written: rotates and opens. */
int sink_log_ready(
	struct sink_file *f, const struct sink_rules *r, int64_t time_ns, struct nt_error *err);
/* Would a line of that time go to another file? */
bool sink_log_is_due(const struct sink_file *f, int64_t time_ns);
/* Footer, close, rename. Fine where it isn't open. */
int sink_log_rotate(struct sink_file *f, const struct sink_rules *r, struct nt_error *err);
/* Footer, close, open the path again. A log that is given up is just opened. */
int sink_log_reopen(struct sink_file *f, const struct sink_rules *r, struct nt_error *err);
/* The end. */
int sink_log_finish(struct sink_file *f, const struct sink_rules *r, struct nt_error *err);
/* How much of a text of whole lines goes into this file; 0: none, it has to be rotated first. */
size_t sink_log_fitting(
	const struct sink_file *f, const struct sink_rules *r, const char *text, size_t len);

/* An error with keep_trying: an outage begins or goes on; and a file is to be tried again later. */
void sink_outage_fail(struct nt_sink *s, struct sink_file *f, int code, const struct nt_error *err);
/* A file that was given up: is it time to try again? */
bool sink_outage_retry(struct sink_file *f);
/* Lines were written. */
void sink_outage_wrote(struct sink_file *f);
/* Is it over by now? At the end it is as soon as anything was written. */
void sink_outage_look(struct nt_sink *s, struct sink_file *f, bool at_end);

/* The writer thread; arg is the struct nt_sink. */
void *sink_writer(void *arg);

#endif
