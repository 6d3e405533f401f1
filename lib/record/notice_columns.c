/* SPDX-License-Identifier: BSD-3-Clause */
#include "columns.h"

#define L(s)	  COLUMN_LABEL_TEXT(s)
#define AT(field) .offset = offsetof(struct nt_notice_row, field)
#define LABELS(l) .labels = (l), .label_count = NT_ARRAY_SIZE(l)

static const struct column_text notes[NT_NOTICES] = {
	[NT_NOTICE_NO_DNS_LOOKUP] = L("NameTap::No_DNS_Lookup"),
	[NT_NOTICE_NAME_MISMATCH] = L("NameTap::Name_Mismatch"),
};

static const struct column_text protos[] = {
	[1] = L("icmp"),
	[6] = L("tcp"),
	[17] = L("udp"),
	[58] = L("icmp"),
};
static const struct column_text unknown_proto = L("unknown_transport");
static const struct column_text action_log = L("Notice::ACTION_LOG");

const char *
nt_notice_name(enum nt_notice note)
{
	return (unsigned int)note < NT_NOTICES ? notes[note].text : NULL;
}

/* Never a key: some would not fit. */
#define UNSET(n, t, h)                                                                             \
	{                                                                                          \
		.name = { (n), (n) }, .type = (t), .help = (h), .kind = COLUMN_NEVER               \
	}

/* Zeek 8's order. */
static const struct column columns[] = {
	{ COLUMN_NAMES_ONE("ts"), .help = "when", .kind = COLUMN_TIME, AT(ts_ns) },
	{ COLUMN_NAMES_ONE("uid"), .help = "the connection it is about", .kind = COLUMN_UID,
		.when = NT_NOTICE_CONN, AT(uid) },
	{ COLUMN_NAMES_ONE("id.orig_h"), .help = "its originator", .kind = COLUMN_ADDR,
		.when = NT_NOTICE_CONN, AT(orig_h) },
	{ COLUMN_NAMES_ONE("id.orig_p"), .help = "its originator's port", .kind = COLUMN_PORT,
		.when = NT_NOTICE_CONN, AT(orig_p) },
	{ COLUMN_NAMES_ONE("id.resp_h"), .help = "its responder", .kind = COLUMN_ADDR,
		.when = NT_NOTICE_CONN, AT(resp_h) },
	{ COLUMN_NAMES_ONE("id.resp_p"), .help = "its responder's port", .kind = COLUMN_PORT,
		.when = NT_NOTICE_CONN, AT(resp_p) },
	UNSET("fuid", "string", "never set"),
	UNSET("file_mime_type", "string", "never set"),
	UNSET("file_desc", "string", "never set"),
	{ COLUMN_NAMES_ONE("proto"), .help = "its transport protocol", .kind = COLUMN_LABEL,
		.type = "enum", .when = NT_NOTICE_CONN, LABELS(protos), .fallback = &unknown_proto,
		AT(ip_proto) },
	{ COLUMN_NAMES_ONE("note"), .help = "what happened", .kind = COLUMN_LABEL, .type = "enum",
		LABELS(notes), AT(note) },
	{ COLUMN_NAMES_ONE("msg"), .help = "the same in words", .kind = COLUMN_TEXT,
		.when = NT_NOTICE_MSG, .arg = 0 },
	{ COLUMN_NAMES_ONE("sub"), .help = "more of it", .kind = COLUMN_TEXT, .when = NT_NOTICE_SUB,
		.arg = 1 },
	{ COLUMN_NAMES_ONE("src"), .help = "source address: the connection's originator",
		.kind = COLUMN_ADDR, .when = NT_NOTICE_SRC, AT(src) },
	{ COLUMN_NAMES_ONE("dst"), .help = "destination address: its responder",
		.kind = COLUMN_ADDR, .when = NT_NOTICE_DST, AT(dst) },
	{ COLUMN_NAMES_ONE("p"), .help = "port: its responder's", .kind = COLUMN_PORT,
		.when = NT_NOTICE_P, AT(p) },
	{ COLUMN_NAMES_ONE("n"), .help = "a count that goes with it", .kind = COLUMN_COUNT,
		.when = NT_NOTICE_N, AT(n) },
	UNSET("peer_descr", "string", "never set"),
	{ COLUMN_NAMES_ONE("actions"), .help = "Notice::ACTION_LOG", .kind = COLUMN_SET,
		.type = "set[enum]", .fallback = &action_log },
	{ COLUMN_NAMES_ONE("email_dest"), .help = "always empty", .kind = COLUMN_SET },
	{ COLUMN_NAMES_ONE("suppress_for"), .help = "for so long the same is not told again",
		.kind = COLUMN_INTERVAL, AT(suppress_for_ns) },
	UNSET("remote_location.country_code", "string", "never set"),
	UNSET("remote_location.region", "string", "never set"),
	UNSET("remote_location.city", "string", "never set"),
	UNSET("remote_location.latitude", "double", "never set"),
	UNSET("remote_location.longitude", "double", "never set"),
};

const struct column_table nt_notice_columns = { "notice", columns, NT_ARRAY_SIZE(columns) };
