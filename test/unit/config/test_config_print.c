/* SPDX-License-Identifier: BSD-3-Clause */
#include "complaints.h"

#include <stdlib.h>

#include <jansson.h>

#include <config_table.h>

static struct nt_config cfg, again;
static struct complaints told;

static void
reload(int (*print)(FILE *), const struct nt_config *what)
{
	char *text;
	size_t len;
	FILE *f = open_memstream(&text, &len);

	assert_non_null(f);
	assert_int_equal(print != NULL ? print(f) : nt_config_print(what, f), 0);
	assert_int_equal(fclose(f), 0);
	assert_int_equal(load_bytes(&again, &told, text, len), 0);
	free(text);
}

/* A configuration that has every bit set where a file can tell one. */
static void
nothing_as_by_default(struct nt_config *c)
{
	nt_config_default(c);
	for (size_t i = 0; i < config_key_count; i++) {
		const struct config_key *k = &config_keys[i];
		char *at = (char *)c + k->offset;

		if (k->type == CONFIG_U32 || k->type == CONFIG_ENUM)
			*(uint32_t *)at = (uint32_t)(k->def == k->max ? k->min : k->max);
		else if (k->type == CONFIG_U64 || k->type == CONFIG_DURATION)
			*(int64_t *)at = k->def == k->max ? k->min : k->max;
	}
	assert_int_equal(nt_netset_add(&c->local_nets, "8.8.0.0/16"), 0);
	assert_int_equal(nt_netset_add(&c->local_nets, "::ffff:9.0.0.0/104"), 0);
	assert_int_equal(nt_netset_add(&c->local_nets, "2a00:1450::1"), 0);
	c->names.dns_ports = (struct nt_ports){ 3, { 53, 65535, 1 } };
	c->names.mdns_ports = (struct nt_ports){ 0 };
	c->flow.interactive_ports = (struct nt_ports){ 1, { 22 } };
	c->flow.likely_server_ports =
		(struct nt_port_list){ 2, { { 65535, NT_PORT_UDP, 0 }, { 1, NT_PORT_TCP, 0 } } };
	c->names.stale_for_ns = NT_NS_PER_SEC / 10;
	c->names.pin_after_ns = 1234567891;
}

static void
test_sample_is_the_defaults(void **state)
{
	(void)state;
	nt_config_default(&cfg);
	nothing_as_by_default(&again);
	assert_memory_not_equal(&cfg, &again, sizeof(cfg));
	reload(nt_config_print_sample, NULL);
	assert_memory_equal(&cfg, &again, sizeof(cfg));
}

static void
test_round_trip(void **state)
{
	(void)state;
	nothing_as_by_default(&cfg);
	nt_config_default(&again);
	reload(NULL, &cfg);
	assert_memory_equal(&cfg, &again, sizeof(cfg));
}

/* Everything that is to be printed has to reach the disk. */
static void
test_full_disk(void **state)
{
	int (*const prints[])(FILE *) = { nt_config_print_sample, nt_config_print_schema,
		nt_config_print_markdown };

	(void)state;
	for (size_t i = 0; i < NT_ARRAY_SIZE(prints); i++) {
		FILE *f = fopen("/dev/full", "w");

		if (f == NULL)
			skip();
		assert_int_equal(prints[i](f), -EIO);
		(void)fclose(f);
	}
}

static void
test_schema_has_every_key(void **state)
{
	char *text;
	size_t len;
	FILE *f = open_memstream(&text, &len);
	json_t *root;

	(void)state;
	assert_int_equal(nt_config_print_schema(f), 0);
	assert_int_equal(fclose(f), 0);
	root = json_loadb(text, len, JSON_REJECT_DUPLICATES, NULL);
	free(text);
	assert_true(json_is_false(json_object_get(root, "additionalProperties")));
	for (size_t i = 0; i < config_key_count; i++) {
		const struct config_key *k = &config_keys[i];
		const struct config_group *group = config_key_group(k);
		const json_t *at = json_object_get(root, "properties");

		if (group != NULL) {
			at = json_object_get(at, group->name);
			assert_true(json_is_false(json_object_get(at, "additionalProperties")));
			at = json_object_get(at, "properties");
		}
		at = json_object_get(at, config_key_leaf(k));
		assert_true(json_is_string(json_object_get(at, "type")));
		assert_true(json_is_string(json_object_get(at, "description")));
		assert_non_null(json_object_get(at, "default"));
	}
	json_decref(root);
}

static void
test_page_has_every_key(void **state)
{
	char *text, row[CONFIG_KEY_LEN + 8];
	size_t len;
	FILE *f = open_memstream(&text, &len);

	(void)state;
	assert_int_equal(nt_config_print_markdown(f), 0);
	assert_int_equal(fclose(f), 0);
	for (size_t i = 0; i < config_key_count; i++) {
		(void)snprintf(row, sizeof(row), "\n| `%s` |", config_keys[i].key);
		assert_non_null(strstr(text, row));
	}
	free(text);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_sample_is_the_defaults),
		cmocka_unit_test(test_round_trip),
		cmocka_unit_test(test_full_disk),
		cmocka_unit_test(test_schema_has_every_key),
		cmocka_unit_test(test_page_has_every_key),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
