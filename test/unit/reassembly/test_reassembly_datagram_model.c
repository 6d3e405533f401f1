/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Random fragments of a few datagrams against the rule said plainly: a byte array each, and a byte
 * that says which are there.
 */
#include "fragments.h"

#include <stdlib.h>

#define IDS   4
#define ADDS  60000
#define SPACE 6000u

struct model {
	bool any;
	uint8_t bytes[PATTERN_MAX], there[PATTERN_MAX];
	uint32_t end;
};

static struct model models[IDS];

/* Length of the payload that is complete now, or 0. */
static uint32_t
model_add(struct model *m, const struct nt_fragment *f)
{
	uint32_t end = f->offset + f->payload_len, whole = 0;

	if (!m->any)
		memset(m, 0, sizeof(*m));
	m->any = true;
	if (m->end == 0 && !f->more)
		m->end = end;
	if (m->end != 0 && end > m->end)
		m->end = end;
	for (uint32_t i = f->offset; i < end; i++) {
		if (!m->there[i])
			m->bytes[i] = f->payload[i - f->offset];
		m->there[i] = 1;
	}
	while (whole < PATTERN_MAX && m->there[whole])
		whole++;
	return f->payload_len > 0 && m->end > 0 && whole >= m->end ? whole : 0;
}

static struct nt_fragment
random_fragment(unsigned int *seed, const uint8_t *noise)
{
	bool differs = rand_r(seed) % 4 == 0;
	uint32_t off = (uint32_t)rand_r(seed) % (SPACE / 8) * 8;
	uint32_t len = (uint32_t)rand_r(seed) % (rand_r(seed) % 8 == 0 ? 4500 : 700);
	struct nt_fragment f;

	if (rand_r(seed) % 8 == 0)
		off = 0;
	if (rand_r(seed) % 3 > 0)
		len -= len % 8;
	f = fragment_of((differs ? noise : pattern) + off, off, len, rand_r(seed) % 12 > 0);
	f.id = (uint32_t)rand_r(seed) % IDS;
	return f;
}

static void
test_as_model(void **state)
{
	struct nt_datagrams *d = make_table(IDS, 1 << 20, 0);
	static uint8_t noise[PATTERN_MAX];
	unsigned int seed = 11;
	uint64_t completed = 0;

	(void)state;
	for (size_t i = 0; i < sizeof(noise); i++)
		noise[i] = (uint8_t)rand_r(&seed);
	for (int i = 0; i < ADDS; i++) {
		struct nt_fragment f = random_fragment(&seed, noise);
		struct model *m = &models[f.id];
		uint32_t want = model_add(m, &f), got = add(d, f);

		if (want == 0) {
			assert_int_equal(got, 0);
			continue;
		}
		assert_payload(got, m->bytes, want);
		m->any = false;
		completed++;
	}
	assert_true(completed > 300);
	assert_int_equal(stats_of(d).completed, completed);
	nt_datagrams_free(d);
}

int
main(void)
{
	const struct CMUnitTest tests[] = { cmocka_unit_test(test_as_model) };
	return cmocka_run_group_tests(tests, NULL, NULL);
}
