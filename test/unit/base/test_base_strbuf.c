/* SPDX-License-Identifier: BSD-3-Clause */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <float.h>
#include <nt_strbuf.h>
#include <stdio.h>
#include <stdlib.h>

#define EXPECT(call, want)                                                                         \
	do {                                                                                       \
		char room_[400];                                                                   \
		struct nt_strbuf b = nt_strbuf_init(room_, sizeof(room_));                         \
		call;                                                                              \
		assert_false(b.full);                                                              \
		assert_string_equal(nt_strbuf_cstr(&b), want);                                     \
	} while (0)

static void
test_integers(void **state)
{
	(void)state;
	EXPECT(nt_strbuf_u64(&b, 0), "0");
	EXPECT(nt_strbuf_u64(&b, UINT64_MAX), "18446744073709551615");
	EXPECT(nt_strbuf_i64(&b, 0), "0");
	EXPECT(nt_strbuf_i64(&b, -1), "-1");
	EXPECT(nt_strbuf_i64(&b, INT64_MIN), "-9223372036854775808");
	EXPECT(nt_strbuf_i64(&b, INT64_MAX), "9223372036854775807");
}

static void
test_seconds(void **state)
{
	(void)state;
	EXPECT(nt_strbuf_seconds(&b, 0), "0.000000");
	EXPECT(nt_strbuf_seconds(&b, 499), "0.000000");
	EXPECT(nt_strbuf_seconds(&b, 500), "0.000001");
	EXPECT(nt_strbuf_seconds(&b, 1499), "0.000001");
	EXPECT(nt_strbuf_seconds(&b, 999999499), "0.999999");
	EXPECT(nt_strbuf_seconds(&b, 999999500), "1.000000");
	EXPECT(nt_strbuf_seconds(&b, INT64_C(1581109434258190000)), "1581109434.258190");
	EXPECT(nt_strbuf_seconds(&b, -499), "0.000000");
	EXPECT(nt_strbuf_seconds(&b, -500), "-0.000001");
	EXPECT(nt_strbuf_seconds(&b, -1500000000), "-1.500000");
	EXPECT(nt_strbuf_seconds(&b, INT64_MAX), "9223372036.854776");
	EXPECT(nt_strbuf_seconds(&b, INT64_MIN), "-9223372036.854776");
}

static void
test_seconds_as_printf(void **state)
{
	unsigned int seed = 7;

	(void)state;
	for (int i = 0; i < 20000; i++) {
		/* Below 2^50 ns, and no ties, a double is exact enough to be compared with. */
		int64_t ns = ((int64_t)rand_r(&seed) << 19 ^ rand_r(&seed)) % (INT64_C(1) << 50);
		char want[64];

		if (ns % 1000 == 500)
			continue;
		snprintf(want, sizeof(want), "%.6f", (double)ns / 1e9);
		EXPECT(nt_strbuf_seconds(&b, ns), want);
	}
}

static void
test_doubles(void **state)
{
	(void)state;
	EXPECT(nt_strbuf_double(&b, 0.5, 0), "0");
	EXPECT(nt_strbuf_double(&b, 1.25, 1), "1.2");
	EXPECT(nt_strbuf_double(&b, -2.5, 3), "-2.500");
	EXPECT(nt_strbuf_double(&b, 1e15, 9), "1000000000000000.000000000");
	EXPECT(nt_strbuf_double(&b, 1, 50), "1.000000000");
	EXPECT(nt_strbuf_double(&b, 1.0 / 0.0 * 0, 1), "0.0");
}

/* The longest there is: 309 digits, a sign, and all decimals. */
static void
test_longest_double(void **state)
{
	char room[400];
	struct nt_strbuf b = nt_strbuf_init(room, sizeof(room));

	(void)state;
	nt_strbuf_double(&b, -DBL_MAX, 9);
	assert_int_equal(b.len, 1 + 309 + 10);
	assert_memory_equal(room, "-17976931348623157", 18);
}

static void
test_text(void **state)
{
	struct nt_addr a;

	(void)state;
	assert_int_equal(nt_addr_parse("2001:db8::1", &a), 0);
	EXPECT(nt_strbuf_str(&b, ""), "");
	EXPECT(nt_strbuf_lit(&b, "abc"), "abc");
	EXPECT(nt_strbuf_addr(&b, &a), "2001:db8::1");
	EXPECT(nt_strbuf_char(&b, 'x'), "x");
}

/* Whatever the room: nothing is written past it, and what does not fit is left out whole. */
static void
test_full_sticks(void **state)
{
	(void)state;
	for (size_t room = 0; room < 12; room++) {
		char *data = malloc(room ? room : 1);
		struct nt_strbuf b = nt_strbuf_init(data, room);

		nt_strbuf_str(&b, "abc");
		nt_strbuf_i64(&b, -1234567);
		nt_strbuf_char(&b, 'z');
		assert_int_equal(b.full, room < 12);
		assert_int_equal(b.len, room < 3 ? 0 : room < 11 ? 3 : 11);
		nt_strbuf_lit(&b, "");
		assert_true(b.full);
		assert_non_null(nt_strbuf_cstr(&b));
		free(data);
	}
}

static void
test_cstr_cuts(void **state)
{
	char data[4];
	struct nt_strbuf b = nt_strbuf_init(data, sizeof(data)), none = nt_strbuf_init(data, 0);

	(void)state;
	nt_strbuf_str(&b, "abcd");
	assert_false(b.full);
	assert_string_equal(nt_strbuf_cstr(&b), "abc");
	assert_string_equal(nt_strbuf_cstr(&none), "");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_integers),
		cmocka_unit_test(test_seconds),
		cmocka_unit_test(test_seconds_as_printf),
		cmocka_unit_test(test_doubles),
		cmocka_unit_test(test_longest_double),
		cmocka_unit_test(test_text),
		cmocka_unit_test(test_full_sticks),
		cmocka_unit_test(test_cstr_cuts),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
