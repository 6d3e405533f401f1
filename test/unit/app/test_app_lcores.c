/* SPDX-License-Identifier: BSD-3-Clause */
/* Lcores start together or not at all. There is one beside the main one. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "lcores.h"
#include "live_ports.h"

static atomic_uint ran;

static int
job(void *arg)
{
	atomic_fetch_add_explicit(&ran, *(const unsigned int *)arg, memory_order_relaxed);
	return 0;
}

static void
test_one(void **state NT_UNUSED)
{
	struct lcores l = { .count = 0 };
	struct nt_error err;
	unsigned int n = 7;
	atomic_store(&ran, 0);
	lcores_add(&l, job, &n);
	assert_int_equal(lcores_start(&l, &err), 0);
	lcores_wait();
	assert_int_equal(atomic_load(&ran), 7);
}

/* The second one has no lcore: the first one goes back without having begun. */
static void
test_too_many(void **state NT_UNUSED)
{
	struct nt_error err;
	unsigned int n = 1;
	atomic_store(&ran, 0);
	for (unsigned int i = 0; i < 100; i++) {
		struct lcores l = { .count = 0 };
		lcores_add(&l, job, &n);
		lcores_add(&l, job, &n);
		assert_int_equal(lcores_start(&l, &err), -ENODEV);
	}
	assert_int_equal(atomic_load(&ran), 0);
	test_one(NULL);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_one),
		cmocka_unit_test(test_too_many),
	};
	return cmocka_run_group_tests_name("lcores", tests, live_eal_start, live_eal_stop);
}
