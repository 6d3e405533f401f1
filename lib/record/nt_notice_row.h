/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * One line of notice.log, as Zeek writes a NOTICE: what happened (note), in words (msg, sub), and
 * the connection it is about, or just addresses. No pointers: a row can be copied as it is.
 */
#ifndef NT_NOTICE_ROW_H
#define NT_NOTICE_ROW_H

#include <nt_addr.h>
#include <nt_base.h>

#define NT_NOTICE_TAIL_MAX 1024

/* note, in the order of nt_notice_name. */
enum nt_notice {
	NT_NOTICE_NO_DNS_LOOKUP,
	NT_NOTICE_NAME_MISMATCH,
	NT_NOTICES
};
const char *nt_notice_name(enum nt_notice note); /* "NameTap::No_DNS_Lookup"; NULL: none such */

enum {
	NT_NOTICE_CONN = 1 << 0, /* uid, ends and protocol are set */
	NT_NOTICE_SRC = 1 << 1,
	NT_NOTICE_DST = 1 << 2,
	NT_NOTICE_P = 1 << 3,
	NT_NOTICE_N = 1 << 4,
	NT_NOTICE_MSG = 1 << 5,
	NT_NOTICE_SUB = 1 << 6,
};

struct nt_notice_row {
	int64_t ts_ns;
	uint64_t uid[2];
	struct nt_addr orig_h, resp_h;
	uint16_t orig_p, resp_p;
	uint8_t ip_proto;
	uint8_t note; /* enum nt_notice */
	uint16_t flags; /* NT_NOTICE_* */
	struct nt_addr src, dst;
	uint16_t p;
	uint16_t msg_len, sub_len;
	uint64_t n;
	int64_t suppress_for_ns;
	/* msg, then sub */
	char tail[NT_NOTICE_TAIL_MAX];
};

/* Empty but for these. */
void nt_notice_row_init(
	struct nt_notice_row *r, enum nt_notice note, int64_t ts_ns, int64_t suppress_for_ns);

struct nt_notice_conn {
	uint64_t uid[2];
	struct nt_addr orig_h, resp_h;
	uint16_t orig_p, resp_p;
	uint8_t ip_proto;
};

/* The connection; src, dst and p become its originator, responder and responder's port, as in Zeek.
 */
void nt_notice_row_conn(struct nt_notice_row *r, const struct nt_notice_conn *c);

/* msg first, then sub, each once at most; cut where the tail has no more room, between characters
 * of UTF-8. */
void nt_notice_row_msg(struct nt_notice_row *r, const char *text, size_t len);
void nt_notice_row_sub(struct nt_notice_row *r, const char *text, size_t len);

#endif
