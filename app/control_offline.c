/* SPDX-License-Identifier: BSD-3-Clause */
/* Control offline: intervals end where markers say so, and the end is when all have come to it. */
#include <nt_fault.h>

#include "control_priv.h"
#include "lcore_idle.h"

/* The message of counters that stands next in this worker's ring; NULL where records come first. */
static const struct stats_msg *
next_stats(struct control *c, unsigned int i)
{
	const struct nt_msg_head *m = nt_msg_reader_peek(&c->records[i]);
	return m != NULL && !control_is_record(m) ? (const void *)m : NULL;
}

static void
add_stats(struct nt_counters *sum, struct nt_namecache_fill *fill, const struct stats_msg *m)
{
	for (unsigned int id = 0; id < NT_COUNTER_COUNT; id++)
		sum->n[id] += m->counters[id];
	nt_namecache_fill_most(fill, &m->fill);
}

/* The last line has what could not be written of all logs; false while nobody knows yet. */
static bool
add_losses(struct control *c, struct nt_counters *sum)
{
	struct nt_sink_stats st;
	if (!control_is_written(c))
		return false;
	nt_sink_stats(c->cfg.sink, &st);
	nt_sink_count_lost(&st, sum);
	return true;
}

/*
 * When all workers have settled the same interval, or the stream, their counters make one line.
 * They settle the same ones in the same order, so the messages that stand first belong together.
 */
static unsigned int
write_stats_of_all(struct control *c)
{
	struct nt_counters sum = { 0 };
	struct nt_namecache_fill fill = { 0 };
	int64_t ts_ns = 0;
	bool done = false;
	for (unsigned int i = 0; i < c->cfg.worker_count; i++) {
		const struct stats_msg *m = next_stats(c, i);
		if (m == NULL)
			return 0;
		add_stats(&sum, &fill, m);
		ts_ns = m->ts_ns;
		done = m->head.kind == RECORD_DONE;
	}
	if (done && !add_losses(c, &sum))
		return 0;
	if (sum.n[NT_COUNTER_PACKETS] != 0 && !control_write_stats(c, &sum, &fill, ts_ns))
		return 0;
	/* Here, so that each file has the same lines with any number of workers. */
	nt_sink_tick(c->cfg.sink, ts_ns);
	c->ticking = true;
	c->done = done;
	for (unsigned int i = 0; i < c->cfg.worker_count; i++)
		nt_msg_reader_pop(&c->records[i]);
	return 1;
}

static void
watch(struct control *c)
{
	if (nt_sink_failed(c->cfg.sink, NULL))
		atomic_store_explicit(c->cfg.stop, true, memory_order_relaxed);
	if (nt_unlikely(atomic_load_explicit(c->cfg.reopen, memory_order_relaxed)) &&
		atomic_exchange_explicit(c->cfg.reopen, false, memory_order_relaxed))
		nt_sink_reopen(c->cfg.sink);
	if (progress_due(&c->progress)) {
		struct nt_counters now;
		control_sum(c, &now);
		progress_show(&c->progress, reader_progress(c->cfg.reader), &now);
	}
}

unsigned int
control_step(struct control *c)
{
	/* No wall clock is needed offline: the bucket is virtual. */
	unsigned int n = c->cfg.moves_no_watermark ? 0 : nt_relay_step(c->cfg.relay, 0);
	n += control_drain(c);
	n += write_stats_of_all(c);
	watch(c);
	return n;
}

bool
control_is_done(const struct control *c)
{
	return c->done;
}

/*
 * What it is woken for in vain, or for little, costs as much as what it does, so it sleeps twice as
 * long after that, and half as long where much had come: its ring holds about 5,000 records. But
 * several workers wait at each marker until it has moved the watermark there.
 */
#define REST_LITTLE 512
#define REST_MUCH   2048
#define REST_MAX_NS (8 * LCORE_REST_NS)

static long
rest(const struct control *c, long ns, unsigned int done)
{
	if (!c->cfg.moves_no_watermark)
		ns = LCORE_REST_NS;
	else if (done < REST_LITTLE)
		ns = NT_MIN(2 * ns, (long)REST_MAX_NS);
	else if (done > REST_MUCH)
		ns = NT_MAX(ns / 2, (long)LCORE_REST_NS);
	lcore_sleep(ns);
	return ns;
}

void
control_run(struct control *c)
{
	long rest_ns = LCORE_REST_NS;
	unsigned int done = 0; /* since it slept */
	while (!c->done) {
		nt_fault_sleep(NT_FAULT_CONTROL_STUCK, NT_SEC(4));
		lcore_pause();
		const unsigned int n = control_step(c);
		done += n;
		if (n != 0)
			continue;
		rest_ns = rest(c, rest_ns, done);
		done = 0;
	}
	progress_end(&c->progress);
}
