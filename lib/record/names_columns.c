/* SPDX-License-Identifier: BSD-3-Clause */
#include "columns.h"

#define AT(field) .offset = offsetof(struct nt_names_row, field)

static const struct column columns[] = {
	{ COLUMN_NAMES_ONE("ts"), .help = "first seen", .kind = COLUMN_TIME, AT(ts_ns) },
	{ COLUMN_NAMES_ONE("last_ts"), .help = "last seen", .kind = COLUMN_TIME, AT(last_ns) },
	{ COLUMN_NAMES_ONE("addr"), .help = "the address", .kind = COLUMN_ADDR, AT(addr) },
	{ COLUMN_NAMES_ONE("name"), .help = "a name it has", .kind = COLUMN_NAME },
	{ COLUMN_NAMES_ONE("src"), .help = "where it was learnt from, as in conn.log",
		.kind = COLUMN_LABEL, .labels = nt_source_texts, .label_count = NT_SOURCES,
		AT(source) },
	{ COLUMN_NAMES_ONE("client"), .help = "who was told; unset: nobody in particular",
		.kind = COLUMN_ADDR, .when = NT_NAMES_CLIENT, AT(client) },
	{ COLUMN_NAMES_ONE("count"), .help = "how often", .kind = COLUMN_COUNT, AT(count) },
	{ COLUMN_NAMES_ONE("unsolicited"), .help = "a response to which no query was seen",
		.kind = COLUMN_BOOL, .arg = NT_NAMES_UNSOLICITED },
	{ COLUMN_NAMES_ONE("asked"), .help = "DHCP: asked for by the client", .kind = COLUMN_BOOL,
		.arg = NT_NAMES_ASKED },
};

const struct column_table nt_names_columns = { "names", columns, NT_ARRAY_SIZE(columns) };
