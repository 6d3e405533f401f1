/* SPDX-License-Identifier: BSD-3-Clause */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <nt_mem.h>
#include <string.h>
#include <sys/mman.h>

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

/* How many of its pages are there. */
static size_t
resident(void *p, size_t pages)
{
	unsigned char in[1024];
	size_t n = 0;

	assert_true(pages <= sizeof(in));
	assert_int_equal(mincore(p, pages * 4096, in), 0);
	for (size_t i = 0; i < pages; i++)
		n += in[i] & 1;
	return n;
}

static void
test_prefault(void **state)
{
	const size_t small = 100 * 4096, large = 4u << 20;
	uint8_t *p = nt_mem_map(small);

	(void)state;
	assert_non_null(p);
	assert_int_equal(resident(p, 100), 0);
	memset(p + 4096, 7, 10);
	nt_mem_touch(p, small);
	assert_int_equal(resident(p, 100), 100);
	assert_int_equal(p[4096], 7);
	nt_mem_touch(p + 1, 5000); /* no whole pages */
	nt_mem_unmap(p, small);

	nt_mem_prefault(true);
	p = nt_mem_map(large);
	assert_non_null(p);
	assert_int_equal(resident(p, large / 4096), large / 4096);
	nt_mem_unmap(p, large);
	nt_mem_prefault(false);
	p = nt_mem_map(small);
	assert_non_null(p);
	assert_int_equal(resident(p, 100), 0);
	nt_mem_unmap(p, small);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_sizes),
		cmocka_unit_test(test_impossible),
		cmocka_unit_test(test_prefault),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
