/* SPDX-License-Identifier: BSD-3-Clause */
#include "complaints.h"

static bool
has(const struct nt_config *cfg, const char *name)
{
	return nt_config_hosts_has(&cfg->notice.doh_servers, name, strlen(name));
}

static void
test_names(void **state)
{
	static struct nt_config cfg;

	(void)state;
	nt_config_default(&cfg);
	assert_true(has(&cfg, "dns.google"));
	assert_true(has(&cfg, "abc123.dns.nextdns.io"));
	assert_int_equal(
		nt_config_set(&cfg, "notice.doh_servers=[\"DNS.Example.com\",\"*.below.example\"]",
			NULL, NULL),
		0);
	assert_true(has(&cfg, "dns.example.com"));
	assert_false(has(&cfg, "x.dns.example.com"));
	assert_false(has(&cfg, "dns.example.co"));
	assert_false(has(&cfg, "dns.google"));
	assert_true(has(&cfg, "a.below.example"));
	assert_true(has(&cfg, "b.a.below.example"));
	assert_false(has(&cfg, "below.example"));
	assert_false(has(&cfg, "xbelow.example"));
	assert_false(has(&cfg, ".below.example"));
	assert_false(has(&cfg, ""));
}

static void
test_refused(void **state)
{
	static const char *const bad[] = { "\"\"", "\"*.\"", "\"*\"", "\"abc\"", "\"a..b\"",
		"\".a\"", "\"a.\"", "\"*.*.a\"", "\"a b\"", "1", "\"a\\u0000\"",
		"\"aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa\"" };
	static struct nt_config cfg;
	char text[128];

	(void)state;
	nt_config_default(&cfg);
	for (size_t i = 0; i < NT_ARRAY_SIZE(bad); i++) {
		(void)snprintf(text, sizeof(text), "notice.doh_servers=[%s]", bad[i]);
		if (nt_config_set(&cfg, text, NULL, NULL) != -EINVAL)
			fail_msg("%s was accepted", bad[i]);
	}
	assert_true(has(&cfg, "dns.google"));
}

/* None of the table's defaults was refused. */
static void
test_defaults(void **state)
{
	static struct nt_config cfg;

	(void)state;
	nt_config_default(&cfg);
	assert_int_equal(cfg.notice.allow.count, 21);
	assert_true(cfg.notice.doh_servers.count > 60);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_names),
		cmocka_unit_test(test_refused),
		cmocka_unit_test(test_defaults),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
