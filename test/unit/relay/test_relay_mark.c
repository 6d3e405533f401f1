/* SPDX-License-Identifier: BSD-3-Clause */
#include <pthread.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <nt_mark.h>

#define RELEASES 300000

static void
test_values(void **state NT_UNUSED)
{
	struct nt_mark m;
	nt_mark_init(&m);
	struct nt_mark_value v = nt_mark_acquire(&m);
	assert_true(v.position == 0);
	assert_true(v.clock_ns == INT64_MIN);
	nt_mark_release(&m, NT_POSITION_END, -1);
	v = nt_mark_acquire(&m);
	assert_true(v.position == NT_POSITION_END);
	assert_true(v.clock_ns == -1);
}

static void
test_line_of_its_own(void **state NT_UNUSED)
{
	struct nt_mark pair[2];
	assert_int_equal(sizeof(struct nt_mark), NT_CACHE_LINE);
	assert_int_equal((uintptr_t)pair % NT_CACHE_LINE, 0);
}

struct shared {
	struct nt_mark mark;
	uint64_t payload[RELEASES + 1]; /* plain: handed over by the mark */
};

static int64_t
clock_at(uint64_t position)
{
	return (int64_t)position * 10;
}

static void *
release_many(void *arg)
{
	struct shared *s = arg;
	for (uint64_t p = 1; p <= RELEASES; p++) {
		s->payload[p] = ~p;
		nt_mark_release(&s->mark, p, clock_at(p));
	}
	return NULL;
}

/* Never a clock later than at the position; and what was done before the release is seen. */
static void
test_pair_between_threads(void **state NT_UNUSED)
{
	static struct shared s;
	struct nt_mark_value v, last = { .position = 0, .clock_ns = INT64_MIN };
	uint64_t wrong = 0;
	pthread_t t;
	nt_mark_init(&s.mark);
	assert_int_equal(pthread_create(&t, NULL, release_many, &s), 0);
	do {
		v = nt_mark_acquire(&s.mark);
		wrong += v.position != 0 && s.payload[v.position] != ~v.position;
		wrong += v.position != 0 && v.clock_ns > clock_at(v.position);
		wrong += v.position < last.position || v.clock_ns < last.clock_ns;
		last = v;
	} while (v.position != RELEASES);
	pthread_join(t, NULL);
	assert_true(wrong == 0);
	assert_true(nt_mark_acquire(&s.mark).clock_ns == clock_at(RELEASES));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_values),
		cmocka_unit_test(test_line_of_its_own),
		cmocka_unit_test(test_pair_between_threads),
	};
	return cmocka_run_group_tests_name("relay_mark", tests, NULL, NULL);
}
