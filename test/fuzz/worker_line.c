/* SPDX-License-Identifier: BSD-3-Clause */
#include <stdlib.h>
#include <string.h>

#include <nt_log.h>

#include <capture.h>
#include <control.h>
#include <distribute.h>
#include <intervals.h>
#include <lcore_idle.h>
#include <record_msg.h>
#include <worker_priv.h>

#include "worker_line.h"

#define WORKERS_MAX 4
/* Packets between the reader and a worker. */
#define QUEUE 64
/* Rounds in which nothing goes on: far more than any of them takes. */
#define STUCK 10000
/* Units of the relay's rings: few, so that they fill; a packet's mappings fit twice. */
#define RING_UNITS 1024

struct handle {
	struct rte_mbuf mbuf;
	struct mbuf_meta meta;
};

struct feed {
	struct rx rx; /* first */
	struct line *line;
	struct handle queue[QUEUE];
	unsigned int head, tail;
};

struct line {
	const struct line_options *options;
	const struct nt_config *config;
	struct nt_log_config log;
	struct nt_relay *relay;
	struct worker *workers[WORKERS_MAX];
	struct nt_msg_reader records[WORKERS_MAX];
	bool running[WORKERS_MAX], finished[WORKERS_MAX];
	struct feed feeds[WORKERS_MAX];
	struct distribute distribute;
	struct slabs slabs;
	struct intervals intervals;
	struct nt_mark_value R;
	uint64_t position;
	int64_t clock_ns;
	_Atomic int64_t began_ns, offset_ns;
	struct worker_live live;
	unsigned int idle_rounds;
	struct line_result *ret;
};

/* The app's own sleep; here somebody else has his turn. */
void
lcore_idle(void)
{
}

void
lcore_sleep(long ns)
{
	(void)ns;
}

void
lcore_rest(void)
{
}

void
lcore_idle_live(enum nt_config_idle how)
{
	(void)how;
}

#ifdef NT_PAUSES
void
lcore_pause(void)
{
}
#endif

static void
require(bool holds)
{
	if (!holds)
		abort();
}

/* Whatever names hold, a line is one line of printable text, of as many cells as there are columns.
 */
static void
check_line(const struct line *l, const struct nt_strbuf *out, enum nt_log_kind kind)
{
	unsigned int cells = 1, columns = 0;
	struct nt_log_column column;

	require(!out->full && out->len > 0 && out->data[out->len - 1] == '\n');
	for (size_t i = 0; i + 1 < out->len; i++) {
		const unsigned char b = (unsigned char)out->data[i];
		require(b >= ' ' || b == '\t');
		cells += b == '\t';
	}
	if (l->log.format == NT_LOG_JSON) {
		require(cells == 1 && out->data[0] == '{' && out->data[out->len - 2] == '}');
		return;
	}
	while (nt_log_column(&column, &l->log, kind, columns) != NULL)
		columns++;
	require(cells == columns);
}

static uint64_t
digest(const struct nt_strbuf *out)
{
	uint64_t h = UINT64_C(0xcbf29ce484222325);
	for (size_t i = 0; i < out->len; i++)
		h = (h ^ (unsigned char)out->data[i]) * UINT64_C(0x100000001b3);
	return h;
}

static void
write_record(struct line *l, const struct nt_msg_head *m)
{
	static char text[NT_LOG_LINE_MAX + NT_LOG_NOTICE_MAX];
	struct nt_strbuf out = nt_strbuf_init(text, sizeof(text));
	if (m->kind == RECORD_CONN) {
		require(nt_log_conn(
			&out, &l->log, &((const struct record_msg *)(const void *)m)->row));
		check_line(l, &out, NT_LOG_CONN);
		l->ret->conns++;
		l->ret->digest += digest(&out);
	} else if (m->kind == RECORD_NOTICE) {
		require(nt_log_notice(
			&out, &l->log, &((const struct notice_msg *)(const void *)m)->row));
		check_line(l, &out, NT_LOG_NOTICE);
		l->ret->notices++;
	}
}

static unsigned int
drain(struct line *l)
{
	unsigned int n = 0;
	for (unsigned int i = 0; i < l->options->workers; i++) {
		const struct nt_msg_head *m;
		while ((m = nt_msg_reader_peek(&l->records[i])) != NULL) {
			write_record(l, m);
			nt_msg_reader_pop(&l->records[i]);
			n++;
		}
	}
	return n;
}

/* Everybody's turn but theirs who wait in the middle of one. */
static void
run_round(struct line *l)
{
	bool busy = nt_relay_step(l->relay, l->clock_ns) != 0;
	busy |= drain(l) != 0;
	for (unsigned int i = 0; i < l->options->workers; i++) {
		if (l->running[i] || l->finished[i])
			continue;
		l->running[i] = true;
		busy |= worker_poll(l->workers[i]);
		l->finished[i] = worker_finish(l->workers[i]);
		busy |= l->finished[i];
		l->running[i] = false;
	}
	l->idle_rounds = busy ? 0 : l->idle_rounds + 1;
	require(l->idle_rounds < STUCK);
}

/*
 * A worker that waits in the middle of its turn goes on only when those have ended that are called
 * meanwhile: they must not come to where they would wait for it.
 */
static uint64_t
may_go_to(const struct line *l, const struct feed *f)
{
	uint64_t most = NT_POSITION_END;
	for (unsigned int i = 0; i < l->options->workers; i++)
		if (l->running[i] && f != &l->feeds[i])
			most = NT_MIN(most, l->workers[i]->done.position);
	return most;
}

static unsigned int
burst(struct rx *rx, struct rte_mbuf **mbufs, struct nt_mark_value *ret_R)
{
	struct feed *f = (struct feed *)rx;
	const unsigned int most = NT_MIN(f->tail - f->head, (unsigned int)RX_BURST);
	const uint64_t until = may_go_to(f->line, f);
	unsigned int n = 0;
	*ret_R = f->line->R;
	for (; n < most; n++) {
		struct handle *h = &f->queue[(f->head + n) % QUEUE];
		if (h->meta.at.position > until) {
			*ret_R = (struct nt_mark_value){ .position = h->meta.at.position - 1,
				.clock_ns = h->meta.at.clock_ns };
			break;
		}
		mbufs[n] = &h->mbuf;
	}
	return n;
}

static void
give_back(struct rx *rx, struct rte_mbuf **mbufs, unsigned int n)
{
	(void)mbufs;
	((struct feed *)rx)->head += n;
}

static void
idle(struct rx *rx)
{
	run_round(((struct feed *)rx)->line);
}

/* distribute_send */
static void
send(void *arg, unsigned int worker, const struct mbuf_meta *m)
{
	struct line *l = arg;
	struct feed *f = &l->feeds[worker];
	while (f->tail - f->head == QUEUE)
		run_round(l);
	f->queue[f->tail++ % QUEUE].meta = *m;
}

/* slabs_wait */
static bool
wait_passed(void *arg, uint64_t position)
{
	struct line *l = arg;
	while (nt_relay_processed(l->relay) < position)
		run_round(l);
	return true;
}

static void
publish(struct line *l)
{
	l->R = (struct nt_mark_value){ .position = l->position, .clock_ns = l->clock_ns };
}

static void
end_interval(struct line *l, int64_t clock_ns)
{
	const struct nt_packet_meta at = {
		.position = l->position, .ts_ns = clock_ns, .clock_ns = clock_ns
	};
	const struct mbuf_meta marker = { .at = at, .kind = MBUF_STATS };
	distribute_tell(&l->distribute, &at);
	for (unsigned int i = 0; i < l->options->workers && !l->options->live; i++)
		send(l, i, &marker);
}

/* As app/reader.c does it, of a capture that is the only one. */
static void
take_packet(struct line *l, const struct capture_packet *p, int link)
{
	const int64_t before_ns = l->clock_ns;
	int64_t end_ns;
	if (l->position == 0) {
		l->clock_ns = p->ts_ns;
		intervals_begin(&l->intervals, p->ts_ns, 0);
		atomic_store_explicit(&l->began_ns, p->ts_ns, memory_order_relaxed);
	}
	if (intervals_pass(&l->intervals, p->ts_ns, 0, &end_ns))
		end_interval(l, end_ns);
	l->clock_ns = NT_MAX(l->clock_ns, p->ts_ns);
	const struct mbuf_meta m = {
		.at = { .position = l->position + 1,
			.ts_ns = p->ts_ns,
			.clock_ns = l->clock_ns,
			.prev_clock_ns = l->position == 0 ? 0 : before_ns },
		.data = p->data,
		.cap_len = p->cap_len,
		.wire_len = p->wire_len,
		.frame_len = p->wire_len,
		.link = (uint16_t)link,
		.kind = MBUF_PACKET,
	};
	if (distribute_is_plain(&l->distribute, p->data, p->cap_len, link))
		send(l, distribute_steer(&l->distribute, p->data, p->cap_len, link), &m);
	else
		distribute_packet(&l->distribute, &m);
	l->position++;
	publish(l);
	l->ret->packets++;
}

static void
read_all(struct line *l, struct capture *c)
{
	struct capture_packet p;
	struct nt_error err;
	while (capture_next(c, l->position, &p, &err) == 1)
		take_packet(l, &p, capture_link(c));
	const struct nt_packet_meta end = { .position = l->position, .clock_ns = l->clock_ns };
	distribute_tell(&l->distribute, &end);
	l->R.position = NT_POSITION_END;
	nt_relay_unpace(l->relay);
	bool over = false;
	while (!over) {
		run_round(l);
		over = true;
		for (unsigned int i = 0; i < l->options->workers; i++)
			over &= l->finished[i];
	}
	(void)drain(l);
}

static void
begin_workers(struct line *l)
{
	for (unsigned int i = 0; i < l->options->workers; i++) {
		l->feeds[i].line = l;
		l->feeds[i].rx =
			(struct rx){ .burst = burst, .give_back = give_back, .idle = idle };
		const struct worker_config cfg = { .config = l->config,
			.index = i,
			.rx = &l->feeds[i].rx,
			.relay = l->relay,
			.live = l->options->live ? &l->live : NULL,
			.began_ns = &l->began_ns,
			.uid_key = nt_hash_key_fixed() };
		l->workers[i] = worker_new(&cfg);
		require(l->workers[i] != NULL);
		require(nt_msg_reader_init(&l->records[i], worker_records(l->workers[i]),
				RECORD_MSG_MAX) == 0);
	}
}

static void
begin(struct line *l)
{
	const struct nt_relay_config relay = { .workers = l->options->workers,
		.pacing = l->options->live ? NT_RELAY_PACED : NT_RELAY_VIRTUAL,
		.rate = l->config->relay.rate,
		.burst = l->config->relay.burst,
		.ring_units = RING_UNITS,
		.own_units = RING_UNITS };
	const struct distribute_config distribute = { .config = l->config,
		.workers = l->options->workers,
		.uid_key = nt_hash_key_fixed(),
		.send = send,
		.wait = wait_passed,
		.arg = l };
	l->log = control_log_config(l->config);
	l->live.clock_offset_ns = &l->offset_ns;
	l->clock_ns = l->R.clock_ns = INT64_MIN;
	l->relay = nt_relay_new(&relay);
	require(l->relay != NULL);
	intervals_init(&l->intervals, l->config->stats.interval_ns);
	require(distribute_init(&l->distribute, &distribute) == 0);
	begin_workers(l);
}

static void
end(struct line *l)
{
	const struct nt_counters *blocks[WORKERS_MAX];
	for (unsigned int i = 0; i < l->options->workers; i++)
		blocks[i] = worker_counters(l->workers[i]);
	nt_counters_sum(&l->ret->counters, blocks, l->options->workers);
	for (unsigned int i = 0; i < l->options->workers; i++) {
		nt_msg_reader_fini(&l->records[i]);
		worker_free(l->workers[i]);
	}
	distribute_fini(&l->distribute);
	nt_relay_free(l->relay);
}

bool
line_run(const char *path, const struct nt_config *cfg, const struct line_options *options,
	struct line_result *ret)
{
	static struct line l;
	struct nt_error err;
	memset(&l, 0, sizeof(l));
	memset(ret, 0, sizeof(*ret));
	l.options = options;
	l.config = cfg;
	l.ret = ret;
	require(slabs_init(&l.slabs, cfg->read.slab_bytes, cfg->read.slabs, wait_passed, &l) == 0);
	struct capture *c = capture_open(path, NULL, &l.slabs, &err);
	if (c != NULL) {
		begin(&l);
		read_all(&l, c);
		end(&l);
		capture_close(c);
	}
	slabs_fini(&l.slabs);
	return c != NULL;
}
