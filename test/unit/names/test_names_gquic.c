/* SPDX-License-Identifier: BSD-3-Clause */
/* Google's CHLO: every version's header, and whatever may be wrong with it. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include <nt_gquic.h>

#define NAME	     "www.Example.org"
#define NAME_LOWER   "www.example.org"
#define PAD_BYTES    40
#define DATAGRAM_MAX 1400

static uint8_t out[DATAGRAM_MAX];
static size_t out_len;
static size_t sni_end_at; /* of its entry's second half */
static struct nt_server_name name;

static void
put(const void *bytes, size_t len)
{
	memcpy(out + out_len, bytes, len);
	out_len += len;
}

static void
put_u8(unsigned int v)
{
	out[out_len++] = (uint8_t)v;
}

static void
put_u32_le(uint32_t v)
{
	for (unsigned int i = 0; i < 4; i++)
		put_u8(v >> 8 * i & 0xff);
}

static void
put_chlo(const char *text, unsigned int entries)
{
	put("CHLO", 4);
	put_u8(entries & 0xff);
	put_u8(entries >> 8);
	put("\0", 2);
	put("PAD", 4);
	put_u32_le(PAD_BYTES);
	put("SNI", 4);
	sni_end_at = out_len;
	put_u32_le(PAD_BYTES + (uint32_t)strlen(text));
	for (unsigned int i = 2; i < entries; i++) {
		put("VER", 4);
		put_u32_le(PAD_BYTES + (uint32_t)strlen(text));
	}
	for (unsigned int i = 0; i < PAD_BYTES; i++)
		put_u8('-');
	put(text, strlen(text));
}

static void
put_frame(void)
{
	put("\xa0\x01\x00\x04", 4);
}

static void
put_public(unsigned int flags, const char *version, unsigned int number_bytes, bool private_flags)
{
	static const uint8_t zeros[18];
	out_len = 0;
	put_u8(flags);
	put("connid-8", 8);
	put(version, 4);
	put(zeros, number_bytes + 12);
	if (private_flags)
		put_u8(1);
}

static void
put_long(unsigned int first, const char *version, unsigned int cids)
{
	static const uint8_t zeros[18];
	out_len = 0;
	put_u8(first);
	put(version, 4);
	put_u8(cids);
	put("connid-8", 8);
	put(zeros, (first & 3) + 1 + 12);
}

static bool
read_len(size_t len)
{
	/* a copy of its own, so that a sanitizer sees a read past it */
	uint8_t *copy = malloc(len + 1);
	assert_non_null(copy);
	memcpy(copy, out, len);
	memset(&name, 0xa5, sizeof(name));
	const bool ret = nt_gquic_server_name(copy, len, &name);
	free(copy);
	assert_int_equal(ret, name.len > 0);
	return ret;
}

static void
assert_read(void)
{
	assert_true(read_len(out_len));
	assert_int_equal(name.len, strlen(NAME_LOWER));
	assert_memory_equal(name.text, NAME_LOWER, name.len);
	assert_int_equal(name.flags, NT_SERVER_NAME_TLS);
}

static void
test_public(void **state)
{
	static const struct {
		unsigned int flags;
		const char *version;
		unsigned int number_bytes;
		bool private_flags;
	} rows[] = {
		{ 0x0d, "Q024", 1, true },
		{ 0x1d, "Q025", 2, true },
		{ 0x0d, "Q033", 1, true },
		{ 0x0d, "Q034", 1, false },
		{ 0x29, "Q039", 4, false },
		{ 0x39, "Q043", 6, false },
	};
	(void)state;
	for (unsigned int i = 0; i < NT_ARRAY_SIZE(rows); i++) {
		put_public(rows[i].flags, rows[i].version, rows[i].number_bytes,
			rows[i].private_flags);
		put_frame();
		put_chlo(NAME, 2);
		assert_read();
	}
}

static void
test_long(void **state)
{
	(void)state;
	for (unsigned int first = 0xc0; first <= 0xc3; first++) {
		put_long(first, "Q046", 0x50);
		put_frame();
		put_chlo(NAME, 2);
		assert_read();
	}
}

static void
test_other_headers(void **state)
{
	static const unsigned int flags[] = { 0x0c, 0x0f, 0x05, 0x4d, 0x00, 0xff };
	static const char *const versions[] = { "Q000", "Q044", "Q046", "Q0:3", "Q04/", "T043",
		"Q143", "\0\0\0\1" };
	(void)state;
	for (unsigned int i = 0; i < NT_ARRAY_SIZE(flags); i++) {
		put_public(flags[i], "Q043", 1, false);
		put_frame();
		put_chlo(NAME, 2);
		assert_false(read_len(out_len));
	}
	for (unsigned int i = 0; i < NT_ARRAY_SIZE(versions); i++) {
		put_public(0x0d, versions[i], 1, false);
		put_frame();
		put_chlo(NAME, 2);
		assert_false(read_len(out_len));
	}
}

static void
test_other_long_headers(void **state)
{
	static const struct {
		unsigned int first;
		const char *version;
		unsigned int cids;
	} rows[] = { { 0xd3, "Q046", 0x50 }, { 0x83, "Q046", 0x50 }, { 0xc3, "Q043", 0x50 },
		{ 0xc3, "Q050", 0x50 }, { 0xc3, "Q046", 0x55 }, { 0xc3, "Q046", 0x00 } };
	(void)state;
	for (unsigned int i = 0; i < NT_ARRAY_SIZE(rows); i++) {
		put_long(rows[i].first, rows[i].version, rows[i].cids);
		put_frame();
		put_chlo(NAME, 2);
		assert_false(read_len(out_len));
	}
}

/* Stream 1 from its beginning, its number in one to four bytes, with its length or without. */
static void
test_frames(void **state)
{
	static const struct {
		const char *bytes;
		size_t len;
		bool right;
	} rows[] = {
		{ "\x80\x01", 2, true },
		{ "\xc0\x01", 2, true },
		{ "\xa1\x01\x00\x00\x04", 5, true },
		{ "\xa1\x00\x01\x00\x04", 5, true },
		{ "\xa3\x01\x00\x00\x00\x00\x04", 7, true },
		{ "\xa0\x03\x00\x04", 4, false },
		{ "\xa4\x01\x00\x10\x00\x04", 6, false },
		{ "\x20\x01\x00\x04", 4, false },
		{ "\x00", 1, false },
	};
	(void)state;
	for (unsigned int i = 0; i < NT_ARRAY_SIZE(rows); i++) {
		put_public(0x0d, "Q043", 1, false);
		put(rows[i].bytes, rows[i].len);
		put_chlo(NAME, 2);
		if (rows[i].right)
			assert_read();
		else
			assert_false(read_len(out_len));
	}
}

static void
test_cut(void **state)
{
	(void)state;
	put_public(0x0d, "Q043", 1, false);
	put_frame();
	put_chlo(NAME, 5);
	assert_read();
	for (size_t len = 0; len < out_len; len++)
		assert_false(read_len(len));
}

static void
set_sni_end(uint32_t end)
{
	const size_t len = out_len;
	out_len = sni_end_at;
	put_u32_le(end);
	out_len = len;
}

static void
test_lies(void **state)
{
	static const uint32_t ends[] = { 0, PAD_BYTES - 1, PAD_BYTES, PAD_BYTES + sizeof(NAME),
		PAD_BYTES + 254, UINT32_C(0x7fffffff), UINT32_C(0xffffffff) };
	(void)state;
	for (unsigned int i = 0; i < NT_ARRAY_SIZE(ends); i++) {
		put_public(0x0d, "Q043", 1, false);
		put_frame();
		put_chlo(NAME, 2);
		set_sni_end(ends[i]);
		assert_false(read_len(out_len));
	}
}

static void
test_entries(void **state)
{
	(void)state;
	for (unsigned int n = 0; n <= 130; n++) {
		put_public(0x0d, "Q043", 1, false);
		put_frame();
		put_chlo(NAME, NT_MAX(n, 2u));
		out[sni_end_at - 16] = (uint8_t)n;
		if (n >= 2 && n <= 128)
			assert_read();
		else
			assert_false(read_len(out_len));
	}
}

static void
test_no_names(void **state)
{
	static const char *const texts[] = { "192.0.2.1", "", "a..b", "a b.example", "[::1]" };
	(void)state;
	for (unsigned int i = 0; i < NT_ARRAY_SIZE(texts); i++) {
		put_public(0x0d, "Q043", 1, false);
		put_frame();
		put_chlo(texts[i], 2);
		assert_false(read_len(out_len));
	}
	put_public(0x0d, "Q043", 1, false);
	put_frame();
	put_chlo(NAME, 2);
	memcpy(out + sni_end_at - 20, "REJ", 4);
	assert_false(read_len(out_len));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_public),
		cmocka_unit_test(test_long),
		cmocka_unit_test(test_other_headers),
		cmocka_unit_test(test_other_long_headers),
		cmocka_unit_test(test_frames),
		cmocka_unit_test(test_cut),
		cmocka_unit_test(test_lies),
		cmocka_unit_test(test_entries),
		cmocka_unit_test(test_no_names),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
