/* SPDX-License-Identifier: BSD-3-Clause */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <nt_packet.h>

static struct nt_packet
ports_of(unsigned int type, unsigned int code, bool v6)
{
	struct nt_packet p = { .icmp_type = (uint8_t)type, .icmp_code = (uint8_t)code };

	nt_icmp_ports(&p, v6);
	return p;
}

static void
expect_pair(unsigned int a, unsigned int b, bool v6)
{
	struct nt_packet p = ports_of(a, 7, v6), q = ports_of(b, 7, v6);

	assert_int_equal(p.sport, a);
	assert_int_equal(p.dport, b);
	assert_int_equal(q.sport, b);
	assert_int_equal(q.dport, a);
	assert_int_equal(p.flags | q.flags, 0);
}

static void
test_pairs(void **state)
{
	(void)state;
	expect_pair(8, 0, false);
	expect_pair(10, 9, false);
	expect_pair(13, 14, false);
	expect_pair(15, 16, false);
	expect_pair(17, 18, false);
	expect_pair(128, 129, true);
	expect_pair(130, 131, true);
	expect_pair(133, 134, true);
	expect_pair(135, 136, true);
	expect_pair(139, 140, true);
	expect_pair(144, 145, true);
}

static void
test_the_rest_is_one_way(void **state)
{
	unsigned int two_way[2] = { 0 };

	(void)state;
	for (unsigned int i = 0; i < 512; i++) {
		struct nt_packet p = ports_of(i & 255, 3, i > 255);

		if (!(p.flags & NT_PKT_ONE_WAY)) {
			two_way[i > 255]++;
			continue;
		}
		assert_int_equal(p.sport, i & 255);
		assert_int_equal(p.dport, 3);
	}
	assert_int_equal(two_way[0], 10);
	assert_int_equal(two_way[1], 12);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_pairs),
		cmocka_unit_test(test_the_rest_is_one_way),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
