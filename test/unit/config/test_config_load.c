/* SPDX-License-Identifier: BSD-3-Clause */
#include "complaints.h"

#include <fcntl.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

static struct nt_config cfg;
static struct complaints told;

static void
refused(const char *text, const char *lines)
{
	assert_int_equal(load(&cfg, &told, text), -EINVAL);
	assert_string_equal(told.text, lines);
}

static int
setup(void **state)
{
	(void)state;
	nt_config_default(&cfg);
	return 0;
}

static void
test_what_is_not_told_stays(void **state)
{
	(void)state;
	assert_int_equal(load(&cfg, &told, "{\"workers\": 3}"), 0);
	assert_int_equal(load(&cfg, &told, "{\"names\": {\"ttl_min\": 7}, \"log\": {}}"), 0);
	assert_int_equal(load(&cfg, &told, "{}"), 0);
	assert_int_equal(load(&cfg, &told, "{\"$schema\": \"any\"}"), 0);
	assert_int_equal(cfg.workers, 3);
	assert_int_equal(cfg.names.ttl_min_ns, NT_SEC(7));
	assert_int_equal(cfg.names.ttl_max_ns, NT_SEC(86400));
}

static void
test_unknown_keys(void **state)
{
	(void)state;
	refused("{\"names\": {\"tll_min\": 5}}",
		"t.json: names.tll_min: unknown key (did you mean names.ttl_min?)\n");
	refused("{\"nmaes\": {\"ttl_min\": 5}}",
		"t.json: nmaes: unknown key (did you mean names?)\n");
	refused("{\"ttl_min\": 5}", "t.json: ttl_min: unknown key (did you mean names.ttl_min?)\n");
	refused("{\"bogus\": null}", "t.json: bogus: unknown key\n");
	refused("{\"log\": {\"bogus\": {\"deeper\": 1}}}", "t.json: log.bogus: unknown key\n");
	refused("{\"\": 1, \"log\": {\"\": 1}}",
		"t.json: \"\": unknown key\nt.json: log.: unknown key\n");
	refused("{\"names.ttl_min\": 5}",
		"t.json: names.ttl_min: keys nest in a file: \"names\": {\"ttl_min\": ...}\n");
	refused("{\"names\": {\"names.ttl_min\": 5}}",
		"t.json: names.names.ttl_min: unknown key (did you mean names.ttl_min?)\n");
	refused("{\"log\": {\"$schema\": \"x\"}}", "t.json: log.$schema: unknown key\n");
}

static void
test_shapes(void **state)
{
	(void)state;
	refused("[1, 2]", "t.json: has to be an object, {...}, not an array\n");
	refused("{\"names\": 5}", "t.json: names: has to be an object, {...}, not 5\n");
	refused("{\"names\": [{}]}", "t.json: names: has to be an object, {...}, not an array\n");
	refused("{\"workers\": {\"count\": 5}}",
		"t.json: workers: has to be a whole number (1 .. 16 lcores), not an object\n");
	refused("{\"$schema\": 5}", "t.json: $schema: has to be a string, not 5\n");
}

static void
test_all_problems_are_told(void **state)
{
	(void)state;
	refused("{\"workers\": 0, \"nonsense\": 1, \"log\": {\"format\": 1, \"x\": 2},"
		" \"names\": {\"ttl_min\": 60, \"max_per_record\": 33}}",
		"t.json: workers: 0 is out of bounds (1 .. 16 lcores)\n"
		"t.json: nonsense: unknown key\n"
		"t.json: log.format: has to be \"json\" or \"tsv\", not 1\n"
		"t.json: log.x: unknown key\n"
		"t.json: names.max_per_record: 33 is out of bounds (1 .. 32 names)\n");
}

static void
test_syntax(void **state)
{
	(void)state;
	assert_int_equal(load(&cfg, &told, "{\n  \"workers\": 1,\n  \"log\" {}\n}\n"), -EINVAL);
	assert_int_equal(told.count, 1);
	assert_memory_equal(told.text, "t.json:3:9: ", 12);
	assert_int_equal(load(&cfg, &told, "{\"workers\": 1, \"workers\": 1}"), -EINVAL);
	assert_true(complaints_have(&told, "t.json:1:24: duplicate object key"));
	assert_int_equal(
		load(&cfg, &told, "{\"names\": {\"ttl_min\": 1,\n\"ttl_min\": 1}}"), -EINVAL);
	assert_true(complaints_have(&told, "t.json:2:9: duplicate object key"));
	assert_int_equal(load(&cfg, &told, ""), -EINVAL);
	assert_int_equal(load(&cfg, &told, "{\"workers\": 1} x"), -EINVAL);
	assert_int_equal(load(&cfg, &told, "{\"workers\": 99999999999999999999}"), -EINVAL);
	assert_int_equal(load(&cfg, &told, "{\"workers\": 1e999}"), -EINVAL);
	assert_int_equal(load(&cfg, &told, "// no comments\n{}"), -EINVAL);
}

static void
test_hostile_bytes(void **state)
{
	static const char nul[] = "{\"a\0b\": 1}";

	(void)state;
	refused("{\"a\\nb\\u001b[31m\\u007f\": 1}", "t.json: a\\x0ab\\x1b[31m\\x7f: unknown key\n");
	refused("{\"\\u202e\\u0085\": 1}", "t.json: \\xe2\\x80\\xae\\xc2\\x85: unknown key\n");
	assert_int_equal(load_bytes(&cfg, &told, nul, sizeof(nul) - 1), -EINVAL);
	assert_string_equal(
		told.text, "t.json: has a NUL byte at offset 3; it has to be JSON in UTF-8\n");
	assert_int_equal(load_bytes(&cfg, &told, "{\"workers\": 1\0}", 15), -EINVAL);
	assert_int_equal(load(&cfg, &told, "{\"a\\u0000b\": 1}"), -EINVAL);
	assert_int_equal(load(&cfg, &told, "{\"\xff\xfe\": 1}"), -EINVAL);
	assert_int_equal(load(&cfg, &told, "{\"\xed\xa0\x80\": 1}"), -EINVAL);
	assert_int_equal(load(&cfg, &told, "\xff\xfe{\0}\0"), -EINVAL);
	assert_int_equal(load(&cfg, &told, "{\"%s%n%d\": \"%s%n\"}"), -EINVAL);
	assert_true(complaints_have(&told, "%s%n%d: unknown key"));
}

/* A text of 64 KiB, made of one piece again and again between two others. */
static void
load_repeated(const char *begin, const char *piece, const char *end)
{
	static char text[65536];
	size_t len = strlen(begin), piece_len = strlen(piece);

	memcpy(text, begin, len);
	while (len + piece_len + strlen(end) <= sizeof(text)) {
		memcpy(text + len, piece, piece_len);
		len += piece_len;
	}
	memcpy(text + len, end, strlen(end));
	assert_int_equal(load_bytes(&cfg, &told, text, len + strlen(end)), -EINVAL);
}

static void
test_large_and_deep(void **state)
{
	(void)state;
	load_repeated("", "[", "");
	assert_true(complaints_have(&told, "depth"));
	load_repeated("", "{\"names\":", "");
	load_repeated("{\"", "a", "\": 1}");
	assert_true(told.len < 200 && complaints_have(&told, "aaa...: unknown key"));
	load_repeated("{\"workers\": \"", "\\n", "\"}");
	assert_true(told.len < 200 && complaints_have(&told, "..."));
	load_repeated("{\"workers\": 1", "0", "}");
	load_repeated("{\"local_nets\": [\"8.8.8.8\"", ",\"8.8.8.8\"", "]}");
	assert_int_equal(told.count, 1);
}

static void
test_many_problems_are_counted(void **state)
{
	static char text[65536];
	size_t len = 1;

	(void)state;
	text[0] = '{';
	for (unsigned int i = 0; i < 3000; i++)
		len += (size_t)snprintf(
			text + len, sizeof(text) - len, "%s\"bogus%u\": 1", i > 0 ? "," : "", i);
	text[len++] = '}';
	assert_int_equal(load_bytes(&cfg, &told, text, len), -EINVAL);
	assert_int_equal(told.count, 1001);
}

static void
write_file(const char *path, const char *text, size_t len)
{
	FILE *f = fopen(path, "w");

	assert_non_null(f);
	assert_int_equal(fwrite(text, 1, len, f), len);
	assert_int_equal(fclose(f), 0);
}

static int
load_file(const char *path)
{
	told = (struct complaints){ 0 };
	return nt_config_load(&cfg, path, complaints_take, &told);
}

static void
test_files(void **state)
{
	char dir[] = "/tmp/test_config_XXXXXX", path[64];
	char *big = calloc(1, 2 << 20);

	(void)state;
	assert_non_null(mkdtemp(dir));
	assert_non_null(big);
	(void)snprintf(path, sizeof(path), "%s/a\nb.json", dir);
	assert_int_equal(load_file(path), -ENOENT);
	assert_true(complaints_have(&told, "a\\x0ab.json: No such file or directory"));
	assert_int_equal(load_file(dir), -EISDIR);
	assert_int_equal(told.count, 1);
	write_file(path, "{\"workers\": 5}", 14);
	assert_int_equal(load_file(path), 0);
	assert_int_equal(cfg.workers, 5);
	write_file(path, "{\"workers\": 0}", 14);
	assert_int_equal(load_file(path), -EINVAL);
	assert_true(complaints_have(&told, "b.json: workers: 0 is out of bounds"));
	memset(big, ' ', 2 << 20);
	write_file(path, big, 1 << 20);
	assert_int_equal(load_file(path), -EINVAL);
	write_file(path, big, (1 << 20) + 1);
	assert_int_equal(load_file(path), -EFBIG);
	assert_int_equal(told.count, 1);
	assert_int_equal(load_file("/dev/zero"), -EFBIG);
	assert_int_equal(nt_config_load(&cfg, dir, NULL, NULL), -EISDIR);
	assert_int_equal(cfg.workers, 5);
	free(big);
	(void)unlink(path);
	(void)rmdir(dir);
}

static void
test_long_file_names(void **state)
{
	static char path[3000];

	(void)state;
	memset(path, '\n', sizeof(path) - 1);
	assert_int_equal(load_file(path), -ENAMETOOLONG);
	assert_int_equal(told.count, 1);
	assert_memory_equal(told.text, "...\\x0a", 7);
	assert_true(complaints_have(&told, "File name too long"));
}

static void
test_check(void **state)
{
	(void)state;
	told = (struct complaints){ 0 };
	cfg.names.ttl_min_ns = NT_SEC(100);
	cfg.names.ttl_max_ns = NT_SEC(99);
	cfg.read.ring_size = 1000;
	cfg.names.mdns_ports = (struct nt_ports){ 2, { 5353, 53 } };
	assert_int_equal(nt_config_check(&cfg, complaints_take, &told), -EINVAL);
	assert_string_equal(told.text,
		"names.ttl_min: 100 is more than names.ttl_max (99); lower it, or raise "
		"names.ttl_max\n"
		"read.ring_size: 1000 is not a power of two (256, 512, 1024, 2048 ...)\n"
		"names.mdns_ports: 53 is in names.dns_ports as well; it can only be one\n");
	assert_int_equal(nt_config_check(&cfg, NULL, NULL), -EINVAL);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(test_what_is_not_told_stays, setup),
		cmocka_unit_test_setup(test_unknown_keys, setup),
		cmocka_unit_test_setup(test_shapes, setup),
		cmocka_unit_test_setup(test_all_problems_are_told, setup),
		cmocka_unit_test_setup(test_syntax, setup),
		cmocka_unit_test_setup(test_hostile_bytes, setup),
		cmocka_unit_test_setup(test_large_and_deep, setup),
		cmocka_unit_test_setup(test_many_problems_are_counted, setup),
		cmocka_unit_test_setup(test_files, setup),
		cmocka_unit_test_setup(test_long_file_names, setup),
		cmocka_unit_test_setup(test_check, setup),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
