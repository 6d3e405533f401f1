/* SPDX-License-Identifier: BSD-3-Clause */
/* Known faults of reassembly: numbers used twice, fragments that overlap, lengths that overflow. */
#include "../reassembly/fragments.h"

#define PIECE 64

/* CVE-2024-37151: the same number, of two pairs and twice in a row: each datagram has its own
 * bytes.
 */
static void
test_number_used_twice(void **state NT_UNUSED)
{
	struct nt_datagrams *d = make_table(16, 1 << 20, 0);
	uint8_t others[2 * PIECE];

	memset(others, 'x', sizeof(others));
	for (unsigned int round = 0; round < 2; round++) {
		struct nt_fragment mine[2], theirs[2];
		for (unsigned int i = 0; i < 2; i++) {
			mine[i] = fragment(i * PIECE, PIECE, i == 0);
			theirs[i] = fragment_of(others + i * PIECE, i * PIECE, PIECE, i == 0);
			theirs[i].dst.bytes[3] ^= 1;
		}
		assert_int_equal(add(d, mine[0]), 0);
		assert_int_equal(add(d, theirs[0]), 0);
		const uint32_t len = add(d, mine[1]);
		assert_int_equal(len, LINK_LEN + sizeof(ipv4_header) + 2 * PIECE);
		assert_memory_equal(out + len - 2 * PIECE, pattern, 2 * PIECE);
		assert_int_equal(add(d, theirs[1]), len);
		assert_memory_equal(out + len - 2 * PIECE, others, 2 * PIECE);
	}
	nt_datagrams_free(d);
}

/* CVE-2024-32867: what overlaps is counted, and the bytes that came first stay. */
static void
test_overlap(void **state NT_UNUSED)
{
	struct nt_datagrams *d = make_table(16, 1 << 20, 0);
	struct nt_datagrams_stats s;
	uint8_t others[2 * PIECE];

	memset(others, 'x', sizeof(others));
	struct nt_fragment first = fragment(0, PIECE, true);
	struct nt_fragment over = fragment_of(others, 8, PIECE, true);
	struct nt_fragment last = fragment(PIECE, PIECE, false);
	assert_int_equal(add(d, first), 0);
	assert_int_equal(add(d, over), 0);
	const uint32_t len = add(d, last);
	assert_int_equal(len, LINK_LEN + sizeof(ipv4_header) + 2 * PIECE);
	assert_memory_equal(out + len - 2 * PIECE, pattern, PIECE);
	assert_memory_equal(out + len - PIECE, others, 8);
	nt_datagrams_stats(d, &s);
	assert_true(s.overlaps >= 1);
	nt_datagrams_free(d);
}

/* CVE-2024-45796: offsets and lengths that no datagram can have, up to their largest. */
static void
test_lengths_that_overflow(void **state NT_UNUSED)
{
	struct nt_datagrams *d = make_table(16, 1 << 20, 0);
	struct nt_datagrams_stats s;

	struct nt_fragment beyond = fragment(65528, 65535, false);
	struct nt_fragment begin = fragment(0, 65528, true);
	const uint32_t lens[] = { add(d, beyond), add(d, begin) };
	for (unsigned int i = 0; i < NT_ARRAY_SIZE(lens); i++)
		assert_in_range(lens[i], 0, NT_DATAGRAM_MAX);
	struct nt_fragment wild = fragment_of(pattern, 131072 - 8, 16, false);
	assert_int_equal(add(d, wild), 0);
	nt_datagrams_stats(d, &s);
	assert_true(s.refused >= 1);
	nt_datagrams_free(d);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_number_used_twice),
		cmocka_unit_test(test_overlap),
		cmocka_unit_test(test_lengths_that_overflow),
	};

	fill_pattern();
	return cmocka_run_group_tests_name("hostile_fragments", tests, NULL, NULL);
}
