/* SPDX-License-Identifier: BSD-3-Clause */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>
#include <cmocka.h>

#include "server_names.h"

#define FLOWS 4

static struct nt_server_name
name_of(const char *text)
{
	struct nt_server_name n = { .len = (uint8_t)strlen(text) };

	memcpy(n.text, text, n.len);
	return n;
}

static void
expect(const struct server_names *s, uint32_t flow, const char *text, int64_t clock_ns)
{
	const struct server_name *e = server_name_of(s, flow);

	assert_non_null(e);
	assert_int_equal(e->name.len, strlen(text));
	assert_memory_equal(e->name.text, text, e->name.len);
	assert_int_equal(e->clock_ns, clock_ns);
}

static void
test_each_flow_has_its_own(void **state)
{
	const struct nt_server_name a = name_of("a.example"), b = name_of("b.example");
	struct server_names s;

	(void)state;
	assert_int_equal(server_names_init(&s, FLOWS), 0);
	assert_null(server_name_of(&s, 2));
	server_name_keep(&s, 2, &a, 7, false);
	server_name_keep(&s, 0, &b, 8, true);
	expect(&s, 2, "a.example", 7);
	expect(&s, 0, "b.example", 8);
	assert_true(server_name_of(&s, 0)->behind_proxy);
	server_name_keep(&s, 2, &b, 9, false);
	expect(&s, 2, "b.example", 9);
	server_name_drop(&s, 2);
	assert_null(server_name_of(&s, 2));
	server_name_drop(&s, 2);
	expect(&s, 0, "b.example", 8);
	server_names_fini(&s);
}

/* As many as flows, again and again. */
static void
test_places_are_used_again(void **state)
{
	const struct nt_server_name a = name_of("a.example");
	struct server_names s;

	(void)state;
	assert_int_equal(server_names_init(&s, FLOWS), 0);
	for (unsigned int round = 0; round < 3; round++) {
		for (uint32_t i = 0; i < FLOWS; i++)
			server_name_keep(&s, i, &a, round, false);
		for (uint32_t i = 0; i < FLOWS; i++)
			expect(&s, i, "a.example", round);
		assert_int_equal(s.pool.fresh, FLOWS);
		for (uint32_t i = 0; i < FLOWS; i++)
			server_name_drop(&s, (i + round) % FLOWS);
	}
	server_names_fini(&s);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_each_flow_has_its_own),
		cmocka_unit_test(test_places_are_used_again),
	};

	return cmocka_run_group_tests_name("app_server_names", tests, NULL, NULL);
}
