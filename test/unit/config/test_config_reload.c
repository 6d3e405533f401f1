/* SPDX-License-Identifier: BSD-3-Clause */
/* A configuration that is read again: which keys are taken over, and from where it may be read. */
#include <fcntl.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "complaints.h"
#include "config_table.h"

static struct nt_config begun, now, wanted;
static struct complaints told;
static char keys[8192];

static void
note(void *arg, const char *key, enum nt_config_fate fate)
{
	static const char *const signs[] = { [NT_CONFIG_TAKEN] = "+",
		[NT_CONFIG_NEEDS_RESTART] = "!",
		[NT_CONFIG_ABOVE_START] = "^" };
	(void)arg;
	snprintf(keys + strlen(keys), sizeof(keys) - strlen(keys), "%s%s ", signs[fate], key);
}

static int
defaults(void **state)
{
	(void)state;
	nt_config_default(&begun);
	now = wanted = begun;
	keys[0] = '\0';
	return 0;
}

static void
want(const char *assignment)
{
	if (set(&wanted, &told, assignment) != 0)
		fail_msg("%s: %s", assignment, told.text);
}

static void
takes_over(const char *all)
{
	keys[0] = '\0';
	nt_config_take_over(&now, &begun, &wanted, note, NULL);
	assert_string_equal(keys, all);
}

static void
test_taken(void **state)
{
	(void)state;
	takes_over("");
	want("relay.rate=5");
	want("local_nets=198.51.100.0/24");
	want("names.ttl_grace=0.000000001");
	takes_over("+local_nets +names.ttl_grace +relay.rate ");
	assert_int_equal(now.relay.rate, 5);
	assert_int_equal(now.names.ttl_grace_ns, 1);
	takes_over("");
}

static void
test_not_taken(void **state)
{
	(void)state;
	want("workers=7");
	want("log.vlan=true");
	want("relay.burst=9");
	takes_over("!workers !log.vlan +relay.burst ");
	assert_int_equal(now.workers, begun.workers);
	assert_false(now.log.vlan);
	takes_over("!workers !log.vlan ");
}

static void
test_caps(void **state)
{
	(void)state;
	want("flow.max=1000");
	takes_over("+flow.max ");
	want("flow.max=1048576");
	takes_over("+flow.max ");
	assert_int_equal(now.flow.max, 1048576);
	want("flow.max=1048577");
	takes_over("^flow.max ");
	assert_int_equal(now.flow.max, 1048576);
}

/* A list that was longer once differs in nothing that counts. */
static void
test_lists_by_what_they_have(void **state)
{
	(void)state;
	memset(&now.notice.allow.entries[now.notice.allow.count], 0x55, sizeof(struct nt_allow));
	memset(&now.run.dir.text[strlen(now.run.dir.text) + 1], 0x55, 3);
	takes_over("");
	want("notice.allow=[]");
	takes_over("+notice.allow ");
	assert_int_equal(now.notice.allow.count, 0);
}

/* Every key differs: each is told once, and becomes what its column says. */
static void
test_each_key(void **state)
{
	unsigned int n = 0;
	(void)state;
	for (size_t i = 0; i < config_key_count; i++) {
		const struct config_key *key = &config_keys[i];
		if (key->type != CONFIG_U32 && key->type != CONFIG_U64)
			continue;
		uint32_t least = (uint32_t)key->min;
		if (memcmp((char *)&wanted + key->offset, &least, sizeof(least)) == 0)
			continue;
		memcpy((char *)&wanted + key->offset, &least, sizeof(least));
		nt_config_take_over(&now, &begun, &wanted, note, NULL);
		const bool taken = memcmp((char *)&now + key->offset, &least, sizeof(least)) == 0;
		assert_int_equal(taken, key->reload != CONFIG_RELOAD_NOT);
		n++;
	}
	assert_true(n > 20);
	/* Caps only are "lower": they are numbers. */
	for (size_t i = 0; i < config_key_count; i++)
		if (config_keys[i].reload == CONFIG_RELOAD_LOWER)
			assert_true(config_keys[i].type == CONFIG_U32 ||
				    config_keys[i].type == CONFIG_U64);
}

static void
not_read(const char *path, const char *line)
{
	told.count = 0;
	told.len = 0;
	assert_true(nt_config_load_again(&now, path, complaints_take, &told) < 0);
	assert_int_equal(told.count, 1);
	assert_string_equal(told.text, line);
}

static void
test_regular_files_only(void **state)
{
	char dir[] = "/tmp/nametap-config-XXXXXX", path[64], line[160];
	(void)state;
	assert_non_null(mkdtemp(dir));
	snprintf(path, sizeof(path), "%s/c", dir);
	assert_int_equal(mkfifo(path, 0600), 0);
	snprintf(line, sizeof(line), "%s: is no regular file; nothing else is read again\n", path);
	not_read(path, line);
	assert_int_equal(unlink(path), 0);
	not_read("/dev/zero", "/dev/zero: is no regular file; nothing else is read again\n");
	snprintf(line, sizeof(line), "%s: is no regular file; nothing else is read again\n", dir);
	not_read(dir, line);
	snprintf(line, sizeof(line), "%s: No such file or directory\n", path);
	not_read(path, line);
	FILE *f = fopen(path, "w");
	assert_non_null(f);
	fputs("{ \"workers\": 3 }", f);
	fclose(f);
	assert_int_equal(nt_config_load_again(&now, path, NULL, NULL), 0);
	assert_int_equal(now.workers, 3);
	(void)unlink(path);
	(void)rmdir(dir);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(test_taken, defaults),
		cmocka_unit_test_setup(test_not_taken, defaults),
		cmocka_unit_test_setup(test_caps, defaults),
		cmocka_unit_test_setup(test_lists_by_what_they_have, defaults),
		cmocka_unit_test_setup(test_each_key, defaults),
		cmocka_unit_test_setup(test_regular_files_only, defaults),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
