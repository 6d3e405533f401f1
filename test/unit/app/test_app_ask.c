/* SPDX-License-Identifier: BSD-3-Clause */
#include <pthread.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include <cmocka.h>

#include "ask.h"

#define ASKERS	  4
#define QUESTIONS 200

struct worker_thread {
	struct ask_box *box;
	atomic_bool over, asleep;
	unsigned int answered;
};

/* The answer tells what was asked, so that a mix-up shows. */
static void
answer(struct worker_thread *w, const struct ask_question *q)
{
	struct ask_answer *a = &w->box->answer;
	a->count = q->from % ASK_ENTRIES;
	a->cursor = q->from;
	for (uint32_t i = 0; i < a->count; i++)
		a->entries[i].position = q->from + i;
	w->answered++;
	ask_done(w->box);
}

static void *
work(void *arg)
{
	struct worker_thread *w = arg;
	while (!atomic_load_explicit(&w->over, memory_order_relaxed)) {
		const struct ask_question *q = ask_pending(w->box);
		if (q != NULL && !atomic_load_explicit(&w->asleep, memory_order_relaxed))
			answer(w, q);
	}
	return NULL;
}

static void *
ask_on(void *arg)
{
	struct ask_box *box = arg;
	struct ask_answer *a = malloc(sizeof(*a));
	const char *failed = a == NULL ? "no memory" : NULL;
	for (uint32_t n = 0; n < QUESTIONS && failed == NULL; n++) {
		const struct ask_question q = { .kind = ASK_WALK,
			.from = n * 7 + (uint32_t)(uintptr_t)pthread_self() % 1000 };
		if (ask(box, &q, a) != 0)
			failed = "no answer";
		else if (a->cursor != q.from || a->count != q.from % ASK_ENTRIES)
			failed = "somebody else's answer";
		for (uint32_t i = 0; failed == NULL && i < a->count; i++)
			if (a->entries[i].position != q.from + i)
				failed = "a torn answer";
	}
	free(a);
	return (void *)(uintptr_t)failed;
}

static void
begin(struct worker_thread *w, pthread_t *thread)
{
	*w = (struct worker_thread){ .box = ask_box_new() };
	assert_non_null(w->box);
	assert_int_equal(pthread_create(thread, NULL, work, w), 0);
}

static void
end(struct worker_thread *w, pthread_t thread)
{
	atomic_store_explicit(&w->over, true, memory_order_relaxed);
	pthread_join(thread, NULL);
	ask_box_free(w->box);
}

static void
test_many_ask(void **state)
{
	(void)state;
	static struct worker_thread w;
	pthread_t worker, askers[ASKERS];
	begin(&w, &worker);
	for (int i = 0; i < ASKERS; i++)
		assert_int_equal(pthread_create(&askers[i], NULL, ask_on, w.box), 0);
	for (int i = 0; i < ASKERS; i++) {
		void *failed;
		pthread_join(askers[i], &failed);
		assert_null(failed);
	}
	end(&w, worker);
	assert_int_equal(w.answered, ASKERS * QUESTIONS);
}

/* Nobody answers: an error in time; and what was asked then is no answer to what is asked later. */
static void
test_a_stuck_worker(void **state)
{
	(void)state;
	static struct worker_thread w;
	static struct ask_answer a;
	struct ask_question q = { .kind = ASK_WALK, .from = 5 };
	struct timespec before, after;
	pthread_t worker;
	begin(&w, &worker);
	atomic_store_explicit(&w.asleep, true, memory_order_relaxed);
	clock_gettime(CLOCK_MONOTONIC, &before);
	assert_int_equal(ask(w.box, &q, &a), -ETIMEDOUT);
	clock_gettime(CLOCK_MONOTONIC, &after);
	const double sec = (double)(after.tv_sec - before.tv_sec) +
			   (double)(after.tv_nsec - before.tv_nsec) / 1e9;
	assert_true(sec >= ASK_TIMEOUT_MS / 1000.0 && sec < 4 * ASK_TIMEOUT_MS / 1000.0);
	q.from = 6;
	assert_int_equal(ask(w.box, &q, &a), -ETIMEDOUT);
	atomic_store_explicit(&w.asleep, false, memory_order_relaxed);
	q.from = 7;
	assert_int_equal(ask(w.box, &q, &a), 0);
	assert_int_equal(a.cursor, 7);
	end(&w, worker);
	/* The second question was never put: the first one stood in its place. */
	assert_int_equal(w.answered, 2);
}

static void
test_nothing_asked(void **state)
{
	(void)state;
	struct ask_box *b = ask_box_new();
	assert_null(ask_pending(b));
	ask_box_free(b);
	ask_box_free(NULL);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_nothing_asked),
		cmocka_unit_test(test_many_ask),
		cmocka_unit_test(test_a_stuck_worker),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
