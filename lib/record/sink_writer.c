/* SPDX-License-Identifier: BSD-3-Clause */
#include <signal.h>
#include <time.h>

#include <nt_clock.h>

#include "sink.h"

/*
 * How long the writer sleeps when there is nothing to write: twice as long as the last time where
 * that was in vain, half as long where most blocks had been filled.
 */
#define IDLE_MIN_NS 1000000
#define IDLE_MAX_NS 8000000

/* How often files are looked at that somebody may have removed. */
#define LOOK_NS NT_SEC(1)

static void
add(_Atomic uint64_t *counter, uint64_t n)
{
	atomic_store_explicit(counter, atomic_load_explicit(counter, memory_order_relaxed) + n,
		memory_order_relaxed);
}

/* The first failure is the one that is told. */
static void
keep_error(struct nt_sink *s, int code, const struct nt_error *err)
{
	if (atomic_load_explicit(&s->failed, memory_order_relaxed) != 0)
		return;
	s->error = *err;
	atomic_store_explicit(&s->failed, code, memory_order_release);
}

static uint64_t
count_lines(const char *text, size_t len)
{
	uint64_t n = 0;
	const char *end = text + len;

	while ((text = memchr(text, '\n', (size_t)(end - text))) != NULL) {
		text++;
		n++;
	}
	return n;
}

/*
 * What comes later is dropped: a log with a hole in it would read as if nothing had been there. Who
 * wants it to be tried again tells of holes.
 */
static void
give_up(struct nt_sink *s, struct sink_file *f, int code, const struct nt_error *err)
{
	if (s->rules.keep_trying)
		sink_outage_fail(s, f, code, err);
	else
		keep_error(s, code, err);
	f->given_up = true;
	(void)sink_file_close(f, NULL);
}

/*
 * Removed under us: with the file is what was written after it was removed, which nobody can tell
 * from what was written before, but since it was last seen to be there.
 */
static void
count_removed(struct nt_sink *s, struct sink_file *f)
{
	struct nt_error err;
	const int code =
		nt_error_set(&err, -ENOENT, "%s was removed while it was written", f->path);

	give_up(s, f, code, &err);
	add(&s->written[f->kind], -f->unseen);
	add(&s->lost[f->kind], f->unseen);
	f->unseen = 0;
}

/* Is the file still there? A live sensor begins another where it isn't. */
static void
look_at_place(struct nt_sink *s, struct sink_file *f)
{
	struct nt_error err;
	int code;

	if (nt_likely(!sink_file_is_removed(f))) {
		f->unseen = 0;
		return;
	}
	count_removed(s, f);
	if (!s->rules.keep_trying)
		return;
	code = sink_log_reopen(f, &s->rules, &err);
	if (code != 0)
		give_up(s, f, code, &err);
	else
		sink_outage_wrote(f);
}

static void
look_at_places(struct nt_sink *s)
{
	const int64_t now_ns = nt_clock_monotonic_ns();

	if (nt_likely(now_ns < s->look_ns))
		return;
	s->look_ns = now_ns + LOOK_NS;
	for (unsigned int k = 0; k < NT_LOG_KINDS; k++)
		look_at_place(s, &s->files[k]);
}

static int64_t
time_of(const struct nt_sink *s, const struct sink_block *b)
{
	return s->rules.clock == NT_SINK_WALL ? nt_clock_wall_ns() : b->time_ns;
}

/* Lines that go into one file; returns their bytes that are in it now. */
static size_t
write_piece(struct nt_sink *s, const struct sink_block *b, const char *text, size_t len, int *ret)
{
	struct sink_file *f = &s->files[b->kind];
	const int64_t time_ns = time_of(s, b);
	struct nt_error err;
	size_t done = 0;

	if (sink_log_is_due(f, time_ns))
		look_at_place(s, f);
	if (f->given_up)
		return 0;
	*ret = sink_log_ready(f, &s->rules, time_ns, &err);
	len = *ret == 0 ? sink_log_fitting(f, &s->rules, text, len) : 0;
	if (*ret == 0 && len == 0 && sink_file_is_removed(f)) {
		look_at_place(s, f);
		return 0;
	}
	if (*ret == 0)
		*ret = len == 0 ? sink_log_rotate(f, &s->rules, &err)
				: sink_file_write(f, text, len, &done, &err);
	f->has_lines |= done != 0;
	f->unseen += done == b->text.len ? b->lines : count_lines(text, done);
	if (*ret != 0)
		give_up(s, f, *ret, &err);
	return done;
}

static void
write_block(struct nt_sink *s, const struct sink_block *b)
{
	struct sink_file *f = &s->files[b->kind];
	size_t done = 0;
	uint64_t lines;
	int code = 0;

	if (nt_unlikely(f->given_up) && sink_outage_retry(f))
		f->given_up = false;
	while (done < b->text.len && !f->given_up && code == 0)
		done += write_piece(s, b, b->text.data + done, b->text.len - done, &code);
	lines = done == b->text.len ? b->lines : count_lines(b->text.data, done);
	/* one that is lost is told now: what it had is for the next one (control) */
	if (b->kind == NT_LOG_NAMECACHE)
		look_at_place(s, f);
	add(&s->written[b->kind], lines);
	add(&s->lost[b->kind], b->lines - lines);
	add(&s->bytes[b->kind], done);
	if (!f->given_up)
		sink_outage_wrote(f);
}

/* Lines or none: a log whose time is over is closed when it is, where the clock says so by itself.
 */
static void
look_at_clock(struct nt_sink *s)
{
	const int64_t now_ns = nt_clock_wall_ns();
	struct nt_error err;

	for (unsigned int k = 0; k < NT_LOG_KINDS; k++) {
		struct sink_file *f = &s->files[k];
		if (sink_log_is_due(f, now_ns))
			look_at_place(s, f);
		const int code =
			sink_log_is_due(f, now_ns) ? sink_log_rotate(f, &s->rules, &err) : 0;
		if (code != 0)
			give_up(s, f, code, &err);
	}
}

static void
reopen(struct nt_sink *s)
{
	struct nt_error err;

	for (unsigned int k = 0; k < NT_LOG_KINDS; k++) {
		struct sink_file *f = &s->files[k];
		look_at_place(s, f);
		const int code = sink_log_reopen(f, &s->rules, &err);
		if (code != 0)
			give_up(s, f, code, &err);
	}
}

/* Whoever asks how long it has been at this. */
static void
set_busy(struct nt_sink *s, int64_t since_ns, enum nt_log_kind kind)
{
	atomic_store_explicit(&s->busy_kind, (int)kind, memory_order_relaxed);
	atomic_store_explicit(&s->busy_ns, since_ns, memory_order_relaxed);
}

static void
between_blocks(struct nt_sink *s)
{
	set_busy(s, nt_clock_monotonic_ns(), NT_LOG_KINDS);
	if (nt_unlikely(atomic_load_explicit(&s->reopen, memory_order_relaxed)) &&
		atomic_exchange_explicit(&s->reopen, false, memory_order_acquire))
		reopen(s);
	look_at_places(s);
	if (s->rules.clock == NT_SINK_WALL && s->rules.rotate_interval_ns != 0)
		look_at_clock(s);
	for (unsigned int k = 0; k < NT_LOG_KINDS; k++)
		sink_outage_look(s, &s->files[k], false);
}

static void
finish(struct nt_sink *s)
{
	struct nt_error err;

	set_busy(s, nt_clock_monotonic_ns(), NT_LOG_KINDS);
	for (unsigned int k = 0; k < NT_LOG_KINDS; k++) {
		sink_outage_look(s, &s->files[k], true);
		if (s->files[k].unseen != 0 && sink_file_is_removed(&s->files[k]))
			count_removed(s, &s->files[k]);
		const int code = sink_log_finish(&s->files[k], &s->rules, &err);
		if (code != 0)
			give_up(s, &s->files[k], code, &err);
	}
}

static bool
is_abandoned(const struct nt_sink *s)
{
	return atomic_load_explicit(&s->abandoned, memory_order_relaxed);
}

static long
idle(const struct nt_sink *s, long ns, unsigned int written)
{
	if (written == 0)
		ns = NT_MIN(2 * ns, (long)IDLE_MAX_NS);
	else if (2 * written > s->block_count)
		ns = NT_MAX(ns / 2, (long)IDLE_MIN_NS);
	const struct timespec nap = { .tv_nsec = ns };
	(void)nanosleep(&nap, NULL);
	return ns;
}

void *
sink_writer(void *arg)
{
	struct nt_sink *s = arg;
	long idle_ns = IDLE_MIN_NS;
	unsigned int written = 0; /* blocks, since it slept */
	struct sink_block *b;
	bool stop;

	do {
		/* before the ring is looked at: what was pushed before stop was set is seen */
		stop = atomic_load_explicit(&s->stop, memory_order_acquire);
		between_blocks(s);
		set_busy(s, 0, NT_LOG_KINDS);
		b = sink_ring_pop(&s->filled);
		if (b == NULL && !stop) {
			idle_ns = idle(s, idle_ns, written);
			written = 0;
		}
		for (; b != NULL && !is_abandoned(s); b = sink_ring_pop(&s->filled)) {
			set_busy(s, nt_clock_monotonic_ns(), b->kind);
			write_block(s, b);
			sink_ring_push(&s->empty, b);
			between_blocks(s);
			written++;
		}
	} while (!stop && !is_abandoned(s));
	if (!is_abandoned(s))
		finish(s);
	set_busy(s, 0, NT_LOG_KINDS);
	return NULL;
}
