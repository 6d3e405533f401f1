/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Rows to text. One table of columns per log (name, Zeek type, how to get it) serves JSON lines,
 * TSV with Zeek's header, and the documentation. Values are escaped so that no byte of the wire
 * breaks a line: every JSON line is valid JSON and UTF-8 (what is not UTF-8 becomes \xNN, as Zeek
 * writes it), every TSV cell is free of tab, newline and a lone "-" or "(empty)". Formatting: the
 * control lcore, no allocation.
 */
#ifndef NT_LOG_H
#define NT_LOG_H

#include <nt_strbuf.h>

#include "nt_conn_row.h"
#include "nt_namecache_row.h"
#include "nt_names_row.h"
#include "nt_notice_row.h"

enum nt_log_format {
	NT_LOG_JSON,
	NT_LOG_TSV,
};

enum nt_log_names {
	NT_LOG_NAMES_DOTTED, /* id.orig_h_name.src ... */
	NT_LOG_NAMES_SHORT, /* id_orig_h_n.src ... */
};

/* What is not in the logs unless it is asked for. */
enum nt_log_option {
	NT_LOG_COMMUNITY_ID = 1 << 0, /* column community_id */
	NT_LOG_VLAN = 1 << 1, /* vlan, inner_vlan */
	NT_LOG_L2_ADDR = 1 << 2, /* orig_l2_addr, resp_l2_addr */
	NT_LOG_PATH = 1 << 3, /* JSON: "_path" in front */
	NT_LOG_ALL_COLUMNS = NT_LOG_COMMUNITY_ID | NT_LOG_VLAN | NT_LOG_L2_ADDR,
};

#define NT_LOG_SENSOR_MAX 63

struct nt_log_config {
	enum nt_log_format format;
	enum nt_log_names names;
	unsigned int options; /* enum nt_log_option */
	/* JSON: "_system_name" in front; NULL or empty: none. Cut at NT_LOG_SENSOR_MAX bytes.
	 * Borrowed. */
	const char *sensor;
};

enum nt_log_kind {
	NT_LOG_CONN,
	NT_LOG_NAMECACHE,
	NT_LOG_NOTICE,
	NT_LOG_KINDS, /* logs of the sink */
	NT_LOG_NAMES = NT_LOG_KINDS, /* a file of its own */
	NT_LOG_TABLES
};

/* "conn", "namecache", "notice", "names": the #path and the file's stem. */
const char *nt_log_path(enum nt_log_kind kind);

/* The longest line that nt_log_conn can make: "\u0001" stands for one byte. */
#define NT_LOG_LINE_MAX (NT_ROW_TAIL_MAX * 6 + 4096)
/*
 * Everything but the tail: 50 columns of a 32-byte key and a value (a 20-digit number; 45
 * characters twice for addresses) are 2,700 bytes, the name of the sensor is 6 * 63; the rest is
 * slack.
 */
#define NT_LOG_FIXED_MAX 4096

static_assert(NT_LOG_LINE_MAX >= NT_ROW_TAIL_MAX * 6 + NT_LOG_FIXED_MAX, "any row fits");
/* No line of namecache.log is longer. */
#define NT_LOG_NAMECACHE_MAX NT_LOG_FIXED_MAX

/* No line of notice.log is longer. */
#define NT_LOG_NAMES_MAX  (NT_LOG_FIXED_MAX + 255 * 6)
#define NT_LOG_NOTICE_MAX (NT_LOG_FIXED_MAX + NT_NOTICE_TAIL_MAX * 6)

/* No line of this row is longer: what nt_log_conn wants to be free. */
static inline size_t
nt_log_conn_max(const struct nt_conn_row *r)
{
	return NT_LOG_FIXED_MAX + (size_t)r->tail_len * 6;
}

/*
 * One line with its newline; false, and nothing appended, where nt_log_conn_max(r) (or
 * NT_LOG_NAMECACHE_MAX, NT_LOG_NOTICE_MAX) bytes are not free. Counts in the row that its tail does
 * not bear out are taken for less.
 */
bool nt_log_conn(
	struct nt_strbuf *out, const struct nt_log_config *cfg, const struct nt_conn_row *r);
bool nt_log_namecache(
	struct nt_strbuf *out, const struct nt_log_config *cfg, const struct nt_namecache_row *r);
bool nt_log_names(
	struct nt_strbuf *out, const struct nt_log_config *cfg, const struct nt_names_row *r);
bool nt_log_notice(
	struct nt_strbuf *out, const struct nt_log_config *cfg, const struct nt_notice_row *r);

/* TSV's header and last line; nothing for JSON. now_ns: wall clock for #open and #close. At most
 * NT_LOG_HEADER_MAX bytes. */
#define NT_LOG_HEADER_MAX 4096
void nt_log_header(struct nt_strbuf *out, const struct nt_log_config *cfg, enum nt_log_kind kind,
	int64_t now_ns);
void nt_log_footer(struct nt_strbuf *out, const struct nt_log_config *cfg, int64_t now_ns);

/* "C" and base62 of 96 bits. out has room for 18 characters and NUL at least. Returns the length:
 * 18 always. */
size_t nt_uid_format(const uint64_t uid[2], char out[24]);

/* One column, for documentation and tests. */
struct nt_log_column {
	const char *name; /* in the given spelling */
	const char *type; /* Zeek's: time, string, addr, port, count, interval, bool, vector[string]
			     ... */
	const char *help;
};
/* Column i of a log, of those that cfg asks for, or NULL past the last. ret is filled and returned.
 */
const struct nt_log_column *nt_log_column(struct nt_log_column *ret,
	const struct nt_log_config *cfg, enum nt_log_kind kind, unsigned int i);

#endif
