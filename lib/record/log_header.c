/* SPDX-License-Identifier: BSD-3-Clause */
#include <time.h>

#include "columns.h"

static const struct column_table *
table_of(enum nt_log_kind kind)
{
	static const struct column_table *const tables[NT_LOG_TABLES] = {
		[NT_LOG_CONN] = &nt_conn_columns,
		[NT_LOG_NAMECACHE] = &nt_namecache_columns,
		[NT_LOG_NOTICE] = &nt_notice_columns,
		[NT_LOG_NAMES] = &nt_names_columns,
	};

	return tables[kind];
}

const char *
nt_log_path(enum nt_log_kind kind)
{
	return table_of(kind)->path;
}

/* Zeek's type of a column. */
static const char *
type_of(const struct column *c)
{
	static const char *const types[] = {
		[COLUMN_NEVER] = "string",
		[COLUMN_TIME] = "time",
		[COLUMN_INTERVAL] = "interval",
		[COLUMN_UID] = "string",
		[COLUMN_ADDR] = "addr",
		[COLUMN_PORT] = "port",
		[COLUMN_COUNT] = "count",
		[COLUMN_COUNT8] = "count",
		[COLUMN_BOOL] = "bool",
		[COLUMN_SHARE] = "double",
		[COLUMN_LABEL] = "string",
		[COLUMN_LABELS] = "string",
		[COLUMN_HISTORY] = "string",
		[COLUMN_NAMES] = "vector[string]",
		[COLUMN_TAIL_NAME] = "string",
		[COLUMN_ADDRS] = "vector[addr]",
		[COLUMN_PARENTS] = "set[string]",
		[COLUMN_VLAN] = "int",
		[COLUMN_MAC] = "string",
		[COLUMN_COMMUNITY_ID] = "string",
		[COLUMN_TEXT] = "string",
		[COLUMN_NAME] = "string",
		[COLUMN_SET] = "set[string]",
	};

	return c->type != NULL ? c->type : types[c->kind];
}

const struct nt_log_column *
nt_log_column(struct nt_log_column *ret, const struct nt_log_config *cfg, enum nt_log_kind kind,
	unsigned int i)
{
	const struct column_table *t = table_of(kind);
	const struct column *c = t->columns;

	for (; c < t->columns + t->count; c++)
		if ((c->option & ~cfg->options) == 0 && i-- == 0)
			break;
	if (c == t->columns + t->count)
		return NULL;
	*ret = (struct nt_log_column){
		.name = c->name[cfg->names],
		.type = type_of(c),
		.help = c->help,
	};
	return ret;
}

/* Local time, as Zeek writes it. */
static void
put_time(struct nt_strbuf *out, const char *key, int64_t now_ns)
{
	time_t sec = (time_t)(now_ns / NT_NS_PER_SEC);
	char text[32];
	struct tm tm;

	if (localtime_r(&sec, &tm) == NULL)
		return;
	nt_strbuf_str(out, key);
	nt_strbuf_mem(out, text, strftime(text, sizeof(text), "%Y-%m-%d-%H-%M-%S", &tm));
	nt_strbuf_char(out, '\n');
}

void
nt_log_header(struct nt_strbuf *out, const struct nt_log_config *cfg, enum nt_log_kind kind,
	int64_t now_ns)
{
	struct nt_log_column col;

	if (cfg->format != NT_LOG_TSV)
		return;
	nt_strbuf_lit(out, "#separator \\x09\n#set_separator\t,\n#empty_field\t(empty)\n");
	nt_strbuf_lit(out, "#unset_field\t-\n#path\t");
	nt_strbuf_str(out, nt_log_path(kind));
	put_time(out, "\n#open\t", now_ns);
	nt_strbuf_lit(out, "#fields");
	for (unsigned int i = 0; nt_log_column(&col, cfg, kind, i) != NULL; i++) {
		nt_strbuf_char(out, '\t');
		nt_strbuf_str(out, col.name);
	}
	nt_strbuf_lit(out, "\n#types");
	for (unsigned int i = 0; nt_log_column(&col, cfg, kind, i) != NULL; i++) {
		nt_strbuf_char(out, '\t');
		nt_strbuf_str(out, col.type);
	}
	nt_strbuf_char(out, '\n');
}

void
nt_log_footer(struct nt_strbuf *out, const struct nt_log_config *cfg, int64_t now_ns)
{
	if (cfg->format == NT_LOG_TSV)
		put_time(out, "#close\t", now_ns);
}
