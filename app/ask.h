/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * How an ordinary thread asks a worker something about what the worker owns. A mailbox for one
 * question: the worker looks at one word of it once per turn of its loop, answers with bounded work
 * and never waits; whoever asks waits for the answer, for ASK_TIMEOUT_MS at most.
 *
 * question: written by the one who asks (`asked` is released after it), read by the worker.
 * answer: written by the worker (`answered` is released after it), read by the one who asks.
 * A question whose asker went away stays until the worker has answered it: only then is the next
 * one written.
 */
#ifndef ASK_H
#define ASK_H

#include <pthread.h>
#include <stdatomic.h>

#include <nt_base.h>
#include <nt_name_entries.h>
#include <nt_told.h>

#define ASK_TIMEOUT_MS 500
/* In one answer: 24 KB; who wants more asks again, for what comes after them. */
#define ASK_ENTRIES 64
#define ASK_TOLDS   512

enum ask_kind {
	ASK_NAMES, /* of the address: what lookups told of it */
	ASK_ASSERTED, /* likewise: what connections asserted of it */
	ASK_ADDRS, /* of the name */
	ASK_ASSERTED_ADDRS,
	ASK_WALK, /* all of the name cache, slice by slice */
	ASK_TOLD, /* likewise all that verdicts remember of having been told */
};

struct ask_question {
	enum ask_kind kind;
	struct nt_addr addr;
	uint16_t name_len;
	char name[NT_MAPPING_NAME_MAX];
	uint32_t from; /* entries to be left out; ASK_WALK, ASK_TOLD: the cursor */
};

struct ask_answer {
	uint32_t count;
	bool more, cut; /* struct nt_name_entries */
	uint32_t cursor; /* ASK_WALK, ASK_TOLD: where to go on; UINT32_MAX: that was all */
	uint64_t position; /* the worker has processed everything up to here */
	int64_t clock_ns; /* capture time there; INT64_MIN: nothing yet */
	/* times are capture times */
	union {
		struct nt_name_entry entries[ASK_ENTRIES];
		struct nt_told_entry tolds[ASK_TOLDS];
	};
};

struct ask_box {
	_Atomic uint64_t asked NT_CACHE_ALIGNED; /* who asks: rw, worker: ro */
	_Atomic uint64_t answered NT_CACHE_ALIGNED; /* worker: rw, who asks: ro */
	pthread_mutex_t asking NT_CACHE_ALIGNED; /* among those who ask */
	struct ask_question question;
	struct ask_answer answer;
};

/* NULL and errno. */
struct ask_box *ask_box_new(void);
void ask_box_free(struct ask_box *b); /* NULL is fine; nobody asks any more */

/* Worker: the question that waits, or NULL. */
static inline const struct ask_question *
ask_pending(const struct ask_box *b)
{
	if (nt_likely(atomic_load_explicit(&b->asked, memory_order_acquire) ==
		      atomic_load_explicit(&b->answered, memory_order_relaxed)))
		return NULL;
	return &b->question;
}

/* Worker: b->answer is complete. */
static inline void
ask_done(struct ask_box *b)
{
	atomic_store_explicit(&b->answered,
		atomic_load_explicit(&b->answered, memory_order_relaxed) + 1, memory_order_release);
}

/* Leave a question without waiting: for who answers it himself, once the worker has ended. */
const struct ask_question *ask_leave(struct ask_box *b, const struct ask_question *q);

/* Any ordinary thread. 0, or -ETIMEDOUT: the worker does not answer. */
int ask(struct ask_box *b, const struct ask_question *q, struct ask_answer *ret);

#endif
