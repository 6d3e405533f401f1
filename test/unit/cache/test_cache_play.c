/* SPDX-License-Identifier: BSD-3-Clause */
/* Random histories against the model: see cache_play.h. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>

#include "cache_play.h"

static uint64_t
next_random(uint64_t *state)
{
	uint64_t z = *state += 0x9e3779b97f4a7c15;

	z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9;
	z = (z ^ (z >> 27)) * 0x94d049bb133111eb;
	return z ^ (z >> 31);
}

static void
play_random(unsigned int histories, size_t size, uint8_t caps)
{
	static uint8_t data[16384];
	uint64_t state = 1 + caps;

	for (unsigned int i = 0; i < histories; i++) {
		for (size_t j = 0; j < size; j++)
			data[j] = (uint8_t)next_random(&state);
		data[0] = (uint8_t)((data[0] & 127) | caps);
		play(data, size);
	}
}

static void
test_short(void **state NT_UNUSED)
{
	play_random(3000, 200, 0);
}

static void
test_long(void **state NT_UNUSED)
{
	play_random(40, 6000, 0);
}

static void
test_capped(void **state NT_UNUSED)
{
	play_random(300, 2000, 128);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_short),
		cmocka_unit_test(test_long),
		cmocka_unit_test(test_capped),
	};

	return cmocka_run_group_tests_name("cache_play", tests, NULL, NULL);
}
