/* SPDX-License-Identifier: BSD-3-Clause */
/* What a worker sends to the control lcore to be written. */
#ifndef RECORD_MSG_H
#define RECORD_MSG_H

#include <nt_conn_row.h>
#include <nt_counters.h>
#include <nt_msg_ring.h>
#include <nt_namecache_row.h>
#include <nt_notice_row.h>

enum record_kind {
	RECORD_CONN,
	RECORD_NOTICE, /* struct notice_msg */
	RECORD_STATS, /* struct stats_msg: the worker has settled an interval */
	RECORD_DONE, /* struct stats_msg, the worker's last: the stream has ended, all is written */
};

struct record_msg {
	struct nt_msg_head head; /* kind: enum record_kind */
	struct nt_conn_row row;
	char spare[NT_MSG_UNIT]; /* may be read on to the end of a unit */
};

/*
 * Counters as of a position: everything at or before it is processed, everything that expires by
 * the interval's end has, all of that is resolved. So what they tell of packets, connections and
 * names is the same with any number of workers.
 */
struct stats_msg {
	struct nt_msg_head head;
	int64_t ts_ns; /* the interval's end, capture time */
	struct nt_namecache_fill fill;
	uint64_t counters[NT_COUNTER_COUNT];
	char spare[NT_MSG_UNIT];
};

#define RECORD_MSG_MAX offsetof(struct record_msg, spare)

struct notice_msg {
	struct nt_msg_head head;
	struct nt_notice_row row;
	char spare[NT_MSG_UNIT];
};

static_assert(sizeof(struct notice_msg) <= RECORD_MSG_MAX, "any message fits a reader");
static_assert(sizeof(struct stats_msg) <= RECORD_MSG_MAX, "any message fits a reader");

static inline void
record_msg_seal(struct record_msg *m)
{
	m->head.kind = RECORD_CONN;
	m->head.size = (uint32_t)(offsetof(struct record_msg, row) + nt_conn_row_size(&m->row));
}

static inline void
notice_msg_seal(struct notice_msg *m)
{
	m->head.kind = RECORD_NOTICE;
	m->head.size =
		(uint32_t)(offsetof(struct notice_msg, row.tail) + m->row.msg_len + m->row.sub_len);
}

#endif
