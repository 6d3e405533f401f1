/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The columns of the logs as data: the writer (log.c), the header and nt_log_column read these
 * tables. Private to lib/record.
 */
#ifndef NT_RECORD_COLUMNS_H
#define NT_RECORD_COLUMNS_H

#include "nt_log.h"

enum column_kind {
	COLUMN_NEVER, /* a column of Zeek's that nothing sets yet */
	COLUMN_TIME, /* int64_t, nanoseconds */
	COLUMN_INTERVAL, /* int64_t, nanoseconds */
	COLUMN_UID, /* uint64_t[2] */
	COLUMN_ADDR, /* struct nt_addr */
	COLUMN_PORT, /* uint16_t */
	COLUMN_COUNT, /* uint64_t */
	COLUMN_COUNT8, /* uint8_t */
	COLUMN_BOOL, /* bit `arg` of the row's flags */
	COLUMN_SHARE, /* double; NT_SHARE_UNSET or 0 to 1 */
	COLUMN_LABEL, /* uint8_t, an index of `labels`; no text there: `fallback`, or unset */
	COLUMN_LABELS, /* uint32_t, a set of indexes of `labels` as bits; 0: unset */
	COLUMN_HISTORY, /* text at the beginning of a connection's tail */
	COLUMN_NAMES, /* uint8_t, how many; end `arg` (0 originator, 1 responder) of the tail */
	COLUMN_TAIL_NAME, /* the next name of the tail */
	COLUMN_ADDRS, /* uint8_t, how many addresses of the tail, behind all names */
	COLUMN_PARENTS, /* uids of the tail */
	COLUMN_VLAN, /* uint16_t, 0: unset */
	COLUMN_MAC, /* end `arg` of the tail's link addresses; all zeros: unset */
	COLUMN_COMMUNITY_ID, /* of the tail */
	COLUMN_TEXT, /* text `arg` of a notice's tail */
	COLUMN_NAME, /* the name of a names row */
	COLUMN_SET, /* the set of `fallback`, or the empty one */
};

/* Copied whole, whatever its length; len counts. */
struct column_text {
	char text[31];
	uint8_t len;
};
static_assert(sizeof(struct column_text) == 32, "two vector registers");

struct column {
	struct column_text key[2]; /* as it stands in a JSON line, by enum nt_log_names */
	const char *name[2]; /* by enum nt_log_names */
	const char *help;
	const char *type; /* Zeek's, where it isn't that of the kind */
	const struct column_text *labels;
	const struct column_text *fallback;
	union {
		struct {
			uint16_t when; /* flags of the row that must be set */
			uint16_t option; /* NT_LOG_* that must be on for it to be there, or 0 */
		};
		uint32_t needs; /* both: NT_LOG_* from COLUMN_OPTIONS on */
	};
	uint16_t label_count;
	uint16_t offset; /* of the value in the row */
	uint16_t arg;
	uint8_t kind; /* enum column_kind */
};
#define COLUMN_OPTIONS 16
static_assert(NT_LOG_ALL_COLUMNS <= UINT16_MAX && __BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__,
	"options are the upper half");

struct column_table {
	const char *path;
	const struct column *columns;
	unsigned int count;
};

extern const struct column_table nt_conn_columns, nt_namecache_columns, nt_notice_columns,
	nt_names_columns;
/* nt_source_label with its length, by enum nt_source. */
extern const struct column_text nt_source_texts[];

#define COLUMN_LABEL_TEXT(s)                                                                       \
	{                                                                                          \
		s, sizeof(s) - 1                                                                   \
	}
#define COLUMN_KEY(s) COLUMN_LABEL_TEXT(",\"" s "\":")
/* The same name in both spellings, or one for each. */
#define COLUMN_NAMES_ONE(s)    .key = { COLUMN_KEY(s), COLUMN_KEY(s) }, .name = { s, s }
#define COLUMN_NAMES_TWO(d, s) .key = { COLUMN_KEY(d), COLUMN_KEY(s) }, .name = { d, s }

#endif
