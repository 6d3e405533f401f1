/* SPDX-License-Identifier: BSD-3-Clause */
/* notice.log: Zeek's columns, in both formats, and texts that are hostile or too long. */
#include <stdio.h>

#include "rows.h"

static struct nt_notice_row row;

static char *
notice_of(const struct nt_log_config *cfg)
{
	static char text[NT_LOG_NOTICE_MAX + 1];
	struct nt_strbuf out = nt_strbuf_init(text, NT_LOG_NOTICE_MAX - 1);

	assert_false(nt_log_notice(&out, cfg, &row));
	assert_int_equal(out.len, 0);
	out = nt_strbuf_init(text, NT_LOG_NOTICE_MAX);
	assert_true(nt_log_notice(&out, cfg, &row));
	assert_ptr_equal(memchr(text, '\n', out.len), text + out.len - 1);
	text[out.len - 1] = '\0';
	return text;
}

static void
make(const char *msg, size_t msg_len, const char *sub, size_t sub_len)
{
	static const uint8_t a[4] = { 10, 0, 0, 201 }, b[4] = { 91, 189, 95, 1 };
	const struct nt_notice_conn c = {
		.uid = { 1, 2 },
		.orig_h = nt_addr_v4(a),
		.resp_h = nt_addr_v4(b),
		.orig_p = 49842,
		.resp_p = 443,
		.ip_proto = 6,
	};

	nt_notice_row_init(&row, NT_NOTICE_NAME_MISMATCH, NT_SEC(1700000000), NT_SEC(3600));
	nt_notice_row_conn(&row, &c);
	nt_notice_row_msg(&row, msg, msg_len);
	if (sub != NULL)
		nt_notice_row_sub(&row, sub, sub_len);
}

static void
columns(void **state)
{
	static const char want[] =
		"ts:time uid:string id.orig_h:addr id.orig_p:port id.resp_h:addr id.resp_p:port "
		"fuid:string file_mime_type:string file_desc:string proto:enum note:enum "
		"msg:string sub:string src:addr dst:addr p:port n:count peer_descr:string "
		"actions:set[enum] email_dest:set[string] suppress_for:interval "
		"remote_location.country_code:string remote_location.region:string "
		"remote_location.city:string remote_location.latitude:double "
		"remote_location.longitude:double";
	char got[sizeof(want) + 64];
	struct nt_strbuf b = nt_strbuf_init(got, sizeof(got));
	struct nt_log_column c;

	(void)state;
	for (unsigned int i = 0; nt_log_column(&c, &tsv_cfg, NT_LOG_NOTICE, i) != NULL; i++) {
		if (i > 0)
			nt_strbuf_char(&b, ' ');
		nt_strbuf_str(&b, c.name);
		nt_strbuf_char(&b, ':');
		nt_strbuf_str(&b, c.type);
	}
	assert_string_equal(nt_strbuf_cstr(&b), want);
	assert_string_equal(nt_log_path(NT_LOG_NOTICE), "notice");
	assert_string_equal(nt_notice_name(NT_NOTICE_NO_DNS_LOOKUP), "NameTap::No_DNS_Lookup");
	assert_null(nt_notice_name(NT_NOTICES));
}

static void
whole_lines(void **state)
{
	(void)state;
	make("a, b", 4, NULL, 0);
	row.n = 7;
	row.flags |= NT_NOTICE_N;
	assert_string_equal(notice_of(&json_cfg),
		"{\"ts\":1700000000.000000,\"uid\":\"C00000200000000001\",\"id.orig_h\":\"10.0.0."
		"201\""
		",\"id.orig_p\":49842,\"id.resp_h\":\"91.189.95.1\",\"id.resp_p\":443"
		",\"proto\":\"tcp\",\"note\":\"NameTap::Name_Mismatch\",\"msg\":\"a, b\""
		",\"src\":\"10.0.0.201\",\"dst\":\"91.189.95.1\",\"p\":443,\"n\":7"
		",\"actions\":[\"Notice::ACTION_LOG\"],\"email_dest\":[],\"suppress_for\":3600."
		"000000}");
	assert_string_equal(notice_of(&tsv_cfg),
		"1700000000.000000\tC00000200000000001\t10.0.0.201\t49842\t91.189.95.1\t443\t-\t-"
		"\t-"
		"\ttcp\tNameTap::Name_Mismatch\ta, b\t-\t10.0.0.201\t91.189.95.1\t443\t7\t-"
		"\tNotice::ACTION_LOG\t(empty)\t3600.000000\t-\t-\t-\t-\t-");
}

/* Without a connection, with nothing but what Zeek always sets. */
static void
bare(void **state)
{
	char *cells[CELLS_MAX];
	json_t *j;

	(void)state;
	nt_notice_row_init(&row, NT_NOTICE_NO_DNS_LOOKUP, 0, 0);
	assert_int_equal(split_cells(notice_of(&tsv_cfg), cells), 26);
	j = parse_line(notice_of(&json_cfg));
	assert_int_equal(json_object_size(j), 5);
	json_decref(j);
}

static void
texts(void **state)
{
	static const struct {
		const char *text, *tsv;
	} cases[] = { { "", "(empty)" }, { "-", "\\x2d" }, { "(empty)", "\\x28empty)" },
		{ "a,b\tc\nd\\e", "a,b\\x09c\\x0ad\\\\e" }, { "\xff", "\\xff" },
		{ "zo\xc3\xab", "zo\xc3\xab" } };

	(void)state;
	for (unsigned int i = 0; i < NT_ARRAY_SIZE(cases); i++) {
		char *cells[CELLS_MAX];
		json_t *j;

		make("m", 1, cases[i].text, strlen(cases[i].text));
		assert_int_equal(split_cells(notice_of(&tsv_cfg), cells), 26);
		assert_string_equal(cells[11], "m");
		assert_string_equal(cells[12], cases[i].tsv);
		j = parse_line(notice_of(&json_cfg));
		assert_non_null(json_object_get(j, "sub"));
		json_decref(j);
	}
}

/* Every byte at every place of every short length, as for names; but commas stay. */
static void
every_byte_everywhere(void **state)
{
	char text[20], back[6 * sizeof(text)], *cells[CELLS_MAX];

	(void)state;
	for (size_t len = 1; len <= 17; len++) {
		for (size_t i = 0; i < len * 256; i++) {
			memset(text, ',', sizeof(text));
			text[i / 256] = (char)i;
			make(text, len, text, len);
			assert_int_equal(split_cells(notice_of(&tsv_cfg), cells), 26);
			assert_string_equal(cells[11], cells[12]);
			assert_int_equal(unescape(cells[11], strlen(cells[11]), back), len);
			assert_memory_equal(back, text, len);
			assert_true(strcmp(cells[11], "-") != 0);
			json_decref(parse_line(notice_of(&json_cfg)));
		}
	}
}

static void
too_long(void **state)
{
	char text[NT_NOTICE_TAIL_MAX + 10];

	(void)state;
	memset(text, '\x01', sizeof(text));
	make(text, sizeof(text), text, sizeof(text));
	assert_int_equal(row.msg_len, NT_NOTICE_TAIL_MAX);
	assert_int_equal(row.sub_len, 0);
	(void)notice_of(&json_all);
	(void)notice_of(&tsv_all);
	/* no half characters */
	memcpy(text + NT_NOTICE_TAIL_MAX - 2, "\xe2\x82\xac", 3);
	make(text, sizeof(text), "x", 1);
	assert_int_equal(row.msg_len, NT_NOTICE_TAIL_MAX - 2);
	assert_int_equal(row.sub_len, 1);
	json_decref(parse_line(notice_of(&json_cfg)));
	/* lengths that lie */
	row.msg_len = 60000;
	row.sub_len = 60000;
	json_decref(parse_line(notice_of(&json_cfg)));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(columns),
		cmocka_unit_test(whole_lines),
		cmocka_unit_test(bare),
		cmocka_unit_test(texts),
		cmocka_unit_test(every_byte_everywhere),
		cmocka_unit_test(too_long),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
