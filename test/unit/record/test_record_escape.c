/* SPDX-License-Identifier: BSD-3-Clause */
/* Names made to break a line, through the writers of whole lines. */
#include "rows.h"

static struct nt_conn_row row;

/* The one name of the row as a JSON reader sees it. */
static void
json_name(const char *name, size_t len, char *ret, size_t *ret_len)
{
	json_t *j = json_of(&json_cfg, row_plain(&row, name, len));
	const json_t *vals = json_object_get(j, "id.resp_h_name.vals");
	const json_t *v = json_array_get(vals, 0);

	assert_int_equal(json_array_size(vals), 1);
	*ret_len = json_string_length(v);
	memcpy(ret, json_string_value(v), *ret_len);
	ret[*ret_len] = '\0';
	json_decref(j);
}

/* The cell of the names. */
static const char *
tsv_name(const char *name, size_t len)
{
	static char *cells[CELLS_MAX];
	unsigned int i = column_of(&tsv_cfg, NT_LOG_CONN, "id.resp_h_name.vals");
	unsigned int n = split_cells(line_of(&tsv_cfg, row_plain(&row, name, len)), cells);

	assert_int_equal(n, column_of(&tsv_cfg, NT_LOG_CONN, "resp_lookup") + 1);
	return cells[i];
}

struct sample {
	const char *bytes, *json, *tsv;
};

/* What the writers of Zeek make of it; what JSON's reader sees, what stands in the cell. */
static const struct sample samples[] = {
	{ "www.example.com", "www.example.com", "www.example.com" },
	{ "a", "a", "a" },
	{ "-", "-", "\\x2d" },
	{ "--", "--", "--" },
	{ "(empty)", "(empty)", "\\x28empty)" },
	{ "(empty)x", "(empty)x", "(empty)x" },
	{ "(emptx)", "(emptx)", "(emptx)" },
	{ "a,b", "a,b", "a\\x2cb" },
	{ "a\"b", "a\"b", "a\"b" },
	{ "a\\b", "a\\b", "a\\\\b" },
	{ "a\\x2eb", "a\\x2eb", "a\\\\x2eb" },
	{ "tab\there", "tab\there", "tab\\x09here" },
	{ "new\nline", "new\nline", "new\\x0aline" },
	{ "\b\f\r", "\b\f\r", "\\x08\\x0c\\x0d" },
	{ "\x01\x1f", "\x01\x1f", "\\x01\\x1f" },
	{ "del\x7f", "del\\x7f", "del\\x7f" },
	{ "\xc3\xb1", "\xc3\xb1", "\xc3\xb1" },
	{ "m\xc3\xbcnchen.example", "m\xc3\xbcnchen.example", "m\xc3\xbcnchen.example" },
	{ "\xe2\x82\xa1", "\xe2\x82\xa1", "\xe2\x82\xa1" },
	{ "\xf4\x80\x8c\xbc", "\xf4\x80\x8c\xbc", "\xf4\x80\x8c\xbc" },
	{ "line\xe2\x80\xa8sep", "line\xe2\x80\xa8sep", "line\xe2\x80\xa8sep" },
	/* overlong, cut short, stray, surrogates, beyond U+10FFFF */
	{ "\xc0\x81", "\\xc0\\x81", "\\xc0\\x81" },
	{ "\xe0\x80\xa1", "\\xe0\\x80\\xa1", "\\xe0\\x80\\xa1" },
	{ "\xf0\x80\x8c\xbc", "\\xf0\\x80\\x8c\\xbc", "\\xf0\\x80\\x8c\\xbc" },
	{ "\xf4\x80\x8c", "\\xf4\\x80\\x8c", "\\xf4\\x80\\x8c" },
	{ "\xc3(", "\\xc3(", "\\xc3(" },
	{ "\xa0\xa1", "\\xa0\\xa1", "\\xa0\\xa1" },
	{ "\xed\xa0\xbd\xed\xb8\x80", "\\xed\\xa0\\xbd\\xed\\xb8\\x80",
		"\\xed\\xa0\\xbd\\xed\\xb8\\x80" },
	{ "\xf4\x90\x8c\xbc", "\\xf4\\x90\\x8c\\xbc", "\\xf4\\x90\\x8c\\xbc" },
	{ "\xff\xfe", "\\xff\\xfe", "\\xff\\xfe" },
	/* C1 control, private use, special */
	{ "\xc2\x85", "\\xc2\\x85", "\\xc2\\x85" },
	{ "\xee\x8b\xa0", "\\xee\\x8b\\xa0", "\\xee\\x8b\\xa0" },
	{ "\xef\xbf\xbd", "\\xef\\xbf\\xbd", "\\xef\\xbf\\xbd" },
	/* one bad byte, and nothing beyond ASCII is kept */
	{ "\xc3\xb1\xc0\x81", "\\xc3\\xb1\\xc0\\x81", "\\xc3\\xb1\\xc0\\x81" },
};

static void
known_samples(void **state)
{
	char got[6 * 256];
	size_t len;

	(void)state;
	for (unsigned int i = 0; i < NT_ARRAY_SIZE(samples); i++) {
		const struct sample *s = &samples[i];

		json_name(s->bytes, strlen(s->bytes), got, &len);
		assert_string_equal(got, s->json);
		assert_string_equal(tsv_name(s->bytes, strlen(s->bytes)), s->tsv);
	}
}

/* TSV gives the bytes back; JSON gives them back where they are clean. */
static void
check_name(const char *name, size_t len)
{
	char got[6 * 256], back[6 * 256];
	const char *cell;
	size_t n;

	json_name(name, len, got, &n);
	if (n != len || memcmp(got, name, len) != 0) /* \xNN of what was not */
		assert_true(n >= len + 3 && strstr(got, "\\x") != NULL);
	cell = tsv_name(name, len);
	for (const char *c = cell; *c != '\0'; c++)
		assert_true((uint8_t)*c >= ' ' && *c != ',' && *c != 0x7f);
	if (len == 0) {
		assert_string_equal(cell, "(empty)");
		return;
	}
	n = unescape(cell, strlen(cell), back);
	assert_int_equal(n, len);
	assert_memory_equal(back, name, len);
}

/* Every byte at every place of a name of every short length: the word-wise loop has its edges
 * there. */
static void
every_byte_everywhere(void **state)
{
	char name[20];

	(void)state;
	for (size_t len = 0; len <= 18; len++) {
		for (size_t at = 0; at < NT_MAX(len, 1u); at++) {
			for (unsigned int c = 0; c < 256; c++) {
				memset(name, 'n', sizeof(name));
				name[at] = (char)c;
				check_name(name, len);
			}
		}
	}
}

static void
random_names(void **state)
{
	static const char spice[] =
		"\\\",-()\t\n\x7f\x01\xc3\xb1\xe2\x82\xa1\xed\xa0\xf0\x9f\x98\x80";
	uint64_t seed = 88172645463325252;
	char name[NT_MAPPING_NAME_MAX];

	(void)state;
	for (unsigned int round = 0; round < 20000; round++) {
		size_t len = 0;

		seed = seed * 6364136223846793005 + 1442695040888963407;
		len = (seed >> 40) % (round % 8 == 0 ? 256 : 24);
		for (size_t i = 0; i < len; i++) {
			seed = seed * 6364136223846793005 + 1442695040888963407;
			name[i] = (seed >> 33) % 4 == 0 ? spice[(seed >> 40) % (sizeof(spice) - 1)]
				  : (seed >> 33) % 32 == 1 ? (char)(seed >> 40)
							   : 'a';
		}
		check_name(name, len);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(known_samples),
		cmocka_unit_test(every_byte_everywhere),
		cmocka_unit_test(random_names),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
