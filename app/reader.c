/* SPDX-License-Identifier: BSD-3-Clause */
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "capture.h"
#include "distribute.h"
#include "intervals.h"
#include "lcore_idle.h"
#include "reader.h"
#include "reader_queues.h"

/* Capture time may step back this far between files without beginning an epoch. */
#define EPOCH_BACKWARDS_NS NT_SEC(1)
/* R is published at least this often, so that idle workers and the watermark move on. */
#define PUBLISH_EVERY 512
/*
 * The slab of a worker on this lcore, who has done with it whenever the reader is out of it: room
 * for the longest packet, and else two pieces, which stay in the core's own cache.
 */
#define OWN_SLAB_BYTES (256 * 1024 + 16 * 1024)
/*
 * The clock stops here, in the year 2116. Stamps end in 2106 (32 bits of seconds), so it takes
 * several captures that jump a century; with it, no sum with a timeout can overflow.
 */
#define CLOCK_MAX_NS (INT64_C(1) << 62)

struct reader {
	struct queues queues; /* first: its mark is aligned */
	struct reader_progress progress;
	struct reader_config cfg;
	struct distribute distribute;
	struct slabs slabs;
	long wait_ns;

	/* up to what has been pushed */
	uint64_t position;
	int64_t clock_ns; /* running maximum, going on over epochs */

	bool started; /* there was a packet */
	int64_t offset_ns; /* clock - capture time */
	struct intervals intervals;
	uint64_t packets, bytes_before; /* bytes_before: of captures already done */

	struct nt_error *failures; /* one for each path at most */
	unsigned int failure_count;
};

static bool
stopped(const struct reader *r)
{
	return atomic_load_explicit(r->cfg.stop, memory_order_relaxed);
}

/* Before any wait: nothing that could be sent stays here, and the workers know how far they may go.
 */
static void
publish(struct reader *r)
{
	queues_flush(&r->queues);
	queues_publish(&r->queues, r->position, r->clock_ns);
}

/* The workers have all there is room for. */
static void
wait_for_workers(struct reader *r)
{
	publish(r);
	if (r->cfg.turn != NULL) {
		r->cfg.turn(r->cfg.turn_arg);
		return;
	}
	lcore_sleep(r->wait_ns);
	r->wait_ns = queues_wait_ns(&r->queues, r->wait_ns);
}

/* slabs_wait */
static bool
wait_passed(void *arg, uint64_t position)
{
	struct reader *r = arg;
	publish(r);
	if (r->cfg.turn != NULL && position == 0)
		r->cfg.turn(r->cfg.turn_arg);
	while (nt_relay_processed(r->cfg.relay) < position)
		wait_for_workers(r);
	return !stopped(r);
}

static struct rte_mbuf *
next_mbuf(struct reader *r)
{
	struct rte_mbuf *m;
	while ((m = queues_mbuf(&r->queues)) == NULL)
		wait_for_workers(r);
	return m;
}

static void
push(struct reader *r, unsigned int worker, struct rte_mbuf *m)
{
	while (nt_unlikely(!queues_push(&r->queues, worker, m)))
		wait_for_workers(r);
}

/* distribute_send */
static void
send(void *arg, unsigned int worker, const struct mbuf_meta *meta)
{
	struct reader *r = arg;
	struct rte_mbuf *m = next_mbuf(r);
	*mbuf_meta(m) = *meta;
	push(r, worker, m);
}

struct reader *
reader_new(const struct reader_config *cfg)
{
	struct reader *r;
	const int failed = posix_memalign((void **)&r, NT_CACHE_LINE, sizeof(*r));
	if (failed != 0) {
		errno = failed;
		return NULL;
	}
	memset(r, 0, sizeof(*r));
	r->cfg = *cfg;
	r->wait_ns = QUEUES_WAIT_MIN_NS;
	intervals_init(&r->intervals, cfg->config->stats.interval_ns);
	r->failures = calloc(cfg->path_count, sizeof(*r->failures));
	const struct distribute_config distribute = {
		.config = cfg->config,
		.workers = cfg->workers,
		.uid_key = cfg->uid_key,
		.send = send,
		.wait = wait_passed,
		.arg = r,
	};
	int err = r->failures == NULL ? -ENOMEM : distribute_init(&r->distribute, &distribute);
	const bool alone = cfg->queues == NULL;
	if (err == 0)
		err = slabs_init(&r->slabs, alone ? OWN_SLAB_BYTES : cfg->config->read.slab_bytes,
			alone ? 1 : cfg->config->read.slabs, wait_passed, r);
	if (err != 0) {
		reader_free(r);
		errno = -err;
		return NULL;
	}
	queues_init(&r->queues, cfg->queues, cfg->workers, cfg->pool);
	return r;
}

void
reader_free(struct reader *r)
{
	if (r == NULL)
		return;
	if (r->slabs.mem != NULL)
		slabs_fini(&r->slabs);
	distribute_fini(&r->distribute);
	free(r->failures);
	free(r);
}

/* A marker for every worker; it lies behind all packets up to at.position. */
static void
send_marker(struct reader *r, enum mbuf_kind kind, const struct nt_packet_meta *at)
{
	for (unsigned int w = 0; w < r->cfg.workers; w++) {
		const struct mbuf_meta m = { .at = *at, .kind = (uint8_t)kind };
		send(r, w, &m);
	}
}

/* An interval of namecache.log ends at that clock. */
static void
end_interval(struct reader *r, int64_t clock_ns)
{
	const struct nt_packet_meta at = {
		.position = r->position, .ts_ns = clock_ns - r->offset_ns, .clock_ns = clock_ns
	};
	distribute_tell(&r->distribute, &at);
	send_marker(r, MBUF_STATS, &at);
}

/*
 * A capture that begins before the clock: every worker is told to write its connections and forget
 * its names. The clock goes on from where it is, capture time steps back: the offset takes the
 * difference.
 */
static void
begin_epoch(struct reader *r, int64_t ts_ns)
{
	const int64_t behind_ns = r->clock_ns - ts_ns;
	const int64_t offset_ns =
		NT_SEC((behind_ns + NT_NS_PER_SEC - 1) / NT_NS_PER_SEC); /* intervals.h */
	const struct nt_packet_meta at = {
		.position = r->position + 1, .ts_ns = offset_ns, .clock_ns = r->clock_ns
	};
	send_marker(r, MBUF_EPOCH, &at);
	r->position = at.position;
	distribute_clear(&r->distribute);
	end_interval(r, r->clock_ns);
	r->offset_ns = offset_ns;
	intervals_begin(&r->intervals, r->clock_ns, offset_ns);
}

/* A stamp on the scale of the clock. */
static inline int64_t
stamp_at(int64_t offset_ns, int64_t ts_ns)
{
	/* 2^62 and 32 bits of seconds are less than 2^63 */
	return NT_MIN(ts_ns + offset_ns, CLOCK_MAX_NS);
}

/* What the next packet of the stream is, at its place in it. */
static inline void
describe(const struct reader *r, const struct capture_packet *p, int link, int64_t stamp_ns,
	struct mbuf_meta *ret)
{
	ret->at.position = r->position + 1;
	ret->at.ts_ns = stamp_ns;
	ret->at.clock_ns = NT_MAX(r->clock_ns, stamp_ns);
	ret->at.prev_clock_ns = r->position == 0 ? 0 : r->clock_ns;
	ret->at.tunnel = 0;
	ret->data = p->data;
	ret->cap_len = p->cap_len;
	ret->wire_len = p->wire_len;
	ret->frame_len = p->wire_len;
	ret->link = (uint16_t)link;
	ret->kind = MBUF_PACKET;
	ret->tunnel = NT_TUNNEL_NONE;
}

static inline void
took(struct reader *r, const struct mbuf_meta *m)
{
	r->position = m->at.position;
	r->clock_ns = m->at.clock_ns;
}

/*
 * Those in front that are plain and end no interval, described where they will lie. How many.
 * alone: there is one worker; a constant, as link where it is Ethernet's, for 14 instructions a
 * packet.
 */
static inline __attribute__((always_inline)) unsigned int
take_plain(struct reader *r, const struct capture_packet *p, unsigned int n, int link, bool alone)
{
	const int64_t offset_ns = r->offset_ns, end_ns = r->intervals.end_ns;
	unsigned int i = 0;
	for (; i < n; i++, p++) {
		const int64_t stamp_ns = stamp_at(offset_ns, p->ts_ns);
		if (nt_unlikely(stamp_ns >= end_ns ||
				!distribute_is_plain(&r->distribute, p->data, p->cap_len, link)))
			break;
		struct rte_mbuf *m = next_mbuf(r);
		struct mbuf_meta *meta = mbuf_meta(m);
		describe(r, p, link, stamp_ns, meta);
		push(r, alone ? 0 : distribute_steer(&r->distribute, p->data, p->cap_len, link), m);
		took(r, meta);
	}
	return i;
}

/* Any packet. */
static void
take_other(struct reader *r, const struct capture_packet *p, int link)
{
	const int64_t stamp_ns = stamp_at(r->offset_ns, p->ts_ns);
	struct mbuf_meta m;
	int64_t end_ns;
	if (intervals_pass(&r->intervals, stamp_ns, r->offset_ns, &end_ns))
		end_interval(r, end_ns);
	describe(r, p, link, stamp_ns, &m);
	distribute_packet(&r->distribute, &m);
	took(r, &m);
}

static void
take_packets(struct reader *r, const struct capture_packet *p, unsigned int n, int link)
{
	const bool alone = r->cfg.turn != NULL && link == NT_LINK_ETHERNET;
	unsigned int i = 0;
	for (;;) {
		i += alone ? take_plain(r, &p[i], n - i, NT_LINK_ETHERNET, true)
			   : take_plain(r, &p[i], n - i, link, false);
		if (i == n)
			break;
		take_other(r, &p[i++], link);
	}
	r->packets += n;
}

/* The first packet of a capture says where it stands in time. */
static void
place_in_time(struct reader *r, int64_t ts_ns)
{
	if (!r->started) {
		r->clock_ns = ts_ns;
		intervals_begin(&r->intervals, ts_ns, 0);
		atomic_store_explicit(&r->progress.first_ns, ts_ns, memory_order_relaxed);
	} else if (ts_ns + r->offset_ns < r->clock_ns - EPOCH_BACKWARDS_NS) {
		begin_epoch(r, ts_ns);
	}
	r->started = true;
}

static void
tell_progress(struct reader *r, const struct capture *c)
{
	atomic_store_explicit(&r->progress.packets, r->packets, memory_order_relaxed);
	atomic_store_explicit(
		&r->progress.taken, r->bytes_before + capture_taken(c), memory_order_relaxed);
}

static void
read_capture(struct reader *r, struct capture *c, struct nt_error *err)
{
	const int link = capture_link(c);
	struct capture_packet packets[QUEUES_BURST];
	unsigned int since = 0;
	int n = 0;
	bool first = true;
	while (!stopped(r) && (n = capture_burst(c, r->position, packets, QUEUES_BURST, err)) > 0) {
		if (first)
			place_in_time(r, packets[0].ts_ns);
		first = false;
		take_packets(r, packets, (unsigned int)n, link);
		since += (unsigned int)n;
		if (since >= PUBLISH_EVERY) {
			since = 0;
			lcore_pause();
			publish(r);
			tell_progress(r, c);
		}
	}
	tell_progress(r, c);
	if (n < 0 && n != -ECANCELED)
		r->failure_count++;
	r->bytes_before += capture_taken(c);
}

static void
read_path(struct reader *r, const char *path)
{
	struct nt_error *err = &r->failures[r->failure_count];
	struct capture *c = capture_open(path, r->cfg.filter, &r->slabs, err);
	if (c == NULL) {
		r->failure_count += !stopped(r);
		return;
	}
	read_capture(r, c, err);
	capture_close(c);
}

/* Sizes of the captures, for the progress line; unknown as soon as one is (a pipe). */
static uint64_t
total_size(const struct reader *r)
{
	uint64_t sum = 0;
	for (unsigned int i = 0; i < r->cfg.path_count; i++) {
		struct stat st;
		if (stat(r->cfg.paths[i], &st) != 0 || !S_ISREG(st.st_mode))
			return 0;
		sum += (uint64_t)st.st_size;
	}
	return sum;
}

int
reader_main(void *arg)
{
	struct reader *r = arg;
	atomic_store_explicit(&r->progress.size, total_size(r), memory_order_relaxed);
	for (unsigned int i = 0; i < r->cfg.path_count && !stopped(r); i++)
		read_path(r, r->cfg.paths[i]);
	const struct nt_packet_meta end = { .position = r->position, .clock_ns = r->clock_ns };
	distribute_tell(&r->distribute, &end);
	while (!queues_flush(&r->queues))
		wait_for_workers(r);
	queues_publish(&r->queues, NT_POSITION_END, r->clock_ns);
	return 0;
}

unsigned int
reader_take(struct reader *r, struct rte_mbuf **mbufs)
{
	return queues_take(&r->queues, mbufs);
}

const struct nt_mark *
reader_mark(const struct reader *r)
{
	return &r->queues.R;
}

const struct reader_progress *
reader_progress(const struct reader *r)
{
	return &r->progress;
}

const char *
reader_failure(const struct reader *r, unsigned int i)
{
	return i < r->failure_count ? r->failures[i].msg : NULL;
}
