/* SPDX-License-Identifier: BSD-3-Clause */
/* What a worker sends to the control lcore to be written. */
#ifndef RECORD_MSG_H
#define RECORD_MSG_H

#include <nt_conn_row.h>
#include <nt_msg_ring.h>

enum record_kind {
	RECORD_CONN,
	RECORD_DONE, /* the worker's last message: its stream has ended and everything is written */
};

struct record_msg {
	struct nt_msg_head head; /* kind: enum record_kind */
	struct nt_conn_row row;
	char spare[NT_MSG_UNIT]; /* may be read on to the end of a unit */
};

#define RECORD_MSG_MAX offsetof(struct record_msg, spare)

static inline void
record_msg_seal(struct record_msg *m)
{
	m->head.kind = RECORD_CONN;
	m->head.size = (uint32_t)(offsetof(struct record_msg, row) + nt_conn_row_size(&m->row));
}

#endif
