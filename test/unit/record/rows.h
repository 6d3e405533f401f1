/* SPDX-License-Identifier: BSD-3-Clause */
/* Rows made up for tests, and their lines taken apart again. */
#ifndef TEST_RECORD_ROWS_H
#define TEST_RECORD_ROWS_H

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <jansson.h>

#include <nt_log.h>

#include <cmocka.h>

#define CELLS_MAX 64

static const struct nt_log_config json_cfg NT_UNUSED = { .format = NT_LOG_JSON };
static const struct nt_log_config json_short NT_UNUSED = {
	.format = NT_LOG_JSON,
	.names = NT_LOG_NAMES_SHORT,
};
static const struct nt_log_config json_all NT_UNUSED = {
	.format = NT_LOG_JSON,
	.options = NT_LOG_ALL_COLUMNS | NT_LOG_PATH,
	.sensor = "tap 1",
};
static const struct nt_log_config tsv_all NT_UNUSED = {
	.format = NT_LOG_TSV,
	.options = NT_LOG_ALL_COLUMNS | NT_LOG_PATH,
	.sensor = "tap 1",
};
static const struct nt_log_config tsv_cfg NT_UNUSED = { .format = NT_LOG_TSV };
static const struct nt_log_config tsv_short NT_UNUSED = {
	.format = NT_LOG_TSV,
	.names = NT_LOG_NAMES_SHORT,
};

/* A TCP connection with one name at the responder. */
static inline struct nt_conn_row *
row_plain(struct nt_conn_row *r, const char *name, size_t len)
{
	static const uint8_t a[4] = { 10, 0, 0, 201 }, b[4] = { 91, 189, 95, 1 };

	memset(r, 0, NT_CONN_ROW_FIXED);
	r->ts_ns = INT64_C(1531628253224463000);
	r->duration_ns = 250847101;
	r->uid[0] = 0x0123456789abcdef;
	r->uid[1] = 0x76543210;
	r->orig_h = nt_addr_v4(a);
	r->resp_h = nt_addr_v4(b);
	r->orig_p = 49842;
	r->resp_p = 443;
	r->ip_proto = 6;
	r->conn_state = 2;
	r->flags = NT_ROW_DURATION | NT_ROW_LOCAL_ORIG | NT_ROW_AGE;
	r->bytes[0] = 369;
	r->bytes[1] = 505;
	r->pkts[0] = 5;
	r->pkts[1] = 100000000;
	r->ip_bytes[0] = 581;
	r->ip_bytes[1] = INT64_MAX; /* what jansson can read */
	r->service = NT_ROW_SERVICE_SSL;
	r->resp_age_ns = 1500000000;
	r->history_len = 8;
	assert_true(nt_conn_row_tail(r, "ShADadfF", 8));
	if (name != NULL) {
		r->resp_names = 1;
		r->resp_source = NT_SOURCE_DNS_AAAA;
		r->resp_match = NT_MATCH_CLIENT;
		assert_true(nt_conn_row_name(r, name, len));
	}
	return r;
}

/* A line, checked to be one, in storage of its own; ends in NUL instead of newline. */
static inline char *
line_of(const struct nt_log_config *cfg, const struct nt_conn_row *r)
{
	static char text[NT_LOG_LINE_MAX + 1];
	struct nt_strbuf out = nt_strbuf_init(text, nt_log_conn_max(r));

	assert_true(nt_log_conn(&out, cfg, r));
	assert_true(out.len > 0 && out.len <= nt_log_conn_max(r));
	assert_ptr_equal(memchr(text, '\n', out.len), text + out.len - 1);
	assert_null(memchr(text, '\0', out.len));
	text[out.len - 1] = '\0';
	return text;
}

/* jansson refuses invalid UTF-8 and, asked to, duplicate keys. */
static inline json_t *
parse_line(const char *text)
{
	json_error_t err;
	json_t *j = json_loads(text, JSON_REJECT_DUPLICATES, &err);

	if (j == NULL)
		fail_msg("%s: %s", err.text, text);
	return j;
}

static inline json_t *
json_of(const struct nt_log_config *cfg, const struct nt_conn_row *r)
{
	return parse_line(line_of(cfg, r));
}

/* Cut a line at its tabs, in place. */
static inline unsigned int
split_cells(char *line, char *cells[CELLS_MAX])
{
	unsigned int n = 0;

	for (char *p = line; p != NULL && n < CELLS_MAX; n++)
		cells[n] = strsep(&p, "\t");
	return n;
}

/* The index of a column by name; fails where there is none. */
static inline unsigned int
column_of(const struct nt_log_config *cfg, enum nt_log_kind kind, const char *name)
{
	struct nt_log_column c;

	for (unsigned int i = 0; nt_log_column(&c, cfg, kind, i) != NULL; i++)
		if (strcmp(c.name, name) == 0)
			return i;
	fail_msg("no column %s", name);
	return 0;
}

/* A cell's bytes: \xNN and \\ undone, as readers of Zeek's logs do. Returns their number. */
static inline size_t
unescape(const char *cell, size_t len, char *out)
{
	size_t n = 0;

	for (size_t i = 0; i < len; i++) {
		if (cell[i] == '\\' && i + 1 < len && cell[i + 1] == '\\') {
			out[n++] = '\\';
			i++;
		} else if (cell[i] == '\\' && i + 3 < len && cell[i + 1] == 'x') {
			const char hex[3] = { cell[i + 2], cell[i + 3], '\0' };
			out[n++] = (char)strtoul(hex, NULL, 16);
			i += 3;
		} else {
			out[n++] = cell[i];
		}
	}
	return n;
}

#endif
