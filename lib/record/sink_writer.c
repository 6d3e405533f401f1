/* SPDX-License-Identifier: BSD-3-Clause */
#include <signal.h>
#include <time.h>

#include "sink.h"

/* How long the writer sleeps when there is nothing to write: a block of 1 MiB takes longer to fill.
 */
#define IDLE_NS 1500000

int64_t
sink_wall_clock_ns(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_REALTIME, &ts);
	return (int64_t)ts.tv_sec * NT_NS_PER_SEC + ts.tv_nsec;
}

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

static void
write_block(struct nt_sink *s, const struct sink_block *b)
{
	struct sink_file *f = &s->files[b->kind];
	struct nt_error err;
	size_t done = 0;
	uint64_t lines;
	int code;

	if (f->fd < 0) {
		add(&s->lost[b->kind], b->lines);
		return;
	}
	code = sink_file_write(f, b->text.data, b->text.len, &done, &err);
	lines = code == 0 ? b->lines : count_lines(b->text.data, done);
	add(&s->written[b->kind], lines);
	add(&s->lost[b->kind], b->lines - lines);
	add(&s->bytes[b->kind], done);
	if (code == 0)
		return;
	keep_error(s, code, &err);
	/* what comes later is dropped: a log with a hole in it would read as if nothing had been
	 * there */
	(void)sink_file_close(f, NULL);
}

static void
finish_file(struct nt_sink *s, struct sink_file *f)
{
	char text[64];
	struct nt_strbuf b = nt_strbuf_init(text, sizeof(text));
	struct nt_error err;
	size_t done;
	int code;

	if (f->fd < 0)
		return;
	nt_log_footer(&b, &s->log, sink_wall_clock_ns());
	code = sink_file_write(f, b.data, b.len, &done, &err);
	if (code != 0)
		keep_error(s, code, &err);
	code = sink_file_close(f, &err);
	if (code != 0)
		keep_error(s, code, &err);
}

void *
sink_writer(void *arg)
{
	const struct timespec idle = { .tv_nsec = IDLE_NS };
	struct nt_sink *s = arg;
	struct sink_block *b;
	bool stop;

	do {
		/* before the ring is looked at: what was pushed before stop was set is seen */
		stop = atomic_load_explicit(&s->stop, memory_order_acquire);
		b = sink_ring_pop(&s->filled);
		if (b == NULL && !stop)
			(void)nanosleep(&idle, NULL);
		for (; b != NULL; b = sink_ring_pop(&s->filled)) {
			write_block(s, b);
			sink_ring_push(&s->empty, b);
		}
	} while (!stop);
	for (unsigned int k = 0; k < NT_LOG_KINDS; k++)
		finish_file(s, &s->files[k]);
	return NULL;
}
