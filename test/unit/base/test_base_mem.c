/* SPDX-License-Identifier: BSD-3-Clause */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <nt_mem.h>
#include <string.h>

static void
test_sizes(void **state)
{
	static const size_t sizes[] = { 1, 4096, 4097, (2u << 20) - 1, 2u << 20, (2u << 20) + 1,
		5u << 20 };

	(void)state;
	for (size_t i = 0; i < NT_ARRAY_SIZE(sizes); i++) {
		uint8_t *p = nt_mem_map(sizes[i]);
		size_t align = sizes[i] >= 2u << 20 ? 2u << 20 : 4096;

		assert_non_null(p);
		assert_int_equal((uintptr_t)p % align, 0);
		assert_int_equal(p[0], 0);
		assert_int_equal(p[sizes[i] - 1], 0);
		memset(p, 0xa5, sizes[i]);
		nt_mem_unmap(p, sizes[i]);
	}
}

static void
test_impossible(void **state)
{
	(void)state;
	errno = 0;
	assert_null(nt_mem_map(0));
	assert_int_equal(errno, EINVAL);
	errno = 0;
	assert_null(nt_mem_map(SIZE_MAX));
	assert_int_equal(errno, ENOMEM);
	errno = 0;
	assert_null(nt_mem_map(SIZE_MAX - (2u << 20)));
	assert_int_equal(errno, ENOMEM);
	nt_mem_unmap(NULL, 4096);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_sizes),
		cmocka_unit_test(test_impossible),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
