/* SPDX-License-Identifier: BSD-3-Clause */
/* No byte of a file can be changed, left out or added without all of it being refused. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>
#include <zlib.h>

#include "nt_snapshot.h"

#define NOW 6

static uint8_t whole[4096];
static size_t whole_len;

static int
make_one(void **state)
{
	(void)state;
	char path[] = "/tmp/nt-snapshot-XXXXXX";
	struct nt_snapshot_head h = { .taken_ns = 5 };
	struct nt_name_entry e = { .source = NT_SOURCE_DNS_A,
		.first_position = 1,
		.position = 2,
		.seen_ns = 3,
		.expires_ns = 100,
		.name_len = 3,
		.name = "a.b" };
	struct nt_error err;
	close(mkstemp(path));
	e.addr = nt_addr_v4((const uint8_t[]){ 192, 0, 2, 1 });
	struct nt_snapshot_writer *w = nt_snapshot_create(path, &h, &err);
	nt_snapshot_put_name(w, &e);
	nt_snapshot_put_told(w, &(struct nt_told_entry){ 1, 2, 3 });
	assert_int_equal(nt_snapshot_commit(w, &err), 0);
	FILE *f = fopen(path, "r");
	whole_len = fread(whole, 1, sizeof(whole), f);
	fclose(f);
	unlink(path);
	return 0;
}

static bool
is_taken(const uint8_t *bytes, size_t len)
{
	struct nt_error err = { "" };
	uint8_t *exact = malloc(len + (len == 0)); /* so that a sanitizer sees the end */
	memcpy(exact, bytes, len);
	struct nt_snapshot *s = nt_snapshot_parse("names", exact, len, NOW, &err);
	if (s == NULL)
		assert_non_null(strstr(err.msg, "names: "));
	nt_snapshot_free(s);
	free(exact);
	return s != NULL;
}

static void
test_damage(void **state)
{
	(void)state;
	assert_true(is_taken(whole, whole_len));
	for (size_t len = 0; len < whole_len; len++)
		assert_false(is_taken(whole, len));
	for (size_t at = 0; at < whole_len; at++) {
		whole[at] ^= 0x10;
		assert_false(is_taken(whole, whole_len));
		whole[at] ^= 0x10;
	}
	assert_false(is_taken(whole, whole_len + 1));
}

/* Whoever can make the sum right still can't make it read what is not there. */
static void
test_lies(void **state)
{
	(void)state;
	const size_t sum = whole_len - 4;
	for (size_t at = 0; at < sum; at++) {
		for (unsigned int v = 0; v < 256; v += 51) {
			uint8_t copy[sizeof(whole)];
			memcpy(copy, whole, whole_len);
			copy[at] = (uint8_t)v;
			const uint32_t crc = (uint32_t)crc32(0, copy, (unsigned int)whole_len - 21);
			for (unsigned int i = 0; i < 4; i++)
				copy[sum + i] = (uint8_t)(crc >> 8 * i);
			is_taken(copy, whole_len);
		}
	}
}

static void
test_version(void **state)
{
	(void)state;
	struct nt_error err;
	whole[8]++;
	assert_null(nt_snapshot_parse("names", whole, whole_len, NOW, &err));
	assert_non_null(strstr(err.msg, "another version"));
	whole[8]--;
	assert_null(nt_snapshot_parse("names", whole, whole_len, 4, &err));
	assert_non_null(strstr(err.msg, "later than now"));
	assert_null(nt_snapshot_parse("names", (const uint8_t *)"{}", 2, NOW, &err));
	assert_non_null(strstr(err.msg, "no snapshot"));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_damage),
		cmocka_unit_test(test_lies),
		cmocka_unit_test(test_version),
	};
	return cmocka_run_group_tests(tests, make_one, NULL);
}
