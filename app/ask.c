/* SPDX-License-Identifier: BSD-3-Clause */
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include <nt_clock.h>

#include "ask.h"

/* A worker takes a microsecond when it is busy, and up to 400 us when it sleeps (lcore_idle.h). */
#define LOOK_AGAIN_NS 50000

struct ask_box *
ask_box_new(void)
{
	struct ask_box *b;
	const int failed = posix_memalign((void **)&b, NT_CACHE_LINE, sizeof(*b));
	if (failed != 0) {
		errno = failed;
		return NULL;
	}
	memset(b, 0, sizeof(*b));
	pthread_mutex_init(&b->asking, NULL);
	return b;
}

void
ask_box_free(struct ask_box *b)
{
	if (b == NULL)
		return;
	pthread_mutex_destroy(&b->asking);
	free(b);
}

/* Has everything that was asked been answered, by then at the latest? */
static bool
is_answered(struct ask_box *b, int64_t until_ns)
{
	const struct timespec nap = { .tv_nsec = LOOK_AGAIN_NS };
	const uint64_t asked = atomic_load_explicit(&b->asked, memory_order_relaxed);
	while (atomic_load_explicit(&b->answered, memory_order_acquire) != asked) {
		if (nt_clock_monotonic_ns() >= until_ns)
			return false;
		nanosleep(&nap, NULL);
	}
	return true;
}

static void
copy_answer(struct ask_answer *ret, const struct ask_question *q, const struct ask_answer *a)
{
	const size_t each = q->kind == ASK_TOLD ? sizeof(a->tolds[0]) : sizeof(a->entries[0]);
	memcpy(ret, a, offsetof(struct ask_answer, entries) + a->count * each);
}

const struct ask_question *
ask_leave(struct ask_box *b, const struct ask_question *q)
{
	b->question = *q;
	atomic_fetch_add_explicit(&b->asked, 1, memory_order_release);
	return &b->question;
}

int
ask(struct ask_box *b, const struct ask_question *q, struct ask_answer *ret)
{
	int err = -ETIMEDOUT;
	pthread_mutex_lock(&b->asking);
	const int64_t until_ns = nt_clock_monotonic_ns() + ASK_TIMEOUT_MS * (NT_NS_PER_SEC / 1000);
	if (is_answered(b, until_ns)) {
		ask_leave(b, q);
		if (is_answered(b, until_ns)) {
			copy_answer(ret, q, &b->answer);
			err = 0;
		}
	}
	pthread_mutex_unlock(&b->asking);
	return err;
}
