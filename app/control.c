/* SPDX-License-Identifier: BSD-3-Clause */
#include <stdlib.h>
#include <string.h>

#include "control_priv.h"

/* Records taken from one worker before the next one's turn. */
#define RECORDS_BURST 64

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
	struct control *c = aligned_alloc(NT_CACHE_LINE, sizeof(*c));
	if (c == NULL)
		return NULL;
	memset(c, 0, sizeof(*c));
	c->cfg = *cfg;
	c->log = control_log_config(cfg->config);
	progress_init(&c->progress, cfg->progress);
	if (cfg->live != NULL && cfg->worker_count > 1) {
		c->split = malloc(sizeof(*c->split));
		if (c->split == NULL || split_watch_init(c->split) != 0) {
			control_free(c);
			errno = ENOMEM;
			return NULL;
		}
	}
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
	free(c->split);
	free(c);
}

/* The first file is named by the first packet; live, by the wall clock. */
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

static bool
write_record(struct control *c, const struct nt_msg_head *m)
{
	if (nt_unlikely(m->kind == RECORD_NOTICE))
		return write_notice(c, &((const struct notice_msg *)(const void *)m)->row);
	return write_conn(c, &((const struct record_msg *)(const void *)m)->row);
}

/*
 * Live: is it a sign that packets are not split as they should be? Did it go somewhere unnamed?
 * Groups and the like are nothing that anybody could have looked up.
 */
static void
look_at_conn(struct control *c, const struct nt_conn_row *row, unsigned int worker)
{
	if (c->split != NULL && nt_unlikely(split_watch_saw(c->split, row, worker)))
		nt_counter_add(&c->counters, NT_COUNTER_SPLIT_CONNS, 1);
	if (row->resp_names == 0 && !nt_addr_is_unusable(&row->resp_h))
		busiest_add(c->cfg.live->busiest, &row->resp_h,
			(row->flags & NT_ROW_LOCAL_RESP) != 0, row->bytes[0] + row->bytes[1],
			row->ts_ns);
}

static void
look_at_record(struct control *c, const struct nt_msg_head *m, unsigned int worker)
{
	if (c->cfg.live != NULL && m->kind == RECORD_CONN)
		look_at_conn(c, &((const struct record_msg *)(const void *)m)->row, worker);
}

static unsigned int
drain_worker(struct control *c, unsigned int i)
{
	unsigned int n = 0;
	for (; n < RECORDS_BURST; n++) {
		const struct nt_msg_head *m = nt_msg_reader_peek(&c->records[i]);
		if (m == NULL || !control_is_record(m) || !write_record(c, m))
			break;
		look_at_record(c, m, i);
		nt_msg_reader_pop(&c->records[i]);
	}
	return n;
}

unsigned int
control_drain(struct control *c)
{
	unsigned int n = 0;
	for (unsigned int i = 0; i < c->cfg.worker_count; i++)
		n += drain_worker(c, i);
	return n;
}

void
control_sum(const struct control *c, struct nt_counters *ret)
{
	const struct nt_counters *blocks[NT_CONFIG_WORKERS_MAX + 2];
	unsigned int n = 0;
	for (; n < c->cfg.worker_count; n++)
		blocks[n] = worker_counters(c->cfg.workers[n]);
	blocks[n++] = &c->counters;
	if (c->cfg.live != NULL)
		blocks[n++] = c->cfg.live->counters;
	nt_counters_sum(ret, blocks, n);
}

const struct nt_counters *
control_counters(const struct control *c)
{
	return &c->counters;
}

static bool
is_written(const struct nt_sink_stats *st, enum nt_log_kind kind)
{
	return st->lines_committed[kind] == st->lines_written[kind] + st->lines_lost[kind];
}

bool
control_is_written(struct control *c)
{
	struct nt_sink_stats st;
	bool all = true;
	for (unsigned int k = 0; k < NT_LOG_KINDS; k++)
		nt_sink_flush(c->cfg.sink, (enum nt_log_kind)k);
	nt_sink_stats(c->cfg.sink, &st);
	for (unsigned int k = 0; k < NT_LOG_KINDS; k++)
		all = all && is_written(&st, (enum nt_log_kind)k);
	return all;
}

/* What a line had that could not be written, the next one has, so that their sums hold. False while
 * nobody knows yet. */
static bool
carry_over(struct control *c)
{
	struct nt_sink_stats st;
	nt_sink_stats(c->cfg.sink, &st);
	if (!is_written(&st, NT_LOG_NAMECACHE))
		return false;
	if (st.lines_lost[NT_LOG_NAMECACHE] != c->rows_lost)
		c->stats = c->stats_was;
	c->rows_lost = st.lines_lost[NT_LOG_NAMECACHE];
	return true;
}

bool
control_write_stats(struct control *c, const struct nt_counters *now,
	const struct nt_namecache_fill *fill, int64_t ts_ns)
{
	struct nt_namecache_row row;
	/* who reads captures writes no more after an error */
	if (c->cfg.live != NULL && !carry_over(c))
		return false;
	struct nt_strbuf *out = nt_sink_begin(c->cfg.sink, NT_LOG_NAMECACHE, NT_LOG_NAMECACHE_MAX);
	if (out == NULL)
		return false;
	c->stats_was = c->stats;
	control_stats_row(&c->stats, now, fill, c->cfg.workers, c->cfg.worker_count,
		nt_relay_stats(c->cfg.relay), ts_ns, &row);
	nt_log_namecache(out, &c->log, &row);
	nt_sink_commit(c->cfg.sink, NT_LOG_NAMECACHE);
	nt_sink_flush(c->cfg.sink, NT_LOG_NAMECACHE);
	return true;
}
