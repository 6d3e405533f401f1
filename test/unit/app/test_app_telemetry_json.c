/* SPDX-License-Identifier: BSD-3-Clause */
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "telemetry_json.h"

/* As compact JSON, which must be what DPDK can carry. */
static void
becomes(const char *text, size_t max_bytes, const char *want)
{
	json_t *shaped = telemetry_shape(json_loads(text, 0, NULL), max_bytes);
	assert_non_null(shaped);
	char *got = json_dumps(shaped, JSON_COMPACT);
	assert_string_equal(got, want);
	assert_true(strlen(got) <= max_bytes);
	free(got);
	json_decref(shaped);
}

#define ROOMY 10000

static void
test_values(void **state)
{
	(void)state;
	becomes("{\"a\":true,\"b\":false,\"c\":null,\"d\":12,\"e\":\"x\"}", ROOMY,
		"{\"a\":1,\"b\":0,\"c\":0,\"d\":12,\"e\":\"x\"}");
	becomes("{\"a\":-3,\"b\":0.5,\"c\":3600.0,\"d\":0.1}", ROOMY,
		"{\"a\":\"-3\",\"b\":\"0.5\",\"c\":\"3600\",\"d\":\"0.1\"}");
	becomes("{\"a\":{\"b\":{\"c\":{}}}}", ROOMY, "{\"a\":{\"b\":{\"c\":{}}}}");
}

static void
test_arrays(void **state)
{
	(void)state;
	becomes("{\"a\":[],\"b\":[1,2],\"c\":[\"x\",\"y\"]}", ROOMY,
		"{\"a\":[],\"b\":[1,2],\"c\":[\"x\",\"y\"]}");
	becomes("{\"a\":[1,\"x\"],\"b\":[{\"c\":1},{\"c\":2}]}", ROOMY,
		"{\"a\":{\"0\":1,\"1\":\"x\"},\"b\":{\"0\":{\"c\":1},\"1\":{\"c\":2}}}");
	becomes("{\"a\":[1,-1],\"b\":[true],\"c\":[[1],[2]]}", ROOMY,
		"{\"a\":{\"0\":1,\"1\":\"-1\"},\"b\":{\"0\":1},\"c\":{\"0\":[1],\"1\":[2]}}");
}

static void
test_long_texts(void **state)
{
	(void)state;
	char text[700], want[700];
	char a[256], rest[256];
	memset(a, 'x', 127);
	a[127] = '\0';
	snprintf(text, sizeof(text), "{\"a\":\"%s\"}", a);
	becomes(text, ROOMY, text);
	memset(rest, 'y', 100);
	rest[100] = '\0';
	snprintf(text, sizeof(text), "{\"a\":\"%s%s\"}", a, rest);
	snprintf(want, sizeof(want), "{\"a\":[\"%s\",\"%s\"]}", a, rest);
	becomes(text, ROOMY, want);
	/* The 127th byte is the first of two. */
	a[126] = '\0';
	snprintf(text, sizeof(text), "{\"a\":\"%s\xc3\xa4z\"}", a);
	snprintf(want, sizeof(want), "{\"a\":[\"%s\",\"\xc3\xa4z\"]}", a);
	becomes(text, ROOMY, want);
}

/* A list loses its last entries, whole; what is no list and has room stays. */
static void
test_cut(void **state)
{
	(void)state;
	const char *text = "{\"n\":{\"0\":{\"a\":\"xxxxxxxx\"},\"1\":{\"a\":\"xxxxxxxx\"},"
			   "\"2\":{\"a\":\"xxxxxxxx\"}},\"b\":1}";
	becomes(text, strlen(text) + 20, text);
	becomes(text, 80,
		"{\"n\":{\"0\":{\"a\":\"xxxxxxxx\"},\"1\":{\"a\":\"xxxxxxxx\"}},"
		"\"b\":1,\"more\":1}");
	becomes(text, 56, "{\"n\":{\"0\":{\"a\":\"xxxxxxxx\"}},\"b\":1,\"more\":1}");
	becomes(text, 32, "{\"n\":{},\"b\":1,\"more\":1}");
	becomes("{\"a\":\"01234567890123456789\",\"b\":[1,2,3,4,5,6]}", 32,
		"{\"b\":[1,2,3,4,5,6],\"more\":1}");
	becomes("{\"a\":\"01234567890123456789\",\"b\":[1,2,3,4,5,6]}", 28,
		"{\"b\":[1,2,3,4],\"more\":1}");
}

/* Whatever the room, the answer fits into it and is JSON. */
static void
test_any_room(void **state)
{
	(void)state;
	json_t *root = json_object();
	for (int i = 0; i < 40; i++) {
		char key[16];
		snprintf(key, sizeof(key), i % 2 == 0 ? "k%d" : "%d", i);
		json_object_set_new(root, key,
			i % 3 == 0
				? json_pack("{s:s, s:[i,i,i]}", "text", "a\"b\\c\n", "n", 1, 2, i)
				: json_integer(i * 1000));
	}
	for (size_t room = 40; room < 1500; room++) {
		json_t *shaped = telemetry_shape(json_incref(root), room);
		char *got = json_dumps(shaped, JSON_COMPACT);
		assert_true(strlen(got) <= room);
		json_t *again = json_loads(got, 0, NULL);
		assert_non_null(again);
		json_decref(again);
		free(got);
		json_decref(shaped);
	}
	json_decref(root);
}

static void
test_many_members(void **state)
{
	(void)state;
	json_t *root = json_object(), *many = json_object(), *array = json_array();
	for (int i = 0; i < 600; i++) {
		char key[16];
		snprintf(key, sizeof(key), "k%d", i);
		json_object_set_new(many, key, json_integer(1));
		json_array_append_new(array, json_integer(1));
	}
	json_object_set_new(root, "many", many);
	json_object_set_new(root, "array", array);
	json_t *shaped = telemetry_shape(root, 100000);
	assert_int_equal(json_object_size(json_object_get(shaped, "many")), TELEMETRY_DICT_MAX - 1);
	assert_int_equal(json_array_size(json_object_get(shaped, "array")), TELEMETRY_ARRAY_MAX);
	assert_int_equal(json_integer_value(json_object_get(shaped, "more")), 1);
	json_decref(shaped);
}

static void
test_no_memory(void **state)
{
	(void)state;
	assert_null(telemetry_shape(NULL, 100));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_values),
		cmocka_unit_test(test_arrays),
		cmocka_unit_test(test_long_texts),
		cmocka_unit_test(test_cut),
		cmocka_unit_test(test_any_room),
		cmocka_unit_test(test_many_members),
		cmocka_unit_test(test_no_memory),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
