/* SPDX-License-Identifier: BSD-3-Clause */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <nt_cursor.h>
#include <stdlib.h>

/* Each reader and the bytes it takes. */
static void
read_u8(struct nt_cursor *c)
{
	nt_cursor_u8(c);
}

static void
read_u16(struct nt_cursor *c)
{
	nt_cursor_u16(c);
}

static void
read_u32(struct nt_cursor *c)
{
	nt_cursor_u32(c);
}

static void
read_skip5(struct nt_cursor *c)
{
	nt_cursor_skip(c, 5);
}

static void
read_sub3(struct nt_cursor *c)
{
	nt_cursor_sub(c, 3);
}

static const struct {
	void (*reads)(struct nt_cursor *c);
	size_t takes;
} readers[] = {
	{ read_u8, 1 },
	{ read_u16, 2 },
	{ read_u32, 4 },
	{ read_skip5, 5 },
	{ read_sub3, 3 },
};

static void
test_every_boundary(void **state)
{
	(void)state;
	for (size_t r = 0; r < NT_ARRAY_SIZE(readers); r++) {
		for (size_t len = 0; len < 8; len++) {
			/* At the end of a block, so that a sanitizer sees a byte too many. */
			uint8_t *bytes = calloc(1, len ? len : 1);
			struct nt_cursor c = nt_cursor_init(bytes, len);

			readers[r].reads(&c);
			assert_int_equal(c.bad, len < readers[r].takes);
			if (!c.bad)
				assert_int_equal(nt_cursor_offset(&c), readers[r].takes);
			assert_int_equal(nt_cursor_left(&c), c.bad ? 0 : len - readers[r].takes);
			free(bytes);
		}
	}
}

static void
test_values_are_big_endian(void **state)
{
	static const uint8_t bytes[] = { 0xfe, 0xdc, 0xba, 0x98, 0x76, 0x54, 0x32 };
	struct nt_cursor c = nt_cursor_init(bytes, sizeof(bytes));

	(void)state;
	assert_int_equal(nt_cursor_u8(&c), 0xfe);
	assert_int_equal(nt_cursor_u16(&c), 0xdcba);
	assert_int_equal(nt_cursor_u32(&c), 0x98765432);
	assert_false(c.bad);
	assert_int_equal(nt_cursor_left(&c), 0);
}

static void
test_error_sticks(void **state)
{
	static const uint8_t bytes[] = { 1, 2, 3 };
	struct nt_cursor c = nt_cursor_init(bytes, sizeof(bytes));

	(void)state;
	assert_int_equal(nt_cursor_u32(&c), 0);
	assert_true(c.bad);
	assert_int_equal(nt_cursor_u8(&c), 0);
	assert_null(nt_cursor_bytes(&c, 0 + 1));
	nt_cursor_seek(&c, 0);
	assert_int_equal(nt_cursor_u8(&c), 0);
	assert_true(c.bad);
}

static void
test_seek(void **state)
{
	static const uint8_t bytes[] = { 1, 2, 3 };
	struct nt_cursor c = nt_cursor_init(bytes, sizeof(bytes));

	(void)state;
	nt_cursor_seek(&c, 2);
	assert_int_equal(nt_cursor_u8(&c), 3);
	nt_cursor_seek(&c, 3);
	assert_false(c.bad);
	nt_cursor_seek(&c, 4);
	assert_true(c.bad);
}

static void
test_sub(void **state)
{
	static const uint8_t bytes[] = { 1, 2, 3, 4 };
	struct nt_cursor c = nt_cursor_init(bytes, sizeof(bytes));
	struct nt_cursor s = nt_cursor_sub(&c, 3), t;

	(void)state;
	assert_int_equal(nt_cursor_u16(&s), 0x0102);
	assert_int_equal(nt_cursor_u16(&s), 0);
	assert_true(s.bad);
	assert_int_equal(nt_cursor_u8(&c), 4);
	t = nt_cursor_sub(&c, 1);
	assert_true(t.bad && c.bad);
	assert_int_equal(nt_cursor_left(&t), 0);
}

static void
test_huge_lengths(void **state)
{
	static const uint8_t bytes[] = { 1, 2, 3, 4 };
	struct nt_cursor c = nt_cursor_init(bytes, sizeof(bytes));

	(void)state;
	assert_null(nt_cursor_bytes(&c, SIZE_MAX));
	c.bad = false;
	nt_cursor_seek(&c, SIZE_MAX);
	assert_true(c.bad);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_every_boundary),
		cmocka_unit_test(test_values_are_big_endian),
		cmocka_unit_test(test_error_sticks),
		cmocka_unit_test(test_seek),
		cmocka_unit_test(test_sub),
		cmocka_unit_test(test_huge_lengths),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
