/* SPDX-License-Identifier: BSD-3-Clause */
/* Every key of the table: its bounds, beyond them, and values of every wrong type. */
#include "complaints.h"

#include <config_value.h>

static struct nt_config cfg;
static struct complaints told;

/* The key with this value, nested as a file has it. */
static int
load_key(const struct config_key *key, const char *value)
{
	char text[8192];
	int group = (int)config_key_group_len(key);

	if (group > 0)
		(void)snprintf(text, sizeof(text), "{\"%.*s\": {\"%s\": %s}}", group, key->key,
			config_key_leaf(key), value);
	else
		(void)snprintf(text, sizeof(text), "{\"%s\": %s}", key->key, value);
	return load(&cfg, &told, text);
}

static int
set_key(const struct config_key *key, const char *value)
{
	char text[8192];

	(void)snprintf(text, sizeof(text), "%s=%s", key->key, value);
	return set(&cfg, &told, text);
}

static int64_t
value_of(const struct config_key *key)
{
	const char *at = (const char *)&cfg + key->offset;

	if (key->type == CONFIG_U32 || key->type == CONFIG_ENUM)
		return *(const uint32_t *)at;
	return *(const int64_t *)at;
}

static bool
is_number(const struct config_key *key)
{
	return key->type == CONFIG_U32 || key->type == CONFIG_U64 || key->type == CONFIG_DURATION;
}

static const char *
number_text(const struct config_key *key, int64_t v)
{
	static char text[64];
	json_t *number = config_number_json(key, v);
	size_t len = json_dumpb(
		number, text, sizeof(text) - 1, JSON_ENCODE_ANY | JSON_REAL_PRECISION(15));

	text[len] = '\0';
	json_decref(number);
	return text;
}

static void
refused(const struct config_key *key, const char *value, const char *why)
{
	char begin[128];

	assert_int_equal(load_key(key, value), -EINVAL);
	assert_int_equal(told.count, 1);
	(void)snprintf(begin, sizeof(begin), "t.json: %s", key->key);
	assert_memory_equal(told.text, begin, strlen(begin));
	assert_true(complaints_have(&told, why));
	assert_int_equal(set_key(key, value), -EINVAL);
	assert_int_equal(told.count, 1);
	assert_memory_equal(told.text, key->key, strlen(key->key));
	assert_true(complaints_have(&told, why));
}

static void
test_numbers_in_bounds(void **state)
{
	(void)state;
	for (size_t i = 0; i < config_key_count; i++) {
		const struct config_key *k = &config_keys[i];

		if (!is_number(k))
			continue;
		nt_config_default(&cfg);
		assert_int_equal(load_key(k, number_text(k, k->min)), 0);
		assert_int_equal(value_of(k), k->min);
		assert_int_equal(load_key(k, number_text(k, k->max)), 0);
		assert_int_equal(value_of(k), k->max);
		assert_int_equal(set_key(k, number_text(k, k->min)), 0);
		assert_int_equal(value_of(k), k->min);
		assert_int_equal(set_key(k, number_text(k, k->def)), 0);
		assert_int_equal(value_of(k), k->def);
	}
}

static void
test_numbers_out_of_bounds(void **state)
{
	(void)state;
	nt_config_default(&cfg);
	for (size_t i = 0; i < config_key_count; i++) {
		const struct config_key *k = &config_keys[i];
		const int64_t step = k->type == CONFIG_DURATION ? NT_NS_PER_SEC / 100 : 1;

		if (!is_number(k))
			continue;
		refused(k, number_text(k, k->min - step), "out of bounds");
		refused(k, number_text(k, k->max + step), "out of bounds");
		refused(k, "-9223372036854775808", "out of bounds");
		refused(k, "9223372036854775807", "out of bounds");
		refused(k, "-1e15", "out of bounds");
	}
}

static void
test_wrong_types(void **state)
{
	static const char *const values[] = { "null", "true", "{}", "[]", "\"\"", "\"abc\"", "1.5",
		"\"53\"", "[[]]", "{\"a\": [1]}", "[null]", "[\"abc\"]", "[1.5]", "[0]", "[65536]",
		"[-1]", "[53, 53]", "[{}]", "\"\\u001b[31m\\u000a\"", "\"\\u202e\\u2028\"" };

	(void)state;
	nt_config_default(&cfg);
	for (size_t i = 0; i < config_key_count; i++) {
		const struct config_key *k = &config_keys[i];

		for (size_t j = 0; j < NT_ARRAY_SIZE(values); j++) {
			if (config_is_list(k) && strcmp(values[j], "[]") == 0)
				continue;
			if (k->type == CONFIG_DURATION && strcmp(values[j], "1.5") == 0)
				continue;
			if (k->type == CONFIG_BOOL && strcmp(values[j], "true") == 0)
				continue;
			if (config_is_text(k) && values[j][0] == '"' && values[j][1] != '\\')
				continue;
			assert_int_equal(load_key(k, values[j]), -EINVAL);
			assert_in_range(told.count, 1, 2);
		}
		refused(k, "null", "has to be");
		refused(k, "{}", "not an object");
	}
}

static void
test_words(void **state)
{
	(void)state;
	nt_config_default(&cfg);
	for (size_t i = 0; i < config_key_count; i++) {
		const struct config_key *k = &config_keys[i];
		char quoted[64];

		if (k->type != CONFIG_ENUM)
			continue;
		for (int64_t w = 0; w <= k->max; w++) {
			(void)snprintf(quoted, sizeof(quoted), "\"%s\"", k->words[w]);
			assert_int_equal(load_key(k, quoted), 0);
			assert_int_equal(value_of(k), w);
			assert_int_equal(set_key(k, k->words[k->max - w]), 0);
			assert_int_equal(value_of(k), k->max - w);
		}
		refused(k, "\"jsom\"", "has to be \"");
		refused(k, "0", "not 0");
	}
	assert_int_equal(load(&cfg, &told, "{\"log\": {\"format\": \"xml\"}}"), -EINVAL);
	assert_string_equal(
		told.text, "t.json: log.format: has to be \"json\" or \"tsv\", not \"xml\"\n");
}

/* n elements: 1, 2, 3 ... */
static const char *
list_of(size_t n, const char *fmt)
{
	static char text[8000];
	size_t len = 0;

	text[len++] = '[';
	for (size_t i = 1; i <= n; i++) {
		len += (size_t)snprintf(
			text + len, sizeof(text) - len, fmt, (unsigned int)i, (unsigned int)i);
		text[len++] = i < n ? ',' : ']';
	}
	text[len] = '\0';
	return text;
}

static void
test_lists_at_their_ends(void **state)
{
	struct nt_netset private = { 0 };

	(void)state;
	nt_config_default(&cfg);
	nt_netset_add_private(&private);
	for (size_t i = 0; i < config_key_count; i++) {
		const struct config_key *k = &config_keys[i];
		const char *fmt = k->type == CONFIG_PORTS	  ? "%u"
				  : k->type == CONFIG_PROTO_PORTS ? "\"%u/udp\""
				  : k->type == CONFIG_ALLOW	  ? "\":%u\""
				  : k->type == CONFIG_DEVICES	  ? "\"net_null%u,a=%u\""
								  : "\"8.8.%u.%u\"";

		if (!config_is_list(k))
			continue;
		assert_int_equal(load_key(k, list_of((size_t)k->max, fmt)), 0);
		assert_int_equal(*(const uint32_t *)((const char *)&cfg + k->offset),
			k->max + (k->type == CONFIG_NETS ? private.count : 0));
		refused(k, list_of((size_t)k->max + 1, fmt), "elements, at most");
		assert_int_equal(load_key(k, "[]"), 0);
	}
	assert_int_equal(cfg.names.dns_ports.count, 0);
	assert_memory_equal(&cfg.local_nets, &private, sizeof(private));
}

static void
test_elements_are_named(void **state)
{
	(void)state;
	nt_config_default(&cfg);
	assert_int_equal(
		load(&cfg, &told, "{\"names\": {\"dns_ports\": [53, 0, 70000, \"x\", 53]}}"),
		-EINVAL);
	assert_string_equal(told.text,
		"t.json: names.dns_ports[1]: 0 is out of bounds (1 .. 65535)\n"
		"t.json: names.dns_ports[2]: 70000 is out of bounds (1 .. 65535)\n"
		"t.json: names.dns_ports[3]: has to be a port (1 .. 65535), not \"x\"\n"
		"t.json: names.dns_ports[4]: 53 stands twice\n");
	assert_int_equal(
		load(&cfg, &told, "{\"local_nets\": [\"8.8.0.0/33\", \"::/129\", \"\", 5]}"),
		-EINVAL);
	assert_int_equal(told.count, 4);
	assert_true(complaints_have(&told, "local_nets[1]: has to be a network, like"));
	assert_true(complaints_have(&told, "local_nets[3]: has to be a network, like"));
}

static void
test_networks(void **state)
{
	struct nt_addr a;

	(void)state;
	nt_config_default(&cfg);
	assert_int_equal(
		load(&cfg, &told, "{\"local_nets\": [\"8.8.0.0/16\", \"2a00::/16\", \"9.9.9.9\"]}"),
		0);
	assert_int_equal(nt_addr_parse("8.8.4.4", &a), 0);
	assert_true(nt_netset_has(&cfg.local_nets, &a));
	assert_int_equal(nt_addr_parse("2a00:1450::1", &a), 0);
	assert_true(nt_netset_has(&cfg.local_nets, &a));
	assert_int_equal(nt_addr_parse("192.168.1.1", &a), 0);
	assert_true(nt_netset_has(&cfg.local_nets, &a));
	assert_int_equal(nt_addr_parse("9.9.9.8", &a), 0);
	assert_false(nt_netset_has(&cfg.local_nets, &a));
	/* A list replaces the one before. */
	assert_int_equal(load(&cfg, &told, "{\"local_nets\": [\"9.9.9.8\"]}"), 0);
	assert_true(nt_netset_has(&cfg.local_nets, &a));
	assert_int_equal(nt_addr_parse("8.8.4.4", &a), 0);
	assert_false(nt_netset_has(&cfg.local_nets, &a));
}

static void
test_number_forms(void **state)
{
	(void)state;
	nt_config_default(&cfg);
	assert_int_equal(load(&cfg, &told, "{\"flow\": {\"max\": 1e6}, \"workers\": 4.0}"), 0);
	assert_int_equal(cfg.flow.max, 1000000);
	assert_int_equal(cfg.workers, 4);
	assert_int_equal(load(&cfg, &told, "{\"names\": {\"stale_for\": 0.25}}"), 0);
	assert_int_equal(cfg.names.stale_for_ns, NT_NS_PER_SEC / 4);
	assert_int_equal(load(&cfg, &told, "{\"names\": {\"stale_for\": 1e-9}}"), 0);
	assert_int_equal(cfg.names.stale_for_ns, 1);
	assert_int_equal(load(&cfg, &told, "{\"names\": {\"stale_for\": -0.0}}"), 0);
	assert_int_equal(cfg.names.stale_for_ns, 0);
	assert_int_equal(load(&cfg, &told, "{\"workers\": 1.5}"), -EINVAL);
	assert_string_equal(
		told.text, "t.json: workers: has to be a whole number (1 .. 16 lcores), not 1.5\n");
	assert_int_equal(load(&cfg, &told, "{\"names\": {\"ttl_min\": -5}}"), -EINVAL);
	assert_string_equal(
		told.text, "t.json: names.ttl_min: -5 is out of bounds (0 .. 86400 seconds)\n");
}

static void
quote(char *ret, size_t len)
{
	memset(ret + 1, '1', len);
	ret[0] = ret[len + 1] = '"';
	ret[len + 2] = '\0';
}

static void
test_texts(void **state)
{
	char longest[NT_CONFIG_LONG_MAX + 4];

	(void)state;
	nt_config_default(&cfg);
	for (size_t i = 0; i < config_key_count; i++) {
		const struct config_key *k = &config_keys[i];

		if (!config_is_text(k))
			continue;
		quote(longest, (size_t)k->max);
		assert_int_equal(load_key(k, longest), 0);
		quote(longest, (size_t)k->max + 1);
		refused(k, longest, "characters, at most");
		refused(k, "\"1\\\"2\"", "a text of ");
		refused(k, "\"\\u00eb\"", "a text of ");
		assert_int_equal(load_key(k, "1"), -EINVAL);
		assert_true(complaints_have(&told, "a text of "));
		assert_int_equal(set_key(k, "1"), 0);
		if (k->min == 0)
			assert_int_equal(set_key(k, ""), 0);
		else
			refused(k, "\"\"", "may not be empty");
	}
	assert_int_equal(set(&cfg, &told, "log.sensor=tap 3, cellar"), 0);
	assert_string_equal(cfg.log.sensor.text, "tap 3, cellar");
	refused(config_key_find("run.prefix"), "\"a/b\"", "a text of A-Za-z0-9_-");
	refused(config_key_find("run.prefix"), "\"a.b\"", "a text of A-Za-z0-9_-");
	assert_int_equal(set(&cfg, &told, "run.prefix=tap-3_B"), 0);
	refused(config_key_find("lcores.cpus"), "\"2-5;8\"", "a text of 0-9,-");
	assert_int_equal(set(&cfg, &told, "lcores.cpus=2-5,8"), 0);
}

static void
test_bool(void **state)
{
	static const struct config_key key = {
		.key = "b", .type = CONFIG_BOOL, .def = 1, .max = 1
	};
	struct config_problems p = { 0 };
	json_t *v;

	(void)state;
	nt_config_default(&cfg);
	config_value_store(&cfg, &key, json_false(), &p);
	assert_false(*(const bool *)&cfg);
	config_value_store_default(&cfg, &key);
	assert_true(*(const bool *)&cfg);
	v = config_value_json(&cfg, &key);
	assert_true(json_is_true(v));
	assert_int_equal(p.count, 0);
	v = json_integer(1);
	config_value_store(&cfg, &key, v, &p);
	json_decref(v);
	assert_int_equal(p.count, 1);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_numbers_in_bounds),
		cmocka_unit_test(test_numbers_out_of_bounds),
		cmocka_unit_test(test_wrong_types),
		cmocka_unit_test(test_words),
		cmocka_unit_test(test_lists_at_their_ends),
		cmocka_unit_test(test_elements_are_named),
		cmocka_unit_test(test_networks),
		cmocka_unit_test(test_number_forms),
		cmocka_unit_test(test_texts),
		cmocka_unit_test(test_bool),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
