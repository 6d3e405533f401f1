/* SPDX-License-Identifier: BSD-3-Clause */
/* names.log: mappings told again are one line; hostile names; what has no room. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <cmocka.h>

#include "names_log.h"

static struct nt_config config;
static const struct nt_log_config json = { .format = NT_LOG_JSON };
static const struct nt_log_config tsv = { .format = NT_LOG_TSV };

static struct nt_mapping
mapping(const char *addr, const char *client, const char *name, enum nt_source source)
{
	struct nt_mapping m = {
		.source = (uint8_t)source,
		.name = name,
		.name_len = (uint16_t)strlen(name),
	};

	assert_int_equal(nt_addr_parse(addr, &m.addr), 0);
	if (client != NULL)
		assert_int_equal(nt_addr_parse(client, &m.client), 0);
	return m;
}

static struct names_log *
make(void)
{
	nt_config_default(&config);
	config.names.max_mappings = 16;
	config.names.max_name_bytes = 65536;
	struct names_log *l = names_log_new(&config);
	assert_non_null(l);
	return l;
}

/* What is written, from its first line that is no comment. */
static const char *
written(const struct names_log *l, const struct nt_log_config *cfg)
{
	static char text[32768];
	char path[] = "/tmp/names-log-XXXXXX";
	struct nt_error err;
	const int fd = mkstemp(path);

	assert_true(fd >= 0);
	assert_int_equal(names_log_write(l, path, cfg, &err), 0);
	const ssize_t n = read(fd, text, sizeof(text) - 1);
	assert_true(n >= 0);
	text[n] = '\0';
	close(fd);
	unlink(path);
	const char *at = text;
	while (*at == '#')
		at = strchr(at, '\n') + 1;
	return at;
}

static void
test_lines(void **state)
{
	struct names_log *l = make();
	struct nt_mapping a = mapping("192.0.2.1", "10.0.0.1", "a.example", NT_SOURCE_DNS_A);
	struct nt_mapping b = mapping("192.0.2.1", "10.0.0.2", "a.example", NT_SOURCE_DNS_A);
	struct nt_mapping c = mapping("fe80::1", NULL, "host", NT_SOURCE_DHCP);

	(void)state;
	c.flags = NT_MAPPING_ASKED;
	names_log_add(l, &a, NT_SEC(1));
	names_log_add(l, &b, NT_SEC(2));
	names_log_add(l, &c, NT_SEC(3));
	names_log_add(l, &a, NT_SEC(4));
	assert_string_equal(written(l, &json),
		"{\"ts\":1.000000,\"last_ts\":4.000000,\"addr\":\"192.0.2.1\",\"name\":\"a."
		"example\",\"src\":\"DNS_A\",\"client\":\"10.0.0.1\",\"count\":2,"
		"\"unsolicited\":false,\"asked\":false}\n"
		"{\"ts\":2.000000,\"last_ts\":2.000000,\"addr\":\"192.0.2.1\",\"name\":\"a."
		"example\",\"src\":\"DNS_A\",\"client\":\"10.0.0.2\",\"count\":1,"
		"\"unsolicited\":false,\"asked\":false}\n"
		"{\"ts\":3.000000,\"last_ts\":3.000000,\"addr\":\"fe80::1\",\"name\":\"host\","
		"\"src\":\"DHCP\",\"count\":1,\"unsolicited\":false,\"asked\":true}\n");
	assert_ptr_equal(strstr(written(l, &tsv), "1.000000\t4.000000\t192.0.2.1\ta.example\tDNS_A"
						  "\t10.0.0.1\t2\tF\tF\n"),
		written(l, &tsv));
	names_log_free(l);
}

static void
test_hostile(void **state)
{
	struct names_log *l = make();
	struct nt_mapping m = mapping("192.0.2.1", NULL, "a\"b\n\t\\,\xff", NT_SOURCE_NBNS);
	struct nt_mapping dash = mapping("192.0.2.1", NULL, "-", NT_SOURCE_NBNS);

	(void)state;
	names_log_add(l, &m, 0);
	names_log_add(l, &dash, 0);
	const char *text = written(l, &json);
	assert_non_null(strstr(text, "\"name\":\"a\\\"b\\n\\t\\\\,\\\\xff\""));
	text = written(l, &tsv);
	assert_non_null(strstr(text, "\ta\"b\\x0a\\x09\\\\,\\xff\tNBNS\t-\t"));
	assert_non_null(strstr(text, "\t\\x2d\tNBNS\t"));
	names_log_free(l);
}

static void
test_full(void **state)
{
	struct names_log *l = make();
	char name[8];

	(void)state;
	for (unsigned int i = 0; i < 20; i++) {
		(void)snprintf(name, sizeof(name), "n%u", i);
		struct nt_mapping m = mapping("192.0.2.1", NULL, name, NT_SOURCE_MDNS);

		names_log_add(l, &m, NT_SEC(i));
		names_log_add(l, &m, NT_SEC(i));
	}
	assert_int_equal(names_log_refused(l), 2 * 4);
	assert_non_null(strstr(written(l, &json), "\"n15\""));
	assert_null(strstr(written(l, &json), "\"n16\""));
	names_log_free(l);
}

static void
test_failure(void **state)
{
	struct names_log *l = make();
	struct nt_error err;

	(void)state;
	assert_int_equal(names_log_write(l, "/nowhere/at/all", &json, &err), -ENOENT);
	assert_non_null(strstr(err.msg, "/nowhere/at/all"));
	assert_int_equal(names_log_write(l, "/dev/full", &tsv, &err), -EIO);
	names_log_free(l);
	names_log_free(NULL);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_lines),
		cmocka_unit_test(test_hostile),
		cmocka_unit_test(test_full),
		cmocka_unit_test(test_failure),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
