/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Control live: mappings are paced, intervals end by the wall clock, and nothing stops the relay: a
 * log that can't be written is told and counted, no more. The end is when all workers have come to
 * it, for which nothing is held back any more.
 */
#include <nt_fault.h>

#include "control_priv.h"
#include "lcore_idle.h"
#include "rx_counts.h"

static struct nt_namecache_fill
most_of_any(const struct control *c)
{
	struct nt_namecache_fill most = { 0 }, one;
	for (unsigned int i = 0; i < c->cfg.worker_count; i++) {
		control_stats_fill(worker_gauges(c->cfg.workers[i]), &one);
		nt_namecache_fill_most(&most, &one);
	}
	return most;
}

/* How often workers are looked at; who comes five times too late has not seen them stand. */
#define WATCH_NS (NT_SEC(1) / 20)

/* Shorter, and nothing would be gained: their rings hold what comes meanwhile. */
#define HOLD_LEAST_NS NT_SEC(1)

static void
count_losses(struct control *c)
{
	struct nt_sink_stats sink;
	nt_sink_stats(c->cfg.sink, &sink);
	nt_sink_count_lost(&sink, &c->counters);
	nt_counter_set(
		&c->counters, NT_COUNTER_MAPPINGS_SHED_IN, nt_relay_stats(c->cfg.relay)->shed);
}

static void
begin_watch(struct control *c, int64_t clock_ns)
{
	c->workers.after_ns = NT_MAX(c->cfg.config->relay.max_hold_ns, HOLD_LEAST_NS);
	for (unsigned int i = 0; i < c->cfg.worker_count; i++)
		heartbeats_add(&c->workers, "", clock_ns);
	c->watched_ns = clock_ns;
}

/* What a worker that stands has not told yet may be a lookup: those that go on say so. */
static void
tell_doubt(struct control *c, int64_t clock_ns)
{
	if (heartbeats_all_well(&c->workers) || clock_ns < c->doubt_ns)
		return;
	c->doubt_ns = clock_ns + NT_SEC(1);
	for (unsigned int i = 0; i < c->cfg.worker_count; i++) {
		if (c->workers.of[i].still)
			continue;
		worker_note_losses(c->cfg.workers[i]);
		return;
	}
}

static void
watch_worker(struct control *c, unsigned int i, int64_t clock_ns)
{
	if (!heartbeats_saw(&c->workers, i, worker_beats(c->cfg.workers[i]), clock_ns))
		return;
	if (c->workers.of[i].still) {
		nt_relay_leave_behind(c->cfg.relay, i);
		nt_counter_add(&c->counters, NT_COUNTER_LEFT_BEHIND, 1);
	} else {
		nt_relay_comes_back(c->cfg.relay, i);
		worker_note_losses(c->cfg.workers[i]); /* what it has not been told */
	}
}

/* The watermark does not hang on a worker that makes no turns. */
static void
watch_workers(struct control *c, int64_t clock_ns)
{
	const bool overslept = clock_ns - c->watched_ns > 5 * WATCH_NS;
	if (c->cfg.worker_count == 1 || clock_ns - c->watched_ns < WATCH_NS)
		return;
	for (unsigned int i = 0; i < c->cfg.worker_count; i++) {
		if (overslept && !c->workers.of[i].still)
			c->workers.of[i].since_ns = clock_ns;
		watch_worker(c, i, clock_ns);
	}
	c->watched_ns = clock_ns;
	tell_doubt(c, clock_ns);
}

/*
 * Ports are asked anew, once a line: what the housekeeper has of them is up to 100 ms old, and
 * would leave out what was lost at the very end.
 */
static bool
write_stats(struct control *c, int64_t wall_ns)
{
	const struct nt_namecache_fill most = most_of_any(c);
	struct nt_counters now;
	control_sum(c, &now);
	rx_counts(c->cfg.live->ports, c->cfg.live->rx, c->cfg.worker_count, &now);
	return control_write_stats(c, &now, &most, wall_ns);
}

/* At multiples of the interval; a clock that was set far back does not stop them. */
static void
tick_stats(struct control *c, int64_t wall_ns)
{
	const int64_t interval_ns = c->cfg.config->stats.interval_ns;
	const int64_t next_ns = (wall_ns / interval_ns + 1) * interval_ns;
	if (c->stats_ns == 0 || c->stats_ns > next_ns)
		c->stats_ns = next_ns;
	else if (wall_ns >= c->stats_ns && write_stats(c, c->stats_ns))
		c->stats_ns = next_ns;
}

static void
each_second(struct control *c, int64_t clock_ns)
{
	if (nt_likely(clock_ns < c->second_ns))
		return;
	c->second_ns = clock_ns + NT_SEC(1);
	busiest_publish(c->cfg.live->busiest, clock_ns);
	nt_sink_flush(c->cfg.sink, NT_LOG_CONN);
	nt_sink_flush(c->cfg.sink, NT_LOG_NOTICE);
	count_losses(c);
	tick_stats(c, clock_ns - live_clock_offset_ns(c->cfg.live->clock));
}

/* True when every worker has said that it is done, behind its last record. */
static bool
all_done(struct control *c)
{
	for (unsigned int i = 0; i < c->cfg.worker_count; i++) {
		const struct nt_msg_head *m = nt_msg_reader_peek(&c->records[i]);
		if (m == NULL || control_is_record(m))
			return false;
	}
	return true;
}

/* A disk that takes nothing holds up no end: what is left is lost and counted. */
static void
give_up_waiting(struct control *c)
{
	enum nt_log_kind kind;
	if (nt_sink_busy(c->cfg.sink, &kind) >= NT_SINK_PATIENCE_NS)
		nt_sink_abandon(c->cfg.sink);
}

/* What came since the last interval's end has a line of its own. */
static void
look_for_end(struct control *c, int64_t clock_ns)
{
	if (!c->unpaced) {
		if (!atomic_load_explicit(c->cfg.stop, memory_order_relaxed))
			return;
		nt_relay_unpace(c->cfg.relay);
		c->unpaced = true;
	}
	if (!all_done(c) || !control_is_written(c)) {
		give_up_waiting(c);
		return;
	}
	count_losses(c);
	c->done = write_stats(c, clock_ns - live_clock_offset_ns(c->cfg.live->clock));
}

static void
rest(const struct control *c)
{
	if (c->cfg.live->idle == NT_CONFIG_IDLE_SLEEP)
		lcore_rest();
	else
		lcore_idle_live(c->cfg.live->idle);
}

/* At the end nothing is paced any more. */
static void
take_settings(struct control *c, const struct settings *s)
{
	const struct nt_config *was = c->cfg.config, *now = &s->config;
	c->cfg.config = now;
	if (!c->unpaced &&
		(now->relay.rate != was->relay.rate || now->relay.burst != was->relay.burst))
		nt_relay_set_pace(c->cfg.relay, now->relay.rate, now->relay.burst);
	settings_take(&c->settings, s);
}

void
control_run_live(struct control *c)
{
	begin_watch(c, live_clock_now(c->cfg.live->clock));
	while (!c->done) {
		const int64_t clock_ns = live_clock_now(c->cfg.live->clock);
		nt_fault_sleep(NT_FAULT_CONTROL_STUCK, NT_SEC(4));
		const struct settings *s = settings_offered(&c->settings);
		if (nt_unlikely(s != NULL))
			take_settings(c, s);
		lcore_pause();
		unsigned int n = nt_relay_step(c->cfg.relay, clock_ns - c->cfg.live->shift_ns);
		n += control_drain(c);
		watch_workers(c, clock_ns);
		each_second(c, clock_ns);
		look_for_end(c, clock_ns);
		atomic_store_explicit(&c->beats,
			atomic_load_explicit(&c->beats, memory_order_relaxed) + 1,
			memory_order_relaxed);
		if (n == 0)
			rest(c);
	}
}

uint64_t
control_beats(const struct control *c)
{
	return atomic_load_explicit(&c->beats, memory_order_relaxed);
}

struct settings_box *
control_settings(struct control *c)
{
	return &c->settings;
}
