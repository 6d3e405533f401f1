/* SPDX-License-Identifier: BSD-3-Clause */
/* Queries and responses: verdicts, lives, what a full table drops; and a model for all of it. */
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <setjmp.h>
#include <cmocka.h>

#include "match_ask.h"

#define LIFE NT_SEC(10)
#define FLOW 7
#define ID   0x1234

static struct nt_dns_match *m;

static int
setup(void **state)
{
	struct nt_hash_key key = nt_hash_key_fixed();

	(void)state;
	m = nt_dns_match_new(4, LIFE, &key);
	return m != NULL ? 0 : -1;
}

static int
teardown(void **state)
{
	(void)state;
	nt_dns_match_free(m);
	return 0;
}

/* The question is `q` of flow FLOW. */
static void
query(uint64_t q, int64_t clock_ns)
{
	match_ask(m, FLOW, ID, q, clock_ns);
}

static enum nt_dns_match_verdict
response(uint64_t q, uint64_t answer, bool saw_queries, int64_t clock_ns)
{
	return match_respond(m, FLOW, saw_queries, ID, q, answer, clock_ns);
}

static void
test_matched_once(void **state)
{
	(void)state;
	query(1, 0);
	assert_int_equal(response(1, 50, true, 1), NT_DNS_MATCHED);
	assert_int_equal(response(1, 50, true, 2), NT_DNS_REPEAT);
	assert_int_equal(response(1, 51, true, 3), NT_DNS_CONFLICT);
	assert_int_equal(response(1, 50, true, 4), NT_DNS_REPEAT);
}

/* CVE-2020-25684 and its kin: flow, id and question all have to be the query's. */
static void
test_unmatched(void **state)
{
	(void)state;
	query(1, 0);
	assert_int_equal(response(2, 50, true, 1), NT_DNS_UNMATCHED);
	assert_int_equal(match_respond(m, FLOW, true, ID + 1, 1, 50, 1), NT_DNS_UNMATCHED);
	assert_int_equal(match_respond(m, FLOW + 1, true, ID, 1, 50, 1), NT_DNS_UNMATCHED);
	assert_int_equal(response(1, 50, true, 1), NT_DNS_MATCHED);
}

static void
test_life(void **state)
{
	(void)state;
	query(1, 5);
	assert_int_equal(response(1, 50, true, 5 + LIFE), NT_DNS_MATCHED);
	query(2, 5 + LIFE);
	assert_int_equal(response(2, 50, true, 5 + 2 * LIFE + 1), NT_DNS_UNMATCHED);
	assert_int_equal(response(1, 50, true, 5 + LIFE + 1), NT_DNS_UNMATCHED);
}

static void
test_retransmitted_query(void **state)
{
	(void)state;
	query(1, 0);
	query(1, LIFE);
	assert_int_equal(response(1, 50, true, 2 * LIFE), NT_DNS_MATCHED);
	query(1, 2 * LIFE);
	assert_int_equal(response(1, 50, true, 3 * LIFE), NT_DNS_REPEAT);
	query(1, 4 * LIFE); /* the one before is over: a new lookup with the same id */
	assert_int_equal(response(1, 50, true, 4 * LIFE), NT_DNS_MATCHED);
}

static void
test_unsolicited(void **state)
{
	(void)state;
	assert_int_equal(response(1, 50, false, 0), NT_DNS_UNSOLICITED);
	assert_int_equal(response(1, 50, false, LIFE), NT_DNS_REPEAT);
	assert_int_equal(response(1, 51, false, LIFE), NT_DNS_CONFLICT);
	assert_int_equal(response(1, 51, false, LIFE + 1), NT_DNS_UNSOLICITED);
	assert_int_equal(response(1, 51, true, LIFE + 2), NT_DNS_REPEAT);
	assert_int_equal(response(1, 52, true, LIFE + 2), NT_DNS_UNMATCHED);
}

/* What came unasked does not stand in the way of what is asked for afterwards. */
static void
test_query_after_unsolicited(void **state)
{
	(void)state;
	assert_int_equal(response(1, 66, false, 0), NT_DNS_UNSOLICITED);
	query(1, 1);
	assert_int_equal(response(1, 50, true, 2), NT_DNS_MATCHED);
	assert_int_equal(response(1, 66, true, 3), NT_DNS_CONFLICT);
}

static void
test_oldest_goes_first(void **state)
{
	(void)state;
	for (uint64_t q = 1; q <= 4; q++)
		query(q, (int64_t)q);
	query(1, 5); /* now 2 is the oldest */
	assert_int_equal(nt_dns_match_evicted(m), 0);
	query(5, 6);
	assert_int_equal(nt_dns_match_evicted(m), 1);
	assert_int_equal(response(2, 50, true, 7), NT_DNS_UNMATCHED);
	for (uint64_t q = 1; q <= 5; q++)
		assert_int_equal(
			response(q, 50, true, 7), q == 2 ? NT_DNS_UNMATCHED : NT_DNS_MATCHED);
	query(6, 7 + 2 * LIFE); /* the oldest is dead: nothing is lost */
	assert_int_equal(nt_dns_match_evicted(m), 1);
}

static void
test_clear(void **state)
{
	(void)state;
	for (uint64_t q = 1; q <= 4; q++)
		query(q, 0);
	nt_dns_match_clear(m);
	for (uint64_t q = 1; q <= 4; q++) {
		assert_int_equal(response(q, 50, true, 1), NT_DNS_UNMATCHED);
		query(q, 1);
	}
	assert_int_equal(nt_dns_match_evicted(m), 0);
}

/* A query counts from when it came, though it is entered later. */
static void
test_query_that_waits(void **state)
{
	(void)state;
	for (uint64_t q = 1; q <= 5; q++)
		query(q, (int64_t)q);
	assert_int_equal(nt_dns_match_evicted(m), 1);
	query(6, 6);
	nt_dns_match_clear(m);
	assert_int_equal(response(6, 50, true, 7), NT_DNS_UNMATCHED);
	query(7, 8);
	query(7, 8);
	assert_int_equal(response(7, 50, true, 8 + LIFE), NT_DNS_MATCHED);
	query(8, 8 + LIFE);
	assert_int_equal(response(8, 50, true, 9 + 2 * LIFE), NT_DNS_UNMATCHED);
}

static void
test_new_refuses(void **state)
{
	struct nt_hash_key key = nt_hash_key_fixed();

	(void)state;
	assert_null(nt_dns_match_new(0, LIFE, &key));
	assert_int_equal(errno, EINVAL);
	assert_null(nt_dns_match_new(UINT32_MAX, LIFE, &key));
	assert_int_equal(errno, EINVAL);
	assert_null(nt_dns_match_new(4, 0, &key));
	assert_int_equal(errno, EINVAL);
	nt_dns_match_free(NULL);
	struct nt_dns_match *one = nt_dns_match_new(1, LIFE, &key);
	assert_non_null(one);
	match_ask(one, 1, 1, 1, 0);
	match_ask(one, 2, 1, 1, 0);
	assert_int_equal(nt_dns_match_evicted(one), 1);
	assert_int_equal(match_respond(one, 2, true, 1, 1, 9, 0), NT_DNS_MATCHED);
	nt_dns_match_free(one);
}

/* The same by the rules of the header and a list in the order of age. */
#define MODEL_CAPACITY 16

struct model_query {
	uint64_t flow, question, answer;
	int64_t seen_ns;
	bool asked, answered;
};

static struct model_query list[MODEL_CAPACITY];
static unsigned int list_len;
static uint64_t model_evicted;

static struct model_query *
model_find(uint64_t flow, uint64_t question)
{
	for (unsigned int i = 0; i < list_len; i++) {
		if (list[i].flow == flow && list[i].question == question)
			return &list[i];
	}
	return NULL;
}

static void
model_remove(const struct model_query *q)
{
	size_t i = (size_t)(q - list);

	memmove(&list[i], &list[i + 1], (list_len - i - 1) * sizeof(*list));
	list_len--;
}

static void
model_put(struct model_query q)
{
	struct model_query *old = model_find(q.flow, q.question);

	if (old != NULL) {
		model_remove(old);
	} else if (list_len == MODEL_CAPACITY) {
		model_evicted += q.seen_ns - list[0].seen_ns <= LIFE;
		model_remove(&list[0]);
	}
	list[list_len++] = q;
}

static void
model_query(uint64_t flow, uint64_t question, int64_t now)
{
	struct model_query *q = model_find(flow, question);
	struct model_query next = { .flow = flow, .question = question, .seen_ns = now };

	if (q != NULL && q->asked && q->answered && now - q->seen_ns <= LIFE)
		next = *q;
	next.asked = true;
	next.seen_ns = now;
	model_put(next);
}

static enum nt_dns_match_verdict
model_response(uint64_t flow, bool saw, uint64_t question, uint64_t answer, int64_t now)
{
	struct model_query *q = model_find(flow, question);

	if (q == NULL || now - q->seen_ns > LIFE) {
		if (saw)
			return NT_DNS_UNMATCHED;
		model_put((struct model_query){ .flow = flow,
			.question = question,
			.answer = answer,
			.seen_ns = now,
			.answered = true });
		return NT_DNS_UNSOLICITED;
	}
	if (!q->answered) {
		q->answered = true;
		q->answer = answer;
		return NT_DNS_MATCHED;
	}
	if (q->answer == answer)
		return NT_DNS_REPEAT;
	return saw && !q->asked ? NT_DNS_UNMATCHED : NT_DNS_CONFLICT;
}

static void
test_model(void **state)
{
	struct nt_hash_key key = nt_hash_key_fixed();
	struct nt_dns_match *t = nt_dns_match_new(MODEL_CAPACITY, LIFE, &key);
	unsigned int told[NT_DNS_VERDICTS] = { 0 };
	int64_t now = 0;

	(void)state;
	assert_non_null(t);
	srandom(1);
	for (unsigned int i = 0; i < 200000; i++) {
		uint64_t flow = (uint64_t)random() % 6, question = (uint64_t)random() % 4;
		uint64_t answer = (uint64_t)random() % 2;
		bool saw = random() % 4 != 0;

		now += random() % 8 == 0 ? random() % (LIFE / 4) : 0;
		if (random() % 3 == 0) {
			match_ask(t, flow, ID, question, now);
			model_query(flow, question, now);
			continue;
		}
		enum nt_dns_match_verdict want = model_response(flow, saw, question, answer, now);
		assert_int_equal(match_respond(t, flow, saw, ID, question, answer, now), want);
		told[want]++;
	}
	assert_int_equal(nt_dns_match_evicted(t), model_evicted);
	assert_true(model_evicted > 0);
	for (unsigned int i = 0; i < NT_DNS_VERDICTS; i++)
		assert_true(told[i] > 0);
	nt_dns_match_free(t);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_matched_once, setup, teardown),
		cmocka_unit_test_setup_teardown(test_unmatched, setup, teardown),
		cmocka_unit_test_setup_teardown(test_life, setup, teardown),
		cmocka_unit_test_setup_teardown(test_retransmitted_query, setup, teardown),
		cmocka_unit_test_setup_teardown(test_unsolicited, setup, teardown),
		cmocka_unit_test_setup_teardown(test_query_after_unsolicited, setup, teardown),
		cmocka_unit_test_setup_teardown(test_oldest_goes_first, setup, teardown),
		cmocka_unit_test_setup_teardown(test_clear, setup, teardown),
		cmocka_unit_test_setup_teardown(test_query_that_waits, setup, teardown),
		cmocka_unit_test(test_new_refuses),
		cmocka_unit_test(test_model),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
