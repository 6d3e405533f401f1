/* SPDX-License-Identifier: BSD-3-Clause */
#include <pthread.h>
#include <sched.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <cmocka.h>

#include <nt_msg_ring.h>

#define SIZE_MAX_HERE 2000
#define UNITS	      512 /* more than is staged at once */

struct message {
	struct nt_msg_head head;
	uint8_t bytes[SIZE_MAX_HERE + NT_MSG_UNIT];
};

/* A message of any size from a head up: what is in it follows from its number. */
static void
fill(struct message *m, uint32_t size, uint32_t number)
{
	m->head = (struct nt_msg_head){ .size = size, .kind = number };
	memset(m->bytes, (int)(number * 7 + 1), size - sizeof(m->head));
}

static bool
is_message(const struct nt_msg_head *h, uint32_t size, uint32_t number)
{
	const struct message *m = (const void *)h;
	if (m == NULL || m->head.size != size || m->head.kind != number)
		return false;
	for (uint32_t i = 0; i < size - sizeof(m->head); i++)
		if (m->bytes[i] != (uint8_t)(number * 7 + 1))
			return false;
	return true;
}

struct both {
	struct nt_msg_ring *ring;
	struct nt_msg_reader reader;
};

static int
set_up(void **state)
{
	static struct both b;
	b.ring = nt_msg_ring_new("test", UNITS);
	*state = &b;
	return b.ring == NULL ? -1 : nt_msg_reader_init(&b.reader, b.ring, SIZE_MAX_HERE);
}

static int
tear_down(void **state)
{
	struct both *b = *state;
	nt_msg_reader_fini(&b->reader);
	nt_msg_ring_free(b->ring);
	return 0;
}

static void
test_new(void **state NT_UNUSED)
{
	errno = 0;
	assert_null(nt_msg_ring_new("test", 100)); /* no power of two */
	assert_int_equal(errno, EINVAL);
	errno = 0;
	assert_null(nt_msg_ring_new("a name that is much too long for a ring of DPDK", UNITS));
	assert_int_equal(errno, ENAMETOOLONG);
	nt_msg_ring_free(NULL);
}

static void
test_empty(void **state)
{
	struct both *b = *state;
	assert_null(nt_msg_reader_peek(&b->reader));
	assert_null(nt_msg_reader_peek(&b->reader));
}

/* Each size alone, at ever other places of the ring. */
static void
test_every_size(void **state)
{
	struct both *b = *state;
	struct message m;
	for (uint32_t size = sizeof(m.head); size <= SIZE_MAX_HERE; size++) {
		fill(&m, size, size);
		assert_true(nt_msg_ring_put(b->ring, &m.head));
		assert_true(is_message(nt_msg_reader_peek(&b->reader), size, size));
		assert_true(is_message(nt_msg_reader_peek(&b->reader), size, size));
		nt_msg_reader_pop(&b->reader);
		assert_null(nt_msg_reader_peek(&b->reader));
	}
}

static void
test_full(void **state)
{
	struct both *b = *state;
	struct message m;
	unsigned int n = 0;
	fill(&m, NT_MSG_UNIT + 1, 3); /* two units each, 511 can be held */
	while (nt_msg_ring_put(b->ring, &m.head))
		n++;
	assert_int_equal(n, (UNITS - 1) / 2);
	assert_false(nt_msg_ring_has_room(b->ring, NT_MSG_UNIT + 1));
	assert_true(nt_msg_ring_has_room(b->ring, NT_MSG_UNIT));
	fill(&m, NT_MSG_UNIT, 4);
	assert_true(nt_msg_ring_put(b->ring, &m.head));
	assert_false(nt_msg_ring_has_room(b->ring, 1));
	assert_false(nt_msg_ring_put(b->ring, &m.head));
	for (unsigned int i = 0; i < n; i++) {
		assert_true(is_message(nt_msg_reader_peek(&b->reader), NT_MSG_UNIT + 1, 3));
		nt_msg_reader_pop(&b->reader);
	}
	assert_true(is_message(nt_msg_reader_peek(&b->reader), NT_MSG_UNIT, 4));
	nt_msg_reader_pop(&b->reader);
	assert_null(nt_msg_reader_peek(&b->reader));
}

/* A message larger than the ring never fits, and says so. */
static void
test_too_long(void **state)
{
	struct both *b = *state;
	static struct {
		struct nt_msg_head head;
		uint8_t bytes[UNITS * NT_MSG_UNIT];
	} m = { .head = { .size = UNITS * NT_MSG_UNIT } };
	assert_false(nt_msg_ring_has_room(b->ring, m.head.size));
	assert_false(nt_msg_ring_put(b->ring, &m.head));
	assert_null(nt_msg_reader_peek(&b->reader));
}

static uint32_t
random_size(uint64_t *seed)
{
	*seed = *seed * UINT64_C(6364136223846793005) + 1442695040888963407;
	return (uint32_t)(sizeof(struct nt_msg_head) + (*seed >> 33) % 1500);
}

/* Puts and takes in turn, at random: wraps around thousands of times, across bursts of staging. */
static void
test_wrap_around(void **state)
{
	struct both *b = *state;
	struct message m;
	uint64_t in = 1, out = 1, turn = 7;
	uint32_t put = 0, got = 0, size = random_size(&in), next = random_size(&out);
	while (got < 20000) {
		const bool want_put = random_size(&turn) % 2 != 0;
		fill(&m, size, put);
		if (want_put && nt_msg_ring_put(b->ring, &m.head)) {
			put++;
			size = random_size(&in);
		} else if (!want_put && got != put) {
			assert_true(is_message(nt_msg_reader_peek(&b->reader), next, got));
			nt_msg_reader_pop(&b->reader);
			got++;
			next = random_size(&out);
		}
	}
}

#define SENT 50000

static void *
send_many(void *arg)
{
	struct both *b = arg;
	struct message m;
	uint64_t seed = 3;
	for (uint32_t i = 0; i < SENT; i++) {
		fill(&m, random_size(&seed), i);
		while (!nt_msg_ring_put(b->ring, &m.head))
			sched_yield();
	}
	return NULL;
}

static void
test_between_threads(void **state)
{
	struct both *b = *state;
	uint64_t seed = 3;
	unsigned int wrong = 0;
	pthread_t t;
	assert_int_equal(pthread_create(&t, NULL, send_many, b), 0);
	for (uint32_t i = 0; i < SENT; i++) {
		const struct nt_msg_head *h;
		while ((h = nt_msg_reader_peek(&b->reader)) == NULL)
			sched_yield();
		wrong += !is_message(h, random_size(&seed), i);
		nt_msg_reader_pop(&b->reader);
	}
	pthread_join(t, NULL);
	assert_int_equal(wrong, 0);
	assert_null(nt_msg_reader_peek(&b->reader));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_new),
		cmocka_unit_test_setup_teardown(test_empty, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_every_size, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_full, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_too_long, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_wrap_around, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_between_threads, set_up, tear_down),
	};
	return cmocka_run_group_tests_name("relay_msg_ring", tests, NULL, NULL);
}
