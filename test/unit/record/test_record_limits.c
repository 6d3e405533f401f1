/* SPDX-License-Identifier: BSD-3-Clause */
/* The largest rows, no room, and rows whose counts and tail disagree. */
#include "rows.h"

static struct nt_conn_row row;

/* 32 names of 255 bytes at both ends, the longest history, everything that can be in a tail, of a
 * byte that needs most room. */
static void
fill(char byte)
{
	static const uint8_t ones[16] = { 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff,
		0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff };
	const struct nt_addr longest = nt_addr_v6(ones);
	char name[NT_MAPPING_NAME_MAX], history[128];
	const uint64_t uid[2] = { UINT64_MAX, UINT64_MAX };
	uint8_t id[NT_COMMUNITY_ID_BYTES];

	memset(name, byte, sizeof(name));
	memset(history, byte, sizeof(history));
	row_plain(&row, NULL, 0);
	row.tail_len = 0;
	row.history_len = sizeof(history);
	assert_true(nt_conn_row_tail(&row, history, sizeof(history)));
	for (unsigned int i = 0; i < NT_ROW_PARENTS_MAX; i++)
		assert_true(nt_conn_row_parent(&row, uid));
	assert_false(nt_conn_row_parent(&row, uid));
	memset(id, byte, sizeof(id));
	assert_true(nt_conn_row_l2(&row, id, id));
	assert_true(nt_conn_row_community_id(&row, id));
	for (unsigned int i = 0; i < 2 * NT_ROW_VALS_MAX; i++)
		assert_true(nt_conn_row_name(&row, name, sizeof(name)));
	assert_true(nt_conn_row_server_name(&row, name, sizeof(name)));
	for (unsigned int i = 0; i < NT_ROW_SERVER_ADDRS_MAX; i++)
		assert_true(nt_conn_row_server_addr(&row, &longest));
	row.flags |= NT_ROW_ORIG_MORE | NT_ROW_RESP_MORE | NT_ROW_ECH;
	row.orig_names = row.resp_names = NT_ROW_VALS_MAX;
	assert_int_equal(row.tail_len, NT_ROW_TAIL_MAX);
	assert_false(nt_conn_row_name(&row, "x", 1));
	assert_false(nt_conn_row_l2(&row, id, id));
	assert_false(nt_conn_row_community_id(&row, id));
}

static void
largest_rows(void **state)
{
	static const char bytes[] = "a\\\x01\xff\"\x7f";

	(void)state;
	for (unsigned int i = 0; i < sizeof(bytes) - 1; i++) {
		json_t *j, *vals;

		fill(bytes[i]);
		assert_true(nt_log_conn_max(&row) <= NT_LOG_LINE_MAX);
		(void)line_of(&tsv_all, &row);
		j = json_of(&json_all, &row);
		vals = json_object_get(j, "id.orig_h_name.vals");
		assert_int_equal(json_array_size(vals), NT_ROW_VALS_MAX);
		vals = json_object_get(j, "id.resp_h_name.vals");
		assert_int_equal(json_array_size(vals), NT_ROW_VALS_MAX);
		assert_true(json_string_length(json_array_get(vals, 31)) >= 255);
		json_decref(j);
	}
}

/* Exact room, at the end of what is allocated: the sanitizers see a byte too many. */
static void
exact_room(void **state)
{
	const struct nt_log_config *cfgs[] = { &json_all, &tsv_all };

	(void)state;
	for (unsigned int i = 0; i < 2; i++) {
		size_t max;
		char *text;
		struct nt_strbuf out;

		fill('\x01');
		max = nt_log_conn_max(&row);
		text = malloc(max);
		assert_non_null(text);
		out = nt_strbuf_init(text, max - 1);
		assert_false(nt_log_conn(&out, cfgs[i], &row));
		assert_true(out.len == 0 && !out.full);
		out = nt_strbuf_init(text, max);
		assert_true(nt_log_conn(&out, cfgs[i], &row));
		free(text);
	}
}

static void
no_room_appends_nothing(void **state)
{
	static char text[2 * NT_LOG_LINE_MAX];
	struct nt_strbuf out = nt_strbuf_init(text, 2 * NT_LOG_FIXED_MAX);
	unsigned int lines = 0;
	size_t len;

	(void)state;
	row_plain(&row, "a.example", 9);
	while (nt_log_conn(&out, &json_cfg, &row))
		lines++;
	assert_true(lines > 0);
	len = out.len;
	assert_int_equal(text[len - 1], '\n');
	assert_false(nt_log_conn(&out, &json_cfg, &row));
	assert_int_equal(out.len, len);
	assert_false(out.full);
}

static size_t
names_at(const json_t *j, const char *key)
{
	return json_array_size(json_object_get(j, key));
}

static void
counts_beyond_the_tail(void **state)
{
	json_t *j;

	(void)state;
	row_plain(&row, "a.example", 9);
	row.orig_names = 200; /* eats the responder's */
	row.resp_names = 200;
	j = json_of(&json_cfg, &row);
	assert_int_equal(names_at(j, "id.orig_h_name.vals"), 1);
	assert_int_equal(names_at(j, "id.resp_h_name.vals"), 0);
	json_decref(j);

	row_plain(&row, "a.example", 9);
	row.tail[8] = (char)255; /* a name longer than the tail */
	j = json_of(&json_cfg, &row);
	assert_null(json_object_get(j, "id.resp_h_name.vals"));
	json_decref(j);

	row_plain(&row, "a.example", 9);
	row.history_len = 255;
	j = json_of(&json_cfg, &row);
	assert_int_equal(json_string_length(json_object_get(j, "history")), (size_t)row.tail_len);
	json_decref(j);
}

/* A row as it travels: nothing behind what counts may be read. */
static void
reads_only_what_counts(void **state)
{
	static const char *const names[] = { "a", "ab", "abc", "abcd", "abcdefg", "abcdefgh",
		"abcdefghijklmno", "abcdefghijklmnopq" };
	char text[NT_LOG_FIXED_MAX * 2];

	(void)state;
	for (unsigned int i = 0; i < NT_ARRAY_SIZE(names); i++) {
		struct nt_strbuf out = nt_strbuf_init(text, sizeof(text));
		char *copy;

		row_plain(&row, names[i], strlen(names[i]));
		copy = malloc(nt_conn_row_size(&row));
		assert_non_null(copy);
		memcpy(copy, &row, nt_conn_row_size(&row));
		assert_true(nt_log_conn(
			&out, &json_cfg, (const struct nt_conn_row *)(const void *)copy));
		assert_true(nt_log_conn(
			&out, &tsv_cfg, (const struct nt_conn_row *)(const void *)copy));
		free(copy);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(largest_rows),
		cmocka_unit_test(exact_room),
		cmocka_unit_test(no_room_appends_nothing),
		cmocka_unit_test(counts_beyond_the_tail),
		cmocka_unit_test(reads_only_what_counts),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
