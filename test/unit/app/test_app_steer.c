/* SPDX-License-Identifier: BSD-3-Clause */
#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

#include <cmocka.h>

#include "steer.h"

#define PAIRS 20000

/* An IP packet without anything in it, of either version: addresses made of two numbers. */
static uint32_t
make_packet(uint8_t out[64], bool v6, uint32_t src, uint32_t dst)
{
	memset(out, 0, 64);
	out[0] = v6 ? 0x60 : 0x45;
	if (v6) {
		out[5] = 8;
		out[6] = 17;
		memcpy(out + 20, &src, 4);
		memcpy(out + 36, &dst, 4);
		out[8] = out[24] = 0x20;
		return 48;
	}
	out[3] = 28;
	out[8] = 64;
	out[9] = 17;
	memcpy(out + 12, &src, 4);
	memcpy(out + 16, &dst, 4);
	return 28;
}

static unsigned int
steer_pair(const struct steer *s, bool v6, uint32_t src, uint32_t dst)
{
	uint8_t packet[64];
	const uint32_t len = make_packet(packet, v6, src, dst);
	return steer_packet(s, packet, len, NT_LINK_RAW);
}

static void
test_symmetric_and_even(void **state)
{
	(void)state;
	for (unsigned int workers = 1; workers <= 16; workers++) {
		struct steer s;
		unsigned int got[16] = { 0 };
		assert_int_equal(steer_init(&s, workers), 0);
		for (uint32_t i = 0; i < PAIRS; i++) {
			const uint32_t a = __builtin_bswap32(0x0a000001 + i % 200);
			const uint32_t b = __builtin_bswap32(0x17000001 + i / 200);
			const unsigned int w = steer_pair(&s, i % 2, a, b);
			assert_true(w < workers);
			assert_int_equal(steer_pair(&s, i % 2, b, a), w);
			got[w]++;
		}
		/* 20,000 over 16 are 1250 with a deviation of 34: 20 % are seven of those */
		for (unsigned int w = 0; w < workers; w++)
			assert_in_range(
				got[w], PAIRS / workers * 8 / 10, PAIRS / workers * 12 / 10);
	}
}

static void
test_only_addresses_count(void **state)
{
	(void)state;
	struct steer s;
	uint8_t packet[64];
	assert_int_equal(steer_init(&s, 16), 0);
	for (unsigned int v6 = 0; v6 < 2; v6++) {
		const uint32_t len = make_packet(packet, v6, 0x01020304, 0x05060708);
		const unsigned int w = steer_packet(&s, packet, len, NT_LINK_RAW);
		for (unsigned int port = 0; port < 256; port++) {
			packet[len - 8] = packet[len - 5] = (uint8_t)port;
			assert_int_equal(steer_packet(&s, packet, len, NT_LINK_RAW), w);
		}
		packet[v6 ? 6 : 9] = 6; /* another protocol */
		assert_int_equal(steer_packet(&s, packet, len, NT_LINK_RAW), w);
		if (v6)
			continue;
		packet[6] = 0x20; /* a fragment, and a later one */
		assert_int_equal(steer_packet(&s, packet, len, NT_LINK_RAW), w);
		packet[7] = 185;
		assert_int_equal(steer_packet(&s, packet, len, NT_LINK_RAW), w);
	}
}

static void
test_without_addresses(void **state)
{
	(void)state;
	struct steer s;
	uint8_t packet[64];
	assert_int_equal(steer_init(&s, 16), 0);
	make_packet(packet, false, 0x01020304, 0x05060708);
	assert_int_equal(steer_packet(&s, packet, 0, NT_LINK_RAW), 0);
	assert_int_equal(steer_packet(&s, packet, 19, NT_LINK_RAW), 0);
	assert_int_equal(steer_packet(&s, packet, 28, NT_LINK_ETHERNET), 0);
}

static void
test_keyed(void **state)
{
	(void)state;
	struct steer a, b;
	unsigned int same = 0;
	assert_int_equal(steer_init(&a, 16), 0);
	assert_int_equal(steer_init(&b, 16), 0);
	for (uint32_t i = 0; i < 1600; i++)
		same += steer_pair(&a, false, i, ~i) == steer_pair(&b, false, i, ~i);
	/* one in 16 is 100, with a deviation of 10 */
	assert_in_range(same, 20, 200);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_symmetric_and_even),
		cmocka_unit_test(test_only_addresses_count),
		cmocka_unit_test(test_without_addresses),
		cmocka_unit_test(test_keyed),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
