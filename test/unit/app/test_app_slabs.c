/* SPDX-License-Identifier: BSD-3-Clause */
#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

#include <cmocka.h>

#include "slabs.h"

#define SLAB  ((size_t)64 * 1024)
#define COUNT 3

struct waits {
	uint64_t asked[16];
	unsigned int count;
	bool stop;
};

static bool
note(void *arg, uint64_t position)
{
	struct waits *w = arg;
	w->asked[w->count++] = position;
	return !w->stop;
}

static void
test_turns(void **state)
{
	(void)state;
	struct waits w = { .stop = false };
	struct slabs s;
	assert_int_equal(slabs_init(&s, SLAB, COUNT, note, &w), 0);
	uint8_t *first = s.at;
	for (unsigned int turn = 1; turn <= 2 * COUNT; turn++) {
		uint8_t *before = s.end - SLAB;
		assert_int_equal(slabs_room(&s), SLAB - 5 * (turn > 1));
		memset(s.end - 5, (int)turn, 5);
		uint8_t *kept = slabs_turn(&s, 100 * turn, s.end - 5, 5);
		assert_ptr_equal(kept, s.mem + turn % COUNT * SLAB);
		assert_ptr_not_equal(kept, before);
		for (unsigned int i = 0; i < 5; i++)
			assert_int_equal(kept[i], turn);
		assert_ptr_equal(s.at, kept + 5);
		/* it is reused when what was left in it COUNT - 1 turns ago has been passed */
		assert_int_equal(w.asked[turn - 1], turn < COUNT ? 0 : 100 * (turn - COUNT + 1));
	}
	assert_ptr_equal(s.end - SLAB, first);
	slabs_fini(&s);
}

static void
test_stop(void **state)
{
	(void)state;
	struct waits w = { .stop = true };
	struct slabs s;
	assert_int_equal(slabs_init(&s, SLAB, COUNT, note, &w), 0);
	uint8_t *at = s.at;
	assert_null(slabs_turn(&s, 1, s.at, 0));
	assert_ptr_equal(s.at, at);
	slabs_fini(&s);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_turns),
		cmocka_unit_test(test_stop),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
