/* SPDX-License-Identifier: BSD-3-Clause */
#include <stdlib.h>
#include <string.h>

#include "control.h"
#include "control_stats.h"
#include "lcore_idle.h"
#include "progress.h"
#include "record_msg.h"

/* Records taken from one worker before the next one's turn. */
#define RECORDS_BURST 64

struct control {
	struct control_config cfg;
	struct nt_log_config log;
	struct nt_msg_reader records[NT_CONFIG_WORKERS_MAX];
	bool ticking; /* the sink knows what time it is */
	bool done; /* every worker has said that it is */
	struct control_stats stats;
	struct progress progress;
};

struct nt_log_config
control_log_config(const struct nt_config *cfg)
{
	const unsigned int options = (cfg->log.community_id ? NT_LOG_COMMUNITY_ID : 0u) |
				     (cfg->log.vlan ? NT_LOG_VLAN : 0u) |
				     (cfg->log.l2_addr ? NT_LOG_L2_ADDR : 0u) |
				     (cfg->log.path_field ? NT_LOG_PATH : 0u);
	return (struct nt_log_config){
		.format = cfg->log.format == NT_CONFIG_TSV ? NT_LOG_TSV : NT_LOG_JSON,
		.names = cfg->log.names == NT_CONFIG_SHORT ? NT_LOG_NAMES_SHORT
							   : NT_LOG_NAMES_DOTTED,
		.options = options,
		.sensor = cfg->log.sensor.text,
	};
}

struct control *
control_new(const struct control_config *cfg)
{
	struct control *c = calloc(1, sizeof(*c));
	if (c == NULL)
		return NULL;
	c->cfg = *cfg;
	c->log = control_log_config(cfg->config);
	progress_init(&c->progress, cfg->progress);
	for (unsigned int i = 0; i < cfg->worker_count; i++) {
		const int err = nt_msg_reader_init(
			&c->records[i], worker_records(cfg->workers[i]), RECORD_MSG_MAX);
		if (err != 0) {
			control_free(c);
			errno = -err;
			return NULL;
		}
	}
	return c;
}

void
control_free(struct control *c)
{
	if (c == NULL)
		return;
	for (unsigned int i = 0; i < c->cfg.worker_count; i++)
		if (c->records[i].stage != NULL)
			nt_msg_reader_fini(&c->records[i]);
	free(c);
}

/* The first file is named by the first packet. */
static void
begin_time(struct control *c)
{
	c->ticking = true;
	nt_sink_tick(c->cfg.sink, atomic_load_explicit(c->cfg.began_ns, memory_order_relaxed));
}

/* False when the writer has no room just now. */
static bool
write_conn(struct control *c, const struct nt_conn_row *row)
{
	if (nt_unlikely(!c->ticking))
		begin_time(c);
	struct nt_strbuf *out = nt_sink_begin(c->cfg.sink, NT_LOG_CONN, nt_log_conn_max(row));
	if (out == NULL)
		return false;
	nt_log_conn(out, &c->log, row);
	nt_sink_commit(c->cfg.sink, NT_LOG_CONN);
	return true;
}

static bool
write_notice(struct control *c, const struct nt_notice_row *row)
{
	if (nt_unlikely(!c->ticking))
		begin_time(c);
	struct nt_strbuf *out = nt_sink_begin(c->cfg.sink, NT_LOG_NOTICE, NT_LOG_NOTICE_MAX);
	if (out == NULL)
		return false;
	nt_log_notice(out, &c->log, row);
	nt_sink_commit(c->cfg.sink, NT_LOG_NOTICE);
	return true;
}

/* Counters wait for those of the others: see write_stats_of_all. */
static bool
is_record(const struct nt_msg_head *m)
{
	return m->kind == RECORD_CONN || m->kind == RECORD_NOTICE;
}

static bool
write_record(struct control *c, const struct nt_msg_head *m)
{
	if (nt_unlikely(m->kind == RECORD_NOTICE))
		return write_notice(c, &((const struct notice_msg *)(const void *)m)->row);
	return write_conn(c, &((const struct record_msg *)(const void *)m)->row);
}

static unsigned int
drain_worker(struct control *c, unsigned int i)
{
	unsigned int n = 0;
	for (; n < RECORDS_BURST; n++) {
		const struct nt_msg_head *m = nt_msg_reader_peek(&c->records[i]);
		if (m == NULL || !is_record(m) || !write_record(c, m))
			break;
		nt_msg_reader_pop(&c->records[i]);
	}
	return n;
}

static unsigned int
drain_records(struct control *c)
{
	unsigned int n = 0;
	for (unsigned int i = 0; i < c->cfg.worker_count; i++)
		n += drain_worker(c, i);
	return n;
}

void
control_sum(const struct control *c, struct nt_counters *ret)
{
	const struct nt_counters *blocks[NT_CONFIG_WORKERS_MAX];
	for (unsigned int i = 0; i < c->cfg.worker_count; i++)
		blocks[i] = worker_counters(c->cfg.workers[i]);
	nt_counters_sum(ret, blocks, c->cfg.worker_count);
}

/* The message of counters that stands next in this worker's ring; NULL where records come first. */
static const struct stats_msg *
next_stats(struct control *c, unsigned int i)
{
	const struct nt_msg_head *m = nt_msg_reader_peek(&c->records[i]);
	return m != NULL && !is_record(m) ? (const void *)m : NULL;
}

static void
add_stats(struct nt_counters *sum, uint64_t *cache_entries, const struct stats_msg *m)
{
	for (unsigned int id = 0; id < NT_COUNTER_COUNT; id++)
		sum->n[id] += m->counters[id];
	*cache_entries = NT_MAX(*cache_entries, m->cache_entries);
}

/* One line of namecache.log, for what came since the last one; false when there is no room for it.
 */
static bool
write_stats(struct control *c, const struct nt_counters *now, uint64_t cache_entries, int64_t ts_ns)
{
	struct nt_namecache_row row;
	struct nt_strbuf *out = nt_sink_begin(c->cfg.sink, NT_LOG_NAMECACHE, NT_LOG_NAMECACHE_MAX);
	if (out == NULL)
		return false;
	control_stats_row(&c->stats, now, cache_entries, c->cfg.workers, c->cfg.worker_count,
		nt_relay_stats(c->cfg.relay), ts_ns, &row);
	nt_log_namecache(out, &c->log, &row);
	nt_sink_commit(c->cfg.sink, NT_LOG_NAMECACHE);
	nt_sink_flush(c->cfg.sink, NT_LOG_NAMECACHE);
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
	uint64_t cache_entries = 0;
	const struct stats_msg *m = NULL;
	for (unsigned int i = 0; i < c->cfg.worker_count; i++) {
		m = next_stats(c, i);
		if (m == NULL)
			return 0;
		add_stats(&sum, &cache_entries, m);
	}
	if (sum.n[NT_COUNTER_PACKETS] != 0 && !write_stats(c, &sum, cache_entries, m->ts_ns))
		return 0;
	/* Here, so that each file has the same lines with any number of workers. */
	nt_sink_tick(c->cfg.sink, m->ts_ns);
	c->ticking = true;
	c->done = m->head.kind == RECORD_DONE;
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
	unsigned int n = nt_relay_step(c->cfg.relay, 0);
	n += drain_records(c);
	n += write_stats_of_all(c);
	watch(c);
	return n;
}

bool
control_is_done(const struct control *c)
{
	return c->done;
}

void
control_run(struct control *c)
{
	while (!c->done) {
		lcore_pause();
		if (control_step(c) == 0)
			lcore_rest();
	}
	progress_end(&c->progress);
}
