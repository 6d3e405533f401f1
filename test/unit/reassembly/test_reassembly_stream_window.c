/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Random segments, reads and skips against the rule said plainly: an array of bytes and one that
 * says which are there.
 */
#include "segments.h"

#include <stdlib.h>

#define ROUNDS 300
#define SPACE  6000u
#define WINDOW 500u
#define STEPS  400

struct model {
	uint8_t bytes[TEXT_MAX];
	bool there[TEXT_MAX];
	uint32_t read;
	bool lazy; /* nothing is read: the window gets full */
};

static uint32_t
model_next(const struct model *m)
{
	uint32_t next = m->read;

	while (next < TEXT_MAX && m->there[next])
		next++;
	return next;
}

/* Pieces ahead of the bytes in order. */
static unsigned int
model_pieces(const struct model *m)
{
	unsigned int n = 0;

	for (uint32_t i = model_next(m); i < m->read + WINDOW && i + 1 < TEXT_MAX; i++)
		n += !m->there[i] && m->there[i + 1];
	return n;
}

/* False where bytes in order have no room. */
static bool
model_put(struct model *m, uint32_t off, uint32_t len, const uint8_t *data)
{
	bool in_order = off <= model_next(m), room = true;
	struct model before = *m;

	for (uint32_t i = off; i < off + len; i++) {
		if (i < m->read || m->there[i])
			continue;
		if (i >= m->read + WINDOW) {
			room = false;
			continue;
		}
		m->bytes[i] = data[i - off];
		m->there[i] = true;
	}
	if (!in_order && model_pieces(m) > 8)
		*m = before;
	return room || !in_order;
}

static void
assert_same(const struct nt_streams *p, uint64_t id, const struct model *m)
{
	uint32_t len, next = model_next(m);
	const uint8_t *data = nt_stream_data(p, id, &len);

	assert_int_equal(nt_stream_next(p, id), FIRST + next);
	assert_int_equal(len, next - m->read);
	if (len > 0)
		assert_memory_equal(data, m->bytes + m->read, len);
}

static uint32_t
model_drop(struct model *m, uint32_t to)
{
	uint32_t missing = 0;

	for (; m->read < to; m->read++)
		missing += !m->there[m->read];
	return missing;
}

/* One step; false at the end of the stream. */
static bool
step(struct nt_streams *p, uint64_t id, struct model *m, unsigned int *seed)
{
	uint32_t next = model_next(m), kind = (uint32_t)rand_r(seed) % 16;
	uint32_t off = next + (uint32_t)rand_r(seed) % 400, len = (uint32_t)rand_r(seed) % 60;
	uint32_t some = (uint32_t)rand_r(seed) % 200;
	const uint8_t *data = text + rand_r(seed) % 100;

	if (kind < 4)
		off = next - NT_MIN(next, some / 2);
	if (kind < 10) {
		bool fits = model_put(m, off, len, data);

		assert_int_equal(nt_stream_put(p, id, FIRST + off, data, len), fits ? 0 : -ENOBUFS);
		return fits;
	}
	if (m->lazy)
		return true;
	if (kind < 15) {
		len = some % 2 ? next - m->read : NT_MIN(some, next - m->read);
		nt_stream_take(p, id, len);
		m->read += len;
	} else if (rand_r(seed) % 4 == 0) {
		assert_int_equal(nt_stream_drop(p, id, FIRST + off), model_drop(m, off));
	}
	return true;
}

static void
test_as_model(void **state)
{
	struct nt_streams *p = make_streams(4, 2, WINDOW);
	unsigned int seed = 17, full = 0;

	(void)state;
	for (int round = 0; round < ROUNDS; round++) {
		static struct model m;
		uint64_t id = nt_stream_open(p, FIRST);
		bool open = true;

		memset(&m, 0, sizeof(m));
		m.lazy = round % 8 == 0;
		for (int i = 0; i < STEPS && open && m.read < SPACE; i++) {
			open = step(p, id, &m, &seed);
			if (open)
				assert_same(p, id, &m);
		}
		assert_int_equal(nt_stream_is_open(p, id), open);
		full += !open;
		nt_stream_close(p, id);
		assert_int_equal(streams_stats(p).windows, 0);
	}
	assert_true(full > 5 && full < ROUNDS);
	assert_true(streams_stats(p).crowded_bytes > 0);
	assert_true(streams_stats(p).beyond_bytes > 0);
	assert_true(streams_stats(p).gaps > 100);
	nt_streams_free(p);
}

/* Segments of one text in any order, repeated: the reader gets the text. */
static void
test_reader_gets_the_text(void **state)
{
	unsigned int seed = 23;

	(void)state;
	for (int round = 0; round < ROUNDS; round++) {
		struct nt_streams *p = make_streams(4, 2, WINDOW);
		uint64_t id = nt_stream_open(p, FIRST);
		struct notes n = { .message = 1 + (uint32_t)rand_r(&seed) % 90 };
		uint32_t next;

		while ((next = nt_stream_next(p, id) - FIRST) < SPACE) {
			uint32_t ahead = (uint32_t)rand_r(&seed) % 300, back = next % 64;
			uint32_t off = next - back + (rand_r(&seed) % 2 ? ahead : 0);

			assert_int_equal(feed(p, id, off, (uint32_t)rand_r(&seed) % 150, &n), 0);
			assert_int_equal(
				n.len, (nt_stream_next(p, id) - FIRST) / n.message * n.message);
		}
		assert_memory_equal(n.bytes, text, n.len);
		nt_streams_free(p);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_as_model),
		cmocka_unit_test(test_reader_gets_the_text),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
