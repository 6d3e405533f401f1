/* SPDX-License-Identifier: BSD-3-Clause */
#include "nt_notice_row.h"

#include <string.h>

void
nt_notice_row_init(
	struct nt_notice_row *r, enum nt_notice note, int64_t ts_ns, int64_t suppress_for_ns)
{
	memset(r, 0, offsetof(struct nt_notice_row, tail));
	r->note = (uint8_t)note;
	r->ts_ns = ts_ns;
	r->suppress_for_ns = suppress_for_ns;
}

void
nt_notice_row_conn(struct nt_notice_row *r, const struct nt_notice_conn *c)
{
	memcpy(r->uid, c->uid, sizeof(r->uid));
	r->orig_h = r->src = c->orig_h;
	r->resp_h = r->dst = c->resp_h;
	r->orig_p = c->orig_p;
	r->resp_p = r->p = c->resp_p;
	r->ip_proto = c->ip_proto;
	r->flags |= NT_NOTICE_CONN | NT_NOTICE_SRC | NT_NOTICE_DST | NT_NOTICE_P;
}

/* How much of a text fits, whole characters only. */
static size_t
fitting(const char *text, size_t len, size_t room)
{
	if (len <= room)
		return len;
	while (room > 0 && ((uint8_t)text[room] & 0xc0) == 0x80)
		room--;
	return room;
}

void
nt_notice_row_msg(struct nt_notice_row *r, const char *text, size_t len)
{
	r->msg_len = (uint16_t)fitting(text, len, sizeof(r->tail));
	memcpy(r->tail, text, r->msg_len);
	r->flags |= NT_NOTICE_MSG;
}

void
nt_notice_row_sub(struct nt_notice_row *r, const char *text, size_t len)
{
	r->sub_len = (uint16_t)fitting(text, len, sizeof(r->tail) - r->msg_len);
	memcpy(r->tail + r->msg_len, text, r->sub_len);
	r->flags |= NT_NOTICE_SUB;
}
