/* SPDX-License-Identifier: BSD-3-Clause */
#include <inttypes.h>
#include <signal.h>
#include <stdlib.h>

#include <nt_clock.h>
#include <nt_fault.h>
#include <nt_mem.h>

#include "sink.h"

static void
sink_free(struct nt_sink *s)
{
	if (s == NULL)
		return;
	for (unsigned int k = 0; k < NT_LOG_KINDS; k++)
		(void)sink_file_close(&s->files[k], NULL);
	free(s->filled.slots);
	free(s->empty.slots);
	free(s->blocks);
	pthread_mutex_destroy(&s->outage_lock);
	if (s->memory != NULL)
		nt_mem_unmap(s->memory, s->memory_bytes);
	free(s);
}

static bool
ring_alloc(struct sink_ring *r, unsigned int blocks)
{
	uint32_t size = 1;

	while (size < blocks)
		size *= 2;
	r->mask = size - 1;
	r->slots = calloc(size, sizeof(*r->slots));
	return r->slots != NULL;
}

static struct nt_sink *
sink_alloc(const struct nt_sink_config *cfg)
{
	struct nt_sink *s = aligned_alloc(NT_CACHE_LINE, sizeof(*s));

	if (s == NULL)
		return NULL;
	*s = (struct nt_sink){
		.rules = {
			.log = cfg->log,
			.existing = cfg->existing,
			.clock = cfg->clock,
			.rotate_interval_ns = cfg->rotate_interval_ns,
			.rotate_bytes = cfg->rotate_bytes,
			.keep_trying = cfg->keep_trying,
		},
		.now_ns = SINK_TIME_NONE,
		.outage_lock = PTHREAD_MUTEX_INITIALIZER,
	};
	for (unsigned int k = 0; k < NT_LOG_KINDS; k++)
		s->files[k].fd = -1;
	s->block_count = cfg->blocks;
	s->memory_bytes = cfg->block_bytes * cfg->blocks + NT_LOG_LINE_MAX;
	s->memory = nt_mem_map(s->memory_bytes);
	s->blocks = calloc(cfg->blocks, sizeof(*s->blocks));
	if (s->memory == NULL || s->blocks == NULL || !ring_alloc(&s->filled, cfg->blocks) ||
		!ring_alloc(&s->empty, cfg->blocks)) {
		sink_free(s);
		return NULL;
	}
	for (unsigned int i = 0; i < cfg->blocks; i++) {
		s->blocks[i].text =
			nt_strbuf_init(s->memory + i * cfg->block_bytes, cfg->block_bytes);
		sink_ring_push(&s->empty, &s->blocks[i]);
	}
	s->nowhere = nt_strbuf_init(s->memory + cfg->blocks * cfg->block_bytes, NT_LOG_LINE_MAX);
	return s;
}

/* The thread takes no signals: they are the main thread's, and EPIPE shall be an error, not
 * SIGPIPE. */
static int
start_thread(struct nt_sink *s, struct nt_error *err)
{
	sigset_t all, old;
	int code;

	sigfillset(&all);
	pthread_sigmask(SIG_SETMASK, &all, &old);
	code = pthread_create(&s->thread, NULL, sink_writer, s);
	pthread_sigmask(SIG_SETMASK, &old, NULL);
	if (code != 0)
		return nt_error_set(
			err, -code, "cannot start the log writer thread: %s", strerror(code));
	(void)pthread_setname_np(s->thread, "nt-log-writer");
	return 0;
}

struct nt_sink *
nt_sink_new(const struct nt_sink_config *cfg, struct nt_error *err)
{
	struct nt_sink *s;
	int code = 0;

	if (cfg->block_bytes < NT_LOG_LINE_MAX || cfg->blocks < 2 * NT_LOG_KINDS) {
		errno = -nt_error_set(err, -EINVAL,
			"log blocks: %u of %zu bytes are too few or too small", cfg->blocks,
			cfg->block_bytes);
		return NULL;
	}
	s = sink_alloc(cfg);
	if (s == NULL) {
		errno = -nt_error_set(err, -ENOMEM, "no memory for %u log blocks of %zu bytes",
			cfg->blocks, cfg->block_bytes);
		return NULL;
	}
	for (unsigned int k = 0; k < NT_LOG_KINDS && code == 0; k++) {
		code = sink_file_init(&s->files[k], cfg->dir, (enum nt_log_kind)k, err);
		if (code == 0)
			code = sink_log_start(&s->files[k], &s->rules, err);
	}
	if (code == 0)
		code = start_thread(s, err);
	if (code != 0) {
		sink_free(s);
		errno = -code;
		return NULL;
	}
	return s;
}

int64_t
nt_sink_busy(struct nt_sink *s, enum nt_log_kind *ret_kind)
{
	const int64_t since_ns = atomic_load_explicit(&s->busy_ns, memory_order_relaxed);

	*ret_kind = (enum nt_log_kind)atomic_load_explicit(&s->busy_kind, memory_order_relaxed);
	return since_ns == 0 ? 0 : nt_clock_monotonic_ns() - since_ns;
}

void
nt_sink_abandon(struct nt_sink *s)
{
	atomic_store_explicit(&s->abandoned, true, memory_order_relaxed);
}

static bool
is_abandoned(const struct nt_sink *s)
{
	return atomic_load_explicit(&s->abandoned, memory_order_relaxed);
}

/* An empty block for this log; NULL where there is none. */
static struct sink_block *
take_block(struct nt_sink *s, enum nt_log_kind kind)
{
	struct sink_block *b = nt_fault(NT_FAULT_WRITER_FULL) ? NULL : sink_ring_pop(&s->empty);

	if (b == NULL)
		return NULL;
	b->text.len = b->whole = 0;
	b->lines = 0;
	b->kind = kind;
	s->cur[kind] = b;
	return b;
}

struct nt_strbuf *
nt_sink_begin(struct nt_sink *s, enum nt_log_kind kind, size_t max_len)
{
	struct sink_block *b = s->cur[kind];

	if (nt_unlikely(is_abandoned(s))) {
		s->nowhere.len = 0;
		s->nowhere.full = false;
		return &s->nowhere;
	}
	if (nt_unlikely(b == NULL || b->text.room - b->whole < max_len)) {
		nt_sink_flush(s, kind);
		b = s->cur[kind]; /* still there where it is empty */
		if (b == NULL)
			b = take_block(s, kind);
		if (b == NULL || b->text.room < max_len)
			return NULL;
	}
	b->text.len = b->whole; /* what was begun and never committed is forgotten */
	b->text.full = false;
	return &b->text;
}

void
nt_sink_commit(struct nt_sink *s, enum nt_log_kind kind)
{
	struct sink_block *b = s->cur[kind];

	s->committed[kind]++;
	if (nt_unlikely(is_abandoned(s)))
		return;
	if (b->lines++ == 0)
		b->time_ns = s->now_ns;
	b->whole = b->text.len;
}

void
nt_sink_flush(struct nt_sink *s, enum nt_log_kind kind)
{
	struct sink_block *b = s->cur[kind];

	if (b == NULL || b->lines == 0 || is_abandoned(s))
		return;
	b->text.len = b->whole;
	s->cur[kind] = NULL;
	sink_ring_push(&s->filled, b);
}

void
nt_sink_tick(struct nt_sink *s, int64_t now_ns)
{
	const int64_t interval_ns = s->rules.rotate_interval_ns;

	if (interval_ns != 0 &&
		(s->now_ns == SINK_TIME_NONE || now_ns < s->now_ns || now_ns >= s->rotate_at_ns)) {
		/* the blocks at hand belong to what was before */
		for (unsigned int k = 0; k < NT_LOG_KINDS; k++)
			nt_sink_flush(s, (enum nt_log_kind)k);
		s->rotate_at_ns = sink_rotate_next(now_ns, interval_ns);
	}
	s->now_ns = now_ns;
}

void
nt_sink_reopen(struct nt_sink *s)
{
	atomic_store_explicit(&s->reopen, true, memory_order_release);
}

bool
nt_sink_failed(struct nt_sink *s, struct nt_error *err)
{
	if (nt_likely(atomic_load_explicit(&s->failed, memory_order_acquire) == 0))
		return false;
	if (err != NULL)
		*err = s->error;
	return true;
}

void
nt_sink_stats(struct nt_sink *s, struct nt_sink_stats *ret)
{
	for (unsigned int k = 0; k < NT_LOG_KINDS; k++) {
		ret->lines_committed[k] = s->committed[k];
		ret->lines_written[k] = atomic_load_explicit(&s->written[k], memory_order_relaxed);
		ret->lines_lost[k] =
			is_abandoned(s) ? ret->lines_committed[k] - ret->lines_written[k]
					: atomic_load_explicit(&s->lost[k], memory_order_relaxed);
		ret->bytes_written[k] = atomic_load_explicit(&s->bytes[k], memory_order_relaxed);
	}
}

void
nt_sink_count_lost(const struct nt_sink_stats *st, struct nt_counters *counters)
{
	nt_counter_set(counters, NT_COUNTER_LINES_LOST, nt_sink_lost(st));
	nt_counter_set(counters, NT_COUNTER_CONN_LINES_LOST, st->lines_lost[NT_LOG_CONN]);
	nt_counter_set(counters, NT_COUNTER_NOTICE_LINES_LOST, st->lines_lost[NT_LOG_NOTICE]);
}

/* An outage that isn't over is how it ended. */
static int
last_outage(const struct nt_sink *s, struct nt_error *err)
{
	for (unsigned int k = 0; k < NT_LOG_KINDS; k++) {
		if (!s->files[k].failing)
			continue;
		if (err != NULL)
			*err = s->outages[k].error;
		return s->outages[k].code;
	}
	return 0;
}

/* The thread's end. False where it can't be waited for: it hangs in a write. */
static bool
join(struct nt_sink *s)
{
	const int64_t poll_ns = NT_SEC(1) / 10;
	enum nt_log_kind kind;
	struct timespec until;

	if (!s->rules.keep_trying)
		return pthread_join(s->thread, NULL) == 0;
	for (;;) {
		const int64_t wall_ns = nt_clock_wall_ns() + poll_ns;
		until = (struct timespec){ .tv_sec = wall_ns / NT_NS_PER_SEC,
			.tv_nsec = wall_ns % NT_NS_PER_SEC };
		if (pthread_timedjoin_np(s->thread, NULL, &until) == 0)
			return true;
		if (nt_sink_busy(s, &kind) >= NT_SINK_PATIENCE_NS)
			nt_sink_abandon(s);
		if (is_abandoned(s) && nt_sink_busy(s, &kind) != 0)
			return false;
	}
}

/* What was not written, and by whose fault. */
static int
tell_abandoned(struct nt_sink *s, const struct nt_sink_stats *st, struct nt_error *err)
{
	enum nt_log_kind kind;

	(void)nt_sink_busy(s, &kind);
	return nt_error_set(err, -ETIMEDOUT,
		"%s can't be written: nothing was taken for %" PRId64 " s; %" PRIu64
		" lines of the logs are lost",
		s->files[kind < NT_LOG_KINDS ? kind : NT_LOG_CONN].path,
		NT_SINK_PATIENCE_NS / NT_NS_PER_SEC, nt_sink_lost(st));
}

int
nt_sink_close(struct nt_sink *s, struct nt_sink_stats *ret_stats, struct nt_error *err)
{
	struct nt_sink_stats stats;
	bool joined;
	int code;

	if (s == NULL) {
		if (ret_stats != NULL)
			*ret_stats = (struct nt_sink_stats){ 0 };
		return 0;
	}
	for (unsigned int k = 0; k < NT_LOG_KINDS; k++)
		nt_sink_flush(s, (enum nt_log_kind)k);
	atomic_store_explicit(&s->stop, true, memory_order_release);
	joined = join(s);
	nt_sink_stats(s, &stats);
	if (ret_stats != NULL)
		*ret_stats = stats;
	if (is_abandoned(s)) {
		code = tell_abandoned(s, &stats, err);
		if (joined)
			sink_free(s);
		return code;
	}
	(void)nt_sink_failed(s, err);
	code = atomic_load_explicit(&s->failed, memory_order_relaxed);
	if (code == 0)
		code = last_outage(s, err);
	sink_free(s);
	return code;
}
