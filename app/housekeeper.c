/* SPDX-License-Identifier: BSD-3-Clause */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include <rte_lcore.h>

#include <nt_fault.h>
#include <nt_clock.h>

#include "backlog.h"
#include "heartbeats.h"
#include "housekeeper.h"
#include "notify.h"
#include "rx_counts.h"

/* How often it looks: what the clock wants, and drops are told in time for notice.grace. */
#define TICK_NS	     LIVE_CLOCK_UPDATE_NS
#define STATUS_TICKS 50

struct housekeeper {
	struct nt_counters counters; /* first: aligned; its own thread: wo, others: ro */
	struct housekeeper_config cfg;
	pthread_t thread;
	bool running;
	atomic_bool over; /* main: wo, its thread: ro */
	struct notify notify;
	struct heartbeats beats; /* control's, the workers', the distributor's */
	uint64_t losses; /* as told to a worker */
	int64_t watchdog_ns; /* when systemd is to hear of us again */
	bool stopping_told, split_told;
	struct backlog backlog; /* of the logs */
	uint64_t outages_told[NT_LOG_KINDS], outages_over[NT_LOG_KINDS]; /* by number */
	uint64_t ticks;
	struct settings_box settings;
};

struct housekeeper *
housekeeper_new(const struct housekeeper_config *cfg)
{
	struct housekeeper *h = aligned_alloc(NT_CACHE_LINE, sizeof(*h));
	if (h == NULL)
		return NULL;
	memset(h, 0, sizeof(*h));
	h->cfg = *cfg;
	h->notify.fd = -1;
	return h;
}

static void
say(const char *line)
{
	fprintf(stderr, "nametap: %s\n", line);
}

/* --- ports ----------------------------------------------------------------------------------- */

/* What was lost may have been an answer: a worker tells the others so. */
static void
look_at_ports(struct housekeeper *h)
{
	const struct nt_counters *c = &h->counters;
	rx_counts(h->cfg.ports, h->cfg.rx, h->cfg.worker_count, &h->counters);
	const uint64_t losses = nt_counter_read(c, NT_COUNTER_RX_DROPPED) +
				nt_counter_read(c, NT_COUNTER_RX_INCOMPLETE);
	if (losses != h->losses)
		worker_note_losses(h->cfg.workers[0]);
	h->losses = losses;
}

/* --- lcores ---------------------------------------------------------------------------------- */

static void
begin_watch(struct housekeeper *h)
{
	const int64_t now_ns = nt_clock_monotonic_ns();
	char name[32];
	h->beats.after_ns = h->cfg.config->run.stuck_after_ns;
	heartbeats_add(&h->beats, "control", now_ns);
	for (unsigned int i = 0; i < h->cfg.worker_count; i++) {
		snprintf(name, sizeof(name), "worker %u", i);
		heartbeats_add(&h->beats, name, now_ns);
	}
	if (h->cfg.distributor != NULL)
		heartbeats_add(&h->beats, "the distributor", now_ns);
}

static uint64_t
beats_of(const struct housekeeper *h, unsigned int i)
{
	if (i == 0)
		return control_beats(h->cfg.control);
	return i <= h->cfg.worker_count ? worker_beats(h->cfg.workers[i - 1])
					: distributor_rounds(h->cfg.distributor);
}

/* At the end workers wait for a disk that takes nothing, which is told as what it is. */
static bool
waits_for_logs(const struct housekeeper *h)
{
	return h->backlog.on && atomic_load_explicit(h->cfg.stop, memory_order_relaxed);
}

static void
look_at_lcores(struct housekeeper *h, int64_t now_ns)
{
	char line[128];
	if (waits_for_logs(h))
		return;
	for (unsigned int i = 0; i < h->beats.count; i++) {
		if (!heartbeats_saw(&h->beats, i, beats_of(h, i), now_ns))
			continue;
		const struct heartbeat *b = &h->beats.of[i];
		nt_counter_add(&h->counters, NT_COUNTER_LCORES_STUCK, b->still);
		snprintf(line, sizeof(line),
			b->still ? "%s stands still (for %.0f s)" : "%s goes on", b->name,
			(double)h->beats.after_ns / 1e9);
		say(line);
	}
}

/* --- systemd --------------------------------------------------------------------------------- */

static void
tell_status(const struct housekeeper *h)
{
	struct nt_counters sum;
	char line[256];
	control_sum(h->cfg.control, &sum);
	snprintf(line, sizeof(line),
		"STATUS=%" PRIu64 " packets, %" PRIu64 " dropped, %" PRIu64 " connections written",
		nt_counter_read(&sum, NT_COUNTER_PACKETS),
		nt_counter_read(&sum, NT_COUNTER_RX_DROPPED),
		nt_counter_read(&sum, NT_COUNTER_CONNS_WRITTEN));
	notify_send(&h->notify, line);
}

static void
tell_stopping(struct housekeeper *h)
{
	if (h->stopping_told || !atomic_load_explicit(h->cfg.stop, memory_order_relaxed))
		return;
	notify_send(&h->notify, "STOPPING=1");
	h->stopping_told = true;
}

/* The watchdog hears of us while all lcores go on, twice as often as it wants to. */
static void
tell_systemd(struct housekeeper *h, int64_t now_ns)
{
	tell_stopping(h);
	if (h->notify.watchdog_ns != 0 && now_ns >= h->watchdog_ns &&
		heartbeats_all_well(&h->beats)) {
		notify_send(&h->notify, "WATCHDOG=1");
		h->watchdog_ns = now_ns + h->notify.watchdog_ns / 2;
	}
	if (h->ticks % STATUS_TICKS == 0)
		tell_status(h);
}

/* --- what people should know ----------------------------------------------------------------- */

/* Once when it begins, once when it is over. */
static void
tell_outage(struct housekeeper *h, enum nt_log_kind kind)
{
	struct nt_sink_outage o;
	if (!nt_sink_outage(h->cfg.sink, kind, &o))
		return;
	if (h->outages_told[kind] != o.number)
		fprintf(stderr,
			"nametap: %s; lines of this log are lost and counted until it can be "
			"written again\n",
			o.error.msg);
	h->outages_told[kind] = o.number;
	if (!o.over || h->outages_over[kind] == o.number)
		return;
	fprintf(stderr, "nametap: %s.log is written again; %" PRIu64 " lines of it are lost\n",
		nt_log_path(kind), o.lines_lost);
	h->outages_over[kind] = o.number;
}

static uint64_t
records_lost(const struct housekeeper *h)
{
	uint64_t n = 0;
	for (unsigned int i = 0; i < h->cfg.worker_count; i++) {
		const struct nt_counters *c = worker_counters(h->cfg.workers[i]);
		n += nt_counter_read(c, NT_COUNTER_CONNS_LOST) +
		     nt_counter_read(c, NT_COUNTER_NOTICES_LOST);
	}
	return n;
}

/* Once when it begins, once when it is over. */
static void
tell_backlog(struct housekeeper *h, int64_t now_ns)
{
	enum nt_log_kind kind;
	const int64_t busy_ns = nt_sink_busy(h->cfg.sink, &kind);
	struct backlog *b = &h->backlog;
	switch (backlog_saw(b, now_ns, busy_ns, records_lost(h))) {
	case BACKLOG_STALLED:
		fprintf(stderr,
			"nametap: %s%s: nothing was taken for %.0f s; what there is no room for is "
			"lost and counted until it goes on\n",
			kind < NT_LOG_KINDS ? nt_log_path(kind) : "the logs",
			kind < NT_LOG_KINDS ? ".log" : "", (double)BACKLOG_AFTER_NS / 1e9);
		break;
	case BACKLOG_SLOW:
		say("records come faster than the logs are written; what there is no room for is "
		    "lost and counted");
		break;
	case BACKLOG_OVER:
		fprintf(stderr, "nametap: the logs keep up again; %" PRIu64 " records were lost\n",
			b->lost - b->lost_before);
		break;
	case BACKLOG_NO_NEWS:
		break;
	}
}

static void
tell_people(struct housekeeper *h, int64_t now_ns)
{
	tell_backlog(h, now_ns);
	for (unsigned int k = 0; k < NT_LOG_KINDS; k++)
		tell_outage(h, (enum nt_log_kind)k);
	if (!h->split_told &&
		nt_counter_read(control_counters(h->cfg.control), NT_COUNTER_SPLIT_CONNS) != 0) {
		say("packets of one connection come to two workers: what splits them is not "
		    "symmetric; set port.distributor to on, or workers to 1");
		h->split_told = true;
	}
}

static void
look_at_settings(struct housekeeper *h)
{
	const struct settings *s = settings_offered(&h->settings);
	if (s == NULL)
		return;
	h->cfg.config = &s->config;
	h->beats.after_ns = s->config.run.stuck_after_ns;
	settings_take(&h->settings, s);
}

static void
look_at_logs(struct housekeeper *h)
{
	if (atomic_exchange_explicit(h->cfg.reopen, false, memory_order_relaxed))
		nt_sink_reopen(h->cfg.sink);
}

static void
tick(struct housekeeper *h)
{
	const int64_t now_ns = nt_clock_monotonic_ns();
	live_clock_update(h->cfg.clock);
	ports_update_clocks(h->cfg.ports);
	look_at_ports(h);
	look_at_lcores(h, now_ns);
	look_at_logs(h);
	look_at_settings(h);
	tell_people(h, now_ns);
	tell_systemd(h, now_ns);
	h->ticks++;
}

static void *
keep_house(void *arg)
{
	const struct timespec nap = { .tv_nsec = TICK_NS };
	struct housekeeper *h = arg;
	char line[64];
	snprintf(line, sizeof(line), "READY=1\nMAINPID=%d", (int)getpid());
	notify_send(&h->notify, line);
	while (!atomic_load_explicit(&h->over, memory_order_relaxed)) {
		tick(h);
		nanosleep(&nap, NULL);
	}
	look_at_ports(h);
	tell_people(h, nt_clock_monotonic_ns());
	tell_stopping(h);
	return NULL;
}

int
housekeeper_start(struct housekeeper *h, const struct control *control)
{
	h->cfg.control = control;
	begin_watch(h);
	notify_init(&h->notify);
	/* On the CPUs that are no lcore's. */
	const int code = nt_fault(NT_FAULT_THREAD) ? -EAGAIN
						   : rte_ctrl_thread_create(&h->thread, "nt-house",
							     NULL, keep_house, h);
	if (code != 0)
		return code < 0 ? code : -code;
	h->running = true;
	return 0;
}

void
housekeeper_stop(struct housekeeper *h)
{
	if (h == NULL || !h->running)
		return;
	atomic_store_explicit(&h->over, true, memory_order_relaxed);
	pthread_join(h->thread, NULL);
	h->running = false;
}

void
housekeeper_free(struct housekeeper *h)
{
	if (h == NULL)
		return;
	housekeeper_stop(h);
	notify_fini(&h->notify);
	free(h);
}

const struct nt_counters *
housekeeper_counters(const struct housekeeper *h)
{
	return &h->counters;
}

struct settings_box *
housekeeper_settings(struct housekeeper *h)
{
	return &h->settings;
}
